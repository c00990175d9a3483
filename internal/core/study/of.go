package study

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/instance"
	"github.com/evenkeel-project/evenkeel/internal/core/plan"
	"github.com/evenkeel-project/evenkeel/internal/core/planner"
)

// Of studies a plan that was made from the input, by any search. It panics when the plan is of another input: what
// it said then would be wrong without a sign of it.
func Of(in planner.Input, p *plan.Plan) *Study {
	whole, problems := planner.InstanceOf(in, p)
	if problems.Failed() {
		panic("study: the plan is not of this input: " + problems.Err().Error())
	}
	l := &look{in: in, instance: whole, places: placesOf(in, whole, p), plan: p}
	for k, i := range l.places {
		o := p.Outages[k]
		whole.Roster.Canary[i], whole.Roster.Length[i] = o.Canary, int64(o.End.Sub(o.Start))
	}
	l.noteEnds()
	l.noteMoves()
	l.openLoads()
	l.sweep()
	return &Study{Reasons: l.reasons, Loads: l.loads()}
}

// look is the work on one plan.
type look struct {
	in       planner.Input
	instance *instance.Instance
	plan     *plan.Plan
	places   []int32 // by outage of the plan: its place in the roster

	stageEnd  []calendar.Instant // by stage: its last end
	emptied   []calendar.Instant // by place: when the last guest has been moved off it; 0 when none is
	canaryEnd []calendar.Instant // by cohort: the last end of its canaries; 0 when it has none

	used      []int64 // by resource: what is taken now
	contested []bool  // by resource: hosts that may be down together could take more than there is
	steps     [][]Step
	pressure  []int64 // by resource: taken seconds of the allowance
	reasons   []Reason
}

// placesOf finds the outages of the plan in the roster.
func placesOf(in planner.Input, whole *instance.Instance, p *plan.Plan) []int32 {
	if len(p.Outages) != whole.Roster.Size() {
		panic(fmt.Sprintf("study: the plan is not of this input: %d outages for %d hosts", len(p.Outages), whole.Roster.Size()))
	}
	byHost := make([]int32, in.Fleet.Hosts())
	for place, h := range whole.Roster.Host {
		byHost[h] = int32(place) + 1
	}
	places := make([]int32, len(p.Outages))
	for k, o := range p.Outages {
		h, ok := in.Fleet.FindHost(o.Host)
		if !ok || byHost[h] == 0 {
			panic("study: the plan is not of this input: host " + o.Host)
		}
		places[k], byHost[h] = byHost[h]-1, 0
	}
	return places
}

// noteEnds notes when every stage, and the canaries of every cohort, are over.
func (l *look) noteEnds() {
	r := l.instance.Roster
	l.stageEnd = make([]calendar.Instant, len(l.instance.Course.Stages))
	l.canaryEnd = make([]calendar.Instant, l.instance.Cohorts)
	for k, i := range l.places {
		end := l.plan.Outages[k].End
		l.stageEnd[r.Stage[i]] = max(l.stageEnd[r.Stage[i]], end)
		if r.Canary[i] {
			l.canaryEnd[r.Cohort[i]] = max(l.canaryEnd[r.Cohort[i]], end)
		}
	}
}

// noteMoves notes when every host is empty of the guests that are moved.
func (l *look) noteMoves() {
	l.emptied = make([]calendar.Instant, l.instance.Roster.Size())
	for _, m := range l.plan.Moves {
		from, known := l.in.Fleet.FindHost(m.From)
		guest, ok := l.in.Fleet.FindGuest(m.Guest)
		if place, planned := slices.BinarySearch(l.instance.Roster.Host, from); known && ok && planned {
			l.emptied[place] = max(l.emptied[place], m.At.Add(l.in.Policy.MoveLength(l.in.Fleet, guest)))
		}
	}
}

// openLoads finds the limits that hosts which may be down together could overdraw. Hosts of two stages never are
// where regions go one after another.
func (l *look) openLoads() {
	d, course := l.instance.Demand, l.instance.Course
	n := len(d.Allowed)
	l.used, l.contested, l.steps, l.pressure = make([]int64, n), make([]bool, n), make([][]Step, n), make([]int64, n)
	for s, stage := range course.Stages {
		for _, i := range stage.Members {
			for _, u := range d.Row(i) {
				l.used[u.Resource] += int64(u.Weight)
				l.contested[u.Resource] = l.contested[u.Resource] || l.used[u.Resource] > d.Allowed[u.Resource]
			}
		}
		if course.RegionsOrdered || s == len(course.Stages)-1 {
			clear(l.used)
		}
	}
	for _, i := range l.places {
		for _, u := range d.Row(i) {
			l.pressure[u.Resource] += int64(u.Weight) * l.instance.Roster.Length[i] / d.Allowed[u.Resource]
		}
	}
}

// loads lists the contested limits, the fullest first, and has every reason name its load by its place.
func (l *look) loads() []Load {
	d := l.instance.Demand
	peak := make([]int64, len(d.Allowed))
	var order []int
	for r, steps := range l.steps {
		for _, step := range steps {
			peak[r] = max(peak[r], step.Used)
		}
		if len(steps) > 0 {
			order = append(order, r)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int {
		return cmp.Or(cmp.Compare(peak[b]*d.Allowed[a], peak[a]*d.Allowed[b]), cmp.Compare(l.pressure[b], l.pressure[a]))
	})
	out, place := make([]Load, len(order)), make([]int, len(d.Allowed))
	for k, r := range order {
		place[r] = k
		out[k] = Load{Name: l.instance.Names.Resource(uint32(r)), Kind: l.instance.Names.Kind(uint32(r)), Allowed: d.Allowed[r], Steps: l.steps[r]}
	}
	for k, reason := range l.reasons {
		if reason.Kind == Limit {
			l.reasons[k].Limit = place[reason.Limit]
		}
	}
	return out
}
