package search

import "github.com/evenkeel-project/evenkeel/internal/core/instance"

// rows is a list of uses for every place. Hosts of a stage stand together.
type rows struct {
	spans []uint32 // by place twice: from, to
	uses  []gridUse
}

func newRows(places int) rows { return rows{spans: make([]uint32, 2*places)} }

func (r *rows) of(i int32) []gridUse { return r.uses[r.spans[2*i]:r.spans[2*i+1]] }

// splitter gives every use its number on the grid of its stage or on the common one. A resource is common when
// legs that run side by side use it. Uses that can never matter are left out: a resource that bears all hosts of
// the stage at once, where no other stage can meet it.
type splitter struct {
	layout *layout
	demand *instance.Demand
	legOf  []int32  // by resource: 1 + the leg that uses it, several when more than one does
	total  []int64  // by resource, within one stage
	number []uint32 // by resource: 1 + its number on a grid
}

// several stands for more than one leg.
const several = -1

func (l *layout) splitUses() {
	d := l.in.Demand
	n := len(d.Allowed)
	s := &splitter{layout: l, demand: d, legOf: make([]int32, n), total: make([]int64, n), number: make([]uint32, n)}
	l.own, l.shared = newRows(len(l.at)), newRows(len(l.at))
	if c := l.in.Course; !c.RegionsOrdered {
		for k, leg := range c.Legs {
			for _, stage := range leg.Stages {
				s.mark(c.Stages[stage].Members, int32(k+1))
			}
		}
	}
	for k := range l.stages {
		s.split(&l.stages[k])
	}
}

// mark notes that a leg uses what its members use.
func (s *splitter) mark(members []int32, leg int32) {
	for _, i := range members {
		for _, u := range s.demand.Row(i) {
			switch s.legOf[u.Resource] {
			case 0, leg:
				s.legOf[u.Resource] = leg
			default:
				s.legOf[u.Resource] = several
			}
		}
	}
}

// split numbers the uses of one stage.
func (s *splitter) split(g *ground) {
	for _, i := range g.members {
		for _, u := range s.demand.Row(i) {
			s.total[u.Resource] += int64(u.Weight)
		}
	}
	l := s.layout
	for _, i := range g.members {
		l.own.spans[2*i], l.shared.spans[2*i] = uint32(len(l.own.uses)), uint32(len(l.shared.uses))
		for _, u := range s.demand.Row(i) {
			switch {
			case s.legOf[u.Resource] == several:
				l.shared.uses = append(l.shared.uses, gridUse{s.numbered(u, &l.common), u.Weight})
			case s.total[u.Resource] > s.demand.Allowed[u.Resource]:
				l.own.uses = append(l.own.uses, gridUse{s.numbered(u, &g.allowed), u.Weight})
			}
		}
		l.own.spans[2*i+1], l.shared.spans[2*i+1] = uint32(len(l.own.uses)), uint32(len(l.shared.uses))
	}
	for _, i := range g.members {
		for _, u := range s.demand.Row(i) {
			s.total[u.Resource] = 0
			if s.legOf[u.Resource] != several {
				s.number[u.Resource] = 0
			}
		}
	}
}

// numbered returns the number of the resource among the allowances, and gives it one when it has none.
func (s *splitter) numbered(u instance.Use, allowed *[]uint32) uint32 {
	if s.number[u.Resource] == 0 {
		*allowed = append(*allowed, uint32(s.demand.Allowed[u.Resource]))
		s.number[u.Resource] = uint32(len(*allowed))
	}
	return s.number[u.Resource] - 1
}
