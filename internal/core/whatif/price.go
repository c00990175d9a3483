package whatif

import (
	"cmp"
	"slices"

	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/plan"
	"github.com/evenkeel-project/evenkeel/internal/core/planner"
)

// Price is what one question came to.
type Price struct {
	Question
	Refused  string           // why nothing could be planned; "" when it could. Else all figures below are zero
	Makespan calendar.Seconds // of the plan without the rule
	Saves    calendar.Seconds // by how much that is shorter; below zero when a waiver lets more hosts in, or hosts under last join the order of zones
	Finish   calendar.Instant
	Margin   *calendar.Seconds // nil without an embargo
	Bound    calendar.Seconds  // no plan without the rule is shorter
	Outages  int
	Blocked  int
	Deadline Verdict
}

// Verdict says how a plan stands to the deadline.
type Verdict string

// The verdicts.
const (
	NoDeadline Verdict = "none"
	Met        Verdict = "met"
	Missed     Verdict = "missed"        // this plan is late; whether a better one is in time is not known
	Hopeless   Verdict = "proven-missed" // proven: every plan is late
)

// Judge returns how a plan stands to its deadline. With one advisory all outages have the same deadline, so the
// bound speaks for every plan; with several, only the plan at hand is known.
func Judge(p *plan.Plan) Verdict {
	switch {
	case p.Margin == nil:
		return NoDeadline
	case *p.Margin >= 0:
		return Met
	case len(p.Advisories) == 1 && p.Start.Add(p.Bound.Seconds) > *p.Deadline:
		return Hopeless
	}
	return Missed
}

// SavesNothing reports whether it is proven that no plan without the rule is shorter than the one with it.
func (p Price) SavesNothing() bool { return p.Refused == "" && p.Bound >= p.Makespan+p.Saves }

// Answer plans by the varied rules and compares with the plan that keeps all of them.
func Answer(q Question, kept *plan.Plan) Price {
	out := Price{Question: q}
	p, problems := planner.Make(q.varied)
	if p == nil {
		out.Refused = problems.Err().Error()
		return out
	}
	if !q.harder {
		p = shorter(p, kept)
	}
	out.Makespan, out.Finish, out.Margin, out.Bound = p.Makespan, p.Finish, p.Margin, p.Bound.Seconds
	out.Outages, out.Blocked, out.Saves, out.Deadline = len(p.Outages), len(p.Blocked), kept.Makespan-p.Makespan, Judge(p)
	return out
}

// shorter returns the plan made without a rule, or, where that is worse for the same hosts, one with the times of
// the plan that keeps the rule: what keeps all rules keeps all but one, which the search does not see by itself.
func shorter(loose, kept *plan.Plan) *plan.Plan {
	if len(loose.Outages) != len(kept.Outages) {
		return loose
	}
	same := *loose
	same.Makespan, same.Finish = kept.Makespan, kept.Finish
	if loose.Margin != nil && kept.Margin != nil {
		margin := *kept.Margin + loose.Deadline.Sub(*kept.Deadline)
		same.Margin = &margin
	}
	if cmp.Or(cmp.Compare(lateness(&same), lateness(loose)), cmp.Compare(same.Makespan, loose.Makespan)) < 0 {
		return &same
	}
	return loose
}

func lateness(p *plan.Plan) calendar.Seconds {
	if p.Margin == nil {
		return 0
	}
	return max(0, -*p.Margin)
}

// Enough returns the prices of those rules whose loss alone meets the deadline, the one that changes the plan least
// first.
func Enough(prices []Price) []Price {
	var out []Price
	for _, p := range prices {
		if p.Refused == "" && p.Deadline == Met {
			out = append(out, p)
		}
	}
	slices.SortStableFunc(out, func(a, b Price) int { return cmp.Compare(a.Saves, b.Saves) })
	return out
}
