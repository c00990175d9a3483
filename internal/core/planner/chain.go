package planner

import (
	"fmt"

	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/policy"
)

// proof is what was proven: the best bound of the whole plan, and for every stage how long the stages of its
// leg that follow it take at least.
type proof struct {
	best bound
	tail []int64
}

// prove bounds the plan: every host alone; the hosts of the whole fleet together; and the course, whose
// stages and legs cannot overlap, so that their bounds and the bakes between them add up.
func prove(in Input, l *ledger, r *roster, c *course, d *demand) proof {
	out := proof{best: bound{words: func(bool) string { return "nothing is planned" }}, tail: make([]int64, len(c.stages))}
	if r.size() == 0 {
		return out
	}
	p := newProver(in, l, r, d)
	out.best = out.best.over(p.alone(in.Policy.Start))
	stages := p.stageBounds(c)
	legs := make([]bound, len(c.legs))
	for k, leg := range c.legs {
		legs[k] = p.legBound(in.Policy, c, leg, stages, out.tail)
		if !c.regionsOrdered {
			out.best = out.best.over(legs[k])
		}
	}
	if c.regionsOrdered {
		out.best = out.best.over(p.inTurn(in.Policy, c, legs))
	}
	out.best = out.best.over(p.lastHosts(c, stages, in.Policy))
	if len(c.stages) > 1 {
		out.best = out.best.over(p.wholeFleet())
	}
	return out
}

// alone returns the latest end that some host has even when nothing else runs.
func (p *prover) alone(start calendar.Instant) bound {
	best := bound{}
	for i := range p.roster.host {
		earliest := p.roster.frozen[i].earliest(start, p.roster.length[i])
		wait, length := int64(earliest-start), p.roster.length[i]
		if wait+length <= best.seconds {
			continue
		}
		best = p.longest(int32(i))
		if wait > 0 {
			best = bound{wait + length, func(bool) string {
				return fmt.Sprintf("host %s cannot start before %s because of a freeze and is down %s", p.hostID(int32(i)), earliest, clock(length))
			}}
		}
	}
	return best
}

// stageBounds bounds each stage by itself. A cohort's canaries are forced into its first stages where its
// stages follow one another: a canary in a later stage would end after a host that must wait for it has
// started. So a stage that holds more of a cohort than canaries are left has the barrier within itself, whatever
// the plan chooses. Cohorts in several regions that run side by side are left out.
func (p *prover) stageBounds(c *course) []bound {
	left := make([]int, len(p.quota))
	for k, l := range c.legs {
		for _, i := range c.members(l, true) {
			cohort := p.roster.cohort[i]
			switch {
			case left[cohort] == 0:
				left[cohort] = k + 1
			case left[cohort] != k+1 && !c.regionsOrdered:
				left[cohort] = -1
			}
		}
	}
	for cohort, leg := range left {
		left[cohort] = 0
		if leg > 0 {
			left[cohort] = p.canary.Hosts
		}
	}
	bounds := make([]bound, len(c.stages))
	size := make([]int, len(p.quota))
	for n, s := range c.stages {
		for _, i := range s.members {
			size[p.roster.cohort[i]]++
		}
		for _, i := range s.members {
			cohort := p.roster.cohort[i]
			if size[cohort] > left[cohort] {
				p.quota[cohort] = left[cohort]
				size[cohort], left[cohort] = 0, 0
			}
			left[cohort] -= size[cohort]
			size[cohort] = 0
		}
		bounds[n] = p.strongest(s.members)
		for _, i := range s.members {
			p.quota[p.roster.cohort[i]] = 0
		}
	}
	return bounds
}

// legBound adds up the stages of a leg and the bakes between its zones, and notes what follows each stage.
func (p *prover) legBound(rules *policy.Policy, c *course, l leg, stages []bound, tail []int64) bound {
	total := int64(0)
	for k := len(l.stages) - 1; k >= 0; k-- {
		n := l.stages[k]
		tail[n] = total
		total += stages[n].seconds
		if k > 0 && !c.stages[n].last {
			total += int64(rules.Order.BakeZone)
		}
	}
	return bound{total, func(detail bool) string { return p.legWords(rules, c, l, stages, detail) }}
}

// inTurn adds up legs that run one after another.
func (p *prover) inTurn(rules *policy.Policy, c *course, legs []bound) bound {
	bakes := int64(len(legs)-1) * int64(rules.Order.BakeRegion)
	total := bakes
	for _, l := range legs {
		total += l.seconds
	}
	if len(legs) == 1 {
		return legs[0]
	}
	return bound{total, func(bool) string { return p.inTurnWords(c, legs, bakes) }}
}

// lastHosts bounds regions that run side by side by their last hosts: all of the fleet go one by one, and
// the first of them waits for everything else of its region.
func (p *prover) lastHosts(c *course, stages []bound, rules *policy.Policy) bound {
	total, hosts, least := int64(0), 0, int64(-1)
	for _, l := range c.legs {
		before, n := int64(0), l.stages[len(l.stages)-1]
		if !c.stages[n].last {
			continue
		}
		for _, i := range c.stages[n].members {
			total += p.roster.length[i]
			hosts++
		}
		for k, m := range l.stages[:len(l.stages)-1] {
			before += stages[m].seconds
			if k > 0 {
				before += int64(rules.Order.BakeZone)
			}
		}
		if least < 0 || before < least {
			least = before
		}
	}
	if hosts == 0 {
		return bound{}
	}
	return bound{total + least, func(bool) string {
		return fmt.Sprintf("the last hosts one at a time, %s, after everything else of a region (%s)", hostCount(hosts), clock(least))
	}}
}

// wholeFleet bounds all planned hosts together. A cohort with more hosts than canaries has the barrier in
// every plan.
func (p *prover) wholeFleet() bound {
	size := make([]int, len(p.quota))
	all := make([]int32, p.roster.size())
	for i := range all {
		all[i] = int32(i)
		size[p.roster.cohort[i]]++
	}
	for cohort, n := range size {
		if n > p.canary.Hosts {
			p.quota[cohort] = max(p.canary.Hosts, 0)
		}
	}
	return p.strongest(all)
}
