package engine

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/dispatch"
	"github.com/evenkeel-project/evenkeel/internal/core/plan"
	"github.com/evenkeel-project/evenkeel/internal/store"
)

func TestOrdersThatOpenedAndClosedAreFoundWhateverTheirOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		// The names of the hosts do not stand in the order of the plan.
		hosts := rapid.Permutation([]string{"h1", "h2", "h3", "h4", "h5", "h6"}).Draw(t, "plan")
		p := &plan.Plan{}
		for _, host := range hosts {
			p.Outages = append(p.Outages, plan.Outage{Host: host})
		}
		draw := func(label string) []dispatch.Order {
			var out []dispatch.Order
			for _, host := range hosts {
				if n := rapid.IntRange(0, 4).Draw(t, label); n > 0 {
					out = append(out, dispatch.Order{Campaign: "c", Host: host, Step: []dispatch.Step{dispatch.Cordon, dispatch.Act}[n%2], Attempt: (n + 1) / 2})
				}
			}
			return out
		}
		before, now := draw("before"), draw("now")
		var b store.Batch
		r := ranked(p)
		open := r.renewed(nil, before, &b)
		for i := range open {
			open[i].handed = calendar.Instant(i + 1)
		}
		b = store.Batch{}
		got := r.renewed(open, now, &b)
		handed := map[string]calendar.Instant{}
		var wantClosed, opened, wantOpened []string
		for i, o := range before {
			handed[o.Key()] = calendar.Instant(i + 1)
			if !slices.Contains(now, o) {
				wantClosed = append(wantClosed, o.Key())
			}
		}
		for i, o := range now {
			if got[i].Order != o || got[i].handed != handed[o.Key()] {
				t.Fatalf("order %d is %+v, want %+v handed over at %d", i, got[i], o, handed[o.Key()])
			}
			if handed[o.Key()] == 0 {
				wantOpened = append(wantOpened, o.Key())
			}
		}
		for _, row := range b.Orders {
			opened = append(opened, row.Key)
		}
		slices.Sort(wantClosed)
		slices.Sort(b.OrdersClosed)
		if fmt.Sprint(opened) != fmt.Sprint(wantOpened) || fmt.Sprint(b.OrdersClosed) != fmt.Sprint(wantClosed) {
			t.Fatalf("opened %v and closed %v, want %v and %v", opened, b.OrdersClosed, wantOpened, wantClosed)
		}
	})
}

func TestABellThatNobodyAnsweredEndsTheNextWait(t *testing.T) {
	var b bell
	rung := 0
	b.ring()
	b.ring()
	b.answer(func() { rung++ })
	if rung != 1 {
		t.Errorf("it rang %d times for the next wait, want once", rung)
	}
	b.ring()
	b.answer(nil)
	b.answer(func() { rung += 10 })
	if rung != 2 {
		t.Errorf("a bell that was answered rang again: %d, want 2", rung)
	}
}
