package planner

import (
	"fmt"
	"slices"

	"github.com/evenkeel-project/evenkeel/internal/core/advisory"
	"github.com/evenkeel-project/evenkeel/internal/core/ident"
	"github.com/evenkeel-project/evenkeel/internal/core/limit"
	"github.com/evenkeel-project/evenkeel/internal/core/policy"
	"github.com/evenkeel-project/evenkeel/internal/core/problem"
)

// checkPolicy reports names the fleet does not have, scope limits of nothing, and, as a warning, an order
// that gives up one failure domain at a time.
func checkPolicy(in Input) problem.List {
	problems := in.Policy.CheckNames(in.Fleet)
	at := problem.Place{File: in.Policy.File}
	limits := in.Policy.Limits
	for _, scope := range []struct {
		name string
		is   limit.Limit
	}{{"fleet", limits.Fleet}, {"region", limits.Region}, {"zone", limits.Zone}, {"rack", limits.Rack}, {"cohort", limits.Cohort}} {
		if scope.is.Zero() {
			problems.Addf("zero-limit", at, "allow at least 1, or leave the limit out", "limits.%s is 0: no host could ever go down", scope.name)
		}
	}
	if in.Policy.Order.FreeZones {
		problems.Add(problem.Problem{Code: "zones-not-ordered", Place: at, Warning: true,
			Sentence: "order.zones is free: outages of several zones of a region may overlap, so one failure domain at a time (S15) is not kept by order",
			Fix:      "write order.zones: one-at-a-time to keep it"})
	}
	return problems
}

// checkActions reports advisories whose action takes no host down: a plan of outages would be for nothing.
func checkActions(in Input) problem.List {
	var problems problem.List
	for _, a := range in.Exposure.Advisories() {
		if a.Action == advisory.None || a.Action == advisory.Restart {
			problems.Add(problem.Problem{Code: "no-outage-needed", Objects: []string{a.ID},
				Sentence: fmt.Sprintf("advisory %s has action %s: it needs no host to go down", a.ID, a.Action),
				Fix:      "leave it out of the plan; evenkeel plans outages"})
		}
	}
	return problems
}

// checkRegions reports the regions with hosts to do that a listed order leaves out.
func checkRegions(in Input, c *census) problem.List {
	var problems problem.List
	if in.Policy.Order.Regions != policy.Listed {
		return problems
	}
	for region, count := range c.regionToDo {
		id := in.Fleet.RegionID(ident.Region(region))
		if count > 0 && !slices.Contains(in.Policy.Order.RegionList, id) {
			problems.Add(problem.Problem{Code: "region-not-listed", Place: problem.Place{File: in.Policy.File}, Objects: []string{id},
				Sentence: fmt.Sprintf("region %s has %s to do but is not in order.regions", id, hostCount(count)),
				Fix:      "add it to the list"})
		}
	}
	return problems
}
