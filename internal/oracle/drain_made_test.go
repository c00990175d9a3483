package oracle_test

import (
	"testing"

	"github.com/evenkeel-project/evenkeel/internal/core/exposure"
	"github.com/evenkeel-project/evenkeel/internal/core/inspect"
	"github.com/evenkeel-project/evenkeel/internal/core/planner"
	"github.com/evenkeel-project/evenkeel/internal/oracle"
)

func TestPlansWithMovesKeepEveryRule(t *testing.T) {
	moves, proposals, blocked := 0, 0, 0
	for seed := range uint64(3000) {
		in := oracle.GenerateMoving(seed)
		judged := exposure.Judge(in.Fleet, in.Advisories)
		p, problems := planner.Make(planner.Input{Fleet: in.Fleet, Exposure: judged, Policy: in.Policy})
		if problems.Failed() {
			t.Fatalf("seed %d: no plan: %v", seed, problems.Err())
		}
		report := inspect.Check(inspect.Input{Plan: p, Fleet: in.Fleet, Exposure: judged, Policy: in.Policy})
		if !report.Accepted() {
			t.Errorf("seed %d: the checker refuses the plan: %v", seed, report.Findings())
		}
		if broken := oracle.Broken(in, p); len(broken) > 0 {
			t.Errorf("seed %d: the plan breaks rules: %q", seed, broken)
		}
		moves += len(p.Moves)
		for _, b := range p.Blocked {
			blocked++
			proposals += len(b.Proposal)
		}
	}
	t.Logf("%d moves, %d blocked hosts, %d guests proposed to be moved", moves, blocked, proposals)
	if moves < 1000 {
		t.Errorf("the plans have only %d moves", moves)
	}
}
