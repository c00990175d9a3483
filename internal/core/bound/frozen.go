package bound

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/instance"
	"github.com/evenkeel-project/evenkeel/internal/core/policy"
)

// held is hosts of a stage that the same freezes hold, and how long their resources need them to take.
//
// Proof that freezes count beside that: while a freeze covers all of them none is down. Cut the freezes out of
// the time, and what is left of any schedule is a schedule of these hosts under the same limits, with
// nothing torn apart; so the time left between freezes adds up to the need at least. The end of a gap in which
// not even the shortest outage fits any more can be cut out too, and so can what is over when outages, all of them
// multiples of some unit, follow one another without a pause from the start of a gap.
type held struct {
	freezes  *instance.Timetable
	shortest int64
	unit     int64 // every length is a multiple of it
	need     int64 // seconds; of limits only, for a bake may pass during a freeze
	whole    bool  // they are the whole stage
}

// holdStages lists for every stage the hosts that freezes hold together.
func (p *prover) holdStages(c *instance.Course) [][]held {
	holds := make([][]held, len(c.Stages))
	for n, s := range c.Stages {
		var known []*instance.Timetable
		for _, i := range s.Members {
			if t := p.roster.Frozen[i]; t != nil && !contains(known, t) {
				known = append(known, t)
				holds[n] = append(holds[n], p.hold(s.Members, t))
			}
		}
	}
	return holds
}

func contains(known []*instance.Timetable, t *instance.Timetable) bool {
	for _, k := range known {
		if k == t {
			return true
		}
	}
	return false
}

// hold gathers the members that all freezes of a timetable cover.
func (p *prover) hold(members []int32, freezes *instance.Timetable) held {
	var under []int32
	h := held{freezes: freezes}
	for _, i := range members {
		if !covers(p.roster.Frozen[i], freezes) {
			continue
		}
		if len(under) == 0 || p.roster.Length[i] < h.shortest {
			h.shortest = p.roster.Length[i]
		}
		h.unit = divisor(h.unit, p.roster.Length[i])
		under = append(under, i)
	}
	h.whole = len(under) == len(members)
	if !h.whole {
		_, bare := p.strongest(under)
		h.need = bare.Seconds
	}
	return h
}

// covers reports whether every freeze of the second timetable lies within one of the first.
func covers(t, o *instance.Timetable) bool {
	if t == o {
		return true
	}
	for _, inner := range o.Spans() {
		within := false
		for _, outer := range t.Spans() {
			within = within || (outer.From <= inner.From && inner.To <= outer.To)
		}
		if !within {
			return false
		}
	}
	return true
}

// pass returns the earliest end of the hosts when none starts before from.
func (h held) pass(from calendar.Instant, need int64) calendar.Instant {
	for _, z := range h.freezes.Spans() {
		if z.To <= from {
			continue
		}
		gap := int64(z.From - from)
		if need <= gap {
			break
		}
		if gap >= h.shortest {
			need -= gap / h.unit * h.unit
		}
		from = z.To
	}
	return from.Add(calendar.Seconds(need))
}

// after returns the earliest end of a stage that cannot start before from.
func (p *prover) after(from calendar.Instant, n int, parts *Proof) calendar.Instant {
	first, end := calendar.Instant(0), from
	for k, i := range p.instance.Course.Stages[n].Members {
		at := p.roster.Frozen[i].Earliest(from, p.roster.Length[i])
		if k == 0 || at < first {
			first = at
		}
		end = max(end, at.Add(calendar.Seconds(p.roster.Length[i])))
	}
	end = max(end, first.Add(calendar.Seconds(parts.stages[n].Seconds)))
	for _, h := range parts.holds[n] {
		need := h.need
		if h.whole {
			need = parts.bare[n].Seconds
		}
		end = max(end, h.pass(from, need))
	}
	return end
}

// freezes bounds the course with the freezes: every stage starts after the earliest end of the one before it.
func (p *prover) freezes(parts *Proof, legs []Bound, inTurn Bound) Bound {
	c, rules, start := p.instance.Course, p.instance.Policy, p.instance.Start
	best, at := Bound{}, start
	for k, l := range c.Legs {
		if !c.RegionsOrdered {
			at = start
		} else if k > 0 {
			at = at.Add(rules.Order.BakeRegion)
		}
		for j, n := range l.Stages {
			if j > 0 && !c.Stages[n].Last {
				at = at.Add(rules.Order.BakeZone)
			}
			at = p.after(at, n, parts)
		}
		free := legs[k]
		if c.RegionsOrdered {
			free = inTurn
		}
		took, end := int64(at-start), at
		best = best.over(Bound{took, func(detail bool) string {
			if !c.RegionsOrdered || k == len(c.Legs)-1 {
				legs := c.Legs[:k+1]
				if !c.RegionsOrdered {
					legs = c.Legs[k : k+1]
				}
				return fmt.Sprintf("%s; freezes add %s: %s", free.Words(detail), clock(took-free.Seconds), p.freezesMet(legs, end))
			}
			return "freezes"
		}})
	}
	return best
}

// freezesMet names the freezes that hold hosts of some legs between the start and an end, each once, the earliest
// first. It only words what binds; the proof does not rest on it.
func (p *prover) freezesMet(legs []instance.Leg, end calendar.Instant) string {
	var met []policy.Freeze
	known := map[*instance.Timetable]bool{}
	for _, l := range legs {
		for _, n := range l.Stages {
			for _, i := range p.instance.Course.Stages[n].Members {
				t := p.roster.Frozen[i]
				if t == nil || known[t] {
					continue
				}
				known[t] = true
				for _, z := range t.Freezes {
					if z.Span.To > p.instance.Start && z.Span.From < end && !slices.Contains(met, z) {
						met = append(met, z)
					}
				}
			}
		}
	}
	slices.SortStableFunc(met, func(a, b policy.Freeze) int { return cmp.Compare(a.Span.From, b.Span.From) })
	return instance.FirstNames(len(met), func(k int) string { return met[k].Words() })
}
