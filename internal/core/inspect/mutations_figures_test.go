package inspect_test

import (
	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/plan"
)

func figureMutations() []mutation {
	var all []mutation
	for _, by := range []calendar.Seconds{-1, 1} {
		name := "a second " + map[bool]string{true: "more", false: "less"}[by > 0]
		all = append(all,
			mutation{name, "finish", seal, true, func(m *mutant) bool { m.plan.Finish += calendar.Instant(by); return true }},
			mutation{name, "makespan", seal, true, func(m *mutant) bool { m.plan.Makespan += by; return true }},
			mutation{name, "deadline", seal, true, func(m *mutant) bool { return add(m.plan.Deadline, calendar.Instant(by)) }},
			mutation{name, "margin", seal, true, func(m *mutant) bool { return add(m.plan.Margin, by) }},
			mutation{name, "latest-safe-start", seal, true, func(m *mutant) bool { return add(m.plan.LatestSafeStart, calendar.Instant(by)) }},
			mutation{"a millionth off by " + by.String(), "gap", seal, true, func(m *mutant) bool { m.plan.GapMillionths += int64(by); return true }},
		)
	}
	null := func(code string, clear func(p *plan.Plan)) mutation {
		return mutation{"null", code, seal, true, func(m *mutant) bool {
			clear(m.plan)
			return m.hasDeadline()
		}}
	}
	return append(all,
		null("deadline", func(p *plan.Plan) { p.Deadline = nil }),
		null("margin", func(p *plan.Plan) { p.Margin = nil }),
		null("latest-safe-start", func(p *plan.Plan) { p.LatestSafeStart = nil }),
		mutation{"not null", "deadline", seal, true, func(m *mutant) bool {
			none := m.plan.Deadline == nil
			m.plan.Deadline = new(calendar.Instant)
			return none
		}},
		mutation{"above the makespan", "bound", seal, true, func(m *mutant) bool {
			m.plan.Bound.Seconds = m.plan.Makespan + 1
			m.plan.GapMillionths = plan.Gap(m.plan.Makespan, m.plan.Bound.Seconds)
			return true
		}},
		mutation{"below the longest outage", "bound", seal, true, func(m *mutant) bool {
			m.plan.Bound.Seconds = m.longest() - 1
			m.plan.GapMillionths = plan.Gap(m.plan.Makespan, m.plan.Bound.Seconds)
			return len(m.plan.Outages) > 0
		}},
	)
}

func add[T ~int64](figure *T, by T) bool {
	if figure == nil {
		return false
	}
	*figure += by
	return true
}

// longest returns the length of the longest outage.
func (m *mutant) longest() calendar.Seconds {
	longest := calendar.Seconds(0)
	for _, o := range m.plan.Outages {
		longest = max(longest, o.End.Sub(o.Start))
	}
	return longest
}

// hasDeadline reports whether the plan had a deadline before a figure was cleared: all three figures are
// null together.
func (m *mutant) hasDeadline() bool {
	p := m.plan
	return p.Deadline != nil || p.Margin != nil || p.LatestSafeStart != nil
}
