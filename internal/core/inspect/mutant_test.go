package inspect_test

import (
	"slices"
	"strings"

	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/plan"
)

// dropOutage takes a host's outage out of the plan.
func (m *mutant) dropOutage(id string) {
	m.plan.Outages = slices.DeleteFunc(m.plan.Outages, func(o plan.Outage) bool { return o.Host == id })
}

// addOutage gives a host an outage of the right length long after everything else.
func (m *mutant) addOutage(id string) {
	h, _ := m.Fleet.FindHost(id)
	length, _ := m.Policy.OutageOf(m.Fleet, h)
	start := m.plan.Finish.Add(calendar.Day)
	span := calendar.Span{From: start, To: start.Add(length)}
	m.plan.Outages = append(m.plan.Outages, plan.Outage{Host: id, Start: span.From, End: span.To, Window: span})
}

// exclude lists a host as excluded, in its place.
func (m *mutant) exclude(id string, reason plan.Reason) {
	m.plan.Excluded = append(m.plan.Excluded, plan.Excluded{Host: id, Reason: reason})
	slices.SortFunc(m.plan.Excluded, func(a, b plan.Excluded) int { return strings.Compare(a.Host, b.Host) })
}

// block lists a host as blocked, in its place.
func (m *mutant) block(id string) {
	m.plan.Blocked = append(m.plan.Blocked, plan.Blocked{Host: id, Group: "tenant-0/group-0", Reason: "it would break the group"})
	slices.SortFunc(m.plan.Blocked, func(a, b plan.Blocked) int { return strings.Compare(a.Host, b.Host) })
}

// planExcluded plans a host that is excluded for a reason.
func planExcluded(reason plan.Reason) func(m *mutant) bool {
	return func(m *mutant) bool {
		for i, e := range m.plan.Excluded {
			if e.Reason == reason {
				m.plan.Excluded = slices.Delete(m.plan.Excluded, i, i+1)
				m.addOutage(e.Host)
				return true
			}
		}
		return false
	}
}

// excludePlanned leaves a planned host out.
func excludePlanned(reason plan.Reason) func(m *mutant) bool {
	return func(m *mutant) bool {
		o := m.outage()
		if o != nil {
			m.exclude(o.Host, reason)
			m.dropOutage(o.Host)
		}
		return o != nil
	}
}

func changeReason(from, to plan.Reason) func(m *mutant) bool {
	return func(m *mutant) bool {
		for i := range m.plan.Excluded {
			if m.plan.Excluded[i].Reason == from {
				m.plan.Excluded[i].Reason = to
				return true
			}
		}
		return false
	}
}

func blockFor(group func(m *mutant) string) func(m *mutant) bool {
	return func(m *mutant) bool {
		if len(m.plan.Blocked) == 0 {
			return false
		}
		m.plan.Blocked[0].Group = group(m)
		return true
	}
}
