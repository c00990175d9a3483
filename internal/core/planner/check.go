package planner

import (
	"fmt"
	"slices"

	"github.com/evenkeel-project/evenkeel/internal/core/advisory"
	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/drain"
	"github.com/evenkeel-project/evenkeel/internal/core/ident"
	"github.com/evenkeel-project/evenkeel/internal/core/instance"
	"github.com/evenkeel-project/evenkeel/internal/core/limit"
	"github.com/evenkeel-project/evenkeel/internal/core/plan"
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
		if !a.Action.TakesHostDown() {
			problems.Add(problem.Problem{Code: "no-outage-needed", Objects: []string{a.ID},
				Sentence: fmt.Sprintf("advisory %s has action %s: it needs no host to go down", a.ID, a.Action),
				Fix:      "leave it out of the plan; evenkeel plans outages"})
		}
	}
	return problems
}

// checkResources reports a fleet that speaks of more resources than the room of its hosts is kept for.
func checkResources(in Input) problem.List {
	var problems problem.List
	if in.Policy.Moves == nil {
		return problems
	}
	if names := drain.Resources(in.Fleet); len(names) > drain.ResourcesMax {
		problems.Add(problem.Problem{Code: "too-many-resources", Objects: names[:instance.ShownMax],
			Sentence: fmt.Sprintf("the capacities and demands of the fleet name more than %d resources, among them %s", drain.ResourcesMax,
				instance.FirstNames(instance.ShownMax, func(i int) string { return names[i] })),
			Fix: "leave out those that no move has to look at"})
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
				Sentence: fmt.Sprintf("region %s has %s to do but is not in order.regions", id, instance.HostCount(count)),
				Fix:      "add it to the list"})
		}
	}
	return problems
}

// horizon bounds how long a plan may run: a host that only goes down years from now stands under a freeze
// that was meant to have no end, and a date that far is no promise.
const horizon = 3650 * calendar.Day

// checkHorizon reports outages beyond the horizon and times that cannot be written, all hosts in one problem.
func checkHorizon(in Input, p *plan.Plan) problem.List {
	var problems problem.List
	end := in.Policy.Start.Add(horizon)
	var far []string
	for _, o := range p.Outages {
		if o.End > end || !o.Window.To.Writable() {
			far = append(far, o.Host)
		}
	}
	if len(far) == 0 {
		if p.LatestSafeStart != nil && !p.LatestSafeStart.Writable() {
			problems.Addf("out-of-time", problem.Place{File: in.Policy.File}, "let the freezes of the past begin later",
				"the plan misses its deadline, and freezes before it leave no start that can be written")
		}
		return problems
	}
	who := fmt.Sprintf("%s: %s", instance.HostCount(len(far)), instance.FirstNames(len(far), func(i int) string { return far[i] }))
	out := problem.Problem{Code: "out-of-time", Place: problem.Place{File: in.Policy.File}, Objects: far[:min(len(far), instance.ShownMax)],
		Sentence: fmt.Sprintf("there is no room within %s for %s", horizon, who),
		Fix:      "shorten the bakes, the lengths or the moves of the policy, or loosen its limits"}
	if z := longestFreeze(in, p); z != nil {
		out.Place = z.Place
		out.Sentence = fmt.Sprintf("the freeze %s leaves no room within %s for %s", z.Words(), horizon, who)
		out.Fix = "end the freezes earlier, or write hosts that must not be touched under protected"
	}
	problems.Add(out)
	return problems
}

// longestFreeze returns the freeze that ends last of those that hold a planned host beyond the start; nil for none.
func longestFreeze(in Input, p *plan.Plan) *policy.Freeze {
	var longest *policy.Freeze
	for k, z := range in.Policy.Freezes {
		if z.Span.To <= in.Policy.Start || longest != nil && z.Span.To <= longest.Span.To {
			continue
		}
		covered := z.Hosts(in.Fleet)
		for _, o := range p.Outages {
			if h, ok := in.Fleet.FindHost(o.Host); ok && covered[h] {
				longest = &in.Policy.Freezes[k]
				break
			}
		}
	}
	return longest
}

// seedMax is the greatest seed: a JSON number holds no greater one exactly.
const seedMax = 1 << 53

// checkSeed reports a seed that the plan could not record.
func checkSeed(in Input) problem.List {
	var problems problem.List
	if in.Seed > seedMax {
		problems.Addf("out-of-range", problem.Place{}, "choose a smaller one", "the seed %d is more than %d", in.Seed, uint64(seedMax))
	}
	return problems
}

// checkKeep refuses to keep starts in a plan that moves guests: it is made at once around the moves and keeps no start,
// so whoever asked would be told of windows that nobody kept.
func checkKeep(in Input) problem.List {
	var problems problem.List
	if in.Keep != nil && in.Policy.Moves != nil {
		problems.Addf("keep-with-moves", problem.Place{File: in.Policy.File}, "plan without keeping and compare the two plans, or leave moves out of the policy",
			"the policy has moves, and a plan that moves guests cannot keep the starts of an older one")
	}
	return problems
}

// checkPermits warns of outages during an embargo whose advisory does not permit to deploy the patch (S26).
func checkPermits(in Input, p *plan.Plan) problem.List {
	var problems problem.List
	if len(p.Outages) == 0 {
		return problems
	}
	for _, a := range in.Exposure.Advisories() {
		if a.Embargo == nil || a.Embargo.DeployPatch == advisory.Allowed || p.Outages[0].Start >= a.Embargo.Until {
			continue
		}
		word, fix := "does not permit", "start after the embargo, or have its source permit it and write permits: {deploy_patch: yes}"
		if a.Embargo.DeployPatch == advisory.Ask {
			word, fix = "permits only after asking", "ask the source of the advisory first"
		}
		problems.Add(problem.Problem{Code: "deploy-not-permitted", Warning: true, Objects: []string{a.ID}, Fix: fix,
			Sentence: fmt.Sprintf("outages start before the embargo of %s ends at %s, and the advisory %s to deploy the patch before", a.ID, a.Embargo.Until, word)})
	}
	return problems
}
