package inspect

import (
	"cmp"
	"fmt"

	"github.com/evenkeel-project/evenkeel/internal/core/fleet"
	"github.com/evenkeel-project/evenkeel/internal/core/ident"
	"github.com/evenkeel-project/evenkeel/internal/core/limit"
)

// scope is one kind of limit: resources of which hosts that are down take, and how much of each may be
// taken at once.
type scope struct {
	rule    rule
	allowed []int // by resource; unlimited where there is no limit
	limits  func(resource uint32) limit.Limit
	whole   func(resource uint32) int
	kind    string // what a resource is, as a word before its id
	id      func(resource uint32) string
	unit    string // what is counted, in the plural
	taken   func(h ident.Host, take func(resource uint32))
}

const unlimited = int(^uint(0) >> 1)

// checkLimits sweeps the outages once for each kind of limit that is set.
func (n *inspection) checkLimits() {
	f, limits := n.Fleet, n.Policy.Limits
	regionHosts := make([]int, f.Regions())
	zoneHosts := make([]int, f.Zones())
	for z := range zoneHosts {
		zoneHosts[z] = len(f.HostsIn(ident.Zone(z)))
		regionHosts[f.RegionOf(ident.Zone(z))] += zoneHosts[z]
	}
	events := n.timeline()
	n.sweepHosts(events, scope{rule: fleetLimit, kind: "the fleet", id: func(uint32) string { return "" },
		whole: func(uint32) int { return f.Hosts() }}, limits.Fleet, 1, func(ident.Host) uint32 { return 0 })
	n.sweepHosts(events, scope{rule: regionLimit, kind: "region", id: func(r uint32) string { return f.RegionID(ident.Region(r)) },
		whole: func(r uint32) int { return regionHosts[r] }}, limits.Region, f.Regions(),
		func(h ident.Host) uint32 { return uint32(f.RegionOf(f.ZoneOf(h))) })
	n.sweepHosts(events, scope{rule: zoneLimit, kind: "zone", id: func(z uint32) string { return f.ZoneID(ident.Zone(z)) },
		whole: func(z uint32) int { return zoneHosts[z] }}, limits.Zone, f.Zones(),
		func(h ident.Host) uint32 { return uint32(f.ZoneOf(h)) })
	n.sweepHosts(events, scope{rule: rackLimit, kind: "rack", id: n.rackID,
		whole: func(r uint32) int { return f.RackSize(ident.Rack(r)) }}, limits.Rack, f.Racks(),
		func(h ident.Host) uint32 { return uint32(f.RackOf(h)) })
	n.sweepHosts(events, scope{rule: cohortLimit, kind: "cohort", id: func(c uint32) string { return n.cohortNames[c] },
		whole: func(c uint32) int { return n.cohortSizes[c] }}, limits.Cohort, len(n.cohortNames),
		func(h ident.Host) uint32 { return n.cohortOf[h] })
	n.sweepGroups(events)
	n.sweepTenants(events)
}

// rackID names a rack with its zone: a rack's own name is local to it.
func (n *inspection) rackID(r uint32) string {
	name, zone := n.Fleet.RackName(ident.Rack(r)), n.Fleet.ZoneID(n.Fleet.RackZone(ident.Rack(r)))
	return fmt.Sprintf("%s/%s", zone, cmp.Or(name, "(a single host)"))
}

// sweepHosts checks a limit on hosts down at once, each host being in one resource.
func (n *inspection) sweepHosts(events []event, s scope, l limit.Limit, resources int, of func(ident.Host) uint32) {
	if !l.Set() {
		return
	}
	s.unit = "hosts"
	s.limits = func(uint32) limit.Limit { return l }
	s.allowed = make([]int, resources)
	for r := range s.allowed {
		s.allowed[r] = l.Of(s.whole(uint32(r)))
	}
	s.taken = func(h ident.Host, take func(uint32)) { take(of(h)) }
	n.sweep(events, s)
}

func (n *inspection) sweepGroups(events []event) {
	f := n.Fleet
	s := scope{rule: groupLimit, unit: "members", kind: "group",
		id:     func(g uint32) string { return f.GroupID(ident.Group(g)) },
		whole:  func(g uint32) int { return f.GroupSize(ident.Group(g)) },
		limits: func(g uint32) limit.Limit { return f.MaxDown(ident.Group(g)) },
	}
	s.allowed = make([]int, f.Groups())
	for g := range s.allowed {
		s.allowed[g] = unlimited
		if l := s.limits(uint32(g)); l.Set() {
			s.allowed[g] = l.Of(s.whole(uint32(g)))
		}
	}
	s.taken = func(h ident.Host, take func(uint32)) {
		n.eachDownGuest(h, func(guest ident.Guest) {
			for _, g := range f.GroupsOf(guest) {
				take(g)
			}
		})
	}
	n.sweep(events, s)
}

// sweepTenants checks limits.tenant, raised for each tenant to the largest number of its guests that go
// down with any one host of the fleet: the limit is a courtesy and never blocks a host by itself.
func (n *inspection) sweepTenants(events []event) {
	l, f := n.Policy.Limits.Tenant, n.Fleet
	if !l.Set() {
		return
	}
	s := scope{rule: tenantLimit, unit: "guests", kind: "tenant",
		id:     func(t uint32) string { return f.TenantID(ident.Tenant(t)) },
		whole:  func(t uint32) int { return f.TenantSize(ident.Tenant(t)) },
		limits: func(uint32) limit.Limit { return l },
	}
	s.taken = func(h ident.Host, take func(uint32)) {
		n.eachDownGuest(h, func(guest ident.Guest) { take(uint32(f.TenantOf(guest))) })
	}
	s.allowed = make([]int, f.Tenants())
	for t := range s.allowed {
		s.allowed[t] = l.Of(s.whole(uint32(t)))
	}
	together := newTally(f.Tenants())
	for h := range f.Hosts() {
		s.taken(ident.Host(h), together.add)
		for _, t := range together.touched {
			s.allowed[t] = max(s.allowed[t], int(together.counts[t]))
		}
		together.clear()
	}
	n.sweep(events, s)
}

// eachDownGuest visits the guests that are down while the host is.
func (n *inspection) eachDownGuest(h ident.Host, visit func(ident.Guest)) {
	for _, g := range n.Fleet.GuestsOn(h) {
		if guest := ident.Guest(g); n.Fleet.OnReboot(guest) != fleet.Migrate {
			visit(guest)
		}
	}
}
