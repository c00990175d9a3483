package planner

import (
	"fmt"

	"github.com/evenkeel-project/evenkeel/internal/core/instance"
	"github.com/evenkeel-project/evenkeel/internal/core/problem"
)

// enlist makes the roster and reports the planned hosts whose outage has no length, all in one problem.
func enlist(in Input, l *ledger, c *census) (*instance.Roster, problem.List) {
	r := instance.NewRoster(c.planned, c.down)
	freezes := openFreezes(in)
	last := in.Policy.LastHosts(in.Fleet)
	if in.Policy.Moves != nil {
		countMovers(in.Fleet, r)
	}
	var missing []string
	for i, h := range c.planned {
		length, ok := in.Policy.OutageOf(in.Fleet, h)
		if !ok {
			missing = append(missing, in.Fleet.HostID(h))
		}
		r.Length[i] = int64(length)
		r.Due[i] = instance.NoDeadline
		if at, ok := deadlineOf(in, h); ok {
			r.Due[i] = int64(at)
		}
		r.Cohort[i] = l.cohorts.of[h]
		r.Last[i] = last[h]
		r.Frozen[i] = freezes.covering(h)
	}
	var problems problem.List
	if len(missing) > 0 {
		verb := "have"
		if len(missing) == 1 {
			verb = "has"
		}
		problems.Add(problem.Problem{Code: "no-outage-length", Place: problem.Place{File: in.Policy.File}, Objects: missing[:min(len(missing), instance.ShownMax)],
			Sentence: fmt.Sprintf("%s %s no outage length: %s", instance.HostCount(len(missing)), verb, instance.FirstNames(len(missing), func(i int) string { return missing[i] })),
			Fix:      "write outage.default or an outage.by rule in the policy, or outage at the hosts"})
	}
	return r, problems
}
