package oracle

import (
	"math/bits"
	"slices"

	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
)

// set is a set of outages, one bit each.
type set uint32

func (s set) has(i int) bool { return s&(1<<i) != 0 }

func (s set) lowest() int { return bits.TrailingZeros32(uint32(s)) }

// stage is outages that every order treats alike.
type stage struct {
	members set
	after   []passage // the stages that come after it
}

// passage is the way from one stage to a later one.
type passage struct {
	to  int
	lag calendar.Seconds
}

// tabulate fills the tables over all sets.
func (w *walk) tabulate() {
	n := len(w.hosts)
	w.together, w.work = make([]bool, 1<<n), make([]calendar.Seconds, 1<<n)
	for s := range w.together {
		w.together[s] = true
	}
	taken, energy := make([]int, 1<<n), make([]calendar.Seconds, 1<<n)
	for _, r := range w.resources {
		for s := set(1); s <= w.whole; s++ {
			low, rest := s.lowest(), s&(s-1)
			taken[s] = taken[rest] + r.taken[low]
			energy[s] = energy[rest] + calendar.Seconds(r.taken[low])*w.length[low]
			w.together[s] = w.together[s] && taken[s] <= r.allowed
			w.work[s] = max(w.work[s], roundUp(energy[s], r.allowed))
		}
	}
	w.alone = make([]calendar.Seconds, 1<<n)
	for s := set(1); s <= w.whole; s++ {
		low, rest := s.lowest(), s&(s-1)
		w.alone[s] = max(w.alone[rest], w.length[low]+w.alone[w.apart(low)&rest])
		w.work[s] = max(w.work[s], w.alone[s])
	}
}

func roundUp(a calendar.Seconds, b int) calendar.Seconds {
	return (a + calendar.Seconds(b) - 1) / calendar.Seconds(b)
}

// apart returns the outages that may not be down with this one.
func (w *walk) apart(i int) set {
	var out set
	for j := range w.hosts {
		if !w.together[1<<i|1<<j] {
			out |= 1 << j
		}
	}
	return out
}

// findStages sorts the outages into stages, the later ones first.
func (w *walk) findStages() {
	of := make([]int, len(w.hosts))
	for i := range w.hosts {
		of[i] = slices.IndexFunc(w.stages, func(s stage) bool { return w.orderedAlike(s.members.lowest(), i) })
		if of[i] < 0 {
			of[i] = len(w.stages)
			w.stages = append(w.stages, stage{})
		}
		w.stages[of[i]].members |= 1 << i
	}
	for a := range w.stages {
		for b := range w.stages {
			if lag := w.lag[w.stages[a].members.lowest()][w.stages[b].members.lowest()]; lag != never {
				w.stages[a].after = append(w.stages[a].after, passage{b, lag})
			}
		}
	}
}

func (w *walk) orderedAlike(i, j int) bool {
	for k := range w.hosts {
		if w.lag[i][k] != w.lag[j][k] || w.lag[k][i] != w.lag[k][j] {
			return false
		}
	}
	return true
}

// findTwin returns the outage closest before i in the list that is like it in everything.
func (w *walk) findTwin(i int) int {
	for j := i - 1; j >= 0; j-- {
		alike := w.length[i] == w.length[j] && w.cohortOf[i] == w.cohortOf[j] && slices.Equal(w.frozen[i], w.frozen[j]) &&
			w.orderedAlike(i, j)
		for _, r := range w.resources {
			alike = alike && r.taken[i] == r.taken[j]
		}
		if alike {
			return j
		}
	}
	return -1
}

// least returns an instant before which no schedule can finish that starts nothing more before now.
func (w *walk) least(now calendar.Instant) calendar.Instant {
	waiting := w.whole &^ w.started
	best := max(w.through(w.whole, now), w.lastEnd())
	tail := make([]calendar.Seconds, len(w.stages))
	for k := range w.stages {
		w.measure(k, waiting, tail)
	}
	for k, s := range w.stages {
		if s.members&waiting != 0 {
			best = max(best, w.through(s.members, now).Add(tail[k]))
		}
	}
	for i := range w.hosts {
		if waiting.has(i) {
			best = max(best, w.afterFreeze(i, max(now, w.opens(i))).Add(w.length[i]))
		}
	}
	for c := range w.cohorts {
		best = max(best, w.pastGate(c, waiting, now))
	}
	return best
}

// measure works out how long what comes after a stage takes, which is not known yet when it is 0.
func (w *walk) measure(k int, waiting set, tail []calendar.Seconds) {
	for _, next := range w.stages[k].after {
		members := w.stages[next.to].members & waiting
		if members == 0 {
			continue
		}
		w.measure(next.to, waiting, tail)
		tail[k] = max(tail[k], next.lag+w.work[members]+tail[next.to])
	}
}

// through returns an instant before which some outages, not all of which have started, cannot all have ended.
func (w *walk) through(some set, now calendar.Instant) calendar.Instant {
	waiting := some &^ w.started
	if waiting == 0 {
		return now
	}
	opens := w.opens(waiting.lowest())
	for i := range w.hosts {
		if waiting.has(i) {
			opens = min(opens, w.opens(i))
		}
	}
	best := max(now, opens).Add(w.work[waiting])
	running := w.runningAt(now) & some
	if running == 0 {
		return best
	}
	for j := range w.hosts {
		if running.has(j) {
			best = max(best, w.end(j).Add(w.alone[w.apart(j)&waiting]))
		}
	}
	for _, r := range w.resources {
		energy := calendar.Seconds(0)
		for i, taken := range r.taken {
			switch {
			case waiting.has(i):
				energy += calendar.Seconds(taken) * w.length[i]
			case running.has(i):
				energy += calendar.Seconds(taken) * w.end(i).Sub(now)
			}
		}
		best = max(best, now.Add(roundUp(energy, r.allowed)))
	}
	return best
}

func (w *walk) lastEnd() calendar.Instant {
	last := w.in.Policy.Start
	for j := range w.hosts {
		if w.started.has(j) {
			last = max(last, w.end(j))
		}
	}
	return last
}

// pastGate bounds a cohort by its canaries: so many more of it as are wanted have to end and bake before the
// others start. Which ones is open: at best the shortest go first and the longest are among them.
func (w *walk) pastGate(c int, waiting set, now calendar.Instant) calendar.Instant {
	members := w.members[c] & waiting
	if members == 0 || w.quota[c] == 0 {
		return now
	}
	if w.chosen[c] == w.quota[c] {
		return max(now, w.gate[c]).Add(w.work[members])
	}
	var lengths []calendar.Seconds
	for i := range w.hosts {
		if members.has(i) {
			lengths = append(lengths, w.length[i])
		}
	}
	slices.Sort(lengths)
	wanted := w.quota[c] - w.chosen[c]
	gate := max(w.gate[c], now.Add(lengths[wanted-1]+w.in.Policy.Canary.Bake))
	return gate.Add(lengths[len(lengths)-1-wanted])
}
