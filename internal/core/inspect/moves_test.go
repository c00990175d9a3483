package inspect_test

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/evenkeel-project/evenkeel/internal/core/advisory"
	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/fleet"
	"github.com/evenkeel-project/evenkeel/internal/core/inspect"
	"github.com/evenkeel-project/evenkeel/internal/core/label"
	"github.com/evenkeel-project/evenkeel/internal/core/limit"
	"github.com/evenkeel-project/evenkeel/internal/core/plan"
	"github.com/evenkeel-project/evenkeel/internal/core/policy"
)

// pair is a fleet of two exposed hosts and a plan that moves guests: c-00, which is empty, goes first; then the
// guests of c-01, with one demand of memory each, are moved to it one after another, and c-01 follows. A pinned guest
// stays there; with it the even share of the group is two.
func pair(t *testing.T, capacity string, demands ...string) inspect.Input {
	t.Helper()
	b := fleet.NewBuilder("pair.yaml")
	b.AddRegion(fleet.Region{ID: "dfw"})
	b.AddZone(fleet.Zone{ID: "dfw-1", Region: "dfw"})
	b.AddTenant(fleet.Tenant{ID: "acme"})
	b.AddGroup(fleet.Group{ID: "acme/web", Tenant: "acme", MaxDown: limit.Count(1)})
	memory := func(n string) label.Set {
		return label.NewSet([]label.Pair{{Key: policy.MemoryKey, Value: label.Text(n)}})
	}
	for _, host := range []string{"c-00", "c-01"} {
		b.AddHost(fleet.Host{ID: host, Zone: "dfw-1", Outage: 10 * calendar.Minute, Capacity: memory(capacity)})
	}
	p := &plan.Plan{Policy: "sha256:policy", Start: start, Advisories: []plan.AdvisoryRef{{ID: "XSA-108", Digest: "sha256:advisory"}}}
	at := start.Add(10 * calendar.Minute)
	for i, demand := range demands {
		guest := fmt.Sprintf("vm-%02d", i)
		b.AddGuest(fleet.Guest{ID: guest, Host: "c-01", Tenant: "acme", Groups: []string{"acme/web"}, OnReboot: fleet.Migrate, Demand: memory(demand)})
		p.Moves = append(p.Moves, plan.Move{Guest: guest, From: "c-01", To: "c-00", At: at})
		at = at.Add(calendar.Minute)
	}
	b.AddGuest(fleet.Guest{ID: "vm-99", Host: "c-01", Tenant: "acme", Groups: []string{"acme/web"}, OnReboot: fleet.Pinned})
	f, problems := b.Build()
	if problems.Failed() {
		t.Fatal(problems.Err())
	}
	for i, from := range []calendar.Instant{start, at} {
		span := calendar.Span{From: from, To: from.Add(10 * calendar.Minute)}
		p.Outages = append(p.Outages, plan.Outage{Host: fmt.Sprintf("c-%02d", i), Start: span.From, End: span.To, Window: span})
	}
	p.Fleet, p.Finish = f.Digest(), at.Add(10*calendar.Minute)
	p.Makespan = p.Finish.Sub(start)
	p.Bound.Seconds = p.Makespan
	p.Seal()
	return inspect.Input{Plan: p, Fleet: f, Policy: &policy.Policy{Start: start, Digest: "sha256:policy", Moves: &policy.Moves{Host: 2, Length: calendar.Minute}},
		Exposure: allExposed{{ID: "XSA-108", Action: advisory.Reboot, Digest: "sha256:advisory"}}}
}

func TestAPlanThatMovesGuestsOneByOneIsAccepted(t *testing.T) {
	report := inspect.Check(pair(t, "300", "100", "200"))
	if !report.Accepted() {
		t.Fatalf("found %v", report.Findings())
	}
	for _, rule := range report.Rules {
		for code, want := range map[string]int{"move-from": 2, "move-room": 2, "move-spread": 2, "not-drained": 2, "moves-group-limit": 2, "proposal-guest": 0} {
			if string(rule.Code) == code && rule.Looked != want {
				t.Errorf("%s: looked at %d, not %d", code, rule.Looked, want)
			}
		}
	}
}

