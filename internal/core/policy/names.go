package policy

import (
	"fmt"

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
		if _, ok := f.FindTenant(z.Tenant); !ok && z.Tenant != "" {
			unknown(z.Place, "tenant", z.Tenant, where)
		}
	}
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
	for h := range f.Hosts() {
		if s.Matches(f, ident.Host(h)) {
			return
		}
	}
	list.Add(problem.Problem{Code: "selector-picks-nothing", Place: s.Place, Warning: true,
		Sentence: fmt.Sprintf("the selector %s of %s picks no host of this fleet", s, where)})
}
