package search

import (
	"github.com/evenkeel-project/evenkeel/internal/core/ident"
	"github.com/evenkeel-project/evenkeel/internal/core/instance"
	"github.com/evenkeel-project/evenkeel/internal/core/policy"
)

// plain returns an instance of one stage: hosts of those lengths, what may be down of each resource, and the
// weight of each host in each resource, 0 for none.
func plain(lengths, allowed []int64, weights [][]uint32) *instance.Instance {
	n := len(lengths)
	r := instance.NewRoster(make([]ident.Host, n), make([]uint32, n))
	stage, starts, uses := instance.Stage{}, make([]uint32, n+1), []instance.Use(nil)
	for i, length := range lengths {
		r.Length[i], r.Due[i] = length, instance.NoDeadline
		stage.Members = append(stage.Members, int32(i))
		for k, w := range weights[i] {
			if w > 0 {
				uses = append(uses, instance.Use{Resource: uint32(k), Weight: w})
			}
		}
		starts[i+1] = uint32(len(uses))
	}
	c := &instance.Course{Legs: []instance.Leg{{Stages: []int{0}}}, Stages: []instance.Stage{stage}, ZonesOrdered: true}
	p := &policy.Policy{Start: 1_000_000}
	return &instance.Instance{Start: p.Start, Policy: p, Roster: r, Course: c, Cohorts: 1, Names: plainNames{},
		Demand: instance.NewDemand(allowed, starts, uses), Gates: instance.NewGates(p, c, r)}
}
