package cli

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/plan"
	"github.com/evenkeel-project/evenkeel/internal/core/whatif"
)

func TestAColumnHasHoursAndMinutesOrMinutesAndSeconds(t *testing.T) {
	for d, want := range map[calendar.Seconds]string{0: "0m", 45: "0m 45s", 60: "1m", 3599: "59m 59s", 3600: "1h", 3661: "1h 1m",
		94812: "26h 20m", -660: "-11m", -3660: "-1h 1m"} {
		if got := hours(d); got != want {
			t.Errorf("%d seconds are %q, want %q", d, got, want)
		}
	}
}

func TestAWorkThatIsStoppedPricesNoFurtherRule(t *testing.T) {
	var b strings.Builder
	s := &session{Streams: Streams{Err: &b}}
	ctx, stop := context.WithCancel(context.Background())
	stop()
	if got := s.priced(ctx, make([]whatif.Question, 5), planView{plan: &plan.Plan{}}); len(got) != 0 {
		t.Errorf("priced %+v", got)
	}
}

func TestAnExplanationThatWasStoppedSaysHowMuchIsMissing(t *testing.T) {
	var b strings.Builder
	s := &session{Streams: Streams{Out: &b}}
	s.printExplanation(explanation{planView: planView{plan: &plan.Plan{Outages: []plan.Outage{{Host: "c-1"}}}}, asked: 3,
		prices: []whatif.Price{{Question: whatif.Question{Rule: "zones one at a time\x1b[31m"}, Saves: 60, Outages: 1}}})
	for _, want := range []string{"2 rules not priced: the command was stopped", `zones one at a time\u001b[31m`} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("%q is not in\n%s", want, b.String())
		}
	}
}

func TestOfRulesThatWereNotPricedNothingIsSaid(t *testing.T) {
	deadline, margin := calendar.Instant(1000), calendar.Seconds(-600)
	late := plan.Plan{Start: 0, Deadline: &deadline, Margin: &margin, LatestSafeStart: &deadline, Outages: []plan.Outage{{Host: "c-1"}}}
	for asked, want := range map[int]string{1: "No single rule is enough.", 2: "None of the rules priced so far is enough."} {
		var b strings.Builder
		s := &session{Streams: Streams{Out: &b, Zone: time.UTC}}
		s.printExplanation(explanation{planView: planView{plan: &late, options: planOptions{zone: time.UTC}}, asked: asked,
			prices: []whatif.Price{{Question: whatif.Question{Rule: "limit fleet: 1"}, Margin: &margin, Deadline: whatif.Missed, Outages: 1}}})
		if !strings.Contains(b.String(), want) {
			t.Errorf("one of %d rules priced: %q is not in\n%s", asked, want, b.String())
		}
	}
}

func TestWhatSavesMostComesFirstAndProofsOfNothingLast(t *testing.T) {
	list := dearest([]whatif.Price{{Question: whatif.Question{Rule: "nothing"}, Makespan: 9, Bound: 9}, {Question: whatif.Question{Rule: "refused"}, Refused: "no"},
		{Question: whatif.Question{Rule: "loses"}, Makespan: 12, Saves: -3, Bound: 5}, {Question: whatif.Question{Rule: "found nothing"}, Makespan: 9, Bound: 5},
		{Question: whatif.Question{Rule: "most"}, Makespan: 2, Saves: 7, Bound: 1}, {Question: whatif.Question{Rule: "some"}, Makespan: 8, Saves: 1, Bound: 1}})
	var order []string
	for _, p := range list {
		order = append(order, p.Rule)
	}
	if got, want := strings.Join(order, ", "), "most, some, found nothing, loses, nothing, refused"; got != want {
		t.Errorf("order %s, want %s", got, want)
	}
}
