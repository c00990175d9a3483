package inspect_test

import (
	"slices"

	"github.com/evenkeel-project/evenkeel/internal/core/ident"
	"github.com/evenkeel-project/evenkeel/internal/core/plan"
)

func coverageMutations() []mutation {
	return slices.Concat(listMutations(), plannedMutations(), excludedMutations(), blockedMutations())
}

func listMutations() []mutation {
	return []mutation{
		{"an outage of a stranger", "unknown-host", refigure, false, func(m *mutant) bool {
			m.plan.Outages = append(m.plan.Outages, plan.Outage{Host: "stranger", Start: m.plan.Start, End: m.plan.Start + 60})
			return true
		}},
		{"a stranger excluded", "unknown-host", seal, true, func(m *mutant) bool {
			m.plan.Excluded = append(m.plan.Excluded, plan.Excluded{Host: "stranger", Reason: plan.Fixed})
			return true
		}},
		{"a stranger blocked", "unknown-host", seal, true, func(m *mutant) bool {
			m.plan.Blocked = append(m.plan.Blocked, plan.Blocked{Host: "stranger", Group: "tenant-0/group-0", Reason: "none"})
			return true
		}},
		{"two outages", "host-twice", refigure, false, func(m *mutant) bool {
			o := m.outage()
			if o != nil {
				again := *o
				m.move(&again, m.plan.Finish.Add(3600))
				m.plan.Outages = append(m.plan.Outages, again)
			}
			return o != nil
		}},
		{"planned and excluded", "host-twice", seal, false, func(m *mutant) bool {
			o := m.outage()
			if o != nil {
				m.exclude(o.Host, plan.Fixed)
			}
			return o != nil
		}},
		{"an outage dropped", "host-missing", refigure, false, func(m *mutant) bool {
			o := m.outage()
			if o != nil {
				m.dropOutage(o.Host)
			}
			return o != nil
		}},
		{"an excluded host dropped", "host-missing", seal, true, func(m *mutant) bool {
			m.plan.Excluded = m.plan.Excluded[min(1, len(m.plan.Excluded)):]
			return len(m.plan.Excluded)+len(m.plan.Outages)+len(m.plan.Blocked) < m.Fleet.Hosts()
		}},
		{"a blocked host dropped", "host-missing", seal, true, func(m *mutant) bool {
			m.plan.Blocked = m.plan.Blocked[min(1, len(m.plan.Blocked)):]
			return len(m.plan.Excluded)+len(m.plan.Outages)+len(m.plan.Blocked) < m.Fleet.Hosts()
		}},
	}
}

func plannedMutations() []mutation {
	return []mutation{
		{"a protected host planned", "protected-host", refigure, false, planExcluded(plan.Protected)},
		{"a fixed host planned", "needless-outage", refigure, false, planExcluded(plan.Fixed)},
		{"an unaffected host planned", "needless-outage", refigure, false, planExcluded(plan.NotAffected)},
		{"a blocked host planned", "blocked-host", refigure, false, func(m *mutant) bool {
			if len(m.plan.Blocked) == 0 {
				return false
			}
			id := m.plan.Blocked[0].Host
			m.plan.Blocked = m.plan.Blocked[1:]
			m.addOutage(id)
			return true
		}},
	}
}

func excludedMutations() []mutation {
	return []mutation{
		{"an exposed host left out as fixed", "wrong-exclusion", refigure, false, excludePlanned(plan.Fixed)},
		{"an exposed host left out without a reason", "wrong-exclusion", refigure, false, excludePlanned("")},
		{"an exposed host left out as not affected", "wrong-exclusion", refigure, false, excludePlanned(plan.NotAffected)},
		{"an exposed host left out as protected", "wrong-exclusion", refigure, false, excludePlanned(plan.Protected)},
		{"fixed taken for not affected", "wrong-exclusion", seal, true, changeReason(plan.Fixed, plan.NotAffected)},
		{"not affected taken for fixed", "wrong-exclusion", seal, true, changeReason(plan.NotAffected, plan.Fixed)},
		{"protected taken for fixed", "wrong-exclusion", seal, true, changeReason(plan.Protected, plan.Fixed)},
		{"excluded without a reason", "wrong-exclusion", seal, true, changeReason(plan.Fixed, "")},
		{"blocked left out as protected", "wrong-exclusion", seal, true, func(m *mutant) bool {
			if len(m.plan.Blocked) == 0 {
				return false
			}
			m.exclude(m.plan.Blocked[0].Host, plan.Protected)
			m.plan.Blocked = m.plan.Blocked[1:]
			return true
		}},
	}
}

func blockedMutations() []mutation {
	return []mutation{
		{"a plannable host blocked", "wrong-block", refigure, false, func(m *mutant) bool {
			o := m.outage()
			if o != nil {
				m.block(o.Host)
				m.dropOutage(o.Host)
			}
			return o != nil
		}},
		{"a fixed host blocked", "wrong-block", seal, true, func(m *mutant) bool {
			if len(m.plan.Excluded) == 0 {
				return false
			}
			m.block(m.plan.Excluded[0].Host)
			m.plan.Excluded = m.plan.Excluded[1:]
			return true
		}},
		{"blocked for a group that does not exist", "blocking-group", seal, true, blockFor(func(*mutant) string { return "nobody/nothing" })},
		{"blocked for another group", "blocking-group", seal, true, blockFor(func(m *mutant) string {
			for g := range m.Fleet.Groups() {
				if id := m.Fleet.GroupID(ident.Group(g)); id != m.plan.Blocked[0].Group {
					return id
				}
			}
			return "nobody/nothing"
		})},
		{"blocked without a reason", "block-reason", seal, true, func(m *mutant) bool {
			if len(m.plan.Blocked) == 0 {
				return false
			}
			m.plan.Blocked[0].Reason = ""
			return true
		}},
	}
}
