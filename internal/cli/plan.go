package cli

import (
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"github.com/evenkeel-project/evenkeel/internal/core/exposure"
	"github.com/evenkeel-project/evenkeel/internal/core/plan"
	"github.com/evenkeel-project/evenkeel/internal/core/planner"
	"github.com/evenkeel-project/evenkeel/internal/core/problem"
)

type planOptions struct {
	sources
	pictures
	json     bool
	output   string
	force    bool
	seed     uint64
	exitCode bool
	compare  string
	explain  bool
	effort
	zone *time.Location
	// nextShown leaves out the command that comes next: the demo goes on with it.
	nextShown bool
}

// defaultSeed is the seed of a plan that names none.
const defaultSeed = 1

func (s *session) planCommand() *cobra.Command {
	o := planOptions{zone: s.Zone}
	command := &cobra.Command{
		Use: "plan", Short: "Plan an outage for every exposed host, and tell if it is in time", Args: s.operands(),
		Example: examples("plan --fleet fleet.yaml --advisory XSA-108.yaml \\\n      --policy policy.yaml -o plan.json",
			"plan --fleet fleet.yaml --advisory XSA-108.yaml \\\n      --policy policy.yaml --json --exit-code",
			"plan --fleet fleet.yaml --advisory XSA-108.yaml \\\n      --policy policy.yaml -o plan.json --html plan.html",
			"plan --fleet fleet.yaml --advisory XSA-108.yaml \\\n      --policy policy.yaml --compare plan.json -o newer.json",
			"plan --fleet fleet.yaml --advisory XSA-108.yaml \\\n      --policy policy.yaml --explain",
			"plan --fleet fleet.yaml --advisory XSA-108.yaml \\\n      --policy policy.yaml --budget 20s -o plan.json",
			"plan --fleet fleet.yaml --advisory XSA-108.yaml \\\n      --policy policy.yaml --keep plan.json -o newer.json"),
		Long: wrapped("", "A plan that misses its deadline is made all the same; with --exit-code the command then ends with 3."),
		RunE: func(command *cobra.Command, _ []string) error {
			if err := s.required(command, "fleet FILE", "advisory FILE", "policy FILE"); err != nil {
				return err
			}
			if err := s.oneResult(command, o); err != nil {
				return err
			}
			if err := o.effort.check(s, command); err != nil {
				return err
			}
			return s.plan(o)
		},
	}
	o.sources.flags(command)
	o.pictures.flags(command)
	o.effort.flags(command)
	flags := command.Flags()
	flags.BoolVar(&o.json, "json", false, "print the plan as JSON")
	outputFlags(command, &o.output, &o.force)
	flags.Uint64Var(&o.seed, "seed", defaultSeed, "the seed `N` of the search; the plan records it")
	flags.BoolVar(&o.exitCode, "exit-code", false, "end with 3 when the deadline is missed")
	flags.BoolVar(&o.explain, "explain", false, "print what each rule costs, and what a missed deadline would take, instead of the plan")
	flags.StringVar(&o.compare, "compare", "", "print what changed from the older plan `OLD` instead of the plan")
	flags.Var(zoneFlag{&o.zone}, "time-zone", "show times in this zone too (default: yours)")
	flags.Lookup("time-zone").DefValue = ""
	return command
}

// oneResult refuses flags that ask for two results on one output.
func (s *session) oneResult(command *cobra.Command, o planOptions) error {
	switch {
	case o.compare != "" && o.explain:
		return s.wrongUsage(command, "--compare and --explain each print a result of their own; give one of them")
	case (o.compare != "" || o.explain) && o.output == "-":
		return s.wrongUsage(command, "--compare and --explain print their result, so the plan cannot be printed too; keep it with -o FILE")
	}
	return s.refuseClash(command, o)
}

