package search

import (
	"cmp"
	"slices"
)

// squeeze makes the stages of the longest of some chains shorter, one attempt after another. What an attempt
// changed is put back when it fails.
type squeeze struct {
	*Search
	of     [][]int32 // the chains
	had    []int32   // by stage: its slots
	failed []int32   // by stage: the most slots with which an attempt failed; 0 for none
	press  [][]int64 // by stage and member: how many slots the most needed of its own resources needs
	over   bool      // every stage has failed, or there is nothing to win
	spent  bool      // there was nothing to win from the start

	active bool
	doomed bool  // a canary does not fit where it stood, and canaries have no other place
	stage  int32 // of the attempt under way
	trying int32 // its slots
	moves  int   // that are left of it
	tries  int
	was    []int32 // by place: where it stood before the attempt
	bases  []int32 // by stage: where it began before the attempt
	ends   []int32 // by stage: where it had to end before the attempt
}

func newSqueeze(s *Search, of [][]int32) *squeeze {
	n := len(s.layout.stages)
	q := &squeeze{Search: s, of: of, had: make([]int32, n), failed: make([]int32, n), press: make([][]int64, n)}
	q.measure()
	return q
}

// measure notes how many slots the stages that stand take.
func (q *squeeze) measure() {
	for n := range q.had {
		if g := &q.layout.stages[n]; q.layout.stands(int32(n)) {
			q.had[n] = q.layout.lengthOf(int32(n))
			g.end = g.base + q.had[n]
		}
	}
}

// movesAStep is how many moves a step makes.
const movesAStep = 1000

func (q *squeeze) step() {
	if !q.active {
		q.choose()
		return
	}
	moves := min(q.moves, movesAStep)
	q.moves -= moves
	switch {
	case !q.doomed && q.repair.run(moves):
		q.active = false
		q.measure()
		if !slices.Contains(q.layout.at, nowhere) {
			q.offer()
		}
	case q.doomed || q.moves <= 0:
		q.active = false
		q.failed[q.stage] = max(q.failed[q.stage], q.trying)
		q.putBack()
	}
}

// longest returns the chain that ends last, and where.
func (q *squeeze) longest() (chain []int32, end int32) {
	for _, c := range q.of {
		last := c[len(c)-1]
		if e := q.layout.stages[last].base + q.had[last]; e > end {
			chain, end = c, e
		}
	}
	return chain, end
}

// choose begins an attempt at the stage with most to win; where chains run side by side at the last one that has
// something to win, for cutting it moves nobody against the other chains.
func (q *squeeze) choose() {
	chain, end := q.longest()
	stage, most := int32(-1), int32(0)
	for _, n := range chain {
		if win := q.had[n] - max(q.floor[n], q.failed[n]+1); win > 0 && (win > most || len(q.of) > 1) {
			stage, most = n, win
		}
	}
	least := int32(ceilDiv(q.known.Best.Seconds, q.layout.unit))
	if stage < 0 || end <= least && len(q.of) < len(q.chains) {
		q.over, q.spent = true, q.tries == 0
		return
	}
	q.tries++
	q.stage, q.trying = stage, q.floor[stage]
	if q.failed[stage] >= q.floor[stage] {
		q.trying = min((q.failed[stage]+1+q.had[stage])/2, q.had[stage]-1)
	}
	q.moves, q.active = q.effort, true
	q.begin(chain, max(least, end-q.had[stage]+q.trying))
}

// begin takes the chain off from the stage on and lets it stand again further up, as far as it fits. The other
// chains may last until slot aim.
func (q *squeeze) begin(chain []int32, aim int32) {
	l := q.layout
	q.was, q.bases, q.ends = slices.Clone(l.at), q.bases[:0], q.ends[:0]
	for n := range l.stages {
		q.bases, q.ends = append(q.bases, l.stages[n].base), append(q.ends, l.stages[n].end)
	}
	moved := chain[slices.Index(chain, q.stage):]
	for _, n := range moved {
		for _, i := range l.stages[n].members {
			l.give(i)
		}
	}
	var homeless []int32
	q.doomed = false
	for _, n := range moved {
		if homeless = q.standAgain(n, homeless); q.doomed {
			return
		}
	}
	for _, c := range q.of {
		if last := c[len(c)-1]; l.stages[last].end < aim {
			l.extend(last, aim)
		}
	}
	q.repair.begin(homeless)
}

