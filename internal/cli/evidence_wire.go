package cli

import (
	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/campaign"
	"github.com/evenkeel-project/evenkeel/internal/core/evidence"
	"github.com/evenkeel-project/evenkeel/internal/core/problem"
)

// evidenceJSON is what evidence verify --json prints. Of a file that is not intact, account is null.
type evidenceJSON struct {
	Intact   bool          `json:"intact"`
	Kept     bool          `json:"kept"`
	Key      string        `json:"key"` // fingerprint
	Faults   []problemJSON `json:"faults"`
	Findings []problemJSON `json:"findings"`
	Account  *accountJSON  `json:"account"`
}

type accountJSON struct {
	Campaign  string               `json:"campaign"`
	Status    string               `json:"status"`
	Program   string               `json:"program"`
	Plan      string               `json:"plan"`
	Fleet     string               `json:"fleet"`
	Policy    string               `json:"policy"`
	Records   int                  `json:"records"`
	From      calendar.Instant     `json:"from"`
	To        calendar.Instant     `json:"to"`
	Proposer  personJSON           `json:"proposer"`
	Approvals []personJSON         `json:"approvals"`
	Started   *calendar.Instant    `json:"started"`
	Ended     *calendar.Instant    `json:"ended"`
	Planned   int                  `json:"planned"`
	Summary   campaign.Summary     `json:"summary"`
	Kinds     []evidence.KindCount `json:"kinds"`
	Notices   []tallyJSON          `json:"notices"`
	Hosts     []hostAccountJSON    `json:"hosts"`
}

type personJSON struct {
	Principal string           `json:"principal"`
	Key       string           `json:"key"`
	At        calendar.Instant `json:"at"`
}

type tallyJSON struct {
	Kind          string            `json:"kind"`
	Region        string            `json:"region,omitempty"`
	Queued        int               `json:"queued"`
	Accepted      int               `json:"accepted"`
	Failed        int               `json:"failed"`
	FirstAccepted *calendar.Instant `json:"first_accepted"`
	LastAccepted  *calendar.Instant `json:"last_accepted"`
}

type hostAccountJSON struct {
	Host       string            `json:"host"`
	Region     string            `json:"region"`
	Zone       string            `json:"zone"`
	End        string            `json:"end"` // a phase
	Canary     bool              `json:"canary"`
	Granted    *calendar.Instant `json:"granted"`
	Acted      *calendar.Instant `json:"acted"`
	Ended      *calendar.Instant `json:"ended"`
	BootBefore string            `json:"boot_before,omitempty"`
	BootAfter  string            `json:"boot_after,omitempty"`
	Late       bool              `json:"late"`
	Fault      string            `json:"fault,omitempty"`
	Reason     string            `json:"reason,omitempty"`
	Proof      *campaign.Proof   `json:"proof"`
}

func describeEvidence(v VerifiedEvidence) evidenceJSON {
	out := evidenceJSON{Intact: v.Intact(), Kept: v.Kept(), Key: v.Key,
		Faults: problemsJSON(v.Faults.Items()), Findings: problemsJSON([]problem.Problem{})}
	if !v.Intact() {
		return out
	}
	out.Findings = problemsJSON(v.Findings.Items())
	a := v.Account
	out.Account = &accountJSON{Campaign: a.Opening.Campaign, Status: string(a.Status), Program: a.Opening.Program,
		Plan: string(a.Opening.Plan.Digest), Fleet: string(a.Opening.Fleet), Policy: string(a.Opening.Policy.Digest),
		Records: a.Records, From: a.From, To: a.To, Approvals: []personJSON{},
		Proposer: personJSON{a.Proposal.Proposer.Principal, a.Proposal.Proposer.Key, a.Proposed},
		Started:  happened(a.Started), Ended: happened(a.Ended), Planned: len(a.Hosts), Summary: a.Summary, Kinds: a.Kinds,
		Notices: []tallyJSON{}, Hosts: []hostAccountJSON{}}
	for _, approval := range a.Approvals {
		out.Account.Approvals = append(out.Account.Approvals, personJSON{approval.Principal, approval.Key, approval.At})
	}
	for _, n := range a.Notices {
		out.Account.Notices = append(out.Account.Notices, tallyJSON{string(n.Kind), n.Region, n.Queued, n.Accepted, n.Failed,
			happened(n.FirstAccepted), happened(n.LastAccepted)})
	}
	for _, h := range a.Hosts {
		out.Account.Hosts = append(out.Account.Hosts, hostAccountJSON{Host: h.ID, Region: h.Region, Zone: h.Zone, End: string(h.Phase),
			Canary: h.Canary, Granted: happened(h.Granted), Acted: happened(h.Acted), Ended: happened(h.Ended),
			BootBefore: h.Before, BootAfter: h.After, Late: h.Late, Fault: h.Fault, Reason: h.Reason, Proof: h.Proof})
	}
	return out
}

// happened returns nil for what did not happen.
func happened(at calendar.Instant) *calendar.Instant {
	if at == 0 {
		return nil
	}
	return &at
}
