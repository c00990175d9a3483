package study_test

import (
	"testing"

	"github.com/evenkeel-project/evenkeel/internal/core/advisory"
	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/exposure"
	"github.com/evenkeel-project/evenkeel/internal/core/ident"
	"github.com/evenkeel-project/evenkeel/internal/core/limit"
	"github.com/evenkeel-project/evenkeel/internal/core/planner"
	"github.com/evenkeel-project/evenkeel/internal/core/policy"
	"github.com/evenkeel-project/evenkeel/internal/core/study"
	"github.com/evenkeel-project/evenkeel/internal/intake/synth"
)

// exposed calls every host exposed by one advisory.
type exposed struct{}

func (exposed) Advisories() []*advisory.Advisory {
	return []*advisory.Advisory{{ID: "A-1", Action: advisory.Reboot}}
}
func (exposed) NeedsOutage(ident.Host) bool       { return true }
func (exposed) Touches(int, ident.Host) bool      { return true }
func (exposed) Overall(ident.Host) exposure.State { return exposure.VulnerableRunning }

// BenchmarkOf100kHosts studies the plan of 100,000 hosts with a million guests, zones one at a time and zones free.
func BenchmarkOf100kHosts(b *testing.B) {
	f, err := synth.Fleet(synth.Shape{Hosts: 100_000, Guests: 1_000_000, Tenants: 50_000, Regions: 5, ZonesPerRegion: 3, HostsPerRack: 20, Seed: 1})
	if err != nil {
		b.Fatal(err)
	}
	share := func(text string) limit.Limit {
		l, err := limit.Parse(text)
		if err != nil {
			b.Fatal(err)
		}
		return l
	}
	for _, scenario := range []struct {
		name string
		free bool
	}{{"zones-one-at-a-time", false}, {"zones-free", true}} {
		b.Run(scenario.name, func(b *testing.B) {
			rules := &policy.Policy{Start: 1_767_571_200, Canary: policy.DefaultCanary(), DefaultOutage: 14 * calendar.Minute,
				Order:  policy.Order{Regions: policy.FreeRegions, FreeZones: scenario.free, BakeZone: 15 * calendar.Minute},
				Limits: policy.Limits{Fleet: share("5%"), Zone: share("10%"), Tenant: share("5%")}}
			if !scenario.free {
				rules.Order.Regions = policy.SmallestFirst
			}
			in := planner.Input{Fleet: f, Exposure: exposed{}, Policy: rules}
			p, problems := planner.Make(in)
			if problems.Failed() {
				b.Fatal(problems.Err())
			}
			b.ReportAllocs()
			loads := 0
			for b.Loop() {
				loads = len(study.Of(in, p).Loads)
			}
			b.ReportMetric(float64(loads), "loads")
			b.ReportMetric(float64(len(p.Outages)), "outages")
		})
	}
}
