// Package search finds schedules for an instance: when every host goes down, under every limit and barrier.
//
// Open makes one at once, by list dispatch. Search goes on from there, step by step, on grids of time. It is
// single-threaded, deterministic for a seed, and in integers only. It proves nothing; package bound does, and its
// proofs tell the search where to aim and when to stop.
package search

import (
	"github.com/evenkeel-project/evenkeel/internal/core/bound"
	"github.com/evenkeel-project/evenkeel/internal/core/chance"
	"github.com/evenkeel-project/evenkeel/internal/core/instance"
)

// Search is a schedule that gets better step by step.
//
// First come passes: all hosts are laid anew, in the order of a key that grows for hosts that ended later than
// the bound of their stage asks for. Then the best schedule is squeezed: a stage of the longest chain gets fewer
// slots, those of its hosts that do not fit any more find other places or push others aside, and what follows
// moves up. Where chains share limits, the chain that needs most is also squeezed alone and the others are laid
// round it, for it has no time to spare for them. The three take turns, with more effort in every cycle.
type Search struct {
	in    *instance.Instance
	known bound.Proof
	best  Schedule
	laid  Schedule // the best that the layout has made, not always as good as best
	over  bool

	layout *layout
	repair *repair
	draw   *chance.Source
	rules  []rule    // who comes first, to begin with; they do not depend on who is a canary
	floor  []int32   // by stage: the slots that its bound asks for
	chains [][]int32 // stages that follow one another

	passes   *passes
	squeeze  *squeeze
	squeezed bool // the best of all was squeezed in this cycle
	phase    phase
	effort   int // moves of an attempt
	cycle    int // how often the three have had their turn
}

// phase is what a search is at.
type phase uint8

const (
	passing   phase = iota // lays all hosts anew
	leading                // squeezes the chain that needs most, alone
	following              // lays the others round it
	squeezing              // squeezes the best schedule
)

// Open makes a first schedule. The seed decides every choice that chance makes later.
func Open(in *instance.Instance, known bound.Proof, seed uint64) *Search {
	return begin(in, known, seed, rankings(in.Roster, in.Course, in.Demand))
}

// Rival makes a first schedule of the same instance with other canaries. It only reads what the instances share, so
// others may read that too meanwhile.
func (s *Search) Rival(in *instance.Instance, seed uint64) *Search {
	return begin(in, s.known, seed, s.rules)
}

func begin(in *instance.Instance, known bound.Proof, seed uint64, rules []rule) *Search {
	tried := rules
	if in.Roster.Size() > denseHosts {
		tried = []rule{rules[byChain], rules[byReach]}
	}
	return &Search{in: in, known: known, draw: chance.New(seed), effort: effortFirst, best: first(in, known, tried), rules: rules}
}

// Done reports whether no schedule can be better: nothing is late, and it is as short as the bound.
func (s *Search) Done() bool { return s.best.perfect(s.in, s.known) }

// Over reports whether further steps will change nothing.
func (s *Search) Over() bool { return s.over || s.Done() }

// Best returns the best schedule so far.
func (s *Search) Best() Schedule { return s.best }

// Adopt tells the search of a stronger proof of the same instance.
func (s *Search) Adopt(known bound.Proof) {
	s.known = known
	if s.layout != nil {
		s.setFloors()
	}
}

// effortFirst is how many moves the first attempts make, effortMost how many the last.
const (
	effortFirst = 4000
	effortMost  = 1 << 24
)

// Step does a bounded amount of work: a pass over all hosts, or a thousand moves.
func (s *Search) Step() {
	switch {
	case s.Over():
	case s.layout == nil:
		s.prepare()
	case s.phase == passing:
		s.pass()
	case s.phase == leading:
		s.lead()
	case s.phase == following:
		s.follow()
	default:
		s.squash()
	}
}

func (s *Search) prepare() {
	s.layout = newLayout(s.in, s.best, nil)
	s.repair = newRepair(s.layout, s.draw.Child("repair", 0))
	s.chains = chainsOf(s.in.Course)
	s.setFloors()
	s.passes = newPasses(s)
	if s.layout.load(s.best) {
		s.laid = s.best
	}
}

func (s *Search) setFloors() {
	s.floor = make([]int32, len(s.layout.stages))
	for n := range s.floor {
		s.floor[n] = int32(ceilDiv(s.known.Stage[n], s.layout.unit))
	}
}

func (s *Search) pass() {
	s.passes.step()
	if s.passes.left > 0 {
		return
	}
	s.phase = squeezing
	s.squeeze = nil
	if len(s.chains) > 1 && !s.layout.cohortsMeet(s.chains) {
		s.phase = leading
	}
}

// lead lays the chain that needs most with nobody else about, and squeezes it.
func (s *Search) lead() {
	if s.squeeze != nil && !s.squeeze.over {
		s.squeeze.step()
		return
	}
	chain := s.chains[s.neediest()]
	if s.squeeze != nil {
		s.squeeze, s.phase = nil, following
		s.passes.surround(chain)
		return
	}
	s.layout.clean()
	for _, n := range chain {
		if !s.passes.layStages([]int32{n}) {
			s.phase = squeezing
			return
		}
	}
	s.squeeze = newSqueeze(s, [][]int32{chain})
}

// neediest returns the chain with the greatest bound.
func (s *Search) neediest() int {
	best, most := 0, int32(-1)
	for k, chain := range s.chains {
		sum := int32(0)
		for _, n := range chain {
			sum += s.floor[n] + s.layout.stages[n].bake
		}
		if sum > most {
			best, most = k, sum
		}
	}
	return best
}

// follow lays the others round the chain that leads.
func (s *Search) follow() {
	if s.passes.rest == 0 {
		s.phase = squeezing
		return
	}
	s.passes.stepRest()
}

// squash squeezes the best schedule round the leading chain, then the best of all, and begins the next cycle when that
// gets no further.
func (s *Search) squash() {
	if s.squeeze != nil && !s.squeeze.over {
		s.squeeze.step()
		return
	}
	from := s.passes.around
	s.passes.around = Schedule{}
	if from.Start == nil {
		if s.squeezed {
			s.again()
			return
		}
		from, s.squeezed = s.laid, true
	}
	s.squeeze = nil
	if from.Start != nil && s.layout.load(from) {
		s.squeeze = newSqueeze(s, s.chains)
	}
}

// again begins the next cycle, with more effort.
func (s *Search) again() {
	s.over = s.effort >= effortMost || s.squeeze != nil && s.squeeze.spent && len(s.chains) == 1
	s.effort *= 2
	s.cycle++
	s.squeeze, s.squeezed = nil, false
	s.phase = passing
	s.passes.left = passesAgain
}

// offer takes the layout for the best schedule when it is better, and returns it.
func (s *Search) offer() Schedule {
	made := s.layout.schedule()
	if s.laid.Start == nil || made.Better(s.laid) {
		s.laid = made
	}
	if made.Better(s.best) {
		s.best = made
	}
	return made
}
