package search

import "math/bits"

// grid counts, for every resource and every slot of time, how much of the allowance is left.
//
// What is left is kept in planes of bits, 64 slots to a word: plane k of a word holds bit k of each slot's
// count. So one operation works on 64 slots, and whether a host finds room is asked of whole hours at a time.
//
// Slots are numbered from the start of the plan. A grid may cover only the words from base on.
type grid struct {
	base  int
	words int      // 64 slots each
	first []uint32 // by resource: where its words begin; one more at the end
	depth []uint8  // by resource: planes
	bits  []uint64 // by resource, word and plane
}

// gridUse is how much of a resource of the grid a host takes.
type gridUse struct {
	resource, weight uint32
}

// newGrid returns a grid that covers the words of slots from until to, in which every resource has its whole
// allowance left.
func newGrid(allowed []uint32, from, to int) *grid {
	g := &grid{base: from >> 6, words: (to+63)>>6 - from>>6, first: make([]uint32, len(allowed)+1), depth: make([]uint8, len(allowed))}
	for r, a := range allowed {
		g.depth[r] = uint8(bits.Len32(a))
		g.first[r+1] = g.first[r] + uint32(g.words)*uint32(g.depth[r])
	}
	g.bits = make([]uint64, g.first[len(allowed)])
	for r, a := range allowed {
		planes := int(g.depth[r])
		row := g.bits[g.first[r]:g.first[r+1]]
		for k := range row {
			if a>>(k%planes)&1 == 1 {
				row[k] = ^uint64(0)
			}
		}
	}
	return g
}

// ends returns the first slot behind those that the grid covers.
func (g *grid) ends() int { return (g.base + g.words) << 6 }

// busy returns the slots of a word in which less than the weight is left.
func (g *grid) busy(u gridUse, word int) uint64 {
	planes := uint32(g.depth[u.resource])
	at := g.first[u.resource] + uint32(word-g.base)*planes
	row := g.bits[at : at+planes]
	if u.weight == 1 {
		left := row[0]
		for _, plane := range row[1:] {
			left |= plane
		}
		return ^left
	}
	borrow := uint64(0)
	for k, plane := range row {
		if u.weight>>k&1 == 1 {
			borrow |= ^plane
		} else {
			borrow &= ^plane
		}
	}
	return borrow
}

// take takes what a host needs of a resource from slot from until slot to. There must be room.
func (g *grid) take(u gridUse, from, to int) { g.change(u, from, to, ^uint64(0)) }

// give gives back what take took.
func (g *grid) give(u gridUse, from, to int) { g.change(u, from, to, 0) }

// change subtracts the weight from every slot from slot from until slot to where less is all ones, and adds it
// where less is 0. The two differ only in what they carry: a difference borrows where a plane has no bit, a sum
// carries where it has.
func (g *grid) change(u gridUse, from, to int, less uint64) {
	planes := int(g.depth[u.resource])
	for word := from >> 6; word<<6 < to; word++ {
		mask := maskOf(word, from, to)
		at := int(g.first[u.resource]) + (word-g.base)*planes
		row, carry := g.bits[at:at+planes], uint64(0)
		for k, plane := range row {
			by := uint64(0)
			if u.weight>>k&1 == 1 {
				by = mask
			}
			row[k] = plane ^ by ^ carry
			carry = (plane^less)&(by|carry) | by&carry
		}
	}
}

// lacks reports whether in some slot from slot from until slot to less than the weight is left.
func (g *grid) lacks(u gridUse, from, to int) bool {
	for word := from >> 6; word<<6 < to; word++ {
		if g.busy(u, word)&maskOf(word, from, to) != 0 {
			return true
		}
	}
	return false
}

// maskOf returns the slots from from until to that lie in a word.
func maskOf(word, from, to int) uint64 {
	mask := ^uint64(0)
	if low := from - word<<6; low > 0 {
		mask <<= uint(low)
	}
	if high := to - word<<6; high < 64 {
		mask &= 1<<uint(max(high, 0)) - 1
	}
	return mask
}

// firstRun returns where the first length ones in a row begin, -1 when there are none.
func firstRun(ones uint64, length int) int {
	if length > 64 {
		return -1
	}
	// After each round a bit stands only where have ones in a row begin.
	for have := 1; have < length; {
		step := min(have, length-have)
		ones &= ones >> uint(step)
		have += step
	}
	if ones == 0 {
		return -1
	}
	return bits.TrailingZeros64(ones)
}
