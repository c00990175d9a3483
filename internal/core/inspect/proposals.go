package inspect

import (
	"cmp"
	"slices"

	"github.com/evenkeel-project/evenkeel/internal/core/fleet"
	"github.com/evenkeel-project/evenkeel/internal/core/ident"
	"github.com/evenkeel-project/evenkeel/internal/core/plan"
	"github.com/evenkeel-project/evenkeel/internal/core/policy"
)

// proposal is one guest that a person is advised to move to a host, both of which the fleet has.
type proposal struct {
	guest ident.Guest
	to    ident.Host
}

// checkProposals checks what the plan proposes for blocked hosts: that each does away with the block, and that
// all fit together.
func (n *inspection) checkProposals() {
	var all []proposal
	loss := newTally(n.Fleet.Groups())
	for _, b := range n.Plan.Blocked {
		if h, ok := n.Fleet.FindHost(b.Host); ok && len(b.Proposal) > 0 {
			all = append(all, n.checkProposal(h, b, loss)...)
		}
	}
	n.checkProposedTargets(all)
}

// checkProposal checks one host's proposal, and returns what it proposes of guests and hosts that are there.
func (n *inspection) checkProposal(h ident.Host, b plan.Blocked, loss *tally) []proposal {
	f := n.Fleet
	var known []proposal
	blocking := n.blockingGroups(h, nil, loss)
	proposed := map[ident.Guest]bool{}
	for _, m := range b.Proposal {
		n.looked(proposalGuest, 1)
		n.looked(proposalTarget, 1)
		g, guestOK := f.FindGuest(m.Guest)
		if !guestOK || f.HostOf(g) != h || f.OnReboot(g) != fleet.Restart || !sharesAny(f.GroupsOf(g), blocking) {
			n.find(proposalGuest, []string{b.Host, m.Guest}, "host %s is proposed to lose guest %s, which is not a guest there of a group that blocks it, with on_reboot restart", b.Host, m.Guest)
		}
		to, hostOK := f.FindHost(m.To)
		if !hostOK || to == h || f.RegionOf(f.ZoneOf(to)) != f.RegionOf(f.ZoneOf(h)) || n.stands[to].place == blocked || n.listedBlocked[to] {
			n.find(proposalTarget, []string{b.Host, m.To}, "guest %s of host %s is proposed to go to host %s, which is not another host of the region that is not blocked", m.Guest, b.Host, m.To)
		}
		if guestOK {
			proposed[g] = true
		}
		if guestOK && hostOK {
			known = append(known, proposal{g, to})
		}
	}
	n.looked(proposalFrees, 1)
	if still := n.blockingGroups(h, proposed, loss); len(still) > 0 {
		id := f.GroupID(ident.Group(still[0]))
		n.find(proposalFrees, []string{b.Host, id}, "host %s is still blocked by group %s after its proposal", b.Host, id)
	}
	return known
}

// blockingGroups returns the groups that the outage of a host without the guests that have gone would break, in
// order of id.
func (n *inspection) blockingGroups(h ident.Host, gone map[ident.Guest]bool, loss *tally) []uint32 {
	f := n.Fleet
	n.eachDownGuest(h, func(g ident.Guest) {
		if gone[g] {
			return
		}
		for _, group := range f.GroupsOf(g) {
			loss.add(group)
		}
	})
	var over []uint32
	for _, group := range loss.touched {
		if l := f.MaxDown(ident.Group(group)); l.Set() && int(loss.counts[group]) > l.Of(f.GroupSize(ident.Group(group))) {
			over = append(over, group)
		}
	}
	loss.clear()
	slices.Sort(over)
	return over
}

func sharesAny(a, b []uint32) bool {
	return slices.ContainsFunc(a, func(x uint32) bool { return slices.Contains(b, x) })
}

// checkProposedTargets checks room and spread where the proposed guests would go, all proposals together.
func (n *inspection) checkProposedTargets(all []proposal) {
	f := n.Fleet
	zone := func(p proposal) ident.Zone { return f.ZoneOf(p.to) }
	slices.SortStableFunc(all, func(a, b proposal) int {
		return cmp.Or(cmp.Compare(zone(a), zone(b)), cmp.Compare(a.to, b.to))
	})
	inZone, l := newTally(f.Groups()), newLoad(f)
	for i, k := 0, 0; i < len(all); i = k {
		for k = i; k < len(all) && all[k].to == all[i].to; k++ {
		}
		if i == 0 || zone(all[i]) != zone(all[i-1]) {
			inZone.clear()
			n.countMembers(zone(all[i]), inZone)
		}
		n.checkProposedTarget(all[i:k], l, inZone)
	}
}

// checkProposedTarget checks the host that all of some proposals name.
func (n *inspection) checkProposedTarget(come []proposal, l *load, inZone *tally) {
	f, h := n.Fleet, come[0].to
	l.begin(h)
	for _, g := range f.GuestsOn(h) {
		l.add(ident.Guest(g))
	}
	for _, p := range come {
		l.add(p.guest)
	}
	to, hosts := f.HostID(h), len(f.HostsIn(f.ZoneOf(h)))
	for _, p := range come {
		guest := f.GuestID(p.guest)
		if len(l.capacity) > 0 && len(f.Demand(p.guest)) > 0 {
			n.looked(proposalRoom, 1)
			if fault := l.fault(p.guest); fault != "" {
				n.find(proposalRoom, []string{guest, to}, "guest %s is proposed to go to host %s, but %s", guest, to, fault)
			}
		}
		for _, group := range f.GroupsOf(p.guest) {
			n.looked(proposalSpread, 1)
			if held, most := int(l.members.counts[group]), policy.Spread(int(inZone.counts[group]), hosts); held > most {
				n.find(proposalSpread, []string{guest, to}, "guest %s is proposed to go to host %s, which then holds %d members of group %s, at most %d", guest, to, held, f.GroupID(ident.Group(group)), most)
			}
		}
	}
	l.members.clear()
}
