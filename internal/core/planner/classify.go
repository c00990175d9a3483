package planner

import (
	"fmt"

	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/drain"
	"github.com/evenkeel-project/evenkeel/internal/core/exposure"
	"github.com/evenkeel-project/evenkeel/internal/core/ident"
	"github.com/evenkeel-project/evenkeel/internal/core/instance"
	"github.com/evenkeel-project/evenkeel/internal/core/plan"
)

// census says what becomes of every host of the fleet: each is excluded, blocked or planned. Hosts to do are
// the blocked and the planned.
type census struct {
	excluded   []plan.Excluded
	blocked    []plan.Blocked
	standing   []drain.Standing // by host: what it is to moves
	planned    []ident.Host
	down       []uint32       // by planned host: its guests that go down
	uses       []instance.Use // of groups and tenants, planned host after planned host
	usesEnd    []uint32       // by planned host: where its uses end
	regionToDo []int          // by region
	zoneToDo   []int          // by zone
	deadline   *calendar.Instant
}

// classify walks the hosts in order of id.
func classify(in Input, l *ledger) *census {
	f := in.Fleet
	c := &census{regionToDo: make([]int, f.Regions()), zoneToDo: make([]int, f.Zones()),
		standing: make([]drain.Standing, f.Hosts())}
	protected := in.Policy.ProtectedHosts(f)
	for n := range f.Hosts() {
		h := ident.Host(n)
		if reason, out := leftOut(in, h, protected[h]); out {
			c.excluded = append(c.excluded, plan.Excluded{Host: f.HostID(h), Reason: reason})
			if reason != plan.Protected {
				c.standing[h] = drain.Patched
			}
			continue
		}
		zone := f.ZoneOf(h)
		c.zoneToDo[zone]++
		c.regionToDo[f.RegionOf(zone)]++
		if at, ok := deadlineOf(in, h); ok && (c.deadline == nil || at < *c.deadline) {
			c.deadline = &at
		}
		l.tally.count(h)
		if over := l.groupsOver(); len(over) > 0 {
			c.blocked = append(c.blocked, l.blockedBy(h, over))
		} else {
			c.uses = l.appendUses(c.uses)
			c.usesEnd = append(c.usesEnd, uint32(len(c.uses)))
			c.planned, c.down = append(c.planned, h), append(c.down, uint32(l.tally.down))
			c.standing[h] = drain.Unpatched
		}
		l.tally.clear()
	}
	if len(c.planned)+len(c.blocked) == 0 {
		c.deadline = anyDeadline(in)
	}
	return c
}

// leftOut reports whether the host gets no outage, and why.
func leftOut(in Input, h ident.Host, protected bool) (plan.Reason, bool) {
	switch {
	case !in.Exposure.NeedsOutage(h) && in.Exposure.Overall(h) == exposure.Fixed:
		return plan.Fixed, true
	case !in.Exposure.NeedsOutage(h):
		return plan.NotAffected, true
	case protected:
		return plan.Protected, true
	}
	return "", false
}

// groupsOver returns the groups that the counted host alone would take below their allowance, in order of id.
func (l *ledger) groupsOver() []ident.Group {
	var over []ident.Group
	for _, g := range l.tally.groups.touched {
		if int64(l.tally.groups.of[g]) > l.allowed[l.groups+g] {
			over = append(over, ident.Group(g))
		}
	}
	return over
}

// blockedBy says in numbers which group the counted host would break, and how many others.
func (l *ledger) blockedBy(h ident.Host, over []ident.Group) plan.Blocked {
	f, first := l.fleet, over[0]
	more := ""
	if len(over) == 2 {
		more = " (and one more group would break)"
	} else if len(over) > 2 {
		more = fmt.Sprintf(" (and %d more groups would break)", len(over)-1)
	}
	return plan.Blocked{Host: f.HostID(h), Group: f.GroupID(first),
		Reason: fmt.Sprintf("its outage takes down %d of the %d members of group %s, whose max_down of %s allows %d%s",
			l.tally.groups.of[first], f.GroupSize(first), f.GroupID(first), f.MaxDown(first), l.allowed[l.groups+uint32(first)], more)}
}

// appendUses appends what the counted host takes of groups and tenants that have a limit.
func (l *ledger) appendUses(pool []instance.Use) []instance.Use {
	for _, t := range l.tally.tenants.touched {
		if l.allowed[l.tenants+t] != instance.Unlimited {
			pool = append(pool, instance.Use{Resource: l.tenants + t, Weight: l.tally.tenants.of[t]})
		}
	}
	for _, g := range l.tally.groups.touched {
		if l.allowed[l.groups+g] != instance.Unlimited {
			pool = append(pool, instance.Use{Resource: l.groups + g, Weight: l.tally.groups.of[g]})
		}
	}
	return pool
}

// deadlineOf returns the earliest deadline of the advisories that touch the host.
func deadlineOf(in Input, h ident.Host) (calendar.Instant, bool) {
	earliest, found := calendar.Instant(0), false
	for i, a := range in.Exposure.Advisories() {
		if a.Embargo == nil || !in.Exposure.Touches(i, h) {
			continue
		}
		at := a.Embargo.Until.Add(-in.Policy.DeadlineReserve)
		if !found || at < earliest {
			earliest, found = at, true
		}
	}
	return earliest, found
}

// anyDeadline returns the earliest deadline of all advisories, nil when none has an embargo.
func anyDeadline(in Input) *calendar.Instant {
	var earliest *calendar.Instant
	for _, a := range in.Exposure.Advisories() {
		if a.Embargo == nil {
			continue
		}
		if at := a.Embargo.Until.Add(-in.Policy.DeadlineReserve); earliest == nil || at < *earliest {
			earliest = &at
		}
	}
	return earliest
}
