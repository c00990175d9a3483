package search

import "math/bits"

// planesOfCost bounds how many busy resources a slot is charged for: with five planes 31.
const planesOfCost = 5

// price counts for every slot of the window how many resources are too busy for the host to start there, and
// notes in which it could start at all.
func (r *repair) price(i int32, w window) {
	first, words, length := w.from>>6, (w.to+63)>>6-w.from>>6, int(r.length[i])
	for k := range r.cost {
		r.cost[k] = cleared(r.cost[k], words)
	}
	r.fit, r.mask = cleared(r.fit, words), cleared(r.mask, words)
	for k := range words {
		r.fit[k] = maskOf(first+k, w.from, w.to-length+1)
	}
	if t := r.in.Roster.Frozen[i]; t != nil {
		copy(r.mask, r.shut[t][first:first+words])
		dilate(r.mask, length)
		for k := range words {
			r.fit[k] &^= r.mask[k]
		}
	}
	g := r.gridOf(i)
	for _, u := range r.own.of(i) {
		r.charge(g, u, first, length)
	}
	for _, u := range r.shared.of(i) {
		r.charge(r.cross, u, first, length)
	}
}

// charge adds 1 to the cost of every slot from which the host would meet a slot without enough of the resource.
func (r *repair) charge(g *grid, u gridUse, first, length int) {
	any := uint64(0)
	for k := range r.mask {
		r.mask[k] = g.busy(u, first+k)
		any |= r.mask[k]
	}
	if any == 0 {
		return
	}
	dilate(r.mask, length)
	for k, carry := range r.mask {
		for plane := range r.cost {
			r.cost[plane][k], carry = r.cost[plane][k]^carry, r.cost[plane][k]&carry
		}
		for plane := range r.cost {
			r.cost[plane][k] |= carry
		}
	}
}

// dilate sets every bit that has a set bit less than length places after it.
func dilate(words []uint64, length int) {
	for have := 1; have < length; {
		step := min(have, length-have, 63)
		for k := range words {
			next := uint64(0)
			if k+1 < len(words) {
				next = words[k+1] << uint(64-step)
			}
			words[k] |= words[k]>>uint(step) | next
		}
		have += step
	}
}

// cleared returns so many words of zeros, in the same memory where that is enough.
func cleared(words []uint64, n int) []uint64 {
	if cap(words) < n {
		words = make([]uint64, n)
	}
	words = words[:n]
	clear(words)
	return words
}

// cheapest draws one of the slots of least cost where the host could start, counted from the first word of the
// window; -1 when there is none.
func (r *repair) cheapest() int {
	copy(r.mask, r.fit)
	for plane := planesOfCost - 1; plane >= 0; plane-- {
		any := uint64(0)
		for k := range r.mask {
			any |= r.mask[k] &^ r.cost[plane][k]
		}
		if any != 0 {
			for k := range r.mask {
				r.mask[k] &^= r.cost[plane][k]
			}
		}
	}
	total := 0
	for _, word := range r.mask {
		total += bits.OnesCount64(word)
	}
	if total == 0 {
		return -1
	}
	pick := int(r.draw.Below(uint64(total)))
	for k, word := range r.mask {
		if n := bits.OnesCount64(word); pick >= n {
			pick -= n
			continue
		}
		for ; pick > 0; pick-- {
			word &= word - 1
		}
		return k<<6 + bits.TrailingZeros64(word)
	}
	return -1
}
