package oracle_test

import (
	"testing"

	"github.com/evenkeel-project/evenkeel/internal/core/plan"
	"github.com/evenkeel-project/evenkeel/internal/oracle"
)

func TestDrainedPlansHaveNoFaultAndUseEveryWordOften(t *testing.T) {
	const instances, least = 1000, 30
	seen := features{}
	for seed := range uint64(instances) {
		in := oracle.GenerateMoving(seed)
		p := oracle.Drained(in)
		if broken := oracle.Broken(in, p); len(broken) > 0 {
			t.Fatalf("seed %d: %q", seed, broken)
		}
		seen.note("moves", len(p.Moves) > 0)
		seen.note("three moves or more", len(p.Moves) > 2)
		seen.note("a guest moved twice", movesTwice(p))
		seen.note("nothing fits", fitsNowhere(p))
		seen.note("proposals", proposes(p))
		seen.note("moves.group", in.Policy.Moves.Group.Set())
		seen.note("moves.tenant", in.Policy.Moves.Tenant.Set())
		seen.note("moves.fleet", in.Policy.Moves.Fleet.Set())
		seen.note("moves.bandwidth", in.Policy.Moves.Bandwidth > 0)
		seen.note("freezes beside moves", len(p.Moves) > 0 && len(in.Policy.Freezes) > 0)
	}
	for word, count := range seen {
		if count < least {
			t.Errorf("%s comes up in %d of %d instances, less than %d", word, count, instances, least)
		}
	}
}

func movesTwice(p *plan.Plan) bool {
	moved := map[string]bool{}
	for _, m := range p.Moves {
		if moved[m.Guest] {
			return true
		}
		moved[m.Guest] = true
	}
	return false
}

func fitsNowhere(p *plan.Plan) bool {
	for _, b := range p.Blocked {
		if b.Group == "" {
			return true
		}
	}
	return false
}

func proposes(p *plan.Plan) bool {
	for _, b := range p.Blocked {
		if len(b.Proposal) > 0 {
			return true
		}
	}
	return false
}
