package search

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/evenkeel-project/evenkeel/internal/core/bound"
	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/chance"
	"github.com/evenkeel-project/evenkeel/internal/core/instance"
)

// laidOut draws a layout of one stage of so many slots in which some hosts stand, and one of any length does not.
func laidOut(rt *rapid.T, slots int32) (l *layout, last int32) {
	n := rapid.IntRange(2, 25).Draw(rt, "hosts")
	allowed := rapid.SliceOfN(rapid.Int64Range(1, 6), 1, 8).Draw(rt, "allowed")
	lengths, weights := make([]int64, n), make([][]uint32, n)
	for i := range n {
		lengths[i] = rapid.SampledFrom([]int64{1, 2, 3, 7, 20, 63, 64, 65, 90, 130}).Draw(rt, "length")
		for _, a := range allowed {
			weights[i] = append(weights[i], rapid.Uint32Range(0, uint32(a)).Draw(rt, "weight"))
		}
	}
	in := plain(lengths, allowed, weights)
	if rapid.Bool().Draw(rt, "frozen") {
		from := in.Start.Add(calendar.Seconds(rapid.SampledFrom([]int64{1, 5, 60, 64, 100, 200}).Draw(rt, "freeze")))
		to := from.Add(calendar.Seconds(rapid.SampledFrom([]int64{1, 9, 64, 130}).Draw(rt, "for")))
		in.Roster.Frozen[n-1] = instance.NewTimetable([]calendar.Span{{From: from, To: to}})
	}
	l = newLayout(in, Open(in, bound.Prove(in), 1).Best(), nil)
	l.clean()
	l.openStage(0, min(slots, int32(l.slots)))
	draw := chance.New(rapid.Uint64().Draw(rt, "seed"))
	for i := range int32(n - 1) {
		last := l.windowOf(i).to - int(l.length[i])
		if at := int(draw.Below(uint64(max(last, 0) + 1))); at <= last && l.fits(i, at) {
			l.take(i, at)
		}
	}
	return l, int32(n - 1)
}

// fits reports by the plainest count whether a host fits from a slot on.
func (l *layout) fits(i int32, at int) bool { return l.tooBusy(i, at) == 0 && !l.meetsFreeze(i, at) }

// tooBusy counts the resources that have not enough left for the host from a slot on.
func (l *layout) tooBusy(i int32, at int) int {
	count := 0
	for _, u := range l.own.of(i) {
		lacks := false
		for slot := at; slot < at+int(l.length[i]); slot++ {
			left := int(l.stages[0].allowed[u.resource])
			for j := range l.at {
				if from := int(l.at[j]); from != nowhere && from <= slot && slot < from+int(l.length[j]) {
					for _, o := range l.own.of(int32(j)) {
						if o.resource == u.resource {
							left -= int(o.weight)
						}
					}
				}
			}
			lacks = lacks || left < int(u.weight)
		}
		if lacks {
			count++
		}
	}
	return count
}

func (l *layout) meetsFreeze(i int32, at int) bool {
	span := l.in.Roster.Span(i, l.in.Start.Add(calendar.Seconds(int64(at)*l.unit)))
	for _, f := range l.in.Roster.Frozen[i].Spans() {
		if span.From < f.To && f.From < span.To {
			return true
		}
	}
	return false
}

func TestTheFirstAndTheLastSlotThatFitAreFound(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		l, i := laidOut(rt, 300)
		whole := l.windowOf(i)
		from := rapid.IntRange(0, whole.to).Draw(rt, "window from")
		w := window{from, rapid.IntRange(from, whole.to).Draw(rt, "window to")}
		first, last := nowhere, nowhere
		for at := w.from; at+int(l.length[i]) <= w.to; at++ {
			if l.fits(i, at) {
				if first == nowhere {
					first = at
				}
				last = at
			}
		}
		if got := l.earliest(i, w); got != first {
			rt.Fatalf("the first slot in %v for length %d is %d, want %d", w, l.length[i], got, first)
		}
		if got := l.latestFit(i, w); got != last {
			rt.Fatalf("the last slot in %v for length %d is %d, want %d", w, l.length[i], got, last)
		}
	})
}

func TestEverySlotIsPricedByHowManyResourcesAreTooBusy(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		l, i := laidOut(rt, 300)
		r, w := newRepair(l, chance.New(1)), l.windowOf(i)
		w.from = rapid.IntRange(0, w.to).Draw(rt, "window from")
		r.price(i, w)
		first, cheapest := w.from&^63, -1
		for at := w.from; at < w.to; at++ {
			word, bit := (at-first)>>6, (at-first)&63
			could := at+int(l.length[i]) <= w.to && !l.meetsFreeze(i, at)
			if (r.fit[word]>>bit&1 == 1) != could {
				rt.Fatalf("slot %d of %v: could start is %t", at, w, !could)
			}
			if !could {
				continue
			}
			cost := 0
			for plane := range r.cost {
				cost |= int(r.cost[plane][word]>>bit&1) << plane
			}
			if want := l.tooBusy(i, at); cost != want {
				rt.Fatalf("slot %d costs %d, want %d", at, cost, want)
			}
			if cheapest < 0 || cost < cheapest {
				cheapest = cost
			}
		}
		got := r.cheapest()
		if (got < 0) != (cheapest < 0) || got >= 0 && l.tooBusy(i, first+got) != cheapest {
			rt.Fatalf("slot %d was taken for a cheapest, the least cost is %d", first+got, cheapest)
		}
	})
}
