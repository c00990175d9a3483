package planner

import (
	"fmt"
	"math"

	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/ident"
	"github.com/evenkeel-project/evenkeel/internal/core/problem"
)

// roster is the planned hosts as columns. A planned host is known by its place in the roster, an int32;
// places are in order of host id, so comparing places compares ids.
type roster struct {
	host   []ident.Host
	length []int64 // seconds the host is down, at least 1
	down   []uint32
	cohort []uint32
	due    []int64 // when it must be over, in seconds since 1970; noDeadline when no embargo concerns it
	last   []bool
	canary []bool
	stage  []int32      // number of its stage in the course
	frozen []*timetable // freezes that cover it; nil when none does
}

// noDeadline is the deadline of a host that has none: later than all others.
const noDeadline = math.MaxInt64

func (r *roster) size() int { return len(r.host) }

// enlist makes the roster and reports the planned hosts whose outage has no length, all in one problem.
func enlist(in Input, l *ledger, c *census) (*roster, problem.List) {
	n := len(c.planned)
	r := &roster{host: c.planned, due: make([]int64, n), down: c.down, length: make([]int64, n), cohort: make([]uint32, n), last: make([]bool, n),
		canary: make([]bool, n), stage: make([]int32, n), frozen: make([]*timetable, n)}
	freezes := openFreezes(in)
	last := in.Policy.LastHosts(in.Fleet)
	var missing []string
	for i, h := range c.planned {
		length, ok := in.Policy.OutageOf(in.Fleet, h)
		if !ok {
			missing = append(missing, in.Fleet.HostID(h))
		}
		r.length[i] = int64(length)
		r.due[i] = noDeadline
		if at, ok := deadlineOf(in, h); ok {
			r.due[i] = int64(at)
		}
		r.cohort[i] = l.cohorts.of[h]
		r.last[i] = last[h]
		r.frozen[i] = freezes.covering(h)
	}
	var problems problem.List
	if len(missing) > 0 {
		verb := "have"
		if len(missing) == 1 {
			verb = "has"
		}
		problems.Add(problem.Problem{Code: "no-outage-length", Place: problem.Place{File: in.Policy.File}, Objects: missing[:min(len(missing), shownMax)],
			Sentence: fmt.Sprintf("%s %s no outage length: %s", hostCount(len(missing)), verb, firstNames(len(missing), func(i int) string { return missing[i] })),
			Fix:      "write outage.default or an outage.by rule in the policy, or outage at the hosts"})
	}
	return r, problems
}

// span returns the outage of place i when it starts at t.
func (r *roster) span(i int32, t calendar.Instant) calendar.Span {
	return calendar.Span{From: t, To: t.Add(calendar.Seconds(r.length[i]))}
}