func TestAFindingOnAMoveNamesTheGuestTheHostsTheTimeAndWhy(t *testing.T) {
	in := pair(t, "300", "100", "201")
	in.Plan.Moves[1].At = in.Plan.Moves[0].At
	in.Plan.Seal()
	var got []string
	for _, f := range inspect.Check(in).Findings() {
		got = append(got, f.Error())
		if f.Code == "move-room" && !slices.Equal(f.Objects, []string{"vm-01", "c-01", "c-00"}) && !slices.Equal(f.Objects, []string{"vm-00", "c-01", "c-00"}) {
			t.Errorf("%s names %v", f.Code, f.Objects)
		}
	}
	want := []string{
		"guest vm-00 is moved from host c-01 to host c-00 at 2014-09-28T11:10:00Z, but more than its capacity of 300 memory_mib is taken there; make the plan again from these files [move-room]",
		"guest vm-01 is moved from host c-01 to host c-00 at 2014-09-28T11:10:00Z, but more than its capacity of 300 memory_mib is taken there; make the plan again from these files [move-room]",
		"at 2014-09-28T11:10:00Z 2 guests of group acme/web are moving, limit 1; make the plan again from these files [moves-group-limit]",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestRoomIsAddedUpWithoutGoingRound(t *testing.T) {
	const most = "18446744073709551615"
	for _, demands := range [][]string{{most, "2"}, {"2", most}, {most, most, "2"}} {
		report := inspect.Check(pair(t, "2", demands...))
		if !slices.Contains(codes(report), "move-room") {
			t.Errorf("demands of %v fit into 2: %v", demands, codes(report))
		}
	}
}

func TestMovesAtAbsurdTimesAreRefusedAndDoNotStopTheChecker(t *testing.T) {
	absurd := []calendar.Instant{math.MinInt64, math.MinInt64 + 1, -1, 0, math.MaxInt64 - 1, math.MaxInt64}
	for _, at := range absurd {
		for _, length := range []calendar.Seconds{1, calendar.Day, math.MaxInt64} {
			in := pair(t, "300", "100", "200")
			in.Policy.Freezes = []policy.Freeze{{Span: calendar.Span{From: start - 600, To: start}}}
			in.Policy.Moves.Length = length
			in.Plan.Moves[1].At = at
			in.Plan.Seal()
			if inspect.Check(in).Accepted() {
				t.Errorf("a move of %d seconds at %d is accepted", length, at)
			}
		}
	}
}

func TestTheLatestSafeStartKeepsMovesOutOfFreezes(t *testing.T) {
	in := pair(t, "300", "100", "200")
	until := in.Plan.Finish.Add(calendar.Day)
	in.Exposure = allExposed{{ID: "XSA-108", Action: advisory.Reboot, Digest: "sha256:advisory", Embargo: &advisory.Embargo{Until: until}}}
	// With the whole room used, the outages lie before and behind this freeze, and the moves in it.
	moves := calendar.Span{From: in.Plan.Moves[0].At, To: in.Plan.Outages[1].Start}
	in.Policy.Freezes = []policy.Freeze{{Span: calendar.Span{From: moves.From.Add(calendar.Day), To: moves.To.Add(calendar.Day)}, Reason: "close"}}
	safe := start.Add(calendar.Day - 12*calendar.Minute) // c-01 is back when the freeze begins
	margin := calendar.Day
	in.Plan.Deadline, in.Plan.Margin, in.Plan.LatestSafeStart = &until, &margin, &safe
	in.Plan.Seal()
	report := inspect.Check(in)
	for _, f := range report.Findings() {
		t.Error(f)
	}
}
