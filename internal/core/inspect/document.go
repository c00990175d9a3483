package inspect

import (
	"cmp"
	"slices"
	"strings"

	"github.com/evenkeel-project/evenkeel/internal/core/advisory"
	"github.com/evenkeel-project/evenkeel/internal/core/plan"
)

// checkDocument checks what can be said of the plan without reading an outage: whose it is, what it
// answers, and that its lists stand in their order.
func (n *inspection) checkDocument() {
	p := n.Plan
	n.looked(planDigest, 1)
	if got := p.ContentDigest(); got != p.Digest {
		n.find(planDigest, nil, "the plan says digest %s, its content has %s", p.Digest, got)
	}
	n.looked(fleetDigest, 1)
	if got := n.Fleet.Digest(); got != p.Fleet {
		n.find(fleetDigest, nil, "the plan was made for fleet %s, this fleet is %s", p.Fleet, got)
	}
	n.looked(policyDigest, 1)
	if got := n.Policy.Digest; got != p.Policy {
		n.find(policyDigest, nil, "the plan was made under policy %s, this policy is %s", p.Policy, got)
	}
	n.looked(planStart, 1)
	if p.Start != n.Policy.Start {
		n.find(planStart, nil, "the plan says start %s, the policy %s", p.Start, n.Policy.Start)
	}
	n.looked(planSteps, 1)
	if p.Steps < 0 {
		n.find(planSteps, nil, "the plan says %d steps of search", p.Steps)
	}
	n.checkAdvisories()
	n.checkListOrder()
}

// checkAdvisories compares the advisories the plan names with those given, each side sorted by id.
func (n *inspection) checkAdvisories() {
	given := slices.Clone(n.advisories)
	slices.SortFunc(given, func(a, b *advisory.Advisory) int { return strings.Compare(a.ID, b.ID) })
	named := slices.Clone(n.Plan.Advisories)
	slices.SortFunc(named, func(a, b plan.AdvisoryRef) int { return strings.Compare(a.ID, b.ID) })
	n.looked(advisoryDigest, len(given))
	n.looked(advisoryAction, len(given))
	for _, a := range given {
		if !a.Action.TakesHostDown() {
			n.find(advisoryAction, []string{a.ID}, "advisory %s asks for action %s, which takes no host down", a.ID, a.Action)
		}
	}
	for len(given) > 0 || len(named) > 0 {
		switch {
		case len(named) == 0 || (len(given) > 0 && given[0].ID < named[0].ID):
			n.find(advisoryDigest, []string{given[0].ID}, "the plan does not answer advisory %s, which was given", given[0].ID)
			given = given[1:]
		case len(given) == 0 || named[0].ID < given[0].ID:
			n.find(advisoryDigest, []string{named[0].ID}, "the plan answers advisory %s, which was not given", named[0].ID)
			named = named[1:]
		default:
			if given[0].Digest != named[0].Digest {
				n.find(advisoryDigest, []string{named[0].ID}, "the plan answers advisory %s as %s, the one given is %s",
					named[0].ID, named[0].Digest, given[0].Digest)
			}
			given, named = given[1:], named[1:]
		}
	}
}

// checkListOrder checks that each list of the plan strictly ascends: the digest of a plan must not depend
// on how it was made.
func (n *inspection) checkListOrder() {
	p := n.Plan
	ascends(n, "outages", p.Outages, func(o plan.Outage) string { return o.Host }, func(a, b plan.Outage) int {
		return cmp.Or(cmp.Compare(a.Start, b.Start), strings.Compare(a.Host, b.Host))
	})
	ascends(n, "moves", p.Moves, func(m plan.Move) string { return m.Guest }, func(a, b plan.Move) int {
		return cmp.Or(cmp.Compare(a.At, b.At), strings.Compare(a.Guest, b.Guest))
	})
	byHost := func(e plan.Excluded) string { return e.Host }
	ascends(n, "excluded", p.Excluded, byHost, func(a, b plan.Excluded) int { return strings.Compare(a.Host, b.Host) })
	blocked := func(b plan.Blocked) string { return b.Host }
	ascends(n, "blocked", p.Blocked, blocked, func(a, b plan.Blocked) int { return strings.Compare(a.Host, b.Host) })
	for _, b := range p.Blocked {
		ascends(n, "the proposal of "+b.Host, b.Proposal, func(m plan.Proposed) string { return m.Guest },
			func(a, b plan.Proposed) int { return strings.Compare(a.Guest, b.Guest) })
	}
	id := func(a plan.AdvisoryRef) string { return a.ID }
	ascends(n, "advisories", p.Advisories, id, func(a, b plan.AdvisoryRef) int { return strings.Compare(a.ID, b.ID) })
}

func ascends[T any](n *inspection, list string, items []T, id func(T) string, compare func(a, b T) int) {
	n.looked(listOrder, len(items))
	for i := 1; i < len(items); i++ {
		if compare(items[i-1], items[i]) >= 0 {
			n.find(listOrder, []string{id(items[i])}, "in %s, entry %d (%s) stands after %s", list, i+1, id(items[i]), id(items[i-1]))
		}
	}
}
