package bound

import (
	"slices"

	"github.com/evenkeel-project/evenkeel/internal/core/instance"
)

// Deepening improves a proof step by step. It is deterministic: after the same number of steps it has proven
// the same.
type Deepening struct {
	prover *prover
	known  Proof
	tasks  []*task // one for every stage, and one for the whole fleet when it has several
	next   int     // the task whose turn it is
}

// task is what is still to be proven of one set of hosts.
type task struct {
	stage   int // everyStage for all hosts
	members []int32
	cliques *cliques
	done    bool
}

// everyStage stands for the number of a stage where all hosts together are meant.
const everyStage = -1

// Open starts from what is known of the instance.
func Open(in *instance.Instance, known Proof) *Deepening {
	d := &Deepening{prover: newProver(in), known: known}
	for n, s := range in.Course.Stages {
		d.tasks = append(d.tasks, &task{stage: n, members: s.Members})
	}
	if len(d.tasks) > 1 {
		all := make([]int32, in.Roster.Size())
		for i := range all {
			all[i] = int32(i)
		}
		d.tasks = append(d.tasks, &task{stage: everyStage, members: all})
	}
	return d
}

// Proof returns the best proof so far; no number in it is less than in an earlier one.
func (d *Deepening) Proof() Proof { return d.known }

// Step works for some milliseconds and reports whether nothing is left to do. The tasks take turns.
func (d *Deepening) Step() (done bool) {
	for range d.tasks {
		t := d.tasks[d.next]
		d.next = (d.next + 1) % len(d.tasks)
		if !t.done {
			t.done = d.work(t)
			return false
		}
	}
	return true
}

// work goes on with a task and reports whether it is over.
func (d *Deepening) work(t *task) (done bool) {
	if t.cliques == nil {
		t.cliques = newCliques(d.prover.exclusions(t.members))
		return false
	}
	done = t.cliques.step()
	d.learn(t, Bound{t.cliques.seconds, t.cliques.words(d.prover.instance.Names)})
	return done
}

// learn takes over a bound of a task's hosts when it is better than what is known.
func (d *Deepening) learn(t *task, b Bound) {
	parts := d.known
	switch {
	case t.stage == everyStage && b.Seconds > parts.whole.Seconds:
		parts.whole = b
	case t.stage != everyStage && b.Seconds > parts.bare[t.stage].Seconds:
		parts.stages, parts.bare = slices.Clone(parts.stages), slices.Clone(parts.bare)
		parts.stages[t.stage] = parts.stages[t.stage].over(b)
		parts.bare[t.stage] = b
	default:
		return
	}
	d.known = d.prover.compose(parts)
}
