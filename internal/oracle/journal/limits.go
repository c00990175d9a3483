package journal

import (
	"fmt"
	"maps"
	"slices"

	"github.com/evenkeel-project/evenkeel/internal/core/ident"
	"github.com/evenkeel-project/evenkeel/internal/core/limit"
)

// census is how many hosts there are in each scope, and how many of their guests do not migrate. Lists are by handle.
type census struct {
	fleet, last   int
	region, zone  []int
	rack          map[ident.Rack]int
	tenant, group []int
	cohort        map[string]int
}

func (g *ground) newCensus() *census {
	f := g.fleet
	return &census{region: make([]int, f.Regions()), zone: make([]int, f.Zones()), rack: map[ident.Rack]int{},
		tenant: make([]int, f.Tenants()), group: make([]int, f.Groups()), cohort: map[string]int{}}
}

// addHost counts a host with the guests that go down with it.
func (c *census) addHost(g *ground, h ident.Host) {
	c.fleet++
	c.region[g.regionOf[h]]++
	c.zone[g.fleet.ZoneOf(h)]++
	c.rack[g.fleet.RackOf(h)]++
	c.cohort[g.cohortOf[h]]++
	if g.last[h] {
		c.last++
	}
	for _, guest := range g.lost[h] {
		c.addGuest(g, guest)
	}
}

func (c *census) addGuest(g *ground, guest ident.Guest) {
	c.tenant[g.fleet.TenantOf(guest)]++
	for _, group := range g.fleet.GroupsOf(guest) {
		c.group[group]++
	}
}

// takeDown counts a host as down from now on.
func (a *auditor) takeDown(h ident.Host) {
	if !a.lives[h].down {
		a.lives[h].down = true
		a.downNow = append(a.downNow, h)
	}
}

// bringUp counts a host as up from now on.
func (a *auditor) bringUp(h ident.Host) {
	if a.lives[h].down {
		a.lives[h].down = false
		a.downNow = slices.DeleteFunc(a.downNow, func(other ident.Host) bool { return other == h })
	}
}

// countDown counts anew all that is down, whatever for, but for one host.
func (a *auditor) countDown(but ident.Host) *census {
	c := a.newCensus()
	for _, h := range a.downNow {
		if h != but {
			c.addHost(a.ground, h)
		}
	}
	for guest := range a.left {
		c.addGuest(a.ground, guest)
	}
	return c
}

// tally is one limit that a host counts against: what is down beside it, what it adds, what is allowed.
type tally struct {
	code        Code
	scope, name string
	down, more  int
	allowed     int
}

func (t tally) String() string {
	if t.name == "" {
		return "the " + t.scope
	}
	return t.scope + " " + t.name
}

// checkLimits counts every limit that the host counts against anew and holds both the limit and what was written
// down against that.
func (a *auditor) checkLimits(h ident.Host, wrote []check) {
	id := a.fleet.HostID(h)
	down := a.countDown(h)
	counted := append(a.hostLimits(h, down), a.guestLimits(h, down)...)
	for _, t := range counted {
		if t.down+t.more > t.allowed {
			a.find(t.code, "host %s makes %d down in %s, where %d may be", id, t.down+t.more, t, t.allowed)
		}
		found := 0
		for _, c := range wrote {
			if c.Scope != t.scope || (c.Name != t.name && t.scope != scopeRack) {
				continue
			}
			found++
			if c.Down != t.down || c.More != t.more || c.Allowed != t.allowed {
				a.find(CheckWrong, "for host %s and %s there is written %d + %d of %d, and it is %d + %d of %d",
					id, t, c.Down, c.More, c.Allowed, t.down, t.more, t.allowed)
			}
		}
		if found != 1 {
			a.find(CheckMissing, "for host %s the limit of %s is written down %d times", id, t, found)
		}
	}
	if len(wrote) > len(counted) {
		a.find(CheckWrong, "for host %s there are %d limits written down, and it counts against %d", id, len(wrote), len(counted))
	}
}

// scopeRack is the scope whose name is not checked: a host is in one rack, and how it is called is the writer's choice.
const scopeRack = "rack"

// hostLimits returns the limits on hosts that a host counts against.
func (a *auditor) hostLimits(h ident.Host, down *census) []tally {
	f, limits, whole := a.fleet, a.policy.Limits, a.whole
	region, zone, rack, cohort := a.regionOf[h], f.ZoneOf(h), f.RackOf(h), a.cohortOf[h]
	var counted []tally
	count := func(scope, name string, l limit.Limit, down, whole int) {
		if l.Set() {
			counted = append(counted, tally{code: Limit, scope: scope, name: name, down: down, more: 1, allowed: l.Of(whole)})
		}
	}
	count("fleet", "", limits.Fleet, down.fleet, whole.fleet)
	count("region", f.RegionID(region), limits.Region, down.region[region], whole.region[region])
	count("zone", f.ZoneID(zone), limits.Zone, down.zone[zone], whole.zone[zone])
	count(scopeRack, fmt.Sprintf("%s of %s", f.RackName(rack), f.ZoneID(zone)), limits.Rack, down.rack[rack], whole.rack[rack])
	count("cohort", cohort, limits.Cohort, down.cohort[cohort], whole.cohort[cohort])
	if a.last[h] {
		counted = append(counted, tally{code: LastTogether, scope: "last", down: down.last, more: 1, allowed: 1})
	}
	return counted
}

// guestLimits returns the limits of the tenants and groups of the guests that go down with a host. A tenant's limit
// is raised to what goes down with any one host.
func (a *auditor) guestLimits(h ident.Host, down *census) []tally {
	f := a.fleet
	tenants, groups := map[ident.Tenant]int{}, map[ident.Group]int{}
	for _, guest := range a.lost[h] {
		tenants[f.TenantOf(guest)]++
		for _, n := range f.GroupsOf(guest) {
			groups[ident.Group(n)]++
		}
	}
	var counted []tally
	for _, t := range slices.Sorted(maps.Keys(tenants)) {
		if l := a.policy.Limits.Tenant; l.Set() {
			counted = append(counted, tally{code: TenantLimit, scope: "tenant", name: f.TenantID(t), down: down.tenant[t], more: tenants[t],
				allowed: max(l.Of(f.TenantSize(t)), a.raised[t])})
		}
	}
	for _, g := range slices.Sorted(maps.Keys(groups)) {
		if l := f.MaxDown(g); l.Set() {
			counted = append(counted, tally{code: GroupLimit, scope: "group", name: f.GroupID(g), down: down.group[g], more: groups[g],
				allowed: l.Of(f.GroupSize(g))})
		}
	}
	return counted
}
