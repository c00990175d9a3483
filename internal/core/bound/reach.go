package bound

import "math/bits"

// reachMax is for how many pieces sums are tried one by one; beyond, few are left out.
const reachMax = 64

// reachable returns the least time that is no less than least and is a sum of lengths of the pieces, or a
// number below it.
//
// Proof that a bound may be raised to it: of the shortest schedules of these pieces under one limit there is one
// in which no piece alone can start earlier. In it every piece starts at the beginning or where another ends, so
// the last end is a sum of lengths.
func reachable(list []piece, least int64) int64 {
	unit := int64(0)
	for _, x := range list {
		if unit = divisor(unit, x.length); unit == 1 {
			return least
		}
	}
	target := ceilDiv(least, unit)
	if len(list) > reachMax || target > sumsMax {
		return target * unit
	}
	return sumFrom(list, unit, target) * unit
}

// sumsMax is up to what number of units sums are tried.
const sumsMax = 1 << 12

// sumFrom returns the least sum of lengths, in units, that is target or more; target when all are below.
func sumFrom(list []piece, unit, target int64) int64 {
	width := target + list[0].length/unit + 1
	sums := newRow(int(width))
	sums.add(0)
	for _, x := range list {
		sums.addShifted(int(x.length / unit))
	}
	if sum := sums.first(int(target)); sum >= 0 && int64(sum) < width {
		return int64(sum)
	}
	return target
}

// addShifted adds to a set of numbers every one of them increased by n; those too great for it are lost.
func (r row) addShifted(n int) {
	words, rest := n>>6, n&63
	for k := len(r) - 1; k >= words; k-- {
		moved := r[k-words] << rest
		if rest > 0 && k > words {
			moved |= r[k-words-1] >> (64 - rest)
		}
		r[k] |= moved
	}
}

// divisor returns the greatest number that divides both.
func divisor(a, b int64) int64 {
	if a == 0 || b == 0 {
		return a + b
	}
	shift := bits.TrailingZeros64(uint64(a | b))
	a >>= bits.TrailingZeros64(uint64(a))
	for b != 0 {
		b >>= bits.TrailingZeros64(uint64(b))
		if a > b {
			a, b = b, a
		}
		b -= a
	}
	return a << shift
}
