package cli

import (
	"fmt"
	"strings"

	"github.com/evenkeel-project/evenkeel/internal/core/campaign"
	"github.com/evenkeel-project/evenkeel/internal/core/notice"
	"github.com/evenkeel-project/evenkeel/internal/core/problem"
)

// sentence says in words what happened, without the time and without a full stop. Every kind of event has one.
func sentence(e campaign.Event) string {
	text, ok := campaignSentence(e)
	if !ok {
		text, ok = hostSentence(e)
	}
	if !ok {
		text = string(e.Kind)
	}
	return problem.Printable(text)
}

// campaignSentence tells the events of the campaign as a whole.
func campaignSentence(e campaign.Event) (string, bool) {
	switch e.Kind {
	case campaign.CampaignProposed:
		return "proposed" + signedBy(proposerOf(e)), true
	case campaign.CampaignApproved:
		return "approved" + signedBy(e.Approval), true
	case campaign.CampaignStarted:
		return "started" + by(e.By), true
	case campaign.ConductorTook:
		return fmt.Sprintf("a conductor took over (epoch %d)", e.Epoch), true
	case campaign.CampaignPaused:
		return "paused" + by(e.By) + because(e.Reason), true
	case campaign.CampaignResumed:
		return "resumed" + by(e.By) + because(e.Reason), true
	case campaign.CampaignHalted:
		return "HALTED" + because(haltReason(e.Halt)), true
	case campaign.CampaignAborting:
		return "aborting" + by(e.By) + because(e.Reason), true
	case campaign.CampaignAborted:
		return "aborted" + summed(e.Summary), true
	case campaign.CampaignFinished:
		return "finished" + summed(e.Summary), true
	case campaign.RequestRefused:
		return "a request" + by(e.By) + " was refused" + because(holdSentence(e)), true
	case campaign.RegionStarted:
		return "region " + e.Region + " started", true
	case campaign.RegionCompleted:
		return "region " + e.Region + " completed", true
	case campaign.CohortStopped:
		return fmt.Sprintf("cohort %s stopped: its canary %s did not come through (%s)", e.Cohort, e.Host, orNone(e.Fault)) + because(e.Reason), true
	case campaign.NoticeQueued:
		return noticeWords(e) + " queued", true
	case campaign.NoticeAccepted:
		return noticeWords(e) + " accepted for delivery", true
	case campaign.NoticeFailed:
		return noticeWords(e) + " FAILED" + because(e.Reason), true
	}
	return "", false
}

// hostSentence tells the events of one host.
func hostSentence(e campaign.Event) (string, bool) {
	host := e.Host
	switch e.Kind {
	case campaign.HostGranted:
		return host + " may go down" + granted(e.Grant), true
	case campaign.HostCordoned:
		return host + " is cordoned; it runs boot " + orNone(e.Boot), true
	case campaign.HostDrained:
		return host + " is drained", true
	case campaign.HostActing:
		return fmt.Sprintf("%s is going down: all %s held when asked again", host, counted(len(e.Checks), "limit")), true
	case campaign.HostVerifying:
		return host + " is back with boot " + orNone(e.Boot) + "; what it runs is being looked at", true
	case campaign.HostReturning:
		if e.Fault != "" {
			return fmt.Sprintf("%s gets its guests back; it has failed (%s)", host, e.Fault) + because(e.Reason), true
		}
		return host + " gets its guests back", true
	case campaign.HostDone:
		return host + " is done" + proven(e.Proof), true
	case campaign.HostFailed:
		return fmt.Sprintf("%s FAILED (%s)", host, orNone(e.Fault)) + because(e.Reason) + missing(e.Guests), true
	case campaign.HostLate:
		return host + " is late" + until(e), true
	case campaign.HostStuck:
		return host + " is stuck" + because(e.Reason), true
	case campaign.HostFenced:
		return host + " is proven off", true
	case campaign.HostSetAside:
		return fmt.Sprintf("%s is set aside (%s)", host, orNone(e.Fault)) + because(e.Reason) + missing(e.Guests), true
	case campaign.HostUndoing:
		return host + " is being taken back before it goes down" + because(e.Reason), true
	case campaign.HostUndone:
		return host + " is open again, and pending", true
	case campaign.HostRetried:
		return fmt.Sprintf("%s is tried again, attempt %d", host, e.Attempt) + because(e.Reason), true
	case campaign.HostFreed:
		return host + " is up with all its guests, and counts against no limit any more", true
	}
	return "", false
}

func proposerOf(e campaign.Event) *campaign.Identity {
	if e.Proposal == nil {
		return nil
	}
	return &e.Proposal.Proposer
}

func signedBy(who *campaign.Identity) string {
	if who == nil {
		return ""
	}
	return fmt.Sprintf(" by %s with key %s", who.Principal, who.Key)
}

func by(who string) string {
	if who == "" {
		return ""
	}
	return " by " + who
}

func because(reason string) string {
	if reason == "" {
		return ""
	}
	return ": " + reason
}

func orNone(text string) string {
	if text == "" {
		return "not known"
	}
	return text
}

func haltReason(h *campaign.Halt) string {
	if h == nil {
		return ""
	}
	return h.Reason
}

func holdSentence(e campaign.Event) string {
	if e.Hold == nil {
		return e.Reason
	}
	return e.Hold.Sentence
}

func summed(s *campaign.Summary) string {
	if s == nil {
		return ""
	}
	text := fmt.Sprintf(": %s done, %s failed, %s set aside", grouped(s.Done), grouped(s.Failed), grouped(s.SetAside))
	if s.Down > 0 {
		text += fmt.Sprintf("; %s still down", grouped(s.Down))
	}
	return text
}

func granted(g *campaign.Grant) string {
	if g == nil {
		return ""
	}
	canary := ""
	if g.Canary {
		canary = " as the canary of its cohort"
	}
	return fmt.Sprintf("%s with %s: all %s hold; it should be over at %s", canary, counted(g.Guests, "guest"),
		counted(len(g.Checks), "limit"), clockTime(g.Estimate.Time()))
}

func proven(p *campaign.Proof) string {
	if p == nil {
		return ""
	}
	return fmt.Sprintf(": new boot %s, %s, %s of %s back", orNone(p.After), verdicts(p.Fixed), grouped(p.Guests), counted(p.Expected, "guest"))
}

func verdicts(list []campaign.Verdict) string {
	words := make([]string, len(list))
	for i, v := range list {
		words[i] = v.Advisory + " " + v.State
	}
	if len(words) == 0 {
		return "nothing looked at"
	}
	return listed(words)
}

// guestsNamed is how many guests a sentence names; the journal has them all.
const guestsNamed = 3

func missing(guests []string) string {
	if len(guests) == 0 {
		return ""
	}
	named := guests[:min(guestsNamed, len(guests))]
	text := fmt.Sprintf("; %s down: %s", counted(len(guests), "guest"), strings.Join(named, " "))
	if len(guests) > len(named) {
		text += " ..."
	}
	return text
}

func until(e campaign.Event) string {
	if e.Until == nil {
		return ""
	}
	return "; it may take until " + clockTime(e.Until.Time())
}

// noticeWords names a notice by whom it is for where the event says so, and by its id otherwise.
func noticeWords(e campaign.Event) string {
	if e.Notice == nil {
		return "the notice " + e.NoticeID
	}
	n := e.Notice
	about := ""
	switch {
	case notice.Kind(n.Kind) == notice.Late:
		about = " about a host that is late"
	case n.Region != "":
		about = " about region " + n.Region
	}
	return fmt.Sprintf("the %s notice to %s%s", n.Kind, n.Tenant, about)
}
