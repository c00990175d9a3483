package oracle

import (
	"cmp"
	"slices"

	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/ident"
)

// Verdict is what Settle found out about an instance.
type Verdict struct {
	Schedule      // the shortest found; nothing runs when the nodes ran out before the first
	Settled  bool // whether it is proven that none finishes earlier; false when the nodes ran out first
	Nodes    int  // how many were searched
}

// settleMax is how many outages Settle takes: it keeps tables over all sets of them.
const settleMax = 18

// Settle finds the earliest finish of instances that are too large for Optimum: up to 18 outages. It gives
// up after so many nodes.
//
// It walks through time. At every instant at which something ends or opens it starts any set of the
// outages that may start there, and goes on to the next such instant. A best schedule is among those tried:
// take, of the schedules with the earliest finish, one with the least sum of starts. No outage of it alone
// can start earlier, so each starts where something ends or opens. Who is a canary needs no choice: the
// others of a cohort start after its canaries, so those that start first are the canaries.
//
// A branch is left when it cannot finish before the best known; when one of its outages could start earlier
// than it does, whatever comes; or when a branch searched to its end before had started the same outages,
// leaves everything at least as free from now on, and has no larger sum of starts. Of the schedules above,
// the one that the walk would meet first is never lost: putting the other branch's outages in the place of
// its own gives one as good that is met earlier, or one of a smaller sum.
func Settle(in Instance, nodes int) Verdict {
	var hosts []ident.Host
	for _, h := range in.hosts() {
		if in.place(h) == planned {
			hosts = append(hosts, h)
		}
	}
	if len(hosts) == 0 {
		return Verdict{Schedule: Schedule{Finish: in.Policy.Start}, Settled: true}
	}
	if len(hosts) > settleMax {
		panic("oracle: too many outages to settle")
	}
	slices.SortStableFunc(hosts, func(a, b ident.Host) int {
		longA, _ := in.Policy.OutageOf(in.Fleet, a)
		longB, _ := in.Policy.OutageOf(in.Fleet, b)
		return cmp.Compare(longB, longA)
	})
	w := newWalk(newSearch(in, hosts), nodes)
	w.floor = w.least(in.Policy.Start)
	w.visit(in.Policy.Start)
	slices.SortFunc(w.best.Runs, func(a, b Run) int { return cmp.Compare(a.Host, b.Host) })
	return Verdict{Schedule: w.best, Settled: w.nodes > 0, Nodes: nodes - w.nodes}
}

// walk is the state of one search through time.
type walk struct {
	*search
	whole    set
	stages   []stage
	together []bool             // by set: whether all of it may be down at once
	alone    []calendar.Seconds // by set: the most time that outages in it take of which no two may be down at once
	work     []calendar.Seconds // by set: a time that it takes at least
	before   []set              // by host: those that must end before it starts, and whom no canary decides
	twin     []int              // by host: the one before it in the list that is like it in everything; -1: none
	cohortOf []int
	members  []set // by cohort
	quota    []int // by cohort: its canaries, 0 when nobody waits for them

	started set
	chosen  []int              // by cohort: canaries started
	gate    []calendar.Instant // by cohort: the end of its canaries started so far, and the bake
	known   map[set][]trace
	floor   calendar.Instant // no schedule finishes earlier
	nodes   int              // still to search
}

// trace is what a branch that was searched to its end left for the time after it.
type trace struct {
	now  calendar.Instant
	sum  calendar.Seconds   // of the starts, from the policy's start
	free []calendar.Instant // by host: its end if started, else when the orders let it start; then the gates
}

