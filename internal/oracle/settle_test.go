package oracle_test

import (
	"flag"
	"fmt"
	"testing"

	"github.com/evenkeel-project/evenkeel/internal/core/exposure"
	"github.com/evenkeel-project/evenkeel/internal/core/inspect"
	"github.com/evenkeel-project/evenkeel/internal/core/planner"
	"github.com/evenkeel-project/evenkeel/internal/oracle"
)

var (
	denseInstances = flag.Int("dense.instances", 100, "how many dense instances TestPlansOfDenseFleetsLieBetweenBoundAndOptimum settles")
	denseSeed      = flag.Uint64("dense.seed", 1, "the seed of the first of them")
	denseSteps     = flag.Int("dense.steps", 2, "how many steps of search each of their plans gets")
	agreeInstances = flag.Int("agree.instances", 10000, "how many tiny instances TestBothExactSearchesAgree solves twice")
)

// settleNodes bounds one search: the hardest of the first 500 dense instances takes about half of them.
const settleNodes = 2_000_000

// dense returns the dense instance of a seed, with 10 to 16 hosts.
func dense(seed uint64) oracle.Instance { return oracle.GenerateDense(seed, 10+int(seed%7)) }

func TestBothExactSearchesAgree(t *testing.T) {
	for seed := range uint64(*agreeInstances) {
		if err := compareSearches(oracle.Generate(seed)); err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
	}
	for seed := range uint64(*agreeInstances / 10) {
		if err := compareSearches(oracle.GenerateDense(seed, 5+int(seed%2))); err != nil {
			t.Fatalf("dense seed %d: %v", seed, err)
		}
	}
}

func compareSearches(in oracle.Instance) error {
	want, got := oracle.Optimum(in), oracle.Settle(in, settleNodes)
	if !got.Settled || got.Finish != want.Finish {
		return fmt.Errorf("trying everything finds %s, the walk through time %s (settled %v after %d nodes)",
			want.Finish, got.Finish, got.Settled, got.Nodes)
	}
	if broken := oracle.Broken(in, got.Plan(in)); len(broken) > 0 {
		return fmt.Errorf("the schedule found breaks rules: %q", broken)
	}
	return nil
}

func TestASearchOutOfNodesSaysThatNothingIsSettled(t *testing.T) {
	in := dense(1)
	if v := oracle.Settle(in, 10); v.Settled || v.Nodes > 10 {
		t.Errorf("after %d nodes it says settled %v", v.Nodes, v.Settled)
	}
	if v := oracle.Settle(in, settleNodes); !v.Settled {
		t.Errorf("%d nodes do not settle it", v.Nodes)
	}
}

func TestPlansOfDenseFleetsLieBetweenBoundAndOptimum(t *testing.T) {
	var sum, later tally
	settled := 0
	for i := range uint64(*denseInstances) {
		seed := *denseSeed + i
		in := dense(seed)
		v := oracle.Settle(in, settleNodes)
		if broken := oracle.Broken(in, v.Plan(in)); len(broken) > 0 {
			t.Errorf("dense seed %d: the shortest plan breaks rules: %q", seed, broken)
		}
		if !v.Settled {
			t.Errorf("dense seed %d: unsettled after %d nodes; the best found finishes at %s", seed, v.Nodes, v.Finish)
			continue
		}
		settled++
		judged := exposure.Judge(in.Fleet, in.Advisories)
		search := open(t, planner.Input{Fleet: in.Fleet, Exposure: judged, Policy: in.Policy})
		first := search.Standing()
		search.Improve(*denseSteps)
		p := written(t, search)
		optimum := v.Finish.Sub(in.Policy.Start)
		if p.Bound.Seconds > optimum {
			t.Errorf("dense seed %d: the bound %s (%s) is above the optimum %s", seed, p.Bound.Seconds, p.Bound.Binding, optimum)
		}
		if p.Makespan < optimum {
			t.Errorf("dense seed %d: the plan takes %s, less than the optimum %s", seed, p.Makespan, optimum)
		}
		report := inspect.Check(inspect.Input{Plan: p, Fleet: in.Fleet, Exposure: judged, Policy: in.Policy})
		if !report.Accepted() {
			t.Errorf("dense seed %d: the checker refuses the plan: %v", seed, report.Findings())
		}
		sum.add(seed, float64(first.Makespan), float64(first.Bound), float64(optimum))
		later.add(seed, float64(p.Makespan), float64(p.Bound.Seconds), float64(optimum))
	}
	t.Logf("%d of %d settled", settled, *denseInstances)
	sum.print(t, "the first plans")
	later.print(t, fmt.Sprintf("after %d steps", *denseSteps))
}
