package drain

import (
	"fmt"

	"github.com/evenkeel-project/evenkeel/internal/core/ident"
)

// Excuse says why the host at a place, which the last call of Empty was about, could not be emptied: the guest that
// found no place, what it needs, and where in the zone there is most room.
func (b *Book) Excuse(at int32) string {
	h, g := b.roster.Host[at], b.batch.failed
	zone := b.fleet.ZoneOf(h)
	need := b.room.need(g)
	z := b.zones[zone]
	best, found := b.roomiest(z, &z.open, h)
	if later, ok := b.roomiest(z, &z.later, h); ok && (!found || b.roomier(z, later, best)) {
		best, found = later, true
	}
	const fix = "; make room in the zone, move the guest away by hand, or write on_reboot: restart at it"
	guest := fmt.Sprintf("guest %s has to leave before the outage and finds no place in zone %s: it needs %s", b.fleet.GuestID(g), b.fleet.ZoneID(zone), b.room.words(need))
	switch {
	case !found:
		return guest + ", and no other host of the zone may take guests" + fix
	case b.room.fits(need, best):
		return fmt.Sprintf("%s, and every host with room holds as many members of its groups as an even spread allows, or is taken by other guests of the host%s", guest, fix)
	}
	return fmt.Sprintf("%s, and the most room is %s on host %s%s", guest, b.room.words(b.room.of(best)), b.fleet.HostID(best), fix)
}

// roomiest returns the host with most room of what is scarce, other than h: one of the highest shelf that is not
// empty.
func (b *Book) roomiest(z *zone, s *shelves, h ident.Host) (ident.Host, bool) {
	best, found := ident.Host(0), false
	for shelf := shelfCount - 1; shelf >= 0 && !found; shelf-- {
		for _, other := range s.hosts[shelf] {
			if other != h && (!found || b.roomier(z, other, best)) {
				best, found = other, true
			}
		}
	}
	return best, found
}

// roomier reports whether host x has more room than y of what is scarce in the zone.
func (b *Book) roomier(z *zone, x, y ident.Host) bool {
	if z.scarce < 0 {
		return false
	}
	return b.room.of(x)[z.scarce] > b.room.of(y)[z.scarce]
}
