package search

import (
	"slices"
	"testing"

	"github.com/evenkeel-project/evenkeel/internal/core/bound"
	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
)

// The hosts take ten minutes, and so do slots; what was promised lies between.
func TestAPromiseNeedNotLieOnASlot(t *testing.T) {
	in := plain([]int64{600, 600, 600}, []int64{1}, [][]uint32{{1}, {1}, {1}})
	promised := []calendar.Instant{in.Start.Add(137), in.Start.Add(1400), Unpromised}
	got := Keep(in, bound.Prove(in), 1, promised).Best()
	want := []calendar.Instant{promised[0], promised[1], in.Start.Add(737)}
	if !slices.Equal(got.Start, want) {
		t.Errorf("got %v, want %v", got.Start, want)
	}
}

func TestAPromiseThatMissesADeadlineIsGivenUp(t *testing.T) {
	in := plain([]int64{600, 600}, []int64{1}, [][]uint32{{1}, {1}})
	in.Roster.Due[0] = int64(in.Start) + 1500
	promised := []calendar.Instant{in.Start.Add(1200), in.Start}
	if got := Keep(in, bound.Prove(in), 1, promised).Best(); got.Late != 0 {
		t.Errorf("the promise is kept and a host is %d s late: %v", got.Late, got.Start)
	}
	in.Roster.Due[0] = int64(in.Start) + 1800
	if got := Keep(in, bound.Prove(in), 1, promised).Best(); !slices.Equal(got.Start, promised) {
		t.Errorf("got %v, want %v", got.Start, promised)
	}
}

func TestAHostThatCannotHaveItsPromiseComesSoonAfter(t *testing.T) {
	in := plain([]int64{600, 600, 600}, []int64{1}, [][]uint32{{1}, {1}, {1}})
	promised := []calendar.Instant{in.Start.Add(1800), in.Start.Add(1800), in.Start.Add(-9000)}
	got := Keep(in, bound.Prove(in), 1, promised).Best()
	want := []calendar.Instant{in.Start.Add(1800), in.Start.Add(2400), in.Start}
	if !slices.Equal(got.Start, want) {
		t.Errorf("got %v, want %v", got.Start, want)
	}
}
