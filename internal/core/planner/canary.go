package planner

import (
	"cmp"
	"slices"

	"github.com/evenkeel-project/evenkeel/internal/core/policy"
)

// chooseCanaries marks the canaries of every cohort: its earliest hosts in the course, of these those that no
// freeze holds, for the whole cohort waits for its canaries, and then those that cost least.
//
// Why the canary barrier cannot wait for itself: give every host the key (position of its stage, canary
// before others), with the position of a stage as positions says. Every barrier points from a lower key to a
// higher one: regions, zones and last hosts raise the position by construction, and a cohort's canaries are
// its hosts of least position, so none of them stands behind a host that waits for it. Barriers
// that all point one way form no circle.
func chooseCanaries(p *policy.Policy, c *course, r *roster) {
	if p.Canary.Hosts <= 0 {
		return
	}
	position := c.positions()
	order := make([]int32, r.size())
	for i := range order {
		order[i] = int32(i)
	}
	slices.SortFunc(order, func(a, b int32) int {
		return cmp.Or(cmp.Compare(r.cohort[a], r.cohort[b]), cmp.Compare(position[r.stage[a]], position[r.stage[b]]),
			cmp.Compare(r.frozen[a].earliest(p.Start, r.length[a]), r.frozen[b].earliest(p.Start, r.length[b])),
			cmp.Compare(r.down[a], r.down[b]), cmp.Compare(r.length[a], r.length[b]), cmp.Compare(a, b))
	})
	chosen := 0
	for k, i := range order {
		if k == 0 || r.cohort[i] != r.cohort[order[k-1]] {
			chosen = 0
		}
		r.canary[i] = chosen < p.Canary.Hosts
		chosen++
	}
}

// positions returns how far along the course each stage lies. Side by side regions share positions, with
// every last stage after every other.
func (c *course) positions() []int {
	position := make([]int, len(c.stages))
	for _, l := range c.legs {
		for k, n := range l.stages {
			switch {
			case c.regionsOrdered:
				position[n] = n
			case c.stages[n].last:
				position[n] = len(c.stages)
			default:
				position[n] = k
			}
		}
	}
	return position
}
