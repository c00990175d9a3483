package drain

import (
	"math/bits"

	"github.com/evenkeel-project/evenkeel/internal/core/ident"
)

// zone is what the book keeps of one zone from the first time that a host of it is to be emptied: guests never
// leave their zone, so nothing here depends on another.
type zone struct {
	hosts  []uint32
	census *census
	scarce int     // the resource of which most of what there is is taken; -1 without resources
	most   int64   // the largest capacity of it, which all shelves but the last are parts of
	open   shelves // hosts that are patched or need no outage
	later  shelves // hosts that go down later and have guests to move anyhow
}

// newZone returns a zone with empty shelves, cut for its hosts.
func newZone(hosts []uint32, r *room) *zone {
	z := &zone{hosts: hosts, scarce: -1, most: 1}
	z.chooseScarce(r)
	return z
}

// openZone counts who is in the zone and puts its hosts on shelves.
func (b *Book) openZone(id ident.Zone) *zone {
	if b.zones[id] != nil {
		return b.zones[id]
	}
	z := newZone(b.fleet.HostsIn(id), b.room)
	b.zones[id] = z
	z.census = b.countZone(z.hosts)
	for _, n := range z.hosts {
		h := ident.Host(n)
		if b.standing[h] == Patched {
			z.open.put(h, z.shelf(b.room, h), b.where)
		} else if b.mayServeLater(h) {
			z.later.put(h, z.shelf(b.room, h), b.where)
		}
	}
	return z
}

// countZone counts the members of every group on every host, where a group has more than one in the zone.
func (b *Book) countZone(hosts []uint32) *census {
	f := b.fleet
	each := func(visit func(h ident.Host, group uint32)) {
		for _, h := range hosts {
			for _, g := range f.GuestsOn(ident.Host(h)) {
				for _, group := range f.GroupsOf(ident.Guest(g)) {
					visit(ident.Host(h), group)
				}
			}
		}
	}
	entries := 0
	each(func(_ ident.Host, group uint32) {
		b.groupCount[group]++
		if b.groupCount[group] == 2 {
			entries += 3
		} else if b.groupCount[group] > 2 {
			entries++
		}
	})
	c := newCensus(len(hosts), entries)
	each(func(h ident.Host, group uint32) {
		if n := b.groupCount[group]; n > 1 {
			c.add(h, group, 1)
			if c.of(whole, group) == 0 {
				c.add(whole, group, int(n))
			}
		}
	})
	each(func(_ ident.Host, group uint32) { b.groupCount[group] = 0 })
	return c
}

// chooseScarce takes the resource that is the fullest on most hosts, the first of equals.
func (z *zone) chooseScarce(r *room) {
	votes, largest := make([]int, len(r.names)), make([]int64, len(r.names))
	full := make([]int64, len(r.names))
	for _, n := range z.hosts {
		h := ident.Host(n)
		r.read(full, r.fleet.Capacity(h))
		fullest, row := -1, r.of(h)
		for d, capacity := range full {
			if capacity == notNamed {
				continue
			}
			largest[d] = max(largest[d], capacity)
			if fullest < 0 || less(share(row[d]), share(capacity), share(row[fullest]), share(full[fullest])) {
				fullest = d
			}
		}
		if fullest >= 0 {
			votes[fullest]++
		}
	}
	for d, n := range votes {
		if n > 0 && (z.scarce < 0 || n > votes[z.scarce]) {
			z.scarce = d
		}
	}
	if z.scarce >= 0 {
		z.most = max(1, largest[z.scarce])
	}
}

// share is an amount as a part of a ratio: never below 0.
func share(amount int64) uint64 { return uint64(max(amount, 0)) }

// less reports a/b < c/d.
func less(a, b, c, d uint64) bool {
	leftHigh, leftLow := bits.Mul64(a, d)
	rightHigh, rightLow := bits.Mul64(c, b)
	return leftHigh < rightHigh || (leftHigh == rightHigh && leftLow < rightLow)
}

// shelf returns the shelf of a host by what it has left of the scarce resource.
func (z *zone) shelf(r *room, h ident.Host) uint8 {
	if z.scarce < 0 {
		return shelfCount - 1
	}
	free := r.of(h)[z.scarce]
	if free == notNamed {
		return shelfCount - 1
	}
	return uint8(z.part(free))
}

// lowest returns the lowest shelf that can have room for a need.
func (z *zone) lowest(need []int64) int {
	if z.scarce < 0 || need[z.scarce] == notNamed {
		return 0
	}
	return z.part(need[z.scarce])
}

// part returns the shelf of an amount of the scarce resource. Amounts are below 2^51, so the product fits.
func (z *zone) part(amount int64) int {
	return int(min(max(amount, 0)*(shelfCount-1)/z.most, shelfCount-2))
}
