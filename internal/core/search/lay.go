package search

import "github.com/evenkeel-project/evenkeel/internal/core/calendar"

// clean empties the common grid, closes the cohorts, and takes everybody off.
func (l *layout) clean() {
	clear(l.open)
	l.cross = newGrid(l.common, 0, l.slots)
	for i := range l.at {
		l.at[i] = nowhere
	}
}

// baseOf returns where a stage begins: when the one before it has ended and baked.
func (l *layout) baseOf(n int32) int32 {
	g := &l.stages[n]
	if g.before < 0 {
		return 0
	}
	return l.stages[g.before].end + g.bake
}

// openStage sets where a stage begins, and gives it a grid of so many slots. Nobody of it may stand.
func (l *layout) openStage(n, room int32) {
	g := &l.stages[n]
	g.base = l.baseOf(n)
	g.end = g.base + room
	g.grid = newGrid(g.allowed, int(g.base), int(g.end))
}

// openCohort lets the hosts behind a canary start after it has ended and baked.
func (l *layout) openCohort(canary int32) {
	bake := int32(ceilDiv(int64(l.in.Policy.Canary.Bake), l.unit))
	c := l.in.Roster.Cohort[canary]
	l.open[c] = max(l.open[c], l.at[canary]+l.length[canary]+bake)
}

// reopenCohorts works out anew from when on hosts behind canaries may start, as far as the canaries stand.
func (l *layout) reopenCohorts() {
	clear(l.open)
	for _, i := range l.canaries {
		if l.at[i] != nowhere {
			l.openCohort(i)
		}
	}
}

// standCanaries stands the canaries of a stage in order where they fit first, and reports whether all fit.
func (l *layout) standCanaries(canaries []int32) bool {
	for _, i := range canaries {
		at := l.earliest(i, l.windowOf(i))
		if at == nowhere {
			return false
		}
		l.take(i, at)
		l.openCohort(i)
	}
	return true
}

// stand stands the hosts that stand nowhere, in order, where each fits first before the end of its stage. Those
// without room are appended to homeless.
func (l *layout) stand(order, homeless []int32) []int32 {
	for _, i := range order {
		if l.at[i] != nowhere {
			continue
		}
		if at := l.earliest(i, l.windowOf(i)); at != nowhere {
			l.take(i, at)
		} else {
			homeless = append(homeless, i)
		}
	}
	return homeless
}

// standAt stands the hosts of a stage that stand nowhere where they were, as far as there is room, and after
// that the others where they fit first. was is offsets from the base of the stage, in the order of its members.
func (l *layout) standAt(n int32, was, homeless []int32) []int32 {
	g := &l.stages[n]
	for k, i := range g.members {
		if l.at[i] != nowhere {
			continue
		}
		w := l.windowOf(i)
		here := window{int(g.base + was[k]), int(g.base + was[k] + l.length[i])}
		if here.from >= w.from && here.to <= w.to && l.earliest(i, here) != nowhere {
			l.take(i, here.from)
		}
	}
	return l.stand(g.members, homeless)
}

// stands reports whether a stage has been laid.
func (l *layout) stands(n int32) bool {
	return l.stages[n].grid != nil && l.at[l.stages[n].members[0]] != nowhere
}

// lengthOf returns how many slots the hosts of a stage take from its base.
func (l *layout) lengthOf(n int32) int32 {
	g := &l.stages[n]
	most := int32(0)
	for _, i := range g.members {
		most = max(most, l.at[i]+l.length[i]-g.base)
	}
	return most
}

// schedule returns the layout in instants. Everybody must stand somewhere.
func (l *layout) schedule() Schedule {
	s := Schedule{Start: make([]calendar.Instant, len(l.at)), Finish: l.in.Start}
	for i, at := range l.at {
		span := l.in.Roster.Span(int32(i), l.in.Start.Add(calendar.Seconds(int64(at)*l.unit)))
		s.Start[i], s.Finish = span.From, max(s.Finish, span.To)
	}
	s.Late = lateness(l.in.Roster, s)
	return s
}

// load stands everybody as in a schedule; it reports false when the starts do not lie on slots, or leave the
// grids.
func (l *layout) load(s Schedule) bool {
	l.clean()
	starts := make([]int32, len(l.at))
	for i, at := range s.Start {
		offset := int64(at - l.in.Start)
		if offset%l.unit != 0 || offset/l.unit+int64(l.length[i]) > int64(l.slots) {
			return false
		}
		starts[i] = int32(offset / l.unit)
	}
	for n := range l.stages {
		g := &l.stages[n]
		end := int32(0)
		for _, i := range g.members {
			end = max(end, starts[i]+l.length[i])
		}
		base := l.baseOf(int32(n))
		if end < base {
			return false
		}
		l.openStage(int32(n), end-base)
		for _, i := range g.members {
			if l.earliest(i, window{int(starts[i]), int(starts[i] + l.length[i])}) == nowhere {
				return false
			}
			l.take(i, int(starts[i]))
		}
	}
	l.reopenCohorts()
	return true
}
