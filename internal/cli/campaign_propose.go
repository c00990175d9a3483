package cli

import (
	"context"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"github.com/evenkeel-project/evenkeel/internal/core/canon"
	"github.com/evenkeel-project/evenkeel/internal/core/evidence"
	"github.com/evenkeel-project/evenkeel/internal/core/exposure"
	"github.com/evenkeel-project/evenkeel/internal/core/fleet"
	"github.com/evenkeel-project/evenkeel/internal/core/ident"
	"github.com/evenkeel-project/evenkeel/internal/core/inspect"
	"github.com/evenkeel-project/evenkeel/internal/core/plan"
	"github.com/evenkeel-project/evenkeel/internal/core/problem"
)

type proposeOptions struct {
	sources
	plan, data, allowed string
	by                  Signing
	nextShown           bool // leaves out the commands that come next
}

func (s *session) proposeCommand() *cobra.Command {
	var o proposeOptions
	command := &cobra.Command{
		Use: "propose PLAN", Short: "Propose a plan that is checked, in a data directory of its own", Args: s.operands("PLAN"),
		Example: examples("campaign propose plan.json --data campaign \\\n      --fleet fleet.yaml --advisory XSA-108.yaml --policy policy.yaml \\\n      " +
			"--allowed-signers allowed_signers --key id_ed25519"),
		Long: wrapped("", "The plan is checked as inspect does it. The documents are copied; whatever changes in them later voids the proposal. "+
			"Who may sign stands in the allowed-signers file (ssh-keygen(1), ALLOWED SIGNERS). With a key that has a passphrase, or in an agent, "+
			"make the signature with ssh-keygen and give it with --signature; without either, the command prints how."),
		RunE: func(command *cobra.Command, args []string) error {
			o.plan = args[0]
			if err := s.required(command, "fleet FILE", "advisory FILE", "policy FILE", "data DIR", "allowed-signers FILE"); err != nil {
				return err
			}
			if err := s.oneSigning(command, o.by, o.plan); err != nil {
				return err
			}
			return s.propose(o)
		},
	}
	o.flags(command)
	dataFlag(command, &o.data)
	command.Flags().StringVar(&o.allowed, "allowed-signers", "", "the `FILE` that says whose keys count")
	signingFlags(command, &o.by)
	return command
}

func signingFlags(command *cobra.Command, by *Signing) {
	command.Flags().StringVar(&by.Key, "key", "", "sign with the private key in this `FILE`")
	command.Flags().StringVar(&by.Signature, "signature", "", "the signature in this `FILE`, as ssh-keygen made it")
}

// oneSigning refuses a proposal without a signature, or with two; for one without it says how to make one.
func (s *session) oneSigning(command *cobra.Command, by Signing, path string) error {
	switch {
	case by.Key != "" && by.Signature != "":
		return s.wrongUsage(command, "%s takes --key or --signature, not both", command.CommandPath())
	case by.Key != "" || by.Signature != "":
		return nil
	}
	p, list := s.desk.ReadPlan(path)
	if err := s.check(list); err != nil {
		return err
	}
	return s.wrongUsage(command, "%s needs --key FILE or --signature FILE; a signature is made by\n  %s", command.CommandPath(),
		signingLine(p.Digest, evidence.ProposalNamespace, "proposal.sig"))
}

// signingLine is the command that signs the digest of a plan without evenkeel. KEY is for the reader to fill in.
func signingLine(digest canon.Digest, purpose, file string) string {
	return fmt.Sprintf(`printf '%%s\n' %s | ssh-keygen -Y sign -n %s -f KEY > %s`, digest, purpose, file)
}

// propose refuses a plan that breaks a rule. One that misses its deadline is for the approvers to judge, and said
// loudly.
func (s *session) propose(o proposeOptions) error {
	p, list := s.desk.ReadPlan(o.plan)
	in, err := s.load(o.sources, list)
	if err != nil {
		return err
	}
	if err := s.acceptable(p, in); err != nil {
		return err
	}
	paths, err := absolute(append([]string{o.plan, o.fleet, o.policy}, o.advisories...)...)
	if err != nil {
		return err
	}
	done := s.working("proposing " + counted(len(p.Outages), "outage"))
	proposed, err := s.desk.ProposeCampaign(context.Background(), Proposing{Data: o.data, Plan: p, Fleet: in.fleet, Policy: in.policy,
		Advisories: in.advisories, AllowedSigners: o.allowed, By: o.by,
		Files: CampaignFiles{Plan: paths[0], Fleet: paths[1], Policy: paths[2], Advisories: paths[3:]}})
	done()
	if err != nil {
		return err
	}
	s.printProposed(o, p, in.fleet, proposed)
	return nil
}

