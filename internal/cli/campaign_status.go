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
	data string
	json bool
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
	s.printStanding(o.data, now)
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

func (s *session) printStanding(data string, now standing) {
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
	s.printStandingNext(data, now)
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

// printStandingNext prints the one command that brings the campaign on.
func (s *session) printStandingNext(data string, now standing) {
	var words []string
	switch now.overview.Status {
	case campaign.Proposed:
		s.printApproving(data, now.proposal.Plan)
		return
	case campaign.Approved:
		words = []string{"campaign", "start", "--data", data, "--driver", simulated}
	case campaign.Paused, campaign.Halted:
		words = []string{"campaign", "resume", "--data", data, "--reason", "REASON"}
	case campaign.Running, campaign.Aborting:
		words = []string{"campaign", "start", "--data", data, "--driver", simulated}
		if now.conductor != 0 {
			words = []string{"campaign", "watch", "--data", data}
		}
	default:
		words = []string{"evidence", "export", "--data", data, "-o", "evidence.ndjson"}
	}
	fmt.Fprintf(s.Out, "\nNext\n  %s\n", s.paste(words...))
}
