package instance

import (
	"slices"
	"sort"

	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/policy"
)

// Timetable is the freezes that cover a host: disjoint spans in order of time, neither empty nor touching. A
// nil timetable has none.
type Timetable struct {
	spans []calendar.Span
	// Freezes are the freezes as they were written, before those that overlap or touch were joined: for words only.
	Freezes []policy.Freeze
}

// NewTimetable joins spans that overlap or touch: no outage fits between two that touch. It keeps the slice.
func NewTimetable(spans []calendar.Span) *Timetable {
	slices.SortFunc(spans, func(a, b calendar.Span) int { return int(min(max(a.From-b.From, -1), 1)) })
	merged := spans[:0]
	for _, s := range spans {
		if n := len(merged); n > 0 && s.From <= merged[n-1].To {
			merged[n-1].To = max(merged[n-1].To, s.To)
			continue
		}
		merged = append(merged, s)
	}
	return &Timetable{spans: merged}
}

// Spans returns the freezes. The slice must not be changed.
func (t *Timetable) Spans() []calendar.Span {
	if t == nil {
		return nil
	}
	return t.spans
}

// endingAfter returns the number of the first span that ends after t.
func (t *Timetable) endingAfter(at calendar.Instant) int {
	return sort.Search(len(t.spans), func(i int) bool { return t.spans[i].To > at })
}

// Earliest returns the first instant at or after from at which an outage of that length meets no freeze.
func (t *Timetable) Earliest(from calendar.Instant, length int64) calendar.Instant {
	if t == nil {
		return from
	}
	for _, s := range t.spans[t.endingAfter(from):] {
		if s.From >= from.Add(calendar.Seconds(length)) {
			break
		}
		from = s.To
	}
	return from
}

// Next returns the start of the first freeze that begins at or after t.
func (t *Timetable) Next(at calendar.Instant) (calendar.Instant, bool) {
	if t == nil {
		return 0, false
	}
	for _, s := range t.spans[t.endingAfter(at):] {
		if s.From >= at {
			return s.From, true
		}
	}
	return 0, false
}

// EndAfter returns the end of the first freeze that is not over at t; it needs there to be one.
func (t *Timetable) EndAfter(at calendar.Instant) calendar.Instant {
	return t.spans[t.endingAfter(at)].To
}