func (s *session) acceptable(p *plan.Plan, in material) error {
	if len(p.Outages) == 0 {
		return problem.Problem{Code: "nothing-planned", Sentence: "the plan has no outage: there is nothing to carry out"}
	}
	done := s.working("checking " + counted(len(p.Outages), "outage"))
	report := inspect.Check(inspect.Input{Plan: p, Fleet: in.fleet, Policy: in.policy, Exposure: exposure.Judge(in.fleet, in.advisories)})
	done()
	if !report.Accepted() {
		s.printInspection(p, report)
		return problem.Problem{Code: "plan-refused", Sentence: "the plan breaks rules and cannot be proposed", Fix: "make it again with evenkeel plan"}
	}
	return nil
}

func (s *session) printProposed(o proposeOptions, p *plan.Plan, f *fleet.Fleet, done Proposed) {
	if done.Already {
		fmt.Fprintf(s.Out, "Campaign %s is proposed already; nothing changed\n", done.Campaign)
	} else {
		fmt.Fprintf(s.Out, "Campaign %s is proposed\n", done.Campaign)
	}
	s.field("by", "%s", problem.Printable(done.By.Principal+", key "+done.By.Key))
	s.field("touches", "%s, from %s to %s", counted(len(p.Outages), "host"), moment(p.Start, s.Zone), moment(p.Finish, s.Zone))
	s.field("digest", "%s", p.Digest)
	switch {
	case p.Deadline == nil:
		s.field("deadline", "there is none")
	case missed(p):
		s.field("MISSED", "the plan ends %s AFTER its deadline of %s; who approves it approves that too", lasting(-*p.Margin), moment(*p.Deadline, s.Zone))
	default:
		s.field("margin", "%s before the deadline of %s", lasting(*p.Margin), moment(*p.Deadline, s.Zone))
	}
	if done.Simulated != nil {
		s.field("simulated", "the plan lies in the past: its campaign can only be simulated, with a clock that begins at %s", moment(*done.Simulated, s.Zone))
	}
	if names := untold(p, f); len(names) > 0 {
		s.field("MIND", "%s without a contact cannot be told: %s. No host of a region with a guest of theirs goes down. Give them a contact in "+
			"the fleet file and plan anew, before this is approved", counted(len(names), "tenant"), problem.Printable(named(names)))
	}
	s.field("needs", "%s, of people other than the proposer", counted(done.Needed, "approval"))
	if !o.nextShown {
		s.printApproving(o.data, p.Digest)
	}
}

// untold returns the tenants with a guest on a planned host whom nobody can tell, in the order of the plan.
func untold(p *plan.Plan, f *fleet.Fleet) []string {
	seen := make([]bool, f.Tenants())
	var names []string
	for _, o := range p.Outages {
		h, _ := f.FindHost(o.Host)
		for _, g := range f.GuestsOn(h) {
			t := f.TenantOf(ident.Guest(g))
			if !seen[t] && len(f.Contacts(t)) == 0 {
				names = append(names, f.TenantID(t))
			}
			seen[t] = true
		}
	}
	return names
}

// printApproving says what an approver does, both ways.
func (s *session) printApproving(data string, digest canon.Digest) {
	fmt.Fprintln(s.Out, "\nNext, for each approver: with a key that evenkeel can read")
	fmt.Fprintf(s.Out, "  %s\n", s.paste("campaign", "approve", "--data", data, "--key", "KEY"))
	fmt.Fprintln(s.Out, "or with a signature that ssh-keygen makes")
	fmt.Fprintf(s.Out, "  %s\n", signingLine(digest, evidence.ApprovalNamespace, "approval.sig"))
	fmt.Fprintf(s.Out, "  %s\n", s.paste("campaign", "approve", "--data", data, "--signature", "approval.sig"))
}

func fileExists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
