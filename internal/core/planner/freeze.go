package planner

import (
	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/ident"
	"github.com/evenkeel-project/evenkeel/internal/core/instance"
	"github.com/evenkeel-project/evenkeel/internal/core/policy"
)

// freezeBook finds the timetable of a host; hosts under the same freezes share one.
type freezeBook struct {
	freezes []policy.Freeze                // those that last
	covers  [][]bool                       // by freeze, by host
	known   map[string]*instance.Timetable // by one byte a freeze, 1 when it covers
	key     []byte
}

func openFreezes(in Input) *freezeBook {
	b := &freezeBook{known: map[string]*instance.Timetable{}}
	for _, z := range in.Policy.Freezes {
		if z.Span.From < z.Span.To {
			b.freezes, b.covers = append(b.freezes, z), append(b.covers, z.Hosts(in.Fleet))
		}
	}
	return b
}

func (b *freezeBook) covering(h ident.Host) *instance.Timetable {
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
	var written []policy.Freeze
	for i, on := range b.key {
		if on == 1 {
			spans, written = append(spans, b.freezes[i].Span), append(written, b.freezes[i])
		}
	}
	t := instance.NewTimetable(spans)
	t.Freezes = written
	b.known[string(b.key)] = t
	return t
}
