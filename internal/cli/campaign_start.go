package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/mail"
	"strings"

	"github.com/spf13/cobra"

	"github.com/evenkeel-project/evenkeel/internal/core/campaign"
	"github.com/evenkeel-project/evenkeel/internal/core/problem"
)

// simulated is the name of the driver that carries a campaign out on a fleet that is only imagined.
const simulated = "simfleet"

// defaultSender is the address that letters come from when none is given. Nobody reads what is sent to it.
const defaultSender = "evenkeel@localhost"

type startOptions struct {
	sources
	data, driver, scenario, by, from string
	pace                             uint32
	nextShown                        bool   // leaves out the commands that come next
	guide                            *guide // says what is worth a word; nil for nobody
}

func (s *session) startCommand() *cobra.Command {
	o := startOptions{by: s.Operator}
	command := &cobra.Command{
		Use: "start", Short: "Carry the approved plan out, or go on with it after a stop or a crash", Args: s.operands(),
		Example: examples("campaign start --data campaign --driver simfleet", "campaign start --data campaign --driver simfleet \\\n      --scenario faults.yaml --pace 600"),
		Long: wrapped("", "The command stays until the campaign has ended. Ctrl-C stops the process, not the campaign: the same command goes on with it. "+
			"On a terminal it shows a picture, otherwise a line for every event that is worth one. It ends with 0 when every host came to "+
			"an end, failed ones included (they are listed), and with 1 when the campaign was aborted or the process was stopped."),
		RunE: func(command *cobra.Command, _ []string) error {
			if err := s.required(command, "data DIR", "driver NAME"); err != nil {
				return err
			}
			if _, err := mail.ParseAddress(o.from); err != nil {
				return s.wrongUsage(command, "--from %q is not a mail address; write it as ops@acme.example", o.from)
			}
			return s.start(o)
		},
	}
	dataFlag(command, &o.data)
	flags := command.Flags()
	flags.Var(choiceFlag{&o.driver, []string{simulated}}, "driver", "what has power over the hosts")
	flags.StringVar(&o.scenario, "scenario", "", "the `FILE` with the faults of the simulated fleet")
	flags.Uint32Var(&o.pace, "pace", 0, "let `N` simulated seconds pass in a real one (default: as fast as can be)")
	byFlag(command, &o.by, "the `NAME` of who starts it")
	flags.StringVar(&o.from, "from", defaultSender, "the `ADDRESS` that letters come from")
	movedFlags(command, &o.sources)
	return command
}

func (s *session) start(o startOptions) error {
	kept, err := s.desk.KeptCampaign(o.data)
	if err != nil {
		return err
	}
	now, err := s.presentSources(kept, o.sources)
	if err != nil {
		return err
	}
	ctx, stop := s.interruptible()
	defer stop()
	show := s.spectate()
	see := show.see
	if o.guide != nil {
		see = o.guide.startBeside(show)
	}
	conducted, err := s.desk.ConductCampaign(ctx, Conducting{Data: o.data, Sources: now, Driver: o.driver, Scenario: o.scenario,
		Pace: int64(o.pace), By: cmp.Or(o.by, "operator"), From: o.from, Watch: see, Waiting: show.pause})
	show.end()
	if err != nil && !errors.Is(err, context.Canceled) {
		return err
	}
	s.printConducted(o, conducted)
	switch conducted.Overview.Status {
	case campaign.Finished:
		return nil
	case campaign.Aborted:
		return errTold
	}
	words := append([]string{"campaign", "start", "--data", o.data, "--driver", o.driver}, o.continued()...)
	return problem.Problem{Code: "stopped", Sentence: fmt.Sprintf("the process was stopped; the campaign is not over (%s)", conducted.Overview.Status),
		Fix: "go on with: " + s.paste(words...)}
}

// continued returns the flags with which the same command goes on.
func (o *startOptions) continued() []string {
	var words []string
	if o.scenario != "" {
		words = append(words, "--scenario", o.scenario)
	}
	if o.pace > 0 {
		words = append(words, "--pace", fmt.Sprint(o.pace))
	}
	if o.from != "" && o.from != defaultSender {
		words = append(words, "--from", o.from)
	}
	if o.fleet != "" {
		words = append(words, "--fleet", o.fleet)
	}
	for _, path := range o.advisories {
		words = append(words, "--advisory", path)
	}
	if o.policy != "" {
		words = append(words, "--policy", o.policy)
	}
	return words
}

// printConducted ends a campaign with what came of it: the numbers first, and every host that did not come through.
func (s *session) printConducted(o startOptions, c Conducted) {
	v := c.Overview
	fmt.Fprintf(s.Out, "Campaign %s: %s\n", v.Campaign, v.Status)
	s.field("hosts", "%s", countsText(v.Counts))
	s.field("finish", "%s", finishText(v, s.Zone))
	if words := noticeCells(v); len(words) > 0 {
		s.field("notices", "%s", strings.Join(words, ", "))
	}
	s.printNotThrough(v)
	if !o.nextShown && v.Status.Ended() {
		s.printAfterwards(o, v)
	}
}

// printNotThrough lists what did not come through, with the reasons.
func (s *session) printNotThrough(v campaign.Overview) {
	if len(v.Troubles)+len(v.Stopped) > 0 {
		fmt.Fprintln(s.Out, "\nDid not come through")
	}
	for _, line := range troubleLines(v) {
		fmt.Fprint(s.Out, wrapped("  - ", problem.Printable(line)))
	}
	if untouched := untouchedHosts(v); untouched > 0 {
		fmt.Fprint(s.Out, wrapped("", fmt.Sprintf("%s set aside untouched: plan them again.", counted(untouched, "host")+verb(untouched, " was", " were"))))
	}
}

// untouchedHosts counts the hosts that were set aside without ever being touched: those that are not among the
// troubles, which list the others.
func untouchedHosts(v campaign.Overview) int {
	n := v.Counts.Failed + v.Counts.SetAside
	return n - len(v.Troubles)
}

func (s *session) printAfterwards(o startOptions, v campaign.Overview) {
	fmt.Fprintln(s.Out, "\nNext")
	if len(v.Troubles) > 0 {
		fmt.Fprintf(s.Out, "  %s\n", s.paste("why", v.Troubles[0].Host, "--data", o.data))
	}
	fmt.Fprintf(s.Out, "  %s\n", s.paste("campaign", "status", "--data", o.data))
	fmt.Fprintf(s.Out, "  %s\n", s.paste("evidence", "export", "--data", o.data, "-o", "evidence.ndjson"))
}
