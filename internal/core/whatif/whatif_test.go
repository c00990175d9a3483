package whatif_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/evenkeel-project/evenkeel/internal/core/advisory"
	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/exposure"
	"github.com/evenkeel-project/evenkeel/internal/core/fleet"
	"github.com/evenkeel-project/evenkeel/internal/core/ident"
	"github.com/evenkeel-project/evenkeel/internal/core/limit"
	"github.com/evenkeel-project/evenkeel/internal/core/plan"
	"github.com/evenkeel-project/evenkeel/internal/core/planner"
	"github.com/evenkeel-project/evenkeel/internal/core/policy"
	"github.com/evenkeel-project/evenkeel/internal/core/whatif"
)

const start = calendar.Instant(1_767_571_200)

// exposed calls every host exposed by one advisory.
type exposed struct{ advisory advisory.Advisory }

func (e exposed) Advisories() []*advisory.Advisory  { return []*advisory.Advisory{&e.advisory} }
func (e exposed) NeedsOutage(ident.Host) bool       { return true }
func (e exposed) Touches(int, ident.Host) bool      { return true }
func (e exposed) Overall(ident.Host) exposure.State { return exposure.VulnerableRunning }

// twelve is twelve exposed hosts in two zones of one region, ten minutes each, and groups over the first of them.
func twelve(t testing.TB, until calendar.Seconds, rules policy.Policy, groups ...fleet.Group) planner.Input {
	t.Helper()
	b := fleet.NewBuilder("twelve.yaml")
	b.AddRegion(fleet.Region{ID: "r"})
	b.AddZone(fleet.Zone{ID: "z-1", Region: "r"})
	b.AddZone(fleet.Zone{ID: "z-2", Region: "r"})
	b.AddTenant(fleet.Tenant{ID: "t"})
	for _, g := range groups {
		b.AddGroup(g)
	}
	for i := range 12 {
		host := fmt.Sprintf("h-%02d", i)
		b.AddHost(fleet.Host{ID: host, Zone: fmt.Sprintf("z-%d", 1+i/6)})
		guest := fleet.Guest{ID: "v-" + host, Host: host, Tenant: "t"}
		for _, g := range groups {
			guest.Groups = append(guest.Groups, g.ID)
		}
		b.AddGuest(guest)
	}
	f, problems := b.Build()
	if problems.Failed() {
		t.Fatal(problems.Err())
	}
	rules.Start, rules.DefaultOutage = start, 10*calendar.Minute
	e := exposed{advisory.Advisory{ID: "XSA-1", Action: advisory.Reboot}}
	if until > 0 {
		e.advisory.Embargo = &advisory.Embargo{Until: start.Add(until), DeployPatch: advisory.Allowed}
	}
	return planner.Input{Fleet: f, Exposure: e, Policy: &rules}
}

func made(t testing.TB, in planner.Input) *plan.Plan {
	t.Helper()
	p, problems := planner.Make(in)
	if problems.Failed() {
		t.Fatal(problems.Err())
	}
	return p
}

