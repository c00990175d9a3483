package search

import (
	"testing"

	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/ident"
	"github.com/evenkeel-project/evenkeel/internal/core/instance"
	"github.com/evenkeel-project/evenkeel/internal/core/policy"
)

// frozenRow is hosts of these lengths, one at a time, in this order, all under a freeze.
func frozenRow(freeze calendar.Span, lengths ...int64) *dispatcher {
	n := len(lengths)
	r := instance.NewRoster(make([]ident.Host, n), make([]uint32, n))
	r.Length = lengths
	freezes := instance.NewTimetable([]calendar.Span{freeze})
	starts, uses, order := []uint32{0}, []instance.Use(nil), []int32(nil)
	for i := range lengths {
		r.Frozen[i] = freezes
		uses = append(uses, instance.Use{Resource: 0, Weight: 1})
		starts, order = append(starts, uint32(len(uses))), append(order, int32(i))
	}
	in := &instance.Instance{Policy: &policy.Policy{}, Roster: r, Course: &instance.Course{}, Names: plainNames{},
		Demand: instance.NewDemand([]int64{1}, starts, uses)}
	return newDispatcher(in, newBoard(r, nil), order)
}

func TestAShorterHostGoesBeforeAFreezeThatALongerOneAheadOfItWouldMeet(t *testing.T) {
	s := frozenRow(calendar.Span{From: 50, To: 60}, 30, 40, 50, 15)
	s.round(0)
	s.handle(s.events.pop().value, 30)
	s.round(30)
	if len(s.events) != 2 {
		t.Errorf("the events are %v, want the end of an outage and that of the freeze", s.events)
	}
	made := s.finish(30)
	for i, want := range []calendar.Instant{0, 60, 100, 30} {
		if made.Start[i] != want {
			t.Errorf("host %d starts at %d, want %d", i, made.Start[i], want)
		}
	}
}

func TestOnlySoManyHostsAreTriedThatAFreezeWouldMeet(t *testing.T) {
	for _, x := range []struct {
		longer int
		want   calendar.Instant
	}{{longMax - 1, 30}, {longMax, 60 + longMax*40}} {
		lengths := []int64{30}
		for range x.longer {
			lengths = append(lengths, 40)
		}
		made := frozenRow(calendar.Span{From: 50, To: 60}, append(lengths, 15)...).finish(0)
		if got := made.Start[len(lengths)]; got != x.want {
			t.Errorf("behind %d longer hosts a shorter one starts at %d, want %d", x.longer, got, x.want)
		}
	}
}

func TestHostsThatAFreezeKeepsStayParkedWithOneEventForAll(t *testing.T) {
	s := frozenRow(calendar.Span{From: 15, To: 30}, 10, 10, 10, 10, 10, 10)
	s.round(0)
	s.handle(s.events.pop().value, 10)
	s.round(10)
	if len(s.events) != 1 || s.events[0].key != 30 {
		t.Errorf("the events are %v, want one at 30", s.events)
	}
	made := s.finish(10)
	if made.Finish != 80 {
		t.Errorf("the schedule ends at %d, want 80", made.Finish)
	}
}
