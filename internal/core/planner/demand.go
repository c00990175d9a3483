package planner

import (
	"github.com/evenkeel-project/evenkeel/internal/core/fleet"
	"github.com/evenkeel-project/evenkeel/internal/core/ident"
)

// demand is who takes how much of which resource: one row of uses for each place of the roster. Uses that
// can never matter are left out: where all hosts that may be down together take no more than the allowance.
type demand struct {
	starts  []uint32
	uses    []use
	allowed []int64 // by resource
}

func (d *demand) row(i int32) []use { return d.uses[d.starts[i]:d.starts[i+1]] }

// gatherDemand joins the uses of groups and tenants with those of scopes and of the last hosts' turn.
func gatherDemand(in Input, l *ledger, c *census, r *roster, course *course) *demand {
	d := &demand{starts: make([]uint32, r.size()+1), allowed: l.allowed}
	d.uses = make([]use, 0, len(c.uses)+6*r.size())
	from := uint32(0)
	for i, h := range r.host {
		d.uses = l.appendScopes(d.uses, in.Fleet, h)
		if r.last[i] {
			d.uses = append(d.uses, use{l.turn, 1})
		}
		d.uses = append(d.uses, c.uses[from:c.usesEnd[i]]...)
		from = c.usesEnd[i]
		d.starts[i+1] = uint32(len(d.uses))
	}
	total := make([]int64, len(d.allowed))
	for _, era := range course.eras() {
		d.dropIdle(era, total)
	}
	d.compact()
	return d
}

// appendScopes appends the scopes of the host that have a limit.
func (l *ledger) appendScopes(uses []use, f *fleet.Fleet, h ident.Host) []use {
	zone := f.ZoneOf(h)
	for _, resource := range [...]uint32{0, l.regions + uint32(f.RegionOf(zone)), l.zones + uint32(zone),
		l.racks + uint32(f.RackOf(h)), l.cohortsAt + l.cohorts.of[h]} {
		if l.allowed[resource] != unlimited {
			uses = append(uses, use{resource, 1})
		}
	}
	return uses
}

// eras returns the sets of places that may be down together: hosts of two eras never are.
func (c *course) eras() [][]int32 {
	var eras [][]int32
	for _, s := range c.stages {
		eras = append(eras, s.members)
	}
	if c.regionsOrdered {
		return eras
	}
	var all []int32
	for _, era := range eras {
		all = append(all, era...)
	}
	return [][]int32{all}
}

// dropIdle sets to 0 the weight of uses whose resource bears the whole era at once. It needs total to be all
// zero and leaves it so.
func (d *demand) dropIdle(era []int32, total []int64) {
	for _, i := range era {
		for _, u := range d.row(i) {
			total[u.resource] += int64(u.weight)
		}
	}
	for _, i := range era {
		row := d.row(i)
		for k, u := range row {
			if total[u.resource] <= d.allowed[u.resource] {
				row[k].weight = 0
			}
		}
	}
	for _, i := range era {
		for _, u := range d.row(i) {
			total[u.resource] = 0
		}
	}
}

// compact removes the uses of weight 0.
func (d *demand) compact() {
	kept, from := uint32(0), uint32(0)
	for i := 1; i < len(d.starts); i++ {
		for k := from; k < d.starts[i]; k++ {
			if u := d.uses[k]; u.weight > 0 {
				d.uses[kept] = u
				kept++
			}
		}
		from, d.starts[i] = d.starts[i], kept
	}
	d.uses = d.uses[:kept:kept]
}
