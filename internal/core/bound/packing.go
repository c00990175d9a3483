package bound

import (
	"cmp"
	"slices"
)

// packing looks for the heaviest set of a crowd that may be down together, among those heavier than a floor. It
// goes on from where it stopped.
//
// It is a branch and bound over the vertices in rising order of weight. A branch is left when colours, sets of
// which no two may be down together, each of which gives one vertex at most, show that it cannot beat the best.
// So when it ends without a find, no set is heavier than the floor.
type packing struct {
	vertex   []int   // of the crowd, by own number
	weight   []int64 // by own number
	together []row
	uses     [][]share // by own number: limits, and what it takes of them
	users    [][]share // by limit: own numbers, the heaviest first
	slack    []int64   // by limit

	levels []level // by depth
	chosen []int   // by depth
	most   int64   // the floor, or the weight of best
	best   []int
}

// level is one depth of the search: what may still be added, and in which order, from the end, it is tried.
type level struct {
	within, left, free row
	order              []int
	most               []int64
	sum                int64
}

func newPacking(c *crowd, weight []int64, floor int64) *packing {
	n := len(c.place)
	s := &packing{vertex: make([]int, n), weight: make([]int64, n), together: make([]row, n), uses: make([][]share, n),
		most: floor}
	for v := range s.vertex {
		s.vertex[v] = v
	}
	slices.SortFunc(s.vertex, func(a, b int) int { return cmp.Or(cmp.Compare(weight[a], weight[b]), cmp.Compare(a, b)) })
	own := make([]int, n)
	for k, v := range s.vertex {
		own[v], s.weight[k] = k, weight[v]
	}
	for k, v := range s.vertex {
		s.together[k] = newRow(n)
		for u := c.together[v].first(0); u >= 0; u = c.together[v].first(u + 1) {
			s.together[k].add(own[u])
		}
	}
	for g, limit := range c.limits {
		users := make([]share, len(limit.users))
		for k, x := range limit.users {
			users[k] = share{own[x.vertex], x.weight}
			s.uses[own[x.vertex]] = append(s.uses[own[x.vertex]], share{g, x.weight})
		}
		s.users, s.slack = append(s.users, users), append(s.slack, limit.allowed)
	}
	top := s.below()
	for v := range n {
		top.within.add(v)
	}
	s.colour(top)
	return s
}

// below returns the memory of the depth that follows the vertices chosen.
func (s *packing) below() *level {
	if n := len(s.vertex); len(s.levels) == len(s.chosen) {
		s.levels = append(s.levels, level{within: newRow(n), left: newRow(n), free: newRow(n)})
	}
	return &s.levels[len(s.chosen)]
}

// run works until about so many operations are spent, and reports whether the search is over.
func (s *packing) run(budget int) (done bool) {
	for budget > 0 {
		l := &s.levels[len(s.chosen)]
		k := len(l.order) - 1
		if k < 0 || l.sum+l.most[k] <= s.most {
			if len(s.chosen) == 0 {
				return true
			}
			s.pop()
			continue
		}
		v, sum, within := l.order[k], l.sum, l.within
		l.order = l.order[:k]
		s.chosen = append(s.chosen, v)
		below := s.below()
		below.within.meet(within, s.together[v])
		within.remove(v)
		below.sum = sum + s.weight[v]
		budget -= s.take(v, below.within)
		if below.sum > s.most {
			s.most, s.best = below.sum, append(s.best[:0], s.chosen...)
		}
		budget -= s.colour(below)
	}
	return false
}

// pop goes back by one vertex and gives back what it took.
func (s *packing) pop() {
	last := len(s.chosen) - 1
	for _, u := range s.uses[s.chosen[last]] {
		s.slack[u.vertex] += u.weight
	}
	s.chosen = s.chosen[:last]
}

// take gives a vertex its share of every limit, and drops those that no longer fit beside it. It returns what
// that cost.
func (s *packing) take(v int, rest row) (spent int) {
	for _, u := range s.uses[v] {
		s.slack[u.vertex] -= u.weight
		for _, x := range s.users[u.vertex] {
			if x.weight <= s.slack[u.vertex] {
				break
			}
			rest.remove(x.vertex)
			spent++
		}
	}
	return spent + len(s.uses[v])
}

// colour orders what may be added so that the sets within any first part of the order weigh no more than most
// says at its end. It returns what that cost.
func (s *packing) colour(l *level) (spent int) {
	l.order, l.most = l.order[:0], l.most[:0]
	copy(l.left, l.within)
	before := int64(0)
	for l.left.first(0) >= 0 {
		copy(l.free, l.left)
		heaviest := int64(0)
		for v := l.free.first(0); v >= 0; v = l.free.first(v) {
			spent += len(l.free)
			l.left.remove(v)
			l.free.remove(v)
			l.free.less(l.free, s.together[v])
			heaviest = max(heaviest, s.weight[v])
			l.order, l.most = append(l.order, v), append(l.most, before+heaviest)
		}
		before += heaviest
	}
	return spent
}
