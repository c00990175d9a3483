package cli

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/evenkeel-project/evenkeel/internal/core/problem"
)

// demoPace is how fast the demo's campaign goes on a terminal: 52 hours in three seconds, beside the time that the
// work takes and the time to read.
const demoPace = 60000

type demoOptions struct {
	dir       string
	pace      uint32
	killAfter uint32 // real seconds; 0 for never
}

func (s *session) demoCommand() *cobra.Command {
	var o demoOptions
	command := &cobra.Command{
		Use: "demo", Short: "Show the whole job on a sample fleet: plan, campaign, evidence", Args: s.operands(),
		Example: examples("demo", "demo --dir evenkeel-demo", "demo --kill-after 3"),
		Long: wrapped("", "The demo carries out the commands it prints. The fleet is simulated: no machine is touched, and nothing is "+
			"sent. On a terminal the campaign is shown as it goes, otherwise a line for every event that is worth one."),
		RunE: func(command *cobra.Command, _ []string) error {
			if !command.Flags().Changed("pace") && s.ErrIsTerminal {
				o.pace = demoPace
			}
			return s.demo(o)
		},
	}
	flags := command.Flags()
	flags.StringVar(&o.dir, "dir", "", "write the sample files to this `DIR` (default: a new temporary one)")
	flags.Uint32Var(&o.pace, "pace", 0, fmt.Sprintf("let `N` simulated seconds pass in a real one (default: %d on a terminal, "+
		"otherwise as fast as can be)", demoPace))
	flags.Uint32Var(&o.killAfter, "kill-after", 0, "kill the campaign's process after `N` seconds, and go on (default: do not)")
	return command
}

// demoStory says in a few lines what the sample stands for.
const demoStory = "September 2014: a fault in Xen (XSA-108) let a guest read the memory of others. Patches were ready on a " +
	"Friday evening, the embargo ended on the Wednesday. One hoster rebooted its whole fleet in 48 hours, region " +
	"after region; another only the tenth that was exposed, zone by zone. Here is that weekend on a made-up fleet."

// demo carries out the commands it prints: what it shows is what they do.
func (s *session) demo(o demoOptions) error {
	d, err := s.writeSample(o)
	if err != nil {
		return err
	}
	for _, act := range []func() error{d.judge, d.sign, d.conduct, d.explain, d.prove} {
		if err := act(); err != nil {
			return err
		}
	}
	return d.tryNext()
}

// demonstration is a demo on its way.
type demonstration struct {
	*session
	options demoOptions
	steps   int // told
	files   demoFiles
	from    sources
	found   finding
}

// demoFiles are the paths of the sample and of what is made of it.
type demoFiles struct {
	dir, fleet, advisory, policy, scenario, plan string
	keys, signers, data                          string
	evidence, altered, report                    string
}

func filesIn(dir string) demoFiles {
	in := func(name string) string { return filepath.Join(dir, name) }
	return demoFiles{dir: dir, fleet: in("fleet.ndjson"), advisory: in("XSA-108.yaml"), policy: in("policy.yaml"), scenario: in("scenario.yaml"),
		plan: in("plan.json"), keys: in("keys"), signers: in("allowed_signers"), data: in("campaign"),
		evidence: in("evidence.ndjson"), altered: in("altered.ndjson"), report: in("report.html")}
}

// step prints the heading of a step. What was printed before is on its way to the reader then.
func (d *demonstration) step(heading string) error {
	d.steps++
	fmt.Fprintf(d.Out, "\n== %d. %s\n", d.steps, heading)
	return d.output.flush()
}

// command prints a command that is about to be carried out.
func (d *demonstration) command(words ...string) error {
	fmt.Fprintf(d.Out, "\n  $ %s\n\n", d.paste(words...))
	return d.output.flush()
}

