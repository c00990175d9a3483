package evidence

import (
	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/campaign"
	"github.com/evenkeel-project/evenkeel/internal/core/canon"
	"github.com/evenkeel-project/evenkeel/internal/core/plan"
	"github.com/evenkeel-project/evenkeel/internal/core/problem"
)

// person returns who signed a message.
type person func(namespace string, message []byte, signature string, at calendar.Instant) (principal, key string, err error)

// auditor holds each event against the plan, the policy and the events before it. It believes none of the record's
// conclusions: it adds up the numbers that led to them.
type auditor struct {
	file      string
	opening   Opening
	documents Documents
	person    person
	account   *Account // before the event that is seen
	findings  problem.List
	line      int // of the event that is seen

	outages  map[string]plan.Outage
	proposed bool
	ended    bool
	acted    map[string]bool
	courtesy map[string]*gate
	notices  map[string]*told
}

func newAuditor(file string, o Opening, d Documents, who person, account *Account) *auditor {
	u := &auditor{file: file, opening: o, documents: d, person: who, account: account, line: 1, outages: map[string]plan.Outage{},
		acted: map[string]bool{}, courtesy: map[string]*gate{}, notices: map[string]*told{}}
	if d.Plan != nil {
		for _, outage := range d.Plan.Outages {
			u.outages[outage.Host] = outage
		}
	}
	u.checkDocuments()
	return u
}

// found notes a finding at the line of the present event.
func (u *auditor) found(code problem.Code, object, format string, args ...any) {
	var list problem.List
	list.Addf(code, problem.Place{File: u.file, Line: u.line}, "", format, args...)
	p := list.Items()[0]
	if object != "" {
		p.Objects = []string{object}
	}
	u.findings.Add(p)
}

// checkDocuments holds the documents against the digests that the opening and the plan give them.
func (u *auditor) checkDocuments() {
	p := u.documents.Plan
	if p == nil {
		return
	}
	named := func(what string, is, said canon.Digest) {
		if is != said {
			u.found("document-changed", "", "%s has the digest %s, and the opening says %s", what, is, said)
		}
	}
	named("the plan", p.ContentDigest(), u.opening.Plan.Digest)
	named("the fleet of the plan", p.Fleet, u.opening.Fleet)
	named("the policy of the plan", p.Policy, u.opening.Policy.Digest)
	if u.documents.Policy != nil {
		named("the policy", u.documents.Policy.Digest, u.opening.Policy.Digest)
	}
	if len(p.Advisories) != len(u.opening.Advisories) || len(u.documents.Advisories) != len(u.opening.Advisories) {
		u.found("document-changed", "", "the plan answers %d advisories, and the opening has %d", len(p.Advisories), len(u.opening.Advisories))
		return
	}
	for i, a := range u.opening.Advisories {
		named("advisory "+a.ID+" of the plan", p.Advisories[i].Digest, a.Digest)
		named("advisory "+a.ID, u.documents.Advisories[i].Digest, a.Digest)
	}
}

// see holds one event against all before it.
func (u *auditor) see(line int, e campaign.Event) {
	u.line = line
	if e.At < u.account.To {
		u.found("time-backwards", "", "the record goes back in time, from %s to %s", u.account.To, e.At)
	}
	if u.ended && !afterTheEnd(e.Kind) {
		u.found("after-the-end", e.Host, "there is a %s after the end of the campaign", e.Kind)
	}
	switch e.Kind {
	case campaign.CampaignProposed:
		u.seeProposal(e)
	case campaign.CampaignApproved:
		u.seeApproval(e)
	case campaign.CampaignStarted:
		u.seeStart()
	case campaign.CampaignFinished, campaign.CampaignAborted:
		u.ended = true
		u.seeEnd(e)
	case campaign.NoticeQueued, campaign.NoticeAccepted, campaign.NoticeFailed:
		u.seeNotice(e)
	case campaign.HostGranted:
		u.seeGrant(e)
	case campaign.HostActing:
		u.seeAct(e)
	case campaign.HostDone:
		u.seeDone(e)
	}
}

// afterTheEnd reports whether an event may follow the end: notices are still delivered, a process may take over, a
// failed host may be repaired, and what people ask for then is refused.
func afterTheEnd(kind campaign.Kind) bool {
	switch kind {
	case campaign.NoticeQueued, campaign.NoticeAccepted, campaign.NoticeFailed, campaign.ConductorTook, campaign.HostFreed,
		campaign.RequestRefused, campaign.RegionCompleted:
		return true
	}
	return false
}

// finish returns what was found.
func (u *auditor) finish() problem.List {
	u.line = 0
	if !u.proposed {
		u.found("approval-missing", "", "the record does not say who proposed the plan")
	}
	return u.findings
}
