package evidence_test

import (
	"testing"

	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/campaign"
	"github.com/evenkeel-project/evenkeel/internal/core/guard"
	"github.com/evenkeel-project/evenkeel/internal/core/notice"
)

func TestTheAccountTellsWhatTheRecordTells(t *testing.T) {
	s := newSample(3)
	v := s.verify(join(s.lines()))
	mustBeIntact(t, v)
	a := v.Account
	if a.Records != len(s.events) || a.Status != campaign.Finished || a.Proposal.Proposer.Principal != people[0] || len(a.Approvals) != 2 {
		t.Errorf("%d records, status %s, proposer %s, %d approvals", a.Records, a.Status, a.Proposal.Proposer.Principal, len(a.Approvals))
	}
	if want := (campaign.Summary{Done: 4, Failed: 2}); a.Summary != want {
		t.Errorf("summary %+v, want %+v", a.Summary, want)
	}
	if len(a.Hosts) != 6 || len(a.Regions) != 2 || a.Regions[0].ID != "iad" {
		t.Fatalf("%d hosts, %d regions", len(a.Hosts), len(a.Regions))
	}
	r := a.Regions[0]
	if r.Done != 2 || r.Failed != 1 || r.Hosts != 3 || r.MostDown != 1 || r.NoticesAccepted != 2 || r.Guests != 6 || r.LongestOutage != 480 ||
		r.NoticedBy != start.Add(-2*calendar.Hour) || r.Started != start || r.Completed == 0 {
		t.Errorf("region %+v", r)
	}
	h := a.Hosts[0]
	if h.Phase != campaign.Done || h.Before != "boot-1" || h.After != "boot-2" || !h.Canary || h.Grants != 1 || h.Checks != 2 || len(h.Down) != 1 ||
		h.Down[0] != (calendar.Span{From: start, To: start.Add(500)}) || h.Tightest != (guard.Check{Scope: "fleet", More: 1, Allowed: 1}) {
		t.Errorf("host %+v", h)
	}
	if last := a.Hosts[2]; last.Phase != campaign.Failed || last.Fault != campaign.FaultUnpatched || last.IsDown() || last.Down[0].To != last.Ended.Add(60) {
		t.Errorf("failed host %+v", last)
	}
	if len(a.Notices) != 2 || a.Notices[1].Kind != notice.Courtesy || a.Notices[1].Region != "dfw" || a.Notices[1].Accepted != 2 {
		t.Errorf("notices %+v", a.Notices)
	}
}

func TestAHostThatNothingIsToldOfIsInTheAccount(t *testing.T) {
	s := newSample(2)
	s.events = s.events[:5]
	v := s.verify(join(s.lines()))
	mustBeIntact(t, v)
	if len(v.Account.Hosts) != 4 || v.Account.Hosts[3].Phase != campaign.Pending || v.Account.Hosts[3].Touched() {
		t.Errorf("%d hosts", len(v.Account.Hosts))
	}
}

func TestEveryStopIsToldWithItsReason(t *testing.T) {
	s := newSample(1)
	at := s.events[4].At
	s.events = s.events[:5]
	s.add(at, campaign.Event{Kind: campaign.CampaignPaused, By: "ops", Reason: "lunch"})
	s.add(at, campaign.Event{Kind: campaign.CampaignResumed, By: "ops"})
	s.add(at, campaign.Event{Kind: campaign.CampaignHalted, Halt: &campaign.Halt{Reason: "too many failed"}})
	s.add(at, campaign.Event{Kind: campaign.RequestRefused, By: "ops", Hold: &guard.Hold{Sentence: "it has ended"}})
	s.add(at, campaign.Event{Kind: campaign.CohortStopped, Cohort: "g=1", Host: "iad-00", Reason: "it failed"})
	s.add(at, campaign.Event{Kind: campaign.CampaignAborting, By: "ops", Reason: "enough"})
	a := s.verify(join(s.lines())).Account
	var told []string
	for _, stop := range a.Stops[1:] {
		told = append(told, stop.Reason)
	}
	want := []string{"lunch", "", "too many failed", "it has ended", "it failed", "enough"}
	if len(told) != len(want) || a.Status != campaign.Aborting || a.Hosts[0].Phase != campaign.Pending {
		t.Fatalf("status %s, told %q", a.Status, told)
	}
	for i := range want {
		if told[i] != want[i] {
			t.Errorf("told %q, want %q", told, want)
		}
	}
}
