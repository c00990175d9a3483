package planner_test

import (
	"cmp"
	"fmt"
	"runtime"
	"slices"
	"testing"

	"github.com/evenkeel-project/evenkeel/internal/core/advisory"
	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/fleet"
	"github.com/evenkeel-project/evenkeel/internal/core/ident"
	"github.com/evenkeel-project/evenkeel/internal/core/label"
	"github.com/evenkeel-project/evenkeel/internal/core/plan"
	"github.com/evenkeel-project/evenkeel/internal/core/planner"
	"github.com/evenkeel-project/evenkeel/internal/core/policy"
)

// Hosts of the benchmark's fleets have 64 processors and 4 GiB of memory for each; guests take 1, 2, 4 or 8.
const hostCPU = 64

func resources(cpu int) label.Set {
	return label.NewSet([]label.Pair{{Key: "cpu", Value: label.Text(fmt.Sprint(cpu))}, {Key: "memory_mib", Value: label.Text(fmt.Sprint(4096 * cpu))}})
}

// movingFleet has 5 regions of 3 zones, five generations, and guests that all migrate, put on hosts by chance until
// the given share of all processors is taken. Tenants and groups are sized as in syntheticFleet.
func movingFleet(tb testing.TB, hosts, percent int) *fleet.Fleet {
	b := fleet.NewBuilder("moving")
	var d draw
	var zones []string
	for r := range 5 {
		b.AddRegion(fleet.Region{ID: fmt.Sprintf("region-%d", r)})
		for z := range 3 {
			zones = append(zones, fmt.Sprintf("region-%d-%d", r, z))
			b.AddZone(fleet.Zone{ID: zones[len(zones)-1], Region: fmt.Sprintf("region-%d", r)})
		}
	}
	whole := resources(hostCPU)
	for h := range hosts {
		g := d.below(5)
		b.AddHost(fleet.Host{ID: fmt.Sprintf("h%06d", h), Zone: zones[d.below(15)], Rack: fmt.Sprintf("r%d", d.below(hosts/300+1)), Capacity: whole,
			Labels: label.NewSet([]label.Pair{{Key: "generation", Value: label.Text(string(rune('a' + g)))}}),
			Outage: calendar.Seconds(6+4*g+d.below(5+g)) * calendar.Minute})
	}
	addMovers(b, &d, hosts, percent)
	f, problems := b.Build()
	if problems.Failed() {
		tb.Fatal(problems.Err())
	}
	return f
}

func addMovers(b *fleet.Builder, d *draw, hosts, percent int) {
	demands := map[int]label.Set{1: resources(1), 2: resources(2), 4: resources(4), 8: resources(8)}
	sizes := []int{1, 1, 2, 2, 2, 4, 4, 4, 8, 8}
	load := make([]int, hosts)
	guest, group := 0, 0
	for tenant, left := 0, hosts*hostCPU*percent/100; left > 0; tenant++ {
		t := fmt.Sprintf("t%05d", tenant)
		b.AddTenant(fleet.Tenant{ID: t})
		for members := 8 + d.powerLaw(2000); members > 0; group++ {
			size := min(members, 3+d.powerLaw(600))
			members -= size
			id := fmt.Sprintf("g%06d", group)
			b.AddGroup(fleet.Group{ID: id, Tenant: t, MaxDown: maxDown(d, size)})
			for range size {
				cpu, h := sizes[d.below(len(sizes))], d.below(hosts)
				for load[h]+cpu > hostCPU {
					h = d.below(hosts)
				}
				load[h] += cpu
				left -= cpu
				b.AddGuest(fleet.Guest{ID: fmt.Sprintf("v%07d", guest), Host: fmt.Sprintf("h%06d", h), Tenant: t, Groups: []string{id},
					OnReboot: fleet.Migrate, Demand: demands[cpu]})
				guest++
			}
		}
	}
}

// BenchmarkDrain100k plans 100,000 hosts whose guests, about 1.3 million, all migrate. Beside time and memory it
// prints moves for each guest, hosts that could not be emptied, the makespan and its gap to the bound (which knows
// nothing of moves), and by how much the busiest group is over its limit of moves at once.
func BenchmarkDrain100k(b *testing.B) {
	for _, percent := range []int{60, 75, 85} {
		f := movingFleet(b, 100_000, percent)
		p := syntheticPolicy(false)
		p.Order.Regions = policy.SmallestFirst
		moves := policy.DefaultMoves()
		moves.Bandwidth = 1024
		p.Moves = &moves
		b.Run(fmt.Sprintf("use=%d%%", percent), func(b *testing.B) {
			in := planner.Input{Fleet: f, Policy: p, Exposure: &opinion{advisories: []*advisory.Advisory{{ID: "A-1", Action: advisory.Reboot}}}}
			var made *plan.Plan
			before := heap()
			for b.Loop() {
				out, problems := planner.Make(in)
				if problems.Failed() {
					b.Fatal(problems.Err())
				}
				made = out
			}
			b.ReportMetric(b.Elapsed().Seconds()/float64(b.N), "s/plan")
			b.ReportMetric(float64(heap()-before)/(1<<20), "MB-kept")
			b.ReportMetric(float64(f.Guests()), "guests")
			b.ReportMetric(float64(len(made.Moves))/float64(f.Guests()), "moves/guest")
			b.ReportMetric(float64(len(made.Blocked)), "unplaceable")
			b.ReportMetric(float64(made.Makespan)/3600, "hours")
			b.ReportMetric(float64(made.GapMillionths)/1e4, "gap%")
			b.ReportMetric(float64(overLimit(f, p, made)), "over-group-limit")
			b.Log(made.Bound.Binding)
		})
	}
}

func heap() int64 {
	runtime.GC()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return int64(stats.HeapAlloc)
}

// overLimit returns by how much the most crowded group is over what may move of it at once; at most 0 when none is.
func overLimit(f *fleet.Fleet, p *policy.Policy, made *plan.Plan) int {
	type change struct {
		at    calendar.Instant
		group ident.Group
		by    int
	}
	var changes []change
	for _, m := range made.Moves {
		g, _ := f.FindGuest(m.Guest)
		for _, group := range f.GroupsOf(g) {
			changes = append(changes, change{m.At, ident.Group(group), 1}, change{m.At.Add(p.MoveLength(f, g)), ident.Group(group), -1})
		}
	}
	slices.SortFunc(changes, func(a, b change) int { return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.by, b.by)) })
	moving, worst := make([]int, f.Groups()), -f.Guests()
	for _, c := range changes {
		moving[c.group] += c.by
		if c.by > 0 {
			worst = max(worst, moving[c.group]-p.GroupMoves(f, c.group))
		}
	}
	return worst
}
