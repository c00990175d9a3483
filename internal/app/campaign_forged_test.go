package app

import (
	"database/sql"
	"os"
	"strings"
	"testing"

	"github.com/evenkeel-project/evenkeel/internal/cli"
	"github.com/evenkeel-project/evenkeel/internal/core/campaign"
	"github.com/evenkeel-project/evenkeel/internal/core/evidence"
	"github.com/evenkeel-project/evenkeel/internal/datadir"
)

// forge writes a journal of the given events into the database of a data directory, with a chain that holds, as
// somebody could who may write there.
func (s *stage) forge(data string, events []campaign.Event) {
	s.Helper()
	db, err := sql.Open("sqlite", datadir.At(data).Database())
	if err != nil {
		s.Fatal(err)
	}
	defer db.Close()
	run := func(statement string, args ...any) {
		if _, err := db.Exec(statement, args...); err != nil {
			s.Fatal(err)
		}
	}
	var id string
	if err := db.QueryRow("SELECT id FROM campaign").Scan(&id); err != nil {
		s.Fatal(err)
	}
	run("DELETE FROM journal")
	chain := evidence.Root(id)
	for i, event := range events {
		r := evidence.Record{Seq: uint64(i + 1), At: event.At, Version: campaign.EventVersion, Kind: string(event.Kind), Body: campaign.Encode(event)}
		r.Chain = evidence.Chain(chain, r)
		chain = r.Chain
		run("INSERT INTO journal (campaign, seq, at, version, kind, body, chain) SELECT number, ?, ?, ?, ?, ?, ? FROM campaign",
			r.Seq, int64(r.At), r.Version, r.Kind, r.Body, r.Chain)
	}
	run("UPDATE campaign SET last_seq = ?", len(events))
}

// signed is an approval of the plan by the owner of a key in the directory of the stage.
func (s *stage) signed(data, name string) campaign.Identity {
	s.Helper()
	dir := datadir.At(data)
	p, err := dir.Proposal()
	if err != nil {
		s.Fatal(err)
	}
	who, err := signer(cli.Signing{Key: s.path(name)}, dir.Copies(p).AllowedSigners, evidence.ApprovalNamespace, p.Plan)
	if err != nil {
		s.Fatal(err)
	}
	return who
}

func TestAForgedJournalStartsNothing(t *testing.T) {
	s := troubled(t)
	written := s.events(s.approved)
	proposed, first, second := written[0], written[1], written[2]
	approval := func(who campaign.Identity) campaign.Event {
		return campaign.Event{Kind: campaign.CampaignApproved, At: second.At, Approval: &who}
	}
	started := campaign.Event{Kind: campaign.CampaignStarted, At: second.At, By: "ops"}
	asking := func(needed int) campaign.Event {
		e, p := proposed, *proposed.Proposal
		p.Needed = needed
		e.Proposal = &p
		return e
	}
	proposers := s.signed(s.approved, "proposer")
	renamed := s.signed(s.approved, "second")
	renamed.Principal = "third@ops.example"
	misused := *second.Approval
	misused.Signature = proposed.Proposal.Proposer.Signature
	for _, c := range []struct {
		name, code string
		events     []campaign.Event
	}{
		{"one approval twice", "[approvals-forged]", []campaign.Event{proposed, first, first}},
		{"the proposer approves", "[approvals-forged]", []campaign.Event{proposed, first, approval(proposers)}},
		{"the proposer approves twice", "[approvals-forged]", []campaign.Event{proposed, approval(proposers), approval(proposers)}},
		{"a start without approvals", "[approvals-forged]", []campaign.Event{proposed, started}},
		{"a start after one approval", "[approvals-forged]", []campaign.Event{proposed, first, started}},
		{"a start and the approvals after it", "[approvals-forged]", []campaign.Event{proposed, started, first, second}},
		{"a start without a proposal", "[approvals-forged]", []campaign.Event{started}},
		{"a proposal that asks for one approval", "[approvals-forged]", []campaign.Event{asking(1), first}},
		{"a proposal that asks for none", "[approvals-forged]", []campaign.Event{asking(0), started}},
		{"a second proposal after the approvals", "[approvals-forged]", []campaign.Event{proposed, first, second, asking(1), started}},
		{"another name for a key", "[signature-of-another]", []campaign.Event{proposed, first, approval(renamed)}},
		{"the proposal's signature as an approval", "[signature-namespace]", []campaign.Event{proposed, first, approval(misused)}},
	} {
		data := s.data()
		s.forge(data, c.events)
		code, printed := s.start(data)
		if code != cli.ExitFailed || !strings.Contains(printed, c.code) {
			t.Errorf("%s: exit code %d, want %s: %s", c.name, code, c.code, printed[:min(len(printed), 600)])
		}
		if letters, err := os.ReadDir(datadir.At(data).Outbox()); err == nil && len(letters) > 0 {
			t.Errorf("%s: %d letters were sent all the same", c.name, len(letters))
		}
	}
}

func TestAKeyThatExpiresOnTheWayLeavesNoHostHalfDone(t *testing.T) {
	s := troubled(t)
	data := s.data()
	dir := datadir.At(data)
	p, err := dir.Proposal()
	if err != nil {
		t.Fatal(err)
	}
	path := dir.Copies(p).AllowedSigners
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(strings.ReplaceAll(string(text), " ssh-ed25519", ` valid-before="20200101Z" ssh-ed25519`)), 0o600); err != nil {
		t.Fatal(err)
	}
	events := s.events(data)
	written := papers{proposals: []campaign.Proposal{*events[0].Proposal}, approvals: []campaign.Identity{*events[1].Approval, *events[2].Approval}}
	if err := stillSigned(dir, p, written); err == nil || !strings.Contains(err.Error(), "[signer-expired]") {
		t.Errorf("before the start: %v", err)
	}
	written.started, written.startedAt = true, events[2].At
	if err := stillSigned(dir, p, written); err != nil {
		t.Errorf("on the way: %v", err)
	}
	written.startedAt = wallNow()
	if err := stillSigned(dir, p, written); err == nil {
		t.Error("a campaign that was started after its key had expired goes on")
	}
}
