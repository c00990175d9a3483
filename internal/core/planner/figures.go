package planner

import (
	"cmp"
	"slices"

	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/instance"
	"github.com/evenkeel-project/evenkeel/internal/core/plan"
	"github.com/evenkeel-project/evenkeel/internal/core/policy"
	"github.com/evenkeel-project/evenkeel/internal/core/search"
)

// setDeadline writes the deadline, the margin to it and the latest safe start; none without an embargo.
func setDeadline(out *plan.Plan, in Input, c *census, r *instance.Roster, s search.Schedule) {
	if c.deadline == nil {
		return
	}
	deadline := *c.deadline
	margin, found := deadline.Sub(out.Finish), false
	for i, due := range r.Due {
		if due == instance.NoDeadline {
			continue
		}
		own := calendar.Instant(due).Sub(r.Span(int32(i), s.Start[i]).To)
		if !found || own < margin {
			margin, found = own, true
		}
	}
	latest := in.Policy.Start.Add(latestShift(in, r, s, margin))
	out.Deadline, out.Margin, out.LatestSafeStart = &deadline, &margin, &latest
}

// shiftSpan is a range of shifts, both ends included, that would push some outage into a freeze.
type shiftSpan struct {
	least, most calendar.Seconds
}

// latestShift returns the greatest shift of the whole plan, no more than margin, at which neither an outage nor a
// move off a host meets a freeze that covers the host. It walks the forbidden shifts from the top: once at one that
// is forbidden, it goes just below the range that forbids it.
func latestShift(in Input, r *instance.Roster, s search.Schedule, margin calendar.Seconds) calendar.Seconds {
	var forbidden []shiftSpan
	forbid := func(t *instance.Timetable, busy calendar.Span) {
		for _, z := range t.Spans() {
			if least := z.From.Sub(busy.To) + 1; least <= margin {
				forbidden = append(forbidden, shiftSpan{least, z.To.Sub(busy.From) - 1})
			}
		}
	}
	for i, t := range r.Frozen {
		forbid(t, r.Span(int32(i), s.Start[i]))
	}
	if s.Drained != nil {
		for _, m := range s.Drained.Moves {
			i, _ := slices.BinarySearch(r.Host, m.From)
			forbid(r.Frozen[i], calendar.Span{From: m.At, To: m.At.Add(in.Policy.MoveLength(in.Fleet, m.Guest))})
		}
	}
	slices.SortFunc(forbidden, func(a, b shiftSpan) int { return cmp.Compare(b.most, a.most) })
	shift := margin
	for _, f := range forbidden {
		if f.most < shift {
			break
		}
		shift = min(shift, f.least-1)
	}
	return shift
}

// window returns what the owners of the host's guests are promised: the outage, then the time after which a
// stuck host is set aside, and a tenth of the time since the plan's start for what may slip before it; cut
// at the next freeze, never before the outage's end.
func window(p *policy.Policy, frozen *instance.Timetable, outage calendar.Span) calendar.Span {
	slip := (outage.From.Sub(p.Start) + 9) / 10
	to := outage.To.Add(p.StuckAfter + slip)
	if freeze, ok := frozen.Next(outage.To); ok {
		to = min(to, freeze)
	}
	return calendar.Span{From: outage.From, To: to}
}
