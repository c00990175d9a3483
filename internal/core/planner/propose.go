package planner

import (
	"slices"

	"github.com/evenkeel-project/evenkeel/internal/core/drain"
	"github.com/evenkeel-project/evenkeel/internal/core/ident"
	"github.com/evenkeel-project/evenkeel/internal/core/plan"
)

// remedies says what to do about a blocked host, by what came of the search for a proposal. None has a semicolon: that
// is what parts a remedy from the reason.
var remedies = [...]string{
	drain.Found:     "move the proposed guests off first, or have the tenant waive it",
	drain.Unchecked: "move the proposed guests off first (whether they have room was not checked, since capacities or demands are not written), or have the tenant waive it",
	drain.NoPlace:   "make room on other hosts of the region and move members off first, or have the tenant waive it",
	drain.Stuck:     "have the tenant waive it: nothing else helps, since too many of the members are pinned and can never move",
}

// propose completes the reasons of the hosts that a group blocks: which members to move off first and where to, or
// why that will not do.
// Where the fleet speaks of too many resources to keep room for, nothing is proposed; then there are no moves either.
func propose(in Input, l *ledger, c *census) {
	if !slices.ContainsFunc(c.blocked, func(b plan.Blocked) bool { return b.Group != "" }) {
		return
	}
	if len(drain.Resources(in.Fleet)) > drain.ResourcesMax {
		for i := range c.blocked {
			c.blocked[i].Reason += "; " + remedies[drain.NoPlace]
		}
		return
	}
	desk := drain.OpenDesk(in.Fleet, in.Policy, c.takers(in), func(g ident.Group) int64 { return l.allowed[l.groups+uint32(g)] })
	for i := range c.blocked {
		b := &c.blocked[i]
		h, ok := in.Fleet.FindHost(b.Host)
		if b.Group == "" || !ok {
			continue
		}
		l.tally.count(h)
		var over []drain.Excess
		for _, g := range l.groupsOver() {
			over = append(over, drain.Excess{Group: g, Members: int(int64(l.tally.groups.of[g]) - l.allowed[l.groups+uint32(g)])})
		}
		l.tally.clear()
		proposed, verdict := desk.Propose(h, over)
		b.Reason += "; " + remedies[verdict]
		for _, m := range proposed {
			b.Proposal = append(b.Proposal, plan.Proposed{Guest: in.Fleet.GuestID(m.Guest), To: in.Fleet.HostID(m.To)})
		}
	}
}

// takers returns the standing of every host for people who move guests: all but the blocked hosts may take some, the
// protected ones too.
func (c *census) takers(in Input) []drain.Standing {
	out := slices.Clone(c.standing)
	for _, e := range c.excluded {
		if h, ok := in.Fleet.FindHost(e.Host); ok {
			out[h] = drain.Patched
		}
	}
	return out
}
