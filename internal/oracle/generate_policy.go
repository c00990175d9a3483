package oracle

import (
	"fmt"

	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/canon"
	"github.com/evenkeel-project/evenkeel/internal/core/limit"
	"github.com/evenkeel-project/evenkeel/internal/core/policy"
)

func (g *generator) policy() *policy.Policy {
	p := &policy.Policy{
		File: "generated.yaml", Start: origin, Order: g.order(), Canary: g.canary(),
		Limits: policy.Limits{
			Fleet: g.scopeLimit(50), Region: g.scopeLimit(25), Zone: g.scopeLimit(25),
			Rack: g.scopeLimit(25), Cohort: g.scopeLimit(25), Tenant: g.scopeLimit(30),
		},
		DefaultOutage: g.minutes(1, 6),
		Digest:        canon.Of(fmt.Appendf(nil, "policy %d", g.Uint64())),
	}
	if g.chance(30) {
		p.OutageBy = append(p.OutageBy, policy.OutageRule{Key: "generation", Value: "old", Outage: g.minutes(1, 9)})
	}
	if g.chance(50) {
		p.StuckAfter = g.minutes(0, 15)
	}
	if g.chance(50) {
		p.DeadlineReserve = g.minutes(0, 30)
	}
	for range one(g, 0, 0, 0, 1, 1, 2) {
		p.Freezes = append(p.Freezes, g.freeze())
	}
	if g.chance(15) {
		p.Protected = append(p.Protected, policy.Selector{HostID: one(g, g.hostIDs...)})
	}
	for range one(g, 0, 0, 0, 1, 1, 2) {
		p.Last = append(p.Last, g.last())
	}
	if g.moving {
		p.Moves = g.moves()
	}
	return p
}

func (g *generator) order() policy.Order {
	o := policy.Order{Regions: one(g, policy.SmallestFirst, policy.Listed, policy.FreeRegions), FreeZones: g.chance(45)}
	if o.Regions == policy.Listed {
		for _, i := range g.Perm(len(g.regionIDs)) {
			o.RegionList = append(o.RegionList, g.regionIDs[i])
		}
	}
	o.BakeZone, o.BakeRegion = g.pause(), g.pause()
	return o
}

// pause draws a bake time, often none.
func (g *generator) pause() calendar.Seconds {
	if g.chance(40) {
		return 0
	}
	return g.minutes(1, 5)
}

func (g *generator) canary() policy.Canary {
	c := policy.Canary{Hosts: one(g, 0, 0, 1, 1, 2), Bake: g.pause()}
	for _, key := range []string{"generation", "region", "zone"} {
		if g.chance(40) {
			c.Per = append(c.Per, key)
		}
	}
	return c
}

func (g *generator) scopeLimit(percent int) limit.Limit {
	if !g.chance(percent) {
		return limit.Limit{}
	}
	return parsed(one(g, "1", "1", "2", "3", "20%", "25%", "40%", "50%", "62.5%"))
}

func (g *generator) freeze() policy.Freeze {
	from := origin.Add(g.minutes(0, 25) - 3*calendar.Minute)
	z := policy.Freeze{Span: calendar.Span{From: from, To: from.Add(g.minutes(1, 12))}, Reason: "generated"}
	if g.chance(25) {
		z.Region = one(g, g.regionIDs...)
	}
	if zone := one(g, g.zoneIDs...); g.chance(25) && (z.Region == "" || g.regionOf[zone] == z.Region) {
		z.Zone = zone
	}
	if g.chance(25) {
		z.Tenant = one(g, g.tenantIDs...)
	}
	return z
}

func (g *generator) last() policy.Selector {
	if g.chance(80) {
		return policy.Selector{HostID: one(g, g.hostIDs...)}
	}
	return policy.Selector{Terms: []policy.Term{{Key: "generation", Value: one(g, "old", "new")}}}
}
