package planner

import (
	"cmp"
	"slices"

	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/drain"
	"github.com/evenkeel-project/evenkeel/internal/core/fleet"
	"github.com/evenkeel-project/evenkeel/internal/core/ident"
	"github.com/evenkeel-project/evenkeel/internal/core/instance"
	"github.com/evenkeel-project/evenkeel/internal/core/plan"
	"github.com/evenkeel-project/evenkeel/internal/core/problem"
	"github.com/evenkeel-project/evenkeel/internal/core/search"
)

// countMovers writes how many guests of every planned host move.
func countMovers(f *fleet.Fleet, r *instance.Roster) {
	for i, h := range r.Host {
		for _, g := range f.GuestsOn(h) {
			if f.OnReboot(ident.Guest(g)) == fleet.Migrate {
				r.Moving[i]++
			}
		}
	}
}

// leaveOut makes blocked hosts of the planned ones that could not be emptied, and returns the problem and the schedule
// of the others: every figure of the plan is about those.
func leaveOut(in Input, l *ledger, c *census, whole *instance.Instance, s search.Schedule) (*instance.Instance, search.Schedule) {
	refused := make([]bool, len(c.planned))
	for _, r := range s.Drained.Refused {
		refused[r.Place] = true
		c.standing[c.planned[r.Place]] = drain.Closed
		c.blocked = append(c.blocked, plan.Blocked{Host: in.Fleet.HostID(c.planned[r.Place]), Reason: r.Reason})
	}
	slices.SortFunc(c.blocked, func(a, b plan.Blocked) int { return cmp.Compare(a.Host, b.Host) })
	canaries, starts := []bool{}, []calendar.Instant(nil)
	for i := range c.planned {
		if !refused[i] {
			canaries, starts = append(canaries, s.Drained.Canary[i]), append(starts, s.Start[i])
		}
	}
	s.Start = starts
	return buildPart(in, l, c.without(refused), canaries), s
}

// without returns the census of the planned hosts that were not refused.
func (c *census) without(refused []bool) *census {
	kept := &census{excluded: c.excluded, blocked: c.blocked, regionToDo: c.regionToDo, zoneToDo: c.zoneToDo, deadline: c.deadline}
	from := uint32(0)
	for i, h := range c.planned {
		if !refused[i] {
			kept.planned, kept.down = append(kept.planned, h), append(kept.down, c.down[i])
			kept.uses = append(kept.uses, c.uses[from:c.usesEnd[i]]...)
			kept.usesEnd = append(kept.usesEnd, uint32(len(kept.uses)))
		}
		from = c.usesEnd[i]
	}
	return kept
}

// buildPart makes the problem of a part of a census of which the whole had no faults.
func buildPart(in Input, l *ledger, part *census, canaries []bool) *instance.Instance {
	out, problems := build(in, l, part, canaries)
	if problems.Failed() {
		panic("planner: broken invariant: part of a roster has faults that the whole had not: " + problems.Err().Error())
	}
	return out
}

// InstanceOf returns the scheduling problem that a plan made from the input is an answer to: that of Instance without
// the hosts that the plan blocks because they could not be emptied, and with the plan's canaries.
func InstanceOf(in Input, p *plan.Plan) (*instance.Instance, problem.List) {
	whole, problems := pose(in)
	if problems.Failed() {
		return nil, problems
	}
	c := whole.census
	canary := make([]bool, in.Fleet.Hosts())
	blocked := make([]bool, in.Fleet.Hosts())
	for _, o := range p.Outages {
		if h, ok := in.Fleet.FindHost(o.Host); ok {
			canary[h] = o.Canary
		}
	}
	for _, b := range p.Blocked {
		if h, ok := in.Fleet.FindHost(b.Host); ok {
			blocked[h] = true
		}
	}
	refused, canaries := make([]bool, len(c.planned)), []bool{}
	for i, h := range c.planned {
		if refused[i] = blocked[h]; !blocked[h] {
			canaries = append(canaries, canary[h])
		}
	}
	return buildPart(in, whole.ledger, c.without(refused), canaries), problems
}

// moves returns the moves in the order of the document.
func moves(f *fleet.Fleet, d *search.Drained) []plan.Move {
	if d == nil {
		return nil
	}
	order := slices.Clone(d.Moves)
	slices.SortFunc(order, func(a, b drain.Move) int {
		return cmp.Or(cmp.Compare(a.At, b.At), cmp.Compare(a.Guest, b.Guest))
	})
	out := make([]plan.Move, len(order))
	for i, m := range order {
		out[i] = plan.Move{Guest: f.GuestID(m.Guest), From: f.HostID(m.From), To: f.HostID(m.To), At: m.At}
	}
	return out
}