func (s *session) plan(o planOptions) error {
	for _, path := range []string{o.output, o.html, o.svg} {
		if err := refuseInput(path, append([]string{o.fleet, o.policy, o.compare, o.keep}, o.advisories...)...); err != nil {
			return err
		}
	}
	older, found := s.olderPlan(o.compare)
	keep, more := s.olderPlan(o.keep)
	found.Merge(more)
	in, err := s.load(o.sources, found)
	if err != nil {
		return err
	}
	report := exposure.Judge(in.fleet, in.advisories)
	input := planner.Input{Fleet: in.fleet, Exposure: report, Policy: in.policy, Seed: o.seed, Keep: keep}
	p, list := s.search(input, o.effort)
	if list.Failed() {
		return refusal{list}
	}
	if o.output != "" {
		if err := s.toFile(o.output, o.force, func(out io.Writer) error { _, err := out.Write(p.JSON()); return err }); err != nil {
			return err
		}
	}
	if err := s.draw(o.pictures, o.force, input, p); err != nil {
		return err
	}
	view := planView{plan: p, material: in, report: report, options: o, kept: keep, warnings: list.Items()}
	if o.json || o.output == "-" || older != nil || o.explain {
		for _, caution := range cautions(view) {
			fmt.Fprintln(s.Err, "note: "+problem.Printable(caution))
		}
	}
	if o.explain {
		err = s.explain(view, input)
	} else {
		err = s.showPlan(view, older)
	}
	if err != nil {
		return err
	}
	if o.exitCode && missed(p) {
		return errMissed
	}
	return nil
}

// showPlan prints the plan, or what changed since an older one, in the form that was asked for.
func (s *session) showPlan(view planView, older *plan.Plan) error {
	o := view.options
	switch {
	case older != nil && o.json:
		return s.printJSON(describeComparison(plan.Compare(older, view.plan)))
	case older != nil:
		s.printComparison(o.compare, plan.Compare(older, view.plan), o.zone)
	case o.output == "-":
	case o.json:
		_, err := s.Out.Write(view.plan.JSON())
		return err
	default:
		s.printPlan(view)
	}
	return nil
}

func missed(p *plan.Plan) bool { return p.Margin != nil && *p.Margin < 0 }

// planView is a plan with all that its human form is told from.
type planView struct {
	plan     *plan.Plan
	material material
	report   *exposure.Report
	options  planOptions
	kept     *plan.Plan // the plan whose starts were to be kept; nil for none
	warnings []problem.Problem
}

// printPlan opens with what an operator asks first, and ends with the command that comes next.
func (s *session) printPlan(v planView) {
	if len(v.plan.Outages)+len(v.plan.Blocked) == 0 {
		s.printNothingToPlan(v)
		return
	}
	s.printScale(v)
	s.printTimes(v)
	s.printBinding(v)
	s.printBlocked(v.plan)
	s.printCautions(v)
	s.printSchedule(v)
	if !v.options.nextShown {
		s.printNext(v)
	}
}

func (s *session) printNothingToPlan(v planView) {
	fmt.Fprintf(s.Out, "Nothing to plan: none of %s needs an outage that may be planned.\n", counted(v.material.fleet.Hosts(), "host"))
	s.printLeftOut(v.plan)
}

// printNext prints the command that checks this plan; when the plan was not kept, first the one that keeps it; and when
// it is late, before all the one that says what would have to give.
func (s *session) printNext(v planView) {
	path := v.options.output
	fmt.Fprintln(s.Out, "\nNext")
	made := append(v.options.arguments(), v.options.again(v.options.seed, v.plan)...)
	if missed(v.plan) {
		words := append([]string{"plan"}, made...)
		fmt.Fprintf(s.Out, "  %s\n", s.paste(append(words, "--explain")...))
	}
	if path == "" {
		path = "plan.json"
		words := append([]string{"plan"}, made...)
		fmt.Fprintf(s.Out, "  %s\n", s.paste(append(words, "-o", path)...))
	}
	words := append([]string{"inspect", path}, v.options.arguments()...)
	fmt.Fprintf(s.Out, "  %s\n", s.paste(words...))
}
