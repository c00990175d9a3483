// Package chance holds random numbers that can be made again: a tree of sources, each a pure function of
// one seed and the names on the way to it. It reads no clock and no system randomness, and nothing here
// knows what is drawn for.
//
// Draw for each object from a Child of its own: then drawing more for one never shifts what another gets,
// and a change of one part of a generator leaves the other parts as they were.
package chance

import "math/bits"

// Source draws numbers by SplitMix64 (Steele, Lea and Flood, 2014). It is not for secrets. A Source must
// not be used by two goroutines at once.
type Source struct {
	seed  uint64 // names this branch; never changes
	state uint64
}

// golden is the odd number nearest 2^64 divided by the golden ratio: the step of SplitMix64.
const golden = 0x9e3779b97f4a7c15

// New returns the root of a tree.
func New(seed uint64) *Source { return &Source{seed: seed, state: seed} }

// Child returns the branch of that name and number. It depends on the seed and the path alone, not on
// what was drawn before, so the same child can be had again from its start.
func (s *Source) Child(name string, n uint64) *Source {
	h := uint64(14695981039346656037) // FNV-1a
	for i := range len(name) {
		h = (h ^ uint64(name[i])) * 1099511628211
	}
	return New(mix(mix(mix(s.seed+golden)^h) + mix(n+golden)))
}

// Uint64 draws a number of 64 bits.
func (s *Source) Uint64() uint64 {
	s.state += golden
	return mix(s.state)
}

func mix(z uint64) uint64 {
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// Below draws a number from 0 to n-1, each as likely as the others. n must not be 0.
func (s *Source) Below(n uint64) uint64 {
	if n == 0 {
		panic("chance: Below(0): there is nothing to draw from")
	}
	// The high word of a 128-bit product is even but for the draws whose low word falls under 2^64 mod n
	// (Lemire, 2019); those are drawn again.
	high, low := bits.Mul64(s.Uint64(), n)
	if low < n {
		for rejected := -n % n; low < rejected; {
			high, low = bits.Mul64(s.Uint64(), n)
		}
	}
	return high
}

// Chance reports true numerator times out of denominator. The denominator must not be 0.
func (s *Source) Chance(numerator, denominator uint64) bool {
	return s.Below(denominator) < numerator
}
