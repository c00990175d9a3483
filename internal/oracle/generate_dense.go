package oracle

import (
	"fmt"
	"math/rand/v2"

	"github.com/evenkeel-project/evenkeel/internal/core/advisory"
	"github.com/evenkeel-project/evenkeel/internal/core/canon"
	"github.com/evenkeel-project/evenkeel/internal/core/fleet"
	"github.com/evenkeel-project/evenkeel/internal/core/label"
	"github.com/evenkeel-project/evenkeel/internal/core/limit"
	"github.com/evenkeel-project/evenkeel/internal/core/policy"
)

// GenerateDense returns a random instance in which the hosts, so many and all to do, are in each other's way:
// one region of up to three zones or two of up to two; groups over many hosts, of which 1 to 3 members may be
// down, with up to that many members on one host; often a limit on a scope, zones one at a time, or canaries
// of each cohort; now and then a freeze. All times are whole minutes. The same seed gives the same instance.
func GenerateDense(seed uint64, hosts int) Instance {
	g := &generator{Rand: rand.New(rand.NewPCG(seed, 0x64656e7365)), builder: fleet.NewBuilder("dense.yaml"), regionOf: map[string]string{}}
	g.advisoryIDs = []string{"XSA-100"}
	g.denseDomains()
	g.denseHosts(hosts)
	g.denseGroups()
	f, problems := g.builder.Build()
	if problems.Failed() {
		panic(fmt.Sprintf("oracle: dense seed %d: %v", seed, problems.Err()))
	}
	a := &advisory.Advisory{ID: "XSA-100", Affected: question{"affected"}, Fixed: question{"fixed"},
		Action: advisory.Reboot, Digest: canon.Of([]byte("XSA-100"))}
	in := New(f, []*advisory.Advisory{a}, g.densePolicy(seed))
	in.Seed = seed
	return in
}

func (g *generator) denseDomains() {
	regions, zones := 1, 1+g.IntN(3)
	if g.chance(15) {
		regions, zones = 2, 1+g.IntN(2)
	}
	for r := range regions {
		region := fmt.Sprintf("region-%d", r)
		g.regionIDs = append(g.regionIDs, region)
		g.builder.AddRegion(fleet.Region{ID: region})
		for z := range zones {
			zone := fmt.Sprintf("zone-%d%d", r, z)
			g.zoneIDs, g.regionOf[zone] = append(g.zoneIDs, zone), region
			g.builder.AddZone(fleet.Zone{ID: zone, Region: region})
		}
	}
}

func (g *generator) denseHosts(hosts int) {
	facts := label.NewSet([]label.Pair{{Key: "affected", Value: label.Text("yes")}, {Key: "fixed", Value: label.Text("no")}})
	longest := one(g, 3, 6, 12, 12, 25)
	for i := range hosts {
		h := fleet.Host{ID: fmt.Sprintf("host-%02d", i), Zone: one(g, g.zoneIDs...), Rack: fmt.Sprintf("rack-%d", g.IntN(4)),
			Facts: facts, Outage: g.minutes(1+longest/5, longest)}
		h.Labels = label.NewSet([]label.Pair{{Key: "generation", Value: label.Text(one(g, "old", "new"))}})
		g.hostIDs = append(g.hostIDs, h.ID)
		g.builder.AddHost(h)
	}
}

// denseGroups puts every group on three to eight hosts, of the whole fleet, for a group of one zone would often be
// in nobody's way.
func (g *generator) denseGroups() {
	g.tenantIDs = []string{"acme"}
	g.builder.AddTenant(fleet.Tenant{ID: "acme"})
	n, guests := len(g.hostIDs), 0
	for k := range n/2 + g.IntN(n) {
		group := fmt.Sprintf("acme/group-%d", k)
		allowed := one(g, 1, 1, 1, 2, 2, 3)
		g.builder.AddGroup(fleet.Group{ID: group, Tenant: "acme", MaxDown: limit.Count(allowed)})
		for _, h := range g.Perm(n)[:min(n, 2+allowed+g.IntN(4))] {
			for range 1 + g.IntN(allowed) {
				g.builder.AddGuest(fleet.Guest{ID: fmt.Sprintf("guest-%d", guests), Host: g.hostIDs[h], Tenant: "acme", Groups: []string{group}})
				guests++
			}
		}
	}
}

func (g *generator) densePolicy(seed uint64) *policy.Policy {
	p := &policy.Policy{File: "dense.yaml", Start: origin, DefaultOutage: g.minutes(1, 6),
		Order:  policy.Order{Regions: one(g, policy.SmallestFirst, policy.FreeRegions), FreeZones: g.chance(50), BakeZone: g.pause(), BakeRegion: g.pause()},
		Digest: canon.Of(fmt.Appendf(nil, "dense policy %d", seed))}
	if g.chance(50) {
		p.Limits.Fleet = parsed(one(g, "2", "3", "4", "25%"))
	}
	if g.chance(25) {
		p.Limits.Rack = parsed("1")
	}
	if g.chance(25) {
		p.Limits.Cohort = parsed(one(g, "1", "2", "40%"))
	}
	if g.chance(40) {
		p.Canary = policy.Canary{Per: []string{"generation"}, Hosts: one(g, 1, 1, 2), Bake: g.pause()}
	}
	if g.chance(15) {
		p.Freezes = append(p.Freezes, g.freeze())
	}
	return p
}
