package simfleet

import (
	"slices"

	"github.com/evenkeel-project/evenkeel/internal/core/advisory"
	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/dispatch"
	"github.com/evenkeel-project/evenkeel/internal/core/ident"
	"github.com/evenkeel-project/evenkeel/internal/driver"
)

// start begins an order that was accepted; what the host was doing is broken off.
func (f *Fleet) start(h ident.Host, o dispatch.Order) {
	d := &f.hosts[h]
	k := slices.Index(steps[:], o.Step)
	d.tries[k]++
	f.sequence++
	d.job = job{Order: o, from: f.now, to: f.now.Add(f.length(h, o.Step)), mark: f.sequence, try: d.tries[k]}
	d.outcome, d.spoken = dispatch.Outcome{Step: o.Step, Attempt: o.Attempt, Result: dispatch.Working}, true
	switch o.Step {
	case dispatch.Cordon:
		d.job.fails = f.fault(h, CordonFails, d.job.try) != nil
	case dispatch.Drain:
		d.job.fails = f.fault(h, DrainFails, d.job.try) != nil
	case dispatch.Act:
		f.act(h)
	case dispatch.Fence:
		d.down = true
		f.move(h, atHome, stopped, nobody)
	}
	if !d.job.never {
		f.events.push(event{at: d.job.to, mark: d.job.mark, host: h})
	}
}

// act begins the outage: whatever goes wrong in it is settled here.
func (f *Fleet) act(h ident.Host) {
	d := &f.hosts[h]
	j := &d.job
	d.stage = acted
	if f.fault(h, Lies, j.try) != nil {
		j.to, j.patches = f.now, true
		return
	}
	if slow := f.fault(h, Slow, j.try); slow != nil {
		j.to = j.from.Add(j.to.Sub(j.from) * calendar.Seconds(slow.Factor))
	}
	j.never = f.fault(h, Dead, j.try) != nil
	j.fails = f.fault(h, PatchFails, j.try) != nil && !j.never
	j.patches = f.fault(h, Unpatched, j.try) == nil
	if !j.Action.TakesHostDown() {
		return
	}
	f.move(h, atHome, stopped, nobody)
	if j.fails {
		return
	}
	j.boots, d.down = true, true
	f.boots = append(f.boots, Boot{Host: f.fleet.HostID(h), At: f.clock(), Order: j.Key()})
}

// finish ends what a host is doing.
func (f *Fleet) finish(h ident.Host) {
	d := &f.hosts[h]
	j := d.job
	d.job = job{}
	if j.fails {
		f.tell(h, dispatch.Outcome{Step: j.Step, Attempt: j.Attempt, Result: dispatch.Failed, Code: driver.StepFailed,
			Detail: "the simulated host was made to fail at this step"})
		return
	}
	switch j.Step {
	case dispatch.Cordon:
		d.stage, d.cordoned = cordoned, true
	case dispatch.Drain:
		d.stage = drained
		f.move(h, atHome, elsewhere, f.staysAtDrain)
	case dispatch.Act:
		d.patched = d.patched || j.patches
		if j.boots {
			d.boot, d.down = d.boot+1, false
		}
	case dispatch.Return:
		f.move(h, stopped, atHome, f.missing(h, j.try))
		d.stage, d.cordoned = returned, j.Closed
	case dispatch.Undo:
		d.stage, d.cordoned = open, false
	case dispatch.Fence:
		d.stage, d.off = off, true
	case dispatch.Rehome:
		f.move(h, stopped, elsewhere, f.isPinned)
	}
	f.tell(h, dispatch.Outcome{Step: j.Step, Attempt: j.Attempt, Result: dispatch.Done})
}

// missing says which of the guests that are down do not come back: with the fault, one that is drawn and a quarter of
// the others.
func (f *Fleet) missing(h ident.Host, try int) func(ident.Guest) bool {
	down := f.down(h)
	if len(down) == 0 || f.fault(h, GuestsMissing, try) == nil {
		return nobody
	}
	lot := f.chance.Child("missing", 0)
	always := down[lot.Child(f.fleet.HostID(h), 0).Below(uint64(len(down)))]
	return func(g ident.Guest) bool { return g == always || lot.Child(f.fleet.GuestID(g), 0).Chance(1, 4) }
}

// down returns the guests of a host that run nowhere, in order of handle.
func (f *Fleet) down(h ident.Host) []ident.Guest {
	var down []ident.Guest
	for _, g := range f.fleet.GuestsOn(h) {
		if f.guests[g] == stopped {
			down = append(down, ident.Guest(g))
		}
	}
	return down
}

// back returns how many of the guests that are down have started while the host returns: they start one after the other.
func (f *Fleet) back(d *host, down int) int {
	if d.job.Step != dispatch.Return || d.job.to == d.job.from {
		return 0
	}
	return int(int64(down) * int64(f.now.Sub(d.job.from)) / int64(d.job.to.Sub(d.job.from)))
}

// power returns what feeds a host: a host that is stopped and started has none in the first half of its outage.
func (f *Fleet) power(d *host) dispatch.Power {
	j := &d.job
	cut := j.Step == dispatch.Act && j.boots && j.Action == advisory.StopStart && f.now < j.from.Add(j.to.Sub(j.from)/2)
	if d.off || cut {
		return dispatch.PowerOff
	}
	return dispatch.PowerOn
}
