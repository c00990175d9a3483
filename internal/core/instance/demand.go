package instance

import "math"

// Use is how much of a resource one host takes while it is down.
type Use struct {
	Resource, Weight uint32
}

// Unlimited is the allowance of a resource that bounds nothing.
const Unlimited = math.MaxInt64

// Demand is who takes how much of which resource: one row of uses for each place of the roster.
type Demand struct {
	Allowed []int64 // by resource

	starts []uint32
	uses   []Use
}

// NewDemand takes over the uses, row after row; starts has one number more than there are rows.
func NewDemand(allowed []int64, starts []uint32, uses []Use) *Demand {
	return &Demand{Allowed: allowed, starts: starts, uses: uses}
}

// Row returns the uses of one place. Only their order may be changed, and only before searches share it.
func (d *Demand) Row(i int32) []Use { return d.uses[d.starts[i]:d.starts[i+1]] }

// Trim leaves out uses that can never matter: where all hosts that may be down together take no more than the
// allowance.
func (d *Demand) Trim(c *Course) {
	total := make([]int64, len(d.Allowed))
	for _, era := range c.eras() {
		d.dropIdle(era, total)
	}
	d.compact()
}

// dropIdle sets to 0 the weight of uses whose resource bears the whole era at once. It needs total to be all
// zero and leaves it so.
func (d *Demand) dropIdle(era []int32, total []int64) {
	for _, i := range era {
		for _, u := range d.Row(i) {
			total[u.Resource] += int64(u.Weight)
		}
	}
	for _, i := range era {
		row := d.Row(i)
		for k, u := range row {
			if total[u.Resource] <= d.Allowed[u.Resource] {
				row[k].Weight = 0
			}
		}
	}
	for _, i := range era {
		for _, u := range d.Row(i) {
			total[u.Resource] = 0
		}
	}
}

// compact removes the uses of weight 0.
func (d *Demand) compact() {
	kept, from := uint32(0), uint32(0)
	for i := 1; i < len(d.starts); i++ {
		for k := from; k < d.starts[i]; k++ {
			if u := d.uses[k]; u.Weight > 0 {
				d.uses[kept] = u
				kept++
			}
		}
		from, d.starts[i] = d.starts[i], kept
	}
	d.uses = d.uses[:kept:kept]
}
