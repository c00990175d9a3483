package search

import (
	"github.com/evenkeel-project/evenkeel/internal/core/bound"
	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/instance"
)

// denseHosts is the size of the largest fleet for which the rule for hosts that mostly exclude each other is tried:
// no greater one has been seen where it did best.
const denseHosts = 20_000

// first dispatches the roster by several rules and returns the schedule that is least late, of those the
// shortest, the first of equals. Where stages never overlap it then joins the rules, each stage by the rule
// that did best there; and when some host is still late, it tries the rules again with the earliest deadlines
// first. It stops as soon as a schedule is in time and as short as the bound: no other can be better.
func first(in *instance.Instance, known bound.Proof, rules []rule) Schedule {
	r, c := in.Roster, in.Course
	b := newBoard(r, in.Gates)
	var best Schedule
	var tried []Schedule
	try := func(key rule, urgent bool) (done bool) {
		s := dispatch(in, b, ranked(r, known.Tail, key, urgent))
		s.Late = lateness(r, s)
		tried = append(tried, s)
		if best.Start == nil || s.Better(best) {
			best = s
		}
		return best.perfect(in, known)
	}
	for _, key := range rules {
		if try(key, false) {
			return best
		}
	}
	if c.RegionsOrdered && len(c.Stages) > 1 && try(joined(r, c, rules, tried), false) {
		return best
	}
	for _, key := range rules {
		if best.Late == 0 || try(key, true) {
			return best
		}
	}
	return best
}

// Better reports whether a schedule is less late than another, or as late and shorter.
func (s Schedule) Better(than Schedule) bool {
	return s.Late < than.Late || s.Late == than.Late && s.Finish < than.Finish
}

// perfect reports whether no schedule can be better: nothing is late, and it is as short as the bound.
func (s Schedule) perfect(in *instance.Instance, known bound.Proof) bool {
	return s.Late == 0 && int64(s.Finish-in.Start) <= known.Best.Seconds
}

// lateness returns how long after the deadline of its host the latest outage ends, 0 when all are in time.
func lateness(r *instance.Roster, s Schedule) int64 {
	worst := int64(0)
	for i, at := range s.Start {
		if r.Due[i] != instance.NoDeadline {
			worst = max(worst, int64(r.Span(int32(i), at).To)-r.Due[i])
		}
	}
	return worst
}

// joined takes every stage's keys from the rule that took least time for the stage.
func joined(r *instance.Roster, c *instance.Course, rules []rule, tried []Schedule) rule {
	key := make(rule, r.Size())
	for _, s := range c.Stages {
		best := 0
		for k := range tried {
			if stageTime(r, s, tried[k]) < stageTime(r, s, tried[best]) {
				best = k
			}
		}
		for _, i := range s.Members {
			key[i] = rules[best][i]
		}
	}
	return key
}

// stageTime is the time from a stage's first start to its last end.
func stageTime(r *instance.Roster, s instance.Stage, made Schedule) calendar.Seconds {
	first, last := made.Start[s.Members[0]], made.Start[s.Members[0]]
	for _, i := range s.Members {
		first = min(first, made.Start[i])
		last = max(last, r.Span(i, made.Start[i]).To)
	}
	return last.Sub(first)
}
