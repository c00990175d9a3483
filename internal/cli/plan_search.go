package cli

import (
	"fmt"
	"strconv"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"github.com/evenkeel-project/evenkeel/internal/clock"
	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/plan"
	"github.com/evenkeel-project/evenkeel/internal/core/planner"
	"github.com/evenkeel-project/evenkeel/internal/core/problem"
)

// effort says how long a plan is searched for.
type effort struct {
	steps  int64
	budget time.Duration // instead of steps, when timed
	timed  bool
	keep   string // the plan whose starts are kept; no search then
}

// defaultSteps is how many steps of search a plan gets when nobody says: a few seconds for 100,000 hosts, and the same
// plan on every machine.
const defaultSteps = 20

func (e *effort) flags(command *cobra.Command) {
	flags := command.Flags()
	flags.Int64Var(&e.steps, "steps", defaultSteps, "search for a better plan for `N` steps; the plan records them")
	flags.DurationVar(&e.budget, "budget", 0, "search for this `TIME`, such as 20s, instead of --steps, or until no plan can be better")
	flags.StringVar(&e.keep, "keep", "", "keep the starts of the plan `OLD` as far as the rules let them, and search no further")
}

// check refuses efforts that mean nothing.
func (e *effort) check(s *session, command *cobra.Command) error {
	flags := command.Flags()
	e.timed = flags.Changed("budget")
	switch {
	case e.timed && flags.Changed("steps"):
		return s.wrongUsage(command, "--budget and --steps both say how long to search; give one of them")
	case e.keep != "" && (e.timed || flags.Changed("steps")):
		return s.wrongUsage(command, "--keep keeps the starts of a plan and searches no further; leave out --budget and --steps")
	case e.budget < 0 || e.steps < 0:
		return s.wrongUsage(command, "a search cannot take less than no time; give --budget or --steps 0 or more")
	}
	return nil
}

// again returns the flags that make the plan again. After a search for a time the plan says how many steps it took.
func (e effort) again(seed uint64, p *plan.Plan) []string {
	var words []string
	if seed != defaultSeed {
		words = append(words, "--seed", strconv.FormatUint(seed, 10))
	}
	switch {
	case e.keep != "":
		words = append(words, "--keep", e.keep)
	case e.timed, e.steps != defaultSteps:
		words = append(words, "--steps", strconv.FormatInt(p.Steps, 10))
	}
	return words
}

// search makes a plan and improves it as long as the effort says. Ctrl-C ends the search and keeps the best plan.
func (s *session) search(in planner.Input, e effort) (*plan.Plan, problem.List) {
	done := s.working("planning " + counted(in.Fleet.Hosts(), "host"))
	found, list := planner.Open(in)
	done()
	if list.Failed() {
		return nil, list
	}
	s.improve(found, e)
	return found.Plan()
}

func (s *session) improve(found *planner.Search, e effort) {
	ctx, restore := s.interruptible()
	defer restore()
	watch := clock.Start()
	bar := s.telling(func(int64, int64, time.Duration) string { return standingLine(found.Standing()) })
	defer bar.end()
	for !found.Over() && ctx.Err() == nil {
		if e.timed && watch.Elapsed() >= e.budget || !e.timed && found.Standing().Steps >= e.steps {
			return
		}
		bar.step(found.Standing().Steps, 0)
		sideBySide(found.Lanes())
		found.Join()
	}
	if ctx.Err() != nil {
		fmt.Fprintf(s.Err, "stopped after %s; this is the best plan so far\n", counted(int(found.Standing().Steps), "step"))
	}
}

// sideBySide does all of the work, each part on a core of its own where there are enough.
func sideBySide(lanes []func()) {
	var all sync.WaitGroup
	for _, work := range lanes {
		all.Go(work)
	}
	all.Wait()
}

// standingLine tells how far a search has come, within 80 columns:
// "search step 7: 15h 40m, 1.07% over the bound; Ctrl-C keeps the best so far".
func standingLine(at planner.Standing) string {
	line := fmt.Sprintf("search step %s: %s, %s over the bound", grouped(int(at.Steps)), lasting(at.Makespan), plan.GapText(plan.Gap(at.Makespan, at.Bound)))
	if at.Late > 0 {
		return line + ", late by " + lasting(calendar.Seconds(at.Late))
	}
	return line + "; Ctrl-C keeps the best so far"
}
