package evidence

import (
	"slices"

	"github.com/evenkeel-project/evenkeel/internal/core/campaign"
)

// seeProposal holds the proposal against the documents.
func (u *auditor) seeProposal(e campaign.Event) {
	if u.proposed {
		u.found("approval-missing", "", "there is a second proposal")
		return
	}
	u.proposed = true
	p, o := e.Proposal, u.opening
	if p.Campaign != o.Campaign || p.Plan != o.Plan.Digest || p.Fleet != o.Fleet || p.Policy != o.Policy.Digest {
		u.found("document-changed", "", "what was proposed is not what the opening shows: campaign, plan, fleet or policy differ")
	}
	if !slices.EqualFunc(p.Advisories, o.Advisories, func(ref campaign.Reference, d Document) bool { return ref.ID == d.ID && ref.Digest == d.Digest }) {
		u.found("document-changed", "", "what was proposed answers other advisories than the opening shows")
	}
	if p.Needed < approvalsMin {
		u.found("approval-missing", "", "the proposal asks for %d approvals, and %d are the least", p.Needed, approvalsMin)
	}
	u.checkSignature(ProposalNamespace, p.Proposer, e)
}

// approvalsMin is how many people have to approve a plan beside the one who proposes it.
const approvalsMin = 2

// seeApproval holds an approval against the proposer and the approvals before it.
func (u *auditor) seeApproval(e campaign.Event) {
	who, proposer := *e.Approval, u.account.Proposal.Proposer
	if who.Key == proposer.Key || who.Principal == proposer.Principal {
		u.found("approver-is-proposer", who.Principal, "%s approved what the same person or key proposed", who.Principal)
	}
	for _, earlier := range u.account.Approvals {
		if who.Key == earlier.Key || who.Principal == earlier.Principal {
			u.found("approver-not-distinct", who.Principal, "%s approved twice: two people and two keys are needed", who.Principal)
		}
	}
	u.checkSignature(ApprovalNamespace, who, e)
}

// checkSignature has the signature itself checked: the record's word on who signed is not enough.
func (u *auditor) checkSignature(namespace string, who campaign.Identity, e campaign.Event) {
	principal, key, err := u.person(namespace, ApprovalMessage(u.opening.Plan.Digest), who.Signature, e.At)
	switch {
	case err != nil:
		u.found("approval-forged", who.Principal, "the signature of %s does not stand: %s", who.Principal, sentence(err))
	case principal != who.Principal || key != who.Key:
		u.found("approval-forged", who.Principal, "the record says that %s signed with %s, and it was %s with %s", who.Principal, who.Key, principal, key)
	}
}

func (u *auditor) seeStart() {
	if needed := max(approvalsMin, u.account.Proposal.Needed); len(u.account.Approvals) < needed {
		u.found("approval-missing", "", "the campaign started with %d of %d approvals", len(u.account.Approvals), needed)
	}
	if u.account.Started > 0 {
		u.found("after-the-end", "", "the campaign started twice")
	}
}
