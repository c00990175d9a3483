package drain

import (
	"cmp"
	"slices"

	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/ident"
	"github.com/evenkeel-project/evenkeel/internal/core/policy"
)

// Reach says which hosts guests may go to.
type Reach uint8

// The reaches.
const (
	OntoPatched      Reach = iota // hosts that are patched or need no outage: a guest moves once
	OntoAny                       // then also hosts that go down later: those guests move again
	OntoPatchedOfAll              // as OntoPatched, and every such host of the zone is tried
	OntoAnyOfAll                  // as OntoAny, and every such host of the zone is tried
)

// batch is the guests of the host that is being emptied, with where they go. It is kept for its memory.
type batch struct {
	leaving []ident.Guest
	onto    []ident.Host
	failed  ident.Guest // who found no place, after a host could not be emptied
}

// Empty finds a place for every guest that has to leave the host at a place and lays out their moves from now on. It
// returns when the last of them ends, or false when some guest finds no place; then nothing has changed.
func (b *Book) Empty(at int32, now calendar.Instant, reach Reach) (calendar.Instant, bool) {
	h := b.roster.Host[at]
	z := b.openZone(b.fleet.ZoneOf(h))
	guests := b.leaving(h)
	b.largestFirst(z, guests)
	b.batch.onto = b.batch.onto[:0]
	if b.mayServeLater(h) {
		z.later.drop(h, b.where)
	}
	b.standing[h] = Emptied
	patience := now.Add(calendar.Seconds(b.roster.Length[at]))
	for _, g := range guests {
		to, ok := b.find(z, g, now, patience, reach)
		if !ok {
			b.batch.failed = g
			b.undo(z, h, guests)
			return 0, false
		}
		b.batch.onto = append(b.batch.onto, to)
		b.reserve(z, g, to)
	}
	b.movers[h] = 0
	return b.layOut(at, guests, now), true
}

// undo takes back what a host that cannot be emptied had reserved.
func (b *Book) undo(z *zone, h ident.Host, guests []ident.Guest) {
	for i, to := range b.batch.onto {
		g := guests[i]
		b.room.give(b.room.need(g), to)
		b.reshelve(z, to)
		b.countIn(z, g, func(group uint32) { z.census.remove(to, group) })
	}
	b.standing[h] = Unpatched
	if b.mayServeLater(h) {
		z.later.put(h, z.shelf(b.room, h), b.where)
	}
}

// largestFirst orders guests by what they need of the scarce resource: a large guest finds a place only while there
// still is one.
func (b *Book) largestFirst(z *zone, guests []ident.Guest) {
	if z.scarce < 0 {
		slices.Sort(guests)
		return
	}
	slices.SortFunc(guests, func(x, y ident.Guest) int {
		return cmp.Or(cmp.Compare(b.room.need(y)[z.scarce], b.room.need(x)[z.scarce]), cmp.Compare(x, y))
	})
}

// reserve keeps the guest's room and its place in its groups at the target from now on, though the move may begin
// later.
func (b *Book) reserve(z *zone, g ident.Guest, to ident.Host) {
	b.room.take(b.room.need(g), to)
	b.reshelve(z, to)
	b.countIn(z, g, func(group uint32) { z.census.add(to, group, 1) })
}

// countIn visits the groups of a guest that have other members in the zone.
func (b *Book) countIn(z *zone, g ident.Guest, visit func(group uint32)) {
	for _, group := range b.fleet.GroupsOf(g) {
		if z.census.inZone(group) > 0 {
			visit(group)
		}
	}
}

func (b *Book) reshelve(z *zone, h ident.Host) {
	shelf := z.shelf(b.room, h)
	if shelf == b.where[h].shelf {
		return
	}
	on := &z.open
	if b.standing[h] == Unpatched {
		on = &z.later
	}
	on.drop(h, b.where)
	on.put(h, shelf, b.where)
}

// sampleMax is how many hosts with room are compared for one guest, and scanMax how many hosts of one shelf are
// looked at, unless every host has to be tried. More did not save moves on synthetic fleets of 100,000 hosts.
const (
	sampleMax = 4
	scanMax   = 24
)

// looksMax bounds the hosts that one schedule looks at when every host has to be tried: a second or two. Beyond it a
// guest finds no place when a sample of every shelf has none.
const looksMax = 100_000_000

// find returns the host that the guest best goes to: of a sample of the fullest with room, the one that can
// begin to take it first. A host that can begin only after the patience, an outage's length from now, is passed over:
// by then others have room.
func (b *Book) find(z *zone, g ident.Guest, now, patience calendar.Instant, reach Reach) (ident.Host, bool) {
	scan := scanMax
	if reach >= OntoPatchedOfAll && b.looks < looksMax {
		scan = len(z.hosts)
	}
	if to, ok := b.findOn(z, &z.open, g, now, patience, scan); ok {
		return to, true
	}
	if reach == OntoPatched || reach == OntoPatchedOfAll {
		return 0, false
	}
	return b.findOn(z, &z.later, g, now, patience, scan)
}

