// Package bound proves how long any plan must take at least, and says what makes it so.
//
// Every bound is a proof: none is ever above the optimum of its instance, and it holds for every schedule that
// keeps the rules. Nothing here makes a schedule.
package bound

import (
	"cmp"
	"math"
	"slices"

	"github.com/evenkeel-project/evenkeel/internal/core/instance"
	"github.com/evenkeel-project/evenkeel/internal/core/policy"
)

// Bound is a number of seconds that no plan under the rules can beat, with the reason in words; detail asks
// for the names of the hosts that make it so.
type Bound struct {
	Seconds int64
	Words   func(detail bool) string
}

// over returns the greater bound, the first of two equal ones.
func (b Bound) over(o Bound) Bound {
	if o.Seconds > b.Seconds {
		return o
	}
	return b
}

// piece is one host's share of a resource. Lists of pieces are in falling order of length.
type piece struct {
	place  int32
	weight uint32
	length int64
}

// prover proves bounds for sets of hosts. Each proof holds for the time from the first start to the last end
// within the set, whatever else runs, because it uses only rules among the hosts of the set.
type prover struct {
	instance *instance.Instance
	roster   *instance.Roster
	demand   *instance.Demand
	canary   policy.Canary

	// quota is, by cohort, how many canaries of the set every valid plan runs before the cohort's others; 0
	// where the set has no such barrier. Callers set it for one set at a time.
	quota []int

	usage   []usage // by resource
	touched []uint32
	score   []int64 // by place; for graphs only
	met     []int   // by cohort
	lengths []int64
}

// usage is what a set takes of a resource, while that is looked at.
type usage struct {
	energy       int64 // weight times length
	pieces, next uint32
}

// leftOut stands for the place of the next piece of a resource that is left out.
const leftOut = math.MaxUint32

func newProver(in *instance.Instance) *prover {
	return &prover{instance: in, roster: in.Roster, demand: in.Demand, canary: in.Policy.Canary,
		quota: make([]int, in.Cohorts), usage: make([]usage, len(in.Demand.Allowed)), met: make([]int, in.Cohorts)}
}

// strongest returns the best bound of a set that is not empty, and the best without canaries: its longest
// outage, and for every resource what its hosts need of it; with canaries also the time in which a resource
// waits for their bakes.
func (p *prover) strongest(members []int32) (best, bare Bound) {
	byLength := p.byLength(members)
	bare = p.longest(byLength[0])
	best = bare
	delay, barred := p.canaryDelay(byLength, &best)
	p.overResources(byLength, true, func(resource uint32, list []piece) {
		allowed := p.demand.Allowed[resource]
		need := p.need(list, allowed)
		if least := min(bare.Seconds, best.Seconds); need+list[0].length > least {
			need = reachable(list, need)
		}
		if need > bare.Seconds {
			bare = Bound{need, p.naming(resource, list, "")}
			best = best.over(bare)
		}
		if !barred {
			return
		}
		if delay+need > best.Seconds {
			best = best.over(p.afterCanaries(resource, list, delay, best.Seconds))
		}
		if int64(p.canary.Bake)+need > best.Seconds {
			best = best.over(p.aroundBakes(resource, list, best.Seconds))
		}
	})
	return best, bare
}

// byLength returns the members in falling order of length.
func (p *prover) byLength(members []int32) []int32 {
	sorted := slices.Clone(members)
	slices.SortFunc(sorted, func(a, b int32) int {
		return cmp.Or(cmp.Compare(p.roster.Length[b], p.roster.Length[a]), cmp.Compare(a, b))
	})
	return sorted
}

func (p *prover) longest(i int32) Bound {
	return Bound{p.roster.Length[i], func(bool) string {
		return "the longest outage, host " + p.instance.Names.Host(i)
	}}
}

