package oracle

import (
	"fmt"
	"math/rand/v2"

	"github.com/evenkeel-project/evenkeel/internal/core/advisory"
	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/canon"
	"github.com/evenkeel-project/evenkeel/internal/core/fleet"
	"github.com/evenkeel-project/evenkeel/internal/core/label"
	"github.com/evenkeel-project/evenkeel/internal/core/limit"
)

// Generate returns a small random instance: one to three regions of one to three zones, up to seven hosts
// to do and a few others, guests of up to three tenants in groups, one or two advisories, and a policy that
// uses every word a policy has but moves. The same seed gives the same instance.
func Generate(seed uint64) Instance { return generate(seed, false) }

// GenerateMoving returns such an instance with moves in its policy, with fewer zones, more guests that migrate, and
// capacities and demands.
func GenerateMoving(seed uint64) Instance { return generate(seed, true) }

func generate(seed uint64, moving bool) Instance {
	g := &generator{Rand: rand.New(rand.NewPCG(seed, 0x6576656e6b65656c)), builder: fleet.NewBuilder("generated.yaml"), regionOf: map[string]string{}, moving: moving}
	g.domains()
	g.tenants()
	g.hosts()
	advisories := g.advisories()
	f, problems := g.builder.Build()
	if problems.Failed() {
		panic(fmt.Sprintf("oracle: seed %d: %v", seed, problems.Err()))
	}
	in := New(f, advisories, g.policy())
	in.Seed = seed
	return in
}

// generator draws one instance.
type generator struct {
	*rand.Rand
	builder     *fleet.Builder
	regionIDs   []string
	zoneIDs     []string
	regionOf    map[string]string // by zone
	hostIDs     []string
	tenantIDs   []string
	groupIDs    map[string][]string // by tenant
	advisoryIDs []string
	moving      bool
}

// chance is true in percent of a hundred draws.
func (g *generator) chance(percent int) bool { return g.IntN(100) < percent }

// minutes draws a whole number of minutes from least to most.
func (g *generator) minutes(least, most int) calendar.Seconds {
	return calendar.Seconds(least+g.IntN(most-least+1)) * calendar.Minute
}

func one[T any](g *generator, from ...T) T { return from[g.IntN(len(from))] }

// domains names regions and zones so that the order of their ids is not the order of their making.
func (g *generator) domains() {
	regions, zones := []int{1, 1, 2, 2, 3}, []int{1, 1, 2, 2, 3}
	if g.moving {
		regions, zones = []int{1, 1, 1, 2}, []int{1, 1, 1, 2}
	}
	for _, r := range g.Perm(one(g, regions...)) {
		region := fmt.Sprintf("region-%d", r)
		g.regionIDs = append(g.regionIDs, region)
		g.builder.AddRegion(fleet.Region{ID: region})
		for _, z := range g.Perm(one(g, zones...)) {
			zone := fmt.Sprintf("zone-%d%d", g.IntN(10), z+10*r)
			g.zoneIDs = append(g.zoneIDs, zone)
			g.regionOf[zone] = region
			g.builder.AddZone(fleet.Zone{ID: zone, Region: region})
		}
	}
}

func (g *generator) tenants() {
	g.groupIDs = map[string][]string{}
	for t := range 1 + g.IntN(3) {
		tenant := fmt.Sprintf("tenant-%d", t)
		g.tenantIDs = append(g.tenantIDs, tenant)
		g.builder.AddTenant(fleet.Tenant{ID: tenant})
		for n := range g.IntN(3) {
			group := fmt.Sprintf("%s/group-%d", tenant, n)
			g.groupIDs[tenant] = append(g.groupIDs[tenant], group)
			g.builder.AddGroup(fleet.Group{ID: group, Tenant: tenant, MaxDown: g.maxDown()})
		}
	}
}

func (g *generator) maxDown() limit.Limit {
	if g.chance(4) {
		return limit.Count(0)
	}
	return parsed(one(g, "1", "1", "1", "2", "3", "30%", "50%", "66.6%", "100%"))
}

func parsed(s string) limit.Limit {
	l, err := limit.Parse(s)
	if err != nil {
		panic(err)
	}
	return l
}

func (g *generator) hosts() {
	for i := range 1 + g.IntN(2) {
		g.advisoryIDs = append(g.advisoryIDs, fmt.Sprintf("XSA-%d", 100+i))
	}
	guests := 0
	for i, total := 0, one(g, 2, 3, 4, 4, 5, 5, 6, 6, 7, 8, 9); i < total; i++ {
		host := fleet.Host{ID: fmt.Sprintf("host-%d%d", g.IntN(10), i), Zone: one(g, g.zoneIDs...)}
		g.hostIDs = append(g.hostIDs, host.ID)
		host.Rack = one(g, "", "rack-1", "rack-1", "rack-2")
		if generation := one(g, "", "old", "new", "new"); generation != "" {
			host.Labels = label.NewSet([]label.Pair{{Key: "generation", Value: label.Text(generation)}})
		}
		if g.chance(50) {
			host.Outage = g.minutes(1, 6)
		}
		host.Facts = g.facts()
		if g.chance(10) {
			host.Installed = g.facts()
		}
		if g.moving {
			host.Capacity = g.capacity()
		}
		g.builder.AddHost(host)
		for range one(g, 0, 1, 1, 2, 3) {
			g.guest(guests, host.ID)
			guests++
		}
	}
}

// facts leaves some answers out, which makes the host unknown.
func (g *generator) facts() label.Set {
	var pairs []label.Pair
	for _, id := range g.advisoryIDs {
		if !g.chance(8) {
			pairs = append(pairs, label.Pair{Key: "affected-" + id, Value: label.Text(one(g, "yes", "yes", "yes", "yes", "no"))})
		}
		if !g.chance(8) {
			pairs = append(pairs, label.Pair{Key: "fixed-" + id, Value: label.Text(one(g, "no", "no", "no", "no", "no", "yes"))})
		}
	}
	return label.NewSet(pairs)
}

func (g *generator) guest(n int, host string) {
	guest := fleet.Guest{ID: fmt.Sprintf("guest-%d", n), Host: host, Tenant: one(g, g.tenantIDs...)}
	guest.OnReboot = one(g, fleet.Restart, fleet.Restart, fleet.Restart, fleet.Migrate, fleet.Pinned)
	if g.moving {
		guest.OnReboot = one(g, fleet.Restart, fleet.Restart, fleet.Migrate, fleet.Migrate, fleet.Migrate, fleet.Pinned)
		guest.Demand = g.demand()
	}
	for _, group := range g.groupIDs[guest.Tenant] {
		if g.chance(60) {
			guest.Groups = append(guest.Groups, group)
		}
	}
	g.builder.AddGuest(guest)
}

// origin is the start of every generated policy: 2026-01-05T00:00:00Z.
const origin = calendar.Instant(1767571200)

func (g *generator) advisories() []*advisory.Advisory {
	var all []*advisory.Advisory
	for _, id := range g.advisoryIDs {
		a := &advisory.Advisory{ID: id, Affected: question{"affected-" + id}, Fixed: question{"fixed-" + id},
			Action: one(g, advisory.Reboot, advisory.StopStart), Digest: canon.Of([]byte(id))}
		if g.chance(70) {
			a.Embargo = &advisory.Embargo{Until: origin.Add(g.minutes(5, 90)), TLP: "AMBER"}
		}
		all = append(all, a)
	}
	return all
}
