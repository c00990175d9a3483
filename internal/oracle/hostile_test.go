package oracle_test

import (
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/fleet"
	"github.com/evenkeel-project/evenkeel/internal/core/inspect"
	"github.com/evenkeel-project/evenkeel/internal/core/label"
	"github.com/evenkeel-project/evenkeel/internal/core/limit"
	"github.com/evenkeel-project/evenkeel/internal/core/plan"
	"github.com/evenkeel-project/evenkeel/internal/core/planner"
	"github.com/evenkeel-project/evenkeel/internal/core/policy"
)

// hostile is a fleet that somebody made to hurt, with the rules to plan it by.
type hostile struct {
	name  string
	fleet func(b *fleet.Builder, size int)
	rules func(p *policy.Policy)
	full  int // the size of the benchmark
}

// hostiles are shapes that have little in common with a fleet. Sizes are what grows: groups, guests or hosts.
var hostiles = []hostile{
	{"a group for every guest", func(b *fleet.Builder, size int) {
		hostsOf(b, 1, max(1, size/10))
		for n := range size {
			group := fmt.Sprintf("g%d", n)
			b.AddGroup(fleet.Group{ID: group, Tenant: "t", MaxDown: limit.Count(1)})
			b.AddGuest(fleet.Guest{ID: fmt.Sprintf("v%d", n), Host: fmt.Sprintf("h%d", n%max(1, size/10)), Tenant: "t", Groups: []string{group}})
		}
	}, nil, 1_000_000},
	{"all guests in one group", func(b *fleet.Builder, size int) {
		hostsOf(b, 1, max(1, size/10))
		b.AddGroup(fleet.Group{ID: "g", Tenant: "t", MaxDown: share("10%")})
		for n := range size {
			b.AddGuest(fleet.Guest{ID: fmt.Sprintf("v%d", n), Host: fmt.Sprintf("h%d", n%max(1, size/10)), Tenant: "t", Groups: []string{"g"}})
		}
	}, nil, 1_000_000},
	{"all guests in the same eight groups", func(b *fleet.Builder, size int) {
		hostsOf(b, 1, max(1, size/10))
		var groups []string
		for n := range 8 {
			groups = append(groups, fmt.Sprintf("g%d", n))
			b.AddGroup(fleet.Group{ID: groups[n], Tenant: "t", MaxDown: share(fmt.Sprintf("%d%%", 10+n))})
		}
		for n := range size {
			b.AddGuest(fleet.Guest{ID: fmt.Sprintf("v%d", n), Host: fmt.Sprintf("h%d", n%max(1, size/10)), Tenant: "t", Groups: groups})
		}
	}, nil, 1_000_000},
	{"one host with all guests in a group each", func(b *fleet.Builder, size int) {
		hostsOf(b, 1, 1)
		for n := range size {
			group := fmt.Sprintf("g%d", n)
			b.AddGroup(fleet.Group{ID: group, Tenant: "t", MaxDown: limit.Count(1)})
			b.AddGuest(fleet.Guest{ID: fmt.Sprintf("v%d", n), Host: "h0", Tenant: "t", Groups: []string{group}})
		}
	}, nil, 1_000_000},
	{"every group allows nothing", func(b *fleet.Builder, size int) {
		hostsOf(b, 1, max(1, size/10))
		for n := range size {
			group := fmt.Sprintf("g%d", n)
			b.AddGroup(fleet.Group{ID: group, Tenant: "t", MaxDown: limit.Count(0)})
			b.AddGuest(fleet.Guest{ID: fmt.Sprintf("v%d", n), Host: fmt.Sprintf("h%d", n%max(1, size/10)), Tenant: "t", Groups: []string{group}})
		}
	}, nil, 1_000_000},
	{"demands above any capacity", func(b *fleet.Builder, size int) {
		hostsOf(b, 1, max(1, size/10))
		for n := range size {
			b.AddGuest(fleet.Guest{ID: fmt.Sprintf("v%d", n), Host: fmt.Sprintf("h%d", n%max(1, size/10)), Tenant: "t", OnReboot: fleet.Migrate,
				Demand: label.NewSet([]label.Pair{{Key: "cpu", Value: label.Text("999999999999999")}})})
		}
	}, nil, 1_000_000},
	{"a zone for every host", func(b *fleet.Builder, size int) {
		hostsOf(b, size, size)
	}, nil, 1_000},
	{"a zone for every host, in order", func(b *fleet.Builder, size int) {
		hostsOf(b, size, size)
	}, func(p *policy.Policy) { p.Order.FreeZones = false; p.Order.BakeZone = calendar.Minute }, 1_000},
	{"pairs of all hosts", func(b *fleet.Builder, size int) {
		hostsOf(b, 1, size)
		for a := range size {
			for c := range a {
				group := fmt.Sprintf("g%d-%d", a, c)
				b.AddGroup(fleet.Group{ID: group, Tenant: "t", MaxDown: limit.Count(1)})
				for _, h := range []int{a, c} {
					b.AddGuest(fleet.Guest{ID: fmt.Sprintf("v%d-%d-%d", a, c, h), Host: fmt.Sprintf("h%d", h), Tenant: "t", Groups: []string{group}})
				}
			}
		}
	}, nil, 1_000},
	{"canaries of every host", func(b *fleet.Builder, size int) { hostsOf(b, 1, size) },
		func(p *policy.Policy) { p.Canary = policy.Canary{Per: []string{"zone"}, Hosts: 1 << 30, Bake: 1} }, 100_000},
	{"one host of a zone at a time", func(b *fleet.Builder, size int) {
		hostsOf(b, 1, size)
	}, func(p *policy.Policy) { p.Limits.Zone = limit.Count(1) }, 100_000},
	{"a thousand freezes", func(b *fleet.Builder, size int) {
		hostsOf(b, 1, size)
	}, func(p *policy.Policy) {
		for n := range 1000 {
			from := p.Start.Add(calendar.Seconds(n) * 11 * calendar.Minute)
			p.Freezes = append(p.Freezes, policy.Freeze{Span: calendar.Span{From: from, To: from.Add(1)}, Reason: "hostile"})
		}
		p.Limits.Fleet = limit.Count(10)
	}, 100_000},
	{"a thousand freezes of one zone, and outages of all lengths", func(b *fleet.Builder, size int) {
		hostsOf(b, 2, 0)
		for h := range size {
			b.AddHost(fleet.Host{ID: fmt.Sprintf("h%d", h), Zone: fmt.Sprintf("z%d", h%2), Outage: calendar.Seconds(60 + h%599)})
		}
	}, func(p *policy.Policy) {
		for n := range 1000 {
			from := p.Start.Add(calendar.Seconds(n) * 11 * calendar.Minute)
			p.Freezes = append(p.Freezes, policy.Freeze{Span: calendar.Span{From: from, To: from.Add(1)}, Reason: "hostile", Zone: "z1"})
		}
		p.Limits.Fleet = limit.Count(10)
	}, 100_000},
}

