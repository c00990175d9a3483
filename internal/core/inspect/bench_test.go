package inspect_test

import (
	"fmt"
	"testing"

	"github.com/evenkeel-project/evenkeel/internal/core/advisory"
	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/exposure"
	"github.com/evenkeel-project/evenkeel/internal/core/fleet"
	"github.com/evenkeel-project/evenkeel/internal/core/ident"
	"github.com/evenkeel-project/evenkeel/internal/core/inspect"
	"github.com/evenkeel-project/evenkeel/internal/core/limit"
	"github.com/evenkeel-project/evenkeel/internal/core/plan"
	"github.com/evenkeel-project/evenkeel/internal/core/policy"
)

// allExposed is an exposure in which every advisory concerns every host.
type allExposed []*advisory.Advisory

func (e allExposed) Advisories() []*advisory.Advisory { return e }

func (e allExposed) Of(int, ident.Host) exposure.State { return exposure.VulnerableRunning }

// The benchmark's fleet: 5 regions of 4 zones of 5,000 hosts, ten guests a host, each guest but every
// tenth in two groups, so 1.9 million memberships.
const (
	benchRegions  = 5
	benchZones    = 4
	benchZoneSize = 5000
	benchGuests   = 10
	benchWave     = 250 // hosts of a zone that go down together
	benchGroups   = 50_000
)

// benchInput builds the fleet and a plan that takes it zone by zone in waves, within every limit.
func benchInput(b *testing.B) inspect.Input {
	builder := fleet.NewBuilder("bench")
	builder.AddTenant(fleet.Tenant{ID: "tenant"})
	for g := range benchGroups {
		builder.AddGroup(fleet.Group{ID: fmt.Sprintf("group-%06d", g), Tenant: "tenant", MaxDown: limit.Count(38)})
	}
	p := &policy.Policy{Start: 1767571200, DefaultOutage: 10 * calendar.Minute, Digest: "sha256:policy",
		Limits: policy.Limits{Fleet: limit.Count(benchWave), Region: limit.Count(benchWave), Zone: limit.Count(benchWave),
			Rack: limit.Count(40), Cohort: limit.Count(benchWave), Tenant: limit.Count(benchWave * benchGuests)},
		Canary:  policy.Canary{Per: []string{"region"}},
		Freezes: []policy.Freeze{{Span: calendar.Span{From: 1767571200 - 3600, To: 1767571200}}},
	}
	made := &plan.Plan{Policy: p.Digest, Start: p.Start, Advisories: []plan.AdvisoryRef{{ID: "XSA-108", Digest: "sha256:advisory"}}}
	for n := range benchRegions * benchZones * benchZoneSize {
		addBenchHost(builder, n)
		start := p.Start.Add(calendar.Seconds(n/benchWave) * 10 * calendar.Minute)
		span := calendar.Span{From: start, To: start.Add(10 * calendar.Minute)}
		made.Outages = append(made.Outages, plan.Outage{Host: fmt.Sprintf("host-%06d", n), Start: span.From, End: span.To, Window: span})
	}
	f, problems := builder.Build()
	if problems.Failed() {
		b.Fatal(problems.Err())
	}
	made.Fleet = f.Digest()
	made.Finish = made.Outages[len(made.Outages)-1].End
	made.Makespan = made.Finish.Sub(made.Start)
	made.Bound.Seconds = made.Makespan
	made.Seal()
	return inspect.Input{Plan: made, Fleet: f, Policy: p,
		Exposure: allExposed{{ID: "XSA-108", Action: advisory.Reboot, Digest: "sha256:advisory"}}}
}

// addBenchHost adds host n with its zone when it is the first there.
func addBenchHost(builder *fleet.Builder, n int) {
	zone := n / benchZoneSize
	if n%(benchZoneSize*benchZones) == 0 {
		builder.AddRegion(fleet.Region{ID: fmt.Sprintf("region-%d", zone/benchZones)})
	}
	if n%benchZoneSize == 0 {
		builder.AddZone(fleet.Zone{ID: fmt.Sprintf("zone-%02d", zone), Region: fmt.Sprintf("region-%d", zone/benchZones)})
	}
	builder.AddHost(fleet.Host{ID: fmt.Sprintf("host-%06d", n), Zone: fmt.Sprintf("zone-%02d", zone), Rack: fmt.Sprintf("rack-%d", n/40)})
	for i := range benchGuests {
		guest := n*benchGuests + i
		groups := []string{fmt.Sprintf("group-%06d", guest*7919%benchGroups), fmt.Sprintf("group-%06d", (guest*104729+1)%benchGroups)}
		if i == 0 {
			groups = groups[:1]
		}
		builder.AddGuest(fleet.Guest{ID: fmt.Sprintf("guest-%07d", guest), Host: fmt.Sprintf("host-%06d", n), Tenant: "tenant", Groups: groups})
	}
}

// BenchmarkCheckAHundredThousandHosts checks a plan of 100,000 outages over 1,000,000 guests in 1,900,000
// group memberships.
func BenchmarkCheckAHundredThousandHosts(b *testing.B) {
	in := benchInput(b)
	b.ReportAllocs()
	for b.Loop() {
		if report := inspect.Check(in); !report.Accepted() {
			b.Fatal(report.Findings()[0])
		}
	}
}
