// Package fleet holds the fleet as it is written down: regions, zones, racks, hosts, tenants, redundancy
// groups and guests, and who is where. It judges nothing.
//
// The form in memory is columnar: one slice a property, indexed by dense handles (package ident), with
// names in one byte arena and label sets shared. A guest costs 29 bytes beside its name and 4 bytes for each
// group it is in, as BenchmarkGuestBytes prints. A Fleet is immutable, so it is safe for use by several
// goroutines.
package fleet

import (
	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/canon"
	"github.com/evenkeel-project/evenkeel/internal/core/ident"
	"github.com/evenkeel-project/evenkeel/internal/core/label"
	"github.com/evenkeel-project/evenkeel/internal/core/limit"
)

// OnReboot says what becomes of a guest when its host goes down.
type OnReboot uint8

// What a guest does on the reboot of its host.
const (
	Restart OnReboot = iota // it is down for the outage; when its host is stuck it can start elsewhere
	Migrate                 // it is moved off beforehand and is not down
	Pinned                  // it is down like Restart but can never start elsewhere: its disk is local
)

// String returns the word that files use.
func (o OnReboot) String() string { return [...]string{"restart", "migrate", "pinned"}[o] }

// Contact is one way to reach a tenant, by role rather than by person.
type Contact struct {
	Role  string // operations, security or billing
	Email string
}

// tenant is what is known of a tenant beside its id.
type tenant struct {
	name     string
	timeZone string
	contacts []Contact
}

// defaultTimeZone is the time zone of a tenant for whom none is written.
const defaultTimeZone = "UTC"

// Fleet is one state of a fleet. Handles are numbered in byte order of the names.
type Fleet struct {
	regions, zones, hosts, tenants, groups, guests names

	zoneRegion  []ident.Region
	regionZones csr

	rackName []string // "" for the rack of its own that a host without one has
	rackZone []ident.Zone
	rackSize []uint32

	hostZone      []ident.Zone
	hostRack      []ident.Rack
	hostOutage    []calendar.Seconds
	hostLabels    []uint32
	hostFacts     []uint32
	hostInstalled []uint32
	hostCapacity  []uint32
	zoneHosts     csr
	hostGuests    csr

	tenantInfo   []tenant
	tenantGuests []uint32

	groupTenant  []ident.Tenant
	groupMaxDown []limit.Limit
	groupSize    []uint32

	guestHost     []ident.Host
	guestTenant   []ident.Tenant
	guestOnReboot []OnReboot
	guestLabels   []uint32
	guestDemand   []uint32
	guestGroups   csr

	sets   []label.Set
	digest canon.Digest
}

// Regions, Zones, Racks, Hosts, Tenants, Groups and Guests count the objects; handles run from 0 to one
// less. A region counts even when it has no host.

// Regions returns the number of regions.
func (f *Fleet) Regions() int { return f.regions.len() }

// Zones returns the number of zones.
func (f *Fleet) Zones() int { return f.zones.len() }

// Racks returns the number of racks, a host without a rack being its own.
func (f *Fleet) Racks() int { return len(f.rackZone) }

// Hosts returns the number of hosts.
func (f *Fleet) Hosts() int { return f.hosts.len() }

// Tenants returns the number of tenants.
func (f *Fleet) Tenants() int { return f.tenants.len() }

// Groups returns the number of redundancy groups.
func (f *Fleet) Groups() int { return f.groups.len() }

// Guests returns the number of guests.
func (f *Fleet) Guests() int { return f.guests.len() }

// RegionID returns the name of a region.
func (f *Fleet) RegionID(r ident.Region) string { return f.regions.at(uint32(r)) }

// ZoneID returns the name of a zone.
func (f *Fleet) ZoneID(z ident.Zone) string { return f.zones.at(uint32(z)) }

// HostID returns the name of a host.
func (f *Fleet) HostID(h ident.Host) string { return f.hosts.at(uint32(h)) }

// TenantID returns the name of a tenant.
func (f *Fleet) TenantID(t ident.Tenant) string { return f.tenants.at(uint32(t)) }

// GroupID returns the name of a redundancy group.
func (f *Fleet) GroupID(g ident.Group) string { return f.groups.at(uint32(g)) }

// GuestID returns the name of a guest.
func (f *Fleet) GuestID(g ident.Guest) string { return f.guests.at(uint32(g)) }

// FindRegion returns the region of that name.
func (f *Fleet) FindRegion(id string) (ident.Region, bool) {
	h, ok := f.regions.find(id)
	return ident.Region(h), ok
}

// FindZone returns the zone of that name.
func (f *Fleet) FindZone(id string) (ident.Zone, bool) {
	h, ok := f.zones.find(id)
	return ident.Zone(h), ok
}

// FindHost returns the host of that name.
func (f *Fleet) FindHost(id string) (ident.Host, bool) {
	h, ok := f.hosts.find(id)
	return ident.Host(h), ok
}

// FindTenant returns the tenant of that name.
func (f *Fleet) FindTenant(id string) (ident.Tenant, bool) {
	h, ok := f.tenants.find(id)
	return ident.Tenant(h), ok
}

// FindGroup returns the redundancy group of that name.
func (f *Fleet) FindGroup(id string) (ident.Group, bool) {
	h, ok := f.groups.find(id)
	return ident.Group(h), ok
}

// FindGuest returns the guest of that name.
func (f *Fleet) FindGuest(id string) (ident.Guest, bool) {
	h, ok := f.guests.find(id)
	return ident.Guest(h), ok
}

// RegionOf returns the region of a zone.
func (f *Fleet) RegionOf(z ident.Zone) ident.Region { return f.zoneRegion[z] }