// judge goes from the sample to a plan that was checked.
func (d *demonstration) judge() error {
	if err := errors.Join(d.step("Who is exposed?"), d.command(append([]string{"exposure"}, d.from.arguments()...)...)); err != nil {
		return err
	}
	if err := d.exposure(exposureOptions{sources: d.from, brief: true}); err != nil {
		return err
	}
	fmt.Fprintln(d.Out, "\n  (The command counts by zone and cohort too.)")
	err := errors.Join(d.step("When does each host go down, and does the deadline hold?"),
		d.command(append(append([]string{"plan"}, d.from.arguments()...), "-o", d.files.plan)...))
	if err != nil {
		return err
	}
	if err := d.plan(planOptions{sources: d.from, output: d.files.plan, seed: defaultSeed, effort: effort{steps: defaultSteps}, zone: d.Zone, nextShown: true}); err != nil {
		return inAnotherDirectory(err)
	}
	err = errors.Join(d.step("Is the plan right? A checker that shares no code with the planner says"),
		d.command(append([]string{"inspect", d.files.plan}, d.from.arguments()...)...))
	if err != nil {
		return err
	}
	if err := d.inspect(inspectOptions{sources: d.from, plan: d.files.plan, brief: true}); err != nil {
		return err
	}
	fmt.Fprintln(d.Out, "\n  (The command lists every rule with what was looked at.)")
	return nil
}

// writeSample writes the sample into a directory in which no demo was before.
func (s *session) writeSample(o demoOptions) (*demonstration, error) {
	sample, err := s.desk.Sample()
	if err != nil {
		return nil, err
	}
	dir := o.dir
	if dir == "" {
		dir, err = os.MkdirTemp("", "evenkeel-demo-")
	} else {
		err = os.MkdirAll(dir, 0o777) // the reader's umask says who may enter
	}
	if err != nil {
		return nil, problem.Problem{Code: "write-failed",
			Sentence: fmt.Sprintf("the directory could not be made: %v", err), Fix: "name another one with --dir"}
	}
	files := filesIn(dir)
	if fileExists(files.data) {
		return nil, problem.Problem{Code: "demo-there", Place: problem.Place{File: dir}, Sentence: "the directory holds the campaign of an earlier demo",
			Fix: "name another one with --dir, or look at it: " + s.paste("campaign", "status", "--data", files.data)}
	}
	for _, text := range []struct {
		path    string
		content []byte
	}{{files.policy, sample.Policy}, {files.advisory, sample.Advisory}, {files.scenario, sample.Scenario}} {
		if err := s.toFile(text.path, false, content(text.content)); err != nil {
			return nil, inAnotherDirectory(err)
		}
	}
	if err := s.toFile(files.fleet, false, func(out io.Writer) error { return s.desk.WriteFleet(out, sample.Fleet) }); err != nil {
		return nil, inAnotherDirectory(err)
	}
	d := &demonstration{session: s, options: o, files: files,
		from: sources{fleet: files.fleet, advisories: []string{files.advisory}, policy: files.policy}}
	fmt.Fprint(s.Out, wrapped("", demoStory))
	err = d.step("The sample, in " + problem.Printable(dir))
	fmt.Fprint(s.Out, "\n", wrapped("  fleet.ndjson   ", fleetCounts(sample.Fleet).String()))
	fmt.Fprintln(s.Out, "  XSA-108.yaml   whom the fault affects, what proves the fix, when the embargo ends")
	fmt.Fprintln(s.Out, "  policy.yaml    when to start, in which order, how many at once")
	fmt.Fprintln(s.Out, "  scenario.yaml  what goes wrong with the simulated hosts")
	return d, err
}

// content writes bytes as they are.
func content(bytes []byte) func(io.Writer) error {
	return func(out io.Writer) error {
		_, err := out.Write(bytes)
		return err
	}
}

// inAnotherDirectory turns the way out of a file that is in the way into one that the demo has.
func inAnotherDirectory(err error) error {
	if p, ok := errors.AsType[problem.Problem](err); ok && (p.Code == "file-exists" || p.Code == "key-exists") {
		p.Fix = "keep it, and name another directory with --dir"
		return p
	}
	return err
}
