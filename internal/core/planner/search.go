package planner

import (
	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/policy"
)

// search dispatches the roster by several rules and returns the schedule that is least late, of those the
// shortest, the first of equals. Where stages never overlap it then joins the rules, each stage by the rule
// that did best there; and when some host is still late, it tries the rules again with the earliest deadlines
// first. It stops as soon as a schedule is in time and as short as the bound: no other can be better.
func search(p *policy.Policy, r *roster, c *course, d *demand, gates []gate, known proof) schedule {
	rules := rankings(r, c, d)
	b := newBoard(r, gates)
	var best schedule
	var tried []schedule
	try := func(key rule, urgent bool) (done bool) {
		s := dispatch(p.Start, r, d, gates, b, ranked(r, known.tail, key, urgent))
		s.late = lateness(r, s)
		tried = append(tried, s)
		if best.start == nil || s.late < best.late || (s.late == best.late && s.finish < best.finish) {
			best = s
		}
		return best.late == 0 && int64(best.finish-p.Start) <= known.best.seconds
	}
	for _, key := range rules {
		if try(key, false) {
			return best
		}
	}
	if c.regionsOrdered && len(c.stages) > 1 && try(joined(r, c, rules, tried), false) {
		return best
	}
	for _, key := range rules {
		if best.late == 0 || try(key, true) {
			return best
		}
	}
	return best
}

// lateness returns how long after the deadline of its host the latest outage ends, 0 when all are in time.
func lateness(r *roster, s schedule) int64 {
	worst := int64(0)
	for i, at := range s.start {
		if r.due[i] != noDeadline {
			worst = max(worst, int64(r.span(int32(i), at).To)-r.due[i])
		}
	}
	return worst
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
