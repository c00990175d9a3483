package chance

import (
	"math/big"
	"math/bits"
	"sort"
)

// Table is a list of weights prepared for drawing. Its zero value holds nothing and must not be drawn from.
type Table struct {
	ends []uint64 // running sums
}

// NewTable returns the table of the weights. At least one weight must be above 0 and their sum must fit 64
// bits.
func NewTable(weights []uint64) Table {
	t := Table{ends: make([]uint64, len(weights))}
	sum, carry := uint64(0), uint64(0)
	for i, w := range weights {
		if sum, carry = bits.Add64(sum, w, 0); carry != 0 {
			panic("chance: the weights of a table sum to more than 64 bits")
		}
		t.ends[i] = sum
	}
	if sum == 0 {
		panic("chance: a table needs a weight above 0")
	}
	return t
}

// Pick draws the index of a weight, each as likely as its share of the sum; a weight of 0 is never drawn.
func (s *Source) Pick(t Table) int {
	at := s.Below(t.ends[len(t.ends)-1])
	return sort.Search(len(t.ends), func(i int) bool { return t.ends[i] > at })
}

// powerLawBits is the weight of the first index of a power law, as a power of two. With 40 bits the weight
// of the thousandth index is still exact to a part in a million for exponents up to 2.
const powerLawBits = 40

// PowerLaw returns a table of n weights in which index i, counted from 0, weighs (i+1)^-(over/under),
// rounded down in units of 2^-40. All is whole numbers, so every machine makes the same table. under must
// not be 0.
func PowerLaw(n int, over, under uint) Table {
	weights := make([]uint64, n)
	whole, weight := new(big.Int).Lsh(big.NewInt(1), powerLawBits*under), new(big.Int).Lsh(big.NewInt(1), powerLawBits)
	for i := range weights {
		rank := new(big.Int).Exp(big.NewInt(int64(i+1)), big.NewInt(int64(over)), nil)
		weight = root(rank.Quo(whole, rank), weight, int64(under))
		weights[i] = weight.Uint64()
	}
	return NewTable(weights)
}

// root returns the largest whole number whose power of that degree is at most v, by Newton's method from
// above: start must not be below it.
func root(v, start *big.Int, degree int64) *big.Int {
	less, whole := big.NewInt(degree-1), big.NewInt(degree)
	for x := start; ; {
		if x.Sign() == 0 {
			return x
		}
		y := new(big.Int).Exp(x, less, nil)
		y.Quo(v, y).Add(y, new(big.Int).Mul(less, x)).Quo(y, whole)
		if y.Cmp(x) >= 0 {
			return x
		}
		x = y
	}
}
