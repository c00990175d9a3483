package fleet

import (
	"bytes"
	"cmp"
	"encoding/binary"
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
// arena: 16 to 32 bytes a name beside the name itself and its end, half of what a map of strings costs.
type intern struct {
	arena []byte
	ends  []uint32
	slots []slot // the length is a power of two
}

// slot holds the number+1 of a name, 0 when it is free, and a part of the name's hash: most names that are not
// the one looked for are told apart without a look at the arena.
type slot struct {
	hash, number uint32
}

func (t *intern) bytesAt(i uint32) []byte {
	start := uint32(0)
	if i > 0 {
		start = t.ends[i-1]
	}
	return t.arena[start:t.ends[i]]
}

func fnv(s string) uint32 {
	h := uint64(14695981039346656037)
	for i := range len(s) {
		h = (h ^ uint64(s[i])) * 1099511628211
	}
	return uint32(h ^ h>>29)
}

func (t *intern) number(id string) uint32 {
	if len(t.ends)*2 >= len(t.slots) {
		t.grow()
	}
	hash, mask := fnv(id), uint32(len(t.slots)-1)
	for at := hash & mask; ; at = (at + 1) & mask {
		s := t.slots[at]
		if s.number == 0 {
			t.arena = append(t.arena, id...)
			t.ends = append(t.ends, uint32(len(t.arena)))
			t.slots[at] = slot{hash, uint32(len(t.ends))}
			return uint32(len(t.ends)) - 1
		}
		if s.hash == hash && string(t.bytesAt(s.number-1)) == id {
			return s.number - 1
		}
	}
}

func (t *intern) grow() {
	old := t.slots
	t.slots = make([]slot, max(16, 2*len(old)))
	mask := uint32(len(t.slots) - 1)
	for _, s := range old {
		if s.number == 0 {
			continue
		}
		at := s.hash & mask
		for t.slots[at].number != 0 {
			at = (at + 1) & mask
		}
		t.slots[at] = s
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
		return names{arena: slices.Clone(t.arena), ends: slices.Clone(t.ends)}, rank
	}
	t.sort(order)
	out := names{arena: make([]byte, 0, len(t.arena)), ends: make([]uint32, len(order))}
	for i, number := range order {
		rank[number] = uint32(i)
		out.arena = append(out.arena, t.bytesAt(number)...)
		out.ends[i] = uint32(len(out.arena))
	}
	return out, rank
}

// sort orders numbers by name. Names of one kind mostly begin alike, so the eight bytes behind what all have
// in common decide nearly every comparison without a look at the arena.
func (t *intern) sort(order []uint32) {
	type entry struct {
		start  uint64
		number uint32
	}
	first := t.bytesAt(order[0])
	common := len(first)
	for _, number := range order {
		name := t.bytesAt(number)
		common = min(common, len(name))
		for !bytes.Equal(name[:common], first[:common]) {
			common--
		}
	}
	entries := make([]entry, len(order))
	for i, number := range order {
		var start [8]byte
		copy(start[:], t.bytesAt(number)[common:])
		entries[i] = entry{binary.BigEndian.Uint64(start[:]), number}
	}
	slices.SortFunc(entries, func(a, b entry) int {
		if a.start != b.start {
			return cmp.Compare(a.start, b.start)
		}
		return bytes.Compare(t.bytesAt(a.number), t.bytesAt(b.number))
	})
	for i, e := range entries {
		order[i] = e.number
	}
}
