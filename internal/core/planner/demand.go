package planner

import (
	"github.com/evenkeel-project/evenkeel/internal/core/fleet"
	"github.com/evenkeel-project/evenkeel/internal/core/ident"
	"github.com/evenkeel-project/evenkeel/internal/core/instance"
)

// gatherDemand joins the uses of groups and tenants with those of scopes and of the last hosts' turn.
func gatherDemand(in Input, l *ledger, c *census, r *instance.Roster) *instance.Demand {
	starts, uses := make([]uint32, r.Size()+1), make([]instance.Use, 0, len(c.uses)+6*r.Size())
	from := uint32(0)
	for i, h := range r.Host {
		uses = l.appendScopes(uses, in.Fleet, h)
		if r.Last[i] {
			uses = append(uses, instance.Use{Resource: l.turn, Weight: 1})
		}
		uses = append(uses, c.uses[from:c.usesEnd[i]]...)
		from = c.usesEnd[i]
		starts[i+1] = uint32(len(uses))
	}
	return instance.NewDemand(l.allowed, starts, uses)
}

// appendScopes appends the scopes of the host that have a limit.
func (l *ledger) appendScopes(uses []instance.Use, f *fleet.Fleet, h ident.Host) []instance.Use {
	zone := f.ZoneOf(h)
	for _, resource := range [...]uint32{0, l.regions + uint32(f.RegionOf(zone)), l.zones + uint32(zone),
		l.racks + uint32(f.RackOf(h)), l.cohortsAt + l.cohorts.of[h]} {
		if l.allowed[resource] != instance.Unlimited {
			uses = append(uses, instance.Use{Resource: resource, Weight: 1})
		}
	}
	return uses
}
