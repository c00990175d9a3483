package planner

import (
	"cmp"
	"slices"

	"github.com/evenkeel-project/evenkeel/internal/core/ident"
	"github.com/evenkeel-project/evenkeel/internal/core/policy"
)

// stage is a set of planned hosts that the order puts between the same barriers: a zone of a region when
// zones go one at a time, else a whole region; and, apart, the last hosts of a region.
type stage struct {
	zone    ident.Zone // meaningful only for a zone's stage
	members []int32    // places in the roster, ascending
	last    bool
}

// leg is one region's part of the course: its stages run one after another, the last hosts' stage at the end.
type leg struct {
	region ident.Region
	stages []int // numbers of stages
}

// course is the order of the whole plan. Stages are numbered leg by leg.
type course struct {
	legs           []leg
	stages         []stage
	regionsOrdered bool // legs run one after another; else side by side
	zonesOrdered   bool // a region's stages before the last one are zones in order
}

// layCourse puts the roster in order: regions, their zones, their last hosts. Regions and zones without
// planned hosts do not appear.
func layCourse(in Input, c *census, r *roster) *course {
	out := &course{regionsOrdered: in.Policy.Order.Regions != policy.FreeRegions, zonesOrdered: !in.Policy.Order.FreeZones}
	f := in.Fleet
	byZone, lastOf := make([][]int32, f.Zones()), make([][]int32, f.Regions())
	for i, h := range r.host {
		zone := f.ZoneOf(h)
		list := &byZone[zone]
		if r.last[i] {
			list = &lastOf[f.RegionOf(zone)]
		}
		*list = append(*list, int32(i))
	}
	for _, region := range regionOrder(in, c) {
		first := len(out.stages)
		out.addZones(zoneOrder(in, c, region), byZone)
		out.add(stage{members: lastOf[region], last: true})
		l := leg{region: region}
		for n := first; n < len(out.stages); n++ {
			l.stages = append(l.stages, n)
			for _, i := range out.stages[n].members {
				r.stage[i] = int32(n)
			}
		}
		if len(l.stages) > 0 {
			out.legs = append(out.legs, l)
		}
	}
	return out
}

// add appends a stage that has members.
func (c *course) add(s stage) {
	if len(s.members) > 0 {
		c.stages = append(c.stages, s)
	}
}

// addZones appends a stage for every zone, or one for all of them where zones are free.
func (c *course) addZones(zones []ident.Zone, byZone [][]int32) {
	all := stage{}
	for _, z := range zones {
		if c.zonesOrdered {
			c.add(stage{zone: z, members: byZone[z]})
			continue
		}
		all.members = append(all.members, byZone[z]...)
	}
	slices.Sort(all.members)
	c.add(all)
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

// members returns the places of a leg's hosts, its last hosts only when asked.
func (c *course) members(l leg, withLast bool) []int32 {
	var out []int32
	for _, n := range l.stages {
		if withLast || !c.stages[n].last {
			out = append(out, c.stages[n].members...)
		}
	}
	return out
}
