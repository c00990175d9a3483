package oracle_test

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/evenkeel-project/evenkeel/internal/core/advisory"
	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/exposure"
	"github.com/evenkeel-project/evenkeel/internal/core/fleet"
	"github.com/evenkeel-project/evenkeel/internal/core/ident"
	"github.com/evenkeel-project/evenkeel/internal/core/inspect"
	"github.com/evenkeel-project/evenkeel/internal/core/limit"
	"github.com/evenkeel-project/evenkeel/internal/core/plan"
	"github.com/evenkeel-project/evenkeel/internal/core/planner"
	"github.com/evenkeel-project/evenkeel/internal/core/policy"
)

// Instances that are mirrored on a pair of nodes are what Ganeti's hroller plans for: which nodes may be
// rebooted at once, in as few groups as it can find, so that no instance loses both. In our words: a
// redundancy group of two guests with max_down 1, and outages of one length; the groups are the rounds.

var pairsSteps = flag.Int("pairs.steps", 3, "how many steps of search plans of mirrored pairs get")

// pairs is nodes, and the two nodes of every mirrored instance.
type pairs struct {
	nodes int
	of    [][2]int
}

// randomPairs mirrors every instance on two nodes drawn at random.
func randomPairs(nodes, instances int, seed uint64) pairs {
	draw := rand.New(rand.NewPCG(seed, 0x7061697273))
	p := pairs{nodes: nodes}
	for range instances {
		a, b := draw.IntN(nodes), draw.IntN(nodes-1)
		if b >= a {
			b++
		}
		p.of = append(p.of, [2]int{a, b})
	}
	return p
}

// round is how long every outage of a fleet of pairs is.
const round = 10 * calendar.Minute

func (p pairs) input(tb testing.TB) planner.Input {
	b := fleet.NewBuilder("pairs")
	b.AddRegion(fleet.Region{ID: "region"})
	b.AddZone(fleet.Zone{ID: "zone", Region: "region"})
	for n := range p.nodes {
		b.AddHost(fleet.Host{ID: fmt.Sprintf("node-%04d", n), Zone: "zone", Outage: round})
	}
	for n, pair := range p.of {
		id := fmt.Sprintf("instance-%04d", n)
		b.AddTenant(fleet.Tenant{ID: id})
		b.AddGroup(fleet.Group{ID: id, Tenant: id, MaxDown: limit.Count(1)})
		for side, node := range pair {
			b.AddGuest(fleet.Guest{ID: fmt.Sprintf("%s-%d", id, side), Host: fmt.Sprintf("node-%04d", node), Tenant: id, Groups: []string{id}})
		}
	}
	f, problems := b.Build()
	if problems.Failed() {
		tb.Fatal(problems.Err())
	}
	rules := &policy.Policy{Start: 1767571200, Order: policy.Order{Regions: policy.FreeRegions, FreeZones: true}}
	return planner.Input{Fleet: f, Policy: rules, Exposure: allExposed{}}
}

// allExposed calls every host exposed to one advisory.
type allExposed struct{}

func (allExposed) Advisories() []*advisory.Advisory {
	return []*advisory.Advisory{{ID: "XSA-100", Action: advisory.Reboot}}
}
func (allExposed) NeedsOutage(ident.Host) bool       { return true }
func (allExposed) Touches(int, ident.Host) bool      { return true }
func (allExposed) Overall(ident.Host) exposure.State { return exposure.VulnerableRunning }
func (allExposed) Of(int, ident.Host) exposure.State { return exposure.VulnerableRunning }

// rounds plans the pairs, has the plan checked, and counts its rounds.
func (p pairs) rounds(tb testing.TB) (rounds, bound int) {
	in := p.input(tb)
	made := p.plan(tb, in)
	report := inspect.Check(inspect.Input{Plan: made, Fleet: in.Fleet, Exposure: allExposed{}, Policy: in.Policy})
	if !report.Accepted() {
		tb.Fatalf("the checker refuses the plan: %v", report.Findings())
	}
	return roundsOf(made), int((made.Bound.Seconds + round - 1) / round)
}

// plan plans the pairs and searches for so many steps.
func (p pairs) plan(tb testing.TB, in planner.Input) *plan.Plan {
	search, problems := planner.Open(in)
	if problems.Failed() {
		tb.Fatal(problems.Err())
	}
	search.Improve(*pairsSteps)
	made, problems := search.Plan()
	if problems.Failed() {
		tb.Fatal(problems.Err())
	}
	return made
}

