package inspect_test

import (
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/evenkeel-project/evenkeel/internal/core/advisory"
	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/fleet"
	"github.com/evenkeel-project/evenkeel/internal/core/inspect"
	"github.com/evenkeel-project/evenkeel/internal/core/limit"
	"github.com/evenkeel-project/evenkeel/internal/core/plan"
	"github.com/evenkeel-project/evenkeel/internal/core/policy"
)

// start is 2014-09-28T11:00:00Z.
const start = calendar.Instant(1411902000)

// row is a fleet of n exposed hosts c-00, c-01, ... in one zone, each with one guest of the group acme/web,
// and a plan without fault that takes them one after another, ten minutes each.
func row(t *testing.T, n int) inspect.Input {
	t.Helper()
	b := fleet.NewBuilder("row.yaml")
	b.AddRegion(fleet.Region{ID: "dfw"})
	b.AddZone(fleet.Zone{ID: "dfw-1", Region: "dfw"})
	b.AddTenant(fleet.Tenant{ID: "acme"})
	b.AddGroup(fleet.Group{ID: "acme/web", Tenant: "acme", MaxDown: limit.Count(2)})
	p := &plan.Plan{Policy: "sha256:policy", Start: start, Advisories: []plan.AdvisoryRef{{ID: "XSA-108", Digest: "sha256:advisory"}}}
	for i := range n {
		host := fmt.Sprintf("c-%02d", i)
		b.AddHost(fleet.Host{ID: host, Zone: "dfw-1", Outage: 10 * calendar.Minute})
		b.AddGuest(fleet.Guest{ID: fmt.Sprintf("vm-%02d", i), Host: host, Tenant: "acme", Groups: []string{"acme/web"}})
		from := start.Add(calendar.Seconds(i) * 10 * calendar.Minute)
		span := calendar.Span{From: from, To: from.Add(10 * calendar.Minute)}
		p.Outages = append(p.Outages, plan.Outage{Host: host, Start: span.From, End: span.To, Window: span})
	}
	f, problems := b.Build()
	if problems.Failed() {
		t.Fatal(problems.Err())
	}
	p.Fleet, p.Makespan = f.Digest(), calendar.Seconds(n)*10*calendar.Minute
	p.Finish, p.Bound.Seconds = start.Add(p.Makespan), p.Makespan
	p.Seal()
	return inspect.Input{Plan: p, Fleet: f, Policy: &policy.Policy{Start: start, Digest: "sha256:policy"},
		Exposure: allExposed{{ID: "XSA-108", Action: advisory.Reboot, Digest: "sha256:advisory"}}}
}

// together makes all outages of a row start at once.
func together(in inspect.Input) {
	for i := range in.Plan.Outages {
		span := calendar.Span{From: start, To: start.Add(10 * calendar.Minute)}
		in.Plan.Outages[i].Start, in.Plan.Outages[i].End, in.Plan.Outages[i].Window = span.From, span.To, span
	}
	in.Plan.Finish, in.Plan.Makespan = start.Add(10*calendar.Minute), 10*calendar.Minute
	in.Plan.Bound.Seconds = in.Plan.Makespan
	in.Plan.Seal()
}

func TestAPlanWithoutFaultIsAcceptedAndTheReportSaysWhatWasLookedAt(t *testing.T) {
	report := inspect.Check(row(t, 5))
	if !report.Accepted() {
		t.Fatalf("found %v", report.Findings())
	}
	looked := map[string]int{}
	for _, rule := range report.Rules {
		if rule.Law == "" || rule.Unit == "" || strings.HasSuffix(rule.Law, ".") {
			t.Errorf("rule %s has no law or no unit", rule.Code)
		}
		looked[string(rule.Code)] = rule.Looked
	}
	for code, want := range map[string]int{"host-missing": 5, "group-limit": 5, "outage-length": 5, "zone-limit": 0, "canary-barrier": 0, "finish": 1} {
		if looked[code] != want {
			t.Errorf("%s: looked at %d, not %d", code, looked[code], want)
		}
	}
}

func TestAFindingNamesTheTimeTheScopeAndTheNumbers(t *testing.T) {
	in := row(t, 4)
	together(in)
	share, err := limit.Parse("75%")
	if err != nil {
		t.Fatal(err)
	}
	in.Policy.Limits.Zone = share
	findings := inspect.Check(in).Findings()
	want := []string{
		"at 2014-09-28T11:00:00Z 4 hosts of zone dfw-1 are down, limit 3 (75% of 4); make the plan again from these files [zone-limit]",
		"at 2014-09-28T11:00:00Z 4 members of group acme/web are down, limit 2 (2 of 4); make the plan again from these files [group-limit]",
	}
	var got []string
	for _, f := range findings {
		got = append(got, f.Error())
		if !slices.Equal(f.Objects[1:], []string{"c-00", "c-01", "c-02", "c-03"}) {
			t.Errorf("%s names %v", f.Code, f.Objects)
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestFindingsOfOneRuleAreCappedAndCounted(t *testing.T) {
	in := row(t, 50)
	in.Policy.Start = start + 1
	in.Plan.Outages = in.Plan.Outages[:0]
	report := inspect.Check(in)
	for _, rule := range report.Rules {
		if rule.Code == "host-missing" && (rule.Found != 50 || len(rule.Findings) != 20) {
			t.Errorf("%d found and %d kept, not 50 and 20", rule.Found, len(rule.Findings))
		}
	}
}

func TestEveryHostUnderLastThatMeetsAnotherIsFound(t *testing.T) {
	in := row(t, 3)
	in.Policy.Last = []policy.Selector{{Terms: []policy.Term{{Key: "zone", Value: "dfw-1"}}}}
	for i, minutes := range [][2]calendar.Seconds{{0, 30}, {5, 15}, {20, 30}} {
		in.Plan.Outages[i].Start = start.Add(minutes[0] * calendar.Minute)
		in.Plan.Outages[i].End = start.Add(minutes[1] * calendar.Minute)
	}
	for _, rule := range inspect.Check(in).Rules {
		if rule.Code == "last-together" && rule.Found != 2 {
			t.Errorf("found %d, not 2: %v", rule.Found, rule.Findings)
		}
	}
}

func TestTheSameInputGivesTheSameReport(t *testing.T) {
	for seed := range uint64(200) {
		m := newMutant(seed)
		m.perturb()
		if a, b := m.check(), m.check(); !reflect.DeepEqual(a, b) {
			t.Fatalf("seed %d: two reports differ", seed)
		}
	}
}

func TestAPlanOfAbsurdTimesIsRefusedAndDoesNotStopTheChecker(t *testing.T) {
	absurd := []calendar.Instant{math.MinInt64, math.MinInt64 + 1, -1, 0, math.MaxInt64 - 1, math.MaxInt64}
	for _, from := range absurd {
		for _, to := range absurd {
			in := row(t, 3)
			in.Policy.Freezes = []policy.Freeze{{Span: calendar.Span{From: start - 600, To: start}}}
			in.Plan.Outages[1].Start, in.Plan.Outages[1].End = from, to
			in.Plan.Outages[1].Window = calendar.Span{From: to, To: from}
			in.Plan.Bound.Seconds = calendar.Seconds(to)
			in.Plan.Seal()
			if inspect.Check(in).Accepted() {
				t.Errorf("an outage from %d to %d is accepted", from, to)
			}
		}
	}
}
