package inspect

import (
	"math"
	"sort"

	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/fleet"
	"github.com/evenkeel-project/evenkeel/internal/core/ident"
	"github.com/evenkeel-project/evenkeel/internal/core/policy"
)

// checkEachMove checks what can be said of a move by itself: who moves, from where, to where and when.
func (n *inspection) checkEachMove() {
	t := n.traffic
	opens := n.openings()
	for _, r := range []rule{moveGuest, moveSource, moveZone, moveTarget, moveInto, moveLate, moveEarly, moveBarrier} {
		n.looked(r, len(t.moves))
	}
	for i := range t.moves {
		m := &t.moves[i]
		n.checkTarget(m)
		if kind := n.Fleet.OnReboot(m.guest); kind != fleet.Migrate {
			n.findMove(moveGuest, m, "its on_reboot is %s", kind)
		}
		if m.span.From < n.Policy.Start {
			n.findMove(moveEarly, m, "the policy starts at %s", n.Policy.Start)
		}
		o, ok := t.outage(n, m.from)
		if !ok {
			n.findMove(moveSource, m, "host %s has no outage", n.Fleet.HostID(m.from))
			continue
		}
		if m.span.To > o.span.From {
			n.findMove(moveLate, m, "it ends at %s and the outage of host %s starts at %s", m.span.To, n.Fleet.HostID(m.from), o.span.From)
		}
		if open := opens[t.outageOf[m.from]-1]; m.span.From < open {
			n.findMove(moveBarrier, m, "the order of regions and zones, hosts under last and canaries hold host %s until %s", n.Fleet.HostID(m.from), open)
		}
	}
}

// checkTarget checks that a guest may go to the host that it moves to.
func (n *inspection) checkTarget(m *move) {
	f, t := n.Fleet, n.traffic
	to := f.HostID(m.to)
	if m.from == m.to || f.ZoneOf(m.from) != f.ZoneOf(m.to) {
		n.findMove(moveZone, m, "host %s is not another host of the zone", to)
	}
	o, planned := t.outage(n, m.to)
	if stand := n.stands[m.to].place; n.isClosed(m.to) || (!planned && stand != fixed && stand != notAffected) {
		n.findMove(moveTarget, m, "host %s is %s", to, n.describeClosed(m.to))
	}
	if !planned || o.span.To <= m.span.From {
		return
	}
	switch first := t.firstOff[m.to]; {
	case o.span.From < m.span.To:
		n.findMove(moveInto, m, "host %s goes down at %s and is back at %s", to, o.span.From, o.span.To)
	case first < m.span.To:
		n.findMove(moveInto, m, "host %s is being emptied from %s on", to, first)
	}
}

// isClosed reports whether no guest may go to a host: a group blocks it, the plan says that it is blocked, or
// it is protected.
func (n *inspection) isClosed(h ident.Host) bool {
	place := n.stands[h].place
	return place == blocked || place == protected || n.listedBlocked[h]
}

func (n *inspection) describeClosed(h ident.Host) string {
	if n.stands[h].place == planned && n.listedBlocked[h] {
		return "blocked"
	}
	return n.describe(h)
}

// findMove records that a move breaks a rule; format says why.
func (n *inspection) findMove(r rule, m *move, format string, args ...any) {
	guest, from, to := n.Fleet.GuestID(m.guest), n.Fleet.HostID(m.from), n.Fleet.HostID(m.to)
	all := append([]any{guest, from, to, m.span.From}, args...)
	n.find(r, []string{guest, from, to}, "guest %s is moved from host %s to host %s at %s, but "+format, all...)
}

// checkMoveFreezes checks that no move overlaps a freeze that covers the host it leaves.
func (n *inspection) checkMoveFreezes() {
	moves := n.traffic.moves
	longest := calendar.Seconds(0)
	for i := range moves {
		longest = max(longest, moves[i].span.To.Sub(moves[i].span.From))
	}
	for _, z := range n.Policy.Freezes {
		if z.Span.From >= z.Span.To {
			continue
		}
		covered := z.Hosts(n.Fleet)
		early := z.Span.From.Add(-longest)
		first := sort.Search(len(moves), func(i int) bool { return moves[i].span.From >= early })
		for i := first; i < len(moves) && moves[i].span.From < z.Span.To; i++ {
			m := &moves[i]
			if !covered[m.from] {
				continue
			}
			n.looked(moveFreeze, 1)
			if m.span.Overlaps(z.Span) {
				n.findMove(moveFreeze, m, "it overlaps the freeze from %s to %s (%s)", z.Span.From, z.Span.To, z.Reason)
			}
		}
	}
}

// openings returns, by outage, the instant before which the barriers hold the host: the regions and zones
// before its own and their bakes, the rest of the region of a host under last, and the canaries of its cohort.
func (n *inspection) openings() []calendar.Instant {
	f, order := n.Fleet, n.Policy.Order
	regions, zones, rest := n.regionDomains(), n.zoneDomains(), n.restOfRegions()
	regionOpen, zoneOpen := filled(len(regions), math.MinInt64), filled(len(zones), math.MinInt64)
	if order.Regions != policy.FreeRegions {
		openInOrder(regions, order.BakeRegion, regionOpen)
	}
	for r := range f.Regions() {
		if !order.FreeZones {
			openInOrder(zonesOf(f, zones, ident.Region(r)), order.BakeZone, zoneOpen)
		}
	}
	trials := n.trials()
	opens := make([]calendar.Instant, len(n.outages))
	for i, o := range n.outages {
		zone := f.ZoneOf(o.host)
		region := f.RegionOf(zone)
		open := regionOpen[region]
		if !o.last {
			open = max(open, zoneOpen[zone])
		} else if rest[region].used {
			open = max(open, rest[region].extent.To)
		}
		if t := trials[n.cohortOf[o.host]]; !o.canary && t.canaries > 0 {
			open = max(open, t.lastEnd.Add(n.Policy.Canary.Bake))
		}
		opens[i] = open
	}
	return opens
}

// openInOrder notes for each domain, by its handle, when all that go before it have ended and baked.
func openInOrder(domains []domain, bake calendar.Seconds, opens []calendar.Instant) {
	open := calendar.Instant(math.MinInt64)
	for _, d := range inOrder(domains) {
		opens[d.handle] = open
		open = max(open, d.extent.To.Add(bake))
	}
}
