package search

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func TestAQueueGivesTheSmallestKeyFirst(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		keys := rapid.SliceOf(rapid.Int64Range(0, 9)).Draw(rt, "keys")
		var q queue
		for i, key := range keys {
			q.push(entry{key, int32(i)})
		}
		for previous := (entry{-1, 0}); len(q) > 0; {
			e := q.pop()
			if !previous.less(e) {
				rt.Fatalf("%v came after %v; keys %v", e, previous, keys)
			}
			previous = e
		}
	})
}

func TestParkedHostsLeaveTheirResourceInOrderOfRank(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		const resources, hosts = 3, 20
		p, want := newParking(resources, hosts), make([][]int32, resources)
		for _, rank := range rapid.SliceOfDistinct(rapid.Int32Range(0, hosts-1), func(r int32) int32 { return r }).Draw(rt, "ranks") {
			resource := rapid.Uint32Range(0, resources-1).Draw(rt, "resource")
			p.add(resource, uint8(rank%3), rank)
			want[resource] = append(want[resource], rank)
			if rapid.Bool().Draw(rt, "take one") {
				slices.Sort(want[resource])
				got, _ := p.take(resource, nothingShut)
				if got != want[resource][0] {
					rt.Fatalf("took %d, want %d", got, want[resource][0])
				}
				want[resource] = want[resource][1:]
			}
		}
		for resource := range want {
			var got []int32
			for rank, ok := p.take(uint32(resource), nothingShut); ok; rank, ok = p.take(uint32(resource), nothingShut) {
				got = append(got, rank)
			}
			slices.Sort(want[resource])
			if !slices.Equal(got, want[resource]) {
				rt.Fatalf("resource %d gave %v, want %v", resource, got, want[resource])
			}
		}
	})
}

func nothingShut(uint8) bool { return false }

func TestAParkedHostOfAClassThatIsShutStaysWhereItIs(t *testing.T) {
	p := newParking(1, 4)
	for rank := range int32(4) {
		p.add(0, uint8(rank%2), rank)
	}
	oddShut := func(class uint8) bool { return class == 1 }
	for _, want := range []int32{0, 2} {
		if got, ok := p.take(0, oddShut); !ok || got != want {
			t.Errorf("took %d, want %d", got, want)
		}
	}
	if got, ok := p.take(0, oddShut); ok {
		t.Errorf("took %d, whose class is shut", got)
	}
	if got, ok := p.take(0, nothingShut); !ok || got != 1 {
		t.Errorf("took %d, want 1", got)
	}
}
