package bound

import (
	"fmt"

	"github.com/evenkeel-project/evenkeel/internal/core/instance"
)

// cliques looks for the hosts of a graph of which no two may be down together and which take longest one after
// another. Proof of the bound: no two of them overlap. Every clique is a proof, so the search may stop
// anywhere.
//
// First every vertex is the start of a greedy clique; then branch and bound goes through the cliques by their
// last vertex, the least first. A branch is left when colours, sets without exclusions each of which gives a
// clique one vertex at most, show that it cannot beat the best.
type cliques struct {
	graph *graph

	next   int // the vertex whose cliques come next, in both phases
	greedy bool
	budget int // what is left of the operations of one Step

	chosen  []int
	best    []int
	seconds int64
	news    bool // best is better than when proof was last asked for
}

func newCliques(g *graph) *cliques { return &cliques{graph: g, greedy: true} }

// vertexBudget is how many operations, visits of a word of a set, the cliques of one last vertex may cost.
const vertexBudget = 1 << 21

// stepBudget is how many operations one step may cost: some milliseconds.
const stepBudget = 1 << 22

// step goes on for a bounded time and reports whether all is searched.
func (c *cliques) step() (done bool) {
	n := len(c.graph.place)
	for spent := 0; spent < stepBudget; c.next++ {
		if c.next == n && !c.greedy {
			return true
		}
		if c.next == n {
			c.next, c.greedy = 0, false
		}
		if n == 0 {
			return true
		}
		if c.greedy {
			spent += c.grow(c.next)
			continue
		}
		c.budget = vertexBudget
		within := newRow(n)
		for v := range c.next {
			within.add(v)
		}
		within.meet(within, c.graph.rows[c.next])
		c.chosen = append(c.chosen[:0], c.next)
		c.expand(within, c.graph.length[c.next])
		spent += vertexBudget - c.budget
	}
	return false
}

// grow adds to a vertex, one by one, the vertex that excludes most of those that all chosen ones exclude. It
// returns what that cost.
func (c *cliques) grow(v int) (spent int) {
	within := newRow(len(c.graph.place))
	copy(within, c.graph.rows[v])
	c.chosen = append(c.chosen[:0], v)
	sum := c.graph.length[v]
	for u := within.first(0); u >= 0; u = within.first(u) {
		c.chosen = append(c.chosen, u)
		sum += c.graph.length[u]
		within.meet(within, c.graph.rows[u])
		spent += len(within)
	}
	c.keep(sum)
	return spent + len(within)
}

func (c *cliques) keep(sum int64) {
	if sum > c.seconds {
		c.seconds, c.best, c.news = sum, append(c.best[:0], c.chosen...), true
	}
}

// expand tries the cliques of the chosen vertices, sum seconds long, with some of the others.
func (c *cliques) expand(within row, sum int64) {
	c.keep(sum)
	order, most := c.colour(within)
	rest := newRow(len(c.graph.place))
	for k := len(order) - 1; k >= 0; k-- {
		if sum+most[k] <= c.seconds || c.budget <= 0 {
			return
		}
		v := order[k]
		rest.meet(within, c.graph.rows[v])
		c.chosen = append(c.chosen, v)
		c.expand(rest, sum+c.graph.length[v])
		c.chosen = c.chosen[:len(c.chosen)-1]
		within.remove(v)
	}
}

// colour orders the vertices so that a clique within any first part of the order is no longer than most says
// at its end: the longest of every colour so far, colours being sets of which no two exclude each other.
func (c *cliques) colour(within row) (order []int, most []int64) {
	left, free := newRow(len(c.graph.place)), newRow(len(c.graph.place))
	copy(left, within)
	before := int64(0)
	for left.first(0) >= 0 {
		copy(free, left)
		longest := int64(0)
		for v := free.first(0); v >= 0; v = free.first(v) {
			c.budget -= len(free)
			left.remove(v)
			free.remove(v)
			free.less(free, c.graph.rows[v])
			longest = max(longest, c.graph.length[v])
			order, most = append(order, v), append(most, before+longest)
		}
		before += longest
	}
	return order, most
}

// proof returns what the best clique proves: no two of its hosts overlap.
func (c *cliques) proof() worths {
	c.news = false
	w := worths{seconds: c.seconds, most: 1, unit: 1, text: fmt.Sprintf("%s of which no two may be down together", instance.HostCount(len(c.best)))}
	for _, v := range c.best {
		w.hosts = append(w.hosts, worth{c.graph.place[v], c.graph.length[v]})
	}
	return w
}
