package evidence_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/campaign"
	"github.com/evenkeel-project/evenkeel/internal/core/canon"
	"github.com/evenkeel-project/evenkeel/internal/core/evidence"
	"github.com/evenkeel-project/evenkeel/internal/core/guard"
)

// first returns the first event of a kind.
func (s *sample) first(kind campaign.Kind) *campaign.Event {
	return &s.events[slices.IndexFunc(s.events, func(e campaign.Event) bool { return e.Kind == kind })]
}

// drop takes the first event of a kind out.
func (s *sample) drop(kind campaign.Kind) {
	i := slices.IndexFunc(s.events, func(e campaign.Event) bool { return e.Kind == kind })
	s.events = slices.Delete(s.events, i, i+1)
}

// again puts the first event of a kind in once more, right after another one.
func (s *sample) again(kind, after campaign.Kind) {
	e := *s.first(kind)
	i := slices.IndexFunc(s.events, func(e campaign.Event) bool { return e.Kind == after })
	e.At = s.events[i].At
	s.events = slices.Insert(s.events, i+1, e)
}

// breaches are records that are well chained and signed and tell of a rule that was not kept: what a faulty or
// dishonest conductor would write.
var breaches = []struct {
	name, code, sentence string
	do                   func(s *sample)
}{
	{"nobody proposed", "approval-missing", "who proposed", func(s *sample) { s.drop(campaign.CampaignProposed) }},
	{"proposed twice", "approval-missing", "there is a second proposal", func(s *sample) { s.again(campaign.CampaignProposed, campaign.CampaignStarted) }},
	{"one approval", "approval-missing", "with 1 of 2", func(s *sample) { s.drop(campaign.CampaignApproved) }},
	{"one approval asked for", "approval-missing", "2 are the least", func(s *sample) { s.first(campaign.CampaignProposed).Proposal.Needed = 1 }},
	{"approved after the start", "approval-missing", "with 1 of 2", func(s *sample) {
		s.again(campaign.CampaignApproved, campaign.CampaignStarted)
		s.drop(campaign.CampaignApproved)
	}},
	{"one person twice", "approver-not-distinct", "approved twice", func(s *sample) { *s.events[2].Approval = *s.events[1].Approval }},
	{"one key twice", "approver-not-distinct", "approved twice", func(s *sample) { s.events[2].Approval.Key = s.events[1].Approval.Key }},
	{"the proposer approves", "approver-is-proposer", "ada@acme.example approved", func(s *sample) {
		*s.events[1].Approval = identity(people[0], evidence.ApprovalNamespace, s.plan.Digest)
	}},
	{"the proposer's key approves", "approver-is-proposer", "same person or key", func(s *sample) {
		s.events[1].Approval.Key = s.first(campaign.CampaignProposed).Proposal.Proposer.Key
	}},
	{"a made-up signature", "approval-forged", "nobody signed", func(s *sample) { s.events[1].Approval.Signature = "x" }},
	{"a signature over another plan", "approval-forged", "nobody signed", func(s *sample) {
		*s.events[1].Approval = identity(people[1], evidence.ApprovalNamespace, canon.Of([]byte("another plan")))
	}},
	{"a signature for another purpose", "approval-forged", "nobody signed", func(s *sample) {
		*s.events[1].Approval = identity(people[1], evidence.ProposalNamespace, s.plan.Digest)
	}},
	{"the proposer's signature is made up", "approval-forged", "nobody signed", func(s *sample) {
		s.first(campaign.CampaignProposed).Proposal.Proposer.Signature = "x"
	}},
	{"somebody else's signature", "approval-forged", "it was ben@acme.example", func(s *sample) {
		s.events[1].Approval.Principal, s.events[1].Approval.Key = people[3], "SHA256:"+people[3]
	}},
	{"another plan than proposed", "document-changed", "what was proposed", func(s *sample) { s.first(campaign.CampaignProposed).Proposal.Plan = "sha256:0" }},
	{"another fleet than proposed", "document-changed", "what was proposed", func(s *sample) { s.first(campaign.CampaignProposed).Proposal.Fleet = "sha256:0" }},
	{"another advisory than proposed", "document-changed", "other advisories", func(s *sample) {
		s.first(campaign.CampaignProposed).Proposal.Advisories[0].Digest = "sha256:0"
	}},
	{"another policy text", "document-changed", "the policy has the digest", func(s *sample) { s.policy.Digest = "sha256:0" }},
	{"another advisory text", "document-changed", "advisory XSA-108 has", func(s *sample) { s.advisories[0].Digest = "sha256:0" }},
	{"another plan text", "document-changed", "the plan has the digest", func(s *sample) { s.plan.Seed++ }},
	{"an advisory too many", "document-changed", "answers 1 advisories", func(s *sample) { s.opening.Advisories = append(s.opening.Advisories, evidence.Document{}) }},
	{"started twice", "after-the-end", "started twice", func(s *sample) { s.again(campaign.CampaignStarted, campaign.ConductorTook) }},
	{"time goes back", "time-backwards", "back in time", func(s *sample) { s.first(campaign.ConductorTook).At-- }},
	{"a grant after the end", "after-the-end", "host-granted", func(s *sample) { s.again(campaign.HostGranted, campaign.CampaignFinished) }},
	{"granted while paused", "grant-not-running", "was granted while the campaign was paused", func(s *sample) {
		*s.first(campaign.ConductorTook) = campaign.Event{Kind: campaign.CampaignPaused, At: s.first(campaign.ConductorTook).At}
	}},
	{"granted before the start", "grant-not-running", "was granted while the campaign was approved", func(s *sample) { s.drop(campaign.CampaignStarted) }},
	{"taken down while halted", "grant-not-running", "taken down while the campaign was halted", func(s *sample) {
		s.first(campaign.HostDrained).Host = "iad-00"
		halt := campaign.Event{Kind: campaign.CampaignHalted, Halt: &campaign.Halt{Reason: "too many failed"}, At: s.first(campaign.HostDrained).At}
		s.events = slices.Insert(s.events, slices.IndexFunc(s.events, func(e campaign.Event) bool { return e.Kind == campaign.HostDrained })+1, halt)
	}},
	{"granted twice", "grant-twice", "while it was granted", func(s *sample) { s.again(campaign.HostGranted, campaign.HostGranted) }},
	{"granted after its outage", "acted-twice", "after its one outage", func(s *sample) { s.again(campaign.HostGranted, campaign.HostDone) }},
	{"taken down twice", "acted-twice", "taken down twice", func(s *sample) { s.again(campaign.HostActing, campaign.HostVerifying) }},
	{"taken down without a drain", "acted-ungranted", "without a grant", func(s *sample) { s.drop(campaign.HostDrained) }},
	{"taken down at another boot", "proof-missing", "cordoned at boot", func(s *sample) { s.first(campaign.HostActing).Boot = "boot-9" }},
	{"done without an outage", "acted-ungranted", "never taken down", func(s *sample) { s.drop(campaign.HostActing) }},
	{"a limit exceeded", "grant-over-limit", "1 down and 1 more in fleet", func(s *sample) { s.first(campaign.HostGranted).Grant.Checks[0].Down = 1 }},
	{"a negative number", "grant-over-limit", "-1 down", func(s *sample) { s.first(campaign.HostGranted).Grant.Checks[0].Down = -1 }},
	{"a limit not looked at", "grant-unchecked", "the limit of its fleet", func(s *sample) {
		s.first(campaign.HostGranted).Grant.Checks = s.first(campaign.HostGranted).Grant.Checks[1:]
	}},
	{"a limit exceeded when asked again", "grant-over-limit", "2 more", func(s *sample) {
		s.first(campaign.HostActing).Checks = []guard.Check{{Scope: "fleet", More: 2, Allowed: 1}}
	}},
	{"no limit looked at when asked again", "grant-unchecked", "without a look", func(s *sample) { s.first(campaign.HostActing).Checks = nil }},
	{"a host outside the plan", "grant-outside-plan", "no outage", func(s *sample) { s.first(campaign.HostGranted).Host = "stray" }},
	{"another zone", "grant-outside-plan", "it stands in", func(s *sample) { s.first(campaign.HostGranted).Grant.Zone = "iad-9" }},
	{"another window", "grant-outside-window", "not the plan's", func(s *sample) { s.first(campaign.HostGranted).Grant.Window.To++ }},
	{"before the window", "grant-outside-window", "outside its window", func(s *sample) { s.first(campaign.HostGranted).At = start - 1 }},
	{"over the end of the window", "grant-outside-window", "outside its window", func(s *sample) {
		s.first(campaign.HostGranted).Grant.Estimate = start.Add(calendar.Day)
	}},
	{"a notice not accepted", "notice-missing", "1 courtesy notices", func(s *sample) { s.drop(campaign.NoticeAccepted) }},
	{"a notice that failed", "notice-missing", "1 courtesy notices", func(s *sample) { s.first(campaign.NoticeAccepted).Kind = campaign.NoticeFailed }},
	{"notices that nobody queued", "notice-missing", "by 3 notices", func(s *sample) { s.first(campaign.HostGranted).Grant.Notices = 3 }},
	{"nobody told", "notice-missing", "nobody of region iad was told", func(s *sample) {
		s.events = slices.DeleteFunc(s.events, func(e campaign.Event) bool {
			return e.Kind == campaign.NoticeQueued || e.Kind == campaign.NoticeAccepted
		})
		for i := range s.events {
			if g := s.events[i].Grant; g != nil {
				g.Notices, g.NoticedBy = 0, 0
			}
		}
	}},
	{"another time of the notices", "notice-late", "the latest of region iad", func(s *sample) { s.first(campaign.HostGranted).Grant.NoticedBy-- }},
	{"notices too late", "notice-late", "less than 2h1s before", func(s *sample) { s.policy.NoticeLead = 2*calendar.Hour + 1 }},
	{"a notice queued twice", "notice-doubled", "queued twice", func(s *sample) { s.again(campaign.NoticeQueued, campaign.NoticeQueued) }},
	{"a notice accepted twice", "notice-doubled", "given up twice", func(s *sample) { s.again(campaign.NoticeAccepted, campaign.NoticeAccepted) }},
	{"a notice accepted unqueued", "notice-unknown", "never queued", func(s *sample) { s.drop(campaign.NoticeQueued) }},
	{"done with the old boot", "proof-missing", "without proof of a new boot", func(s *sample) { s.first(campaign.HostDone).Proof.After = "boot-1" }},
	{"done after another boot", "proof-missing", "without proof of a new boot", func(s *sample) { s.first(campaign.HostDone).Proof.Before = "boot-0" }},
	{"done with a guest missing", "proof-missing", "1 of 2 guests", func(s *sample) { s.first(campaign.HostDone).Proof.Guests = 1 }},
	{"done with a guest named as missing", "proof-missing", "guests back", func(s *sample) { s.first(campaign.HostDone).Proof.Missing = []string{"vm-1"} }},
	{"done and exposed", "proof-missing", "it is unknown", func(s *sample) { s.first(campaign.HostDone).Proof.Fixed[0].State = "unknown" }},
	{"done and never judged", "proof-missing", "no advisory was asked", func(s *sample) { s.first(campaign.HostDone).Proof.Fixed = nil }},
	{"a host forgotten", "end-missing", "is returning", func(s *sample) { s.drop(campaign.HostDone) }},
	{"a host that the opening forgot", "end-missing", "nothing is said", func(s *sample) {
		s.plan.Outages = append(s.plan.Outages, s.plan.Outages[0])
		s.plan.Outages[len(s.plan.Outages)-1].Host = "forgotten"
	}},
	{"a wrong summary", "summary-wrong", "2 done, 2 failed", func(s *sample) { s.first(campaign.CampaignFinished).Summary.Done++ }},
	{"no summary", "summary-wrong", "adds up", func(s *sample) { s.first(campaign.CampaignFinished).Summary = nil }},
}

