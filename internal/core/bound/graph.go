package bound

import (
	"cmp"
	"math/bits"
	"slices"
)

// graph says of some hosts of a set which two may never be down together. Vertices are numbered by falling
// weight of all that they exclude, themselves included.
type graph struct {
	place  []int32 // by vertex
	length []int64 // by vertex, seconds
	rows   []row   // by vertex: the vertices that it excludes, without itself
}

// row is a set of vertices.
type row []uint64

func newRow(n int) row { return make(row, (n+63)/64) }

func (r row) add(v int)      { r[v>>6] |= 1 << (v & 63) }
func (r row) remove(v int)   { r[v>>6] &^= 1 << (v & 63) }
func (r row) has(v int) bool { return r[v>>6]&(1<<(v&63)) != 0 }

// join adds the vertices of another set.
func (r row) join(o row) {
	for k := range r {
		r[k] |= o[k]
	}
}

// meet makes r what two sets have in common.
func (r row) meet(a, b row) {
	for k := range r {
		r[k] = a[k] & b[k]
	}
}

// less makes r what the first set has and the second has not.
func (r row) less(a, b row) {
	for k := range r {
		r[k] = a[k] &^ b[k]
	}
}

// first returns the least vertex at or after from, -1 when there is none.
func (r row) first(from int) int {
	k := from >> 6
	if k >= len(r) {
		return -1
	}
	word := r[k] &^ (1<<(from&63) - 1)
	for word == 0 {
		if k++; k == len(r) {
			return -1
		}
		word = r[k]
	}
	return k<<6 + bits.TrailingZeros64(word)
}

// count returns how many vertices the set has.
func (r row) count() int {
	n := 0
	for _, word := range r {
		n += bits.OnesCount64(word)
	}
	return n
}

// verticesMax bounds the memory and the time that a graph takes: a subset of the hosts proves less, never
// something false.
const verticesMax = 1024

// exclusions returns the graph of the members that exclude most of each other. Two hosts exclude each other when
// some resource does not bear both.
func (p *prover) exclusions(members []int32) *graph {
	p.excluded(members)
	members = p.first(members, verticesMax)
	g := &graph{place: members, length: make([]int64, len(members)), rows: make([]row, len(members))}
	for v, i := range members {
		g.length[v], g.rows[v], p.score[i] = p.roster.Length[i], newRow(len(members)), int64(v)
	}
	p.overResources(members, false, func(resource uint32, list []piece) {
		near := newRow(len(members))
		p.overExclusions(list, p.demand.Allowed[resource], func(x piece, joining []piece) {
			for _, y := range joining {
				near.add(int(p.score[y.place]))
			}
			g.rows[p.score[x.place]].join(near)
		})
	})
	for v, r := range g.rows {
		r.remove(v)
	}
	return g
}

// entangledMax bounds what a look at all resources of a set costs.
const entangledMax = 4 * verticesMax

// entangled returns a copy of the members, of too many those with most resources that they alone would more
// than half exhaust.
func (p *prover) entangled(members []int32) []int32 {
	for _, i := range members {
		p.score[i] = 0
		for _, u := range p.demand.Row(i) {
			if 2*int64(u.Weight) > p.demand.Allowed[u.Resource] {
				p.score[i]++
			}
		}
	}
	return p.first(slices.Clone(members), entangledMax)
}

// excluded scores every member by the lengths of all that it excludes, once for each resource that does.
func (p *prover) excluded(members []int32) {
	for _, i := range members {
		p.score[i] = 0
	}
	p.overResources(members, false, func(resource uint32, list []piece) {
		sum := int64(0)
		p.overExclusions(list, p.demand.Allowed[resource], func(x piece, joining []piece) {
			for _, y := range joining {
				sum += y.length
			}
			p.score[x.place] += sum
		})
	})
}

// first sorts the members by falling score and returns no more than so many.
func (p *prover) first(members []int32, most int) []int32 {
	slices.SortFunc(members, func(a, b int32) int { return cmp.Or(cmp.Compare(p.score[b], p.score[a]), cmp.Compare(a, b)) })
	return members[:min(most, len(members))]
}

// overExclusions sorts the pieces of a resource by rising weight and calls yield with each that excludes
// others, and with those that it excludes beyond what the piece before it does: the heavier a piece, the more
// it excludes. A piece may be among its own.
func (p *prover) overExclusions(list []piece, allowed int64, yield func(x piece, joining []piece)) {
	slices.SortFunc(list, func(a, b piece) int { return cmp.Or(cmp.Compare(a.weight, b.weight), cmp.Compare(a.place, b.place)) })
	n := len(list)
	if n < 2 || int64(list[n-1].weight)+int64(list[n-2].weight) <= allowed {
		return
	}
	from := n
	for _, x := range list {
		to := from
		for from > 0 && int64(list[from-1].weight)+int64(x.weight) > allowed {
			from--
		}
		if from < n {
			yield(x, list[from:to])
		}
	}
}
