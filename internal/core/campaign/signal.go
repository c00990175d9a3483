package campaign

import (
	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/canon"
	"github.com/evenkeel-project/evenkeel/internal/core/dispatch"
)

// SignalKind is what came in from outside. The set is closed.
type SignalKind string

// The signals.
const (
	Tick          SignalKind = "tick"          // time has passed
	Propose       SignalKind = "propose"       // Identity, Sources
	Approve       SignalKind = "approve"       // Identity, Sources
	Start         SignalKind = "start"         // By, Sources
	TakeOver      SignalKind = "take-over"     // Epoch, Sources
	Pause         SignalKind = "pause"         // By, Reason, Request
	Resume        SignalKind = "resume"        // By, Reason, Request
	Abort         SignalKind = "abort"         // By, Reason, Request
	Observed      SignalKind = "observed"      // Observation
	Delivered     SignalKind = "delivered"     // NoticeID: the courier has it safe
	Undeliverable SignalKind = "undeliverable" // NoticeID, Reason
	ClockJumped   SignalKind = "clock-jumped"  // Reason: wall clock and steady clock disagree
)

// Sources are the digests of the documents as they are now.
type Sources struct {
	Plan       canon.Digest
	Fleet      canon.Digest
	Policy     canon.Digest
	Advisories []Reference // by id
	// Changes says what changed since the proposal, in words, where the shell can tell; it decides nothing.
	Changes []string
}

// Signal is one thing that came in.
type Signal struct {
	Kind        SignalKind
	By          string
	Reason      string
	Request     string // id of what a person asked for: asked twice, done once
	Epoch       uint64
	NoticeID    string
	Identity    Identity
	Sources     Sources
	Observation *dispatch.Observation
	At          calendar.Instant // with Delivered: when the courier had it
}