func roundsOf(made *plan.Plan) int { return int(made.Makespan / round) }

// saturation colours the nodes greedily, always the one next whose neighbours have most colours (of
// equals, the one with most neighbours), and returns how many colours that takes: hroller's best rule.
func (p pairs) saturation() int {
	apart := make([]map[int]bool, p.nodes)
	seen := make([]map[int]bool, p.nodes)
	for n := range p.nodes {
		apart[n], seen[n] = map[int]bool{}, map[int]bool{}
	}
	for _, pair := range p.of {
		apart[pair[0]][pair[1]], apart[pair[1]][pair[0]] = true, true
	}
	colours, isDone := 0, make([]bool, p.nodes)
	for range p.nodes {
		next := -1
		for n := range p.nodes {
			if !isDone[n] && (next < 0 || len(seen[n]) > len(seen[next]) ||
				(len(seen[n]) == len(seen[next]) && len(apart[n]) > len(apart[next]))) {
				next = n
			}
		}
		colour := 0
		for seen[next][colour] {
			colour++
		}
		isDone[next], colours = true, max(colours, colour+1)
		for n := range apart[next] {
			seen[n][colour] = true
		}
	}
	return colours
}

// ring returns nodes in a row, each sharing an instance with the next, and the last with the first.
func ring(nodes int) pairs {
	p := row(nodes)
	p.of = append(p.of, [2]int{nodes - 1, 0})
	return p
}

func row(nodes int) pairs {
	p := pairs{nodes: nodes}
	for n := range nodes - 1 {
		p.of = append(p.of, [2]int{n, n + 1})
	}
	return p
}

// between shares an instance between any two nodes that are not of the same part.
func between(parts ...int) pairs {
	p, part := pairs{}, []int(nil)
	for k, size := range parts {
		for range size {
			part = append(part, k)
		}
	}
	p.nodes = len(part)
	for a := range part {
		for b := range a {
			if part[a] != part[b] {
				p.of = append(p.of, [2]int{b, a})
			}
		}
	}
	return p
}

func TestMirroredPairsOfAKnownShapeTakeTheFewestRounds(t *testing.T) {
	for _, x := range []struct {
		name   string
		shape  pairs
		rounds int
	}{
		{"no instance", pairs{nodes: 5}, 1}, {"a row", row(9), 2}, {"an even ring", ring(10), 2}, {"an odd ring", ring(11), 3},
		{"a star", between(1, 12), 2}, {"a clique", between(1, 1, 1, 1, 1, 1, 1), 7}, {"two halves", between(8, 9), 2},
		{"four parts", between(3, 5, 2, 4), 4},
	} {
		if got, _ := x.shape.rounds(t); got != x.rounds {
			t.Errorf("%s takes %d rounds, want %d", x.name, got, x.rounds)
		}
	}
}

// The size of hroller's own measurement.
const (
	hrollerNodes     = 1000
	hrollerInstances = 4000
	hrollerRounds    = 12 // what it found
)

// behind is how many rounds more than the saturation rule a plan may take.
const behind = 0

func TestRandomPairsTakeNoMoreRoundsThanHrollerFound(t *testing.T) {
	for seed := range uint64(5) {
		p := randomPairs(hrollerNodes, hrollerInstances, seed)
		rounds, bound := p.rounds(t)
		greedy := p.saturation()
		t.Logf("seed %d: %d rounds, at least %d, by saturation %d", seed, rounds, bound, greedy)
		if rounds > min(hrollerRounds, greedy+behind) {
			t.Errorf("seed %d: %d rounds, saturation takes %d", seed, rounds, greedy)
		}
	}
}

// BenchmarkPairs plans hroller's size: 1,000 nodes with 4,000 mirrored instances. Beside the time it prints
// the rounds of the plan and those of the saturation rule, by seed.
func BenchmarkPairs(b *testing.B) {
	for seed := range uint64(5) {
		b.Run(fmt.Sprintf("seed=%d", seed), func(b *testing.B) {
			p := randomPairs(hrollerNodes, hrollerInstances, seed)
			in := p.input(b)
			b.ReportAllocs()
			rounds := 0
			for b.Loop() {
				rounds = roundsOf(p.plan(b, in))
			}
			b.ReportMetric(float64(rounds), "rounds")
			b.ReportMetric(float64(p.saturation()), "by-saturation")
		})
	}
}
