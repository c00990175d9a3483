package inspect_test

import (
	"cmp"
	"fmt"
	"slices"
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

// The guests of the benchmark's fleet: those of a host leave four at once, half a minute each.
const (
	movingGuests = 14
	movingAtOnce = 4
	movingLength = calendar.Seconds(30)
	movingWave   = 15 * calendar.Minute // four rounds of moves, an outage, and time to spare
)

// movingInput builds the fleet of the other benchmark with 1,330,000 guests that all migrate, and a plan that moves
// each once: the hosts of the first wave of a zone are empty, and the guests of every other host go to the
// host that was patched one wave before.
func movingInput(b *testing.B) inspect.Input {
	builder := fleet.NewBuilder("bench")
	builder.AddTenant(fleet.Tenant{ID: "tenant"})
	for g := range benchGroups {
		builder.AddGroup(fleet.Group{ID: fmt.Sprintf("group-%06d", g), Tenant: "tenant", MaxDown: limit.Count(38)})
	}
	p := &policy.Policy{Start: 1767571200, DefaultOutage: 10 * calendar.Minute, Digest: "sha256:policy",
		Limits: policy.Limits{Fleet: limit.Count(benchWave), Zone: limit.Count(benchWave)},
		Moves: &policy.Moves{Host: movingAtOnce, Bandwidth: 1024, Length: movingLength,
			Tenant: limit.Count(benchWave * movingAtOnce), Fleet: limit.Count(benchWave * movingAtOnce)},
		Freezes: []policy.Freeze{{Span: calendar.Span{From: 1767571200 - 3600, To: 1767571200}}},
	}
	made := &plan.Plan{Policy: p.Digest, Start: p.Start, Advisories: []plan.AdvisoryRef{{ID: "XSA-108", Digest: "sha256:advisory"}}}
	for n := range benchRegions * benchZones * benchZoneSize {
		addMovingHost(builder, n)
		emptyHost(made, n)
	}
	f, problems := builder.Build()
	if problems.Failed() {
		b.Fatal(problems.Err())
	}
	slices.SortFunc(made.Moves, func(a, b plan.Move) int { return cmp.Or(cmp.Compare(a.At, b.At), cmp.Compare(a.Guest, b.Guest)) })
	made.Fleet = f.Digest()
	made.Finish = made.Outages[len(made.Outages)-1].End
	made.Makespan = made.Finish.Sub(made.Start)
	made.Bound.Seconds = made.Makespan
	made.Seal()
	return inspect.Input{Plan: made, Fleet: f, Policy: p,
		Exposure: allExposed{{ID: "XSA-108", Action: advisory.Reboot, Digest: "sha256:advisory"}}}
}

// addMovingHost adds host n with its guests, each in two groups of which no two on a host are the same.
func addMovingHost(builder *fleet.Builder, n int) {
	zone := n / benchZoneSize
	if n%(benchZoneSize*benchZones) == 0 {
		builder.AddRegion(fleet.Region{ID: fmt.Sprintf("region-%d", zone/benchZones)})
	}
	if n%benchZoneSize == 0 {
		builder.AddZone(fleet.Zone{ID: fmt.Sprintf("zone-%02d", zone), Region: fmt.Sprintf("region-%d", zone/benchZones)})
	}
	host := fmt.Sprintf("host-%06d", n)
	builder.AddHost(fleet.Host{ID: host, Zone: fmt.Sprintf("zone-%02d", zone), Capacity: amounts("64", "262144")})
	if n%benchZoneSize < benchWave {
		return
	}
	for i := range movingGuests {
		guest, half := n*movingGuests+i, benchGroups/2
		groups := []string{fmt.Sprintf("group-%06d", guest*7919%half), fmt.Sprintf("group-%06d", half+guest*104729%half)}
		builder.AddGuest(fleet.Guest{ID: fmt.Sprintf("guest-%07d", guest), Host: host, Tenant: "tenant", Groups: groups,
			OnReboot: fleet.Migrate, Demand: amounts("4", "4096")})
	}
}

func amounts(cpu, memory string) label.Set {
	return label.NewSet([]label.Pair{{Key: "cpu", Value: label.Text(cpu)}, {Key: policy.MemoryKey, Value: label.Text(memory)}})
}

// emptyHost plans the moves and the outage of host n.
func emptyHost(made *plan.Plan, n int) {
	start := made.Start.Add(calendar.Seconds(n/benchWave) * movingWave)
	host := fmt.Sprintf("host-%06d", n)
	if n%benchZoneSize >= benchWave {
		for i := range movingGuests {
			made.Moves = append(made.Moves, plan.Move{Guest: fmt.Sprintf("guest-%07d", n*movingGuests+i), From: host, To: fmt.Sprintf("host-%06d", n-benchWave),
				At: start.Add(calendar.Seconds(i/movingAtOnce) * movingLength)})
		}
	}
	start = start.Add(calendar.Seconds((movingGuests+movingAtOnce-1)/movingAtOnce) * movingLength)
	span := calendar.Span{From: start, To: start.Add(10 * calendar.Minute)}
	made.Outages = append(made.Outages, plan.Outage{Host: host, Start: span.From, End: span.To, Window: span})
}

// BenchmarkCheckAMillionMoves checks a plan of 100,000 outages that moves 1,330,000 guests once.
func BenchmarkCheckAMillionMoves(b *testing.B) {
	in := movingInput(b)
	b.ReportAllocs()
	for b.Loop() {
		if report := inspect.Check(in); !report.Accepted() {
			b.Fatal(report.Findings()[0])
		}
	}
	b.ReportMetric(float64(len(in.Plan.Moves)), "moves")
}
