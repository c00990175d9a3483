package campaign

import (
	"fmt"
	"slices"
	"strings"

	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/guard"
	"github.com/evenkeel-project/evenkeel/internal/core/problem"
)

// ApprovalsNeeded is how many people besides the proposer must approve a plan (law S30).
const ApprovalsNeeded = 2

// decision is one Decide in the making. Every event is applied as it is made, so that each is decided in the
// light of those before it.
type decision struct {
	s      *State
	w      *World
	now    calendar.Instant
	events []Event
}

func (d *decision) emit(e Event) {
	e.At = d.now
	d.s.Apply(d.w, e)
	d.events = append(d.events, e)
}

// Decide takes one signal in and returns what happened by it; the state is left advanced by those events. A hold
// means that the signal was refused, and why. The same state, world, time and signal always give the same events. The
// events must be persisted before anything acts by them; if they cannot be, the state is worthless.
//
// Time never goes back: a signal earlier than the latest event is refused until the clock has caught up.
func Decide(s *State, w *World, now calendar.Instant, sig Signal) ([]Event, *guard.Hold) {
	if now < s.last {
		until := s.last
		return nil, &guard.Hold{Code: "clock-behind", Until: &until, Lifter: guard.Time, Lift: "set the clock right, or wait",
			Sentence: fmt.Sprintf("the clock says %s, and the journal goes on to %s already", now, until)}
	}
	if sig.Request != "" && s.requests[sig.Request] {
		return nil, nil
	}
	d := &decision{s: s, w: w, now: now}
	hold := d.take(sig)
	if hold != nil && sig.Request != "" {
		d.emit(Event{Kind: RequestRefused, By: sig.By, Request: sig.Request, Hold: hold})
	}
	return d.events, hold
}

func (d *decision) take(sig Signal) *guard.Hold {
	switch sig.Kind {
	case Propose:
		return d.propose(sig)
	case Approve:
		return d.approve(sig)
	case Start:
		return d.start(sig)
	case TakeOver:
		return d.takeOver(sig)
	case Pause, Resume, Abort:
		return d.steer(sig)
	case ClockJumped:
		if d.s.status == Running || d.s.status == Paused {
			d.stop(&Halt{Code: clockJumped, Reason: sig.Reason})
		}
		return nil
	case Delivered, Undeliverable:
		return d.receipt(sig)
	case Observed:
		return d.observe(sig)
	case Tick:
		if d.s.status.moving() {
			d.tick()
		}
		return nil
	}
	return refuse("unknown-signal", guard.Nobody, "", "nobody knows the signal %q", sig.Kind)
}

// moving reports whether hosts may be in flight.
func (s Status) moving() bool { return s == Running || s == Paused || s == Halted || s == Aborting }

func refuse(code problem.Code, lifter guard.Lifter, lift, format string, args ...any) *guard.Hold {
	return &guard.Hold{Code: code, Sentence: fmt.Sprintf(format, args...), Lifter: lifter, Lift: lift}
}

func (d *decision) propose(sig Signal) *guard.Hold {
	if d.s.status != None {
		return refuse("already-proposed", guard.Nobody, "abort the campaign, or use another data directory", "a plan is proposed here already: %s", d.s.proposal.Plan)
	}
	if sig.Identity.Key == "" || sig.Identity.Principal == "" {
		return refuse("proposer-unknown", guard.Operator, "sign the proposal", "nobody signed the proposal")
	}
	d.emit(Event{Kind: CampaignProposed, Proposal: &Proposal{Campaign: d.w.Campaign, Plan: sig.Sources.Plan, Fleet: sig.Sources.Fleet,
		Policy: sig.Sources.Policy, Advisories: sig.Sources.Advisories, Proposer: sig.Identity, Needed: ApprovalsNeeded}})
	return nil
}

func (d *decision) approve(sig Signal) *guard.Hold {
	switch d.s.status {
	case None:
		return refuse("not-proposed", guard.Operator, "propose a plan: evenkeel campaign propose", "there is nothing to approve")
	case Proposed:
	default:
		return refuse("already-approved", guard.Nobody, "", "the campaign is %s: it needs no more approvals", d.s.status)
	}
	if hold := d.moved(sig.Sources); hold != nil {
		return hold
	}
	who := sig.Identity
	if who.Key == "" || who.Principal == "" {
		return refuse("approver-unknown", guard.Approver, "sign the plan's digest", "nobody signed the approval")
	}
	if proposer := d.s.proposal.Proposer; who.Key == proposer.Key || who.Principal == proposer.Principal {
		return refuse("proposer-approves", guard.Approver, "have somebody else approve it", "%s proposed this plan and cannot approve it too", proposer.Principal)
	}
	for _, earlier := range d.s.approvals {
		if who.Key == earlier.Key || who.Principal == earlier.Principal {
			return refuse("approved-twice", guard.Approver, "have another person approve it with another key", "%s has approved this plan already", earlier.Principal)
		}
	}
	d.emit(Event{Kind: CampaignApproved, Approval: &who})
	return nil
}

