package inspect

import (
	"cmp"
	"slices"

	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/fleet"
	"github.com/evenkeel-project/evenkeel/internal/core/ident"
	"github.com/evenkeel-project/evenkeel/internal/core/policy"
)

// checkDrained checks that no guest that migrates is on a host when its outage starts.
func (n *inspection) checkDrained() {
	f, t := n.Fleet, n.traffic
	for i, o := range n.outages {
		if int(t.outageOf[o.host]) != i+1 {
			continue
		}
		n.looked(notDrained, 1)
		var left []string
		note := func(g ident.Guest) {
			if f.OnReboot(g) == fleet.Migrate {
				left = append(left, f.GuestID(g))
			}
		}
		for _, g := range f.GuestsOn(o.host) {
			if t.leaves[g] > o.span.From {
				note(ident.Guest(g))
			}
		}
		for _, k := range t.onto.row(o.host) {
			if m := &t.moves[k]; m.span.From <= o.span.From && o.span.From < m.stay {
				note(m.guest)
			}
		}
		if len(left) > 0 {
			id := f.HostID(o.host)
			n.find(notDrained, append([]string{id}, left[:min(len(left), takersMax)]...),
				"host %s goes down at %s with %d guests on it that were to be moved off, %s first", id, o.span.From, len(left), left[0])
		}
	}
}

// arrival is what happens to the guests of a host as time goes on.
type arrival struct {
	at    calendar.Instant
	kind  arrivalKind
	guest ident.Guest
	move  uint32 // all but departs
}

// arrivalKind is in the order in which things happen at one instant: room is judged when all that leave have
// left and all that come have come.
type arrivalKind uint8

const (
	departs arrivalKind = iota
	arrives
	needsRoom
	settles // the move has ended: the spread of its groups is judged
)

// checkArrivals checks room and spread on every host that guests are moved to.
func (n *inspection) checkArrivals() {
	f, t := n.Fleet, n.traffic
	inZone, l := newTally(f.Groups()), newLoad(f)
	var events []arrival
	for z := range ident.Zone(f.Zones()) {
		hosts := slices.DeleteFunc(slices.Clone(f.HostsIn(z)), func(h uint32) bool { return len(t.onto.row(ident.Host(h))) == 0 })
		if len(hosts) == 0 {
			continue
		}
		n.countMembers(z, inZone)
		for _, h := range hosts {
			events = n.arrivalsOf(ident.Host(h), events[:0])
			n.walkArrivals(ident.Host(h), events, l, inZone)
		}
		inZone.clear()
	}
}

// countMembers counts, by group, the members that the fleet file has in a zone.
func (n *inspection) countMembers(z ident.Zone, inZone *tally) {
	for _, h := range n.Fleet.HostsIn(z) {
		for _, g := range n.Fleet.GuestsOn(ident.Host(h)) {
			for _, group := range n.Fleet.GroupsOf(ident.Guest(g)) {
				inZone.add(group)
			}
		}
	}
}

// arrivalsOf returns what happens on a host in order of time.
func (n *inspection) arrivalsOf(h ident.Host, events []arrival) []arrival {
	t := n.traffic
	for _, g := range n.Fleet.GuestsOn(h) {
		if t.leaves[g] != never {
			events = append(events, arrival{at: t.leaves[g], kind: departs, guest: ident.Guest(g)})
		}
	}
	for _, i := range t.onto.row(h) {
		m := &t.moves[i]
		events = append(events, arrival{m.span.From, arrives, m.guest, i}, arrival{m.span.From, needsRoom, m.guest, i}, arrival{m.span.To, settles, m.guest, i})
		if m.stay != never {
			events = append(events, arrival{at: m.stay, kind: departs, guest: m.guest})
		}
	}
	slices.SortFunc(events, func(a, b arrival) int {
		return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.kind, b.kind), cmp.Compare(a.move, b.move))
	})
	return events
}

func (n *inspection) walkArrivals(h ident.Host, events []arrival, l *load, inZone *tally) {
	f := n.Fleet
	l.begin(h)
	for _, g := range f.GuestsOn(h) {
		l.add(ident.Guest(g))
	}
	hosts := len(f.HostsIn(f.ZoneOf(h)))
	for _, e := range events {
		switch e.kind {
		case departs:
			l.remove(e.guest)
		case arrives:
			l.add(e.guest)
		case needsRoom:
			n.looked(moveRoom, 1)
			if fault := l.fault(e.guest); fault != "" {
				n.findMove(moveRoom, &n.traffic.moves[e.move], "%s", fault)
			}
		case settles:
			for _, group := range f.GroupsOf(e.guest) {
				n.looked(moveSpread, 1)
				members := int(inZone.counts[group])
				if held, most := int(l.members.counts[group]), policy.Spread(members, hosts); held > most {
					n.findMove(moveSpread, &n.traffic.moves[e.move], "at its end the host holds %d members of group %s, at most %d (%d members over %d hosts of the zone)",
						held, f.GroupID(ident.Group(group)), most, members, hosts)
				}
			}
		}
	}
	l.members.clear()
}
