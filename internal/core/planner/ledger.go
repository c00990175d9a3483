package planner

import (
	"fmt"
	"slices"

	"github.com/evenkeel-project/evenkeel/internal/core/fleet"
	"github.com/evenkeel-project/evenkeel/internal/core/ident"
	"github.com/evenkeel-project/evenkeel/internal/core/instance"
	"github.com/evenkeel-project/evenkeel/internal/core/limit"
	"github.com/evenkeel-project/evenkeel/internal/core/policy"
)

// ledger is everything outages compete for: every limit of the policy and every redundancy group is a
// resource with an allowance. Resources of one kind stand together, in order of handle.
type ledger struct {
	fleet   *fleet.Fleet
	cohorts cohorts
	allowed []int64 // by resource

	// First resource of each kind; the fleet is resource 0 and the last hosts' turn is the final one.
	regions, zones, racks, cohortsAt, tenants, groups, turn uint32

	tally tally
}

// cohorts numbers the cohorts in order of their first host.
type cohorts struct {
	names []string
	of    []uint32 // by host
	size  []int    // hosts of the fleet in the cohort
}

func openLedger(in Input) *ledger {
	f, p := in.Fleet, in.Policy
	l := &ledger{fleet: f, cohorts: nameCohorts(f, p)}
	l.regions = 1
	l.zones = l.regions + uint32(f.Regions())
	l.racks = l.zones + uint32(f.Zones())
	l.cohortsAt = l.racks + uint32(f.Racks())
	l.tenants = l.cohortsAt + uint32(len(l.cohorts.names))
	l.groups = l.tenants + uint32(f.Tenants())
	l.turn = l.groups + uint32(f.Groups())
	l.allowed = make([]int64, l.turn+1)
	l.tally = tally{fleet: f, groups: newCounter(f.Groups()), tenants: newCounter(f.Tenants())}
	l.setAllowances(p)
	for _, g := range in.Waived {
		l.allowed[l.groups+uint32(g)] = instance.Unlimited
	}
	return l
}

func nameCohorts(f *fleet.Fleet, p *policy.Policy) cohorts {
	c := cohorts{of: make([]uint32, f.Hosts())}
	numbers := map[string]uint32{}
	for h := range c.of {
		name := p.CohortOf(f, ident.Host(h))
		n, ok := numbers[name]
		if !ok {
			n = uint32(len(c.names))
			numbers[name] = n
			c.names, c.size = append(c.names, name), append(c.size, 0)
		}
		c.of[h] = n
		c.size[n]++
	}
	return c
}

func allowance(l limit.Limit, whole int) int64 {
	if !l.Set() {
		return instance.Unlimited
	}
	return int64(l.Of(whole))
}

func (l *ledger) setAllowances(p *policy.Policy) {
	f, limits := l.fleet, p.Limits
	l.allowed[0] = allowance(limits.Fleet, f.Hosts())
	for r := range f.Regions() {
		hosts := 0
		for _, z := range f.ZonesIn(ident.Region(r)) {
			hosts += len(f.HostsIn(ident.Zone(z)))
		}
		l.allowed[l.regions+uint32(r)] = allowance(limits.Region, hosts)
	}
	for z := range f.Zones() {
		l.allowed[l.zones+uint32(z)] = allowance(limits.Zone, len(f.HostsIn(ident.Zone(z))))
	}
	for r := range f.Racks() {
		l.allowed[l.racks+uint32(r)] = allowance(limits.Rack, f.RackSize(ident.Rack(r)))
	}
	for c, size := range l.cohorts.size {
		l.allowed[l.cohortsAt+uint32(c)] = allowance(limits.Cohort, size)
	}
	for g := range f.Groups() {
		l.allowed[l.groups+uint32(g)] = allowance(f.MaxDown(ident.Group(g)), f.GroupSize(ident.Group(g)))
	}
	l.allowed[l.turn] = 1
	l.setTenants(limits.Tenant)
}