// hostsOf adds so many hosts, dealt to so many zones of one region.
func hostsOf(b *fleet.Builder, zones, hosts int) {
	b.AddRegion(fleet.Region{ID: "r"})
	for z := range zones {
		b.AddZone(fleet.Zone{ID: fmt.Sprintf("z%d", z), Region: "r"})
	}
	b.AddTenant(fleet.Tenant{ID: "t"})
	for h := range hosts {
		b.AddHost(fleet.Host{ID: fmt.Sprintf("h%d", h), Zone: fmt.Sprintf("z%d", h%zones), Outage: round})
	}
}

func share(text string) limit.Limit {
	l, err := limit.Parse(text)
	if err != nil {
		panic(err)
	}
	return l
}

func (x hostile) input(tb testing.TB, size int) planner.Input {
	b := fleet.NewBuilder("hostile")
	x.fleet(b, size)
	f, problems := b.Build()
	if problems.Failed() {
		tb.Fatal(problems.Err())
	}
	p := &policy.Policy{Start: 1767571200, Order: policy.Order{Regions: policy.FreeRegions, FreeZones: true},
		Limits: policy.Limits{Tenant: share("20%")}}
	if x.rules != nil {
		x.rules(p)
	}
	return planner.Input{Fleet: f, Policy: p, Exposure: allExposed{}}
}

