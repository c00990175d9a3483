package search

import (
	"cmp"
	"slices"
)

// passes lay the instance again and again, and learn from it who has to come first (squeaky wheel optimisation,
// Joslin and Clements, 1999).
type passes struct {
	*Search
	left   int
	key    rule
	kept   rule      // the keys of the last pass that was nearly as good as the best
	rounds [][]int32 // stages at one position of the course, the one with most still to come first

	around  Schedule // the best round the leading chain; no starts when there is none
	rest    int      // passes that are left round the leading chain
	leading []bool   // by stage: it belongs to the leading chain
	cross   []uint64
	opened  []int32
}

// passesFirst is how many passes the first cycle makes, passesAgain how many each of the others, passesRest how
// many are made round a leading chain.
const (
	passesFirst = 14
	passesAgain = 6
	passesRest  = 10
)

func newPasses(s *Search) *passes {
	l := s.layout
	p := &passes{Search: s, left: passesFirst, key: slices.Clone(s.rules[byReach])}
	p.kept = slices.Clone(p.key)
	position := s.in.Course.Positions()
	order := make([]int32, len(l.stages))
	for n := range order {
		order[n] = int32(n)
	}
	slices.SortStableFunc(order, func(a, b int32) int {
		return cmp.Or(cmp.Compare(position[a], position[b]), cmp.Compare(s.known.Tail[b], s.known.Tail[a]))
	})
	for k, n := range order {
		if k == 0 || position[n] != position[order[k-1]] {
			p.rounds = append(p.rounds, nil)
		}
		p.rounds[len(p.rounds)-1] = append(p.rounds[len(p.rounds)-1], n)
	}
	return p
}

// step makes one pass. A pass that is far worse than the best is forgotten.
func (p *passes) step() {
	p.left--
	p.layout.clean()
	if !p.layRounds(nil) {
		copy(p.key, p.kept)
		p.shake()
		return
	}
	p.offer()
	if made, best := p.layout.last(), p.slotsOf(p.best); made > best+best/100 {
		copy(p.key, p.kept)
	} else {
		copy(p.kept, p.key)
	}
	p.blame()
}

// slotsOf returns how many slots a schedule takes.
func (s *Search) slotsOf(made Schedule) int32 {
	return int32(ceilDiv(int64(made.Finish-s.in.Start), s.layout.unit))
}

// layRounds lays every host where it fits first, in falling order of the key, but for stages that lead.
func (p *passes) layRounds(leads []bool) bool {
	for _, round := range p.rounds {
		var some []int32
		for _, n := range round {
			if leads == nil || !leads[n] {
				some = append(some, n)
			}
		}
		if !p.layStages(some) {
			return false
		}
	}
	return true
}

// layStages lays stages that open together; it reports false when some host finds no room.
func (p *passes) layStages(round []int32) bool {
	l := p.layout
	for _, n := range round {
		l.openStage(n, l.stages[n].room)
		if !l.standCanaries(p.canariesOf(n)) {
			return false
		}
	}
	for _, n := range round {
		order := slices.Clone(l.stages[n].members)
		slices.SortFunc(order, func(a, b int32) int {
			return cmp.Or(cmp.Compare(p.key[b], p.key[a]), cmp.Compare(l.length[b], l.length[a]), cmp.Compare(a, b))
		})
		if len(l.stand(order, nil)) > 0 {
			return false
		}
		l.stages[n].end = l.stages[n].base + l.lengthOf(n)
	}
	return true
}

// canariesOf returns the canaries of a stage in the order in which they are to stand: by place, and after the first
// cycle as chance has it, for nothing moves a canary later on.
func (p *passes) canariesOf(n int32) []int32 {
	var out []int32
	for _, i := range p.layout.canaries {
		if p.in.Roster.Stage[i] != n {
			continue
		}
		out = append(out, i)
		if p.cycle > 0 {
			k, last := p.draw.Below(uint64(len(out))), len(out)-1
			out[k], out[last] = out[last], out[k]
		}
	}
	return out
}

// blame raises the keys of hosts that end later than the bound of their stage asks for, by how much later, and by
// something that chance adds.
func (p *passes) blame() {
	l := p.layout
	for n := range l.stages {
		g := &l.stages[n]
		for _, i := range g.members {
			if late := l.at[i] + l.length[i] - g.base - p.floor[n]; late > 0 && l.at[i] != nowhere {
				p.key[i] += (int64(late) + int64(p.draw.Below(10))) * l.unit
			}
		}
	}
}

// shake changes the keys a little.
func (p *passes) shake() {
	for i := range p.key {
		p.key[i] += int64(p.draw.Below(20)) * p.layout.unit
	}
}

// surround makes ready to lay the others round a chain that stands.
func (p *passes) surround(chain []int32) {
	l := p.layout
	p.around, p.rest, p.leading = Schedule{}, passesRest, make([]bool, len(l.stages))
	for _, n := range chain {
		p.leading[n] = true
	}
	p.cross, p.opened = slices.Clone(l.cross.bits), slices.Clone(l.open)
}

// stepRest makes one pass round the leading chain.
func (p *passes) stepRest() {
	l := p.layout
	p.rest--
	copy(l.cross.bits, p.cross)
	copy(l.open, p.opened)
	for i, n := range l.in.Roster.Stage {
		if !p.leading[n] {
			l.at[i] = nowhere
		}
	}
	if p.layRounds(p.leading) {
		if made := p.offer(); p.around.Start == nil || made.Better(p.around) {
			p.around = made
		}
		p.blame()
		return
	}
	p.shake()
}

// last returns the first slot in which all stages have ended.
func (l *layout) last() int32 {
	end := int32(0)
	for n := range l.stages {
		end = max(end, l.stages[n].end)
	}
	return end
}