// overResources calls yield with every resource that the set uses and its pieces; pressing ones only, when
// asked.
func (p *prover) overResources(byLength []int32, pressing bool, yield func(uint32, []piece)) {
	p.measure(byLength)
	least := int64(0)
	if pressing {
		least = p.pressing(p.roster.Length[byLength[0]])
	}
	from := uint32(0)
	for _, r := range p.touched {
		u := &p.usage[r]
		if u.energy/p.demand.Allowed[r] < least {
			*u = usage{next: leftOut}
			continue
		}
		u.next, from = from, from+u.pieces
	}
	pieces := make([]piece, from)
	for _, i := range byLength {
		for _, use := range p.demand.Row(i) {
			if u := &p.usage[use.Resource]; u.next != leftOut {
				pieces[u.next] = piece{i, use.Weight, p.roster.Length[i]}
				u.next++
			}
		}
	}
	for _, r := range p.touched {
		if u := p.usage[r]; u.next != leftOut {
			yield(r, pieces[u.next-u.pieces:u.next])
		}
		p.usage[r] = usage{}
	}
	p.touched = p.touched[:0]
}

// measure counts the pieces of every resource that the set uses, and their energy. It needs all usage to be
// empty.
func (p *prover) measure(members []int32) {
	for _, i := range members {
		length := p.roster.Length[i]
		for _, use := range p.demand.Row(i) {
			u := &p.usage[use.Resource]
			if u.pieces == 0 {
				p.touched = append(p.touched, use.Resource)
			}
			u.pieces++
			u.energy += int64(use.Weight) * length
		}
	}
}

// pressing returns the energy over the allowance below which a resource that was measured can hardly make the
// best bound of a set with that longest outage: slots and pieces apart seldom need more than some times the energy
// and the longest.
func (p *prover) pressing(longest int64) int64 {
	most := longest
	for _, r := range p.touched {
		most = max(most, p.usage[r].energy/p.demand.Allowed[r])
	}
	return (most - 2*longest) / 3
}

// need returns how long the pieces take when at most allowed of their weight runs at once. The proofs:
// energy, sum of weight times length over the allowance; and for each weight w, of the pieces at least that
// heavy no more than allowed/w run at once, so they fill that many slots (pieces of more than half the
// allowance run one by one; apart adds what fits beside none of them).
func (p *prover) need(list []piece, allowed int64) int64 {
	energy, least, most := int64(0), list[0].weight, list[0].weight
	for _, x := range list {
		energy += int64(x.weight) * x.length
		least, most = min(least, x.weight), max(most, x.weight)
	}
	best := ceilDiv(energy, allowed)
	if least == most {
		return max(best, p.slots(list, least, allowed))
	}
	weights := make([]uint32, len(list))
	for k, x := range list {
		weights[k] = x.weight
	}
	slices.Sort(weights)
	for _, w := range slices.Compact(weights) {
		best = max(best, p.slots(list, w, allowed))
		if 2*int64(w) > allowed {
			best = max(best, p.apart(list, w, allowed))
		}
	}
	return best
}

// apart bounds the pieces of at least the given weight, more than half the allowance, together with those
// that fit beside none of them: the former run one by one, and the latter need their time between them.
func (p *prover) apart(list []piece, weight uint32, allowed int64) int64 {
	alone, energy, least := int64(0), int64(0), weight
	var others []piece
	for _, x := range list {
		switch {
		case x.weight >= weight:
			alone += x.length
		case int64(x.weight)+int64(weight) > allowed:
			others = append(others, x)
			energy += int64(x.weight) * x.length
			least = min(least, x.weight)
		}
	}
	if len(others) == 0 {
		return alone
	}
	return alone + max(others[0].length, ceilDiv(energy, allowed), p.slots(others, least, allowed))
}

// slots bounds the pieces of at least the given weight, which share allowed/weight slots: all their lengths
// over the slots; and, of the k*slots+1 longest, some slot runs k+1, which take at least as long as the k+1
// shortest of those.
func (p *prover) slots(list []piece, weight uint32, allowed int64) int64 {
	sums := append(p.lengths[:0], 0)
	for _, x := range list {
		if x.weight >= weight {
			sums = append(sums, sums[len(sums)-1]+x.length)
		}
	}
	p.lengths = sums
	n, slots := len(sums)-1, int(min(allowed/int64(weight), int64(len(sums))))
	best := ceilDiv(sums[n], int64(slots))
	if n <= slots {
		return sums[1]
	}
	for k := 1; k*slots < n; k++ {
		best = max(best, sums[k*slots+1]-sums[k*slots-k])
	}
	return best
}

func ceilDiv(a, b int64) int64 { return (a + b - 1) / b }
