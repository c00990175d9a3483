// Package whatif prices the rules of a policy: how long the plan would be, and how short it could be at best, if one
// rule were not there or were looser. It only measures. What it plans is thrown away, so that nothing looser than
// the policy can be deployed from here; to change a rule is for people.
//
// Questions lists what to ask, Answer answers one question and shares nothing with the others, so whoever has the
// cores may ask several at once.
package whatif

import (
	"fmt"

	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/limit"
	"github.com/evenkeel-project/evenkeel/internal/core/plan"
	"github.com/evenkeel-project/evenkeel/internal/core/planner"
	"github.com/evenkeel-project/evenkeel/internal/core/policy"
)

// Question is one rule that is dropped or loosened while all others stay.
type Question struct {
	Code   string // the rule as policy files call it: order.zones, limits.fleet, freezes[2]; max_down for a group
	Object string // the reason of a freeze, the id of a group; else ""
	Rule   string // the rule in words, as it stands
	To     string // the looser limit that stands in its place; "" when the rule is dropped

	in     planner.Input // with the rule as it is
	varied planner.Input
	limit  int  // place in limitRules, or notLimit
	harder bool // without the rule another one weighs on more hosts, so a plan that keeps it may not do without
}

// notLimit marks a question about something else than a limit.
const notLimit = -1

// Questions lists every rule that the policy has and this plan could be shorter without: the order, the bakes, the
// canaries, the limits, the freezes, the last hosts, the reserve, and the tightest groups. The plan is the one
// that the input came to.
func Questions(in planner.Input, p *plan.Plan) []Question {
	a := &asker{in: in, plan: p}
	a.askOrder()
	a.askLimits()
	a.askFreezes()
	if lastPlanned(in, p) {
		q := a.without("last", "hosts under last go last, one by one", func(p *policy.Policy) { p.Last = nil })
		q.harder = true // they then take their turn with their zone
	}
	if d := in.Policy.DeadlineReserve; d > 0 && p.Deadline != nil {
		a.without("deadline.reserve", "reserve of "+d.String()+" before the embargo", func(p *policy.Policy) { p.DeadlineReserve = 0 })
	}
	a.askGroups()
	return a.questions
}

// asker gathers questions.
type asker struct {
	in        planner.Input
	plan      *plan.Plan
	questions []Question
}

// without asks for the plan by a copy of the policy that drop has changed.
func (a *asker) without(code, rule string, drop func(*policy.Policy)) *Question {
	changed := *a.in.Policy
	drop(&changed)
	varied := a.in
	varied.Policy = &changed
	a.questions = append(a.questions, Question{Code: code, Rule: rule, in: a.in, varied: varied, limit: notLimit})
	return &a.questions[len(a.questions)-1]
}

func (a *asker) askOrder() {
	order := a.in.Policy.Order
	if !order.FreeZones {
		a.without("order.zones", "zones one at a time", func(p *policy.Policy) { p.Order.FreeZones = true })
		a.askBake("order.bake.zone", "zone", order.BakeZone, func(p *policy.Policy) { p.Order.BakeZone = 0 })
	}
	if order.Regions != policy.FreeRegions {
		a.without("order.regions", "regions one after another", func(p *policy.Policy) { p.Order.Regions = policy.FreeRegions })
		a.askBake("order.bake.region", "region", order.BakeRegion, func(p *policy.Policy) { p.Order.BakeRegion = 0 })
	}
	if c := a.in.Policy.Canary; c.Hosts > 0 {
		rule := fmt.Sprintf("%d canaries a cohort, bake %s", c.Hosts, c.Bake)
		if c.Hosts == 1 {
			rule = "1 canary a cohort, bake " + c.Bake.String()
		}
		a.without("canary", rule, func(p *policy.Policy) { p.Canary.Hosts = 0 })
	}
}

func (a *asker) askBake(code, domain string, bake calendar.Seconds, drop func(*policy.Policy)) {
	if bake > 0 {
		a.without(code, fmt.Sprintf("bake of %s after each %s", bake, domain), drop)
	}
}

// limitRules are the limits of a policy by their names in it.
var limitRules = [...]struct {
	name string
	of   func(*policy.Limits) *limit.Limit
}{
	{"fleet", func(l *policy.Limits) *limit.Limit { return &l.Fleet }},
	{"region", func(l *policy.Limits) *limit.Limit { return &l.Region }},
	{"zone", func(l *policy.Limits) *limit.Limit { return &l.Zone }},
	{"rack", func(l *policy.Limits) *limit.Limit { return &l.Rack }},
	{"cohort", func(l *policy.Limits) *limit.Limit { return &l.Cohort }},
	{"tenant", func(l *policy.Limits) *limit.Limit { return &l.Tenant }},
}

func (a *asker) askLimits() {
	for i, rule := range limitRules {
		if written := rule.of(&a.in.Policy.Limits); written.Set() {
			q := a.without("limits."+rule.name, fmt.Sprintf("limit %s: %s", rule.name, written), func(p *policy.Policy) { *rule.of(&p.Limits) = limit.Limit{} })
			q.limit = i
		}
	}
}

// factors are the loosenings that are tried of a limit, the least first.
var factors = [...]struct{ numerator, denominator uint32 }{{5, 4}, {3, 2}, {2, 1}, {3, 1}}

// Loosened returns the same question with a limit that is looser instead of none, the least loose first. It returns
// nothing for a question about anything but a limit.
func Loosened(q Question) []Question {
	if q.limit == notLimit {
		return nil
	}
	var out []Question
	rule := limitRules[q.limit]
	known := *rule.of(&q.in.Policy.Limits)
	for _, factor := range factors {
		to := rule.of(&q.in.Policy.Limits).Times(factor.numerator, factor.denominator)
		if to == known || (len(out) > 0 && to.String() == out[len(out)-1].To) {
			continue
		}
		changed := *q.in.Policy
		*rule.of(&changed.Limits) = to
		looser := q
		looser.To, looser.varied.Policy = to.String(), &changed
		out = append(out, looser)
	}
	return out
}
