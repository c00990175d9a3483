// Package plan holds the plan as a document: which host is down when, what was left out and why, and the
// figures an operator decides by. A plan is immutable and named by its digest. It is made by package
// planner and checked by package inspect, which share this form and nothing else of how plans are made.
package plan

import (
	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/canon"
)

// Version is the version of the plan document that this package writes.
const Version = 1

// Reason says why a host that is not blocked has no outage.
type Reason string

// The reasons for leaving a host out.
const (
	Fixed       Reason = "fixed"        // it runs the fix
	NotAffected Reason = "not-affected" // no advisory concerns it
	Protected   Reason = "protected"    // it is exposed, but the policy forbids automation to touch it
)

// AdvisoryRef names one advisory the plan answers.
type AdvisoryRef struct {
	ID     string
	Digest canon.Digest
}

// Outage is one host's planned [Start, End), with the window that is promised to the owners of its guests.
type Outage struct {
	Host       string
	Start, End calendar.Instant
	Canary     bool
	Window     calendar.Span
}

// Move is one guest that leaves a host before its outage. It lasts as long as the policy says.
type Move struct {
	Guest, From, To string
	At              calendar.Instant
}

// Excluded is one host without an outage.
type Excluded struct {
	Host   string
	Reason Reason
}

// Blocked is one host that must have an outage and cannot: it would break Group's max_down by itself, or, where
// Group is empty, for another reason.
type Blocked struct {
	Host, Group string
	Reason      string     // a sentence with the numbers, and what to do
	Proposal    []Proposed // what to move first, so that no group blocks the host; empty when there is none
}

// Proposed is one guest of a blocked host that a person could move to another host first.
type Proposed struct {
	Guest, To string
}

// Bound is a length that no plan under these rules can beat, with what makes it so.
type Bound struct {
	Seconds calendar.Seconds
	Binding string // what binds, in words, with its members
}

// Plan is the document. Lists are in this order: outages by start, then host; moves by their time, then guest;
// excluded and blocked by host; a proposal by guest; advisories by id.
type Plan struct {
	Digest          canon.Digest
	Fleet           canon.Digest
	Advisories      []AdvisoryRef
	Policy          canon.Digest
	Start           calendar.Instant  // the policy's start
	Finish          calendar.Instant  // the last end; Start when nothing is planned
	Deadline        *calendar.Instant // nil without an embargo
	Margin          *calendar.Seconds // least of deadline - end over the outages; nil without an embargo
	LatestSafeStart *calendar.Instant // nil without an embargo
	Makespan        calendar.Seconds  // Finish - Start
	Seed            uint64            // at most 2^53, so that JSON carries it exactly
	Steps           int64             // of search that made it, at most 2^53; 0 for the first pass alone
	Bound           Bound
	GapMillionths   int64 // (Makespan - Bound.Seconds) / Bound.Seconds in millionths, rounded to nearest; 0 when the bound is 0
	Outages         []Outage
	Moves           []Move
	Excluded        []Excluded
	Blocked         []Blocked
}

// Seal sets the digest to that of the document without it.
func (p *Plan) Seal() { p.Digest = p.ContentDigest() }

// Gap returns (makespan - bound) / bound in millionths, rounded half up; 0 when the bound is 0.
func Gap(makespan, bound calendar.Seconds) int64 {
	if bound <= 0 {
		return 0
	}
	return (2*1_000_000*int64(makespan-bound) + int64(bound)) / (2 * int64(bound))
}
