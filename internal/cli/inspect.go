package cli

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/evenkeel-project/evenkeel/internal/core/exposure"
	"github.com/evenkeel-project/evenkeel/internal/core/inspect"
	"github.com/evenkeel-project/evenkeel/internal/core/plan"
	"github.com/evenkeel-project/evenkeel/internal/core/problem"
)

type inspectOptions struct {
	sources
	plan  string
	json  bool
	brief bool // how many rules held, not which: as the demo shows it
}

func (s *session) inspectCommand() *cobra.Command {
	var o inspectOptions
	command := &cobra.Command{
		Use: "inspect PLAN", Short: "Check a plan against the fleet, the advisories and the policy", Args: s.operands("PLAN"),
		Example: examples("inspect plan.json --fleet fleet.yaml --advisory XSA-108.yaml \\\n      --policy policy.yaml"),
		Long: wrapped("", "The checker works every order, count and figure out again and shares no code with the planner. "+
			"It ends with 1 when it finds anything."),
		RunE: func(command *cobra.Command, args []string) error {
			o.plan = args[0]
			if err := s.required(command, "fleet FILE", "advisory FILE", "policy FILE"); err != nil {
				return err
			}
			return s.inspect(o)
		},
	}
	o.flags(command)
	command.Flags().BoolVar(&o.json, "json", false, "print the result as JSON")
	return command
}

func (s *session) inspect(o inspectOptions) error {
	p, list := s.desk.ReadPlan(o.plan)
	in, err := s.load(o.sources, list)
	if err != nil {
		return err
	}
	done := s.working("checking " + counted(len(p.Outages), "outage"))
	report := inspect.Check(inspect.Input{Plan: p, Fleet: in.fleet, Policy: in.policy,
		Exposure: exposure.Judge(in.fleet, in.advisories)})
	done()
	switch {
	case o.json:
		err = s.printJSON(describeInspection(p, report))
	case o.brief && report.Accepted():
		fmt.Fprint(s.Out, wrapped("", fmt.Sprintf("Accepted: the plan keeps all %d rules and every figure is right.", len(report.Rules))))
	default:
		s.printInspection(p, report)
	}
	if err == nil && !report.Accepted() {
		err = errTold
	}
	return err
}

// inspectJSON is what inspect --json prints.
type inspectJSON struct {
	Accepted bool       `json:"accepted"`
	Plan     string     `json:"plan"` // its digest
	Found    int        `json:"found"`
	Rules    []ruleJSON `json:"rules"`
}

type ruleJSON struct {
	Code     string        `json:"code"`
	Rule     string        `json:"rule"`
	Unit     string        `json:"unit"`
	Looked   int           `json:"looked"`
	Found    int           `json:"found"`
	Findings []problemJSON `json:"findings"` // the first of those found
}

func describeInspection(p *plan.Plan, report inspect.Report) inspectJSON {
	out := inspectJSON{Accepted: report.Accepted(), Plan: string(p.Digest), Found: report.Found(), Rules: []ruleJSON{}}
	for _, c := range report.Rules {
		out.Rules = append(out.Rules, ruleJSON{Code: string(c.Code), Rule: c.Law, Unit: c.Unit,
			Looked: c.Looked, Found: c.Found, Findings: problemsJSON(c.Findings)})
	}
	return out
}

func (s *session) printInspection(p *plan.Plan, report inspect.Report) {
	if report.Accepted() {
		fmt.Fprintln(s.Out, "Accepted: the plan keeps every rule and every figure is right.")
	} else {
		fmt.Fprintf(s.Out, "Refused: %s.\n", counted(report.Found(), "finding"))
	}
	fmt.Fprintf(s.Out, "digest %s\n\nChecked\n", problem.Printable(string(p.Digest)))
	for _, c := range report.Rules {
		verdict := "ok   "
		if c.Found > 0 {
			verdict = "WRONG"
		}
		count := fmt.Sprintf("%s: %s", c.Unit, grouped(c.Looked))
		if c.Found > 0 {
			count += ", " + counted(c.Found, "finding")
		}
		fmt.Fprint(s.Out, wrapped("  "+verdict+" ", fmt.Sprintf("%s (%s)", c.Law, count)))
	}
	if report.Accepted() {
		return
	}
	fmt.Fprintln(s.Out, "\nFindings")
	for _, c := range report.Rules {
		for _, finding := range c.Findings {
			fmt.Fprintf(s.Out, "  %s\n", finding.Error())
		}
		if hidden := c.Found - len(c.Findings); hidden > 0 {
			fmt.Fprintf(s.Out, "    and %s more of [%s]\n", grouped(hidden), c.Code)
		}
	}
}
