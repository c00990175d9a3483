package inspect_test

import (
	"slices"

	"github.com/evenkeel-project/evenkeel/internal/core/advisory"
	"github.com/evenkeel-project/evenkeel/internal/core/canon"
	"github.com/evenkeel-project/evenkeel/internal/core/plan"
)

var otherDigest = canon.Of([]byte("another document"))

func documentMutations() []mutation {
	return []mutation{
		{"another plan digest", "plan-digest", untouched, true, func(m *mutant) bool { m.plan.Digest = otherDigest; return true }},
		{"changed without a new digest", "plan-digest", untouched, true, func(m *mutant) bool { m.plan.Seed++; return true }},
		{"another fleet", "fleet-digest", seal, true, func(m *mutant) bool { m.plan.Fleet = otherDigest; return true }},
		{"another policy", "policy-digest", seal, true, func(m *mutant) bool { m.plan.Policy = otherDigest; return true }},
		{"another advisory", "advisory-digest", seal, true, func(m *mutant) bool {
			m.plan.Advisories[m.IntN(len(m.plan.Advisories))].Digest = otherDigest
			return true
		}},
		{"an advisory dropped", "advisory-digest", seal, true, func(m *mutant) bool {
			m.plan.Advisories = m.plan.Advisories[1:]
			return true
		}},
		{"an advisory too many", "advisory-digest", seal, true, func(m *mutant) bool {
			m.plan.Advisories = append(m.plan.Advisories, plan.AdvisoryRef{ID: "XSA-999", Digest: otherDigest})
			return true
		}},
		{"a restart is enough", "no-outage-needed", seal, true, withAction(advisory.Restart)},
		{"nothing has to stop", "no-outage-needed", seal, true, withAction(advisory.None)},
		{"start a second later", "plan-start", seal, true, func(m *mutant) bool { m.plan.Start++; return true }},
		{"start a second earlier", "plan-start", seal, true, func(m *mutant) bool { m.plan.Start--; return true }},
		{"steps below nothing", "plan-steps", seal, true, func(m *mutant) bool { m.plan.Steps = -1; return true }},
		{"outages out of order", "list-order", seal, true, func(m *mutant) bool { return swapFirst(m.plan.Outages) }},
		{"excluded out of order", "list-order", seal, true, func(m *mutant) bool { return swapFirst(m.plan.Excluded) }},
		{"blocked out of order", "list-order", seal, true, func(m *mutant) bool { return swapFirst(m.plan.Blocked) }},
		{"advisories out of order", "list-order", seal, true, func(m *mutant) bool { return swapFirst(m.plan.Advisories) }},
		{"an excluded host written twice", "list-order", seal, false, func(m *mutant) bool {
			twice := len(m.plan.Excluded) > 0
			if twice {
				m.plan.Excluded = slices.Insert(m.plan.Excluded, 0, m.plan.Excluded[0])
			}
			return twice
		}},
		{"a move that the policy does not speak of", "moves", seal, true, func(m *mutant) bool {
			m.plan.Moves = append(m.plan.Moves, plan.Move{Guest: "guest-0", From: "host-00", To: "host-01", At: m.plan.Start})
			return true
		}},
	}
}

func withAction(action advisory.Action) func(m *mutant) bool {
	return func(m *mutant) bool {
		m.Advisories = slices.Clone(m.Advisories)
		changed := *m.Advisories[0]
		changed.Action = action
		m.Advisories[0] = &changed
		return true
	}
}

func swapFirst[T any](list []T) bool {
	if len(list) < 2 {
		return false
	}
	list[0], list[1] = list[1], list[0]
	return true
}
