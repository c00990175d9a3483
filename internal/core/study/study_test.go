package study_test

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/exposure"
	"github.com/evenkeel-project/evenkeel/internal/core/plan"
	"github.com/evenkeel-project/evenkeel/internal/core/planner"
	"github.com/evenkeel-project/evenkeel/internal/core/policy"
	"github.com/evenkeel-project/evenkeel/internal/core/study"
	"github.com/evenkeel-project/evenkeel/internal/oracle"
)

// seeds is how many small fleets each test studies.
const seeds = 1500

// ruleOf lists the codes of the oracle that a kind of reason stands for.
var ruleOf = map[string][]string{
	study.AtStart: {"before-start"}, study.Freeze: {"freeze"}, study.RegionOrder: {"region-order"}, study.ZoneOrder: {"zone-order"},
	study.LastOrder: {"last-order"}, study.Canary: {"canary-barrier"}, study.Free: {},
	study.Limit: {"fleet-limit", "region-limit", "zone-limit", "rack-limit", "cohort-limit", "tenant-limit", "group-limit", "last-together"},
}

// brokenRules returns the codes of the rules of the schedule that a plan breaks.
func brokenRules(in oracle.Instance, p *plan.Plan) []string {
	var out []string
	for _, fault := range oracle.Broken(in, p) {
		code, _, _ := strings.Cut(fault, ":")
		for _, codes := range ruleOf {
			if slices.Contains(codes, code) {
				out = append(out, code)
			}
		}
	}
	return out
}

// shifted returns the plan with one outage moved.
func shifted(p *plan.Plan, k int, by calendar.Seconds) *plan.Plan {
	out := *p
	out.Outages = slices.Clone(p.Outages)
	out.Outages[k].Start = out.Outages[k].Start.Add(by)
	out.Outages[k].End = out.Outages[k].End.Add(by)
	return &out
}

// loosened delays outages at random where no rule is broken by it, so that some of them could start earlier.
func loosened(in oracle.Instance, p *plan.Plan, seed uint64) *plan.Plan {
	draw := rand.New(rand.NewPCG(seed, 1))
	for k := range p.Outages {
		if draw.IntN(2) == 0 {
			continue
		}
		if later := shifted(p, k, calendar.Seconds(1+draw.IntN(600))); len(brokenRules(in, later)) == 0 {
			p = later
		}
	}
	out := *p
	out.Outages = slices.Clone(p.Outages)
	slices.SortStableFunc(out.Outages, func(a, b plan.Outage) int { return int(a.Start - b.Start) })
	return &out
}

func planned(t *testing.T, seed uint64) (oracle.Instance, planner.Input, *plan.Plan) {
	t.Helper()
	in := oracle.Generate(seed)
	input := planner.Input{Fleet: in.Fleet, Exposure: exposure.Judge(in.Fleet, in.Advisories), Policy: in.Policy}
	p, problems := planner.Make(input)
	if problems.Failed() {
		t.Fatalf("seed %d: %v", seed, problems.Err())
	}
	return in, input, p
}

func TestAnOutageThatAReasonHoldsBreaksThatRuleASecondEarlier(t *testing.T) {
	seen := map[string]int{}
	for seed := range uint64(seeds) {
		in, input, p := planned(t, seed)
		if seed%2 == 1 {
			p = loosened(in, p, seed)
		}
		for k, reason := range study.Of(input, p).Reasons {
			broken := brokenRules(in, shifted(p, k, -1))
			holds := slices.ContainsFunc(broken, func(code string) bool { return slices.Contains(ruleOf[reason.Kind], code) })
			if free := len(broken) == 0; free != (reason.Kind == study.Free) || free == holds || reason.Words == "" {
				t.Errorf("seed %d: %s is said to be held by %s (%s); a second earlier it breaks %q", seed, p.Outages[k].Host, reason.Kind, reason.Words, broken)
			}
			if (reason.Limit >= 0) != (reason.Kind == study.Limit) {
				t.Errorf("seed %d: reason %+v", seed, reason)
			}
			seen[reason.Kind]++
		}
	}
	for _, kind := range []string{study.AtStart, study.Freeze, study.RegionOrder, study.ZoneOrder, study.LastOrder, study.Canary, study.Limit, study.Free} {
		if seen[kind] == 0 {
			t.Errorf("no outage was held by %s", kind)
		}
	}
}

func TestLoadsAreWhatANaiveCountFinds(t *testing.T) {
	for seed := range uint64(seeds) {
		in, input, p := planned(t, seed)
		known := naiveLimits(in, p)
		found := study.Of(input, p)
		for i, load := range found.Loads {
			n, ok := known[load.Kind+" "+load.Name]
			if !ok || load.Allowed != n.allowed || n.total <= n.allowed {
				t.Errorf("seed %d: load %s %q of %d: the naive count has %+v", seed, load.Kind, load.Name, load.Allowed, n)
				continue
			}
			if steps := naiveSteps(p, n.weight); !slices.Equal(load.Steps, steps) {
				t.Errorf("seed %d: %s\n%v\n%v", seed, load.Name, load.Steps, steps)
			}
			if i > 0 && peak(load)*found.Loads[i-1].Allowed > peak(found.Loads[i-1])*load.Allowed {
				t.Errorf("seed %d: load %q stands after %q, which is less full", seed, load.Name, found.Loads[i-1].Name)
			}
		}
		if in.Policy.Order.Regions == policy.FreeRegions {
			contested := 0
			for _, n := range known {
				if n.total > n.allowed {
					contested++
				}
			}
			if contested != len(found.Loads) {
				t.Errorf("seed %d: %d loads, the naive count has %d", seed, len(found.Loads), contested)
			}
		}
		for k, reason := range found.Reasons {
			if reason.Kind == study.Limit {
				load := found.Loads[reason.Limit]
				n := known[load.Kind+" "+load.Name]
				if usedAt(load, p.Outages[k].Start-1)+n.weight[k] <= load.Allowed {
					t.Errorf("seed %d: %s is said to wait for %s, which had room", seed, p.Outages[k].Host, load.Name)
				}
			}
		}
	}
}

func peak(l study.Load) int64 {
	most := int64(0)
	for _, s := range l.Steps {
		most = max(most, s.Used)
	}
	return most
}

func usedAt(l study.Load, at calendar.Instant) int64 {
	used := int64(0)
	for _, s := range l.Steps {
		if s.At <= at {
			used = s.Used
		}
	}
	return used
}

func TestAPlanOfAnotherInputIsNotStudied(t *testing.T) {
	_, _, p := planned(t, 1)
	_, other, q := planned(t, 2)
	if len(p.Outages) == 0 || len(q.Outages) == 0 {
		t.Fatal("both need an outage")
	}
	q.Outages[0].Host = "host-of-another-fleet"
	defer func() {
		if told, _ := recover().(string); !strings.Contains(told, "not of this input: host host-of-another-fleet") {
			t.Errorf("it was studied, or failed with %q", told)
		}
	}()
	study.Of(other, q)
}
