package cli

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/evenkeel-project/evenkeel/internal/core/campaign"
	"github.com/evenkeel-project/evenkeel/internal/core/problem"
)

type statusOptions struct {
	data      string
	json      bool
	nextShown bool // leaves out the command that comes next
}

func (s *session) statusCommand() *cobra.Command {
	var o statusOptions
	command := &cobra.Command{
		Use: "status", Short: "Show where a campaign stands, from its journal", Args: s.operands(),
		Example: examples("campaign status --data campaign", "campaign status --data campaign --json"),
		RunE: func(command *cobra.Command, _ []string) error {
			if err := s.required(command, "data DIR"); err != nil {
				return err
			}
			return s.status(o)
		},
	}
	dataFlag(command, &o.data)
	command.Flags().BoolVar(&o.json, "json", false, "print the status as JSON")
	return command
}

// standing is a campaign as its journal tells it, with the last events worth a line.
type standing struct {
	overview  campaign.Overview
	proposal  campaign.Proposal
	approvals []campaign.Identity
	conductor int
	latest    []string
}

// latestTold is how many of the last events status tells.
const latestTold = 10

func (s *session) status(o statusOptions) error {
	reader, err := s.desk.FollowCampaign(context.Background(), o.data)
	if err != nil {
		return err
	}
	defer reader.Close()
	done := s.working("reading the journal")
	now, err := standingOf(context.Background(), reader)
	done()
	if err != nil {
		return err
	}
	if o.json {
		return s.printJSON(describeStanding(now))
	}
	s.printStanding(now)
	if !o.nextShown {
		s.printStandingNext(o.data, now)
	}
	return nil
}

// standingOf reads a journal to its end. The time of the picture is that of the last event: what the clock of the
// campaign shows now is known to the process that conducts it only.
func standingOf(ctx context.Context, reader CampaignReader) (standing, error) {
	var out standing
	last := campaign.Event{}
	err := reader.Follow(ctx, func(e campaign.Event) {
		last = e
		if shownLive(e.Kind) && untouchedFault(e) == "" {
			out.latest = append(out.latest, stamped(e))
			out.latest = out.latest[max(0, len(out.latest)-latestTold):]
		}
	})
	if err != nil {
		return out, err
	}
	state := reader.State()
	out.proposal, _ = state.Proposal()
	out.overview = campaign.Look(state, reader.World(), last.At)
	out.approvals, out.conductor = state.Approvals(), reader.Conductor()
	return out, nil
}

func (s *session) printStanding(now standing) {
	shown := now.overview
	shown.Troubles, shown.Stopped = nil, nil // they are told below, at full length
	picture := (&painter{}).renderOverview(scene{overview: shown, latest: now.latest, zone: s.Zone, width: lineWidth})
	fmt.Fprintln(s.Out, strings.Join(picture, "\n"))
	s.printNotThrough(now.overview)
	fmt.Fprintln(s.Out)
	s.field("proposed", "by %s", problem.Printable(now.proposal.Proposer.Principal))
	names := make([]string, len(now.approvals))
	for i, who := range now.approvals {
		names[i] = problem.Printable(who.Principal)
	}
	approved := fmt.Sprintf("%d of %d", len(names), now.proposal.Needed)
	if len(names) > 0 {
		approved += ", by " + listed(names)
	}
	s.field("approved", "%s", approved)
	s.field("digest", "%s", now.proposal.Plan)
	s.field("conductor", "%s", conductorText(now))
}

func conductorText(now standing) string {
	if now.conductor != 0 {
		return processName(now.conductor) + " is at work"
	}
	if now.overview.Status.Ended() {
		return "none; the campaign is over"
	}
	return "none; nothing moves until evenkeel campaign start runs"
}

// printStandingNext prints the commands that bring the campaign on. What is asked for while no process conducts it takes
// effect at the next start.
func (s *session) printStandingNext(data string, now standing) {
	next := func(words ...string) { fmt.Fprintf(s.Out, "  %s\n", s.paste(words...)) }
	status, conducted := now.overview.Status, now.conductor != 0
	if status == campaign.Proposed {
		s.printApproving(data, now.proposal.Plan)
		return
	}
	fmt.Fprintln(s.Out, "\nNext")
	switch {
	case status.Ended():
		next("evidence", "export", "--data", data, "-o", "evidence.ndjson")
		return
	case status == campaign.Paused, status == campaign.Halted:
		next("campaign", "resume", "--data", data, "--reason", "REASON")
	case conducted:
		next("campaign", "watch", "--data", data)
	}
	if conducted {
		return
	}
	next("campaign", "start", "--data", data, "--driver", simulated)
	if status != campaign.Approved {
		fmt.Fprintln(s.Out, "  with the --scenario, --pace and --from that it was started with")
	}
}
