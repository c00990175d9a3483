package simfleet

import (
	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/dispatch"
	"github.com/evenkeel-project/evenkeel/internal/core/ident"
)

// outageUnplanned is the outage of a host for which the policy has none.
const outageUnplanned = 10 * calendar.Minute

// draw draws a length of low to high for a step of a host. Every step of every host has its own branch.
func (f *Fleet) draw(h ident.Host, step dispatch.Step, low, high calendar.Seconds) calendar.Seconds {
	return low + calendar.Seconds(f.chance.Child(string(step), 0).Child(f.fleet.HostID(h), 0).Below(uint64(high-low+1)))
}

// outage returns how long the host takes for everything from cordon to return when nothing goes wrong: at most what
// the policy plans.
func (f *Fleet) outage(h ident.Host) calendar.Seconds {
	planned, ok := f.policy.OutageOf(f.fleet, h)
	if !ok {
		planned = outageUnplanned
	}
	const percent = 100
	less := f.draw(h, "outage", 0, calendar.Seconds(f.scenario.Spread))
	return max(1, planned/percent*(percent-less)+planned%percent*(percent-less)/percent)
}

// length returns how long a step takes on a host when nothing goes wrong. Cordon, drain, act, verify and return add up
// to the outage; acting takes most of it.
func (f *Fleet) length(h ident.Host, step dispatch.Step) calendar.Seconds {
	const verySmall, small, large = 50, 20, 8 // parts of an outage: the most that a step may take
	whole := f.outage(h)
	switch step {
	case dispatch.Cordon:
		return min(f.draw(h, step, 1, 5), whole/verySmall)
	case dispatch.Drain:
		return f.draw(h, step, whole/verySmall, whole/large)
	case dispatch.Verify:
		return min(f.draw(h, step, 2, 20), whole/small)
	case dispatch.Return:
		return f.draw(h, step, whole/small, whole/large)
	case dispatch.Act:
		for _, other := range steps {
			if other != dispatch.Act && other != dispatch.Undo && other != dispatch.Fence && other != dispatch.Rehome {
				whole -= f.length(h, other)
			}
		}
		return whole
	case dispatch.Fence:
		return f.draw(h, step, 45, 75)
	case dispatch.Rehome:
		return f.draw(h, step, 30, 90)
	}
	return f.draw(h, step, 1, 5)
}
