package cli

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/evenkeel-project/evenkeel/internal/core/evidence"
	"github.com/evenkeel-project/evenkeel/internal/core/problem"
)

type approveOptions struct {
	sources
	data      string
	by        Signing
	nextShown bool // leaves out the command that comes next
}

func (s *session) approveCommand() *cobra.Command {
	var o approveOptions
	command := &cobra.Command{
		Use: "approve", Short: "Approve the proposed plan by a signature over its digest", Args: s.operands(),
		Example: examples("campaign approve --data campaign --key id_ed25519", "campaign approve --data campaign --signature approval.sig"),
		Long: wrapped("", "Two people approve, neither of them the proposer, each with a key of his own. Whatever changed in the fleet, the advisories or "+
			"the policy since the proposal voids it: the approval is refused and says what changed."),
		RunE: func(command *cobra.Command, _ []string) error {
			if err := s.required(command, "data DIR"); err != nil {
				return err
			}
			if o.by.Key != "" && o.by.Signature != "" {
				return s.wrongUsage(command, "%s takes --key or --signature, not both", command.CommandPath())
			}
			if o.by.Key == "" && o.by.Signature == "" {
				return s.unsignedApproval(command, o.data)
			}
			return s.approve(o)
		},
	}
	dataFlag(command, &o.data)
	signingFlags(command, &o.by)
	movedFlags(command, &o.sources)
	return command
}

func (s *session) unsignedApproval(command *cobra.Command, data string) error {
	kept, err := s.desk.KeptCampaign(data)
	if err != nil {
		return err
	}
	return s.wrongUsage(command, "%s needs --key FILE or --signature FILE; a signature is made by\n  %s", command.CommandPath(),
		signingLine(kept.Plan, evidence.ApprovalNamespace, "approval.sig"))
}

func (s *session) approve(o approveOptions) error {
	kept, err := s.desk.KeptCampaign(o.data)
	if err != nil {
		return err
	}
	now, err := s.presentSources(kept, o.sources)
	if err != nil {
		return err
	}
	approved, err := s.desk.ApproveCampaign(context.Background(), Approving{Data: o.data, Sources: now, By: o.by})
	if err != nil {
		return err
	}
	fmt.Fprintf(s.Out, "Campaign %s is approved by %s, %s of %d\n", kept.Campaign,
		problem.Printable(approved.By.Principal), counted(approved.Given, "approval"), approved.Needed)
	s.field("key", "%s", problem.Printable(approved.By.Key))
	s.field("digest", "%s", kept.Plan)
	if o.nextShown {
		return nil
	}
	if approved.Given < approved.Needed {
		s.printApproving(o.data, kept.Plan)
		return nil
	}
	fmt.Fprintf(s.Out, "\nNext\n  %s\n", s.paste("campaign", "start", "--data", o.data, "--driver", simulated))
	return nil
}