// moved compares what was proposed with what there is now. Anything that changed voids the approvals (law S30).
func (d *decision) moved(now Sources) *guard.Hold {
	p := d.s.proposal
	var changed []string
	differs := func(is bool, what string) {
		if is {
			changed = append(changed, what)
		}
	}
	differs(now.Plan != p.Plan, "the plan")
	differs(now.Fleet != p.Fleet, "the fleet")
	differs(now.Policy != p.Policy, "the policy")
	differs(!slices.Equal(now.Advisories, p.Advisories), "an advisory")
	if len(changed) == 0 {
		return nil
	}
	sentence := strings.Join(changed, " and ") + " changed since the plan was proposed"
	if len(now.Changes) > 0 {
		sentence += ": " + strings.Join(now.Changes, "; ")
	}
	return &guard.Hold{Code: "sources-changed", Sentence: sentence, Objects: changed, Lifter: guard.Operator,
		Lift: "bring back what was proposed, or plan anew and have that approved"}
}

func (d *decision) start(sig Signal) *guard.Hold {
	switch d.s.status {
	case None:
		return refuse("not-proposed", guard.Operator, "propose a plan: evenkeel campaign propose", "there is nothing to start")
	case Proposed:
		return refuse("approvals-missing", guard.Approver, "evenkeel campaign approve", "%d of %d approvals are there", len(d.s.approvals), d.s.proposal.Needed)
	case Approved:
	default:
		return refuse("already-started", guard.Nobody, "", "the campaign is %s", d.s.status)
	}
	if hold := d.moved(sig.Sources); hold != nil {
		return hold
	}
	d.emit(Event{Kind: CampaignStarted, By: sig.By})
	if sig.Epoch != 0 {
		d.emit(Event{Kind: ConductorTook, Epoch: sig.Epoch})
	}
	return nil
}

func (d *decision) takeOver(sig Signal) *guard.Hold {
	if !d.s.status.moving() {
		return nil
	}
	if hold := d.moved(sig.Sources); hold != nil {
		return hold
	}
	if sig.Epoch <= d.s.epoch {
		return refuse("fenced", guard.Nobody, "", "epoch %d is not newer than %d", sig.Epoch, d.s.epoch)
	}
	d.emit(Event{Kind: ConductorTook, Epoch: sig.Epoch})
	return nil
}

// steer carries out what a person asked for.
func (d *decision) steer(sig Signal) *guard.Hold {
	event := Event{By: sig.By, Reason: sig.Reason, Request: sig.Request}
	status := d.s.status
	switch {
	case status == None:
		return refuse("not-proposed", guard.Operator, "propose a plan: evenkeel campaign propose", "there is no campaign")
	case status.Ended(), status == Aborting:
		return refuse("campaign-over", guard.Nobody, "", "the campaign is %s", status)
	case sig.Kind == Abort:
		event.Kind = CampaignAborting
		d.emit(event)
		d.undoAll("the campaign is being aborted")
		d.tellLate() // of those of whom nothing was said while the clock was in doubt
		if status == Proposed || status == Approved {
			d.emit(Event{Kind: CampaignAborted, Summary: d.summary()})
		}
	case !status.moving():
		return refuse("not-started", guard.Operator, "start it: evenkeel campaign start", "the campaign is %s", status)
	case sig.Kind == Pause && status == Running:
		event.Kind = CampaignPaused
		d.emit(event)
		d.undoAll("the campaign was paused")
	case sig.Kind == Pause:
		return refuse("already-stopped", guard.Operator, "resume it: evenkeel campaign resume", "the campaign is %s already", status)
	case status == Running:
		return refuse("not-stopped", guard.Nobody, "", "the campaign runs")
	default:
		event.Kind = CampaignResumed
		d.emit(event)
		d.tellLate()
	}
	return nil
}

// stop halts the campaign: nothing new starts, what has not gone down is taken back, the rest comes to its end.
func (d *decision) stop(h *Halt) {
	d.emit(Event{Kind: CampaignHalted, Halt: h})
	d.undoAll("the campaign was halted")
}

// undoAll takes back every host that was granted and has not gone down.
func (d *decision) undoAll(reason string) {
	for _, i := range slices.Clone(d.s.active) {
		if p := d.s.hosts[i].phase; p == Granted || p == Cordoned || p == Drained {
			d.undo(i, "", reason)
		}
	}
}

// undo takes back a host that has not gone down. With a fault the host itself is the reason: it will have failed, for
// to grant it again and again would starve the others (failure story F14).
func (d *decision) undo(i int32, fault, reason string) {
	d.emit(Event{Kind: HostUndoing, Host: d.w.id(i), Fault: fault, Reason: reason})
}

func (d *decision) receipt(sig Signal) *guard.Hold {
	n, known := d.s.byID[sig.NoticeID]
	if !known {
		return refuse("unknown-notice", guard.Nobody, "", "there is no notice %q", sig.NoticeID)
	}
	if d.s.notices[n].state != noticeQueued {
		return nil
	}
	kind := NoticeAccepted
	if sig.Kind == Undeliverable {
		kind = NoticeFailed
	}
	d.emit(Event{Kind: kind, NoticeID: sig.NoticeID, Reason: sig.Reason})
	return nil
}

func (d *decision) summary() *Summary {
	out := &Summary{}
	for i := range d.s.hosts {
		h := &d.s.hosts[i]
		switch h.phase {
		case Done:
			out.Done++
		case Failed:
			out.Failed++
		case SetAside:
			out.SetAside++
		}
		if h.owes() {
			out.Down++
		}
	}
	return out
}
