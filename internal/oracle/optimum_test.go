package oracle_test

import (
	"testing"

	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/plan"
	"github.com/evenkeel-project/evenkeel/internal/oracle"
)

// grids is how many instances are searched minute by minute, and gridMax how large a search may be.
const (
	grids   = 150
	gridMax = 6000
)

// Every time of a generated instance is a whole minute, so an instance has a best plan on whole minutes. For
// instances of which all shorter plans can be written down, none of them keeps the rules.
func TestNoPlanOnTheMinuteBeatsTheOptimum(t *testing.T) {
	searched := 0
	for seed := uint64(0); searched < grids; seed++ {
		in := oracle.Generate(seed)
		best := oracle.Optimum(in)
		if len(best.Runs) < 2 {
			continue
		}
		grid := newGrid(in, best)
		if grid.size() > gridMax {
			continue
		}
		searched++
		grid.visit(0, func(p *plan.Plan) {
			if p.Finish >= best.Finish {
				t.Fatalf("seed %d: the grid holds a plan to %s, no shorter than %s", seed, p.Finish, best.Finish)
			}
			if len(oracle.Broken(in, p)) == 0 {
				t.Fatalf("seed %d: a plan finishes at %s, before the optimum %s: %s", seed, p.Finish, best.Finish, p.JSON())
			}
		})
	}
}

// grid is every plan, kept rules or not, that starts each outage on a minute, ends before the optimum and
// marks any hosts canaries.
type grid struct {
	in     oracle.Instance
	best   oracle.Schedule
	starts [][]calendar.Instant // by run
	marks  []bool
	runs   []oracle.Run
}

func newGrid(in oracle.Instance, best oracle.Schedule) *grid {
	g := &grid{in: in, best: best, marks: []bool{false}}
	if in.Policy.Canary.Hosts > 0 {
		g.marks = []bool{false, true}
	}
	for _, run := range best.Runs {
		length := run.Span.To.Sub(run.Span.From)
		var starts []calendar.Instant
		for at := in.Policy.Start; at.Add(length) < best.Finish; at = at.Add(calendar.Minute) {
			starts = append(starts, at)
		}
		g.starts = append(g.starts, starts)
	}
	return g
}

func (g *grid) size() int {
	size := 1
	for _, starts := range g.starts {
		size = min(size*len(starts)*len(g.marks), gridMax+1)
	}
	return size
}

func (g *grid) visit(i int, each func(p *plan.Plan)) {
	if i == len(g.starts) {
		each(oracle.Schedule{Runs: g.runs}.Plan(g.in))
		return
	}
	run := g.best.Runs[i]
	length := run.Span.To.Sub(run.Span.From)
	for _, at := range g.starts[i] {
		for _, mark := range g.marks {
			g.runs = append(g.runs, oracle.Run{Host: run.Host, Span: calendar.Span{From: at, To: at.Add(length)}, Canary: mark})
			g.visit(i+1, each)
			g.runs = g.runs[:len(g.runs)-1]
		}
	}
}