// ZonesIn returns the zones of a region in order of name, as handles.
func (f *Fleet) ZonesIn(r ident.Region) []uint32 { return f.regionZones.row(uint32(r)) }

// HostsIn returns the hosts of a zone in order of name, as handles.
func (f *Fleet) HostsIn(z ident.Zone) []uint32 { return f.zoneHosts.row(uint32(z)) }

// ZoneOf returns the zone of a host.
func (f *Fleet) ZoneOf(h ident.Host) ident.Zone { return f.hostZone[h] }

// RackOf returns the rack of a host; a host without one has a rack of its own.
func (f *Fleet) RackOf(h ident.Host) ident.Rack { return f.hostRack[h] }

// RackName returns the name of a rack within its zone, "" for the rack of its own of a host without one.
func (f *Fleet) RackName(r ident.Rack) string { return f.rackName[r] }

// RackZone returns the zone of a rack: the name of a rack is local to it.
func (f *Fleet) RackZone(r ident.Rack) ident.Zone { return f.rackZone[r] }

// RackSize returns the number of hosts in a rack.
func (f *Fleet) RackSize(r ident.Rack) int { return int(f.rackSize[r]) }

// Outage returns the outage written at the host itself, 0 when none is.
func (f *Fleet) Outage(h ident.Host) calendar.Seconds { return f.hostOutage[h] }

// Labels returns the labels of a host.
func (f *Fleet) Labels(h ident.Host) label.Set { return f.sets[f.hostLabels[h]] }

// Facts returns what a host was seen to run.
func (f *Fleet) Facts(h ident.Host) label.Set { return f.sets[f.hostFacts[h]] }

// Installed returns what a host would run after a restart, where that differs from its facts.
func (f *Fleet) Installed(h ident.Host) label.Set { return f.sets[f.hostInstalled[h]] }

// Capacity returns what a host can carry; values are whole numbers as text.
func (f *Fleet) Capacity(h ident.Host) label.Set { return f.sets[f.hostCapacity[h]] }

// FactsKey returns a number that is the same for two hosts exactly when their facts and their installed
// facts are the same, so that one judgement serves both.
func (f *Fleet) FactsKey(h ident.Host) uint64 {
	return uint64(f.hostFacts[h])<<32 | uint64(f.hostInstalled[h])
}

// GuestsOn returns the guests on a host in order of name, as handles.
func (f *Fleet) GuestsOn(h ident.Host) []uint32 { return f.hostGuests.row(uint32(h)) }

// TenantName returns the name a tenant is called by; its id when none is written.
func (f *Fleet) TenantName(t ident.Tenant) string {
	if n := f.tenantInfo[t].name; n != "" {
		return n
	}
	return f.TenantID(t)
}

// TenantTimeZone returns the IANA time zone of a tenant; "UTC" when none is written.
func (f *Fleet) TenantTimeZone(t ident.Tenant) string {
	if z := f.tenantInfo[t].timeZone; z != "" {
		return z
	}
	return defaultTimeZone
}

// Contacts returns the contacts of a tenant. The slice must not be changed.
func (f *Fleet) Contacts(t ident.Tenant) []Contact { return f.tenantInfo[t].contacts }

// TenantSize returns the number of guests of a tenant, migrating ones included.
func (f *Fleet) TenantSize(t ident.Tenant) int { return int(f.tenantGuests[t]) }

// GroupTenant returns the tenant whose group it is.
func (f *Fleet) GroupTenant(g ident.Group) ident.Tenant { return f.groupTenant[g] }

// MaxDown returns the group's limit as written.
func (f *Fleet) MaxDown(g ident.Group) limit.Limit { return f.groupMaxDown[g] }

// GroupSize returns the number of members of a group, migrating ones included.
func (f *Fleet) GroupSize(g ident.Group) int { return int(f.groupSize[g]) }

// HostOf returns the host that a guest is on.
func (f *Fleet) HostOf(g ident.Guest) ident.Host { return f.guestHost[g] }

// TenantOf returns the tenant whose guest it is.
func (f *Fleet) TenantOf(g ident.Guest) ident.Tenant { return f.guestTenant[g] }

// OnReboot returns what becomes of a guest when its host goes down.
func (f *Fleet) OnReboot(g ident.Guest) OnReboot { return f.guestOnReboot[g] }

// GuestLabels returns the labels of a guest.
func (f *Fleet) GuestLabels(g ident.Guest) label.Set { return f.sets[f.guestLabels[g]] }

// GuestLabelsKey returns a number that is the same for two guests exactly when their labels are the same.
func (f *Fleet) GuestLabelsKey(g ident.Guest) uint32 { return f.guestLabels[g] }

// Demand returns what a guest needs of a host; values are whole numbers as text.
func (f *Fleet) Demand(g ident.Guest) label.Set { return f.sets[f.guestDemand[g]] }

// DemandKey returns a number that is the same for two guests exactly when their demands are the same, so that
// a demand is read once for all who have it. It is less than the number of different sets of the fleet.
func (f *Fleet) DemandKey(g ident.Guest) uint32 { return f.guestDemand[g] }

// GroupsOf returns the redundancy groups of a guest in order of name, as handles.
func (f *Fleet) GroupsOf(g ident.Guest) []uint32 { return f.guestGroups.row(uint32(g)) }

// Digest returns the digest of the fleet: SHA-256 of the canonical JSON of the fleet written as one
// document, every list in byte order of its ids. The order of a file's lines does not change it.
func (f *Fleet) Digest() canon.Digest { return f.digest }
