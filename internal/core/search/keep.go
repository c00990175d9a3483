package search

import (
	"github.com/evenkeel-project/evenkeel/internal/core/bound"
	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/chance"
	"github.com/evenkeel-project/evenkeel/internal/core/instance"
)

// Unpromised is the start of a host to which nothing was promised.
const Unpromised = calendar.Instant(-1 << 62)

// Keep makes a schedule in which every host starts when it was promised to, as far as the rules let it; one that
// cannot starts as soon after as it fits, and one to which nothing was promised where it fits first. No host is
// later past its deadline than in a schedule without promises: its promise is given up for that, and all are when
// they leave somebody no room. Further steps change nothing.
func Keep(in *instance.Instance, known bound.Proof, seed uint64, promised []calendar.Instant) *Search {
	rules := rankings(in.Roster, in.Course, in.Demand)
	s := &Search{in: in, known: known, draw: chance.New(seed), best: first(in, known, rules[:1]), rules: rules, over: true}
	if in.Roster.Size() == 0 {
		return s
	}
	horizon := s.best
	for i, at := range promised {
		if at != Unpromised {
			horizon.Finish = max(horizon.Finish, in.Roster.Span(int32(i), at).To)
		}
	}
	horizon.Finish = horizon.Finish.Add(s.best.Finish.Sub(in.Start)) // for what has to follow the last promise
	s.layout = newLayout(in, horizon, promised)
	s.passes = newPasses(s)
	if s.keep(promised) {
		s.best = s.layout.schedule()
	}
	return s
}

// tookWith returns how many seconds the grid of every stage has to cover so that all promises can be kept, and what
// cannot keep its own finds room behind them.
func tookWith(in *instance.Instance, first Schedule, promised []calendar.Instant) []int64 {
	ends := lastEnds(in, first)
	took := stageTimes(in, ends)
	if promised == nil {
		return took
	}
	for i, at := range promised {
		if n := in.Roster.Stage[i]; at != Unpromised {
			ends[n] = max(ends[n], in.Roster.Span(int32(i), at).To)
		}
	}
	out := stageTimes(in, ends)
	for n := range out {
		out[n] += took[n]
	}
	return out
}

// keep lays the stages in order; it reports false when some host finds no room.
func (s *Search) keep(promised []calendar.Instant) bool {
	l := s.layout
	l.clean()
	for _, round := range s.passes.rounds {
		for _, n := range round {
			l.stages[n].base = l.baseOf(n)
			l.openStage(n, max(0, min(l.roomWith(n, promised), int32(l.slots)-l.stages[n].base)))
			if !l.keepStage(n, promised, true) {
				return false
			}
		}
		for _, n := range round {
			l.extend(n, l.endBehindCanaries(n))
			if !l.keepStage(n, promised, false) {
				return false
			}
			l.stages[n].end = l.stages[n].base + l.lengthOf(n)
		}
	}
	return true
}

// roomWith returns how many slots a stage needs to keep its promises.
func (l *layout) roomWith(n int32, promised []calendar.Instant) int32 {
	g := &l.stages[n]
	end := g.base + g.room
	for _, i := range g.members {
		if at := l.slotOf(promised[i]); at != nowhere {
			end = max(end, at+l.length[i])
		}
	}
	return end - g.base
}

// endBehindCanaries returns an end of a stage that leaves room for hosts that wait for canaries of another, which may
// have been promised late.
func (l *layout) endBehindCanaries(n int32) int32 {
	g := &l.stages[n]
	end := g.end
	for _, i := range g.members {
		if c := l.behind[i]; c >= 0 {
			end = max(end, l.open[c]+l.length[i]+g.room)
		}
	}
	return end
}

// keepStage stands the canaries of a stage, or its others: first those whose promise can be kept, then the rest.
func (l *layout) keepStage(n int32, promised []calendar.Instant, canaries bool) bool {
	var rest []int32
	for _, i := range l.stages[n].members {
		if l.in.Roster.Canary[i] != canaries {
			continue
		}
		w, at := l.windowOf(i), int(l.slotOf(promised[i]))
		if at < w.from || at+int(l.length[i]) > w.to || l.earliest(i, window{at, at + int(l.length[i])}) == nowhere {
			rest = append(rest, i)
			continue
		}
		l.take(i, at)
	}
	for _, i := range rest {
		w := l.windowOf(i)
		at := l.earliest(i, window{max(w.from, int(l.slotOf(promised[i]))), w.to})
		if at == nowhere {
			at = l.earliest(i, w)
		}
		if at == nowhere {
			return false
		}
		l.take(i, at)
	}
	l.reopenCohorts()
	return true
}

// slotOf returns the first slot at or after an instant, nowhere when nothing was promised or when it is past.
func (l *layout) slotOf(at calendar.Instant) int32 {
	if at == Unpromised || at < l.in.Start {
		return nowhere
	}
	return int32(min(ceilDiv(int64(at-l.in.Start), l.unit), noSlot/2))
}
