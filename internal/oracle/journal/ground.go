package journal

import (
	"cmp"
	"slices"

	"github.com/evenkeel-project/evenkeel/internal/core/advisory"
	"github.com/evenkeel-project/evenkeel/internal/core/fleet"
	"github.com/evenkeel-project/evenkeel/internal/core/ident"
	"github.com/evenkeel-project/evenkeel/internal/core/plan"
	"github.com/evenkeel-project/evenkeel/internal/core/policy"
	"github.com/evenkeel-project/evenkeel/internal/core/predicate"
)

// ground is what the documents say of each host, worked out once. Lists are by the handle of the host.
type ground struct {
	fleet      *fleet.Fleet
	policy     *policy.Policy
	plan       *plan.Plan
	advisories []*advisory.Advisory

	outages  []*plan.Outage // nil without one
	regionOf []ident.Region
	cohortOf []string
	last     []bool
	touching [][]string // ids of the advisories that ask for an outage
	lost     [][]ident.Guest

	whole          *census                         // the whole fleet
	planned        []ident.Host                    // in order of name
	inRegion       map[ident.Region][]ident.Host   // planned hosts
	inZone         map[ident.Zone][]ident.Host     // planned hosts that are not last
	canaries       map[string][]ident.Host         // planned ones, by cohort
	raised         []int                           // by tenant: its guests that do not migrate on the host that has most of them
	tenantsIn      map[ident.Region][]ident.Tenant // those with a guest on a planned host of the region
	tenantsInPlan  []ident.Tenant                  // those with a guest on a planned host
	regionsInOrder []ident.Region                  // in the order in which they have to go, those without planned hosts left out
	zonesInOrder   map[ident.Region][]ident.Zone   // likewise
}

func survey(f *fleet.Fleet, p *policy.Policy, pl *plan.Plan, of []*advisory.Advisory) *ground {
	hosts := f.Hosts()
	g := &ground{fleet: f, policy: p, plan: pl, advisories: of,
		outages: make([]*plan.Outage, hosts), regionOf: make([]ident.Region, hosts), cohortOf: make([]string, hosts),
		last: make([]bool, hosts), touching: make([][]string, hosts), lost: make([][]ident.Guest, hosts),
		inRegion: map[ident.Region][]ident.Host{}, inZone: map[ident.Zone][]ident.Host{}, canaries: map[string][]ident.Host{},
		raised: make([]int, f.Tenants()),
	}
	for i := range pl.Outages {
		if h, ok := f.FindHost(pl.Outages[i].Host); ok {
			g.outages[h] = &pl.Outages[i]
		}
	}
	g.whole = g.newCensus()
	for n := range hosts {
		g.surveyHost(ident.Host(n))
		g.whole.addHost(g, ident.Host(n))
	}
	g.tenantsInPlan = g.tenantsOn(g.planned...)
	g.tenantsIn = map[ident.Region][]ident.Tenant{}
	for n := range f.Regions() {
		g.tenantsIn[ident.Region(n)] = g.tenantsOn(g.inRegion[ident.Region(n)]...)
	}
	g.orderDomains()
	return g
}

func (g *ground) surveyHost(h ident.Host) {
	f := g.fleet
	g.regionOf[h] = f.RegionOf(f.ZoneOf(h))
	g.cohortOf[h] = g.policy.CohortOf(f, h)
	g.last[h] = g.policy.IsLast(f, h)
	g.touching[h] = g.askAdvisories(h)
	together := map[ident.Tenant]int{}
	for _, n := range f.GuestsOn(h) {
		guest := ident.Guest(n)
		if f.OnReboot(guest) == fleet.Migrate {
			continue
		}
		g.lost[h] = append(g.lost[h], guest)
		tenant := f.TenantOf(guest)
		together[tenant]++
		g.raised[tenant] = max(g.raised[tenant], together[tenant])
	}
	if g.outages[h] == nil {
		return
	}
	g.planned = append(g.planned, h)
	g.inRegion[g.regionOf[h]] = append(g.inRegion[g.regionOf[h]], h)
	if !g.last[h] {
		g.inZone[f.ZoneOf(h)] = append(g.inZone[f.ZoneOf(h)], h)
	}
	if g.outages[h].Canary {
		g.canaries[g.cohortOf[h]] = append(g.canaries[g.cohortOf[h]], h)
	}
}

