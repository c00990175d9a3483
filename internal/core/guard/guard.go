// Package guard is the one yes or no for everything that can take a guest down. It knows what is allowed and
// what is down already, and is told the rest as values; whatever is not said is taken for a no. It starts nothing and
// knows no campaign: reboots, and later everything else that disrupts, ask the same question out of the same budget.
package guard

import (
	"math"

	"github.com/evenkeel-project/evenkeel/internal/core/fleet"
	"github.com/evenkeel-project/evenkeel/internal/core/ident"
	"github.com/evenkeel-project/evenkeel/internal/core/limit"
	"github.com/evenkeel-project/evenkeel/internal/core/policy"
)

// Guard is what a policy allows in a fleet. It is immutable.
type Guard struct {
	fleet     *fleet.Fleet
	policy    *policy.Policy
	allowed   []int32 // by resource
	at        offsets
	cohortOf  []uint32 // by host
	cohorts   []string
	protected []bool
	last      []bool
	freezes   []freeze
}

// offsets says where the resources of each kind begin; the fleet is resource 0, and the turn of the last hosts
// the final one.
type offsets struct {
	regions, zones, racks, cohorts, tenants, groups, turn uint32
}

// freeze is one freeze with the hosts that it covers.
type freeze struct {
	policy.Freeze
	hosts []bool
}

// unlimited is the allowance where the policy sets no limit.
const unlimited = math.MaxInt32

// New resolves every limit of the policy to a number for this fleet.
func New(f *fleet.Fleet, p *policy.Policy) *Guard {
	g := &Guard{fleet: f, policy: p, protected: p.ProtectedHosts(f), last: p.LastHosts(f)}
	sizes := g.nameCohorts()
	g.at.regions = 1
	g.at.zones = g.at.regions + uint32(f.Regions())
	g.at.racks = g.at.zones + uint32(f.Zones())
	g.at.cohorts = g.at.racks + uint32(f.Racks())
	g.at.tenants = g.at.cohorts + uint32(len(g.cohorts))
	g.at.groups = g.at.tenants + uint32(f.Tenants())
	g.at.turn = g.at.groups + uint32(f.Groups())
	g.allowed = make([]int32, g.at.turn+1)
	g.allowed[g.at.turn] = 1
	g.allowHosts(sizes)
	g.allowGuests()
	for _, z := range p.Freezes {
		g.freezes = append(g.freezes, freeze{Freeze: z, hosts: z.Hosts(f)})
	}
	return g
}

// nameCohorts numbers the cohorts in order of their first host and returns their sizes.
func (g *Guard) nameCohorts() []int {
	numbers := map[string]uint32{}
	var sizes []int
	g.cohortOf = make([]uint32, g.fleet.Hosts())
	for h := range g.cohortOf {
		name := g.policy.CohortOf(g.fleet, ident.Host(h))
		n, known := numbers[name]
		if !known {
			n = uint32(len(g.cohorts))
			numbers[name] = n
			g.cohorts, sizes = append(g.cohorts, name), append(sizes, 0)
		}
		g.cohortOf[h] = n
		sizes[n]++
	}
	return sizes
}

func (g *Guard) allowHosts(cohortSizes []int) {
	f, limits := g.fleet, g.policy.Limits
	g.allowed[0] = resolve(limits.Fleet, f.Hosts())
	inRegion := make([]int, f.Regions())
	for z := range f.Zones() {
		hosts := len(f.HostsIn(ident.Zone(z)))
		inRegion[f.RegionOf(ident.Zone(z))] += hosts
		g.allowed[g.at.zones+uint32(z)] = resolve(limits.Zone, hosts)
	}
	for r, hosts := range inRegion {
		g.allowed[g.at.regions+uint32(r)] = resolve(limits.Region, hosts)
	}
	for r := range f.Racks() {
		g.allowed[g.at.racks+uint32(r)] = resolve(limits.Rack, f.RackSize(ident.Rack(r)))
	}
	for c, hosts := range cohortSizes {
		g.allowed[g.at.cohorts+uint32(c)] = resolve(limits.Cohort, hosts)
	}
}

// allowGuests sets the allowances of groups and tenants. A tenant's is raised to what goes down with any one
// host: it is our courtesy and never blocks a host by itself.
func (g *Guard) allowGuests() {
	f := g.fleet
	for n := range f.Groups() {
		group := ident.Group(n)
		g.allowed[g.at.groups+uint32(n)] = resolve(f.MaxDown(group), f.GroupSize(group))
	}
	for t := range f.Tenants() {
		g.allowed[g.at.tenants+uint32(t)] = resolve(g.policy.Limits.Tenant, f.TenantSize(ident.Tenant(t)))
	}
	if !g.policy.Limits.Tenant.Set() {
		return
	}
	count := newCounter(f.Tenants())
	for h := range f.Hosts() {
		for _, guest := range f.GuestsOn(ident.Host(h)) {
			if f.OnReboot(ident.Guest(guest)) != fleet.Migrate {
				count.add(uint32(f.TenantOf(ident.Guest(guest))))
			}
		}
		for _, t := range count.met {
			at := &g.allowed[g.at.tenants+t]
			*at = max(*at, count.of[t])
		}
		count.clear()
	}
}

func resolve(l limit.Limit, whole int) int32 {
	if !l.Set() {
		return unlimited
	}
	return int32(l.Of(whole))
}

// Cohort returns the number of a host's cohort, and Cohorts how many there are.
func (g *Guard) Cohort(h ident.Host) int { return int(g.cohortOf[h]) }

// Cohorts returns the number of cohorts of the fleet.
func (g *Guard) Cohorts() int { return len(g.cohorts) }

// CohortName returns what a cohort is called.
func (g *Guard) CohortName(n int) string { return g.cohorts[n] }

// IsLast reports whether the host goes last in its region, never together with another such host (law S23).
func (g *Guard) IsLast(h ident.Host) bool { return g.last[h] }

// scope returns what a resource is: its kind and which one.
func (g *Guard) scope(r uint32) (kind, name string) {
	f := g.fleet
	switch at := g.at; {
	case r == 0:
		return "fleet", ""
	case r < at.zones:
		return "region", f.RegionID(ident.Region(r - at.regions))
	case r < at.racks:
		return "zone", f.ZoneID(ident.Zone(r - at.zones))
	case r < at.cohorts:
		rack := ident.Rack(r - at.racks)
		if f.RackName(rack) == "" {
			return "rack", "of a host of its own in " + f.ZoneID(f.RackZone(rack))
		}
		return "rack", f.RackName(rack) + " of " + f.ZoneID(f.RackZone(rack))
	case r < at.tenants:
		return "cohort", g.cohorts[r-at.cohorts]
	case r < at.groups:
		return "tenant", f.TenantID(ident.Tenant(r - at.tenants))
	case r < at.turn:
		return "group", f.GroupID(ident.Group(r - at.groups))
	}
	return "last", ""
}

// counter counts by number and remembers which numbers it met, so that clearing costs only those.
type counter struct {
	of  []int32
	met []uint32
}

func newCounter(n int) counter { return counter{of: make([]int32, n)} }

func (c *counter) add(n uint32) {
	if c.of[n] == 0 {
		c.met = append(c.met, n)
	}
	c.of[n]++
}

func (c *counter) clear() {
	for _, n := range c.met {
		c.of[n] = 0
	}
	c.met = c.met[:0]
}
