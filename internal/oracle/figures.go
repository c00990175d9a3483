package oracle

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/ident"
	"github.com/evenkeel-project/evenkeel/internal/core/plan"
)

type figures struct {
	finish          calendar.Instant
	deadline        *calendar.Instant
	margin          *calendar.Seconds
	latestSafeStart *calendar.Instant
}

// figures works out what a plan says of its outages and moves.
func (in Instance) figures(outages []outage, moves []moved) figures {
	out := figures{finish: in.Policy.Start, deadline: in.deadline()}
	for i, o := range outages {
		if i == 0 || o.End > out.finish {
			out.finish = o.End
		}
	}
	if out.deadline == nil {
		return out
	}
	var margins []calendar.Seconds
	for _, o := range outages {
		if due, ok := in.deadlineOf(o.host); ok {
			margins = append(margins, due.Sub(o.End))
		}
	}
	if len(margins) == 0 {
		margins = append(margins, out.deadline.Sub(out.finish))
	}
	margin := slices.Min(margins)
	shifted := slices.Clone(outages)
	for _, m := range moves {
		shifted = append(shifted, outage{plan.Outage{Start: m.At, End: m.end}, m.from})
	}
	safe := in.Policy.Start.Add(in.latestShift(shifted, margin))
	out.margin, out.latestSafeStart = &margin, &safe
	return out
}

func (in Instance) deadlineOf(h ident.Host) (calendar.Instant, bool) {
	var dues []calendar.Instant
	for _, a := range in.Advisories {
		if a.Embargo != nil && in.touches(a, h) {
			dues = append(dues, a.Embargo.Until.Add(-in.Policy.DeadlineReserve))
		}
	}
	if len(dues) == 0 {
		return 0, false
	}
	return slices.Min(dues), true
}

func (in Instance) deadline() *calendar.Instant {
	var dues []calendar.Instant
	work := false
	for _, h := range in.hosts() {
		if in.toDo(h) {
			work = true
			if due, ok := in.deadlineOf(h); ok {
				dues = append(dues, due)
			}
		}
	}
	for _, a := range in.Advisories {
		if !work && a.Embargo != nil {
			dues = append(dues, a.Embargo.Until.Add(-in.Policy.DeadlineReserve))
		}
	}
	if len(dues) == 0 {
		return nil
	}
	due := slices.Min(dues)
	return &due
}

// latestShift tries, from the largest down, every shift that could be the answer: the margin itself, and
// those that make some outage or move end just as some freeze begins. Any other shift could be one second larger.
func (in Instance) latestShift(outages []outage, margin calendar.Seconds) calendar.Seconds {
	shifts := []calendar.Seconds{margin}
	for _, o := range outages {
		for _, z := range in.Policy.Freezes {
			if shift := z.Span.From.Sub(o.End); shift < margin {
				shifts = append(shifts, shift)
			}
		}
	}
	slices.SortFunc(shifts, func(a, b calendar.Seconds) int { return cmp.Compare(b, a) })
	for _, shift := range shifts {
		if !in.anyFrozen(outages, shift) {
			return shift
		}
	}
	panic("oracle: a shift to before every freeze is frozen")
}

func (in Instance) anyFrozen(outages []outage, shift calendar.Seconds) bool {
	for _, o := range outages {
		for _, z := range in.Policy.Freezes {
			if z.Covers(in.Fleet, o.host) && o.Start.Add(shift) < z.Span.To && z.Span.From < o.End.Add(shift) {
				return true
			}
		}
	}
	return false
}

// Refigure makes the figures, the order of outages and moves and the digest of a plan fit its outages again, so
// that a test can change the outages alone. A bound that has become impossible is set to the longest outage.
func Refigure(in Instance, p *plan.Plan) {
	slices.SortFunc(p.Outages, func(a, b plan.Outage) int {
		return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(a.Host, b.Host))
	})
	var outages []outage
	longest := calendar.Seconds(0)
	for _, o := range p.Outages {
		if h, ok := in.Fleet.FindHost(o.Host); ok {
			outages = append(outages, outage{o, h})
			length, _ := in.Policy.OutageOf(in.Fleet, h)
			longest = max(longest, length)
		}
	}
	slices.SortStableFunc(p.Moves, func(a, b plan.Move) int {
		return cmp.Or(cmp.Compare(a.At, b.At), cmp.Compare(a.Guest, b.Guest))
	})
	r := &reading{Instance: in, plan: p}
	if in.Policy.Moves != nil {
		r.findMoves()
	}
	want := in.figures(outages, r.moves)
	p.Finish, p.Makespan = want.finish, want.finish.Sub(in.Policy.Start)
	p.Deadline, p.Margin, p.LatestSafeStart = want.deadline, want.margin, want.latestSafeStart
	if p.Bound.Seconds < longest || p.Bound.Seconds > p.Makespan {
		p.Bound = plan.Bound{Seconds: longest, Binding: "the longest outage"}
	}
	p.GapMillionths = plan.Gap(p.Makespan, p.Bound.Seconds)
	p.Seal()
}

// Plan returns a whole plan with the outages of a schedule.
func (s Schedule) Plan(in Instance) *plan.Plan {
	p := &plan.Plan{Fleet: in.Fleet.Digest(), Policy: in.Policy.Digest, Start: in.Policy.Start}
	for _, a := range in.Advisories {
		p.Advisories = append(p.Advisories, plan.AdvisoryRef{ID: a.ID, Digest: a.Digest})
	}
	for _, run := range s.Runs {
		p.Outages = append(p.Outages, plan.Outage{
			Host: in.Fleet.HostID(run.Host), Start: run.Span.From, End: run.Span.To, Canary: run.Canary, Window: run.Span,
		})
	}
	for _, h := range in.hosts() {
		id := in.Fleet.HostID(h)
		switch place := in.place(h); place {
		case planned:
		case blocked:
			group := in.Fleet.GroupID(in.brokenGroups(h)[0])
			p.Blocked = append(p.Blocked, plan.Blocked{Host: id, Group: group, Reason: fmt.Sprintf("%s would lose too many members", group)})
		default:
			p.Excluded = append(p.Excluded, plan.Excluded{Host: id, Reason: plan.Reason(place)})
		}
	}
	Refigure(in, p)
	return p
}