// setTenants raises each tenant's allowance to its largest number of guests down with any one host, so that
// our courtesy never blocks a host by itself.
func (l *ledger) setTenants(share limit.Limit) {
	f := l.fleet
	for t := range f.Tenants() {
		l.allowed[l.tenants+uint32(t)] = allowance(share, f.TenantSize(ident.Tenant(t)))
	}
	if !share.Set() {
		return
	}
	for h := range f.Hosts() {
		l.tally.count(ident.Host(h))
		for _, t := range l.tally.tenants.touched {
			at := &l.allowed[l.tenants+t]
			*at = max(*at, int64(l.tally.tenants.of[t]))
		}
		l.tally.clear()
	}
}

// kind says what a resource limits, in one word.
func (l *ledger) kind(r uint32) string {
	for _, kind := range [...]struct {
		end  uint32
		word string
	}{{l.regions, "fleet"}, {l.zones, "region"}, {l.racks, "zone"}, {l.cohortsAt, "rack"}, {l.tenants, "cohort"}, {l.groups, "tenant"}, {l.turn, "group"}} {
		if r < kind.end {
			return kind.word
		}
	}
	return "last"
}

// name says what a resource is and how much of it may be down, for people.
func (l *ledger) name(r uint32) string {
	f, allowed := l.fleet, l.allowed[r]
	atOnce := func(scope, id string) string {
		return fmt.Sprintf("limit %s %s: %s at once", scope, id, instance.HostCount(int(allowed)))
	}
	switch {
	case r == 0:
		return fmt.Sprintf("limit fleet: %s at once", instance.HostCount(int(allowed)))
	case r < l.zones:
		return atOnce("region", f.RegionID(ident.Region(r-l.regions)))
	case r < l.racks:
		return atOnce("zone", f.ZoneID(ident.Zone(r-l.zones)))
	case r < l.cohortsAt:
		rack := ident.Rack(r - l.racks)
		return atOnce("rack", f.RackName(rack)+" of zone "+f.ZoneID(f.RackZone(rack)))
	case r < l.tenants:
		return atOnce("cohort", l.cohorts.names[r-l.cohortsAt])
	case r < l.groups:
		t := ident.Tenant(r - l.tenants)
		return fmt.Sprintf("tenant %s: %d of %d guests down", f.TenantID(t), allowed, f.TenantSize(t))
	case r < l.turn:
		g := ident.Group(r - l.groups)
		return fmt.Sprintf("group %s: %d of %d down", f.GroupID(g), allowed, f.GroupSize(g))
	}
	return "last hosts: one at a time"
}

// tally counts the guests that go down with one host, by group and by tenant.
type tally struct {
	fleet           *fleet.Fleet
	groups, tenants counter
	down            int
}

// counter counts by number and remembers which numbers it met, so that clearing costs only those.
type counter struct {
	of      []uint32
	touched []uint32
}

func newCounter(n int) counter { return counter{of: make([]uint32, n)} }

func (c *counter) add(n uint32) {
	if c.of[n] == 0 {
		c.touched = append(c.touched, n)
	}
	c.of[n]++
}

func (c *counter) clear() {
	for _, n := range c.touched {
		c.of[n] = 0
	}
	c.touched = c.touched[:0]
}

// count takes the host's guests that do not migrate. The touched groups and tenants are in order of handle.
func (t *tally) count(h ident.Host) {
	for _, g := range t.fleet.GuestsOn(h) {
		guest := ident.Guest(g)
		if t.fleet.OnReboot(guest) == fleet.Migrate {
			continue
		}
		t.down++
		t.tenants.add(uint32(t.fleet.TenantOf(guest)))
		for _, group := range t.fleet.GroupsOf(guest) {
			t.groups.add(group)
		}
	}
	slices.Sort(t.groups.touched)
	slices.Sort(t.tenants.touched)
}

func (t *tally) clear() {
	t.groups.clear()
	t.tenants.clear()
	t.down = 0
}
