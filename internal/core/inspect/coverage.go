package inspect

import (
	"fmt"
	"slices"

	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/fleet"
	"github.com/evenkeel-project/evenkeel/internal/core/ident"
	"github.com/evenkeel-project/evenkeel/internal/core/plan"
)

// checkCoverage checks that every host of the fleet is in the plan once, in the place where it belongs.
// It also gathers the outages of known hosts for the later checks.
func (n *inspection) checkCoverage() {
	listed := make([]bool, n.Fleet.Hosts())
	n.listedBlocked = make([]bool, n.Fleet.Hosts())
	last := n.Policy.LastHosts(n.Fleet)
	n.outages = make([]outage, 0, len(n.Plan.Outages))
	for _, o := range n.Plan.Outages {
		if h, ok := n.lookUp(o.Host, "outages", listed); ok {
			span := calendar.Span{From: o.Start, To: o.End}
			n.outages = append(n.outages, outage{host: h, span: span, canary: o.Canary, last: last[h]})
			n.checkPlanned(h, o)
		}
	}
	for _, e := range n.Plan.Excluded {
		if h, ok := n.lookUp(e.Host, "excluded", listed); ok {
			n.checkExcluded(h, e)
		}
	}
	for _, b := range n.Plan.Blocked {
		if h, ok := n.lookUp(b.Host, "blocked", listed); ok {
			n.listedBlocked[h] = true
			n.checkBlocked(h, b)
		}
	}
	n.looked(hostPresent, len(listed))
	for h, ok := range listed {
		if !ok {
			id := n.Fleet.HostID(ident.Host(h))
			n.find(hostPresent, []string{id}, "host %s is neither in outages nor in excluded nor in blocked; it is %s", id, n.describe(ident.Host(h)))
		}
	}
}

// lookUp finds a host of one of the plan's lists and marks it as listed.
func (n *inspection) lookUp(id, list string, listed []bool) (ident.Host, bool) {
	n.looked(knownHost, 1)
	h, ok := n.Fleet.FindHost(id)
	if !ok {
		n.find(knownHost, []string{id}, "%s lists host %s, which the fleet does not have", list, id)
		return 0, false
	}
	n.looked(hostOnce, 1)
	if listed[h] {
		n.find(hostOnce, []string{id}, "host %s is listed again in %s", id, list)
	}
	listed[h] = true
	return h, true
}

func (n *inspection) checkPlanned(h ident.Host, o plan.Outage) {
	n.looked(protectedHost, 1)
	n.looked(needlessOutage, 1)
	n.looked(blockedHost, 1)
	broken := [...]rule{planned: ruleCount, protected: protectedHost, fixed: needlessOutage, notAffected: needlessOutage, blocked: blockedHost}
	if r := broken[n.stands[h].place]; r != ruleCount {
		n.find(r, []string{o.Host}, "host %s has an outage at %s, but it is %s", o.Host, o.Start, n.describe(h))
	}
}

func (n *inspection) checkExcluded(h ident.Host, e plan.Excluded) {
	n.looked(wrongExclusion, 1)
	reasons := [...]plan.Reason{fixed: plan.Fixed, notAffected: plan.NotAffected, protected: plan.Protected}
	if reasons[n.stands[h].place] != e.Reason || e.Reason == "" {
		n.find(wrongExclusion, []string{e.Host}, "host %s is excluded as %q, but it is %s", e.Host, e.Reason, n.describe(h))
	}
}

func (n *inspection) checkBlocked(h ident.Host, b plan.Blocked) {
	n.looked(wrongBlock, 1)
	n.looked(blockingGroup, 1)
	n.looked(blockReason, 1)
	if b.Reason == "" {
		n.find(blockReason, []string{b.Host}, "host %s is blocked without a reason", b.Host)
	}
	if n.stands[h].place == planned && b.Group == "" && n.couldFitNowhere(h) {
		return
	}
	if n.stands[h].place != blocked {
		n.find(wrongBlock, []string{b.Host, b.Group}, "host %s is blocked for group %s, but it is %s", b.Host, b.Group, n.describe(h))
		return
	}
	if want := n.Fleet.GroupID(n.stands[h].group); want != b.Group {
		n.find(blockingGroup, []string{b.Host, b.Group, want}, "host %s is blocked for group %s, but it is %s", b.Host, b.Group, n.describe(h))
	}
}

// couldFitNowhere reports whether a host that no group blocks can be blocked because of its guests: some must be
// moved, by the plan. That there is no room for them is not proven here.
func (n *inspection) couldFitNowhere(h ident.Host) bool {
	return n.Policy.Moves != nil && slices.ContainsFunc(n.Fleet.GuestsOn(h), func(g uint32) bool {
		return n.Fleet.OnReboot(ident.Guest(g)) == fleet.Migrate
	})
}

// describe says where a host belongs, and why.
func (n *inspection) describe(h ident.Host) string {
	switch s := n.stands[h]; s.place {
	case fixed:
		return "fixed"
	case notAffected:
		return "not affected"
	case protected:
		return "protected by the policy"
	case blocked:
		limit := n.Fleet.MaxDown(s.group)
		return fmt.Sprintf("blocked by group %s, which would lose %d of %d members and allows %d (%s)",
			n.Fleet.GroupID(s.group), s.lost, n.Fleet.GroupSize(s.group), limit.Of(n.Fleet.GroupSize(s.group)), limit)
	}
	return "exposed and needs an outage"
}
