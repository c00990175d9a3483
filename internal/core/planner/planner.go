// Package planner makes plans: which host goes down when, under every rule of the policy, as soon as it can
// find, and how far from the best possible that is.
//
// Make runs a row of pure steps, one file each: classify who gets an outage; gather the resources that
// outages compete for (ledger, demand); put regions, zones and last hosts in order (course) and choose
// canaries; hand the instance that comes of it to packages bound and search; take the figures and write the
// document.
//
// Nothing here checks a plan: package inspect does, from the same rules and without sharing code, so that one mistake cannot hide in both.
package planner

import (
	"github.com/evenkeel-project/evenkeel/internal/core/advisory"
	"github.com/evenkeel-project/evenkeel/internal/core/exposure"
	"github.com/evenkeel-project/evenkeel/internal/core/fleet"
	"github.com/evenkeel-project/evenkeel/internal/core/ident"
	"github.com/evenkeel-project/evenkeel/internal/core/instance"
	"github.com/evenkeel-project/evenkeel/internal/core/plan"
	"github.com/evenkeel-project/evenkeel/internal/core/policy"
	"github.com/evenkeel-project/evenkeel/internal/core/problem"
)

// Exposure is what the planner asks about exposure; *exposure.Report answers it.
type Exposure interface {
	// Advisories returns the advisories judged; their numbers are their places in this list.
	Advisories() []*advisory.Advisory
	// NeedsOutage reports whether any advisory calls the host exposed or unknown.
	NeedsOutage(h ident.Host) bool
	// Touches reports whether advisory number i calls the host exposed or unknown.
	Touches(i int, h ident.Host) bool
	// Overall returns the state of the host over all advisories.
	Overall(h ident.Host) exposure.State
}

// Input is what a plan is made from. Fleet, Exposure and Policy must not be nil, and the exposure must be
// that of the same fleet. The seed decides what the search leaves to chance; the plan records it.
type Input struct {
	Fleet    *fleet.Fleet
	Exposure Exposure
	Policy   *policy.Policy
	Seed     uint64
	// Waived are groups whose max_down is not asked: they block no host and hold up none. A plan with such groups
	// answers what a waiver would be worth; it keeps their law only if their tenants agree.
	Waived []ident.Group
	// Keep is an older plan whose starts were promised to tenants, nil for none. Every host that is in both keeps its
	// start as far as the rules let it; other hosts go where they fit first.
	Keep *plan.Plan
}

// Make plans every host that needs an outage. It returns no plan when the policy and the fleet do not fit:
// unknown names (unknown-name), a scope limit of nothing (zero-limit), an advisory that asks for no outage
// (no-outage-needed), an exposed region that the order leaves out (region-not-listed), hosts whose outage has no
// length (no-outage-length), moves with more resources than room is kept for (too-many-resources), moves where the starts
// of an older plan are to be kept (keep-with-moves), or freezes that push the plan years away (out-of-time). Warnings may come with a plan. A plan that misses its deadline is a plan: its
// margin says so.
func Make(in Input) (*plan.Plan, problem.List) {
	s, problems := Open(in)
	if problems.Failed() {
		return nil, problems
	}
	return s.Plan()
}

// Instance returns the scheduling problem that the input comes to, with every use of every limit, those that can
// never matter too; Open trims its Demand before it is bounded and searched. It fails as Make does, but for what only
// shows in a plan.
func Instance(in Input) (*instance.Instance, problem.List) {
	p, problems := pose(in)
	if problems.Failed() {
		return nil, problems
	}
	return p.whole, problems
}

// posed is an input turned into a scheduling problem.
type posed struct {
	in     Input
	ledger *ledger
	census *census
	whole  *instance.Instance
}

// pose turns the input into a scheduling problem; there is none when the policy and the fleet do not fit.
func pose(in Input) (*posed, problem.List) {
	problems := checkPolicy(in)
	problems.Merge(checkActions(in))
	problems.Merge(checkSeed(in))
	problems.Merge(checkResources(in))
	problems.Merge(checkKeep(in))
	if problems.Failed() {
		return nil, problems
	}
	ledger := openLedger(in)
	census := classify(in, ledger)
	problems.Merge(checkRegions(in, census))
	whole, missing := build(in, ledger, census, nil)
	problems.Merge(missing)
	return &posed{in, ledger, census, whole}, problems
}

// build makes the problem of a census. The canaries are those given by place, or chosen when none are.
func build(in Input, l *ledger, c *census, canaries []bool) (*instance.Instance, problem.List) {
	roster, problems := enlist(in, l, c)
	if problems.Failed() {
		return nil, problems
	}
	course := layCourse(in, c, roster)
	if canaries == nil {
		chooseCanaries(in.Policy, course, roster)
	} else {
		roster.Canary = canaries
	}
	return &instance.Instance{Start: in.Policy.Start, Policy: in.Policy, Roster: roster, Course: course,
		Demand: gatherDemand(in, l, c, roster), Gates: instance.NewGates(in.Policy, course, roster),
		Cohorts: len(l.cohorts.names), Names: names{l, roster}}, problems
}
