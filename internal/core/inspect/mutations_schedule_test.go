package inspect_test

import (
	"slices"

	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/plan"
	"github.com/evenkeel-project/evenkeel/internal/core/policy"
)

func outageMutations() []mutation {
	changed := func(change func(m *mutant, o *plan.Outage)) func(m *mutant) bool {
		return func(m *mutant) bool {
			o := m.outage()
			if o != nil {
				change(m, o)
			}
			return o != nil
		}
	}
	return []mutation{
		{"a second longer", "outage-length", refigure, false, changed(func(_ *mutant, o *plan.Outage) { o.End++; o.Window.To++ })},
		{"a second shorter", "outage-length", refigure, false, changed(func(_ *mutant, o *plan.Outage) { o.End-- })},
		{"nobody says how long", "no-outage-length", refigure, false, func(m *mutant) bool {
			silent := *m.Policy
			silent.DefaultOutage, silent.OutageBy = 0, nil
			m.Policy = &silent
			return slices.ContainsFunc(m.plan.Outages, func(o plan.Outage) bool { return m.Fleet.Outage(m.host(o)) == 0 })
		}},
		{"a second before the policy's start", "before-start", refigure, false, changed(func(m *mutant, o *plan.Outage) { m.move(o, m.Policy.Start-1) })},
		{"a window that opens late", "window", seal, true, changed(func(_ *mutant, o *plan.Outage) { o.Window.From = o.Start + 1 })},
		{"a window that closes early", "window", seal, true, changed(func(_ *mutant, o *plan.Outage) { o.Window.To = o.End - 1 })},
		{"a window that opens before the policy's start", "window", seal, true, changed(func(m *mutant, o *plan.Outage) { o.Window.From = m.Policy.Start - 1 })},
		{"a window that stays open too long", "window", seal, true, changed(func(m *mutant, o *plan.Outage) {
			o.Window.To = o.End.Add(m.Policy.StuckAfter + (o.Start.Sub(m.Policy.Start)+9)/10 + 1)
		})},
		{"a second into a freeze", "freeze", refigure, false, intoFreeze(func(o plan.Outage, z policy.Freeze) calendar.Instant {
			return z.Span.From.Add(1 - o.End.Sub(o.Start))
		})},
		{"the last second of a freeze", "freeze", refigure, false, intoFreeze(func(_ plan.Outage, z policy.Freeze) calendar.Instant {
			return z.Span.To - 1
		})},
	}
}

// intoFreeze moves an outage to where it meets a freeze that covers its host.
func intoFreeze(start func(plan.Outage, policy.Freeze) calendar.Instant) func(m *mutant) bool {
	return func(m *mutant) bool {
		o := m.outage()
		for _, z := range m.Policy.Freezes {
			if o != nil && z.Covers(m.Fleet, m.host(*o)) {
				m.move(o, start(*o, z))
				return true
			}
		}
		return false
	}
}

// scheduleMutations breaks limits and barriers. The plans are as short as can be, so that one second is
// enough; which rule a move breaks depends on the plan, so each kind of move is tried until it has broken
// every rule that it is listed with.
func scheduleMutations() []mutation {
	var all []mutation
	for _, code := range []string{"fleet-limit", "region-limit", "zone-limit", "rack-limit", "cohort-limit", "group-limit", "tenant-limit",
		"region-order", "zone-order", "last-order", "last-together", "canary-barrier", "freeze", "before-start"} {
		all = append(all, mutation{"an outage a second earlier", code, refigure, false, func(m *mutant) bool {
			o := m.outage()
			if o != nil {
				m.move(o, o.Start-1)
			}
			return o != nil
		}})
	}
	for _, code := range []string{"fleet-limit", "region-limit", "zone-limit", "rack-limit", "cohort-limit", "group-limit", "tenant-limit",
		"last-together", "region-order", "zone-order", "last-order", "canary-barrier"} {
		all = append(all, mutation{"two outages at once", code, refigure, false, func(m *mutant) bool {
			a, b := m.outage(), m.outage()
			if a == nil || a == b {
				return false
			}
			m.move(b, a.Start)
			return true
		}})
	}
	for _, code := range []string{"region-order", "zone-order", "last-order", "canary-barrier"} {
		all = append(all, mutation{"an outage long after", code, refigure, false, func(m *mutant) bool {
			o := m.outage()
			if o != nil {
				m.move(o, m.plan.Finish.Add(calendar.Day))
			}
			return o != nil
		}})
	}
	return append(all,
		mutation{"a region that is not listed", "region-not-listed", seal, false, func(m *mutant) bool {
			if m.Policy.Order.Regions != policy.Listed || len(m.plan.Outages) == 0 {
				return false
			}
			shorter := *m.Policy
			region := m.Fleet.RegionID(m.Fleet.RegionOf(m.Fleet.ZoneOf(m.host(m.plan.Outages[0]))))
			shorter.Order.RegionList = slices.DeleteFunc(slices.Clone(shorter.Order.RegionList), func(id string) bool { return id == region })
			m.Policy = &shorter
			return true
		}},
		mutation{"a canary more", "canary-count", seal, false, func(m *mutant) bool { return m.flip(false) }},
		mutation{"a canary less", "canary-count", seal, false, func(m *mutant) bool { return m.flip(true) }},
	)
}

// flip changes the mark of an outage that is, or is not, a canary's.
func (m *mutant) flip(from bool) bool {
	for i := range m.plan.Outages {
		if m.plan.Outages[i].Canary == from {
			m.plan.Outages[i].Canary = !from
			return true
		}
	}
	return false
}
