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

func (s *session) demoCommand() *cobra.Command {
	var dir string
	command := &cobra.Command{
		Use: "demo", Short: "Show the whole job on a sample fleet: exposure, plan, check", Args: s.operands(),
		Example: examples("demo", "demo --dir evenkeel-demo"),
		RunE:    func(_ *cobra.Command, _ []string) error { return s.demo(dir) },
	}
	command.Flags().StringVar(&dir, "dir", "", "write the sample files to this `DIR` (default: a new temporary one)")
	return command
}

// demoStory says in a few lines what the sample stands for.
const demoStory = "September 2014: a fault in Xen (XSA-108) let a guest read the memory of others. Patches were ready on a " +
	"Friday evening, the embargo ended on the Wednesday. One hoster rebooted its whole fleet in 48 hours, region " +
	"after region; another only the tenth that was exposed, zone by zone. Here is that weekend on a made-up fleet."

// demo carries out the commands it prints: what it shows is what they do.
func (s *session) demo(dir string) error {
	files, err := s.writeSample(dir)
	if err != nil {
		return err
	}
	from := sources{fleet: files.fleet, advisories: []string{files.advisory}}
	withPolicy := from
	withPolicy.policy = files.policy
	s.step(2, "Who is exposed?", append([]string{"exposure"}, withPolicy.arguments()...))
	if err := s.exposure(exposureOptions{sources: withPolicy, brief: true}); err != nil {
		return err
	}
	fmt.Fprintln(s.Out, "\n  (The command counts by zone and cohort too.)")
	s.step(3, "When does each host go down, and does the deadline hold?",
		append(append([]string{"plan"}, withPolicy.arguments()...), "-o", files.plan))
	if err := s.plan(planOptions{sources: withPolicy, output: files.plan, seed: defaultSeed, zone: s.Zone, nextShown: true}); err != nil {
		return err
	}
	s.step(4, "Is the plan right? A checker that shares no code with the planner says",
		append([]string{"inspect", files.plan}, withPolicy.arguments()...))
	if err := s.inspect(inspectOptions{sources: withPolicy, plan: files.plan, brief: true}); err != nil {
		return err
	}
	fmt.Fprintln(s.Out, "\n  (The command lists every rule with what was looked at.)")
	return s.tryNext(files, withPolicy)
}

// step prints the heading of a step with the command that does it.
func (s *session) step(number int, heading string, words []string) {
	fmt.Fprintf(s.Out, "\n== %d. %s\n\n  $ %s\n\n", number, heading, s.paste(words...))
}

// demoFiles are the paths of the sample.
type demoFiles struct {
	fleet, advisory, policy, plan string
}

// writeSample writes all but the plan, which its own step writes.
func (s *session) writeSample(dir string) (demoFiles, error) {
	sample, err := s.desk.Sample()
	if err != nil {
		return demoFiles{}, err
	}
	if dir == "" {
		dir, err = os.MkdirTemp("", "evenkeel-demo-")
	} else {
		err = os.MkdirAll(dir, 0o777) // the reader's umask says who may enter
	}
	if err != nil {
		return demoFiles{}, problem.Problem{Code: "write-failed",
			Sentence: fmt.Sprintf("the directory could not be made: %v", err), Fix: "name another one with --dir"}
	}
	files := demoFiles{fleet: filepath.Join(dir, "fleet.ndjson"), advisory: filepath.Join(dir, "XSA-108.yaml"),
		policy: filepath.Join(dir, "policy.yaml"), plan: filepath.Join(dir, "plan.json")}
	text := func(path string, content []byte) error {
		return s.toFile(path, false, func(out io.Writer) error { _, err := out.Write(content); return err })
	}
	if err := text(files.policy, sample.Policy); err != nil {
		return files, inAnotherDirectory(err)
	}
	if err := text(files.advisory, sample.Advisory); err != nil {
		return files, inAnotherDirectory(err)
	}
	if err := s.toFile(files.fleet, false, func(out io.Writer) error { return s.desk.WriteFleet(out, sample.Fleet) }); err != nil {
		return files, inAnotherDirectory(err)
	}
	fmt.Fprintf(s.Out, "%s\n== 1. The sample, in %s\n\n", wrapped("", demoStory), problem.Printable(dir))
	fmt.Fprint(s.Out, wrapped("  fleet.ndjson  ", fleetCounts(sample.Fleet).String()))
	fmt.Fprintln(s.Out, "  XSA-108.yaml  whom the fault affects, what proves the fix, when the embargo ends")
	fmt.Fprintln(s.Out, "  policy.yaml   when to start, in which order, how many at once")
	return files, nil
}

// inAnotherDirectory turns the way out of a file that is in the way into one that the demo has.
func inAnotherDirectory(err error) error {
	if p, ok := errors.AsType[problem.Problem](err); ok && p.Code == "file-exists" {
		p.Fix = "keep it, and name another directory with --dir"
		return p
	}
	return err
}

// tryNext ends the demo with commands that work as they stand.
func (s *session) tryNext(files demoFiles, from sources) error {
	p, list := s.desk.ReadPlan(files.plan)
	if err := s.check(list); err != nil {
		return err
	}
	next := func(why string, words ...string) {
		fmt.Fprintf(s.Out, "  # %s\n  %s\n", why, s.paste(words...))
	}
	fmt.Fprintln(s.Out, "\n== Try next")
	fmt.Fprintln(s.Out)
	next("the fleet by region, zone and generation", "fleet", "show", files.fleet)
	if len(p.Blocked) > 0 {
		next("why a host is blocked: its guests and their groups", "fleet", "show", files.fleet, "--host", p.Blocked[0].Host)
	}
	if len(p.Outages) > 0 {
		next("why a host is exposed", append([]string{"exposure", "--host", p.Outages[0].Host}, from.arguments()...)...)
	}
	next("the plan for machines; it ends with 3 when the deadline is missed",
		append([]string{"plan", "--json", "--exit-code"}, from.arguments()...)...)
	fmt.Fprint(s.Out, "\n", wrapped("", fmt.Sprintf("Then change a limit or a date in %s and plan again.", problem.Printable(files.policy))))
	return nil
}
