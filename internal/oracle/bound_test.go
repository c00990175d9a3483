package oracle_test

import (
	"flag"
	"fmt"
	"slices"
	"testing"

	"github.com/evenkeel-project/evenkeel/internal/core/exposure"
	"github.com/evenkeel-project/evenkeel/internal/core/inspect"
	"github.com/evenkeel-project/evenkeel/internal/core/planner"
	"github.com/evenkeel-project/evenkeel/internal/oracle"
)

var (
	boundInstances = flag.Int("bound.instances", 10000, "how many instances TestNoBoundIsAboveTheOptimum plans")
	boundSeed      = flag.Uint64("bound.seed", 1, "the seed of the first of them")
)

// tally is what the plans of many instances look like beside the best possible.
type tally struct {
	plans, shortest, proven int
	excess                  float64 // sum of makespan / optimum - 1
	slack                   float64 // sum of 1 - bound / optimum
	worst                   float64
	worstSeed               uint64
}

// boundSteps is how many steps of search every plan gets.
const boundSteps = 2

// onceTooHigh are seeds whose bounds were above the optimum at some time.
var onceTooHigh = []uint64{5000574, 5001723, 5029488}

func TestNoBoundIsAboveTheOptimum(t *testing.T) {
	var sum, later tally
	seeds := slices.Clone(onceTooHigh)
	for i := range uint64(*boundInstances) {
		seeds = append(seeds, *boundSeed+i)
	}
	for _, seed := range seeds {
		in := oracle.Generate(seed)
		judged := exposure.Judge(in.Fleet, in.Advisories)
		search := open(t, planner.Input{Fleet: in.Fleet, Exposure: judged, Policy: in.Policy})
		first := search.Standing()
		search.Improve(boundSteps)
		p := written(t, search)
		optimum := oracle.Optimum(in).Finish.Sub(in.Policy.Start)
		if p.Bound.Seconds > optimum {
			t.Errorf("seed %d: the bound %s (%s) is above the optimum %s", seed, p.Bound.Seconds, p.Bound.Binding, optimum)
		}
		if optimum > p.Makespan {
			t.Errorf("seed %d: the plan takes %s, less than the optimum %s", seed, p.Makespan, optimum)
		}
		report := inspect.Check(inspect.Input{Plan: p, Fleet: in.Fleet, Exposure: judged, Policy: in.Policy})
		if !report.Accepted() {
			t.Errorf("seed %d: the checker refuses the plan: %v", seed, report.Findings())
		}
		if broken := oracle.Broken(in, p); len(broken) > 0 {
			t.Errorf("seed %d: the plan breaks rules: %q", seed, broken)
		}
		if optimum > 0 {
			sum.add(seed, float64(first.Makespan), float64(first.Bound), float64(optimum))
			later.add(seed, float64(p.Makespan), float64(p.Bound.Seconds), float64(optimum))
		}
	}
	sum.print(t, "the first plans")
	later.print(t, fmt.Sprintf("after %d steps", boundSteps))
}

func (s *tally) add(seed uint64, makespan, bound, optimum float64) {
	s.plans++
	if makespan == optimum {
		s.shortest++
	}
	if bound == optimum {
		s.proven++
	}
	s.excess += makespan/optimum - 1
	s.slack += 1 - bound/optimum
	if excess := makespan/optimum - 1; excess > s.worst {
		s.worst, s.worstSeed = excess, seed
	}
}

func (s *tally) print(t *testing.T, which string) {
	t.Helper()
	n := float64(max(1, s.plans))
	t.Logf("%s: %d plans with work: %.1f%% as short as possible, %.2f%% longer on average, %.0f%% at worst (seed %d); bounds %.1f%% exact, %.2f%% low on average",
		which, s.plans, 100*float64(s.shortest)/n, 100*s.excess/n, 100*s.worst, s.worstSeed, 100*float64(s.proven)/n, 100*s.slack/n)
}
