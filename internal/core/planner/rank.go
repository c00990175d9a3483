package planner

import (
	"cmp"
	"slices"
)

// rule is a way to tell which of two hosts goes first: the greater key, by place.
type rule []int64

// ranking makes the rules. The pressure of a resource is its energy, weight times length over all hosts of the arena in which it
// competes, over its allowance: the seconds it needs at least.
//
// Three rules are made of it. chain is the greatest pressure of a host's resources (the critical chain).
// reach leaves out what most hosts of the arena use, for that tells none of them apart, and adds reachLengths
// times the host's own length: long outages and contended hosts both leave the end of the schedule free. crowd
// is the sum of the fourth powers of the pressures, each in about 1024ths of the greatest of the
// arena, which does better where most hosts exclude each other.
type ranking struct {
	roster *roster
	demand *demand
	energy []int64  // by resource, within one arena
	users  []uint32 // by resource, within one arena

	chain, reach, crowd rule
}

// reachLengths was measured on synthetic fleets of 100,000 hosts: 10 and 50 were worse.
const reachLengths = 24

// rankings makes the rules, and sorts every row of the demand so that the most contended resource comes
// first: a host that has to wait parks where it waits longest.
func rankings(r *roster, c *course, d *demand) []rule {
	k := &ranking{roster: r, demand: d, energy: make([]int64, len(d.allowed)), users: make([]uint32, len(d.allowed)),
		chain: make(rule, r.size()), reach: make(rule, r.size()), crowd: make(rule, r.size())}
	for _, arena := range c.arenas() {
		k.measure(arena)
		k.rate(arena)
		for _, i := range arena {
			for _, u := range d.row(i) {
				k.energy[u.resource], k.users[u.resource] = 0, 0
			}
		}
	}
	return []rule{k.chain, k.crowd, k.reach}
}

func (k *ranking) measure(arena []int32) {
	for _, i := range arena {
		for _, u := range k.demand.row(i) {
			k.energy[u.resource] += int64(u.weight) * k.roster.length[i]
			k.users[u.resource]++
		}
	}
}

func (k *ranking) pressure(u use) int64 { return k.energy[u.resource] / k.demand.allowed[u.resource] }

func (k *ranking) rate(arena []int32) {
	greatest := int64(0)
	for _, i := range arena {
		row := k.demand.row(i)
		slices.SortStableFunc(row, func(a, b use) int { return cmp.Compare(k.pressure(b), k.pressure(a)) })
		if len(row) > 0 {
			k.chain[i] = k.pressure(row[0])
		}
		greatest = max(greatest, k.chain[i])
	}
	unit := max(1, greatest/1024)
	for _, i := range arena {
		for _, u := range k.demand.row(i) {
			x := k.pressure(u) / unit
			k.crowd[i] += x * x * x * x
			if 2*int(k.users[u.resource]) < len(arena) {
				k.reach[i] = max(k.reach[i], k.pressure(u))
			}
		}
		k.reach[i] += reachLengths * k.roster.length[i]
	}
}

// arenas returns the sets of places whose hosts mostly compete with each other: the stages at one position of
// the course, which are one stage where regions are ordered.
func (c *course) arenas() [][]int32 {
	position := c.positions()
	arenas := make([][]int32, len(c.stages)+1)
	for n, s := range c.stages {
		arenas[position[n]] = append(arenas[position[n]], s.members...)
	}
	return slices.DeleteFunc(arenas, func(arena []int32) bool { return len(arena) == 0 })
}

// ranked returns the places, best first: canaries, then, when urgent, by deadline, then by key and what of the leg is still to come after the
// host's stage, the longest outage, the first id.
func ranked(r *roster, tail []int64, key rule, urgent bool) []int32 {
	order := make([]int32, r.size())
	for i := range order {
		order[i] = int32(i)
	}
	canaryFirst := func(i int32) int {
		if r.canary[i] {
			return 0
		}
		return 1
	}
	due := func(i int32) int64 {
		if urgent {
			return r.due[i]
		}
		return noDeadline
	}
	slices.SortFunc(order, func(a, b int32) int {
		return cmp.Or(cmp.Compare(canaryFirst(a), canaryFirst(b)), cmp.Compare(due(a), due(b)), cmp.Compare(key[b]+tail[r.stage[b]], key[a]+tail[r.stage[a]]),
			cmp.Compare(r.length[b], r.length[a]), cmp.Compare(a, b))
	})
	return order
}
