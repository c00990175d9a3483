package instance

import (
	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/policy"
)

// Gate is a barrier: no host behind it starts before the last host ahead of it ended and the bake passed.
type Gate struct {
	Ahead, Behind []int32
	Bake          calendar.Seconds
	Canaries      bool // ahead are the canaries of a cohort, behind its other hosts
}

// NewGates turns the order of regions and zones, the last hosts and the canaries into gates. Every gate has
// hosts on both sides.
func NewGates(p *policy.Policy, c *Course, r *Roster) []Gate {
	var gates []Gate
	for k, l := range c.Legs {
		for j := 1; j < len(l.Stages); j++ {
			earlier, later := c.Stages[l.Stages[j-1]], c.Stages[l.Stages[j]]
			if later.Last {
				gates = append(gates, Gate{Ahead: c.Members(l, false), Behind: later.Members})
				continue
			}
			gates = append(gates, Gate{Ahead: earlier.Members, Behind: later.Members, Bake: p.Order.BakeZone})
		}
		if c.RegionsOrdered && k > 0 {
			gates = append(gates, Gate{Ahead: c.Members(c.Legs[k-1], true), Behind: c.Members(l, true), Bake: p.Order.BakeRegion})
		}
	}
	return append(gates, canaryGates(p, r)...)
}

// canaryGates returns a gate for every cohort that has canaries and others.
func canaryGates(p *policy.Policy, r *Roster) []Gate {
	cohorts := 0
	for _, c := range r.Cohort {
		cohorts = max(cohorts, int(c)+1)
	}
	byCohort := make([]Gate, cohorts)
	for i, c := range r.Cohort {
		g := &byCohort[c]
		g.Bake, g.Canaries = p.Canary.Bake, true
		if r.Canary[i] {
			g.Ahead = append(g.Ahead, int32(i))
		} else {
			g.Behind = append(g.Behind, int32(i))
		}
	}
	gates := byCohort[:0]
	for _, g := range byCohort {
		if len(g.Ahead) > 0 && len(g.Behind) > 0 {
			gates = append(gates, g)
		}
	}
	return gates
}