// plan makes the plan and has it checked.
func (x hostile) plan(tb testing.TB, in planner.Input) *plan.Plan {
	made, problems := planner.Make(in)
	if problems.Failed() {
		tb.Fatal(problems.Err())
	}
	report := inspect.Check(inspect.Input{Plan: made, Fleet: in.Fleet, Exposure: allExposed{}, Policy: in.Policy})
	if !report.Accepted() {
		tb.Fatalf("the checker refuses the plan: %v", report.Findings())
	}
	return made
}

func TestHostileFleetsArePlannedAndAccepted(t *testing.T) {
	for _, x := range hostiles {
		t.Run(x.name, func(t *testing.T) {
			in := x.input(t, 60)
			made := x.plan(t, in)
			if got := len(made.Outages) + len(made.Blocked); got != in.Fleet.Hosts() {
				t.Errorf("%d of %d hosts are planned or blocked", got, in.Fleet.Hosts())
			}
		})
	}
}

func TestRulesThatContradictThePlanAreNamedWithTheirObjects(t *testing.T) {
	groups := hostiles[0]
	for _, x := range []struct {
		name  string
		rules func(p *policy.Policy)
		want  []string // in the binding of the plan, or in the refusal
	}{
		{"a freeze for weeks", func(p *policy.Policy) {
			p.Freezes = []policy.Freeze{{Span: calendar.Span{From: p.Start, To: p.Start.Add(30 * calendar.Day)}, Reason: "hostile"}}
		}, []string{"h0", "freezes add 30d: \"hostile\" from "}},
		{"canaries that are frozen", func(p *policy.Policy) {
			p.Freezes = []policy.Freeze{{Span: calendar.Span{From: p.Start, To: p.Start.Add(30 * calendar.Day)}, Reason: "hostile", Zone: "z0"}}
			p.Canary = policy.Canary{Per: []string{"zone"}, Hosts: 1, Bake: calendar.Minute}
		}, []string{"h1", "freezes add 30d: \"hostile\" from "}},
		{"a freeze without end", func(p *policy.Policy) {
			p.Freezes = []policy.Freeze{{Span: calendar.Span{From: p.Start, To: p.Start.Add(8000 * calendar.Day)}, Reason: "hostile"}}
		}, []string{"[out-of-time]", "the freeze \"hostile\" from ", "h0"}},
		{"a fleet of which nothing may be down", func(p *policy.Policy) { p.Limits.Fleet = limit.Count(0) }, []string{"[zero-limit]", "limits.fleet"}},
	} {
		in := groups.input(t, 60)
		x.rules(in.Policy)
		made, problems := planner.Make(in)
		text := fmt.Sprint(problems.Err())
		if made != nil {
			text = made.Bound.Binding
		}
		for _, want := range x.want {
			if !strings.Contains(text, want) {
				t.Errorf("%s: nothing says %q: %s", x.name, want, text)
			}
		}
	}
}

func TestHostsWhoseGroupsAllowNothingAreBlockedByName(t *testing.T) {
	for _, x := range hostiles {
		if x.name != "every group allows nothing" {
			continue
		}
		for _, blocked := range x.plan(t, x.input(t, 60)).Blocked {
			if blocked.Group == "" || !strings.Contains(blocked.Reason, blocked.Group) {
				t.Errorf("%s is blocked, and the reason does not name the group %s: %s", blocked.Host, blocked.Group, blocked.Reason)
			}
		}
	}
}

// BenchmarkHostile plans and checks fleets that were made to hurt, and prints what they take: the memory that the
// process holds of the system, and the hosts planned and blocked. For the memory of one, run it alone.
func BenchmarkHostile(b *testing.B) {
	for _, x := range hostiles {
		b.Run(x.name, func(b *testing.B) {
			in := x.input(b, x.full)
			var made *plan.Plan
			b.ReportAllocs()
			for b.Loop() {
				made = x.plan(b, in)
			}
			var memory runtime.MemStats
			runtime.ReadMemStats(&memory)
			b.ReportMetric(float64(memory.Sys)/(1<<20), "MiB-held")
			b.ReportMetric(float64(len(made.Outages)), "outages")
			b.ReportMetric(float64(len(made.Blocked)), "blocked")
		})
	}
}
