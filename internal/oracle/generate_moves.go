package oracle

import (
	"strconv"

	"github.com/evenkeel-project/evenkeel/internal/core/label"
	"github.com/evenkeel-project/evenkeel/internal/core/limit"
	"github.com/evenkeel-project/evenkeel/internal/core/policy"
)

func amount(key string, n int) label.Pair {
	return label.Pair{Key: key, Value: label.Text(strconv.Itoa(n))}
}

// capacity leaves one host of ten without any.
func (g *generator) capacity() label.Set {
	if g.chance(10) {
		return nil
	}
	pairs := []label.Pair{amount("cpu", 2+g.IntN(4))}
	if g.chance(80) {
		pairs = append(pairs, amount(policy.MemoryKey, 60+g.IntN(120)))
	}
	return label.NewSet(pairs)
}

// demand often is of memory only, sometimes of nothing, sometimes of none of something.
func (g *generator) demand() label.Set {
	var pairs []label.Pair
	if g.chance(60) {
		pairs = append(pairs, amount("cpu", one(g, 1, 1, 2)))
	}
	if g.chance(60) {
		pairs = append(pairs, amount(policy.MemoryKey, 10+g.IntN(50)))
	}
	if g.chance(5) {
		pairs = append(pairs, amount("gpu", g.IntN(2)))
	}
	return label.NewSet(pairs)
}

func (g *generator) moves() *policy.Moves {
	m := &policy.Moves{Host: one(g, 1, 1, 2, 3), Length: one(g, g.minutes(1, 1)/2, g.minutes(1, 1), g.minutes(1, 2))}
	if g.chance(60) {
		m.Bandwidth = int64(1 + g.IntN(3))
	}
	for _, l := range []*limit.Limit{&m.Group, &m.Tenant, &m.Fleet} {
		if g.chance(30) {
			*l = parsed(one(g, "1", "1", "2", "25%", "50%", "3"))
		}
	}
	return m
}
