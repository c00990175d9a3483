package whatif

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/evenkeel-project/evenkeel/internal/core/fleet"
	"github.com/evenkeel-project/evenkeel/internal/core/ident"
	"github.com/evenkeel-project/evenkeel/internal/core/plan"
	"github.com/evenkeel-project/evenkeel/internal/core/planner"
	"github.com/evenkeel-project/evenkeel/internal/core/policy"
)

// Each question costs a plan, so of rules that a policy may have in any number only the weightiest are asked about.
const (
	freezesMax = 10 // freezes that cover the most planned hosts
	groupsMax  = 10 // groups under the greatest pressure
)

// planned returns the handles of the hosts that the plan takes down, in its order.
func planned(f *fleet.Fleet, p *plan.Plan) []ident.Host {
	out := make([]ident.Host, 0, len(p.Outages))
	for _, o := range p.Outages {
		if h, ok := f.FindHost(o.Host); ok {
			out = append(out, h)
		}
	}
	return out
}

func lastPlanned(in planner.Input, p *plan.Plan) bool {
	if len(in.Policy.Last) == 0 {
		return false
	}
	last := in.Policy.LastHosts(in.Fleet)
	return slices.ContainsFunc(planned(in.Fleet, p), func(h ident.Host) bool { return last[h] })
}

// askFreezes asks about the freezes that a planned host could meet before the plan is over. One that begins later
// held nothing up.
func (a *asker) askFreezes() {
	type weighed struct{ freeze, hosts int }
	var list []weighed
	hosts := planned(a.in.Fleet, a.plan)
	for i, z := range a.in.Policy.Freezes {
		if z.Span.From >= z.Span.To || z.Span.To <= a.plan.Start || z.Span.From >= a.plan.Finish {
			continue
		}
		covers, n := z.Hosts(a.in.Fleet), 0
		for _, h := range hosts {
			if covers[h] {
				n++
			}
		}
		if n > 0 {
			list = append(list, weighed{i, n})
		}
	}
	slices.SortStableFunc(list, func(x, y weighed) int { return cmp.Compare(y.hosts, x.hosts) })
	for _, w := range list[:min(len(list), freezesMax)] {
		z := a.in.Policy.Freezes[w.freeze]
		q := a.without(fmt.Sprintf("freezes[%d]", w.freeze), "freeze: "+cmp.Or(z.Reason, "from "+z.Span.From.String()), func(p *policy.Policy) {
			p.Freezes = slices.Delete(slices.Clone(p.Freezes), w.freeze, w.freeze+1)
		})
		q.Object = z.Reason
	}
}

// askGroups asks about the groups under the greatest pressure: the time that their members are down, were they to go
// one after another, as many at once as the group allows. A group that bears all of them at once holds nothing up.
func (a *asker) askGroups() {
	f := a.in.Fleet
	down, seconds := make([]int64, f.Groups()), make([]int64, f.Groups())
	for _, o := range a.plan.Outages {
		h, _ := f.FindHost(o.Host)
		for _, n := range f.GuestsOn(h) {
			if f.OnReboot(ident.Guest(n)) == fleet.Migrate {
				continue
			}
			for _, g := range f.GroupsOf(ident.Guest(n)) {
				down[g]++
				seconds[g] += int64(o.End.Sub(o.Start))
			}
		}
	}
	type pressed struct {
		group    ident.Group
		pressure int64 // seconds
	}
	var list []pressed
	for g := range seconds {
		group := ident.Group(g)
		limit := f.MaxDown(group)
		if !limit.Set() || slices.Contains(a.in.Waived, group) {
			continue
		}
		if allowed := int64(limit.Of(f.GroupSize(group))); allowed > 0 && down[g] > allowed {
			list = append(list, pressed{group, seconds[g] / allowed})
		}
	}
	slices.SortStableFunc(list, func(x, y pressed) int { return cmp.Compare(y.pressure, x.pressure) })
	for _, x := range list[:min(len(list), groupsMax)] {
		a.waive(x.group)
	}
}

// waive asks for the plan without the max_down of one group.
func (a *asker) waive(g ident.Group) {
	f, varied := a.in.Fleet, a.in
	varied.Waived = append(slices.Clone(a.in.Waived), g)
	a.questions = append(a.questions, Question{Code: "max_down", Object: f.GroupID(g),
		Rule: fmt.Sprintf("group %s: max_down %s", f.GroupID(g), f.MaxDown(g)), in: a.in, varied: varied, limit: notLimit})
}
