// Package exposure judges which hosts of a fleet an advisory concerns: who runs what is vulnerable, who has
// the fix, and who cannot be told. What cannot be told counts as exposed. It plans nothing.
package exposure

import (
	"github.com/evenkeel-project/evenkeel/internal/core/advisory"
	"github.com/evenkeel-project/evenkeel/internal/core/fleet"
	"github.com/evenkeel-project/evenkeel/internal/core/ident"
	"github.com/evenkeel-project/evenkeel/internal/core/predicate"
)

// State is what an advisory means for a host. The zero value is Unknown: what was never judged is not known.
type State uint8

// The states.
const (
	Unknown           State = iota // a fact is missing or a question failed; it counts as exposed
	VulnerableRunning              // affected, and the fix is not installed
	FixedNotRunning                // affected, and the installed fix waits for a restart
	Fixed                          // the fix runs
	NotAffected                    // the advisory is not about this host
)

// String returns the state as files and reports write it.
func (s State) String() string {
	return [...]string{"unknown", "vulnerable-running", "fixed-not-running", "fixed", "not-affected"}[s]
}

// severity orders the states from the worst to the best.
var severity = [...]uint8{VulnerableRunning: 0, Unknown: 1, FixedNotRunning: 2, Fixed: 3, NotAffected: 4}

// needsOutage reports whether a host in that state has to be taken down.
func (s State) needsOutage() bool {
	return s == Unknown || s == VulnerableRunning || s == FixedNotRunning
}

// Report is the judgement of several advisories over one fleet. It is immutable.
type Report struct {
	fleet      *fleet.Fleet
	advisories []*advisory.Advisory
	states     [][]State // by advisory, by host
}

// Judge judges every host by every advisory. Hosts that are alike in all that an advisory asks about are
// judged once.
func Judge(f *fleet.Fleet, advisories []*advisory.Advisory) *Report {
	r := &Report{fleet: f, advisories: advisories, states: make([][]State, len(advisories))}
	for i, a := range advisories {
		r.states[i] = column(f, a)
	}
	return r
}

// stateOf judges one subject, given what its host would run after a restart.
func stateOf(a *advisory.Advisory, running, installed predicate.Subject) State {
	fixed := a.Fixed.Evaluate(running).Answer
	if fixed == predicate.Yes {
		return Fixed
	}
	switch affected := a.Affected.Evaluate(running).Answer; {
	case affected == predicate.No:
		return NotAffected
	case affected == predicate.Unknown || fixed == predicate.Unknown:
		return Unknown
	}
	if a.Fixed.Evaluate(installed).Answer == predicate.Yes || a.Affected.Evaluate(installed).Answer == predicate.No {
		return FixedNotRunning
	}
	return VulnerableRunning
}

// Advisories returns the advisories in the order they were given.
func (r *Report) Advisories() []*advisory.Advisory { return r.advisories }

// Of returns what the advisory of that index means for the host.
func (r *Report) Of(index int, h ident.Host) State { return r.states[index][h] }

// Touches reports whether the host needs an outage for the advisory of that index: it is exposed, or nobody
// can tell.
func (r *Report) Touches(index int, h ident.Host) bool { return r.Of(index, h).needsOutage() }

// NeedsOutage reports whether any advisory touches the host.
func (r *Report) NeedsOutage(h ident.Host) bool { return r.Overall(h).needsOutage() }

// Overall returns the worst of the host's states: vulnerable-running, unknown, fixed-not-running, fixed,
// not-affected, in this order. Without advisories a host is not affected.
func (r *Report) Overall(h ident.Host) State {
	worst := NotAffected
	for i := range r.states {
		if s := r.states[i][h]; severity[s] < severity[worst] {
			worst = s
		}
	}
	return worst
}
