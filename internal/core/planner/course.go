package planner

import (
	"cmp"
	"slices"

	"github.com/evenkeel-project/evenkeel/internal/core/ident"
	"github.com/evenkeel-project/evenkeel/internal/core/instance"
	"github.com/evenkeel-project/evenkeel/internal/core/policy"
)

// layCourse puts the roster in order: regions, their zones, their last hosts. Regions and zones without
// planned hosts do not appear.
func layCourse(in Input, c *census, r *instance.Roster) *instance.Course {
	out := &instance.Course{RegionsOrdered: in.Policy.Order.Regions != policy.FreeRegions, ZonesOrdered: !in.Policy.Order.FreeZones}
	f := in.Fleet
	byZone, lastOf := make([][]int32, f.Zones()), make([][]int32, f.Regions())
	for i, h := range r.Host {
		zone := f.ZoneOf(h)
		list := &byZone[zone]
		if r.Last[i] {
			list = &lastOf[f.RegionOf(zone)]
		}
		*list = append(*list, int32(i))
	}
	for _, region := range regionOrder(in, c) {
		first := len(out.Stages)
		addZones(out, zoneOrder(in, c, region), byZone)
		addStage(out, instance.Stage{Members: lastOf[region], Last: true})
		l := instance.Leg{Region: region}
		for n := first; n < len(out.Stages); n++ {
			l.Stages = append(l.Stages, n)
			for _, i := range out.Stages[n].Members {
				r.Stage[i] = int32(n)
			}
		}
		if len(l.Stages) > 0 {
			out.Legs = append(out.Legs, l)
		}
	}
	return out
}

// addStage appends a stage that has members.
func addStage(c *instance.Course, s instance.Stage) {
	if len(s.Members) > 0 {
		c.Stages = append(c.Stages, s)
	}
}

// addZones appends a stage for every zone, or one for all of them where zones are free.
func addZones(c *instance.Course, zones []ident.Zone, byZone [][]int32) {
	all := instance.Stage{}
	for _, z := range zones {
		if c.ZonesOrdered {
			addStage(c, instance.Stage{Zone: z, Members: byZone[z]})
			continue
		}
		all.Members = append(all.Members, byZone[z]...)
	}
	slices.Sort(all.Members)
	addStage(c, all)
}

// regionOrder returns the regions with hosts to do: as listed, else by hosts to do and then id, else by id.
func regionOrder(in Input, c *census) []ident.Region {
	var order []ident.Region
	if in.Policy.Order.Regions == policy.Listed {
		for _, id := range in.Policy.Order.RegionList {
			if region, ok := in.Fleet.FindRegion(id); ok && c.regionToDo[region] > 0 {
				order = append(order, region)
			}
		}
		return order
	}
	for region, count := range c.regionToDo {
		if count > 0 {
			order = append(order, ident.Region(region))
		}
	}
	if in.Policy.Order.Regions == policy.SmallestFirst {
		slices.SortStableFunc(order, func(a, b ident.Region) int { return cmp.Compare(c.regionToDo[a], c.regionToDo[b]) })
	}
	return order
}

// zoneOrder returns the zones of a region by hosts to do and then id.
func zoneOrder(in Input, c *census, region ident.Region) []ident.Zone {
	var order []ident.Zone
	for _, z := range in.Fleet.ZonesIn(region) {
		order = append(order, ident.Zone(z))
	}
	slices.SortStableFunc(order, func(a, b ident.Zone) int { return cmp.Compare(c.zoneToDo[a], c.zoneToDo[b]) })
	return order
}
