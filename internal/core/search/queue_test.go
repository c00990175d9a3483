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
			p.add(resource, rank)
			want[resource] = append(want[resource], rank)
			if rapid.Bool().Draw(rt, "take one") {
				slices.Sort(want[resource])
				got, _ := p.take(resource)
				if got != want[resource][0] {
					rt.Fatalf("took %d, want %d", got, want[resource][0])
				}
				want[resource] = want[resource][1:]
			}
		}
		for resource := range want {
			var got []int32
			for rank, ok := p.take(uint32(resource)); ok; rank, ok = p.take(uint32(resource)) {
				got = append(got, rank)
			}
			slices.Sort(want[resource])
			if !slices.Equal(got, want[resource]) {
				rt.Fatalf("resource %d gave %v, want %v", resource, got, want[resource])
			}
		}
	})
}
