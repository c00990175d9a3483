package bound

import (
	"fmt"

	"github.com/evenkeel-project/evenkeel/internal/core/instance"
)

// weighing proves a bound of a crowd by weights. Proof: at no time are hosts down together that weigh more than
// the heaviest set that may be; so the weights times lengths of all, added up, take at least that sum over that
// weight.
//
// It looks for weights that prove its goal. All weigh the same at first. As long as some set is too heavy for the
// goal, the hosts of that set lose weight (multiplicative weights: if any weights prove more than the goal, this
// comes to such that prove it); when no set is, the goal is proven and the next is somewhat higher.
type weighing struct {
	crowd  *crowd
	unit   int64 // every length is a multiple of it, and so is the least time that any schedule takes
	least  int64 // the shortest length
	weight []int64

	seconds int64 // what is proven
	goal    int64 // what is to be proven: more than this
	search  *packing
	rounds  int // since the last success
	steps   int // of this search

	proven  []int64 // the weights that proved it
	ceiling int64   // what the heaviest set weighs at most under them
	news    bool    // there was a success since proof was last asked for
}

const (
	// crowdMin and crowdMax are how many hosts are weighed, at first and in the end: of few the search is quick.
	crowdMin, crowdMax = 64, 128
	// weightMax is what a host weighs at most. Times the length of an outage and the hosts it stays far from 64 bits.
	weightMax = 1 << 24
	// lossShift says which part of its weight a host loses: one in 16. Less loses precision later, more time now.
	lossShift = 4
	// packingOperations is what a step may cost, some milliseconds; packingSteps how many one search has.
	packingOperations, packingSteps = 1 << 20, 100
	// weighingRounds is how many searches may pass without success.
	weighingRounds = 300
)

// newWeighing starts from a bound that is known already.
func newWeighing(c *crowd, known int64) *weighing {
	w := &weighing{crowd: c, seconds: known, goal: known, weight: make([]int64, len(c.place))}
	for v, length := range c.length {
		w.weight[v] = weightMax
		w.unit = divisor(w.unit, length)
		if v == 0 || length < w.least {
			w.least = length
		}
	}
	return w
}

// step works for some milliseconds and reports whether nothing more is to be expected.
func (w *weighing) step() (done bool) {
	if len(w.crowd.place) == 0 || w.rounds == weighingRounds {
		return true
	}
	total := w.total()
	if w.search == nil {
		w.search, w.steps = newPacking(w.crowd, w.weight, (total-1)/max(w.goal, 1)), 0
	}
	over := w.search.run(packingOperations)
	w.steps++
	switch {
	case len(w.search.best) > 0:
		w.lighten(w.search)
	case over:
		w.succeed(total)
	default:
		return w.steps == packingSteps
	}
	w.search = nil
	return false
}

func (w *weighing) total() int64 {
	total := int64(0)
	for v, weight := range w.weight {
		total += weight * w.crowd.length[v]
	}
	return total
}

// succeed notes what the weights prove: no set is heavier than the floor of the search.
func (w *weighing) succeed(total int64) {
	w.ceiling = w.search.most
	w.proven = append(w.proven[:0], w.weight...)
	w.seconds = ceilDiv(ceilDiv(total, max(w.ceiling, 1)), w.unit) * w.unit
	w.goal = w.seconds + w.seconds/64/w.unit*w.unit
	w.rounds, w.news = 0, true
}

// lighten takes weight from the hosts of a set that is too heavy, less from those that are down longer.
func (w *weighing) lighten(s *packing) {
	w.rounds++
	for _, k := range s.best {
		v := s.vertex[k]
		w.weight[v] -= (w.weight[v] >> lossShift) * w.least / w.crowd.length[v]
	}
	heaviest := int64(0)
	for _, weight := range w.weight {
		heaviest = max(heaviest, weight)
	}
	for v := range w.weight {
		if heaviest <= weightMax/2 {
			w.weight[v] *= 2
		}
	}
}

// proof returns what the last success proved.
func (w *weighing) proof() worths {
	w.news = false
	hosts := instance.HostCount(len(w.crowd.place))
	out := worths{seconds: w.seconds, most: max(w.ceiling, 1), unit: w.unit, text: hosts + ", weighed against every set of them that may be down together"}
	if same(w.proven) {
		out.text = fmt.Sprintf("%s of which no more than %d may be down together", hosts, w.ceiling/w.proven[0])
	}
	for v, place := range w.crowd.place {
		out.hosts = append(out.hosts, worth{place, w.proven[v] * w.crowd.length[v]})
	}
	return out
}

// same reports whether all numbers are equal.
func same(numbers []int64) bool {
	for _, n := range numbers {
		if n != numbers[0] {
			return false
		}
	}
	return true
}
