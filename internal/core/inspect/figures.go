package inspect

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/exposure"
	"github.com/evenkeel-project/evenkeel/internal/core/ident"
	"github.com/evenkeel-project/evenkeel/internal/core/plan"
	"github.com/evenkeel-project/evenkeel/internal/core/policy"
)

// checkFigures works every figure of the plan out again from the outages and compares.
func (n *inspection) checkFigures() {
	p := n.Plan
	last, longest := n.Policy.Start, calendar.Seconds(0)
	for i, o := range n.outages {
		if i == 0 || o.span.To > last {
			last = o.span.To
		}
		if length, ok := n.Policy.OutageOf(n.Fleet, o.host); ok {
			longest = max(longest, length)
		}
	}
	span := last.Sub(n.Policy.Start)
	figure(n, finish, &p.Finish, &last)
	figure(n, makespan, &p.Makespan, &span)
	n.checkDeadline(last)
	n.looked(bound, 1)
	if p.Bound.Seconds > span || p.Bound.Seconds < longest {
		n.find(bound, nil, "the bound is %s; it cannot be less than the longest outage, %s, nor more than the makespan, %s", p.Bound.Seconds, longest, span)
	}
	n.looked(gap, 1)
	if want := plan.Gap(span, p.Bound.Seconds); p.GapMillionths != want {
		n.find(gap, nil, "the plan says gap %d millionths; a makespan of %s over a bound of %s makes %d", p.GapMillionths, span, p.Bound.Seconds, want)
	}
}

// figure compares a figure of the plan with the one worked out; nil is null.
func figure[T interface {
	comparable
	fmt.Stringer
}](n *inspection, r rule, got, want *T) {
	n.looked(r, 1)
	if (got == nil) != (want == nil) || (got != nil && *got != *want) {
		n.find(r, nil, "the plan says %s %s, but it is %s", n.rules[r].Code, show(got), show(want))
	}
}

func show[T fmt.Stringer](v *T) string {
	if v == nil {
		return "null"
	}
	return (*v).String()
}

// checkDeadline checks deadline, margin and latest safe start.
func (n *inspection) checkDeadline(last calendar.Instant) {
	due := n.deadlineOfPlan()
	figure(n, deadline, n.Plan.Deadline, due)
	if due == nil {
		figure(n, margin, n.Plan.Margin, nil)
		figure(n, latestSafeStart, n.Plan.LatestSafeStart, nil)
		return
	}
	room := due.Sub(last)
	bound := false
	for _, o := range n.outages {
		if d := n.deadlineOf(o.host); d != nil && (!bound || d.Sub(o.span.To) < room) {
			room, bound = d.Sub(o.span.To), true
		}
	}
	figure(n, margin, n.Plan.Margin, &room)
	safe := n.Policy.Start.Add(n.largestShift(room))
	figure(n, latestSafeStart, n.Plan.LatestSafeStart, &safe)
}

// deadlineOf returns the earliest deadline among the advisories that ask for an outage of the host.
func (n *inspection) deadlineOf(h ident.Host) *calendar.Instant {
	var due *calendar.Instant
	for i, a := range n.advisories {
		if a.Embargo == nil {
			continue
		}
		if s := n.Exposure.Of(i, h); s == exposure.Fixed || s == exposure.NotAffected {
			continue
		}
		due = earlier(due, a.Embargo.Until.Add(-n.Policy.DeadlineReserve))
	}
	return due
}

// deadlineOfPlan returns the earliest deadline of the hosts to do, blocked ones included; without any host
// to do, the earliest of the advisories.
func (n *inspection) deadlineOfPlan() *calendar.Instant {
	var due *calendar.Instant
	idle := true
	for h, s := range n.stands {
		if s.place != planned && s.place != blocked {
			continue
		}
		idle = false
		if d := n.deadlineOf(ident.Host(h)); d != nil {
			due = earlier(due, *d)
		}
	}
	if !idle {
		return due
	}
	for _, a := range n.advisories {
		if a.Embargo != nil {
			due = earlier(due, a.Embargo.Until.Add(-n.Policy.DeadlineReserve))
		}
	}
	return due
}

func earlier(a *calendar.Instant, b calendar.Instant) *calendar.Instant {
	if a == nil || b < *a {
		return &b
	}
	return a
}

// shiftGap is the shifts strictly between two values: those that a freeze forbids.
type shiftGap struct{ over, under calendar.Seconds }

func gapOf(s calendar.Span, z policy.Freeze) shiftGap {
	return shiftGap{z.Span.From.Sub(s.To), z.Span.To.Sub(s.From)}
}

// largestShift returns the largest shift of the whole plan, at most room, under which no outage overlaps a
// freeze that covers its host, and no move one that covers the host it leaves. Each of them and a freeze forbid
// the shifts strictly between two values; going down through these gaps from the one that reaches highest, a
// shift that has left one never meets it again.
func (n *inspection) largestShift(room calendar.Seconds) calendar.Seconds {
	gaps := n.moveGaps(room)
	n.eachFrozen(func(o outage, z policy.Freeze) {
		if g := gapOf(o.span, z); o.span.From < o.span.To && g.over < room {
			gaps = append(gaps, g)
		}
	})
	slices.SortFunc(gaps, func(a, b shiftGap) int { return cmp.Compare(b.under, a.under) })
	shift := room
	for _, g := range gaps {
		if g.over < shift && shift < g.under {
			shift = g.over
		}
	}
	return shift
}

// moveGaps returns the shifts that moves and freezes forbid. There may be a million moves, so gaps that overlap are
// one; the moves stand by time, so their gaps come from the highest down.
func (n *inspection) moveGaps(room calendar.Seconds) []shiftGap {
	var gaps []shiftGap
	if n.traffic == nil {
		return nil
	}
	for _, z := range n.Policy.Freezes {
		if z.Span.From >= z.Span.To {
			continue
		}
		covered, first := z.Hosts(n.Fleet), len(gaps)
		for i := range n.traffic.moves {
			m := &n.traffic.moves[i]
			g := gapOf(m.span, z)
			if !covered[m.from] || g.over >= room {
				continue
			}
			if last := len(gaps) - 1; last >= first && g.under > gaps[last].over {
				gaps[last].over = min(gaps[last].over, g.over)
				continue
			}
			gaps = append(gaps, g)
		}
	}
	return gaps
}
