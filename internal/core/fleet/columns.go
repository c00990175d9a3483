package fleet

import (
	"bytes"
	"slices"
	"sort"
	"unsafe"
)

// names is a sorted list of names in one arena; the handle of a name is its rank.
type names struct {
	arena []byte
	ends  []uint32
}

func (n *names) len() int { return len(n.ends) }

func (n *names) bytesAt(i uint32) []byte {
	start := uint32(0)
	if i > 0 {
		start = n.ends[i-1]
	}
	return n.arena[start:n.ends[i]]
}

// at returns a name without copying it: the arena is never written again once the fleet is built.
func (n *names) at(i uint32) string {
	b := n.bytesAt(i)
	return unsafe.String(unsafe.SliceData(b), len(b))
}

func (n *names) find(id string) (uint32, bool) {
	i := sort.Search(n.len(), func(i int) bool { return n.at(uint32(i)) >= id })
	if i < n.len() && n.at(uint32(i)) == id {
		return uint32(i), true
	}
	return 0, false
}

// csr is a list of lists: row i is items[starts[i]:starts[i+1]].
type csr struct {
	starts []uint32
	items  []uint32
}

func (c *csr) row(i uint32) []uint32 {
	return c.items[c.starts[i]:c.starts[i+1]:c.starts[i+1]]
}

// groupBy returns, for each of n keys, the indexes i with key(i) equal to it, ascending.
func groupBy[K ~uint32](n int, keys []K) csr {
	c := csr{starts: make([]uint32, n+1), items: make([]uint32, len(keys))}
	for _, k := range keys {
		c.starts[k+1]++
	}
	for i := range n {
		c.starts[i+1] += c.starts[i]
	}
	next := slices.Clone(c.starts[:n])
	for i, k := range keys {
		c.items[next[k]] = uint32(i)
		next[k]++
	}
	return c
}

// intern gives every name one number in order of first mention. It is an open-addressing table over an
// arena: about 16 bytes a name beside the name itself, a quarter of what a map of strings costs.
type intern struct {
	arena []byte
	ends  []uint32
	slots []uint32 // number+1, 0 = free; the length is a power of two
}

func (t *intern) bytesAt(i uint32) []byte {
	start := uint32(0)
	if i > 0 {
		start = t.ends[i-1]
	}
	return t.arena[start:t.ends[i]]
}

func fnv(s string) uint64 {
	h := uint64(14695981039346656037)
	for i := range len(s) {
		h = (h ^ uint64(s[i])) * 1099511628211
	}
	return h ^ h>>29
}

func (t *intern) number(id string) uint32 {
	if len(t.ends)*2 >= len(t.slots) {
		t.grow()
	}
	mask := uint64(len(t.slots) - 1)
	for at := fnv(id) & mask; ; at = (at + 1) & mask {
		if t.slots[at] == 0 {
			t.arena = append(t.arena, id...)
			t.ends = append(t.ends, uint32(len(t.arena)))
			t.slots[at] = uint32(len(t.ends))
			return t.slots[at] - 1
		}
		if string(t.bytesAt(t.slots[at]-1)) == id {
			return t.slots[at] - 1
		}
	}
}

func (t *intern) grow() {
	t.slots = make([]uint32, max(16, 2*len(t.slots)))
	mask := uint64(len(t.slots) - 1)
	for i := range t.ends {
		at := fnv(string(t.bytesAt(uint32(i)))) & mask
		for t.slots[at] != 0 {
			at = (at + 1) & mask
		}
		t.slots[at] = uint32(i + 1)
	}
}

// sorted returns the names in byte order and, for every number, its rank in that order.
func (t *intern) sorted() (names, []uint32) {
	order := make([]uint32, len(t.ends))
	for i := range order {
		order[i] = uint32(i)
	}
	byName := func(a, b uint32) int { return bytes.Compare(t.bytesAt(a), t.bytesAt(b)) }
	rank := slices.Clone(order)
	if slices.IsSortedFunc(order, byName) {
		return names{arena: t.arena, ends: t.ends}, rank
	}
	slices.SortFunc(order, byName)
	out := names{arena: make([]byte, 0, len(t.arena)), ends: make([]uint32, len(order))}
	for i, number := range order {
		rank[number] = uint32(i)
		out.arena = append(out.arena, t.bytesAt(number)...)
		out.ends[i] = uint32(len(out.arena))
	}
	return out, rank
}
