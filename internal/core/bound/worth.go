package bound

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/evenkeel-project/evenkeel/internal/core/instance"
)

// worths is a proof by weights: every host is worth its weight times its length, no more weight than most is ever
// down together, so any of these hosts take at least what they are worth over most.
type worths struct {
	hosts   []worth
	most    int64
	unit    int64 // what any of these hosts take at least is a multiple of it
	seconds int64 // what all of them take at least
	text    string
}

// worth is weight times length of the host at a place.
type worth struct {
	place  int32
	amount int64
}

// take returns how long hosts worth that much take.
func (w worths) take(amount int64) int64 { return ceilDiv(ceilDiv(amount, w.most), w.unit) * w.unit }

// words says what binds and names the hosts.
func (w worths) words(names instance.Names, prefix string) func(bool) string {
	return func(detail bool) string {
		if !detail {
			return prefix + w.text
		}
		return prefix + w.text + ": " + instance.FirstNames(len(w.hosts), func(i int) string { return names.Host(w.hosts[i].place) })
	}
}

// delayed bounds a task by a proof together with its canaries. Which hosts are canaries is the plan's choice, so
// those are left out that are worth most: the hosts that wait for canaries start after the delay; and while the
// canaries of a cohort bake, no host of that cohort is down.
func (d *Deepening) delayed(t *task, w worths) Bound {
	if !t.barred {
		return Bound{}
	}
	slices.SortFunc(w.hosts, func(a, b worth) int { return cmp.Or(cmp.Compare(b.amount, a.amount), cmp.Compare(a.place, b.place)) })
	best, cohorts := Bound{}, d.prover.roster.Cohort
	waiting, sum := int64(0), make([]int64, len(d.prover.quota))
	d.prover.behind(t.barriers, func() {
		met := make([]int, len(sum))
		for _, x := range w.hosts {
			c := cohorts[x.place]
			met[c]++
			sum[c] += x.amount
			if d.prover.quota[c] > 0 && met[c] > d.prover.quota[c] {
				waiting += x.amount
			}
		}
		for _, b := range t.barriers {
			if met[b.cohort] > 0 {
				seconds := int64(d.prover.canary.Bake) + w.take(sum[b.cohort])
				best = best.over(Bound{seconds, w.words(d.prover.instance.Names, fmt.Sprintf("canaries' bake %s, and among ", d.prover.canary.Bake))})
			}
		}
	})
	if waiting > 0 {
		prefix := fmt.Sprintf("canaries and bake %s, then most of ", clock(t.delay))
		best = best.over(Bound{t.delay + w.take(waiting), w.words(d.prover.instance.Names, prefix)})
	}
	return best
}
