package policy

import (
	"fmt"
	"slices"

	"github.com/evenkeel-project/evenkeel/internal/core/fleet"
	"github.com/evenkeel-project/evenkeel/internal/core/ident"
	"github.com/evenkeel-project/evenkeel/internal/core/problem"
)

// CheckNames reports every name of the policy that the fleet does not have: regions of the order, hosts
// that are protected or last, scopes of freezes. A misspelt protection would protect nothing, so it is an
// error; a selector that picks no host is a warning, because a policy may serve several fleets.
func (p *Policy) CheckNames(f *fleet.Fleet) problem.List {
	var list problem.List
	unknown := func(place problem.Place, kind, id, where string) {
		list.Addf("unknown-name", place, "correct the name, or use the fleet that has it", "%s names %s %q, which the fleet does not have", where, kind, id)
	}
	for _, id := range p.Order.RegionList {
		if _, ok := f.FindRegion(id); !ok {
			unknown(p.Order.ListPlace, "region", id, "order.regions")
		}
	}
	for i, z := range p.Freezes {
		where := fmt.Sprintf("freezes[%d].scope", i)
		if _, ok := f.FindRegion(z.Region); !ok && z.Region != "" {
			unknown(z.Place, "region", z.Region, where)
		}
		if _, ok := f.FindZone(z.Zone); !ok && z.Zone != "" {
			unknown(z.Place, "zone", z.Zone, where)
		}
		if zone, ok := f.FindZone(z.Zone); ok && z.Region != "" && f.RegionID(f.RegionOf(zone)) != z.Region {
			list.Addf("unknown-name", z.Place, "correct one of the two", "%s names zone %s, which is not in region %s: the freeze would cover nothing", where, z.Zone, z.Region)
		}
		if _, ok := f.FindTenant(z.Tenant); !ok && z.Tenant != "" {
			unknown(z.Place, "tenant", z.Tenant, where)
		}
	}
	p.checkRules(&list, f)
	for _, s := range p.Protected {
		checkSelector(&list, f, s, "protected")
	}
	for _, s := range p.Last {
		checkSelector(&list, f, s, "last")
	}
	return list
}

func checkSelector(list *problem.List, f *fleet.Fleet, s Selector, where string) {
	if s.HostID != "" {
		if _, ok := f.FindHost(s.HostID); !ok {
			list.Addf("unknown-name", s.Place, "correct the name; a selector is written key=value",
				"%s names host %q, which the fleet does not have", where, s.HostID)
		}
		return
	}
	if anyHost(f, func(h ident.Host) bool { return s.Matches(f, h) }) {
		return
	}
	list.Add(problem.Problem{Code: "selector-picks-nothing", Place: s.Place, Warning: true,
		Sentence: fmt.Sprintf("the selector %s of %s picks no host of this fleet", s, where)})
}

// checkRules warns of outage rules that no host meets and of cohort keys that no host has: a misspelt one
// would shorten an outage or join cohorts without a word.
func (p *Policy) checkRules(list *problem.List, f *fleet.Fleet) {
	idle := func(where, what string) {
		list.Add(problem.Problem{Code: "selector-picks-nothing", Place: problem.Place{File: p.File}, Warning: true,
			Sentence: fmt.Sprintf("no host of this fleet has %s of %s", what, where), Fix: "correct the name, or take it out"})
	}
	for _, rule := range p.OutageBy {
		if !anyHost(f, func(h ident.Host) bool { v, ok := Attribute(f, h, rule.Key); return ok && v == rule.Value }) {
			idle("outage.by", rule.Key+"="+rule.Value)
		}
	}
	if slices.Equal(p.Canary.Per, DefaultCanary().Per) {
		return
	}
	for _, key := range p.Canary.Per {
		if !anyHost(f, func(h ident.Host) bool { _, ok := Attribute(f, h, key); return ok }) {
			idle("canary.per", "the label "+key)
		}
	}
}

func anyHost(f *fleet.Fleet, holds func(ident.Host) bool) bool {
	for h := range f.Hosts() {
		if holds(ident.Host(h)) {
			return true
		}
	}
	return false
}
