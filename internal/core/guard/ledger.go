package guard

import (
	"slices"

	"github.com/evenkeel-project/evenkeel/internal/core/fleet"
	"github.com/evenkeel-project/evenkeel/internal/core/ident"
)

// Ledger counts what is down against every limit, for whatever reason it is down. It belongs to one caller.
type Ledger struct {
	guard *Guard
	down  []int32 // by resource
	need  counter // scratch: what one host takes, by resource
}

// Open returns a ledger in which nothing is down.
func (g *Guard) Open() *Ledger {
	return &Ledger{guard: g, down: make([]int32, len(g.allowed)), need: newCounter(len(g.allowed))}
}

// Take counts a host and all its guests that do not migrate as down.
func (l *Ledger) Take(h ident.Host) { l.add(h, 1) }

// Free takes back what Take counted.
func (l *Ledger) Free(h ident.Host) { l.add(h, -1) }

func (l *Ledger) add(h ident.Host, sign int32) {
	l.measure(h)
	for _, r := range l.need.met {
		l.count(r, sign*l.need.of[r])
	}
	l.need.clear()
}

// count panics on a count below zero: what is freed was taken, or the books are wrong.
func (l *Ledger) count(r uint32, by int32) {
	l.down[r] += by
	if l.down[r] < 0 {
		panic("guard: more was freed than was taken")
	}
}

// TakeGuests counts single guests as down: those that stay down when their host no longer counts.
func (l *Ledger) TakeGuests(guests []ident.Guest) { l.addGuests(guests, 1) }

// FreeGuests takes back what TakeGuests counted.
func (l *Ledger) FreeGuests(guests []ident.Guest) { l.addGuests(guests, -1) }

func (l *Ledger) addGuests(guests []ident.Guest, by int32) {
	g := l.guard
	for _, guest := range guests {
		l.count(g.at.tenants+uint32(g.fleet.TenantOf(guest)), by)
		for _, group := range g.fleet.GroupsOf(guest) {
			l.count(g.at.groups+group, by)
		}
	}
}

// measure fills need with what the host takes: the fleet, region, zone, rack and cohort first, then tenants and
// groups by handle, then the turn of the last hosts.
func (l *Ledger) measure(h ident.Host) {
	g, f := l.guard, l.guard.fleet
	zone := f.ZoneOf(h)
	l.need.add(0)
	l.need.add(g.at.regions + uint32(f.RegionOf(zone)))
	l.need.add(g.at.zones + uint32(zone))
	l.need.add(g.at.racks + uint32(f.RackOf(h)))
	l.need.add(g.at.cohorts + g.cohortOf[h])
	for _, guest := range f.GuestsOn(h) {
		if f.OnReboot(ident.Guest(guest)) == fleet.Migrate {
			continue
		}
		l.need.add(g.at.tenants + uint32(f.TenantOf(ident.Guest(guest))))
		for _, group := range f.GroupsOf(ident.Guest(guest)) {
			l.need.add(g.at.groups + group)
		}
	}
	if g.last[h] {
		l.need.add(g.at.turn)
	}
	slices.Sort(l.need.met)
}

// Fits reports whether the host can be taken without exceeding any limit. It is a quick look for callers with
// many hosts to choose from; only Ask says yes.
func (l *Ledger) Fits(h ident.Host) bool {
	l.measure(h)
	fits := true
	for _, r := range l.need.met {
		if l.down[r]+l.need.of[r] > l.guard.allowed[r] {
			fits = false
			break
		}
	}
	l.need.clear()
	return fits
}

// FleetFull, RegionFull and ZoneFull report whether no host of the scope can be taken at all.

// FleetFull reports whether the fleet's limit is used up.
func (l *Ledger) FleetFull() bool { return l.down[0] >= l.guard.allowed[0] }

// RegionFull reports whether the region's limit is used up.
func (l *Ledger) RegionFull(r ident.Region) bool { return l.full(l.guard.at.regions + uint32(r)) }

// ZoneFull reports whether the zone's limit is used up.
func (l *Ledger) ZoneFull(z ident.Zone) bool { return l.full(l.guard.at.zones + uint32(z)) }

func (l *Ledger) full(r uint32) bool { return l.down[r] >= l.guard.allowed[r] }

// DownInRegion and DownInZone count hosts.

// DownInRegion returns how many hosts of a region are down.
func (l *Ledger) DownInRegion(r ident.Region) int { return int(l.down[l.guard.at.regions+uint32(r)]) }

// DownInZone returns how many hosts of a zone are down.
func (l *Ledger) DownInZone(z ident.Zone) int { return int(l.down[l.guard.at.zones+uint32(z)]) }

// Usage returns every limit of the policy and every group against which something is down, most used first.
func (l *Ledger) Usage() []Check {
	var out []Check
	for r, down := range l.down {
		if down > 0 && l.guard.allowed[r] != unlimited {
			kind, name := l.guard.scope(uint32(r))
			out = append(out, Check{Scope: kind, Name: name, Down: int(down), Allowed: int(l.guard.allowed[r])})
		}
	}
	slices.SortStableFunc(out, func(a, b Check) int { return b.Down*a.Allowed - a.Down*b.Allowed })
	return out
}

// Counts returns what is down by resource, for comparing two ledgers of one guard. It must not be changed.
func (l *Ledger) Counts() []int32 { return l.down }
