package search

import (
	"testing"

	"github.com/evenkeel-project/evenkeel/internal/core/bound"
	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/ident"
	"github.com/evenkeel-project/evenkeel/internal/core/instance"
	"github.com/evenkeel-project/evenkeel/internal/core/policy"
)

// pairsUnder returns hosts of one zone, down for a second each, of which every two neighbours share a limit, under a
// freeze from the start on that may be nil.
func pairsUnder(hosts int, frozen *instance.Timetable) *instance.Instance {
	r := instance.NewRoster(make([]ident.Host, hosts), make([]uint32, hosts))
	stage, starts, uses := instance.Stage{}, []uint32{0}, []instance.Use(nil)
	allowed := make([]int64, hosts/2)
	for i := range hosts {
		r.Length[i], r.Due[i], r.Frozen[i] = 1, instance.NoDeadline, frozen
		stage.Members = append(stage.Members, int32(i))
		allowed[i/2] = 1
		uses = append(uses, instance.Use{Resource: uint32(i / 2), Weight: 1})
		starts = append(starts, uint32(len(uses)))
	}
	c := &instance.Course{Legs: []instance.Leg{{Stages: []int{0}}}, Stages: []instance.Stage{stage}}
	p := &policy.Policy{Start: 1_000_000}
	return &instance.Instance{Start: p.Start, Policy: p, Roster: r, Course: c, Cohorts: 1, Names: plainNames{},
		Demand: instance.NewDemand(allowed, starts, uses), Gates: instance.NewGates(p, c, r)}
}

// heldBy counts the words of all grids and masks.
func heldBy(l *layout) int {
	words := len(l.cross.bits)
	for n := range l.stages {
		if g := l.stages[n].grid; g != nil {
			words += len(g.bits)
		}
	}
	for _, mask := range l.shut {
		words += len(mask)
	}
	return words
}

func TestAFreezeOfYearsTakesNoMoreMemoryThanGridsMayHave(t *testing.T) {
	start := calendar.Instant(1_000_000)
	in := pairsUnder(16, instance.NewTimetable([]calendar.Span{{From: start, To: start.Add(3000*calendar.Day + 1)}}))
	s := Open(in, bound.Prove(in), 1)
	s.known.Best.Seconds = 0 // else it is over at once
	for range 3 {
		s.Step()
	}
	if got := heldBy(s.layout); got > wordsMax {
		t.Errorf("the grids take %d words", got)
	}
}

func TestPromisesOfALaterYearTakeNoMoreMemoryThanGridsMayHave(t *testing.T) {
	in := pairsUnder(16, nil)
	promised := make([]calendar.Instant, 16)
	for i := range promised {
		promised[i] = in.Start.Add(3000*calendar.Day + calendar.Seconds(i))
	}
	s := Keep(in, bound.Prove(in), 1, promised)
	if got := heldBy(s.layout); got > wordsMax {
		t.Errorf("the grids take %d words", got)
	}
	for i, at := range s.Best().Start {
		if at < promised[i] {
			t.Errorf("host %d starts %s before it was promised", i, promised[i].Sub(at))
		}
	}
}
