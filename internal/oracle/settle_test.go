package oracle_test

import (
	"testing"

	"github.com/evenkeel-project/evenkeel/internal/oracle"
)

func TestBothExactSearchesAgree(t *testing.T) {
	for seed := range uint64(*boundInstances) {
		in := oracle.Generate(seed)
		want, got := oracle.Optimum(in), oracle.Settle(in, 1_000_000)
		if !got.Settled || got.Finish != want.Finish {
			t.Fatalf("seed %d: one finds %s, the other %s (settled %v after %d nodes)", seed, want.Finish, got.Finish, got.Settled, got.Nodes)
		}
		if broken := oracle.Broken(in, got.Plan(in)); len(broken) > 0 {
			t.Fatalf("seed %d: the schedule breaks rules: %q", seed, broken)
		}
	}
}
