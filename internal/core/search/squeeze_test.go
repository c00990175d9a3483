package search

import (
	"testing"

	"github.com/evenkeel-project/evenkeel/internal/core/bound"
	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/instance"
)

// The first zone wastes a minute. Without it the canary of the second would start in its freeze.
func TestAnAttemptThatTakesACanaryIntoAFreezeIsGivenUp(t *testing.T) {
	in := plain([]int64{60, 60, 60}, []int64{1}, [][]uint32{{1}, {1}, {1}})
	in.Course.Stages = []instance.Stage{{Members: []int32{0, 1}}, {Members: []int32{2}}}
	in.Course.Legs[0].Stages = []int{0, 1}
	in.Roster.Stage[2], in.Roster.Canary[2] = 1, true
	in.Roster.Cohort[2], in.Cohorts = 1, 2
	in.Roster.Frozen[2] = instance.NewTimetable([]calendar.Span{{From: in.Start.Add(120), To: in.Start.Add(180)}})
	in.Gates = instance.NewGates(in.Policy, in.Course, in.Roster)
	s := Open(in, bound.Prove(in), 1)
	s.best = Schedule{Start: []calendar.Instant{in.Start, in.Start.Add(120), in.Start.Add(180)}, Finish: in.Start.Add(240)}
	s.prepare()
	if s.laid.Start == nil {
		t.Fatal("the schedule was not loaded")
	}
	for q := newSqueeze(s, s.chains); !q.over; q.step() {
		if q.doomed {
			continue
		}
		if at := in.Start.Add(calendar.Seconds(int64(s.layout.at[2]) * s.layout.unit)); at < in.Start.Add(180) {
			t.Fatalf("the canary stands at %s, in its freeze", at)
		}
	}
	if fault := broken(in, s.layout.schedule()); fault != "" {
		t.Error(fault)
	}
}
