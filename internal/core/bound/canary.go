package bound

import (
	"fmt"
	"slices"

	"github.com/evenkeel-project/evenkeel/internal/core/instance"
)

// canaryDelay returns the least time before any host of the set that waits for canaries can start, and
// whether there is one. It raises best by what one cohort alone takes.
//
// Proof, for a cohort of the set with lengths d1 <= ... <= dm, of which some c < m are the canaries, the plan
// may choose which: the last canary ends no earlier than after dc. If the longest host is no canary, the
// whole takes dc + bake + dm; if it is one, dm + bake + the longest other, which is at least d(m-c).
func (p *prover) canaryDelay(byLength []int32, best *Bound) (delay int64, barred bool) {
	var cohorts []uint32
	lengths := map[uint32][]int64{} // falling
	for _, i := range byLength {
		c := p.roster.Cohort[i]
		if p.quota[c] == 0 {
			continue
		}
		if lengths[c] == nil {
			cohorts = append(cohorts, c)
		}
		lengths[c] = append(lengths[c], p.roster.Length[i])
	}
	for _, c := range cohorts {
		d, quota := lengths[c], p.quota[c]
		m := len(d)
		first := d[m-quota]
		earliest := first + int64(p.canary.Bake)
		if !barred || earliest < delay {
			delay, barred = earliest, true
		}
		whole := d[0] + int64(p.canary.Bake) + min(first, d[quota])
		*best = best.over(Bound{whole, func(bool) string {
			return fmt.Sprintf("cohort %s: %s, bake %s, then the other %s", p.instance.Names.Cohort(c),
				canaryCount(quota), p.canary.Bake, instance.HostCount(m-quota))
		}})
	}
	return delay, barred
}

// afterCanaries bounds a resource by the hosts that cannot start before delay. Which hosts are canaries is
// the plan's choice, so from each cohort as many as it may choose are left out that count most: what remains
// is, length by length, no more than what remains after any other choice. What outages can add up to is asked of
// all, for which of them remain is not known.
func (p *prover) afterCanaries(resource uint32, list []piece, delay, floor int64) Bound {
	waiting := p.withoutCanaries(list)
	if len(waiting) == 0 {
		return Bound{}
	}
	seconds := delay + reachable(list, p.needWaiting(list, p.demand.Allowed[resource]))
	if seconds <= floor {
		return Bound{}
	}
	return Bound{seconds, p.naming(resource, waiting, fmt.Sprintf("canaries and bake %s, then ", clock(delay)))}
}

// withoutCanaries returns the pieces of cohorts with a barrier, less the longest of each cohort: as many as
// it has canaries.
func (p *prover) withoutCanaries(list []piece) []piece {
	var out []piece
	for _, x := range list {
		c := p.roster.Cohort[x.place]
		if p.quota[c] == 0 {
			continue
		}
		if p.met[c] < p.quota[c] {
			p.met[c]++
			continue
		}
		out = append(out, x)
	}
	for _, x := range list {
		p.met[p.roster.Cohort[x.place]] = 0
	}
	return out
}

// needWaiting is need for what remains of the pieces after the canaries that count most are left out, chosen
// anew for each proof.
func (p *prover) needWaiting(list []piece, allowed int64) int64 {
	best := ceilDiv(p.waitingEnergy(list), allowed)
	weights := make([]uint32, len(list))
	for k, x := range list {
		weights[k] = x.weight
	}
	slices.Sort(weights)
	for _, w := range slices.Compact(weights) {
		heavy := make([]piece, 0, len(list))
		for _, x := range list {
			if x.weight >= w {
				heavy = append(heavy, x)
			}
		}
		if heavy = p.withoutCanaries(heavy); len(heavy) > 0 {
			best = max(best, p.slots(heavy, w, allowed))
		}
	}
	return best
}

// waitingEnergy is the weight times length of the pieces with a barrier, less, for each cohort, its quota
// times its greatest piece.
func (p *prover) waitingEnergy(list []piece) int64 {
	energy := int64(0)
	most := map[uint32]int64{}
	var cohorts []uint32
	for _, x := range list {
		c := p.roster.Cohort[x.place]
		if p.quota[c] == 0 {
			continue
		}
		if _, known := most[c]; !known {
			cohorts = append(cohorts, c)
		}
		mine := int64(x.weight) * x.length
		energy += mine
		most[c] = max(most[c], mine)
	}
	for _, c := range cohorts {
		energy -= most[c] * int64(p.quota[c])
	}
	return max(energy, 0)
}

// aroundBakes bounds a resource by the hosts of one cohort: while the canaries bake none of them is down, so the
// bake adds to what the resource needs them to take. Should all of them be canaries, some other host of the
// cohort follows after the bake.
func (p *prover) aroundBakes(resource uint32, list []piece, floor int64) Bound {
	best := Bound{Seconds: floor}
	byCohort := map[uint32][]piece{}
	var cohorts []uint32
	for _, x := range list {
		c := p.roster.Cohort[x.place]
		if p.quota[c] == 0 {
			continue
		}
		if byCohort[c] == nil {
			cohorts = append(cohorts, c)
		}
		byCohort[c] = append(byCohort[c], x)
	}
	for _, c := range cohorts {
		own := byCohort[c]
		need := reachable(own, p.need(own, p.demand.Allowed[resource])) + int64(p.canary.Bake)
		if need > best.Seconds {
			best = Bound{need, p.naming(resource, own, fmt.Sprintf("canaries' bake %s, and ", p.canary.Bake))}
		}
	}
	return best
}
