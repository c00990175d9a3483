package oracle_test

import (
	"bytes"
	"testing"

	"github.com/evenkeel-project/evenkeel/internal/core/fleet"
	"github.com/evenkeel-project/evenkeel/internal/core/ident"
	"github.com/evenkeel-project/evenkeel/internal/core/plan"
	"github.com/evenkeel-project/evenkeel/internal/core/policy"
	"github.com/evenkeel-project/evenkeel/internal/oracle"
)

func TestTheSameSeedGivesTheSamePlan(t *testing.T) {
	for seed := range uint64(100) {
		a, b := oracle.Generate(seed), oracle.Generate(seed)
		if !bytes.Equal(oracle.Optimum(a).Plan(a).JSON(), oracle.Optimum(b).Plan(b).JSON()) {
			t.Fatalf("seed %d: two plans differ", seed)
		}
	}
}

// features counts in how many instances a word of fleet, policy or plan comes up.
type features map[string]int

func (f features) note(word string, present bool) {
	if present {
		f[word]++
	} else {
		f[word] += 0
	}
}

func TestGeneratedInstancesUseEveryWordOften(t *testing.T) {
	const instances, least = 2000, 40
	seen := features{}
	for seed := range uint64(instances) {
		in := oracle.Generate(seed)
		p := oracle.Optimum(in).Plan(in)
		seen.notePolicy(in.Policy)
		seen.note("blocked", len(p.Blocked) > 0)
		seen.note("five outages or more", len(p.Outages) >= 5)
		seen.note("several advisories", len(p.Advisories) > 1)
		seen.note("deadline missed", p.Margin != nil && *p.Margin < 0)
		seen.note("no deadline", p.Deadline == nil)
		for _, reason := range []plan.Reason{plan.Fixed, plan.NotAffected, plan.Protected} {
			seen.note("excluded "+string(reason), excludes(p, reason))
		}
		seen.note("several regions", in.Fleet.Regions() > 1)
		for _, kind := range []fleet.OnReboot{fleet.Migrate, fleet.Pinned} {
			seen.note(kind.String(), hasGuest(in.Fleet, kind))
		}
	}
	for word, count := range seen {
		if count < least {
			t.Errorf("%s comes up in %d of %d instances, less than %d", word, count, instances, least)
		}
	}
}

func (f features) notePolicy(p *policy.Policy) {
	f.note("limits.fleet", p.Limits.Fleet.Set())
	f.note("limits.region", p.Limits.Region.Set())
	f.note("limits.zone", p.Limits.Zone.Set())
	f.note("limits.rack", p.Limits.Rack.Set())
	f.note("limits.cohort", p.Limits.Cohort.Set())
	f.note("limits.tenant", p.Limits.Tenant.Set())
	f.note("smallest-first", p.Order.Regions == policy.SmallestFirst)
	f.note("a list of regions", p.Order.Regions == policy.Listed)
	f.note("free regions", p.Order.Regions == policy.FreeRegions)
	f.note("free zones", p.Order.FreeZones)
	f.note("two canaries", p.Canary.Hosts == 2)
	f.note("outage.by", len(p.OutageBy) > 0)
	f.note("several freezes", len(p.Freezes) > 1)
	f.note("last", len(p.Last) > 0)
	for _, z := range p.Freezes {
		f.note("scope.region", z.Region != "")
		f.note("scope.zone", z.Zone != "")
		f.note("scope.tenant", z.Tenant != "")
	}
}

func excludes(p *plan.Plan, reason plan.Reason) bool {
	for _, e := range p.Excluded {
		if e.Reason == reason {
			return true
		}
	}
	return false
}

func hasGuest(f *fleet.Fleet, kind fleet.OnReboot) bool {
	for g := range f.Guests() {
		if f.OnReboot(ident.Guest(g)) == kind {
			return true
		}
	}
	return false
}
