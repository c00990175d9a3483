package campaign

import (
	"fmt"
	"slices"

	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
)

// unspoken bounds every step when the policy does not say when a host is stuck.
const unspoken = calendar.Hour

// courtesySlack is how much earlier than it must a courtesy notice is queued, so that a slow courier does not
// hold its region back.
const courtesySlack = 15 * calendar.Minute

// tick does what time asks for, and starts what may start. No window is missed by a clock that may be wrong.
func (d *decision) tick() {
	d.tellPlanned()
	d.tellLate()
	d.watchFlight()
	if !d.s.clockDoubted() {
		d.missWindows()
	}
	if d.s.status == Running {
		d.tellCourtesies()
		d.dispatch()
	}
	if d.s.status == Aborting && len(d.s.active) == 0 {
		d.setAsidePending(FaultAborted, "the campaign was aborted")
	}
	d.completeRegions()
	d.finish()
}

// tellLate tells the tenants of every host that takes longer, unless the clock may be wrong.
func (d *decision) tellLate() {
	if d.s.clockDoubted() {
		return
	}
	for _, i := range d.s.active {
		switch h := &d.s.hosts[i]; h.phase {
		case Acting, Verifying, Returning, Fencing:
			if !h.late && d.now > d.lateAt(i) {
				d.late(i)
			}
		}
	}
}

// watchFlight looks at the hosts in flight by the clock alone.
func (d *decision) watchFlight() {
	for _, i := range slices.Clone(d.s.active) {
		h := &d.s.hosts[i]
		if !d.overdue(i) {
			continue
		}
		switch h.phase {
		case Acting:
			d.stuck(i, "it did not come back by "+d.stuckAt(i).String())
		case Granted, Cordoned, Drained:
			d.undo(i, early[h.phase], fmt.Sprintf("it was not %s in time", next[h.phase]))
		case Undoing:
			d.fail(i, FaultCordon, "it could not be opened again in time", nil)
		case Fencing:
			d.fail(i, FaultFence, "nobody could prove in time that it is off", nil)
		}
	}
}

// next is the phase that a host before its outage is to reach.
var next = map[Phase]Phase{Granted: Cordoned, Cordoned: Drained, Drained: Acting}

// early is what went wrong with a host that stays in a phase before its outage.
var early = map[Phase]string{Granted: FaultCordon, Cordoned: FaultDrain, Drained: FaultDrain}

// lateAt returns when the tenants of a host are told that it takes longer: a quarter of its length past the
// estimate, or past its window.
func (d *decision) lateAt(i int32) calendar.Instant {
	return min(d.estimate(i).Add(d.w.places[i].length/4), d.w.places[i].window.To)
}

// stuckAt returns when a host that does not come back is given up. A host that was in flight while the clock jumped has
// its whole time once more: nobody knows how much of it had passed.
func (d *decision) stuckAt(i int32) calendar.Instant {
	estimate := d.estimate(i)
	if d.s.trusted > 0 {
		estimate = max(estimate, d.s.trusted.Add(d.w.places[i].length))
	}
	return estimate.Add(d.patience())
}

// patience is how long past its time a step is waited for: as the policy says, or an hour when it does not.
func (d *decision) patience() calendar.Seconds {
	if d.w.Policy.StuckAfter > 0 {
		return d.w.Policy.StuckAfter
	}
	return unspoken
}

// overdue reports whether a host has been in its phase, or in its outage, for longer than can be waited for. While
// nobody has looked at a clock that jumped none is: a healthy host must not be powered off by a clock that may be wrong.
func (d *decision) overdue(i int32) bool { return !d.s.clockDoubted() && d.now > d.patienceEnd(i) }

// patienceEnd returns the last instant at which a host is not overdue. One that has come back has time for what it was told
// since, however late it came: nobody else starts its guests.
func (d *decision) patienceEnd(i int32) calendar.Instant {
	h := &d.s.hosts[i]
	step := max(h.since, d.s.trusted).Add(d.patience())
	switch h.phase {
	case Acting:
		return d.stuckAt(i)
	case Verifying, Returning:
		return max(d.stuckAt(i), step)
	}
	return step
}

// late tells the tenants of a host that it takes longer, and until when at worst.
func (d *decision) late(i int32) {
	until := max(d.stuckAt(i), d.now.Add(d.patience()))
	if d.w.Policy.StuckAfter > 0 {
		until = max(until, d.stuckAt(i).Add(2*d.patience())) // a stuck host is powered off, then its guests start elsewhere
	}
	e := Event{Kind: HostLate, Host: d.w.id(i), Until: &until}
	d.emit(e)
	for _, t := range d.w.notices.TenantsOfHost(d.w.places[i].host) {
		d.tell(notify{kind: late, tenant: t, region: d.w.places[i].region, host: d.w.id(i), until: e.Until})
	}
}

// stuck has a host powered off: only when it is proven off may its guests start elsewhere. A
// policy that has no word on stuck hosts has given no leave for that: the host has failed, and counts as down.
func (d *decision) stuck(i int32, reason string) {
	if !d.s.hosts[i].late {
		d.late(i)
	}
	if d.w.Policy.StuckAfter == 0 {
		d.fail(i, FaultStuck, reason+"; the policy has no stuck.after, so it is not powered off", nil)
		return
	}
	d.emit(Event{Kind: HostStuck, Host: d.w.id(i), Reason: reason})
	d.afterFailure(i)
}

// missWindows sets aside the pending hosts that can no longer be over before their windows end.
func (d *decision) missWindows() {
	for d.s.due < len(d.w.byLatest) {
		i := d.w.byLatest[d.s.due]
		p := &d.w.places[i]
		if p.latest() >= d.now {
			return
		}
		if d.s.hosts[i].phase == Pending {
			d.setAside(i, FaultWindow, fmt.Sprintf("it could not be started by %s: %s", p.latest(), d.firstHold(i)))
		}
		d.s.due++
	}
}

// setAside leaves a pending host untouched for good.
func (d *decision) setAside(i int32, fault, reason string) {
	d.emit(Event{Kind: HostSetAside, Host: d.w.id(i), Fault: fault, Reason: reason})
	if d.w.places[i].canary && fault == FaultWindow {
		d.stopCohort(i, fault, reason)
	}
}

func (d *decision) setAsidePending(fault, reason string) {
	for i := range d.s.hosts {
		if d.s.hosts[i].phase == Pending {
			d.setAside(int32(i), fault, reason)
		}
	}
}

// completeRegions tells the tenants of every region that is through.
func (d *decision) completeRegions() {
	for n := range d.s.regions {
		r := &d.s.regions[n]
		if r.completed || r.through < d.w.regions[n].size {
			continue
		}
		d.emit(Event{Kind: RegionCompleted, Region: d.w.regionID(n)})
		if !r.open && r.courtesies == 0 && len(d.s.notices) == 0 {
			continue // nobody was ever told that anything would happen
		}
		for _, t := range d.w.regions[n].tenants {
			d.tell(notify{kind: ended, tenant: t, region: n})
		}
	}
}

// finish ends the campaign when every host is through and every notice is out of the house.
func (d *decision) finish() {
	for n := range d.s.regions {
		if !d.s.regions[n].completed {
			return
		}
	}
	if d.s.unsent > 0 {
		return
	}
	kind := CampaignFinished
	if d.s.status == Aborting {
		kind = CampaignAborted
	}
	d.emit(Event{Kind: kind, Summary: d.summary()})
}
