package chance_test

import (
	"slices"
	"testing"

	"github.com/evenkeel-project/evenkeel/internal/core/chance"
	"pgregory.net/rapid"
)

func draw(s *chance.Source, n int) []uint64 {
	out := make([]uint64, n)
	for i := range out {
		out[i] = s.Uint64()
	}
	return out
}

func TestTheRootDrawsThePublishedSequenceOfSplitMix64(t *testing.T) {
	want := []uint64{6457827717110365317, 3203168211198807973, 9817491932198370423, 4593380528125082431, 16408922859458223821}
	if got := draw(chance.New(1234567), len(want)); !slices.Equal(got, want) {
		t.Fatalf("seed 1234567 draws %d, want %d", got, want)
	}
}

func TestChildrenAreTheSameInEveryRelease(t *testing.T) {
	got := draw(chance.New(7).Child("host", 3).Child("facts", 0), 3)
	want := []uint64{13208367130610764765, 836566961723237867, 17781480840052103156}
	if !slices.Equal(got, want) {
		t.Fatalf("seed 7, host 3, facts 0 draws %d, want %d: every recorded plan and fleet would change", got, want)
	}
}

func TestDrawingInOneBranchNeverShiftsAnother(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		seed, n := rapid.Uint64().Draw(t, "seed"), rapid.Uint64().Draw(t, "n")
		name := rapid.String().Draw(t, "name")
		quiet, busy := chance.New(seed), chance.New(seed)
		draw(busy, rapid.IntRange(1, 20).Draw(t, "draws"))
		draw(busy.Child(name, n+1), 5)
		if !slices.Equal(draw(quiet.Child(name, n), 4), draw(busy.Child(name, n), 4)) {
			t.Fatalf("seed %d: child %q %d changed when others drew", seed, name, n)
		}
	})
}

func TestSiblingsParentsAndCousinsDiffer(t *testing.T) {
	root := chance.New(42)
	seen := map[uint64]string{}
	for _, c := range []struct {
		name   string
		source *chance.Source
	}{
		{"root", chance.New(42)}, {"other root", chance.New(43)},
		{"a 0", root.Child("a", 0)}, {"a 1", root.Child("a", 1)}, {"b 0", root.Child("b", 0)}, {"empty 0", root.Child("", 0)},
		{"a 0 b 0", root.Child("a", 0).Child("b", 0)}, {"b 0 a 0", root.Child("b", 0).Child("a", 0)}, {"ab 0", root.Child("ab", 0)},
	} {
		first := c.source.Uint64()
		if other, ok := seen[first]; ok {
			t.Errorf("seed 42: %s and %s draw the same", c.name, other)
		}
		seen[first] = c.name
	}
}

func TestBelowStaysBelow(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		seed, n := rapid.Uint64().Draw(t, "seed"), rapid.Uint64Min(1).Draw(t, "n")
		if got := chance.New(seed).Below(n); got >= n {
			t.Fatalf("seed %d: Below(%d) = %d", seed, n, got)
		}
	})
}

func TestBelowIsUnbiasedWhereNoMultipleOfItFits(t *testing.T) {
	// A modulo draws the lowest third of these twice as often; a product without rejection every third.
	const n, draws = uint64(3) << 62, 30000
	source, low, third := chance.New(5), 0, 0
	for range draws {
		v := source.Below(n)
		if v < n/3 {
			low++
		}
		if v%3 == 0 {
			third++
		}
	}
	if low < 9700 || low > 10300 || third < 9700 || third > 10300 {
		t.Fatalf("seed 5: of %d draws %d fall in the lowest third and %d are multiples of 3", draws, low, third)
	}
}

func TestChanceHitsItsShare(t *testing.T) {
	source, hits := chance.New(11), 0
	for range 10000 {
		if source.Chance(3, 10) {
			hits++
		}
	}
	if hits < 2850 || hits > 3150 {
		t.Fatalf("seed 11: a chance of 3 in 10 hit %d times in 10000", hits)
	}
}

func TestAPickFollowsTheWeightsAndNeverTakesAZero(t *testing.T) {
	table, source, counts := chance.NewTable([]uint64{0, 1, 0, 3, 6, 0}), chance.New(9), [6]int{}
	for range 10000 {
		counts[source.Pick(table)]++
	}
	for i, want := range [6]int{0, 1000, 0, 3000, 6000, 0} {
		if d := counts[i] - want; (want == 0 && d != 0) || d < -250 || d > 250 {
			t.Errorf("seed 9: index %d picked %d times, want about %d", i, counts[i], want)
		}
	}
}

func TestAPowerLawOfExponentOneHalvesAtTwo(t *testing.T) {
	table, source, counts := chance.PowerLaw(4, 1, 1), chance.New(3), [4]int{}
	for range 25000 {
		counts[source.Pick(table)]++
	}
	for i, want := range [4]int{12000, 6000, 4000, 3000} {
		if d := counts[i] - want; d < -300 || d > 300 {
			t.Errorf("seed 3: rank %d drawn %d times, want about %d", i+1, counts[i], want)
		}
	}
}

func TestAPowerLawIsTheSameInEveryRelease(t *testing.T) {
	table, source := chance.PowerLaw(600, 19, 10), chance.New(1)
	got := make([]int, 12)
	for i := range got {
		got[i] = source.Pick(table) + 1
	}
	if want := []int{1, 3, 29, 1, 1, 3, 6, 1, 1, 3, 1, 2}; !slices.Equal(got, want) {
		t.Fatalf("seed 1 draws %d, want %d", got, want)
	}
}

func TestAPowerLawMayFallToNothing(t *testing.T) {
	table, source := chance.PowerLaw(30, 40, 1), chance.New(2)
	for range 100 {
		if got := source.Pick(table); got > 1 {
			t.Fatalf("seed 2: index %d weighs less than 2^-40 and was drawn", got)
		}
	}
}

func TestImpossibleDrawsPanic(t *testing.T) {
	for name, act := range map[string]func(){
		"below nothing":     func() { chance.New(1).Below(0) },
		"no weights":        func() { chance.NewTable(nil) },
		"only zero weights": func() { chance.NewTable([]uint64{0, 0}) },
		"too much weight":   func() { chance.NewTable([]uint64{1 << 63, 1 << 63}) },
	} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if recover() == nil {
					t.Fatal("it did not panic")
				}
			}()
			act()
		})
	}
}
