// Package oracle is test support: what planner and checker are held against. It makes small random fleets
// with policies (Generate, and GenerateDense for hosts in each other's way), reads every rule of a plan a
// second time in the most naive way (Broken), works out the figures of a plan (Refigure), and finds the
// shortest plan of a small fleet: by trying everything (Optimum), or by a search that leaves what cannot win
// (Settle), which tiny fleets hold against the former.
//
// But for Settle nothing here is clever, and nothing here is shared with package planner or package inspect: an
// error has to be made three times, by three readings of the rules, to go unseen. No product code may
// import this package.
package oracle

import (
	"github.com/evenkeel-project/evenkeel/internal/core/advisory"
	"github.com/evenkeel-project/evenkeel/internal/core/fleet"
	"github.com/evenkeel-project/evenkeel/internal/core/ident"
	"github.com/evenkeel-project/evenkeel/internal/core/policy"
	"github.com/evenkeel-project/evenkeel/internal/core/predicate"
)

// Instance is one fleet with the advisories and the policy to plan it by. New makes one.
type Instance struct {
	Seed       uint64 // makes a generated instance again
	Fleet      *fleet.Fleet
	Advisories []*advisory.Advisory // in order of id
	Policy     *policy.Policy
	places     []string // by host
}

// New returns the instance of a fleet, advisories in order of id, and a policy.
func New(f *fleet.Fleet, advisories []*advisory.Advisory, p *policy.Policy) Instance {
	in := Instance{Fleet: f, Advisories: advisories, Policy: p}
	for _, h := range in.hosts() {
		in.places = append(in.places, in.findPlace(h))
	}
	return in
}

// Where a host belongs in a plan.
const (
	planned     = "planned"
	blocked     = "blocked"
	fixed       = "fixed"
	notAffected = "not-affected"
	protected   = "protected"
)

func (in Instance) hosts() []ident.Host {
	var all []ident.Host
	for h := range in.Fleet.Hosts() {
		all = append(all, ident.Host(h))
	}
	return all
}

// answers asks both questions of an advisory of one host.
func (in Instance) answers(a *advisory.Advisory, h ident.Host) (affected, isFixed predicate.Answer) {
	subject := predicate.Subject{Facts: in.Fleet.Facts(h)}
	for _, g := range in.Fleet.GuestsOn(h) {
		subject.Guests = append(subject.Guests, in.Fleet.GuestLabels(ident.Guest(g)))
	}
	return a.Affected.Evaluate(subject).Answer, a.Fixed.Evaluate(subject).Answer
}

// touches reports whether an advisory asks for an outage of the host: it is exposed, or nobody knows.
func (in Instance) touches(a *advisory.Advisory, h ident.Host) bool {
	affected, isFixed := in.answers(a, h)
	return isFixed != predicate.Yes && affected != predicate.No
}

// place says where a host belongs in a plan.
func (in Instance) place(h ident.Host) string { return in.places[h] }

func (in Instance) findPlace(h ident.Host) string {
	exposed, isFixed := false, false
	for _, a := range in.Advisories {
		if in.touches(a, h) {
			exposed = true
		}
		if _, answer := in.answers(a, h); answer == predicate.Yes {
			isFixed = true
		}
	}
	switch {
	case !exposed && isFixed:
		return fixed
	case !exposed:
		return notAffected
	case in.Policy.IsProtected(in.Fleet, h):
		return protected
	case len(in.brokenGroups(h)) > 0:
		return blocked
	}
	return planned
}

// brokenGroups returns the groups that the outage of this host alone would break, in order of id.
func (in Instance) brokenGroups(h ident.Host) []ident.Group {
	var broken []ident.Group
	for g := range in.Fleet.Groups() {
		group := ident.Group(g)
		if in.lostMembers(group, h) > in.groupAllows(group) {
			broken = append(broken, group)
		}
	}
	return broken
}

// lostMembers counts the members of a group that go down with the host.
func (in Instance) lostMembers(group ident.Group, h ident.Host) int {
	lost := 0
	for g := range in.Fleet.Guests() {
		guest := ident.Guest(g)
		if in.Fleet.HostOf(guest) != h || in.Fleet.OnReboot(guest) == fleet.Migrate {
			continue
		}
		if in.isMember(guest, group) {
			lost++
		}
	}
	return lost
}

func (in Instance) isMember(guest ident.Guest, group ident.Group) bool {
	for _, g := range in.Fleet.GroupsOf(guest) {
		if ident.Group(g) == group {
			return true
		}
	}
	return false
}

func (in Instance) groupAllows(group ident.Group) int {
	members := 0
	for g := range in.Fleet.Guests() {
		if in.isMember(ident.Guest(g), group) {
			members++
		}
	}
	return in.Fleet.MaxDown(group).Of(members)
}

// lostGuests counts the guests of a tenant that go down with the host.
func (in Instance) lostGuests(tenant ident.Tenant, h ident.Host) int {
	lost := 0
	for g := range in.Fleet.Guests() {
		guest := ident.Guest(g)
		if in.Fleet.HostOf(guest) == h && in.Fleet.TenantOf(guest) == tenant && in.Fleet.OnReboot(guest) != fleet.Migrate {
			lost++
		}
	}
	return lost
}

func (in Instance) tenantAllows(tenant ident.Tenant) int {
	guests := 0
	for g := range in.Fleet.Guests() {
		if in.Fleet.TenantOf(ident.Guest(g)) == tenant {
			guests++
		}
	}
	allowed := in.Policy.Limits.Tenant.Of(guests)
	for _, h := range in.hosts() {
		allowed = max(allowed, in.lostGuests(tenant, h))
	}
	return allowed
}

func (in Instance) region(h ident.Host) ident.Region { return in.Fleet.RegionOf(in.Fleet.ZoneOf(h)) }

func (in Instance) cohort(h ident.Host) string { return in.Policy.CohortOf(in.Fleet, h) }

func (in Instance) isLast(h ident.Host) bool { return in.Policy.IsLast(in.Fleet, h) }

// toDo reports whether a host counts for the order of regions and zones.
func (in Instance) toDo(h ident.Host) bool {
	place := in.place(h)
	return place == planned || place == blocked
}

// regionBefore reports whether region a goes before region b.
func (in Instance) regionBefore(a, b ident.Region) bool {
	rank := func(r ident.Region) int {
		for i, id := range in.Policy.Order.RegionList {
			if id == in.Fleet.RegionID(r) {
				return i
			}
		}
		return len(in.Policy.Order.RegionList)
	}
	count := func(r ident.Region) int {
		hosts := 0
		for _, h := range in.hosts() {
			if in.region(h) == r && in.toDo(h) {
				hosts++
			}
		}
		return hosts
	}
	if in.Policy.Order.Regions == policy.Listed && rank(a) != rank(b) {
		return rank(a) < rank(b)
	}
	if count(a) != count(b) {
		return count(a) < count(b)
	}
	return in.Fleet.RegionID(a) < in.Fleet.RegionID(b)
}

// zoneBefore reports whether zone a goes before zone b of the same region.
func (in Instance) zoneBefore(a, b ident.Zone) bool {
	count := func(z ident.Zone) int {
		hosts := 0
		for _, h := range in.hosts() {
			if in.Fleet.ZoneOf(h) == z && in.toDo(h) {
				hosts++
			}
		}
		return hosts
	}
	if count(a) != count(b) {
		return count(a) < count(b)
	}
	return in.Fleet.ZoneID(a) < in.Fleet.ZoneID(b)
}
