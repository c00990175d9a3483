package planner

import (
	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/policy"
)

// search dispatches the roster by several rules and returns the shortest schedule, the first of equals. Where
// stages never overlap it then joins the rules, each stage by the rule that did best there. It stops as soon
// as a schedule is as short as the bound: no other can be shorter.
func search(p *policy.Policy, r *roster, c *course, d *demand, gates []gate, known proof) schedule {
	rules := rankings(r, c, d)
	b := newBoard(r, gates)
	var best schedule
	var tried []schedule
	try := func(key rule) bool {
		s := dispatch(p.Start, r, d, gates, b, ranked(r, known.tail, key))
		tried = append(tried, s)
		if best.start == nil || s.finish < best.finish {
			best = s
		}
		return int64(best.finish-p.Start) <= known.best.seconds
	}
	for _, key := range rules {
		if try(key) {
			return best
		}
	}
	if c.regionsOrdered && len(c.stages) > 1 {
		try(joined(r, c, rules, tried))
	}
	return best
}

// joined takes every stage's keys from the rule that took least time for the stage.
func joined(r *roster, c *course, rules []rule, tried []schedule) rule {
	key := make(rule, r.size())
	for _, s := range c.stages {
		best := 0
		for k := range tried {
			if stageTime(r, s, tried[k]) < stageTime(r, s, tried[best]) {
				best = k
			}
		}
		for _, i := range s.members {
			key[i] = rules[best][i]
		}
	}
	return key
}

// stageTime is the time from a stage's first start to its last end.
func stageTime(r *roster, s stage, made schedule) calendar.Seconds {
	first, last := made.start[s.members[0]], made.start[s.members[0]]
	for _, i := range s.members {
		first = min(first, made.start[i])
		last = max(last, r.span(i, made.start[i]).To)
	}
	return last.Sub(first)
}
