package planner

import (
	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/policy"
)

// gate is a barrier: no host behind it starts before the last host ahead of it ended and the bake passed.
type gate struct {
	ahead, behind []int32
	bake          calendar.Seconds
}

// buildGates turns the order of regions and zones, the last hosts and the canaries into gates. Every gate has
// hosts on both sides.
func buildGates(p *policy.Policy, c *course, r *roster) []gate {
	var gates []gate
	for k, l := range c.legs {
		for j := 1; j < len(l.stages); j++ {
			earlier, later := c.stages[l.stages[j-1]], c.stages[l.stages[j]]
			if later.last {
				gates = append(gates, gate{ahead: c.members(l, false), behind: later.members})
				continue
			}
			gates = append(gates, gate{ahead: earlier.members, behind: later.members, bake: p.Order.BakeZone})
		}
		if c.regionsOrdered && k > 0 {
			gates = append(gates, gate{ahead: c.members(c.legs[k-1], true), behind: c.members(l, true), bake: p.Order.BakeRegion})
		}
	}
	return append(gates, canaryGates(p, r)...)
}

// canaryGates returns a gate for every cohort that has canaries and others.
func canaryGates(p *policy.Policy, r *roster) []gate {
	cohorts := 0
	for _, c := range r.cohort {
		cohorts = max(cohorts, int(c)+1)
	}
	byCohort := make([]gate, cohorts)
	for i, c := range r.cohort {
		g := &byCohort[c]
		g.bake = p.Canary.Bake
		if r.canary[i] {
			g.ahead = append(g.ahead, int32(i))
		} else {
			g.behind = append(g.behind, int32(i))
		}
	}
	gates := byCohort[:0]
	for _, g := range byCohort {
		if len(g.ahead) > 0 && len(g.behind) > 0 {
			gates = append(gates, g)
		}
	}
	return gates
}
