package search

import (
	"cmp"
	"slices"

	"github.com/evenkeel-project/evenkeel/internal/core/instance"
)

// rule is a way to tell which of two hosts goes first: the greater key, by place.
type rule []int64

// ranking makes the rules. The pressure of a resource is its energy, weight times length over all hosts of the
// arena in which it competes, over its allowance: the seconds it needs at least.
//
// Three rules are made of it. chain is the greatest pressure of a host's resources (the critical chain).
// reach leaves out what most hosts of the arena use, for that tells none of them apart, and adds reachLengths
// times the host's own length: long outages and contended hosts both leave the end of the schedule free. crowd
// is the sum of the fourth powers of the pressures, each in about 1024ths of the greatest of the
// arena, which does better where most hosts exclude each other.
type ranking struct {
	roster *instance.Roster
	demand *instance.Demand
	energy []int64  // by resource, within one arena
	users  []uint32 // by resource, within one arena

	chain, reach, crowd rule
}

// reachLengths was measured on synthetic fleets of 100,000 hosts: 10 and 50 were worse.
const reachLengths = 24

// The places of the rules among all.
const (
	byChain = iota
	byCrowd
	byReach
)

// rankings makes the rules, and sorts every row of the demand so that the most contended resource comes
// first: a host that has to wait parks where it waits longest.
func rankings(r *instance.Roster, c *instance.Course, d *instance.Demand) []rule {
	k := &ranking{roster: r, demand: d, energy: make([]int64, len(d.Allowed)), users: make([]uint32, len(d.Allowed)),
		chain: make(rule, r.Size()), reach: make(rule, r.Size()), crowd: make(rule, r.Size())}
	for _, arena := range c.Arenas() {
		k.measure(arena)
		k.rate(arena)
		for _, i := range arena {
			for _, u := range d.Row(i) {
				k.energy[u.Resource], k.users[u.Resource] = 0, 0
			}
		}
	}
	return []rule{byChain: k.chain, byCrowd: k.crowd, byReach: k.reach}
}

func (k *ranking) measure(arena []int32) {
	for _, i := range arena {
		for _, u := range k.demand.Row(i) {
			k.energy[u.Resource] += int64(u.Weight) * k.roster.Length[i]
			k.users[u.Resource]++
		}
	}
}

func (k *ranking) pressure(u instance.Use) int64 {
	return k.energy[u.Resource] / k.demand.Allowed[u.Resource]
}

func (k *ranking) rate(arena []int32) {
	greatest := int64(0)
	for _, i := range arena {
		row := k.demand.Row(i)
		slices.SortStableFunc(row, func(a, b instance.Use) int { return cmp.Compare(k.pressure(b), k.pressure(a)) })
		if len(row) > 0 {
			k.chain[i] = k.pressure(row[0])
		}
		greatest = max(greatest, k.chain[i])
	}
	unit := max(1, greatest/1024)
	for _, i := range arena {
		for _, u := range k.demand.Row(i) {
			x := k.pressure(u) / unit
			k.crowd[i] += x * x * x * x
			if 2*int(k.users[u.Resource]) < len(arena) {
				k.reach[i] = max(k.reach[i], k.pressure(u))
			}
		}
		k.reach[i] += reachLengths * k.roster.Length[i]
	}
}

// ranked returns the places, best first: canaries, then, when urgent, by deadline, then by key and what of the
// leg is still to come after the host's stage, the longest outage, the first id.
func ranked(r *instance.Roster, tail []int64, key rule, urgent bool) []int32 {
	order := make([]int32, r.Size())
	for i := range order {
		order[i] = int32(i)
	}
	canaryFirst := func(i int32) int {
		if r.Canary[i] {
			return 0
		}
		return 1
	}
	due := func(i int32) int64 {
		if urgent {
			return r.Due[i]
		}
		return instance.NoDeadline
	}
	slices.SortFunc(order, func(a, b int32) int {
		return cmp.Or(cmp.Compare(canaryFirst(a), canaryFirst(b)), cmp.Compare(due(a), due(b)), cmp.Compare(key[b]+tail[r.Stage[b]], key[a]+tail[r.Stage[a]]),
			cmp.Compare(r.Length[b], r.Length[a]), cmp.Compare(a, b))
	})
	return order
}
