package planner

import (
	"slices"
	"sort"

	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/ident"
	"github.com/evenkeel-project/evenkeel/internal/core/policy"
)

// timetable is the freezes that cover a host: disjoint spans in order of time, neither empty nor touching.
type timetable struct {
	spans []calendar.Span
}

// freezeBook finds the timetable of a host; hosts under the same freezes share one.
type freezeBook struct {
	freezes []policy.Freeze       // those that last
	covers  [][]bool              // by freeze, by host
	known   map[string]*timetable // by one byte a freeze, 1 when it covers
	key     []byte
}

func openFreezes(in Input) *freezeBook {
	b := &freezeBook{known: map[string]*timetable{}}
	for _, z := range in.Policy.Freezes {
		if z.Span.From < z.Span.To {
			b.freezes, b.covers = append(b.freezes, z), append(b.covers, z.Hosts(in.Fleet))
		}
	}
	return b
}

func (b *freezeBook) covering(h ident.Host) *timetable {
	b.key = b.key[:0]
	covered := false
	for i := range b.freezes {
		if b.covers[i][h] {
			b.key, covered = append(b.key, 1), true
		} else {
			b.key = append(b.key, 0)
		}
	}
	if !covered {
		return nil
	}
	if t, ok := b.known[string(b.key)]; ok {
		return t
	}
	var spans []calendar.Span
	for i, on := range b.key {
		if on == 1 {
			spans = append(spans, b.freezes[i].Span)
		}
	}
	t := &timetable{spans: mergeSpans(spans)}
	b.known[string(b.key)] = t
	return t
}

// mergeSpans joins spans that overlap or touch: no outage fits between two that touch.
func mergeSpans(spans []calendar.Span) []calendar.Span {
	slices.SortFunc(spans, func(a, b calendar.Span) int { return int(min(max(a.From-b.From, -1), 1)) })
	merged := spans[:0]
	for _, s := range spans {
		if n := len(merged); n > 0 && s.From <= merged[n-1].To {
			merged[n-1].To = max(merged[n-1].To, s.To)
			continue
		}
		merged = append(merged, s)
	}
	return merged
}

// endingAfter returns the number of the first span that ends after t.
func (t *timetable) endingAfter(at calendar.Instant) int {
	return sort.Search(len(t.spans), func(i int) bool { return t.spans[i].To > at })
}

// earliest returns the first instant at or after t at which an outage of that length meets no freeze.
func (t *timetable) earliest(from calendar.Instant, length int64) calendar.Instant {
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

// next returns the start of the first freeze that begins at or after t.
func (t *timetable) next(at calendar.Instant) (calendar.Instant, bool) {
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
