package oracle

import (
	"fmt"

	"github.com/evenkeel-project/evenkeel/internal/core/ident"
)

func (r *reading) readTarget(m moved) {
	if m.from == m.to || r.Fleet.ZoneOf(m.from) != r.Fleet.ZoneOf(m.to) {
		r.say("move-zone", "%s goes to %s", m.Guest, m.To)
	}
	o, ok := r.outageOf(m.to)
	place := r.place(m.to)
	if r.isClosed(m.to) || (place == planned && !ok) {
		r.say("move-target", "%s goes to %s, which is %s", m.Guest, m.To, place)
	}
	if !ok || o.End <= m.At {
		return
	}
	if o.Start < m.end {
		r.say("move-into-drain", "%s goes to %s, which goes down", m.Guest, m.To)
	}
	for _, other := range r.moves {
		if other.from == m.to && other.At < m.end {
			r.say("move-into-drain", "%s goes to %s, which is being drained", m.Guest, m.To)
		}
	}
}

// isClosed reports whether a host is blocked, or listed so, or protected.
func (r *reading) isClosed(h ident.Host) bool {
	for _, b := range r.plan.Blocked {
		if b.Host == r.Fleet.HostID(h) {
			return true
		}
	}
	return r.place(h) == blocked || r.place(h) == protected
}

// readRoom adds up what is on the target when the move starts.
func (r *reading) readRoom(m moved) {
	var there []ident.Guest
	for _, s := range r.stays {
		if s.host == m.to && s.from <= m.At && m.At < s.to {
			there = append(there, s.guest)
		}
	}
	if !r.fits(m.guest, m.to, there) {
		r.say("move-room", "%s has no room on %s", m.Guest, m.To)
	}
}

// fits reports whether a host names all that a guest demands and has what all guests there demand.
func (in Instance) fits(guest ident.Guest, h ident.Host, there []ident.Guest) bool {
	for _, need := range in.Fleet.Demand(guest) {
		if _, ok := in.Fleet.Capacity(h).Get(need.Key); !ok && number(need.Value.Text) > 0 {
			return false
		}
	}
	for _, most := range in.Fleet.Capacity(h) {
		sum := 0
		for _, g := range there {
			if need, ok := in.Fleet.Demand(g).Get(most.Key); ok {
				sum += number(need.Text)
			}
		}
		if sum > number(most.Value.Text) {
			return false
		}
	}
	return true
}

func (r *reading) readSpread(m moved) {
	for g := range r.Fleet.Groups() {
		held, group := 0, ident.Group(g)
		for _, s := range r.stays {
			if s.host == m.to && s.from <= m.end && m.end < s.to && r.isMember(s.guest, group) {
				held++
			}
		}
		if r.isMember(m.guest, group) && held > r.spread(group, r.Fleet.ZoneOf(m.to)) {
			r.say("move-spread", "%s holds %d of %s at %s", m.To, held, r.Fleet.GroupID(group), m.end)
		}
	}
}

// spread deals the members that a zone has out to its hosts in turn; the first host has most.
func (in Instance) spread(group ident.Group, zone ident.Zone) int {
	members, hosts, most := 0, len(in.Fleet.HostsIn(zone)), 1
	for g := range in.Fleet.Guests() {
		if guest := ident.Guest(g); in.isMember(guest, group) && in.Fleet.ZoneOf(in.Fleet.HostOf(guest)) == zone {
			members++
		}
	}
	for members > most*hosts {
		most++
	}
	return most
}

// number reads a capacity or a demand.
func number(text string) int {
	var n int
	if _, err := fmt.Sscan(text, &n); err != nil {
		panic(err)
	}
	return n
}
