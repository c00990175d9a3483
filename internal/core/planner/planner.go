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
	"github.com/evenkeel-project/evenkeel/internal/core/bound"
	"github.com/evenkeel-project/evenkeel/internal/core/exposure"
	"github.com/evenkeel-project/evenkeel/internal/core/fleet"
	"github.com/evenkeel-project/evenkeel/internal/core/ident"
	"github.com/evenkeel-project/evenkeel/internal/core/instance"
	"github.com/evenkeel-project/evenkeel/internal/core/plan"
	"github.com/evenkeel-project/evenkeel/internal/core/policy"
	"github.com/evenkeel-project/evenkeel/internal/core/problem"
	"github.com/evenkeel-project/evenkeel/internal/core/search"
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
// that of the same fleet. The seed is recorded in the plan; the present search makes no random choices.
type Input struct {
	Fleet    *fleet.Fleet
	Exposure Exposure
	Policy   *policy.Policy
	Seed     uint64
	// Waived are groups whose max_down is not asked: they block no host and hold up none. A plan with such groups
	// answers what a waiver would be worth; it keeps their law only if their tenants agree.
	Waived []ident.Group
}

// Make plans every host that needs an outage. It returns no plan when the policy and the fleet do not fit:
// unknown names (unknown-name), a scope limit of nothing (zero-limit), an advisory that asks for no outage
// (no-outage-needed), an exposed region that the order leaves out (region-not-listed), or hosts whose
// outage has no length (no-outage-length), or freezes that push the plan years away (out-of-time). Warnings may come with a plan. A plan that misses its deadline
// is a plan: its margin says so.
func Make(in Input) (*plan.Plan, problem.List) {
	census, whole, problems := pose(in)
	if problems.Failed() {
		return nil, problems
	}
	whole.Demand.Trim(whole.Course)
	proof := prove(whole)
	out := write(in, census, whole.Roster, search.Open(whole, proof, in.Seed).Best(), proof.Best)
	problems.Merge(checkHorizon(in, out))
	if problems.Failed() {
		return nil, problems
	}
	problems.Merge(checkPermits(in, out))
	return out, problems
}

// Instance returns the scheduling problem that the input comes to, with every use of every limit, those that can
// never matter too; Make trims its Demand before it is bounded and searched. It fails as Make does, but for what only
// shows in a plan.
func Instance(in Input) (*instance.Instance, problem.List) {
	_, whole, problems := pose(in)
	return whole, problems
}

// pose turns the input into a scheduling problem; there is none when the policy and the fleet do not fit.
func pose(in Input) (*census, *instance.Instance, problem.List) {
	problems := checkPolicy(in)
	problems.Merge(checkActions(in))
	problems.Merge(checkSeed(in))
	if problems.Failed() {
		return nil, nil, problems
	}
	ledger := openLedger(in)
	census := classify(in, ledger)
	problems.Merge(checkRegions(in, census))
	roster, missing := enlist(in, ledger, census)
	problems.Merge(missing)
	if problems.Failed() {
		return nil, nil, problems
	}
	course := layCourse(in, census, roster)
	chooseCanaries(in.Policy, course, roster)
	return census, &instance.Instance{Start: in.Policy.Start, Policy: in.Policy, Roster: roster, Course: course,
		Demand: gatherDemand(in, ledger, census, roster), Gates: instance.NewGates(in.Policy, course, roster),
		Cohorts: len(ledger.cohorts.names), Names: names{ledger, roster}}, problems
}

// deepeningSteps is how many steps of some milliseconds the bound is deepened for.
const deepeningSteps = 100

// prove bounds the instance.
func prove(in *instance.Instance) bound.Proof {
	deeper := bound.Open(in, bound.Prove(in))
	for range deepeningSteps {
		if deeper.Step() {
			break
		}
	}
	return deeper.Proof()
}
