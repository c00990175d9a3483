package app

import (
	"errors"
	"fmt"

	"github.com/evenkeel-project/evenkeel/internal/core/campaign"
	"github.com/evenkeel-project/evenkeel/internal/core/evidence"
	"github.com/evenkeel-project/evenkeel/internal/core/problem"
	"github.com/evenkeel-project/evenkeel/internal/datadir"
	"github.com/evenkeel-project/evenkeel/internal/sshsig"
)

// stillSigned proves again that proposal and approvals were signed by whom the journal names, with keys that count
// today, or counted when the campaign was started: one that expires on the way must not leave hosts half done. And that these people may start the campaign: a journal is no witness of itself.
func stillSigned(dir datadir.Dir, p datadir.Proposal, written papers) error {
	allowed, problems := sshsig.ReadAllowed(dir.Copies(p).AllowedSigners)
	if problems.Failed() {
		return problems.Err()
	}
	prove := func(who campaign.Identity, purpose string) error {
		found, err := allowed.Verify(who.Signature, purpose, evidence.ApprovalMessage(p.Plan), wallNow())
		if expired, ok := errors.AsType[problem.Problem](err); ok && expired.Code == "signer-expired" && written.started {
			found, err = allowed.Verify(who.Signature, purpose, evidence.ApprovalMessage(p.Plan), written.startedAt)
		}
		if err != nil {
			return err
		}
		if found.Principal != who.Principal || found.Fingerprint != who.Key {
			return problem.Problem{Code: "signature-of-another", Objects: []string{who.Principal},
				Sentence: fmt.Sprintf("the journal says that %s signed, and the signature is that of %s", who.Principal, found.Principal)}
		}
		return nil
	}
	for _, proposal := range written.proposals {
		if err := prove(proposal.Proposer, evidence.ProposalNamespace); err != nil {
			return err
		}
	}
	for _, who := range written.approvals {
		if err := prove(who, evidence.ApprovalNamespace); err != nil {
			return err
		}
	}
	return rightful(written)
}

// rightful refuses papers that no campaign comes by: signatures can be copied, and a journal says of itself how many
// it needs. Papers that are only incomplete are not refused here: the campaign says itself what is missing.
func rightful(written papers) error {
	forged := func(format string, args ...any) error {
		return problem.Problem{Code: "approvals-forged", Sentence: fmt.Sprintf(format, args...),
			Fix: "put the data directory back from a copy, and keep this one to find out who changed it"}
	}
	if len(written.proposals) > 1 {
		return forged("the journal has %d proposals, and a campaign has one", len(written.proposals))
	}
	var people []campaign.Identity
	for _, proposal := range written.proposals {
		if proposal.Needed < campaign.ApprovalsNeeded {
			return forged("the journal asks for %d approvals, and %d are the least", proposal.Needed, campaign.ApprovalsNeeded)
		}
		people = append(people, proposal.Proposer)
	}
	for _, who := range written.approvals {
		for _, earlier := range people {
			if who.Key == earlier.Key || who.Principal == earlier.Principal {
				return forged("the journal has %s approve what the same person or key had signed already", who.Principal)
			}
		}
		people = append(people, who)
	}
	if written.started && (len(written.proposals) == 0 || len(written.approvals) < campaign.ApprovalsNeeded) {
		return forged("the journal starts the campaign with %d proposals and %d of %d approvals",
			len(written.proposals), len(written.approvals), campaign.ApprovalsNeeded)
	}
	return nil
}
