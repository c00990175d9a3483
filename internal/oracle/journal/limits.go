package journal

import (
	"fmt"

	"github.com/evenkeel-project/evenkeel/internal/core/ident"
	"github.com/evenkeel-project/evenkeel/internal/core/limit"
)

// tally is one limit counted anew: what is down beside the host, what the host adds, what is allowed.
type tally struct {
	code        Code
	scope, name string
	down, more  int
	allowed     int
}

func (t tally) String() string {
	if t.name == "" {
		return "the " + t.scope
	}
	return t.scope + " " + t.name
}

// checkLimits counts every limit that the host counts against anew, host by host and guest by guest, and holds
// both the limit and what was written down against that.
func (a *auditor) checkLimits(h ident.Host, wrote []check) {
	id := a.fleet.HostID(h)
	counted := append(a.countHosts(h), a.countGuests(h)...)
	for _, t := range counted {
		if t.down+t.more > t.allowed {
			a.find(t.code, "host %s makes %d down in %s, where %d may be", id, t.down+t.more, t, t.allowed)
		}
		found := 0
		for _, c := range wrote {
			if c.Scope != t.scope || (c.Name != t.name && t.scope != "rack") {
				continue
			}
			found++
			if c.Down != t.down || c.More != t.more || c.Allowed != t.allowed {
				a.find(CheckWrong, "for host %s and %s there is written %d + %d of %d, and it is %d + %d of %d",
					id, t, c.Down, c.More, c.Allowed, t.down, t.more, t.allowed)
			}
		}
		if found != 1 {
			a.find(CheckMissing, "for host %s the limit of %s is written down %d times", id, t, found)
		}
	}
	if len(wrote) > len(counted) {
		a.find(CheckWrong, "for host %s there are %d limits written down, and it counts against %d", id, len(wrote), len(counted))
	}
}

// countHosts counts the hosts that are down beside the given one, in each scope that it is in.
func (a *auditor) countHosts(h ident.Host) []tally {
	f, limits := a.fleet, a.policy.Limits
	zone, rack := f.ZoneOf(h), f.RackOf(h)
	scopes := []struct {
		scope, name string
		limit       limit.Limit
		in          func(ident.Host) bool
	}{
		{"fleet", "", limits.Fleet, func(ident.Host) bool { return true }},
		{"region", f.RegionID(a.regionOf[h]), limits.Region, func(o ident.Host) bool { return a.regionOf[o] == a.regionOf[h] }},
		{"zone", f.ZoneID(zone), limits.Zone, func(o ident.Host) bool { return f.ZoneOf(o) == zone }},
		{"rack", fmt.Sprintf("%s of %s", f.RackName(rack), f.ZoneID(zone)), limits.Rack, func(o ident.Host) bool { return f.RackOf(o) == rack }},
		{"cohort", a.cohortOf[h], limits.Cohort, func(o ident.Host) bool { return a.cohortOf[o] == a.cohortOf[h] }},
	}
	var counted []tally
	for _, s := range scopes {
		if !s.limit.Set() {
			continue
		}
		t := tally{code: Limit, scope: s.scope, name: s.name, more: 1}
		whole := 0
		for n := range f.Hosts() {
			other := ident.Host(n)
			if !s.in(other) {
				continue
			}
			whole++
			if other != h && a.lives[other].down {
				t.down++
			}
		}
		t.allowed = s.limit.Of(whole)
		counted = append(counted, t)
	}
	if a.last[h] {
		counted = append(counted, a.countLast(h))
	}
	return counted
}

func (a *auditor) countLast(h ident.Host) tally {
	t := tally{code: LastTogether, scope: "last", more: 1, allowed: 1}
	for n := range a.lives {
		if ident.Host(n) != h && a.last[n] && a.lives[n].down {
			t.down++
		}
	}
	return t
}

// countGuests counts the guests that are down beside those of the given host, of each tenant and group that it
// takes guests of.
func (a *auditor) countGuests(h ident.Host) []tally {
	f := a.fleet
	tenants, groups := map[ident.Tenant]bool{}, map[ident.Group]bool{}
	var counted []tally
	for _, guest := range a.lost[h] {
		if t := f.TenantOf(guest); !tenants[t] && a.policy.Limits.Tenant.Set() {
			tenants[t] = true
			counted = append(counted, a.countAmong(h, a.ofTenant[t], tally{code: TenantLimit, scope: "tenant", name: f.TenantID(t),
				allowed: max(a.policy.Limits.Tenant.Of(f.TenantSize(t)), a.raised[t])}))
		}
		for _, n := range f.GroupsOf(guest) {
			if g := ident.Group(n); !groups[g] && f.MaxDown(g).Set() {
				groups[g] = true
				counted = append(counted, a.countAmong(h, a.ofGroup[g], tally{code: GroupLimit, scope: "group", name: f.GroupID(g),
					allowed: f.MaxDown(g).Of(f.GroupSize(g))}))
			}
		}
	}
	return counted
}

func (a *auditor) countAmong(h ident.Host, guests []ident.Guest, t tally) tally {
	for _, guest := range guests {
		_, left := a.left[guest]
		switch host := a.fleet.HostOf(guest); {
		case host == h:
			t.more++
		case a.lives[host].down || left:
			t.down++
		}
	}
	return t
}
