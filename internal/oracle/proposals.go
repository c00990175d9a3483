package oracle

import (
	"github.com/evenkeel-project/evenkeel/internal/core/fleet"
	"github.com/evenkeel-project/evenkeel/internal/core/ident"
	"github.com/evenkeel-project/evenkeel/internal/core/plan"
)

func (r *reading) readProposals() {
	for _, b := range r.plan.Blocked {
		h, ok := r.Fleet.FindHost(b.Host)
		if !ok || len(b.Proposal) == 0 {
			continue
		}
		for _, m := range b.Proposal {
			r.readProposedGuest(h, m)
			r.readProposedTarget(h, m)
		}
		for g := range r.Fleet.Groups() {
			group := ident.Group(g)
			left := r.lostMembers(group, h)
			for i, m := range b.Proposal {
				guest, ok := r.Fleet.FindGuest(m.Guest)
				again := i > 0 && m.Guest == b.Proposal[i-1].Guest
				if ok && !again && r.Fleet.HostOf(guest) == h && r.Fleet.OnReboot(guest) != fleet.Migrate && r.isMember(guest, group) {
					left--
				}
			}
			if left > r.groupAllows(group) {
				r.say("proposal-frees", "%s still blocks %s", r.Fleet.GroupID(group), b.Host)
			}
		}
	}
}

func (r *reading) readProposedGuest(h ident.Host, m plan.Proposed) {
	guest, ok := r.Fleet.FindGuest(m.Guest)
	counts := false
	for _, group := range r.brokenGroups(h) {
		counts = counts || (ok && r.isMember(guest, group))
	}
	if !counts || r.Fleet.HostOf(guest) != h || r.Fleet.OnReboot(guest) != fleet.Restart {
		r.say("proposal-guest", "%s is not to be moved off %s", m.Guest, r.Fleet.HostID(h))
	}
}

func (r *reading) readProposedTarget(h ident.Host, m plan.Proposed) {
	to, ok := r.Fleet.FindHost(m.To)
	listed := false
	for _, b := range r.plan.Blocked {
		listed = listed || b.Host == m.To
	}
	if !ok || to == h || r.region(to) != r.region(h) || listed || r.place(to) == blocked {
		r.say("proposal-target", "%s is not to go to %s", m.Guest, m.To)
	}
	guest, guestOK := r.Fleet.FindGuest(m.Guest)
	if !ok || !guestOK {
		return
	}
	there := r.withProposed(to)
	if len(r.Fleet.Capacity(to)) > 0 && len(r.Fleet.Demand(guest)) > 0 && !r.fits(guest, to, there) {
		r.say("proposal-room", "%s has no room on %s", m.Guest, m.To)
	}
	for g := range r.Fleet.Groups() {
		held, group := 0, ident.Group(g)
		for _, other := range there {
			if r.isMember(other, group) {
				held++
			}
		}
		if r.isMember(guest, group) && held > r.spread(group, r.Fleet.ZoneOf(to)) {
			r.say("proposal-spread", "%s would hold %d of %s", m.To, held, r.Fleet.GroupID(group))
		}
	}
}

// withProposed returns the guests of a host by the fleet file and those that any proposal sends there.
func (r *reading) withProposed(h ident.Host) []ident.Guest {
	var there []ident.Guest
	for g := range r.Fleet.Guests() {
		if r.Fleet.HostOf(ident.Guest(g)) == h {
			there = append(there, ident.Guest(g))
		}
	}
	for _, b := range r.plan.Blocked {
		_, known := r.Fleet.FindHost(b.Host)
		for _, m := range b.Proposal {
			if guest, ok := r.Fleet.FindGuest(m.Guest); ok && known && m.To == r.Fleet.HostID(h) {
				there = append(there, guest)
			}
		}
	}
	return there
}
