// Package limit holds the two ways people write how many may be down: a count, or a share of a whole.
package limit

import (
	"fmt"
	"math/bits"
	"strconv"
	"strings"
)

// Limit is a count or an exact decimal percentage. The zero value is not set: it limits nothing.
type Limit struct {
	set    bool
	share  bool
	amount uint64 // a count, or millionths of a per cent
	text   string
}

// shareScale is how many units one per cent has: percentages carry up to six decimals, exactly.
const shareScale = 1_000_000

// countMax bounds a count: no fleet is larger, and products with it stay inside 64 bits.
const countMax = 1_000_000_000

// Count returns the limit of n.
func Count(n int) Limit {
	return Limit{set: true, amount: uint64(n), text: strconv.Itoa(n)}
}

// Parse reads "3", "10%" or "2.5%". Percentages lie between 0 and 100 with at most six decimals.
func Parse(s string) (Limit, error) {
	bad := func() error {
		return fmt.Errorf("%q is not a limit; write a count such as 1 or a share such as 10%% or 2.5%%", s)
	}
	number, share := strings.CutSuffix(s, "%")
	whole, decimals, dotted := strings.Cut(number, ".")
	if whole == "" || len(whole) > 10 || len(decimals) > 6 || (dotted && (decimals == "" || !share)) {
		return Limit{}, bad()
	}
	if strings.Trim(whole+decimals, "0123456789") != "" {
		return Limit{}, bad()
	}
	n, err := strconv.ParseUint(whole, 10, 64)
	if err != nil || n > countMax {
		return Limit{}, bad()
	}
	if !share {
		return Limit{set: true, amount: n, text: s}, nil
	}
	fraction, err := strconv.ParseUint((decimals + "000000")[:6], 10, 64)
	if err != nil {
		return Limit{}, bad()
	}
	amount := n*shareScale + fraction
	if amount > 100*shareScale {
		return Limit{}, fmt.Errorf("%q is more than 100%%", s)
	}
	return Limit{set: true, share: true, amount: amount, text: s}, nil
}

// Set reports whether the limit was written at all.
func (l Limit) Set() bool { return l.set }

// Zero reports whether the limit was written as 0 or 0%.
func (l Limit) Zero() bool { return l.set && l.amount == 0 }

// String returns the limit as it was written, or "none".
func (l Limit) String() string {
	if !l.set {
		return "none"
	}
	return l.text
}

// Of returns how many of a whole of n may be down: a count as it stands, a share rounded down but at
// least 1 unless written 0. It must not be called on a limit that is not set.
func (l Limit) Of(n int) int {
	if !l.set {
		panic("limit: Of called on a limit that is not set")
	}
	if !l.share || l.amount == 0 {
		return int(l.amount)
	}
	hi, lo := bits.Mul64(uint64(n), l.amount)
	q, _ := bits.Div64(hi, lo, 100*shareScale)
	return max(1, int(q))
}

// Times returns the limit numerator/denominator times as large, rounded up to what can be written: whole counts, shares
// of six decimals, no share above 100%. Both are small numbers, the denominator above zero. A limit that is not set
// stays so.
func (l Limit) Times(numerator, denominator uint32) Limit {
	if !l.set {
		return l
	}
	amount := (l.amount*uint64(numerator) + uint64(denominator) - 1) / uint64(denominator)
	if !l.share {
		amount = min(amount, countMax)
		return Limit{set: true, amount: amount, text: strconv.FormatUint(amount, 10)}
	}
	amount = min(amount, 100*shareScale)
	text := strconv.FormatUint(amount/shareScale, 10)
	if decimals := strings.TrimRight(fmt.Sprintf("%06d", amount%shareScale), "0"); decimals != "" {
		text += "." + decimals
	}
	return Limit{set: true, share: true, amount: amount, text: text + "%"}
}

// Exceeds reports whether part of whole is more than the limit allows: for a share, exactly
// part/whole > share; for a count, part > count. It never rounds. A limit that is not set is never exceeded.
func (l Limit) Exceeds(part, whole int) bool {
	if !l.share {
		return l.set && uint64(part) > l.amount
	}
	leftHi, leftLo := bits.Mul64(uint64(part), 100*shareScale)
	rightHi, rightLo := bits.Mul64(uint64(whole), l.amount)
	return leftHi > rightHi || (leftHi == rightHi && leftLo > rightLo)
}
