package app

import (
	"flag"
	"fmt"
	"runtime/debug"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/evenkeel-project/evenkeel/internal/core/advisory"
	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/exposure"
	"github.com/evenkeel-project/evenkeel/internal/core/fleet"
	"github.com/evenkeel-project/evenkeel/internal/core/ident"
	"github.com/evenkeel-project/evenkeel/internal/core/inspect"
	"github.com/evenkeel-project/evenkeel/internal/core/plan"
	"github.com/evenkeel-project/evenkeel/internal/core/planner"
	"github.com/evenkeel-project/evenkeel/internal/intake/synth"
)

var (
	goalSeeds = flag.Int("goal.seeds", 5, "how many fleets BenchmarkGoals plans")
	goalHosts = flag.Int("goal.hosts", 100_000, "the hosts of each; ten guests a host and a tenant for two")
)

// BenchmarkGoals plans fleets of the published shape: 100,000 hosts and 1,000,000 guests of 50,000 tenants in 20-host racks, five
// regions and three zones. It prints for every seed when the first plan was there and its gap to the bound, and the
// gap when the budget was spent or the plan proven optimal; every plan is checked.
func BenchmarkGoals(b *testing.B) {
	for _, goal := range []struct {
		policy string
		budget time.Duration
	}{{"sequential", 20 * time.Second}, {"free", time.Minute}, {"area", 20 * time.Second}} {
		b.Run(goal.policy, func(b *testing.B) {
			for b.Loop() {
				var firsts, firstGaps, gaps []float64
				for seed := range *goalSeeds {
					in, report := goalInput(b, goal.policy, uint64(seed+1))
					forgetPeak(b)
					first, firstGap, took, gap, steps := planWithin(b, in, report, goal.budget)
					b.Logf("seed %d: first plan in %.2f s, %.3f%% over the bound; after %.1f s and %d steps %.3f%%; peak %.0f MB resident",
						seed+1, first.Seconds(), firstGap, took.Seconds(), steps, gap, peakResident(b))
					firsts, firstGaps, gaps = append(firsts, first.Seconds()), append(firstGaps, firstGap), append(gaps, gap)
				}
				b.Logf("median (least to most): first plan %s s, %s%% over the bound; in the end %s%%",
					spread(firsts), spread(firstGaps), spread(gaps))
			}
		})
	}
}

// goalInput makes a fleet and what there is to plan.
func goalInput(b *testing.B, rules string, seed uint64) (planner.Input, *exposure.Report) {
	desk, err := newDesk()
	if err != nil {
		b.Fatal(err)
	}
	question, list := desk.ReadAdvisory("testdata/goals/advisory.yaml")
	if list.Failed() {
		b.Fatal(list.Err())
	}
	policy, list := desk.ReadPolicy("testdata/goals/" + rules + ".yaml")
	if list.Failed() {
		b.Fatal(list.Err())
	}
	f := goalFleet(b, seed)
	report := exposure.Judge(f, []*advisory.Advisory{question})
	return planner.Input{Fleet: f, Exposure: report, Policy: policy, Seed: 1}, report
}

func goalFleet(b *testing.B, seed uint64) *fleet.Fleet {
	f, err := synth.Fleet(synth.Shape{Hosts: *goalHosts, Guests: 10 * *goalHosts, Tenants: *goalHosts / 2, Regions: 5,
		ZonesPerRegion: 3, HostsPerRack: 20, Seed: seed})
	if err != nil {
		b.Fatal(err)
	}
	debug.FreeOSMemory()
	return f
}

// planWithin plans for a time, the lanes of a step side by side, and checks the plan.
func planWithin(b *testing.B, in planner.Input, report *exposure.Report, budget time.Duration) (first time.Duration, firstGap float64, took time.Duration, gap float64, steps int64) {
	began := time.Now()
	found, list := planner.Open(in)
	if list.Failed() {
		b.Fatal(list.Err())
	}
	first, firstGap = time.Since(began), gapOf(found)
	for !found.Over() && time.Since(began) < budget {
		var all sync.WaitGroup
		for _, work := range found.Lanes() {
			all.Go(work)
		}
		all.Wait()
		found.Join()
	}
	took = time.Since(began)
	p, list := found.Plan()
	if list.Failed() {
		b.Fatal(list.Err())
	}
	if checked := inspect.Check(inspect.Input{Plan: p, Fleet: in.Fleet, Exposure: report, Policy: in.Policy}); !checked.Accepted() {
		b.Fatal(checked.Findings())
	}
	return first, firstGap, took, gapOf(found), p.Steps
}

func gapOf(found *planner.Search) float64 {
	at := found.Standing()
	return 100 * float64(at.Makespan-at.Bound) / float64(at.Bound)
}

// spread prints the median with the least and the most.
func spread(values []float64) string {
	slices.Sort(values)
	return fmt.Sprintf("%.3f (%.3f to %.3f)", values[len(values)/2], values[0], values[len(values)-1])
}

// patched is an exposure in which some hosts have been fixed since.
type patched struct {
	*exposure.Report
	fixed []bool
}

func (p patched) NeedsOutage(h ident.Host) bool { return !p.fixed[h] && p.Report.NeedsOutage(h) }

func (p patched) Touches(i int, h ident.Host) bool { return !p.fixed[h] && p.Report.Touches(i, h) }

func (p patched) Of(i int, h ident.Host) exposure.State {
	if p.fixed[h] {
		return exposure.Fixed
	}
	return p.Report.Of(i, h)
}

func (p patched) Overall(h ident.Host) exposure.State {
	if p.fixed[h] {
		return exposure.Fixed
	}
	return p.Report.Overall(h)
}

// BenchmarkReplan plans anew in the middle of a campaign on 100,000 hosts, three hours after its start, with 1,000 changes: of
// the hosts that should be patched 500 are not, and 500 that come later are. All windows that were promised are kept as far as
// they can be. It prints the time and how many hosts do not keep their start.
func BenchmarkReplan(b *testing.B) {
	in, report := goalInput(b, "sequential", 1)
	old, list := planner.Make(in)
	if list.Failed() {
		b.Fatal(list.Err())
	}
	const after, changes = 3 * calendar.Hour, 500
	now := patched{report, make([]bool, in.Fleet.Hosts())}
	failed, ahead := 0, 0
	for n, o := range old.Outages {
		h, _ := in.Fleet.FindHost(o.Host)
		now.fixed[h] = o.Start < old.Start.Add(after)
		switch {
		case now.fixed[h] && n%20 == 0 && failed < changes:
			now.fixed[h] = false
			failed++
		case !now.fixed[h] && n%20 == 0 && ahead < changes:
			now.fixed[h] = true
			ahead++
		}
	}
	rules := *in.Policy
	rules.Start = rules.Start.Add(after)
	in.Exposure, in.Policy, in.Keep = now, &rules, old
	for b.Loop() {
		p, list := planner.Make(in)
		if list.Failed() {
			b.Fatal(list.Err())
		}
		b.StopTimer()
		if checked := inspect.Check(inspect.Input{Plan: p, Fleet: in.Fleet, Exposure: now, Policy: &rules}); !checked.Accepted() {
			b.Fatal(checked.Findings())
		}
		c := plan.Compare(old, p)
		b.ReportMetric(float64(len(p.Outages)), "outages")
		b.ReportMetric(float64(c.Earlier.Count+c.Later.Count), "moved")
		b.StartTimer()
	}
}
