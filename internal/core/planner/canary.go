package planner

import (
	"cmp"
	"slices"

	"github.com/evenkeel-project/evenkeel/internal/core/instance"
	"github.com/evenkeel-project/evenkeel/internal/core/policy"
)

// chooseCanaries marks the canaries of every cohort: its earliest hosts in the course, of these those that no
// freeze holds, for the whole cohort waits for its canaries, and then those with least to move and to take
// down.
//
// Why the canary barrier cannot wait for itself: give every host the key (position of its instance.Stage, canary
// before others), with the position of a stage as positions says. Every barrier points from a lower key to a
// higher one: regions, zones and last hosts raise the position by construction, and a cohort's canaries are
// its hosts of least position, so none of them stands behind a host that waits for it. Barriers
// that all point one way form no circle.
func chooseCanaries(p *policy.Policy, c *instance.Course, r *instance.Roster) {
	if p.Canary.Hosts <= 0 {
		return
	}
	position := c.Positions()
	order := make([]int32, r.Size())
	for i := range order {
		order[i] = int32(i)
	}
	slices.SortFunc(order, func(a, b int32) int {
		return cmp.Or(cmp.Compare(r.Cohort[a], r.Cohort[b]), cmp.Compare(position[r.Stage[a]], position[r.Stage[b]]),
			cmp.Compare(r.Frozen[a].Earliest(p.Start, r.Length[a]), r.Frozen[b].Earliest(p.Start, r.Length[b])),
			cmp.Compare(r.Moving[a], r.Moving[b]), cmp.Compare(r.Down[a], r.Down[b]), cmp.Compare(r.Length[a], r.Length[b]), cmp.Compare(a, b))
	})
	chosen := 0
	for k, i := range order {
		if k == 0 || r.Cohort[i] != r.Cohort[order[k-1]] {
			chosen = 0
		}
		r.Canary[i] = chosen < p.Canary.Hosts
		chosen++
	}
}
