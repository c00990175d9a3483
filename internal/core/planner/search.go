package planner

import (
	"github.com/evenkeel-project/evenkeel/internal/core/bound"
	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/chance"
	"github.com/evenkeel-project/evenkeel/internal/core/drain"
	"github.com/evenkeel-project/evenkeel/internal/core/instance"
	"github.com/evenkeel-project/evenkeel/internal/core/plan"
	"github.com/evenkeel-project/evenkeel/internal/core/problem"
	"github.com/evenkeel-project/evenkeel/internal/core/search"
)

// Search is a plan that gets better step by step, and a bound that does.
//
// A step is the same work on every machine, so a plan can be made again from its input, its seed and the number
// of its steps. How long to go on, and on how many cores, is for the caller to say: the lanes of a step share
// nothing that any of them changes.
type Search struct {
	*posed
	warnings problem.List

	emptied *search.Schedule // of a plan that moves guests: such plans are made at once and not improved
	search  *search.Search
	draw    *chance.Source // chooses other canaries
	proof   bound.Proof
	deeper  *bound.Deepening
	deep    bool // nothing more can be proven
	steps   int64
}

// Open makes a first plan. It fails as Make does, but for what only shows in a plan.
func Open(in Input) (*Search, problem.List) {
	p, problems := pose(in)
	if problems.Failed() {
		return nil, problems
	}
	if in.Policy.Moves == nil { // else the problem may have to be made again, of fewer hosts
		p.census.uses, p.census.usesEnd = nil, nil
	}
	s := &Search{posed: p, warnings: problems, draw: chance.New(in.Seed).Child("canaries", 0)}
	s.prove()
	switch {
	case in.Policy.Moves != nil:
		s.empty()
	case in.Keep != nil:
		s.search = search.Keep(s.whole, s.proof, in.Seed, promises(in, s.whole.Roster))
	default:
		s.search = search.Open(s.whole, s.proof, in.Seed)
	}
	propose(in, s.ledger, s.census)
	return s, problems
}

func (s *Search) prove() {
	s.whole.Demand.Trim(s.whole.Course)
	s.proof = bound.Prove(s.whole)
}

// empty plans the moves with the outages. Hosts that cannot be emptied are left out, and the bound is that of
// the others.
func (s *Search) empty() {
	in := s.in
	schedule := search.Emptied(s.whole, s.proof, func() *drain.Book {
		return drain.Open(in.Fleet, in.Policy, s.whole.Roster, s.census.standing)
	})
	if len(schedule.Drained.Refused) > 0 {
		s.whole, schedule = leaveOut(in, s.ledger, s.census, s.whole, schedule)
		s.prove()
	}
	s.emptied = &schedule
}

// promises returns when the hosts of the roster start in the plan that is to be kept.
func promises(in Input, r *instance.Roster) []calendar.Instant {
	starts := make(map[string]calendar.Instant, len(in.Keep.Outages))
	for _, o := range in.Keep.Outages {
		starts[o.Host] = o.Start
	}
	out := make([]calendar.Instant, r.Size())
	for i, h := range r.Host {
		at, ok := starts[in.Fleet.HostID(h)]
		if !ok {
			at = search.Unpromised
		}
		out[i] = at
	}
	return out
}

func (s *Search) best() search.Schedule {
	if s.emptied != nil {
		return *s.emptied
	}
	return s.search.Best()
}

// stepHosts is how many hosts a step lays out, about: a step of a small fleet makes several passes.
const stepHosts = 50_000

// passesMost bounds the passes of a step, deepenings the steps of the proof that go with them.
const (
	passesMost = 20
	deepenings = 2
)

// Lanes returns the parts of the next step. They may be done in any order, or side by side; Join ends the step.
func (s *Search) Lanes() []func() {
	lanes := []func(){func() {
		for range min(max(stepHosts/max(s.whole.Roster.Size(), 1), 1), passesMost) {
			s.search.Step()
		}
		s.challenge()
	}}
	if s.deeper == nil {
		s.deeper = bound.Open(s.whole, s.proof)
	}
	if !s.deep {
		lanes = append(lanes, func() {
			for range deepenings {
				s.deep = s.deep || s.deeper.Step()
			}
		})
	}
	return lanes
}

// Join ends a step.
func (s *Search) Join() {
	s.steps++
	if proof := s.deeper.Proof(); proof.Best.Seconds > s.proof.Best.Seconds {
		s.proof = proof
		s.search.Adopt(proof)
	}
}

// Improve makes so many steps, and stops before when no more can be won.
func (s *Search) Improve(steps int) {
	for ; steps > 0 && !s.Over(); steps-- {
		for _, work := range s.Lanes() {
			work()
		}
		s.Join()
	}
}

// Over reports whether further steps will change nothing: the plan is proven to be the best, or everything has been
// tried that would be. Plans that move guests, or keep the windows of an older one, are not improved, and neither is one
// that ends beyond the horizon, which is refused.
func (s *Search) Over() bool {
	return s.search == nil || s.best().Finish > s.in.Policy.Start.Add(horizon) || s.in.Keep != nil || s.search.Done() || s.search.Over() && s.deep
}

// Standing is how far a search has come.
type Standing struct {
	Steps    int64
	Makespan calendar.Seconds
	Bound    calendar.Seconds // no plan is shorter
	Late     calendar.Seconds // the most by which an outage misses its deadline; 0 when none does
}

// Standing returns how far the search has come.
func (s *Search) Standing() Standing {
	best := s.best()
	return Standing{Steps: s.steps, Makespan: best.Finish.Sub(s.whole.Start), Bound: calendar.Seconds(s.proof.Best.Seconds),
		Late: calendar.Seconds(best.Late)}
}

// Plan writes the best plan so far. It fails as Make does.
func (s *Search) Plan() (*plan.Plan, problem.List) {
	problems := s.warnings
	out := write(s.in, s.census, s.whole.Roster, s.best(), s.proof.Best, s.steps)
	problems.Merge(checkHorizon(s.in, out))
	if problems.Failed() {
		return nil, problems
	}
	problems.Merge(checkPermits(s.in, out))
	return out, problems
}
