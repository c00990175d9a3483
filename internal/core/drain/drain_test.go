package drain

import (
	"maps"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/ident"
)

func TestNoMoreMovesRunAtOnceThanALimitAllows(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		limit := rapid.IntRange(1, 4).Draw(rt, "limit")
		var s slots
		var spans []calendar.Span
		for range rapid.IntRange(1, 40).Draw(rt, "moves") {
			from := s.from(calendar.Instant(rapid.IntRange(0, 30).Draw(rt, "not before")), limit)
			end := from.Add(calendar.Seconds(rapid.IntRange(1, 9).Draw(rt, "length")))
			s.take(end, limit)
			spans = append(spans, calendar.Span{From: from, To: end})
		}
		for _, a := range spans {
			running := 0
			for _, b := range spans {
				if b.From <= a.From && a.From < b.To {
					running++
				}
			}
			if running > limit {
				rt.Fatalf("%d moves at once at %d, %d allowed: %v", running, a.From, limit, spans)
			}
		}
	})
}

func TestTheFirstMovesDoNotWait(t *testing.T) {
	var s slots
	for i := range calendar.Instant(3) {
		if from := s.from(7, 3); from != 7 {
			t.Fatalf("move %d of 3 at once begins at %d", i, from)
		}
		s.take(10+i, 3)
	}
	if from := s.from(7, 3); from != 10 {
		t.Errorf("the fourth of 3 at once begins at %d, not when the first ends", from)
	}
}

func TestACensusCountsAsAMapDoes(t *testing.T) {
	type member struct {
		host  ident.Host
		group uint32
	}
	rapid.Check(t, func(rt *rapid.T) {
		c, want := newCensus(3, 0), map[member]int{}
		draw := func() member {
			return member{rapid.SampledFrom([]ident.Host{0, 1, 2, 300, whole}).Draw(rt, "host"), rapid.Uint32Range(0, 40).Draw(rt, "group")}
		}
		for range rapid.IntRange(0, 300).Draw(rt, "changes") {
			if m := draw(); want[m] > 0 && rapid.Bool().Draw(rt, "remove") {
				c.remove(m.host, m.group)
				want[m]--
			} else {
				c.add(m.host, m.group, 1)
				want[m]++
			}
		}
		entries := 0
		for _, m := range slices.SortedFunc(maps.Keys(want), func(a, b member) int { return int(a.group) - int(b.group) }) {
			if got := c.of(m.host, m.group); got != want[m] {
				rt.Fatalf("host %d has %d members of group %d, want %d", m.host, got, m.group, want[m])
			}
			if want[m] > 0 {
				entries++
			}
		}
		if c.used != entries {
			rt.Fatalf("%d slots are in use for %d entries", c.used, entries)
		}
	})
}

func TestShelvesKeepEveryHostUntilItIsDropped(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		var s shelves
		where, on := make([]place, 10), map[ident.Host]uint8{}
		for range rapid.IntRange(0, 60).Draw(rt, "changes") {
			h := ident.Host(rapid.IntRange(0, 9).Draw(rt, "host"))
			if _, ok := on[h]; ok {
				s.drop(h, where)
				delete(on, h)
				continue
			}
			on[h] = uint8(rapid.IntRange(0, shelfCount-1).Draw(rt, "shelf"))
			s.put(h, on[h], where)
		}
		kept := 0
		for shelf, hosts := range s.hosts {
			for _, h := range hosts {
				kept++
				if at, ok := on[h]; !ok || int(at) != shelf {
					rt.Fatalf("host %d stands on shelf %d, and should be on %v", h, shelf, on)
				}
			}
		}
		if kept != len(on) {
			rt.Fatalf("%d hosts stand on shelves, want %d", kept, len(on))
		}
	})
}
