package bound

import (
	"cmp"
	"slices"
)

// crowd is hosts of a set that hardly fit beside each other, with all that limits them.
type crowd struct {
	place    []int32 // by vertex
	length   []int64 // by vertex, seconds
	together []row   // by vertex: the vertices that it does not exclude
	limits   []common
}

// common is a resource that bears several of a crowd, but not all: what pairs say is not enough for it.
type common struct {
	allowed int64
	users   []share // the heaviest first
}

// share is what a vertex takes of a resource.
type share struct {
	vertex int
	weight int64
}

// crowdOf returns a crowd of no more than size vertices of a graph: as long as there are more, the one that
// excludes fewest of those left goes.
func (p *prover) crowdOf(g *graph, size int) *crowd {
	kept := g.closest(size)
	c := &crowd{}
	vertex := make(map[int32]int, size)
	for v := kept.first(0); v >= 0; v = kept.first(v + 1) {
		vertex[g.place[v]] = len(c.place)
		c.place, c.length = append(c.place, g.place[v]), append(c.length, g.length[v])
	}
	for v := kept.first(0); v >= 0; v = kept.first(v + 1) {
		together := newRow(len(c.place))
		for u := kept.first(0); u >= 0; u = kept.first(u + 1) {
			if u != v && !g.rows[v].has(u) {
				together.add(vertex[g.place[u]])
			}
		}
		c.together = append(c.together, together)
	}
	p.overResources(c.place, false, func(resource uint32, list []piece) {
		limit := common{allowed: p.demand.Allowed[resource]}
		sum := int64(0)
		for _, x := range list {
			limit.users = append(limit.users, share{vertex[x.place], int64(x.weight)})
			sum += int64(x.weight)
		}
		slices.SortFunc(limit.users, func(a, b share) int { return cmp.Or(cmp.Compare(b.weight, a.weight), cmp.Compare(a.vertex, b.vertex)) })
		if n := len(limit.users); sum > limit.allowed && limit.users[n-1].weight+limit.users[n-2].weight <= limit.allowed {
			c.limits = append(c.limits, limit)
		}
	})
	return c
}

// closest returns so many vertices at most, those that are left when again and again the one that excludes
// fewest of the others goes.
func (g *graph) closest(size int) row {
	n := len(g.place)
	kept, excludes := newRow(n), make([]int, n)
	for v, r := range g.rows {
		kept.add(v)
		excludes[v] = r.count()
	}
	for ; n > size; n-- {
		least := -1
		for v := kept.first(0); v >= 0; v = kept.first(v + 1) {
			if least < 0 || excludes[v] <= excludes[least] {
				least = v
			}
		}
		kept.remove(least)
		for u := g.rows[least].first(0); u >= 0; u = g.rows[least].first(u + 1) {
			excludes[u]--
		}
	}
	return kept
}
