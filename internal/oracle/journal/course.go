package journal

import (
	"encoding/hex"
	"slices"
	"strings"

	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
)

// Where a campaign stands as a whole.
const (
	unproposed = ""
	proposed   = "proposed"
	approved   = "approved"
	running    = "running"
	paused     = "paused"
	halted     = "halted"
	aborting   = "aborting"
	aborted    = "aborted"
	finished   = "finished"
)

// course is how the campaign as a whole has gone.
type course struct {
	status     string
	proposal   proposal
	approvals  []identity
	epoch      uint64
	requests   map[string]bool
	hasStarted bool
	ended      bool
	trusted    calendar.Instant // when somebody last went on from a clock that had been set
	doubted    bool             // the clock was set, and nobody has looked at it since
}

// mayFollow says in which states of the campaign each of its events may come.
var mayFollow = map[string][]string{
	campaignProposed: {unproposed},
	campaignApproved: {proposed, approved},
	campaignStarted:  {approved},
	campaignPaused:   {running, halted},
	campaignResumed:  {paused, halted},
	campaignHalted:   {running, paused},
	campaignAborting: {proposed, approved, running, paused, halted},
	campaignAborted:  {aborting},
	campaignFinished: {running, paused, halted},
}

// becomes says what most events make of the campaign.
var becomes = map[string]string{
	campaignProposed: proposed,
	campaignStarted:  running,
	campaignPaused:   paused,
	campaignResumed:  running,
	campaignHalted:   halted,
	campaignAborting: aborting,
	campaignAborted:  aborted,
	campaignFinished: finished,
}

// afterTheEnd lists what may still happen when a campaign has ended: letters arrive, hosts are repaired.
var afterTheEnd = []string{campaignAborted, campaignFinished, conductorTook, requestRefused, noticeAccepted, noticeFailed, hostFreed}

// readCampaign reads the events of the campaign as a whole; it reports whether the event is one.
func (a *auditor) readCampaign(e *event) bool {
	a.readRequest(e)
	switch e.Kind {
	case conductorTook:
		if e.Epoch <= a.epoch {
			a.find(Epochs, "epoch %d follows epoch %d", e.Epoch, a.epoch)
		}
		a.epoch = e.Epoch
		return true
	case requestRefused:
		return true
	}
	before, known := mayFollow[e.Kind]
	if !known {
		return false
	}
	if !slices.Contains(before, a.status) {
		a.find(Status, "%s comes while the campaign is %q", e.Kind, a.status)
	}
	if next := becomes[e.Kind]; next != "" {
		a.status = next
	}
	switch e.Kind {
	case campaignProposed:
		return a.readProposal(e.Proposal)
	case campaignApproved:
		return a.readApproval(e.Approval)
	case campaignStarted:
		a.readStart()
	case campaignResumed:
		if a.doubted {
			a.trusted = a.at
		}
		a.failures, a.doubted = failures{seen: a.seq}, false
	case campaignHalted:
		return a.readHalt(e.Halt)
	case campaignAborted, campaignFinished:
		return a.readEnd(e.Summary)
	}
	return true
}

// readRequest checks that what a person asked for once is answered once.
func (a *auditor) readRequest(e *event) {
	if e.Request == "" {
		return
	}
	if a.requests[e.Request] {
		a.find(Requests, "request %s is answered a second time", e.Request)
	}
	a.requests[e.Request] = true
}

// readProposal checks that what is proposed is what the journal is held against.
func (a *auditor) readProposal(p *proposal) bool {
	if p == nil {
		return false
	}
	a.proposal = *p
	same := func(what, wrote, is string) {
		if wrote != is {
			a.find(Documents, "the %s that was proposed is %s, not %s", what, wrote, is)
		}
	}
	same("plan", p.Plan, string(a.plan.Digest))
	same("fleet", p.Fleet, string(a.fleet.Digest()))
	same("policy", p.Policy, string(a.policy.Digest))
	same("campaign", p.Campaign, a.campaign)
	if digits, ok := strings.CutPrefix(string(a.plan.Digest), "sha256:"); ok && len(digits) == hex.EncodedLen(32) {
		same("campaign", p.Campaign, "c-"+digits[:12])
	}
	if len(p.Advisories) != len(a.advisories) {
		a.find(Documents, "%d advisories were proposed, not %d", len(p.Advisories), len(a.advisories))
		return true
	}
	for i, known := range a.advisories {
		same("advisory", p.Advisories[i].ID, known.ID)
		same("advisory "+known.ID, p.Advisories[i].Digest, string(known.Digest))
	}
	return true
}

// readApproval checks that whoever approves is neither the proposer nor somebody who did before, by name and by
// key.
func (a *auditor) readApproval(i *identity) bool {
	if i == nil {
		return false
	}
	for n, other := range append([]identity{a.proposal.Proposer}, a.approvals...) {
		who := "who approved before"
		if n == 0 {
			who = "who proposed"
		}
		if i.Principal == other.Principal || i.Key == other.Key {
			a.find(Approval, "%s with key %s approves, %s: %s with key %s", i.Principal, i.Key, who, other.Principal, other.Key)
		}
	}
	if i.Principal == "" || i.Key == "" {
		a.find(Approval, "an approval is nobody's")
	}
	a.approvals = append(a.approvals, *i)
	if len(a.approvals) >= a.proposal.Needed {
		a.status = approved
	}
	return true
}

// approvalsNeeded is how many approvals a campaign needs at least.
const approvalsNeeded = 2

func (a *auditor) readStart() {
	if needed := max(approvalsNeeded, a.proposal.Needed); len(a.approvals) < needed {
		a.find(Approval, "the campaign starts with %d approvals, and needs %d", len(a.approvals), needed)
	}
	a.hasStarted = true
}

// readEnd checks that every planned host has come to an end, unless nothing was ever started, and that the
// summary counts them.
func (a *auditor) readEnd(s *summary) bool {
	if s == nil {
		return false
	}
	a.ended = true
	var is summary
	for _, h := range a.planned {
		switch l := &a.lives[h]; l.phase {
		case done:
			is.Done++
		case failed:
			is.Failed++
		case setAside:
			is.SetAside++
		default:
			if a.hasStarted || l.started {
				a.find(Unended, "the campaign ends while host %s is %s", a.fleet.HostID(h), l.phase)
			}
		}
		if a.lives[h].down || a.leaves(h) {
			is.Down++
		}
	}
	if *s != is {
		a.find(Counts, "the summary says %+v, and it is %+v", *s, is)
	}
	return true
}
