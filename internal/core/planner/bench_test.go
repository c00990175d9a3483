package planner_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/evenkeel-project/evenkeel/internal/core/advisory"
	"github.com/evenkeel-project/evenkeel/internal/core/bound"
	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/fleet"
	"github.com/evenkeel-project/evenkeel/internal/core/label"
	"github.com/evenkeel-project/evenkeel/internal/core/limit"
	"github.com/evenkeel-project/evenkeel/internal/core/plan"
	"github.com/evenkeel-project/evenkeel/internal/core/planner"
	"github.com/evenkeel-project/evenkeel/internal/core/policy"
)

// draw is a small fixed random sequence (SplitMix64), the same on every machine.
type draw uint64

func (d *draw) below(n int) int {
	*d += 0x9e3779b97f4a7c15
	z := uint64(*d)
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return int((z ^ z>>31) % uint64(n))
}

// powerLaw draws from 1 to most, size k about as often as 1/k^2.
func (d *draw) powerLaw(most int) int {
	return min(most, most/(1+d.below(most)))
}

// syntheticFleet has 5 regions of 3 zones, five generations with outages of 6 to 50 minutes, and ten guests a
// host in groups whose sizes follow a power law; half of the small groups allow one member down.
func syntheticFleet(tb testing.TB, hosts int) *fleet.Fleet {
	b := fleet.NewBuilder("synthetic")
	var d draw
	var zones []string
	for r := range 5 {
		region := fmt.Sprintf("region-%d", r)
		b.AddRegion(fleet.Region{ID: region})
		for z := range 3 {
			zones = append(zones, fmt.Sprintf("%s-%d", region, z))
			b.AddZone(fleet.Zone{ID: zones[len(zones)-1], Region: region})
		}
	}
	generations := []struct {
		name string
		low  int
	}{{"a", 6}, {"b", 10}, {"c", 15}, {"d", 22}, {"e", 32}}
	for h := range hosts {
		g := generations[d.below(5)]
		b.AddHost(fleet.Host{ID: fmt.Sprintf("h%06d", h), Zone: zones[d.below(15)], Rack: fmt.Sprintf("r%d", d.below(hosts/600+1)),
			Labels: label.NewSet([]label.Pair{{Key: "generation", Value: label.Text(g.name)}}),
			Outage: calendar.Seconds(g.low+d.below(g.low/2+3)) * calendar.Minute})
	}
	addGuests(b, &d, hosts)
	f, problems := b.Build()
	if problems.Failed() {
		tb.Fatal(problems.Err())
	}
	return f
}

// addGuests adds tenants of up to 2,000 guests until there are ten guests a host, each in a group of its
// tenant and most in one of the whole tenant.
func addGuests(b *fleet.Builder, d *draw, hosts int) {
	guest, group, tenant := 0, 0, 0
	for guest < 10*hosts {
		t := fmt.Sprintf("t%05d", tenant)
		tenant++
		b.AddTenant(fleet.Tenant{ID: t})
		whole := t + "/all"
		b.AddGroup(fleet.Group{ID: whole, Tenant: t, MaxDown: share(25)})
		for left := 8 + d.powerLaw(2000); left > 0; group++ {
			size := min(left, 3+d.powerLaw(600))
			left -= size
			fine := fmt.Sprintf("g%06d", group)
			b.AddGroup(fleet.Group{ID: fine, Tenant: t, MaxDown: maxDown(d, size)})
			for m := range size {
				in := []string{fine}
				if m%8 != 7 {
					in = append(in, whole)
				}
				b.AddGuest(fleet.Guest{ID: fmt.Sprintf("v%07d", guest), Host: fmt.Sprintf("h%06d", d.below(hosts)), Tenant: t, Groups: in})
				guest++
			}
		}
	}
}

func share(percent int) limit.Limit {
	l, err := limit.Parse(fmt.Sprintf("%d%%", percent))
	if err != nil {
		panic(err)
	}
	return l
}

func maxDown(d *draw, size int) limit.Limit {
	switch d.below(4) {
	case 0, 1:
		return limit.Count((size + 29) / 30)
	case 2:
		return share(10)
	}
	return share(33)
}

