package fleet

import (
	"slices"
	"strings"

	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/ident"
	"github.com/evenkeel-project/evenkeel/internal/core/limit"
	"github.com/evenkeel-project/evenkeel/internal/core/problem"
)

// Build returns the fleet, or nil and every fault when there is one. The builder is used up.
func (b *Builder) Build() (*Fleet, problem.List) {
	for _, k := range []*kind{&b.regions, &b.zones, &b.hosts, &b.tenants, &b.groups, &b.guests} {
		b.checkDefined(k)
	}
	b.checkShape()
	b.checkTenants()
	if b.problems.Failed() {
		return nil, b.problems
	}
	f := &Fleet{sets: b.sets.sets}
	regionRank := b.ranks(&b.regions, &f.regions)
	zoneRank := b.ranks(&b.zones, &f.zones)
	hostRank := b.ranks(&b.hosts, &f.hosts)
	tenantRank := b.ranks(&b.tenants, &f.tenants)
	groupRank := b.ranks(&b.groups, &f.groups)
	b.placeZones(f, regionRank, zoneRank)
	b.placeHosts(f, zoneRank, hostRank)
	b.placeRacks(f, hostRank)
	b.placeTenants(f, tenantRank, groupRank)
	b.placeGuests(f, hostRank, tenantRank, groupRank)
	f.digest = f.takeDigest()
	return f, b.problems
}

// ranks sorts the names of a kind into out and returns the handle for every number. It lets go of what found the
// names and their faults, for the columns that come next need as much room.
func (b *Builder) ranks(k *kind, out *names) []uint32 {
	k.table.slots, k.defined, k.mention = nil, nil, nil
	sorted, rank := k.table.sorted()
	k.table = intern{}
	*out = sorted
	return rank
}

// checkDefined reports every name that is used but not defined, at its first use.
func (b *Builder) checkDefined(k *kind) {
	for n, definition := range k.defined {
		if definition == 0 {
			id := clip(string(k.table.bytesAt(uint32(n))))
			b.problems.Addf("dangling-reference", b.place(int(k.mention[n])),
				"define it, or correct the name", "there is no %s %q", k.word, id)
		}
	}
}

// checkShape reports a fleet without hosts and regions without zones. It says nothing of what a fault that was
// already found may explain.
func (b *Builder) checkShape() {
	if len(b.hosts.numbers) == 0 && !b.problems.Failed() {
		b.problems.Addf("empty-fleet", problem.Place{File: b.file}, "a fleet needs at least one region, zone and host",
			"the fleet has no hosts")
	}
	hasZone := make([]bool, len(b.regions.defined))
	for _, r := range b.zoneRegion {
		if r == ident.None {
			return
		}
		hasZone[r] = true
	}
	for n, has := range hasZone {
		if !has && b.regions.defined[n] != 0 {
			b.problems.Addf("region-without-zones", b.place(int(b.regions.mention[n])), "give it at least one zone, or remove it",
				"region %s has no zones", b.regions.table.bytesAt(uint32(n)))
		}
	}
}

// checkTenants reports guests in groups of another tenant, and groups named twice by one guest.
func (b *Builder) checkTenants() {
	start := uint32(0)
	for i := range b.guest {
		g := &b.guest[i]
		members := b.memberOf[start:g.memberEnd]
		for j, n := range members {
			if owner, ok := b.ownerOf(n); ok && g.tenant != ident.None && owner != g.tenant {
				b.problems.Addf("foreign-group", b.place(int(g.line)), "a redundancy group holds guests of one tenant",
					"guest %s belongs to tenant %s but is in group %s of tenant %s", b.guests.table.bytesAt(b.guests.numbers[i]),
					b.tenants.table.bytesAt(g.tenant), b.groups.table.bytesAt(n), b.tenants.table.bytesAt(owner))
			}
			if n != ident.None && slices.Contains(members[:j], n) {
				b.problems.Addf("duplicate-id", b.place(int(g.line)), "name each group once",
					"guest %s names group %s twice", b.guests.table.bytesAt(b.guests.numbers[i]), b.groups.table.bytesAt(n))
			}
		}
		start = g.memberEnd
	}
}

// ownerOf returns the tenant of a group, by number, where both are known.
func (b *Builder) ownerOf(group uint32) (uint32, bool) {
	if group == ident.None || b.groups.defined[group] == 0 {
		return 0, false
	}
	owner := b.group[b.groups.defined[group]-1].tenant
	return owner, owner != ident.None
}

func (b *Builder) placeZones(f *Fleet, regionRank, zoneRank []uint32) {
	f.zoneRegion = make([]ident.Region, len(zoneRank))
	for i, region := range b.zoneRegion {
		f.zoneRegion[zoneRank[b.zones.numbers[i]]] = ident.Region(regionRank[region])
	}
	f.regionZones = groupBy(f.Regions(), f.zoneRegion)
}

