package drain

import (
	"cmp"
	"slices"

	"github.com/evenkeel-project/evenkeel/internal/core/fleet"
	"github.com/evenkeel-project/evenkeel/internal/core/ident"
	"github.com/evenkeel-project/evenkeel/internal/core/policy"
)

// Proposed is a guest that a person could move off a blocked host first, and where to.
type Proposed struct {
	Guest ident.Guest
	To    ident.Host
}

// Excess is a group that the outage of a host alone would break, and how many members are too many.
type Excess struct {
	Group   ident.Group
	Members int
}

// Verdict says what came of the search for a proposal.
type Verdict uint8

// The verdicts.
const (
	Found     Verdict = iota // the guests fit where they are proposed to go
	Unchecked                // a capacity or a demand is not written, so nobody knows whether they fit
	NoPlace                  // no host was found in the region that may take them
	Stuck                    // too many of the members are pinned: they can never move
)

// Desk makes proposals for blocked hosts, by what the fleet file says. What it proposed once is taken: two hosts are
// never given the same room.
type Desk struct {
	fleet    *fleet.Fleet
	room     *room
	standing []Standing
	zones    []*zone
	where    []place
	arrived  [][]ident.Guest // by host
	allowed  func(ident.Group) int64
	inZone   map[[2]uint32]int // by group and zone, where a spread may be more than one a host
}

// OpenDesk opens a desk. Closed hosts are the blocked ones, which take no guest; unpatched ones go down, so they
// take no more of a group than the allowance of the group bears.
func OpenDesk(f *fleet.Fleet, p *policy.Policy, standing []Standing, allowed func(ident.Group) int64) *Desk {
	return &Desk{fleet: f, room: openRoom(f, p), standing: standing, zones: make([]*zone, f.Zones()), where: make([]place, f.Hosts()),
		arrived: make([][]ident.Guest, f.Hosts()), allowed: allowed, inZone: map[[2]uint32]int{}}
}

// Propose looks for the fewest guests whose leaving takes every excess away, and for a host of the region for each,
// in the zone of their host first. A proposal is whole or not at all.
func (d *Desk) Propose(h ident.Host, over []Excess) ([]Proposed, Verdict) {
	left := slices.Clone(over)
	guests := d.restarting(h, over)
	for _, e := range over {
		if count(guests, func(g ident.Guest) bool { return isIn(d.fleet, g, e.Group) }) < e.Members {
			return nil, Stuck
		}
	}
	var out []Proposed
	verdict := Found
	for {
		k := d.most(guests, left)
		if k < 0 {
			break
		}
		g := guests[k]
		guests = slices.Delete(guests, k, k+1)
		to, ok := d.place(h, g)
		if !ok {
			continue
		}
		if !d.isWritten(g, to) {
			verdict = Unchecked
		}
		d.move(g, to, true)
		out = append(out, Proposed{g, to})
		for i := range left {
			if isIn(d.fleet, g, left[i].Group) {
				left[i].Members--
			}
		}
	}
	if slices.ContainsFunc(left, func(e Excess) bool { return e.Members > 0 }) {
		for _, m := range out {
			d.move(m.Guest, m.To, false)
		}
		return nil, NoPlace
	}
	slices.SortFunc(out, func(a, b Proposed) int { return cmp.Compare(a.Guest, b.Guest) })
	return out, verdict
}

// restarting returns the guests of a host that can start elsewhere and are members of a group of the list.
func (d *Desk) restarting(h ident.Host, over []Excess) []ident.Guest {
	var out []ident.Guest
	for _, n := range d.fleet.GuestsOn(h) {
		g := ident.Guest(n)
		if d.fleet.OnReboot(g) == fleet.Restart && slices.ContainsFunc(over, func(e Excess) bool { return isIn(d.fleet, g, e.Group) }) {
			out = append(out, g)
		}
	}
	return out
}

// most returns which guest is a member of most groups that are still over, the first of equals; -1 when none is.
func (d *Desk) most(guests []ident.Guest, left []Excess) int {
	best, bestCount := -1, 0
	for k, g := range guests {
		n := count(left, func(e Excess) bool { return e.Members > 0 && isIn(d.fleet, g, e.Group) })
		if n > bestCount {
			best, bestCount = k, n
		}
	}
	return best
}

func count[T any](list []T, holds func(T) bool) int {
	n := 0
	for _, x := range list {
		if holds(x) {
			n++
		}
	}
	return n
}

func isIn(f *fleet.Fleet, g ident.Guest, group ident.Group) bool {
	return slices.Contains(f.GroupsOf(g), uint32(group))
}

