package search

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/evenkeel-project/evenkeel/internal/core/bound"
	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/ident"
	"github.com/evenkeel-project/evenkeel/internal/core/instance"
	"github.com/evenkeel-project/evenkeel/internal/core/policy"
)

// plainNames names nothing: the tests look at times only.
type plainNames struct{}

func (plainNames) Host(int32) string          { return "h" }
func (plainNames) Resource(uint32) string     { return "r" }
func (plainNames) Kind(uint32) string         { return "group" }
func (plainNames) Cohort(uint32) string       { return "c" }
func (plainNames) Region(instance.Leg) string { return "region" }
func (plainNames) Zone(instance.Stage) string { return "zone" }

// drawInstance draws an instance of up to thirty hosts.
func drawInstance(rt *rapid.T) *instance.Instance {
	n := rapid.IntRange(1, 30).Draw(rt, "hosts")
	unit := rapid.SampledFrom([]int64{1, 7, 60}).Draw(rt, "unit")
	r := instance.NewRoster(make([]ident.Host, n), make([]uint32, n))
	start := calendar.Instant(1_000_000)
	frozen := drawFreezes(rt, start, unit)
	cohorts := rapid.IntRange(1, 3).Draw(rt, "cohorts")
	legs, zones := rapid.IntRange(1, 3).Draw(rt, "legs"), rapid.IntRange(1, 3).Draw(rt, "zones")
	members := make([][]int32, legs*zones)
	for i := range n {
		r.Length[i] = unit * rapid.Int64Range(1, 9).Draw(rt, "length")
		if r.Due[i] = instance.NoDeadline; rapid.IntRange(0, 9).Draw(rt, "due") == 0 {
			r.Due[i] = int64(start) + unit*rapid.Int64Range(5, 60).Draw(rt, "by")
		}
		r.Cohort[i] = uint32(rapid.IntRange(0, cohorts-1).Draw(rt, "cohort"))
		if len(frozen) > 0 && rapid.IntRange(0, 2).Draw(rt, "frozen") > 0 {
			r.Frozen[i] = rapid.SampledFrom(frozen).Draw(rt, "freezes")
		}
		k := rapid.IntRange(0, legs*zones-1).Draw(rt, "zone")
		members[k] = append(members[k], int32(i))
	}
	c := &instance.Course{RegionsOrdered: rapid.Bool().Draw(rt, "regions ordered"), ZonesOrdered: true}
	for k := range legs {
		leg := instance.Leg{Region: ident.Region(k)}
		for _, m := range members[k*zones : (k+1)*zones] {
			if len(m) > 0 {
				for _, i := range m {
					r.Stage[i] = int32(len(c.Stages))
				}
				leg.Stages = append(leg.Stages, len(c.Stages))
				c.Stages = append(c.Stages, instance.Stage{Members: m})
			}
		}
		if len(leg.Stages) > 0 {
			c.Legs = append(c.Legs, leg)
		}
	}
	p := &policy.Policy{Start: start, Canary: policy.Canary{Bake: calendar.Seconds(unit * 3)},
		Order: policy.Order{BakeZone: calendar.Seconds(unit), BakeRegion: calendar.Seconds(2 * unit)}}
	if p.Canary.Hosts = rapid.IntRange(0, 3).Draw(rt, "canaries"); p.Canary.Hosts > 0 {
		markCanaries(c, r, cohorts, p.Canary.Hosts)
	}
	return &instance.Instance{Start: start, Policy: p, Roster: r, Course: c, Cohorts: cohorts, Names: plainNames{},
		Demand: drawDemand(rt, n), Gates: instance.NewGates(p, c, r)}
}

// drawFreezes draws none, or up to three timetables of some freezes.
func drawFreezes(rt *rapid.T, start calendar.Instant, unit int64) []*instance.Timetable {
	tables := make([]*instance.Timetable, max(0, rapid.IntRange(-2, 3).Draw(rt, "timetables")))
	for k := range tables {
		var spans []calendar.Span
		for range rapid.IntRange(1, 6).Draw(rt, "freezes") {
			from := start.Add(calendar.Seconds(rapid.Int64Range(0, 80).Draw(rt, "from") * unit))
			spans = append(spans, calendar.Span{From: from, To: from.Add(calendar.Seconds(unit * rapid.Int64Range(1, 12).Draw(rt, "for")))})
		}
		tables[k] = instance.NewTimetable(spans)
	}
	return tables
}

// markCanaries makes the first hosts of every cohort, by position and place, its canaries.
func markCanaries(c *instance.Course, r *instance.Roster, cohorts, each int) {
	position := c.Positions()
	for cohort := range cohorts {
		for range each {
			best := -1
			for i, of := range r.Cohort {
				if int(of) == cohort && !r.Canary[i] && (best < 0 || position[r.Stage[i]] < position[r.Stage[best]]) {
					best = i
				}
			}
			if best >= 0 {
				r.Canary[best] = true
			}
		}
	}
}

func drawDemand(rt *rapid.T, hosts int) *instance.Demand {
	allowed := rapid.SliceOfN(rapid.Int64Range(1, 6), 1, 12).Draw(rt, "allowed")
	starts, uses := make([]uint32, hosts+1), []instance.Use(nil)
	for i := range hosts {
		for k, a := range allowed {
			if rapid.IntRange(0, 2).Draw(rt, "uses") == 0 {
				uses = append(uses, instance.Use{Resource: uint32(k), Weight: uint32(rapid.Int64Range(1, a).Draw(rt, "weight"))})
			}
		}
		starts[i+1] = uint32(len(uses))
	}
	return instance.NewDemand(allowed, starts, uses)
}

