package planner

import (
	"cmp"
	"slices"

	"github.com/evenkeel-project/evenkeel/internal/core/bound"
	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/instance"
	"github.com/evenkeel-project/evenkeel/internal/core/plan"
	"github.com/evenkeel-project/evenkeel/internal/core/search"
)

// write makes the plan document of a schedule and seals it.
func write(in Input, c *census, r *instance.Roster, s search.Schedule, proven bound.Bound, steps int64) *plan.Plan {
	out := &plan.Plan{
		Fleet: in.Fleet.Digest(), Policy: in.Policy.Digest, Seed: in.Seed, Steps: steps,
		Start: in.Policy.Start, Finish: s.Finish, Makespan: s.Finish.Sub(in.Policy.Start),
		Bound:    plan.Bound{Seconds: calendar.Seconds(proven.Seconds), Binding: proven.Words(true)},
		Excluded: c.excluded, Blocked: c.blocked,
	}
	out.GapMillionths = plan.Gap(out.Makespan, out.Bound.Seconds)
	for _, a := range in.Exposure.Advisories() {
		out.Advisories = append(out.Advisories, plan.AdvisoryRef{ID: a.ID, Digest: a.Digest})
	}
	slices.SortFunc(out.Advisories, func(a, b plan.AdvisoryRef) int { return cmp.Compare(a.ID, b.ID) })
	out.Outages = outages(in, r, s)
	out.Moves = moves(in.Fleet, s.Drained)
	setDeadline(out, in, c, r, s)
	out.Seal()
	return out
}

// outages returns the outages by start and then host.
func outages(in Input, r *instance.Roster, s search.Schedule) []plan.Outage {
	order := make([]int32, r.Size())
	for i := range order {
		order[i] = int32(i)
	}
	slices.SortFunc(order, func(a, b int32) int {
		return cmp.Or(cmp.Compare(s.Start[a], s.Start[b]), cmp.Compare(a, b))
	})
	out := make([]plan.Outage, len(order))
	for k, i := range order {
		span := r.Span(i, s.Start[i])
		out[k] = plan.Outage{Host: in.Fleet.HostID(r.Host[i]), Start: span.From, End: span.To,
			Canary: r.Canary[i], Window: window(in.Policy, r.Frozen[i], span)}
	}
	return out
}