func (b *Book) findOn(z *zone, s *shelves, g ident.Guest, now, patience calendar.Instant, scan int) (ident.Host, bool) {
	need := b.room.need(g)
	best, bestFrom, found := ident.Host(0), calendar.Instant(0), 0
	for shelf := z.lowest(need); shelf < shelfCount && found < sampleMax; shelf++ {
		list := s.hosts[shelf]
		if len(list) == 0 {
			continue
		}
		next := int(uint64(g) * 0x9e3779b1 % uint64(len(list)))
		for range min(scan, len(list)) {
			h := list[next]
			if next++; next == len(list) {
				next = 0
			}
			b.looks++
			from := b.onto[h].from(now, b.policy.Moves.Host)
			if from > patience || !b.room.fits(need, h) || !b.spreads(z, g, h) {
				continue
			}
			if found == 0 || from < bestFrom {
				best, bestFrom = h, from
			}
			if found++; found == sampleMax {
				break
			}
		}
	}
	return best, found > 0
}

// spreads reports whether the host would hold no more members of any group of the guest than an even spread over
// the zone comes to.
func (b *Book) spreads(z *zone, g ident.Guest, h ident.Host) bool {
	for _, group := range b.fleet.GroupsOf(g) {
		if all := z.census.inZone(group); all > 0 && z.census.of(h, group) >= policy.Spread(all, z.census.hosts) {
			return false
		}
	}
	return true
}

// laidAhead is how many of the guests that are still to be laid out are compared for who may begin first: hosts
// carry a few dozen guests, and one with ten thousand must not cost their square.
const laidAhead = 32

// layOut gives every move its instant, whoever can begin first going first, and returns when the last ends.
func (b *Book) layOut(at int32, guests []ident.Guest, now calendar.Instant) calendar.Instant {
	h := b.roster.Host[at]
	base, last := max(now, b.until[h]), now
	var off slots
	for k := range guests {
		first, begins := k, calendar.Instant(0)
		for i := k; i < min(len(guests), k+laidAhead); i++ {
			from := b.begins(at, guests[i], b.batch.onto[i], off.from(base, b.policy.Moves.Host))
			if i == k || from < begins {
				first, begins = i, from
			}
		}
		guests[k], guests[first] = guests[first], guests[k]
		b.batch.onto[k], b.batch.onto[first] = b.batch.onto[first], b.batch.onto[k]
		end := begins.Add(b.room.length(guests[k]))
		off.take(end, b.policy.Moves.Host)
		b.commit(h, guests[k], b.batch.onto[k], begins, end)
		last = max(last, end)
	}
	return last
}

// begins returns the first instant, not before from, at which the guest may move: when fewer than the limits
// are under way at the target, in each of its groups, of its tenant and in the fleet, and no freeze holds the
// host that it leaves.
func (b *Book) begins(at int32, g ident.Guest, to ident.Host, from calendar.Instant) calendar.Instant {
	from = b.onto[to].from(from, b.policy.Moves.Host)
	for _, group := range b.fleet.GroupsOf(g) {
		if most := b.groupMost[group]; most != noLimit {
			from = b.groups[group].from(from, int(most))
		}
	}
	t := b.fleet.TenantOf(g)
	if b.policy.Moves.Tenant.Set() {
		from = b.tenants[t].from(from, b.policy.TenantMoves(b.fleet, t))
	}
	if b.policy.Moves.Fleet.Set() {
		from = b.all.from(from, b.policy.FleetMoves(b.fleet))
	}
	return b.roster.Frozen[at].Earliest(from, int64(b.room.length(g)))
}

// commit writes a move down and takes its slots.
func (b *Book) commit(h ident.Host, g ident.Guest, to ident.Host, begins, end calendar.Instant) {
	b.onto[to].take(end, b.policy.Moves.Host)
	for _, group := range b.fleet.GroupsOf(g) {
		if most := b.groupMost[group]; most != noLimit {
			b.groups[group].take(end, int(most))
		}
	}
	t := b.fleet.TenantOf(g)
	if b.policy.Moves.Tenant.Set() {
		b.tenants[t].take(end, b.policy.TenantMoves(b.fleet, t))
	}
	if b.policy.Moves.Fleet.Set() {
		b.all.take(end, b.policy.FleetMoves(b.fleet))
	}
	b.until[to] = max(b.until[to], end)
	if b.standing[to] == Unpatched {
		b.arrived[to] = append(b.arrived[to], g)
		b.movers[to]++
		b.twice++
	}
	b.moves = append(b.moves, Move{Guest: g, From: h, To: to, At: begins})
}
