package cli

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/evenkeel-project/evenkeel/internal/core/exposure"
	"github.com/evenkeel-project/evenkeel/internal/core/ident"
	"github.com/evenkeel-project/evenkeel/internal/core/policy"
	"github.com/evenkeel-project/evenkeel/internal/core/problem"
)

type exposureOptions struct {
	sources
	by    string
	hosts bool
	host  string
	json  bool
	brief bool // totals and regions only, as the demo shows them
}

func (s *session) exposureCommand() *cobra.Command {
	var o exposureOptions
	command := &cobra.Command{
		Use: "exposure", Short: "Tell which hosts an advisory concerns, and why", Args: s.operands(),
		Example: examples("exposure --fleet fleet.yaml --advisory XSA-108.yaml",
			"exposure --fleet fleet.yaml --advisory XSA-108.yaml --by cohort",
			"exposure --fleet fleet.yaml --advisory XSA-108.yaml --host c-17"),
		Long: wrapped("", "A host of which a fact is missing is unknown, and unknown counts as exposed. Cohorts are those "+
			"of the policy, else hosts of one generation in one region. With several advisories a host counts once."),
		RunE: func(command *cobra.Command, _ []string) error {
			if err := s.required(command, "fleet FILE", "advisory FILE"); err != nil {
				return err
			}
			if o.host != "" && (o.hosts || o.by != "") {
				return s.wrongUsage(command, "--host explains one host and goes with neither --hosts nor --by")
			}
			return s.exposure(o)
		},
	}
	o.flags(command)
	flags := command.Flags()
	flags.Var(choiceFlag{&o.by, []string{"region", "zone", "cohort"}}, "by", "show one table whole")
	flags.BoolVar(&o.hosts, "hosts", false, "list every host with its state and the reason")
	flags.StringVar(&o.host, "host", "", "explain the host `ID`")
	flags.BoolVar(&o.json, "json", false, "print the result as JSON")
	return command
}

func (s *session) exposure(o exposureOptions) error {
	in, err := s.load(o.sources, problem.List{})
	if err != nil {
		return err
	}
	if in.policy == nil {
		in.policy = &policy.Policy{Canary: policy.DefaultCanary()}
	}
	done := s.working("judging " + counted(in.fleet.Hosts(), "host"))
	v := exposureView{material: in, report: exposure.Judge(in.fleet, in.advisories), options: o}
	done()
	if o.host != "" {
		h, ok := in.fleet.FindHost(o.host)
		if !ok {
			return problem.Problem{Code: "unknown-host", Place: problem.Place{File: o.fleet},
				Sentence: fmt.Sprintf("there is no host %q", o.host), Fix: "correct the id"}
		}
		v.listed = []ident.Host{h}
	} else if o.hosts {
		for h := range in.fleet.Hosts() {
			v.listed = append(v.listed, ident.Host(h))
		}
	}
	if o.json {
		return s.printJSON(v.document())
	}
	s.printExposure(v)
	return nil
}

// exposureView is a judgement with what it is told by.
type exposureView struct {
	material
	report  *exposure.Report
	options exposureOptions
	listed  []ident.Host // the hosts to tell one by one
}

func (s *session) printExposure(v exposureView) {
	if v.options.host != "" {
		s.printHostExposure(v, v.listed[0])
		return
	}
	short := map[string]string{}
	counts := v.report.Counts(func(h ident.Host) string {
		cohort := v.policy.CohortOf(v.fleet, h)
		short[cohort] = v.shortCohort(h)
		return cohort
	})
	for i := range counts.Cohorts {
		counts.Cohorts[i].Name = short[counts.Cohorts[i].Name]
	}
	rowsMax := tableRowsMax
	if v.options.by == "" && !v.options.hosts {
		s.printTotals(v, countsOf(counts.Total))
	} else {
		rowsMax = 0
	}
	s.printScopes(v, "region", counts.Regions, rowsMax)
	s.printScopes(v, "zone", counts.Zones, rowsMax)
	s.printScopes(v, "cohort", counts.Cohorts, rowsMax)
	for _, h := range v.listed {
		fmt.Fprintf(s.Out, "%s  %s  %s\n", v.fleet.HostID(h), v.report.Overall(h), v.report.Reason(h))
	}
}

