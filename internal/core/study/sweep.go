package study

import (
	"cmp"
	"slices"

	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
)

// sweep walks through time: at every instant it first asks what kept those that start then from starting a second
// earlier, when all that is running still ran; then it takes ends before starts, because outages are half-open.
func (l *look) sweep() {
	outages := l.plan.Outages
	l.reasons = make([]Reason, len(outages))
	byStart, byEnd := make([]int32, len(outages)), make([]int32, len(outages))
	for k := range outages {
		byStart[k], byEnd[k] = int32(k), int32(k)
	}
	slices.SortStableFunc(byStart, func(a, b int32) int { return cmp.Compare(outages[a].Start, outages[b].Start) })
	slices.SortStableFunc(byEnd, func(a, b int32) int { return cmp.Compare(outages[a].End, outages[b].End) })
	var touched []uint32
	for len(byEnd) > 0 {
		now := outages[byEnd[0]].End
		if len(byStart) > 0 {
			now = min(now, outages[byStart[0]].Start)
		}
		starting := byStart
		for len(byStart) > 0 && outages[byStart[0]].Start == now {
			l.reasons[byStart[0]] = l.reason(int(byStart[0]))
			byStart = byStart[1:]
		}
		for len(byEnd) > 0 && outages[byEnd[0]].End == now {
			touched = l.take(int(byEnd[0]), -1, touched)
			byEnd = byEnd[1:]
		}
		for _, k := range starting[:len(starting)-len(byStart)] {
			touched = l.take(int(k), 1, touched)
		}
		touched = l.mark(now, touched)
	}
}

// take adds the outage's use of every limit, or takes it back, and adds the contested ones to those touched.
func (l *look) take(k int, times int64, touched []uint32) []uint32 {
	for _, u := range l.instance.Demand.Row(l.places[k]) {
		l.used[u.Resource] += times * int64(u.Weight)
		if l.contested[u.Resource] {
			touched = append(touched, u.Resource)
		}
	}
	return touched
}

// mark writes the steps of the limits that were touched at this instant, and returns the emptied list.
func (l *look) mark(now calendar.Instant, touched []uint32) []uint32 {
	for _, r := range touched {
		before := int64(0)
		if n := len(l.steps[r]); n > 0 {
			before = l.steps[r][n-1].Used
		}
		if l.used[r] != before {
			l.steps[r] = append(l.steps[r], Step{At: now, Used: l.used[r]})
		}
	}
	return touched[:0]
}
