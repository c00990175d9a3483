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
	stage    int // everyStage for all hosts
	members  []int32
	barriers []barrier
	done     bool

	delay  int64 // before any host that waits for canaries can start
	barred bool  // there are such hosts

	entangled []int32 // the members to look at
	graph     *graph
	cliques   *cliques
	size      int // how many hosts are weighed
	weighed   *weighing
}

// everyStage stands for the number of a stage where all hosts together are meant.
const everyStage = -1

// Open starts from what is known of the instance.
func Open(in *instance.Instance, known Proof) *Deepening {
	d := &Deepening{prover: newProver(in), known: known}
	d.prover.score = make([]int64, in.Roster.Size())
	barriers := d.prover.stageBarriers(in.Course)
	for n, s := range in.Course.Stages {
		d.tasks = append(d.tasks, &task{stage: n, members: s.Members, barriers: barriers[n]})
	}
	if len(d.tasks) > 1 {
		d.tasks = append(d.tasks, &task{stage: everyStage, members: d.prover.everyone(), barriers: d.prover.fleetBarriers()})
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

// work goes on with a task and reports whether it is over: first cliques, then ever greater crowds.
func (d *Deepening) work(t *task) (done bool) {
	switch {
	case t.entangled == nil:
		t.entangled = d.prover.entangled(t.members)
		d.prover.behind(t.barriers, func() {
			var own Bound
			t.delay, t.barred = d.prover.canaryDelay(d.prover.byLength(t.members), &own)
		})
		return len(t.entangled) == 0
	case t.graph == nil:
		t.graph = d.prover.exclusions(t.entangled)
		t.cliques, t.size = newCliques(t.graph), crowdMin
		return false
	case t.cliques != nil:
		searched := t.cliques.step()
		if t.cliques.news {
			d.learn(t, t.cliques.proof())
		}
		if searched {
			t.cliques = nil
		}
		return false
	case t.weighed == nil:
		t.weighed = newWeighing(d.prover.crowdOf(t.graph, t.size), d.target(t))
		return false
	}
	if !t.weighed.step() {
		if t.weighed.news {
			d.learn(t, t.weighed.proof())
		}
		return false
	}
	if t.size >= min(crowdMax, len(t.graph.place)) {
		return true
	}
	t.size, t.weighed = crowdMax, nil
	return false
}

// target returns what a new bound of a task's hosts has to beat.
func (d *Deepening) target(t *task) int64 {
	if t.stage == everyStage {
		return d.known.whole.Seconds
	}
	return d.known.bare[t.stage].Seconds
}

// learn takes over what a task has proven when it is better than what is known.
func (d *Deepening) learn(t *task, w worths) {
	names := d.prover.instance.Names
	bare := Bound{w.seconds, w.words(names, "")}
	full := bare.over(d.delayed(t, w))
	parts := d.known
	switch {
	case t.stage == everyStage && full.Seconds > parts.whole.Seconds:
		parts.whole = full
	case t.stage != everyStage && (bare.Seconds > parts.bare[t.stage].Seconds || full.Seconds > parts.stages[t.stage].Seconds):
		parts.stages, parts.bare = slices.Clone(parts.stages), slices.Clone(parts.bare)
		parts.stages[t.stage] = parts.stages[t.stage].over(full)
		parts.bare[t.stage] = parts.bare[t.stage].over(bare)
	default:
		return
	}
	d.known = d.prover.compose(parts)
}
