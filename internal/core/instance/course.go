package instance

import (
	"slices"

	"github.com/evenkeel-project/evenkeel/internal/core/ident"
)

// Stage is a set of planned hosts that the order puts between the same barriers: a zone of a region when
// zones go one at a time, else a whole region; and, apart, the last hosts of a region.
type Stage struct {
	Zone    ident.Zone // meaningful only for a zone's stage
	Members []int32    // places in the roster, ascending
	Last    bool
}

// Leg is one region's part of the course: its stages run one after another, the last hosts' stage at the end.
type Leg struct {
	Region ident.Region
	Stages []int // numbers of stages
}

// Course is the order of the whole plan. Stages are numbered leg by leg.
type Course struct {
	Legs           []Leg
	Stages         []Stage
	RegionsOrdered bool // legs run one after another; else side by side
	ZonesOrdered   bool // a region's stages before the last one are zones in order
}

// Members returns the places of a leg's hosts, its last hosts only when asked.
func (c *Course) Members(l Leg, withLast bool) []int32 {
	var out []int32
	for _, n := range l.Stages {
		if withLast || !c.Stages[n].Last {
			out = append(out, c.Stages[n].Members...)
		}
	}
	return out
}

// Positions returns how far along the course each stage lies. Side by side regions share positions, with
// every last stage after every other.
func (c *Course) Positions() []int {
	position := make([]int, len(c.Stages))
	for _, l := range c.Legs {
		for k, n := range l.Stages {
			switch {
			case c.RegionsOrdered:
				position[n] = n
			case c.Stages[n].Last:
				position[n] = len(c.Stages)
			default:
				position[n] = k
			}
		}
	}
	return position
}

// Arenas returns the sets of places whose hosts mostly compete with each other: the stages at one position of
// the course, which are one stage where regions are ordered.
func (c *Course) Arenas() [][]int32 {
	position := c.Positions()
	arenas := make([][]int32, len(c.Stages)+1)
	for n, s := range c.Stages {
		arenas[position[n]] = append(arenas[position[n]], s.Members...)
	}
	return slices.DeleteFunc(arenas, func(arena []int32) bool { return len(arena) == 0 })
}

// eras returns the sets of places that may be down together: hosts of two eras never are.
func (c *Course) eras() [][]int32 {
	var eras [][]int32
	for _, s := range c.Stages {
		eras = append(eras, s.Members)
	}
	if c.RegionsOrdered {
		return eras
	}
	var all []int32
	for _, era := range eras {
		all = append(all, era...)
	}
	return [][]int32{all}
}