func parsed(t testing.TB, s string) limit.Limit {
	t.Helper()
	l, err := limit.Parse(s)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func codes(list []whatif.Question) []string {
	var out []string
	for _, q := range list {
		out = append(out, strings.TrimSpace(q.Code+" "+q.Object))
	}
	return out
}

var freeOrder = policy.Order{Regions: policy.FreeRegions, FreeZones: true, BakeZone: calendar.Hour, BakeRegion: calendar.Hour}

func TestOnlyRulesThatThePolicyHasAreAsked(t *testing.T) {
	in := twelve(t, 0, policy.Policy{Order: freeOrder})
	if got := whatif.Questions(in, made(t, in)); len(got) != 0 {
		t.Errorf("a policy without rules is asked %q", codes(got))
	}
	freeze := func(from, to calendar.Seconds, scope string) policy.Freeze {
		return policy.Freeze{Span: calendar.Span{From: start.Add(from), To: start.Add(to)}, Zone: scope, Reason: "fair " + scope}
	}
	in = twelve(t, calendar.Day, policy.Policy{
		Order:  policy.Order{BakeZone: calendar.Minute, BakeRegion: calendar.Minute},
		Limits: policy.Limits{Fleet: parsed(t, "3"), Zone: parsed(t, "50%"), Tenant: parsed(t, "20%")},
		Canary: policy.Canary{Hosts: 1, Bake: calendar.Minute}, DeadlineReserve: calendar.Hour,
		Freezes: []policy.Freeze{freeze(-60, 0, ""), freeze(60, 120, "z-2"), freeze(100*calendar.Day, 101*calendar.Day, ""), freeze(600, 660, "")},
		Last:    []policy.Selector{{HostID: "h-03"}},
	}, fleet.Group{ID: "t/loose", Tenant: "t", MaxDown: parsed(t, "100%")}, fleet.Group{ID: "t/tight", Tenant: "t", MaxDown: parsed(t, "2")},
		fleet.Group{ID: "t/tighter", Tenant: "t", MaxDown: parsed(t, "1")})
	want := []string{"order.zones", "order.bake.zone", "order.regions", "order.bake.region", "canary", "limits.fleet", "limits.zone", "limits.tenant",
		"freezes[3] fair", "freezes[1] fair z-2", "last", "deadline.reserve", "max_down t/tighter", "max_down t/tight"}
	if got := codes(whatif.Questions(in, made(t, in))); !slices.Equal(got, want) {
		t.Errorf("asked %q,\nwant %q", got, want)
	}
}

func TestARuleIsPricedByThePlanWithoutIt(t *testing.T) {
	in := twelve(t, 100*calendar.Minute, policy.Policy{Order: policy.Order{Regions: policy.FreeRegions, FreeZones: true}, Limits: policy.Limits{Fleet: parsed(t, "3")}},
		fleet.Group{ID: "t/g", Tenant: "t", MaxDown: parsed(t, "1")})
	kept := made(t, in)
	questions := whatif.Questions(in, kept)
	if kept.Makespan != 120*calendar.Minute || whatif.Judge(kept) != whatif.Hopeless || len(questions) != 2 {
		t.Fatalf("makespan %s, %s, %q", kept.Makespan, whatif.Judge(kept), codes(questions))
	}
	fleetLimit, group := whatif.Answer(questions[0], kept), whatif.Answer(questions[1], kept)
	if fleetLimit.Saves != 0 || !fleetLimit.SavesNothing() || fleetLimit.Deadline != whatif.Hopeless || *fleetLimit.Margin != -20*calendar.Minute {
		t.Errorf("without the limit %+v", fleetLimit)
	}
	if group.Makespan != 40*calendar.Minute || group.Saves != 80*calendar.Minute || group.SavesNothing() || group.Deadline != whatif.Met || group.Bound != 40*calendar.Minute {
		t.Errorf("without the group %+v", group)
	}
	if enough := whatif.Enough([]whatif.Price{fleetLimit, group, {Refused: "it could not be planned", Deadline: whatif.Met}}); len(enough) != 1 || enough[0].Object != "t/g" {
		t.Errorf("enough: %+v", enough)
	}
}

func TestWhatSavesLeastAndStillMeetsTheDeadlineComesFirst(t *testing.T) {
	list := whatif.Enough([]whatif.Price{{Question: whatif.Question{Code: "a"}, Saves: 9, Deadline: whatif.Met}, {Question: whatif.Question{Code: "b"}, Saves: 3, Deadline: whatif.Met},
		{Question: whatif.Question{Code: "c"}, Saves: 1, Deadline: whatif.Missed}})
	if len(list) != 2 || list[0].Code != "b" || list[1].Code != "a" {
		t.Errorf("%+v", list)
	}
}

func TestALimitIsLoosenedStepByStepAndNothingElseIs(t *testing.T) {
	in := twelve(t, 70*calendar.Minute, policy.Policy{Order: policy.Order{Regions: policy.FreeRegions, FreeZones: true},
		Limits: policy.Limits{Fleet: parsed(t, "1"), Zone: parsed(t, "60%")}}, fleet.Group{ID: "t/g", Tenant: "t", MaxDown: parsed(t, "6")})
	kept := made(t, in)
	questions := whatif.Questions(in, kept)
	steps := func(q whatif.Question) (out []string) {
		for _, looser := range whatif.Loosened(q) {
			out = append(out, looser.To)
		}
		return out
	}
	if got := steps(questions[0]); questions[0].Code != "limits.fleet" || !slices.Equal(got, []string{"2", "3"}) {
		t.Errorf("%s is loosened to %q", questions[0].Rule, got)
	}
	if got := steps(questions[1]); questions[1].Code != "limits.zone" || !slices.Equal(got, []string{"75%", "90%", "100%"}) {
		t.Errorf("%s is loosened to %q", questions[1].Rule, got)
	}
	if got := steps(questions[2]); questions[2].Code != "max_down" || len(got) != 0 {
		t.Errorf("%s is loosened to %q", questions[2].Rule, got)
	}
	if twice := whatif.Answer(whatif.Loosened(questions[0])[0], kept); twice.Makespan != 60*calendar.Minute || twice.Deadline != whatif.Met {
		t.Errorf("with two hosts at once %+v", twice)
	}
}

func TestAWaiverThatLetsHostsInIsPricedWithThem(t *testing.T) {
	b := policy.Policy{Order: policy.Order{Regions: policy.FreeRegions, FreeZones: true}, Limits: policy.Limits{Fleet: parsed(t, "1")}}
	in := twelve(t, 0, b, fleet.Group{ID: "t/none", Tenant: "t", MaxDown: parsed(t, "0")}, fleet.Group{ID: "t/g", Tenant: "t", MaxDown: parsed(t, "2")})
	kept := made(t, in)
	if len(kept.Blocked) != 12 || len(whatif.Questions(in, kept)) != 1 {
		t.Fatalf("%d blocked, asked %q", len(kept.Blocked), codes(whatif.Questions(in, kept)))
	}
	none, _ := in.Fleet.FindGroup("t/none")
	in.Waived = []ident.Group{none}
	if kept = made(t, in); len(kept.Outages) != 12 {
		t.Fatalf("%d outages with the group waived", len(kept.Outages))
	}
	if got := codes(whatif.Questions(in, kept)); !slices.Equal(got, []string{"limits.fleet", "max_down t/g"}) {
		t.Errorf("asked %q: a group that is waived already has no price", got)
	}
}

func TestWithSeveralDeadlinesNothingIsCalledProven(t *testing.T) {
	deadline, margin := start.Add(60), calendar.Seconds(-60)
	late := &plan.Plan{Start: start, Bound: plan.Bound{Seconds: 120}, Deadline: &deadline, Margin: &margin, Advisories: []plan.AdvisoryRef{{ID: "XSA-1"}}}
	if got := whatif.Judge(late); got != whatif.Hopeless {
		t.Errorf("one advisory, bound past the deadline: %s", got)
	}
	late.Advisories = append(late.Advisories, plan.AdvisoryRef{ID: "XSA-2"})
	if got := whatif.Judge(late); got != whatif.Missed {
		t.Errorf("two advisories: %s, but the hosts that the bound speaks of may have the later deadline", got)
	}
}