func TestEachBreachThatARecordTellsOfIsFound(t *testing.T) {
	for _, c := range breaches {
		s := newSample(2)
		c.do(s)
		v := s.verify(join(s.lines()))
		if !v.Intact() {
			t.Errorf("%s: the file itself is refused: %v", c.name, v.Faults.Err())
		}
		found := false
		for _, p := range v.Findings.Items() {
			found = found || string(p.Code) == c.code && strings.Contains(p.Sentence, c.sentence)
		}
		if !found {
			t.Errorf("%s: no [%s] %q in %v", c.name, c.code, c.sentence, v.Findings.Err())
		}
	}
}

func TestWhatMayFollowTheEndIsNoBreach(t *testing.T) {
	s := newSample(2)
	end := s.first(campaign.CampaignFinished).At
	id := s.opening.Campaign + "/ended/acme/iad"
	s.add(end, campaign.Event{Kind: campaign.NoticeQueued, Notice: &campaign.NoticeRef{ID: id, Kind: "ended", Tenant: "acme", Region: "iad"}})
	s.add(end, campaign.Event{Kind: campaign.ConductorTook, Epoch: 2})
	s.add(end, campaign.Event{Kind: campaign.NoticeAccepted, NoticeID: id})
	mustBeIntact(t, s.verify(join(s.lines())))
}

func TestARecordThatEndsEarlierIsNoBreach(t *testing.T) {
	for n := range newSample(2).events {
		s := newSample(2)
		if s.events = s.events[:n]; n > 0 {
			mustBeIntact(t, s.verify(join(s.lines())))
		}
	}
}