// shortCohort names the cohort of a host by the values alone: the line above the table has their keys.
func (v exposureView) shortCohort(h ident.Host) string {
	values := make([]string, len(v.policy.Canary.Per))
	for i, key := range v.policy.Canary.Per {
		value, ok := policy.Attribute(v.fleet, h, key)
		if !ok {
			value = "(none)"
		}
		values[i] = value
	}
	return strings.Join(values, ", ")
}

func (s *session) printTotals(v exposureView, totals stateCounts) {
	ids := make([]string, len(v.advisories))
	for i, a := range v.report.Advisories() {
		ids[i] = a.ID
	}
	name := listed(ids)
	if totals.NotAffected == totals.Hosts {
		fmt.Fprint(s.Out, wrapped("", fmt.Sprintf("No host is exposed: %s %s none of %s.", name,
			verb(len(ids), "matches", "match"), counted(totals.Hosts, "host"))))
	} else {
		fmt.Fprint(s.Out, wrapped("", fmt.Sprintf("%s of %s %s exposed to %s, unknown ones counted.",
			grouped(totals.Exposed), counted(totals.Hosts, "host"), verb(totals.Exposed, "is", "are"), name)))
	}
	for _, a := range v.report.Advisories() {
		if !a.Action.TakesHostDown() {
			fmt.Fprint(s.Out, wrapped("", fmt.Sprintf("The action of %s is %s: it takes no host down.", a.ID, a.Action)))
		}
	}
	fmt.Fprintln(s.Out)
	line := func(word string, n int, meaning string) {
		text := fmt.Sprintf("  %-18s %9s %6s  %s", word, grouped(n), percent(n, totals.Hosts), meaning)
		fmt.Fprintln(s.Out, strings.TrimRight(text, " "))
	}
	line("vulnerable", totals.VulnerableRunning, "runs what is affected")
	line("fixed, not running", totals.FixedNotRunning, "the fix is installed and waits for a restart")
	line("unknown", totals.Unknown, "a fact is missing or cannot be read; counts as exposed")
	line("fixed", totals.Fixed, "runs the fix")
	line("not affected", totals.NotAffected, "")
}

// printScopes prints one table, if it is among those asked for.
func (s *session) printScopes(v exposureView, key string, scopes []exposure.NamedCount, rowsMax int) {
	o := v.options
	if o.by != key && (o.by != "" || o.hosts || (o.brief && key != "region")) {
		return
	}
	t := newTable(key, ">hosts", ">vulnerable", ">not running", ">unknown", ">fixed", ">not aff.")
	for _, scope := range scopes {
		t.add(problem.Printable(scope.Name), grouped(scope.Hosts()), grouped(scope.VulnerableRunning), grouped(scope.FixedNotRunning),
			grouped(scope.Unknown), grouped(scope.Fixed), grouped(scope.NotAffected))
	}
	if o.by == "" {
		fmt.Fprintln(s.Out)
	}
	if per := v.policy.Canary.Per; key == "cohort" && len(per) > 0 {
		fmt.Fprint(s.Out, wrapped("  ", "cohorts by "+problem.Printable(listed(per))))
	}
	t.print(s.Out, rowsMax)
	if o.hosts {
		fmt.Fprintln(s.Out)
	}
}

func (s *session) printHostExposure(v exposureView, h ident.Host) {
	f := v.fleet
	fmt.Fprintf(s.Out, "host %s in zone %s of region %s: %s\n", f.HostID(h), f.ZoneID(f.ZoneOf(h)), f.RegionID(f.RegionOf(f.ZoneOf(h))),
		v.report.Overall(h))
	fmt.Fprint(s.Out, wrapped("reason    ", v.report.Reason(h)))
	s.printPairs("facts     ", f.Facts(h))
	s.printPairs("installed ", f.Installed(h))
	fmt.Fprintf(s.Out, "guests    %s\n", grouped(len(f.GuestsOn(h))))
	for i, a := range v.report.Advisories() {
		fmt.Fprintf(s.Out, "\n%s: %s\n", a.ID, v.report.Of(i, h))
		if len(v.report.Advisories()) > 1 {
			s.field("reason", "%s", v.report.ReasonFor(i, h))
		}
		s.field("affected", "%s", problem.Printable(a.Affected.Source()))
		s.field("fixed", "%s", problem.Printable(a.Fixed.Source()))
	}
}