// place returns where a guest of the host could go.
func (d *Desk) place(h ident.Host, g ident.Guest) (ident.Host, bool) {
	own := d.fleet.ZoneOf(h)
	if to, ok := d.placeIn(own, g); ok {
		return to, true
	}
	for _, n := range d.fleet.ZonesIn(d.fleet.RegionOf(own)) {
		if ident.Zone(n) == own {
			continue
		}
		if to, ok := d.placeIn(ident.Zone(n), g); ok {
			return to, true
		}
	}
	return 0, false
}

// glanceMax is how many hosts of a zone are looked at for one guest: fleets have thousands of blocked hosts, and where
// none of so many will do, few of the others would.
const glanceMax = 128

func (d *Desk) placeIn(id ident.Zone, g ident.Guest) (ident.Host, bool) {
	z := d.openZone(id)
	looks := 0
	for shelf := z.lowest(d.room.need(g)); shelf < shelfCount; shelf++ {
		list := z.open.hosts[shelf]
		for k := range min(len(list), scanMax) {
			h := list[(int(g)+k)%len(list)]
			if d.mayTake(z, h, g) {
				return h, true
			}
			if looks++; looks == glanceMax {
				return 0, false
			}
		}
	}
	return 0, false
}

func (d *Desk) openZone(id ident.Zone) *zone {
	if d.zones[id] == nil {
		z := newZone(d.fleet.HostsIn(id), d.room)
		for _, n := range z.hosts {
			if h := ident.Host(n); d.standing[h] != Closed {
				z.open.put(h, z.shelf(d.room, h), d.where)
			}
		}
		d.zones[id] = z
	}
	return d.zones[id]
}

// mayTake reports whether the host has room as far as anybody knows, stays within the spread of the guest's groups,
// and, when it goes down itself, within what may be down of them.
func (d *Desk) mayTake(z *zone, h ident.Host, g ident.Guest) bool {
	if d.isWritten(g, h) && !d.room.fits(d.room.need(g), h) {
		return false
	}
	for _, n := range d.fleet.GroupsOf(g) {
		group := ident.Group(n)
		held, down := d.held(h, group)
		if held+1 > d.spread(z, group) || (d.standing[h] == Unpatched && int64(down)+1 > d.allowed(group)) {
			return false
		}
	}
	return true
}

// isWritten reports whether the host says what it carries and the guest what it needs.
func (d *Desk) isWritten(g ident.Guest, h ident.Host) bool {
	return len(d.fleet.Capacity(h)) > 0 && len(d.fleet.Demand(g)) > 0
}

// held counts the members of a group on a host, with those proposed to go there, and how many of them go down.
func (d *Desk) held(h ident.Host, group ident.Group) (held, down int) {
	see := func(g ident.Guest) {
		if isIn(d.fleet, g, group) {
			held++
			if d.fleet.OnReboot(g) != fleet.Migrate {
				down++
			}
		}
	}
	for _, n := range d.fleet.GuestsOn(h) {
		see(ident.Guest(n))
	}
	for _, g := range d.arrived[h] {
		see(g)
	}
	return held, down
}

// spread returns how many members of the group a host of the zone may hold. Only where a group has more members than
// the zone has hosts is it more than one.
func (d *Desk) spread(z *zone, group ident.Group) int {
	hosts := len(z.hosts)
	if d.fleet.GroupSize(group) <= hosts {
		return 1
	}
	at := [2]uint32{uint32(group), uint32(d.fleet.ZoneOf(ident.Host(z.hosts[0])))}
	members, known := d.inZone[at]
	if !known {
		for _, h := range z.hosts {
			members += count(d.fleet.GuestsOn(ident.Host(h)), func(g uint32) bool { return isIn(d.fleet, ident.Guest(g), group) })
		}
		d.inZone[at] = members
	}
	return policy.Spread(members, hosts)
}

// move takes the room of a proposal, or gives it back.
func (d *Desk) move(g ident.Guest, to ident.Host, there bool) {
	if there {
		d.room.take(d.room.need(g), to)
		d.arrived[to] = append(d.arrived[to], g)
	} else {
		d.room.give(d.room.need(g), to)
		d.arrived[to] = slices.DeleteFunc(d.arrived[to], func(other ident.Guest) bool { return other == g })
	}
	z := d.zones[d.fleet.ZoneOf(to)]
	z.open.drop(to, d.where)
	z.open.put(to, z.shelf(d.room, to), d.where)
}
