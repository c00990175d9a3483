package bound

import (
	"fmt"

	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/instance"
	"github.com/evenkeel-project/evenkeel/internal/core/policy"
)

// Proof is what was proven: the best bound of the whole plan; for every stage how long it takes at least from
// its first start to its last end; and how long the stages of its leg that follow it take at least.
type Proof struct {
	Best  Bound
	Stage []int64 // seconds, by stage
	Tail  []int64 // seconds, by stage

	stages []Bound // by stage
	bare   []Bound // by stage, by its limits only, without canaries
	holds  [][]held
	alone  Bound // every host by itself
	whole  Bound // all hosts together, when there are several stages
}

// Prove bounds the plan: every host alone; the hosts of the whole fleet together; and the course, whose
// stages and legs cannot overlap, so that their bounds and the bakes between them add up.
func Prove(in *instance.Instance) Proof {
	nothing := Bound{Words: func(bool) string { return "nothing is planned" }}
	if in.Roster.Size() == 0 {
		return Proof{Best: nothing}
	}
	p := newProver(in)
	parts := Proof{alone: nothing.over(p.alone(in.Start))}
	parts.stages, parts.bare = p.stageBounds(in.Course)
	if p.anyFrozen() {
		parts.holds = p.holdStages(in.Course)
	}
	if len(in.Course.Stages) > 1 {
		parts.whole = p.wholeFleet()
	}
	return p.compose(parts)
}

// compose makes the proof of the whole plan from its parts.
func (p *prover) compose(parts Proof) Proof {
	c, rules, stages, out := p.instance.Course, p.instance.Policy, parts.stages, parts
	out.Best, out.Stage, out.Tail = parts.alone, make([]int64, len(stages)), make([]int64, len(stages))
	for n, s := range stages {
		out.Stage[n] = s.Seconds
	}
	legs := make([]Bound, len(c.Legs))
	for k, leg := range c.Legs {
		legs[k] = p.legBound(rules, c, leg, stages, out.Tail)
		if !c.RegionsOrdered {
			out.Best = out.Best.over(legs[k])
		}
	}
	inTurn := p.inTurn(rules, c, legs)
	if c.RegionsOrdered {
		out.Best = out.Best.over(inTurn)
	}
	out.Best = out.Best.over(p.lastHosts(c, stages, rules)).over(parts.whole)
	if parts.holds != nil {
		out.Best = out.Best.over(p.freezes(&parts, legs, inTurn))
	}
	return out
}

// alone returns the latest end that some host has even when nothing else runs.
func (p *prover) alone(start calendar.Instant) Bound {
	best := Bound{}
	for i := range p.roster.Host {
		earliest := p.roster.Frozen[i].Earliest(start, p.roster.Length[i])
		wait, length := int64(earliest-start), p.roster.Length[i]
		if wait+length <= best.Seconds {
			continue
		}
		best = p.longest(int32(i))
		if wait > 0 {
			best = Bound{wait + length, func(bool) string {
				return fmt.Sprintf("host %s cannot start before %s because of a freeze and is down %s", p.instance.Names.Host(int32(i)), earliest, clock(length))
			}}
		}
	}
	return best
}

// stageBounds bounds each stage by itself.
func (p *prover) stageBounds(c *instance.Course) (bounds, bare []Bound) {
	bounds, bare = make([]Bound, len(c.Stages)), make([]Bound, len(c.Stages))
	for n, barriers := range p.stageBarriers(c) {
		p.behind(barriers, func() { bounds[n], bare[n] = p.strongest(c.Stages[n].Members) })
	}
	return bounds, bare
}

func (p *prover) anyFrozen() bool {
	for _, t := range p.roster.Frozen {
		if t != nil {
			return true
		}
	}
	return false
}

// legBound adds up the stages of a leg and the bakes between its zones, and notes what follows each stage.
func (p *prover) legBound(rules *policy.Policy, c *instance.Course, l instance.Leg, stages []Bound, tail []int64) Bound {
	total := int64(0)
	for k := len(l.Stages) - 1; k >= 0; k-- {
		n := l.Stages[k]
		tail[n] = total
		total += stages[n].Seconds
		if k > 0 && !c.Stages[n].Last {
			total += int64(rules.Order.BakeZone)
		}
	}
	return Bound{total, func(detail bool) string { return p.legWords(rules, c, l, stages, detail) }}
}

// inTurn adds up legs that run one after another.
func (p *prover) inTurn(rules *policy.Policy, c *instance.Course, legs []Bound) Bound {
	bakes := int64(len(legs)-1) * int64(rules.Order.BakeRegion)
	total := bakes
	for _, l := range legs {
		total += l.Seconds
	}
	if len(legs) == 1 {
		return legs[0]
	}
	return Bound{total, func(bool) string { return p.inTurnWords(c, legs, bakes) }}
}

// lastHosts bounds regions that run side by side by their last hosts: all of the fleet go one by one, and
// the first of them waits for everything else of its region.
func (p *prover) lastHosts(c *instance.Course, stages []Bound, rules *policy.Policy) Bound {
	total, hosts, least := int64(0), 0, int64(-1)
	for _, l := range c.Legs {
		before, n := int64(0), l.Stages[len(l.Stages)-1]
		if !c.Stages[n].Last {
			continue
		}
		for _, i := range c.Stages[n].Members {
			total += p.roster.Length[i]
			hosts++
		}
		for k, m := range l.Stages[:len(l.Stages)-1] {
			before += stages[m].Seconds
			if k > 0 {
				before += int64(rules.Order.BakeZone)
			}
		}
		if least < 0 || before < least {
			least = before
		}
	}
	if hosts == 0 {
		return Bound{}
	}
	return Bound{total + least, func(bool) string {
		return fmt.Sprintf("the last hosts one at a time, %s, after everything else of a region (%s)", instance.HostCount(hosts), clock(least))
	}}
}

// wholeFleet bounds all planned hosts together.
func (p *prover) wholeFleet() Bound {
	var best Bound
	p.behind(p.fleetBarriers(), func() { best, _ = p.strongest(p.everyone()) })
	return best
}

// everyone returns all places.
func (p *prover) everyone() []int32 {
	all := make([]int32, p.roster.Size())
	for i := range all {
		all[i] = int32(i)
	}
	return all
}
