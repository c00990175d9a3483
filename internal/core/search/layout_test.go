package search

import (
	"slices"
	"testing"

	"github.com/evenkeel-project/evenkeel/internal/core/bound"
	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/instance"
)

func TestNoWindowEndsAfterADeadlineThatCanBeMet(t *testing.T) {
	in := plain([]int64{600, 600}, []int64{1}, [][]uint32{{1}, {1}})
	in.Roster.Due[1] = int64(in.Start) + 1100
	l := newLayout(in, Schedule{Start: []calendar.Instant{in.Start.Add(600), in.Start}, Finish: in.Start.Add(1200)}, nil)
	l.clean()
	l.openStage(0, 9)
	if got := l.windowOf(1); got != (window{0, 1}) {
		t.Errorf("the window of the host with a deadline is %v", got)
	}
	if got := l.windowOf(0); got.to <= 1 {
		t.Errorf("the window of the other is %v", got)
	}
}

// Long outages of an odd number of seconds under many limits need more memory than there is.
func TestSlotsGetLongerWhereMemoryWouldNotDoAndNoLimitBreaks(t *testing.T) {
	const hosts, racks = 600, 600
	lengths, allowed, weights := make([]int64, hosts), slices.Repeat([]int64{2}, racks), make([][]uint32, hosts)
	for i := range hosts {
		lengths[i], weights[i] = 400_009+int64(i%3), make([]uint32, racks)
		for k := range 4 {
			weights[i][(i+k)%racks] = 1
		}
	}
	in := plain(lengths, allowed, weights)
	s := Open(in, bound.Prove(in), 1)
	l := newLayout(in, s.Best(), nil)
	if l.unit == 1 {
		t.Fatal("slots of a second need no more memory than there is: the test shows nothing")
	}
	if words := len(newGrid(l.stages[0].allowed, 0, int(l.stages[0].room)).bits); words > wordsMax {
		t.Errorf("slots of %d s take %d words", l.unit, words)
	}
	if l.load(Schedule{Start: slices.Repeat([]calendar.Instant{in.Start}, hosts)}) {
		t.Error("a schedule that breaks limits was loaded")
	}
	for range 4 {
		s.Step()
		if fault := broken(in, s.Best()); fault != "" {
			t.Fatal(fault)
		}
	}
}

func TestChainsAreTheStagesOfAllRegionsOrOfEach(t *testing.T) {
	c := &instance.Course{Legs: []instance.Leg{{Stages: []int{0, 1}}, {Stages: []int{2}}}}
	if got := chainsOf(c); !slices.EqualFunc(got, [][]int32{{0, 1}, {2}}, slices.Equal) {
		t.Errorf("side by side: %v", got)
	}
	c.RegionsOrdered = true
	if got := chainsOf(c); !slices.EqualFunc(got, [][]int32{{0, 1, 2}}, slices.Equal) {
		t.Errorf("one after another: %v", got)
	}
}

func TestChainsMeetWhereHostsOfOneWaitForCanariesOfAnother(t *testing.T) {
	in := plain([]int64{60, 60, 60}, []int64{1}, [][]uint32{{1}, {1}, {1}})
	in.Course.Legs = []instance.Leg{{Stages: []int{0}}, {Region: 1, Stages: []int{1}}}
	in.Course.Stages = []instance.Stage{{Members: []int32{0, 1}}, {Members: []int32{2}}}
	in.Roster.Stage[2], in.Roster.Canary[0], in.Cohorts = 1, true, 2
	for cohort, want := range []bool{true, false} {
		in.Roster.Cohort[2] = uint32(cohort)
		l := newLayout(in, Open(in, bound.Prove(in), 1).Best(), nil)
		if got := l.cohortsMeet(chainsOf(in.Course)); got != want {
			t.Errorf("with the host of the other chain in cohort %d: %t", cohort, got)
		}
	}
}

func TestTheLastOfSeveralCanariesOpensTheCohort(t *testing.T) {
	in := plain([]int64{120, 60, 60}, []int64{3}, [][]uint32{{1}, {1}, {1}})
	in.Roster.Canary[0], in.Roster.Canary[1], in.Policy.Canary.Bake = true, true, 60
	l := newLayout(in, Open(in, bound.Prove(in), 1).Best(), nil)
	l.clean()
	l.openStage(0, 9)
	if !l.standCanaries(l.canaries) || l.windowOf(2).from != 3 {
		t.Errorf("canaries stand at %v, the third host may start at slot %d", l.at, l.windowOf(2).from)
	}
}