// broken returns what a schedule breaks, by the plainest reading of the rules.
func broken(in *instance.Instance, s Schedule) string {
	r := in.Roster
	for i, at := range s.Start {
		if at < in.Start {
			return "a host starts before the plan"
		}
		for _, span := range r.Frozen[i].Spans() {
			if at < span.To && r.Span(int32(i), at).To > span.From {
				return "an outage meets a freeze"
			}
		}
	}
	if s.Finish != lastEnd(in, s) || s.Late != lateness(r, s) {
		return "the end or the lateness is not that of the starts"
	}
	for _, now := range s.Start {
		down := make([]int64, len(in.Demand.Allowed))
		for i, at := range s.Start {
			if at <= now && now < r.Span(int32(i), at).To {
				for _, u := range in.Demand.Row(int32(i)) {
					down[u.Resource] += int64(u.Weight)
				}
			}
		}
		for k, d := range down {
			if d > in.Demand.Allowed[k] {
				return "a limit is broken"
			}
		}
	}
	for _, g := range in.Gates {
		for _, a := range g.Ahead {
			for _, b := range g.Behind {
				if s.Start[b] < r.Span(a, s.Start[a]).To.Add(g.Bake) {
					return fmt.Sprintf("host %d starts before host %d has ended and baked %s", b, a, g.Bake)
				}
			}
		}
	}
	return ""
}

// lastEnd returns when the last outage ends.
func lastEnd(in *instance.Instance, s Schedule) calendar.Instant {
	end := in.Start
	for i, at := range s.Start {
		end = max(end, in.Roster.Span(int32(i), at).To)
	}
	return end
}

// A search never leaves the rules, never gets worse, and stops at the bound.
func TestEveryStepKeepsEveryRuleAndNeverGetsWorse(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		in := drawInstance(rt)
		known := bound.Prove(in)
		s := Open(in, known, rapid.Uint64Range(0, 1000).Draw(rt, "seed"))
		if fault := broken(in, s.Best()); fault != "" {
			rt.Fatal("the first schedule: " + fault)
		}
		s.effort = rapid.IntRange(1, 300).Draw(rt, "effort")
		for step := range rapid.IntRange(1, 150).Draw(rt, "steps") {
			before := s.Best()
			s.Step()
			made := s.Best()
			if before.Better(made) {
				rt.Fatalf("step %d made it worse", step)
			}
			if fault := broken(in, made); fault != "" {
				rt.Fatalf("step %d: %s: %v", step, fault, made)
			}
			if int64(made.Finish-in.Start) < known.Best.Seconds {
				rt.Fatalf("step %d: shorter than the bound", step)
			}
			if s.layout != nil {
				checkGrids(rt, s.layout)
			}
		}
	})
}

// checkGrids compares what the grids have left with what the hosts that stand take.
func checkGrids(rt *rapid.T, l *layout) {
	count := func(g *grid, resource uint32, slot int) int {
		left, planes := 0, int(g.depth[resource])
		at := int(g.first[resource]) + (slot>>6-g.base)*planes
		for k := range planes {
			left |= int(g.bits[at+k]>>(slot&63)&1) << k
		}
		return left
	}
	check := func(g *grid, allowed []uint32, members []int32, uses *rows, from, to int) {
		for r, a := range allowed {
			for slot := from; slot < to; slot++ {
				want := int(a)
				for _, i := range members {
					if at := int(l.at[i]); at != nowhere && at <= slot && slot < at+int(l.length[i]) {
						for _, u := range uses.of(i) {
							if int(u.resource) == r {
								want -= int(u.weight)
							}
						}
					}
				}
				if got := count(g, uint32(r), slot); got != want {
					rt.Fatalf("slot %d of resource %d has %d left, want %d", slot, r, got, want)
				}
			}
		}
	}
	var all []int32
	for n := range l.stages {
		g := &l.stages[n]
		all = append(all, g.members...)
		if l.stands(int32(n)) {
			check(g.grid, g.allowed, g.members, &l.own, int(g.base), int(g.end))
		}
	}
	if l.cross != nil {
		check(l.cross, l.common, all, &l.shared, 0, l.slots)
	}
}

func TestTheSameSeedGivesTheSameSchedule(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		in := drawInstance(rt)
		known := bound.Prove(in)
		seed := rapid.Uint64Range(0, 1000).Draw(rt, "seed")
		one, other := Open(in, known, seed), Open(in, known, seed)
		for range 40 {
			one.Step()
			other.Step()
		}
		if !slices.Equal(one.Best().Start, other.Best().Start) {
			rt.Fatal("two searches with one seed differ")
		}
	})
}

func TestPromisesAreKeptAsFarAsTheRulesLetThem(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		in := drawInstance(rt)
		known := bound.Prove(in)
		seed := rapid.Uint64Range(0, 1000).Draw(rt, "seed")
		old := Open(in, known, seed)
		for range rapid.IntRange(0, 20).Draw(rt, "steps") {
			old.Step()
		}
		promised := slices.Clone(old.Best().Start)
		kept := Keep(in, known, seed, promised).Best()
		if !slices.Equal(kept.Start, promised) {
			rt.Fatalf("promised %v, kept %v", promised, kept.Start)
		}
		for i := range promised {
			switch rapid.IntRange(0, 5).Draw(rt, "change") {
			case 0:
				promised[i] = Unpromised
			case 1:
				promised[i] = promised[i].Add(calendar.Seconds(rapid.Int64Range(-60, 600).Draw(rt, "by")))
			}
		}
		again := Keep(in, known, seed, promised)
		if fault := broken(in, again.Best()); fault != "" {
			rt.Fatal(fault)
		}
		before := again.Best()
		again.Step()
		if !slices.Equal(before.Start, again.Best().Start) {
			rt.Fatal("a step changed what was promised")
		}
	})
}