func newWalk(s *search, nodes int) *walk {
	n := len(s.hosts)
	w := &walk{search: s, whole: 1<<n - 1, nodes: nodes, known: map[set][]trace{}, before: make([]set, n),
		cohortOf: make([]int, n), chosen: make([]int, len(s.cohorts)), gate: make([]calendar.Instant, len(s.cohorts))}
	w.lag = s.rules
	for i := range n {
		for j := range n {
			if w.lag[j][i] != never {
				w.before[i] |= 1 << j
			}
		}
	}
	for c, hosts := range s.cohorts {
		var members set
		for _, i := range hosts {
			members |= 1 << i
			w.cohortOf[i] = c
		}
		quota := s.in.Policy.Canary.Hosts
		if quota >= len(hosts) {
			quota = 0
		}
		w.members, w.quota = append(w.members, members), append(w.quota, quota)
		w.gate[c] = s.in.Policy.Start
	}
	w.tabulate()
	w.findStages()
	for i := range n {
		w.twin = append(w.twin, w.findTwin(i))
	}
	return w
}

// visit searches everything that starts nothing more before now.
func (w *walk) visit(now calendar.Instant) {
	if w.nodes == 0 || (w.hasBest && w.best.Finish <= w.floor) {
		return
	}
	w.nodes--
	if w.started == w.whole {
		w.keepRoles()
		return
	}
	if w.hasBest && w.least(now) >= w.best.Finish {
		return
	}
	mine := w.trace(now)
	if w.isLate(now, mine) || w.isKnown(mine) {
		return
	}
	w.choose(now, 0)
	if w.nodes > 0 {
		w.known[w.started] = append(slices.DeleteFunc(w.known[w.started], mine.covers), mine)
	}
}

// choose starts any set of the outages from number from on that may start now, and goes on in time.
func (w *walk) choose(now calendar.Instant, from int) {
	for i := from; i < len(w.hosts); i++ {
		if w.mayStart(i, now) {
			undo := w.begin(i, now)
			w.choose(now, i+1)
			undo()
		}
	}
	if next, ok := w.next(now); ok {
		w.visit(next)
	}
}

// mayStart reports whether an outage may start now and at no time before.
func (w *walk) mayStart(i int, now calendar.Instant) bool {
	if w.started.has(i) || w.before[i]&^w.started != 0 || (w.twin[i] >= 0 && !w.started.has(w.twin[i])) {
		return false
	}
	at := w.opens(i)
	return at <= now && w.first(i, at) == now
}

// begin starts an outage and returns what takes it back.
func (w *walk) begin(i int, now calendar.Instant) (undo func()) {
	c := w.cohortOf[i]
	gate, isCanary := w.gate[c], w.chosen[c] < w.quota[c]
	w.start[i] = now
	w.started |= 1 << i
	if isCanary {
		w.chosen[c]++
		w.gate[c] = max(gate, w.end(i).Add(w.in.Policy.Canary.Bake))
	}
	return func() {
		w.started &^= 1 << i
		w.gate[c] = gate
		if isCanary {
			w.chosen[c]--
		}
	}
}

// opens returns the earliest start that the orders and the canaries allow after the outages started. All that
// have to come before it must have started.
func (w *walk) opens(i int) calendar.Instant {
	at := w.ready(i)
	if c := w.cohortOf[i]; w.chosen[c] == w.quota[c] {
		at = max(at, w.gate[c])
	}
	return at
}

// ready returns the earliest start that the orders allow after the outages started.
func (w *walk) ready(i int) calendar.Instant {
	at := w.in.Policy.Start
	for j := range w.hosts {
		if w.started.has(j) && w.lag[j][i] != never {
			at = max(at, w.end(j).Add(w.lag[j][i]))
		}
	}
	return at
}

// keepRoles keeps the schedule when it is the best, with the canaries that the starts tell.
func (w *walk) keepRoles() {
	for c, hosts := range w.cohorts {
		byStart := slices.Clone(hosts)
		slices.SortStableFunc(byStart, func(i, j int) int { return cmp.Compare(w.start[i], w.start[j]) })
		for k, i := range byStart {
			w.canary[i] = k < min(w.in.Policy.Canary.Hosts, len(w.cohorts[c]))
		}
	}
	w.keep()
}
