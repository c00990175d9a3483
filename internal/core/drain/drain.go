// Package drain finds where the guests go that leave a host before its outage, and when: a book of what every host
// carries, kept up to date move by move while a schedule is made.
//
// A guest goes to a host of the same zone that is patched already or needs no outage, so that it moves once.
// While there is no such room, some hosts may be emptied onto hosts that go later; their guests move
// twice. Targets have room for the guest at both ends of the move, and members of a group are spread.
//
// Nothing here decides when a host goes down: package search does, and asks for a host to be emptied first. What the
// plan says of moves is checked by package inspect, which shares no code with this one.
package drain

import (
	"slices"

	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/fleet"
	"github.com/evenkeel-project/evenkeel/internal/core/ident"
	"github.com/evenkeel-project/evenkeel/internal/core/instance"
	"github.com/evenkeel-project/evenkeel/internal/core/policy"
)

// Standing is what a host is to moves.
type Standing uint8

// The standings. The zero value is the one that takes no guest.
const (
	Closed    Standing = iota // blocked or protected: never a target
	Patched                   // it needs no outage, or has had it
	Unpatched                 // its outage is to come
	Emptied                   // its guests are leaving or have left, and its outage is not over
)

// Move is a guest that leaves a host, from At for the length that the policy gives it.
type Move struct {
	Guest    ident.Guest
	From, To ident.Host
	At       calendar.Instant
}

// Book is the state of one schedule: who is where, what room is left and how many moves run at once. It is made
// anew for every schedule.
type Book struct {
	fleet  *fleet.Fleet
	policy *policy.Policy
	roster *instance.Roster

	room     *room
	standing []Standing // by host
	movers   []uint32   // by host: guests that have to leave it before its outage
	settled  []bool     // by host: none of its own guests moves, so none is ever moved there before its outage
	zones    []*zone    // by zone; nil until a host of it is emptied
	where    []place    // by host: on which shelf of its zone
	arrived  [][]ident.Guest
	until    []calendar.Instant // by host: when the last move onto it ends

	onto       []slots // by host
	groups     []slots
	groupMost  []int32 // by group: members that may move at once; noLimit when all may
	groupCount []uint32
	tenants    []slots
	all        slots

	moves []Move
	twice int // guests moved onto hosts that go down later
	looks int // hosts looked at for a guest
	batch batch
}

// noLimit stands for a group whose members may all move at once.
const noLimit = -1

// Open returns the book of a fleet before anything moves. The standing of every host is Closed, Patched or
// Unpatched; the unpatched ones are those of the roster. The policy must have moves.
func Open(f *fleet.Fleet, p *policy.Policy, r *instance.Roster, standing []Standing) *Book {
	n := f.Hosts()
	b := &Book{fleet: f, policy: p, roster: r, room: openRoom(f, p), standing: slices.Clone(standing),
		movers: make([]uint32, n), settled: make([]bool, n), zones: make([]*zone, f.Zones()), where: make([]place, n),
		arrived: make([][]ident.Guest, n), until: make([]calendar.Instant, n), onto: make([]slots, n),
		groups: make([]slots, f.Groups()), groupMost: make([]int32, f.Groups()), groupCount: make([]uint32, f.Groups()),
		tenants: make([]slots, f.Tenants())}
	for g := range f.Guests() {
		if f.OnReboot(ident.Guest(g)) == fleet.Migrate {
			b.movers[f.HostOf(ident.Guest(g))]++
		}
	}
	for h, movers := range b.movers {
		b.settled[h] = movers == 0
	}
	for g := range b.groupMost {
		b.groupMost[g] = noLimit
		if most := p.GroupMoves(f, ident.Group(g)); most < f.GroupSize(ident.Group(g)) {
			b.groupMost[g] = int32(most)
		}
	}
	return b
}

// Zones returns how many zones there are; ZoneOf returns the zone of a planned host.
func (b *Book) Zones() int { return b.fleet.Zones() }

// ZoneOf returns the zone of the host at a place.
func (b *Book) ZoneOf(at int32) ident.Zone { return b.fleet.ZoneOf(b.roster.Host[at]) }

// Free returns how much of what is scarce in a zone is free, in thousandths of the largest host for each host.
func (b *Book) Free(id ident.Zone) int {
	z := b.openZone(id)
	free := 0
	for _, h := range z.hosts {
		free += int(z.shelf(b.room, ident.Host(h)))
	}
	return 1000 * free / (len(z.hosts) * (shelfCount - 1))
}

// Movers returns how many guests have to leave the host at a place before its outage.
func (b *Book) Movers(at int32) int {
	h := b.roster.Host[at]
	if b.standing[h] != Unpatched {
		return 0
	}
	return int(b.movers[h])
}

// Moves returns all moves so far, host after host in the order in which they were emptied.
func (b *Book) Moves() []Move { return b.moves }

// Twice returns how many of the moves so far went to hosts that go down later: as many guests move again.
func (b *Book) Twice() int { return b.twice }

// Block says that the host at a place gets no outage: nothing may move onto it any more. It reports whether guests
// were moved onto it before, in which case the schedule is none.
func (b *Book) Block(at int32) (spoilt bool) {
	h := b.roster.Host[at]
	if z := b.zones[b.fleet.ZoneOf(h)]; z != nil && b.mayServeLater(h) {
		z.later.drop(h, b.where)
	}
	b.standing[h] = Closed
	return len(b.arrived[h]) > 0
}

// End says that the outage of the host at a place is over: it is patched, and the room of those who left is free.
func (b *Book) End(at int32) {
	h := b.roster.Host[at]
	emptied := b.standing[h] == Emptied
	b.standing[h] = Patched
	z := b.zones[b.fleet.ZoneOf(h)]
	if emptied {
		for _, g := range b.leaving(h) {
			b.room.give(b.room.need(g), h)
			for _, group := range b.fleet.GroupsOf(g) {
				if z.census.inZone(group) > 0 {
					z.census.remove(h, group)
				}
			}
		}
		b.arrived[h] = nil
	}
	if z != nil {
		z.open.put(h, z.shelf(b.room, h), b.where)
	}
}

// leaving gathers the guests that have to leave a host, in the book's own list: it stands until the next call.
func (b *Book) leaving(h ident.Host) []ident.Guest {
	list := b.batch.leaving[:0]
	for _, n := range b.fleet.GuestsOn(h) {
		if g := ident.Guest(n); b.fleet.OnReboot(g) == fleet.Migrate {
			list = append(list, g)
		}
	}
	b.batch.leaving = append(list, b.arrived[h]...)
	return b.batch.leaving
}

// mayServeLater reports whether a host may take guests before its own outage: it has guests to move anyhow.
func (b *Book) mayServeLater(h ident.Host) bool { return b.standing[h] == Unpatched && !b.settled[h] }
