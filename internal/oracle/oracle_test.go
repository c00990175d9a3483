package oracle_test

import (
	"testing"

	"github.com/evenkeel-project/evenkeel/internal/core/exposure"
	"github.com/evenkeel-project/evenkeel/internal/core/inspect"
	"github.com/evenkeel-project/evenkeel/internal/oracle"
)

func TestBothReadingsAcceptTheShortestPlan(t *testing.T) {
	sizes := map[int]int{}
	for seed := range uint64(3000) {
		in := oracle.Generate(seed)
		p := oracle.Optimum(in).Plan(in)
		sizes[len(p.Outages)]++
		if broken := oracle.Broken(in, p); len(broken) > 0 {
			t.Fatalf("seed %d: the shortest plan breaks rules: %q", seed, broken)
		}
		report := inspect.Check(inspect.Input{Plan: p, Fleet: in.Fleet, Exposure: exposure.Judge(in.Fleet, in.Advisories), Policy: in.Policy})
		if !report.Accepted() {
			t.Fatalf("seed %d: the checker refuses the shortest plan: %v", seed, report.Findings())
		}
	}
	t.Log(sizes)
}
