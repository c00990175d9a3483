package planner

import (
	"cmp"
	"slices"

	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/plan"
)

// write makes the plan document of a schedule and seals it.
func write(in Input, c *census, r *roster, s schedule, proven bound) *plan.Plan {
	out := &plan.Plan{
		Fleet: in.Fleet.Digest(), Policy: in.Policy.Digest, Seed: in.Seed,
		Start: in.Policy.Start, Finish: s.finish, Makespan: s.finish.Sub(in.Policy.Start),
		Bound:    plan.Bound{Seconds: calendar.Seconds(proven.seconds), Binding: proven.words(true)},
		Excluded: c.excluded, Blocked: c.blocked,
	}
	out.GapMillionths = plan.Gap(out.Makespan, out.Bound.Seconds)
	for _, a := range in.Exposure.Advisories() {
		out.Advisories = append(out.Advisories, plan.AdvisoryRef{ID: a.ID, Digest: a.Digest})
	}
	slices.SortFunc(out.Advisories, func(a, b plan.AdvisoryRef) int { return cmp.Compare(a.ID, b.ID) })
	out.Outages = outages(in, r, s)
	setDeadline(out, in, c, r, s)
	out.Seal()
	return out
}

// outages returns the outages by start and then host.
func outages(in Input, r *roster, s schedule) []plan.Outage {
	order := make([]int32, r.size())
	for i := range order {
		order[i] = int32(i)
	}
	slices.SortFunc(order, func(a, b int32) int {
		return cmp.Or(cmp.Compare(s.start[a], s.start[b]), cmp.Compare(a, b))
	})
	out := make([]plan.Outage, len(order))
	for k, i := range order {
		span := r.span(i, s.start[i])
		out[k] = plan.Outage{Host: in.Fleet.HostID(r.host[i]), Start: span.From, End: span.To,
			Canary: r.canary[i], Window: window(in.Policy, r.frozen[i], span)}
	}
	return out
}