// askAdvisories returns the advisories that ask for an outage of the host: it is exposed, or nobody knows.
func (g *ground) askAdvisories(h ident.Host) []string {
	subject := predicate.Subject{Facts: g.fleet.Facts(h)}
	for _, n := range g.fleet.GuestsOn(h) {
		subject.Guests = append(subject.Guests, g.fleet.GuestLabels(ident.Guest(n)))
	}
	var ids []string
	for _, a := range g.advisories {
		if a.Fixed.Evaluate(subject).Answer != predicate.Yes && a.Affected.Evaluate(subject).Answer != predicate.No {
			ids = append(ids, a.ID)
		}
	}
	return ids
}

// orderDomains works out in which order regions, and the zones of each, have to go: as listed, or those with
// the fewest exposed hosts that may be touched first, then by name. Those without planned hosts are passed over.
func (g *ground) orderDomains() {
	f := g.fleet
	ofRegion, ofZone := map[ident.Region]int{}, map[ident.Zone]int{}
	for n := range f.Hosts() {
		h := ident.Host(n)
		if len(g.touching[h]) > 0 && !g.policy.IsProtected(f, h) {
			ofRegion[g.regionOf[h]]++
			ofZone[f.ZoneOf(h)]++
		}
	}
	rank := func(r ident.Region) int {
		if at := slices.Index(g.policy.Order.RegionList, f.RegionID(r)); g.policy.Order.Regions == policy.Listed && at >= 0 {
			return at
		}
		return len(g.policy.Order.RegionList)
	}
	g.zonesInOrder = map[ident.Region][]ident.Zone{}
	for n := range f.Regions() {
		region := ident.Region(n)
		if len(g.inRegion[region]) > 0 {
			g.regionsInOrder = append(g.regionsInOrder, region)
		}
		for _, z := range f.ZonesIn(region) {
			if len(g.inZone[ident.Zone(z)]) > 0 {
				g.zonesInOrder[region] = append(g.zonesInOrder[region], ident.Zone(z))
			}
		}
		slices.SortFunc(g.zonesInOrder[region], func(a, b ident.Zone) int {
			return cmp.Or(cmp.Compare(ofZone[a], ofZone[b]), cmp.Compare(f.ZoneID(a), f.ZoneID(b)))
		})
	}
	slices.SortFunc(g.regionsInOrder, func(a, b ident.Region) int {
		return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(ofRegion[a], ofRegion[b]), cmp.Compare(f.RegionID(a), f.RegionID(b)))
	})
}

// tenantsOn returns the tenants with a guest on any of the hosts, migrating ones included, in order of name.
func (g *ground) tenantsOn(hosts ...ident.Host) []ident.Tenant {
	seen := map[ident.Tenant]bool{}
	var tenants []ident.Tenant
	for _, h := range hosts {
		for _, n := range g.fleet.GuestsOn(h) {
			if t := g.fleet.TenantOf(ident.Guest(n)); !seen[t] {
				seen[t] = true
				tenants = append(tenants, t)
			}
		}
	}
	slices.Sort(tenants)
	return tenants
}

// tenantsHit returns the tenants with a guest that goes down with the host, in order of name.
func (g *ground) tenantsHit(h ident.Host) []ident.Tenant {
	var tenants []ident.Tenant
	for _, guest := range g.lost[h] {
		tenants = append(tenants, g.fleet.TenantOf(guest))
	}
	slices.Sort(tenants)
	return slices.Compact(tenants)
}
