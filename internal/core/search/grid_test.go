package search

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// counted is a grid as a plain table: what is left, by resource and slot.
type counted [][]int

func (c counted) add(u gridUse, from, to, sign int) {
	for slot := from; slot < to; slot++ {
		c[u.resource][slot] += sign * int(u.weight)
	}
}

func (c counted) lacks(u gridUse, from, to int) bool {
	return slices.ContainsFunc(c[u.resource][from:to], func(left int) bool { return left < int(u.weight) })
}

func TestAGridCountsWhatIsLeftInEverySlot(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		allowed := rapid.SliceOfN(rapid.Uint32Range(1, 20), 1, 4).Draw(rt, "allowed")
		from := rapid.IntRange(0, 130).Draw(rt, "from")
		to := from + rapid.IntRange(1, 200).Draw(rt, "slots")
		g, want := newGrid(allowed, from, to), make(counted, len(allowed))
		for r, a := range allowed {
			want[r] = slices.Repeat([]int{int(a)}, to)
		}
		type stay struct {
			use      gridUse
			from, to int
		}
		var stays []stay
		for range rapid.IntRange(1, 40).Draw(rt, "changes") {
			if len(stays) > 0 && rapid.IntRange(0, 2).Draw(rt, "give") == 0 {
				last := stays[len(stays)-1]
				stays = stays[:len(stays)-1]
				g.give(last.use, last.from, last.to)
				want.add(last.use, last.from, last.to, 1)
			}
			r := rapid.IntRange(0, len(allowed)-1).Draw(rt, "resource")
			u := gridUse{uint32(r), rapid.Uint32Range(1, allowed[r]).Draw(rt, "weight")}
			a := rapid.IntRange(from, to-1).Draw(rt, "at")
			b := rapid.IntRange(a+1, to).Draw(rt, "until")
			if g.lacks(u, a, b) != want.lacks(u, a, b) {
				rt.Fatalf("%d of %v from slot %d until %d: lacks is %t", u.weight, want[r][a:b], a, b, g.lacks(u, a, b))
			}
			if !want.lacks(u, a, b) {
				g.take(u, a, b)
				want.add(u, a, b, -1)
				stays = append(stays, stay{u, a, b})
			}
			for slot := from; slot < to; slot++ {
				for w := uint32(1); w <= allowed[r]; w++ {
					busy := g.busy(gridUse{u.resource, w}, slot>>6)>>(slot&63)&1 == 1
					if busy != (want[r][slot] < int(w)) {
						rt.Fatalf("slot %d has %d left, busy for %d is %t", slot, want[r][slot], w, busy)
					}
				}
			}
		}
	})
}

func TestTheFirstRunOfOnesIsFound(t *testing.T) {
	for _, c := range []struct {
		ones         uint64
		length, want int
	}{
		{0, 1, -1}, {1, 1, 0}, {0b1011_0111_0, 1, 1}, {0b1011_0111_0, 2, 1}, {0b1011_0111_0, 3, 1}, {0b1111_0111_0, 4, 5},
		{^uint64(0), 64, 0}, {^uint64(0), 65, -1}, {^uint64(1), 63, 1}, {^uint64(1), 64, -1}, {1 << 63, 1, 63},
	} {
		if got := firstRun(c.ones, c.length); got != c.want {
			t.Errorf("%b, %d in a row: got %d, want %d", c.ones, c.length, got, c.want)
		}
	}
}
