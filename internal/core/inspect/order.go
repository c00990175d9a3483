package inspect

import (
	"cmp"
	"slices"

	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/fleet"
	"github.com/evenkeel-project/evenkeel/internal/core/ident"
	"github.com/evenkeel-project/evenkeel/internal/core/policy"
)

// domain is a region or a zone with the extent of its outages.
type domain struct {
	handle uint32
	count  int // exposed hosts that are not protected: what smallest-first goes by
	rank   int // place in a written list
	used   bool
	extent calendar.Span // first start, last end
}

func (d *domain) include(s calendar.Span) {
	if !d.used {
		d.used, d.extent = true, s
		return
	}
	d.extent.From, d.extent.To = min(d.extent.From, s.From), max(d.extent.To, s.To)
}

// inOrder returns the domains that have outages, in the order in which they have to go.
func inOrder(domains []domain) []domain {
	used := slices.DeleteFunc(slices.Clone(domains), func(d domain) bool { return !d.used })
	slices.SortFunc(used, func(a, b domain) int {
		return cmp.Or(cmp.Compare(a.rank, b.rank), cmp.Compare(a.count, b.count), cmp.Compare(a.handle, b.handle))
	})
	return used
}

// checkBarriers checks that each domain starts after the one before it has ended and baked.
func (n *inspection) checkBarriers(r rule, kind string, domains []domain, bake calendar.Seconds, id func(uint32) string) {
	ordered := inOrder(domains)
	n.looked(r, len(ordered))
	for i := 1; i < len(ordered); i++ {
		before, after := ordered[i-1], ordered[i]
		if open := before.extent.To.Add(bake); after.extent.From < open {
			n.find(r, []string{id(before.handle), id(after.handle)}, "%s %s starts at %s, before %s: %s %s ends at %s and bakes for %s",
				kind, id(after.handle), after.extent.From, open, kind, id(before.handle), before.extent.To, bake)
		}
	}
}

// regionDomains returns the regions with their outages. A region that a written list leaves out goes after all
// others.
func (n *inspection) regionDomains() []domain {
	f, order := n.Fleet, n.Policy.Order
	regions := make([]domain, f.Regions())
	for r := range regions {
		regions[r] = domain{handle: uint32(r), count: n.todo.byRegion[r]}
		if order.Regions != policy.Listed {
			continue
		}
		regions[r].rank = slices.Index(order.RegionList, f.RegionID(ident.Region(r)))
		if regions[r].rank < 0 {
			regions[r].rank = len(order.RegionList)
		}
	}
	for _, o := range n.outages {
		regions[f.RegionOf(f.ZoneOf(o.host))].include(o.span)
	}
	return regions
}

// checkRegions checks the order of regions, and that a written list names every region with work.
func (n *inspection) checkRegions() {
	order := n.Policy.Order
	if order.Regions == policy.FreeRegions {
		return
	}
	regions := n.regionDomains()
	id := func(r uint32) string { return n.Fleet.RegionID(ident.Region(r)) }
	if order.Regions == policy.Listed {
		n.looked(regionListed, len(regions))
		for r, d := range regions {
			if d.rank == len(order.RegionList) && d.count > 0 {
				n.find(regionListed, []string{id(uint32(r))}, "region %s has %d hosts to do, but order.regions leaves it out", id(uint32(r)), d.count)
			}
		}
	}
	n.checkBarriers(regionOrder, "region", regions, order.BakeRegion, id)
}

// zoneDomains returns the zones with their outages. Hosts under last are left out: they go after all zones of
// their region.
func (n *inspection) zoneDomains() []domain {
	zones := make([]domain, n.Fleet.Zones())
	for z := range zones {
		zones[z] = domain{handle: uint32(z), count: n.todo.byZone[z]}
	}
	for _, o := range n.outages {
		if !o.last {
			zones[n.Fleet.ZoneOf(o.host)].include(o.span)
		}
	}
	return zones
}

// zonesOf returns those of the zones that a region has.
func zonesOf(f *fleet.Fleet, zones []domain, r ident.Region) []domain {
	ofRegion := make([]domain, 0, len(f.ZonesIn(r)))
	for _, z := range f.ZonesIn(r) {
		ofRegion = append(ofRegion, zones[z])
	}
	return ofRegion
}

// checkZones checks, region by region, the order of zones.
func (n *inspection) checkZones() {
	f, order := n.Fleet, n.Policy.Order
	if order.FreeZones {
		return
	}
	zones := n.zoneDomains()
	for r := range f.Regions() {
		n.checkBarriers(zoneOrder, "zone", zonesOf(f, zones, ident.Region(r)), order.BakeZone, func(z uint32) string { return f.ZoneID(ident.Zone(z)) })
	}
}

// restOfRegions returns, by region, the outages of hosts that are not under last.
func (n *inspection) restOfRegions() []domain {
	rest := make([]domain, n.Fleet.Regions())
	for _, o := range n.outages {
		if !o.last {
			rest[n.Fleet.RegionOf(n.Fleet.ZoneOf(o.host))].include(o.span)
		}
	}
	return rest
}

// checkLast checks the hosts under last: each after the rest of its region, no two of the fleet together.
func (n *inspection) checkLast() {
	f := n.Fleet
	rest := n.restOfRegions()
	var lasts []outage
	for _, o := range n.outages {
		if o.last {
			lasts = append(lasts, o)
		}
	}
	n.looked(lastOrder, len(lasts))
	n.looked(lastTogether, len(lasts))
	slices.SortStableFunc(lasts, func(a, b outage) int { return cmp.Compare(a.span.From, b.span.From) })
	busy := calendar.Span{} // the outage so far that ends last
	var busyHost ident.Host
	for i, o := range lasts {
		region, id := f.RegionOf(f.ZoneOf(o.host)), f.HostID(o.host)
		if d := rest[region]; d.used && o.span.From < d.extent.To {
			n.find(lastOrder, []string{id, f.RegionID(region)}, "host %s is under last and starts at %s, before the rest of region %s ends at %s",
				id, o.span.From, f.RegionID(region), d.extent.To)
		}
		if i > 0 && o.span.Overlaps(busy) {
			n.find(lastTogether, []string{f.HostID(busyHost), id}, "hosts %s and %s are under last and are both down at %s", f.HostID(busyHost), id, o.span.From)
		}
		if i == 0 || o.span.To > busy.To {
			busy, busyHost = o.span, o.host
		}
	}
}
