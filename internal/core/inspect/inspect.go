// Package inspect is the independent checker of plans. It reads a plan beside the fleet, the exposure and
// the policy it claims to answer, works every order, count and figure out again in its own way, and
// reports each rule that the plan breaks. A plan is worth approving because this package, which does not
// know how plans are made, finds nothing wrong with it.
//
// It shares the words of a policy (how long an outage is, what a cohort is, what a freeze covers) with
// everything else and no scheduling code with anything: package planner must never be imported here.
package inspect

import (
	"github.com/evenkeel-project/evenkeel/internal/core/advisory"
	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/exposure"
	"github.com/evenkeel-project/evenkeel/internal/core/fleet"
	"github.com/evenkeel-project/evenkeel/internal/core/ident"
	"github.com/evenkeel-project/evenkeel/internal/core/plan"
	"github.com/evenkeel-project/evenkeel/internal/core/policy"
)

// Exposure is what the checker needs to know of how hosts stand towards the advisories.
type Exposure interface {
	// Advisories returns the advisories that were judged.
	Advisories() []*advisory.Advisory
	// Of returns how host h stands towards advisory i of that list.
	Of(i int, h ident.Host) exposure.State
}

// Input is a plan with everything it has to be held against.
type Input struct {
	Plan     *plan.Plan
	Fleet    *fleet.Fleet
	Exposure Exposure
	Policy   *policy.Policy
}

// Check holds a plan against the fleet, the exposure and the policy, and returns every rule that it breaks
// and every figure that is wrong. A plan for which the report is Accepted keeps all rules.
func Check(in Input) Report {
	n := &inspection{Input: in, rules: newRules(), advisories: in.Exposure.Advisories()}
	n.checkDocument()
	n.stand()
	n.checkCoverage()
	n.checkOutages()
	n.checkFreezes()
	n.checkLimits()
	n.checkRegions()
	n.checkZones()
	n.checkLast()
	n.checkCanaries()
	n.checkMoves()
	n.checkProposals()
	n.checkFigures()
	return Report{Rules: n.rules}
}

// inspection is one plan being checked. stand fills what is known of hosts, checkCoverage the outages;
// the later checks read both.
type inspection struct {
	Input
	rules      []Rule
	advisories []*advisory.Advisory
	stands     []standing // by host
	todo       todoCounts
	outages    []outage // those of hosts that the fleet has, in the plan's order
	// cohorts by host, and their names in order of their first host.
	cohortOf    []uint32
	cohortNames []string
	cohortSizes []int // of all hosts
	// listedBlocked has the hosts that the plan lists as blocked.
	listedBlocked []bool
	traffic       *traffic // nil when the policy has no moves
}

// outage is one outage of a host that the fleet has.
type outage struct {
	host   ident.Host
	span   calendar.Span
	canary bool
	last   bool
}
