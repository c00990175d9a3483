package oracle_test

import (
	"math/rand/v2"
	"sync"
	"testing"

	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/exposure"
	"github.com/evenkeel-project/evenkeel/internal/core/inspect"
	"github.com/evenkeel-project/evenkeel/internal/core/plan"
	"github.com/evenkeel-project/evenkeel/internal/core/planner"
	"github.com/evenkeel-project/evenkeel/internal/core/study"
	"github.com/evenkeel-project/evenkeel/internal/oracle"
)

// kinds are the sorts of instances that are searched, and how many of each.
var kinds = []struct {
	name  string
	of    func(seed uint64) oracle.Instance
	seeds []uint64
}{
	{"small", oracle.Generate, upTo(400, brokenOnce...)},
	{"dense", dense, upTo(12)},
	{"moving", oracle.GenerateMoving, upTo(200)},
}

// brokenOnce are seeds of small instances of which some plan on the way broke a rule once.
var brokenOnce = []uint64{1206}

func upTo(n uint64, seeds ...uint64) []uint64 {
	for seed := range n {
		seeds = append(seeds, seed)
	}
	return seeds
}

func inputOf(in oracle.Instance) planner.Input {
	return planner.Input{Fleet: in.Fleet, Exposure: exposure.Judge(in.Fleet, in.Advisories), Policy: in.Policy, Seed: in.Seed}
}

func open(t *testing.T, in planner.Input) *planner.Search {
	t.Helper()
	s, problems := planner.Open(in)
	if problems.Failed() {
		t.Fatal(problems.Err())
	}
	return s
}

func written(t *testing.T, s *planner.Search) *plan.Plan {
	t.Helper()
	p, problems := s.Plan()
	if problems.Failed() {
		t.Fatal(problems.Err())
	}
	return p
}

// findFaults has both readers look at a plan.
func findFaults(t *testing.T, kind string, seed uint64, in oracle.Instance, p *plan.Plan) {
	t.Helper()
	report := inspect.Check(inspect.Input{Plan: p, Fleet: in.Fleet, Exposure: exposure.Judge(in.Fleet, in.Advisories), Policy: in.Policy})
	if !report.Accepted() {
		t.Errorf("%s seed %d, %d steps: the checker refuses the plan: %v", kind, seed, p.Steps, report.Findings())
	}
	if broken := oracle.Broken(in, p); len(broken) > 0 {
		t.Errorf("%s seed %d, %d steps: the plan breaks rules: %q", kind, seed, p.Steps, broken)
	}
}

func TestEveryPlanOnTheWayKeepsEveryRuleAndIsNoWorse(t *testing.T) {
	for _, kind := range kinds {
		for _, seed := range kind.seeds {
			in := kind.of(seed)
			s := open(t, inputOf(in))
			for range 3 {
				before := s.Standing()
				s.Improve(1)
				now := s.Standing()
				if now.Late > before.Late || now.Late == before.Late && now.Makespan > before.Makespan || now.Bound < before.Bound {
					t.Errorf("%s seed %d: from %+v to %+v", kind.name, seed, before, now)
				}
				findFaults(t, kind.name, seed, in, written(t, s))
			}
		}
	}
}

func TestLanesSideBySideMakeThePlanThatLanesInTurnMake(t *testing.T) {
	for _, kind := range kinds {
		for _, seed := range kind.seeds[:min(len(kind.seeds), 60)] {
			input := inputOf(kind.of(seed))
			s := open(t, input)
			for range 2 {
				if s.Over() {
					break
				}
				var all sync.WaitGroup
				for _, work := range s.Lanes() {
					all.Go(work)
				}
				all.Wait()
				s.Join()
			}
			beside := written(t, s)
			turn := open(t, input)
			turn.Improve(int(beside.Steps))
			if p := written(t, turn); p.Digest != beside.Digest {
				t.Errorf("%s seed %d: after %d steps side by side %s, in turn %s", kind.name, seed, beside.Steps, beside.Digest, p.Digest)
			}
		}
	}
}

// perturbed returns a plan as it might have been made by an older policy from an older fleet: later or earlier, with some
// starts moved, some hosts missing and one that is gone.
func perturbed(p *plan.Plan, seed uint64) *plan.Plan {
	draw := rand.New(rand.NewPCG(seed, 0x6b656570))
	was := *p
	was.Outages = []plan.Outage{{Host: "gone", Start: p.Start, End: p.Finish}}
	shift := calendar.Seconds(draw.IntN(3)-1) * calendar.Seconds(draw.IntN(1000))
	for _, o := range p.Outages {
		by := shift
		if draw.IntN(4) == 0 {
			by += calendar.Seconds(draw.IntN(2000) - 1000)
		}
		if draw.IntN(10) == 0 {
			by += calendar.Seconds(draw.IntN(30)) * calendar.Day
		}
		o.Start, o.End = o.Start.Add(by), o.End.Add(by)
		if draw.IntN(5) > 0 {
			was.Outages = append(was.Outages, o)
		}
	}
	return &was
}

func TestAPlanThatKeepsAnOlderOneKeepsEveryRuleAndMovesNothingThatMayStay(t *testing.T) {
	for seed := range uint64(400) {
		in := oracle.Generate(seed)
		input := inputOf(in)
		old := written(t, open(t, input))
		input.Keep = perturbed(old, seed)
		findFaults(t, "kept", seed, in, written(t, open(t, input)))

		input.Keep = old
		kept := written(t, open(t, input))
		for k, o := range kept.Outages {
			if o.Start != old.Outages[k].Start {
				t.Errorf("seed %d: %s was promised %s and starts at %s", seed, o.Host, old.Outages[k].Start, o.Start)
			}
		}
	}
}

func TestPlansThatMoveGuestsAreStudiedWithTheHostsTheyLeftOut(t *testing.T) {
	leftOut, moved := 0, 0
	for seed := range uint64(300) {
		input := inputOf(oracle.GenerateMoving(seed))
		p := written(t, open(t, input))
		s := study.Of(input, p)
		for k, reason := range s.Reasons {
			if reason.Kind == study.Moves {
				moved++
			}
			for _, m := range p.Moves {
				if o := p.Outages[k]; reason.Kind == study.Free && m.From == o.Host && m.At < o.Start && !ready(input, m, o) {
					t.Errorf("seed %d: nothing is said to hold %s, but %s is being moved off it", seed, o.Host, m.Guest)
				}
			}
		}
		for _, b := range p.Blocked {
			if b.Group == "" {
				leftOut++
			}
		}
	}
	if leftOut < 100 || moved < 100 {
		t.Errorf("only %d hosts left out, %d that wait for moves", leftOut, moved)
	}
}

// ready reports whether a guest has left the host before the outage could start a second earlier.
func ready(in planner.Input, m plan.Move, o plan.Outage) bool {
	guest, _ := in.Fleet.FindGuest(m.Guest)
	return m.At.Add(in.Policy.MoveLength(in.Fleet, guest)) < o.Start
}