func syntheticPolicy(freeZones bool) *policy.Policy {
	p := &policy.Policy{Start: start, Canary: policy.DefaultCanary()}
	p.Limits = policy.Limits{Fleet: share(10), Region: share(10), Zone: share(5), Cohort: share(10), Tenant: share(5)}
	p.Order = policy.Order{Regions: policy.FreeRegions, FreeZones: freeZones, BakeZone: 15 * calendar.Minute, BakeRegion: 30 * calendar.Minute}
	return p
}

// BenchmarkMake100k plans 100,000 hosts with a million guests. The figures beside time and memory: the gap to
// the bound in per cent, the makespan in hours, and the hosts that are planned.
func BenchmarkMake100k(b *testing.B) {
	f := syntheticFleet(b, 100_000)
	ordered := syntheticPolicy(false)
	ordered.Order.Regions = policy.SmallestFirst
	for _, scenario := range []struct {
		name string
		is   *policy.Policy
	}{{"sequential", ordered}, {"regions-free", syntheticPolicy(false)}, {"zones-free", syntheticPolicy(true)}} {
		b.Run(scenario.name, func(b *testing.B) {
			b.ReportAllocs()
			in := planner.Input{Fleet: f, Policy: scenario.is, Exposure: &opinion{advisories: []*advisory.Advisory{{ID: "A-1", Action: advisory.Reboot}}}}
			var made *plan.Plan
			for b.Loop() {
				p, problems := planner.Make(in)
				if problems.Failed() {
					b.Fatal(problems.Err())
				}
				made = p
			}
			b.ReportMetric(b.Elapsed().Seconds()/float64(b.N), "s/plan")
			b.ReportMetric(float64(made.GapMillionths)/1e4, "gap%")
			b.ReportMetric(float64(made.Makespan)/3600, "hours")
			b.ReportMetric(float64(len(made.Outages)), "outages")
			b.Log(made.Bound.Binding)
		})
	}
}

// BenchmarkBounds100k proves bounds for 100,000 hosts with a million guests: at once, and then by steps until
// nothing is left. The figures: seconds of the quick proof; steps, their seconds and the longest of them in
// milliseconds; and both bounds in hours.
func BenchmarkBounds100k(b *testing.B) {
	f := syntheticFleet(b, 100_000)
	ordered := syntheticPolicy(false)
	ordered.Order.Regions = policy.SmallestFirst
	for _, scenario := range []struct {
		name string
		is   *policy.Policy
	}{{"sequential", ordered}, {"regions-free", syntheticPolicy(false)}, {"zones-free", syntheticPolicy(true)}} {
		in, problems := planner.Instance(planner.Input{Fleet: f, Policy: scenario.is,
			Exposure: &opinion{advisories: []*advisory.Advisory{{ID: "A-1", Action: advisory.Reboot}}}})
		if problems.Failed() {
			b.Fatal(problems.Err())
		}
		in.Demand.Trim(in.Course)
		b.Run(scenario.name+"/quick", func(b *testing.B) {
			b.ReportAllocs()
			var proof bound.Proof
			for b.Loop() {
				proof = bound.Prove(in)
			}
			b.ReportMetric(float64(proof.Best.Seconds)/3600, "hours")
		})
		b.Run(scenario.name+"/deep", func(b *testing.B) {
			var deeper *bound.Deepening
			steps, longest := 0, time.Duration(0)
			for b.Loop() {
				steps, deeper = 0, bound.Open(in, bound.Prove(in))
				for done := false; !done; steps++ {
					begun := b.Elapsed()
					done = deeper.Step()
					longest = max(longest, b.Elapsed()-begun)
				}
			}
			b.ReportMetric(float64(steps), "steps")
			b.ReportMetric(float64(longest.Milliseconds()), "longest-ms")
			b.ReportMetric(float64(deeper.Proof().Best.Seconds)/3600, "hours")
			b.Log(deeper.Proof().Best.Words(true))
		})
	}
}