func (b *Builder) placeHosts(f *Fleet, zoneRank, hostRank []uint32) {
	n := len(hostRank)
	f.hostZone, f.hostOutage = make([]ident.Zone, n), make([]calendar.Seconds, n)
	f.hostLabels, f.hostFacts = make([]uint32, n), make([]uint32, n)
	f.hostInstalled, f.hostCapacity = make([]uint32, n), make([]uint32, n)
	for i, spec := range b.hostSpec {
		h := hostRank[b.hosts.numbers[i]]
		f.hostZone[h] = ident.Zone(zoneRank[b.hostZone[i]])
		f.hostOutage[h] = spec.outage
		f.hostLabels[h], f.hostFacts[h] = spec.labels, spec.facts
		f.hostInstalled[h], f.hostCapacity[h] = spec.installed, spec.capacity
	}
	f.zoneHosts = groupBy(f.Zones(), f.hostZone)
}

// placeRacks numbers the racks zone by zone: named racks in order of name, then hosts without one.
func (b *Builder) placeRacks(f *Fleet, hostRank []uint32) {
	nameOf := make([]string, f.Hosts())
	for i, rack := range b.hostRack {
		nameOf[hostRank[b.hosts.numbers[i]]] = rack
	}
	f.hostRack = make([]ident.Rack, f.Hosts())
	for z := range f.Zones() {
		hosts := slices.Clone(f.zoneHosts.row(uint32(z)))
		slices.SortStableFunc(hosts, func(a, c uint32) int { return strings.Compare(nameOf[a], nameOf[c]) })
		for i, h := range hosts {
			if i == 0 || nameOf[h] == "" || nameOf[h] != nameOf[hosts[i-1]] {
				f.rackName = append(f.rackName, nameOf[h])
				f.rackZone = append(f.rackZone, ident.Zone(z))
				f.rackSize = append(f.rackSize, 0)
			}
			f.hostRack[h] = ident.Rack(len(f.rackName) - 1)
			f.rackSize[len(f.rackSize)-1]++
		}
	}
}

func (b *Builder) placeTenants(f *Fleet, tenantRank, groupRank []uint32) {
	f.tenantInfo = make([]tenant, len(tenantRank))
	for i, info := range b.tenantInfo {
		f.tenantInfo[tenantRank[b.tenants.numbers[i]]] = info
	}
	f.groupTenant, f.groupMaxDown = make([]ident.Tenant, len(groupRank)), make([]limit.Limit, len(groupRank))
	for i, g := range b.group {
		h := groupRank[b.groups.numbers[i]]
		f.groupTenant[h], f.groupMaxDown[h] = ident.Tenant(tenantRank[g.tenant]), g.maxDown
	}
}

func (b *Builder) placeGuests(f *Fleet, hostRank, tenantRank, groupRank []uint32) {
	guestRank := b.ranks(&b.guests, &f.guests)
	n := len(guestRank)
	f.guestHost, f.guestTenant = make([]ident.Host, n), make([]ident.Tenant, n)
	f.guestOnReboot = make([]OnReboot, n)
	f.guestLabels, f.guestDemand = make([]uint32, n), make([]uint32, n)
	f.tenantGuests, f.groupSize = make([]uint32, f.Tenants()), make([]uint32, f.Groups())
	byRank := make([]uint32, n)
	for i := range b.guest {
		byRank[guestRank[b.guests.numbers[i]]] = uint32(i)
	}
	f.guestGroups = csr{starts: make([]uint32, n+1), items: make([]uint32, 0, len(b.memberOf))}
	for g, i := range byRank {
		spec, start := &b.guest[i], uint32(0)
		if i > 0 {
			start = b.guest[i-1].memberEnd
		}
		f.guestHost[g], f.guestTenant[g] = ident.Host(hostRank[spec.host]), ident.Tenant(tenantRank[spec.tenant])
		f.guestOnReboot[g], f.guestLabels[g], f.guestDemand[g] = spec.onReboot, spec.labels, spec.demand
		f.tenantGuests[f.guestTenant[g]]++
		row := len(f.guestGroups.items)
		for _, group := range b.memberOf[start:spec.memberEnd] {
			f.guestGroups.items = append(f.guestGroups.items, groupRank[group])
			f.groupSize[groupRank[group]]++
		}
		slices.Sort(f.guestGroups.items[row:])
		f.guestGroups.starts[g+1] = uint32(len(f.guestGroups.items))
	}
	f.hostGuests = groupBy(f.Hosts(), f.guestHost)
}
