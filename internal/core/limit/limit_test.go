package limit_test

import (
	"fmt"
	"math/big"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/evenkeel-project/evenkeel/internal/core/limit"
)

func parse(t interface{ Fatalf(string, ...any) }, s string) limit.Limit {
	l, err := limit.Parse(s)
	if err != nil {
		t.Fatalf("%q: %v", s, err)
	}
	return l
}

func TestASharesRoundsDownButToAtLeastOneUnlessWrittenZero(t *testing.T) {
	for _, example := range []struct {
		written string
		of      int
		want    int
	}{
		{"2.5%", 40, 1}, {"2.5%", 79, 1}, {"2.5%", 80, 2}, {"10%", 5, 1}, {"10%", 0, 1}, {"10%", 99, 9},
		{"0%", 5, 0}, {"0%", 1000000, 0}, {"0.000000%", 9, 0}, {"0", 7, 0}, {"3", 2, 3}, {"1", 0, 1},
		{"100%", 7, 7}, {"33.333333%", 3, 1}, {"0.000001%", 1_000_000_000, 10}, {"0.000001%", 1, 1},
		{"100%", 1_000_000_000, 1_000_000_000}, {"1000000000", 1, 1_000_000_000},
	} {
		if got := parse(t, example.written).Of(example.of); got != example.want {
			t.Errorf("%s of %d is %d, want %d", example.written, example.of, got, example.want)
		}
	}
}

func TestWhatIsNotALimitIsRefused(t *testing.T) {
	for _, written := range []string{"", "%", "-1", "+1", "1.5", ".5%", "5.%", "1e2", "0x10", "10 %", " 1", "1 ", "ten", "1,5%",
		"100.000001%", "101%", "1000000001", "99999999999", "0.0000001%", "٣", "1%%", "NaN", "4294967297%"} {
		if l, err := limit.Parse(written); err == nil {
			t.Errorf("%q is read as %s", written, l)
		} else if !strings.Contains(err.Error(), fmt.Sprintf("%q", written)) {
			t.Errorf("%q: the message does not name it: %v", written, err)
		}
	}
}

func TestALimitIsPrintedAsItWasWritten(t *testing.T) {
	for _, written := range []string{"1", "007", "2.50%", "0%"} {
		if got := parse(t, written).String(); got != written {
			t.Errorf("%q is printed %q", written, got)
		}
	}
	if got := limit.Count(12).String(); got != "12" {
		t.Errorf("a count of 12 is printed %q", got)
	}
	if got := (limit.Limit{}).String(); got != "none" {
		t.Errorf("a limit that is not set is printed %q", got)
	}
}

func TestALimitKnowsWhetherItIsSetAndWhetherItIsZero(t *testing.T) {
	for _, example := range []struct {
		l         limit.Limit
		set, zero bool
	}{
		{limit.Limit{}, false, false}, {parse(t, "0"), true, true}, {parse(t, "0.0%"), true, true},
		{parse(t, "0.000001%"), true, false}, {limit.Count(0), true, true}, {limit.Count(1), true, false},
	} {
		if example.l.Set() != example.set || example.l.Zero() != example.zero {
			t.Errorf("%s: set %v, zero %v", example.l, example.l.Set(), example.l.Zero())
		}
	}
}

func TestALimitThatIsNotSetHasNoNumber(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("it was taken for a number")
		}
	}()
	limit.Limit{}.Of(10)
}

func TestExceedingIsExactAndZeroMeansTheFirst(t *testing.T) {
	for _, example := range []struct {
		written     string
		part, whole int
		want        bool
	}{
		{"2%", 2, 100, false}, {"2%", 3, 100, true}, {"2%", 1, 49, true}, {"2%", 1, 50, false}, {"0%", 1, 1000000, true},
		{"0%", 0, 10, false}, {"0", 1, 10, true}, {"3", 3, 10, false}, {"3", 4, 10, true}, {"33.333333%", 1, 3, true},
		{"33.333334%", 1, 3, false},
	} {
		if got := parse(t, example.written).Exceeds(example.part, example.whole); got != example.want {
			t.Errorf("%d of %d exceeds %s: %v", example.part, example.whole, example.written, got)
		}
	}
	if (limit.Limit{}).Exceeds(5, 5) {
		t.Error("a limit that is not set was exceeded")
	}
}

func TestAMultipleOfALimitIsRoundedUpAndCanBeRead(t *testing.T) {
	for _, example := range []struct {
		written                string
		numerator, denominator uint32
		want                   string
	}{
		{"1", 5, 4, "2"}, {"4", 5, 4, "5"}, {"0", 3, 1, "0"}, {"900000000", 2, 1, "1000000000"}, {"10%", 5, 4, "12.5%"},
		{"0.000001%", 3, 2, "0.000002%"}, {"2.50%", 2, 1, "5%"}, {"60%", 2, 1, "100%"},
	} {
		got := parse(t, example.written).Times(example.numerator, example.denominator)
		if again := parse(t, got.String()); got.String() != example.want || again != got {
			t.Errorf("%s times %d/%d is %s, want %s, and is read as %#v, want %#v", example.written, example.numerator, example.denominator, got, example.want, again, got)
		}
	}
	if got := (limit.Limit{}).Times(2, 1); got.Set() {
		t.Errorf("twice no limit is %s", got)
	}
}

// written draws a share and returns it with its exact value.
func drawShare(t *rapid.T) (string, *big.Rat) {
	written := fmt.Sprintf("%d", rapid.IntRange(0, 100).Draw(t, "whole"))
	if decimals := rapid.StringMatching("[0-9]{0,6}").Draw(t, "decimals"); decimals != "" && written != "100" {
		written += "." + decimals
	}
	exact, ok := new(big.Rat).SetString(written)
	if !ok {
		t.Fatalf("%q is no number", written)
	}
	return written + "%", exact.Quo(exact, big.NewRat(100, 1))
}

func TestSharesAgreeWithExactArithmetic(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		written, share := drawShare(t)
		l := parse(t, written)
		n := rapid.IntRange(0, 1_000_000_000).Draw(t, "n")
		product := new(big.Rat).Mul(share, big.NewRat(int64(n), 1))
		want := new(big.Int).Quo(product.Num(), product.Denom())
		if want.Sign() == 0 && share.Sign() != 0 {
			want.SetInt64(1)
		}
		if got := l.Of(n); int64(got) != want.Int64() {
			t.Fatalf("%s of %d is %d, want %s", written, n, got, want)
		}
		part := rapid.IntRange(0, 1_000_000_000).Draw(t, "part")
		exceeds := big.NewRat(int64(part), 1).Cmp(product) > 0
		if got := l.Exceeds(part, n); got != exceeds {
			t.Fatalf("%d of %d exceeds %s: %v, want %v", part, n, written, got, exceeds)
		}
		if l.Zero() != (share.Sign() == 0) {
			t.Fatalf("%s is zero: %v", written, l.Zero())
		}
	})
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"1", "10%", "2.5%", "0", "100.0%", "x"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		l, err := limit.Parse(s)
		if err == nil && (l.String() != s || !l.Set() || l.Of(100) < 0) {
			t.Errorf("%q is read as %s", s, l)
		}
	})
}