// standAgain lets a stage stand from where it now begins.
func (q *squeeze) standAgain(n int32, homeless []int32) []int32 {
	l := q.layout
	slots := q.had[n]
	if n == q.stage {
		slots = q.trying
	}
	l.openStage(n, slots)
	g := &l.stages[n]
	was := make([]int32, len(g.members))
	for k, i := range g.members {
		was[k] = q.was[i] - q.bases[n]
		if !l.in.Roster.Canary[i] {
			continue
		}
		here := window{int(g.base + was[k]), int(g.base + was[k] + l.length[i])}
		if w := l.windowOf(i); here.to > w.to || l.earliest(i, here) == nowhere {
			q.doomed = true
			return homeless
		}
		l.take(i, here.from)
	}
	l.reopenCohorts()
	if n == q.stage {
		q.standTight(n, was)
	}
	return l.standAt(n, was, homeless)
}

// extend lets a stage end later.
func (l *layout) extend(n, end int32) {
	g := &l.stages[n]
	g.end = min(end, int32(l.slots))
	if int(g.end) > g.grid.ends() {
		l.regrid(n)
	}
}

// regrid gives a stage a grid that covers its present time. Those who stand keep their places.
func (l *layout) regrid(n int32) {
	g := &l.stages[n]
	g.grid = newGrid(g.allowed, int(g.base), int(g.end))
	for _, i := range g.members {
		if at := int(l.at[i]); at != nowhere {
			for _, u := range l.own.of(i) {
				g.grid.take(u, at, at+int(l.length[i]))
			}
		}
	}
}

// putBack puts everybody back to where they stood before the attempt.
func (q *squeeze) putBack() {
	l := q.layout
	for i, at := range l.at {
		if at != nowhere && (at != q.was[i] || l.stages[l.in.Roster.Stage[i]].base != q.bases[l.in.Roster.Stage[i]]) {
			l.give(int32(i))
		}
	}
	for n := range l.stages {
		g := &l.stages[n]
		rebuilt := g.base != q.bases[n]
		g.base, g.end = q.bases[n], q.ends[n]
		if rebuilt || g.grid != nil && (int(g.end) > g.grid.ends() || int(g.base)>>6 < g.grid.base) {
			l.regrid(int32(n))
		}
	}
	for i, at := range q.was {
		if at != nowhere && l.at[i] == nowhere {
			l.take(int32(i), int(at))
		}
	}
	l.reopenCohorts()
}

// tightPart is how close to the slots of an attempt the need of a resource must come to be tight: one part in so
// many.
const tightPart = 32

// standTight stands first, and pins for the attempt, the hosts of resources that need nearly all of the slots:
// they have to follow each other without a gap, and moving them one by one never closes one.
func (q *squeeze) standTight(n int32, was []int32) {
	l := q.layout
	g, press := &l.stages[n], q.pressOf(n)
	type stood struct{ place, at int32 }
	var order []stood
	blur := uint64(1) << min(q.tries-1+q.cycle/2, 7)
	for k, i := range g.members {
		if press[k] >= int64(q.trying-q.trying/tightPart) && l.at[i] == nowhere && !l.in.Roster.Canary[i] {
			order = append(order, stood{i, was[k] + int32(q.draw.Below(blur))})
		}
	}
	slices.SortFunc(order, func(a, b stood) int { return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.place, b.place)) })
	for _, x := range order {
		if at := l.earliest(x.place, l.windowOf(x.place)); at != nowhere {
			l.take(x.place, at)
			if q.cycle%2 == 0 {
				q.repair.pin(x.place, q.moves)
			}
		}
	}
}

// pressOf returns for every member of a stage how many slots the stage needs of the most needed of its resources, of those
// that less than half of the stage use: what all need tells none of them apart.
func (q *squeeze) pressOf(n int32) []int64 {
	if q.press[n] == nil {
		l, members := q.layout, q.layout.stages[n].members
		q.press[n] = make([]int64, len(members))
		l.press(members, &l.own, l.stages[n].allowed, q.press[n])
		l.press(members, &l.shared, l.common, q.press[n])
	}
	return q.press[n]
}

// press raises what every member is pressed by to the slots that the most needed of some resources needs.
func (l *layout) press(members []int32, of *rows, allowed []uint32, out []int64) {
	energy, users := make([]int64, len(allowed)), make([]int, len(allowed))
	for _, i := range members {
		for _, u := range of.of(i) {
			energy[u.resource] += int64(u.weight) * int64(l.length[i])
			users[u.resource]++
		}
	}
	for k, i := range members {
		for _, u := range of.of(i) {
			if 2*users[u.resource] < len(members) {
				out[k] = max(out[k], ceilDiv(energy[u.resource], int64(allowed[u.resource])))
			}
		}
	}
}
