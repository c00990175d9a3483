package campaign

import (
	"fmt"

	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/limit"
)

// clockJumped is the code of a halt that a person ends who has looked at the clock.
const clockJumped = "clock-jumped"

// clockDoubted reports whether the clock was set and nobody has looked at it since.
func (s *State) clockDoubted() bool {
	return s.status == Halted && s.halt != nil && s.halt.Code == clockJumped
}

// trust notes that a person goes on, or ends it, by the clock as it is now.
func (s *State) trust(at calendar.Instant) {
	if s.clockDoubted() {
		s.trusted = at
	}
}

// afterFailure draws the consequences of a host that failed or is stuck: its cohort stops when it is a canary, and the
// campaign halts when too many have failed in any scope.
func (d *decision) afterFailure(i int32) {
	h := &d.s.hosts[i]
	if d.w.places[i].canary {
		d.stopCohort(i, h.fault, h.reason)
	}
	d.haltIfTooMany(i)
}

// haltIfTooMany halts the campaign when the share of failures is too large in a scope of the host.
func (d *decision) haltIfTooMany(i int32) {
	if d.s.status != Running {
		return
	}
	p, halt := &d.w.places[i], d.w.Policy.Halt
	for _, s := range []struct {
		scope, name string
		tally       tally
		limit       limit.Limit
	}{
		{"campaign", "", d.s.tally, halt.Campaign},
		{"region", d.w.regionID(p.region), d.s.regions[p.region].tally, halt.Region},
		{"cohort", d.w.guard.CohortName(p.cohort), d.s.cohorts[p.cohort].tally, halt.Cohort},
		{"zone", d.w.zoneID(i), d.s.inZone[d.w.Fleet.ZoneOf(p.host)], halt.Zone},
	} {
		if !s.tally.exceeds(s.limit, halt.AtLeast) {
			continue
		}
		name := s.scope
		if s.name != "" {
			name += " " + s.name
		}
		d.stop(&Halt{Code: "too-many-failed", Scope: s.scope, Name: s.name, Failed: s.tally.failed, Started: s.tally.started, Limit: s.limit.String(),
			Reason: fmt.Sprintf("%d of %d hosts started in %s failed; the policy halts above %s", s.tally.failed, s.tally.started, name, s.limit)})
		return
	}
}

// exceeds reports whether the share of failures stops the campaign: more than the limit, at least so many, and
// more than a person has seen and gone on from.
func (t tally) exceeds(l limit.Limit, atLeast int) bool {
	return t.failed > t.accepted && t.failed >= atLeast && l.Exceeds(t.failed, t.started)
}

// stopCohort leaves the untouched rest of a cohort alone: its canary i did not come through (law S21).
func (d *decision) stopCohort(i int32, fault, reason string) {
	n := d.w.places[i].cohort
	if d.s.cohorts[n].fault != "" {
		return
	}
	name := d.w.guard.CohortName(n)
	d.emit(Event{Kind: CohortStopped, Cohort: name, Host: d.w.id(i), Fault: fault, Reason: reason})
	for _, other := range d.w.cohorts[n] {
		switch d.s.hosts[other].phase {
		case Pending:
			d.setAside(other, FaultCanary, fmt.Sprintf("canary %s of its cohort (%s) did not come through: %s", d.w.id(i), name, fault))
		case Granted, Cordoned, Drained:
			d.undo(other, "", "the canary of its cohort did not come through")
		}
	}
}
