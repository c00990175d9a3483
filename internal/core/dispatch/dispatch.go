// Package dispatch holds what passes between a campaign and the hosts: orders that go out, and observations
// that come back. It decides nothing: whether an order may be given is for the guard, what an observation
// proves is for the campaign.
package dispatch

import (
	"strconv"

	"github.com/evenkeel-project/evenkeel/internal/core/advisory"
	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/canon"
	"github.com/evenkeel-project/evenkeel/internal/core/label"
)

// Step is one thing that a host, or what has power over it, is told to do.
type Step string

// The steps, in the order of a host's life. Act alone takes guests down that nobody moved away.
const (
	Cordon Step = "cordon" // take no new guests
	Drain  Step = "drain"  // move off the guests that migrate
	Act    Step = "act"    // stop the guests, patch, and reboot or stop and start the host
	Verify Step = "verify" // report what runs now
	Return Step = "return" // start the guests that ran before; open for new guests unless the order says to stay closed
	Undo   Step = "undo"   // before Act only: open again, as if nothing had been asked
	Fence  Step = "fence"  // power the host off, and prove that it is off
	Rehome Step = "rehome" // after proof that the host is off: start its guests elsewhere, pinned ones excepted
)

// Order tells one host to do one step. Orders may be handed over any number of times: two orders with the same
// key are the same order, and it is carried out once.
type Order struct {
	Campaign string
	Plan     canon.Digest // the plan that was approved
	Host     string
	Zone     string // where the host stands; a driver refuses an order whose zone is wrong (law S16)
	Step     Step
	Attempt  int    // from 1; always 1 for Act: a host is taken down once in a campaign (promise G9)
	Fence    uint64 // epoch of the conductor that gives the order; a driver refuses one older than it has seen
	// BootID is the boot that Act and Fence were decided about; a driver refuses them when the host runs another.
	// Empty in the other steps.
	BootID string
	// NotAfter is the last instant at which the step may begin. A driver refuses an order that comes later.
	NotAfter calendar.Instant
	Action   advisory.Action // in Act: what the advisory asks for
	Closed   bool            // in Return: stay closed to new guests, for the host is not fixed
}

// Key names the order whatever the conductor that gives it.
func (o Order) Key() string {
	return o.Campaign + "/" + o.Host + "/" + string(o.Step) + "/" + strconv.Itoa(o.Attempt)
}

// Result is how far a host has come with an order.
type Result string

// The results.
const (
	Working Result = "working"
	Done    Result = "done"    // the driver says so; the campaign believes only what the observation proves
	Failed  Result = "failed"  // it was tried and did not succeed
	Refused Result = "refused" // it was not tried: stale, misaddressed or expired
)

// Outcome is a driver's word on the latest order of a host.
type Outcome struct {
	Step    Step   `json:"step"`
	Attempt int    `json:"attempt"`
	Result  Result `json:"result"`
	Code    string `json:"code,omitempty"`   // with Failed and Refused: why, for machines
	Detail  string `json:"detail,omitempty"` // with Failed and Refused: why, for people
}

// Power is whether a host is switched on, as told by what feeds it.
type Power string

// The states of power. The empty value is unknown.
const (
	PowerUnknown Power = ""
	PowerOn      Power = "on"
	PowerOff     Power = "off"
)

// Observation is what is known of a host at one moment. What is not known is left empty, and proves nothing.
type Observation struct {
	Host      string
	At        calendar.Instant // when the host was seen, by the clock of the one who saw it
	Reachable bool             // the host itself answered; BootID, Facts and Running are its words
	BootID    string
	Power     Power
	Cordoned  bool
	Facts     label.Set // what it runs
	Running   []string  // guests that run on it, in byte order
	Elsewhere []string  // guests of this host, by the fleet file, that are proven to run on another host, in byte order
	Outcome   *Outcome  // the latest order it was given; nil when it has none
}
