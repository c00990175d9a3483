package campaign

import (
	"fmt"
	"slices"

	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/ident"
)

// Apply advances the state by one event. It judges nothing: an event is what happened. It panics on one that
// cannot have happened in this state; the engine turns that into a refusal of the journal.
func (s *State) Apply(w *World, e Event) {
	if e.At < s.last {
		panic(fmt.Sprintf("campaign: %s at %s is earlier than the event before it, at %s", e.Kind, e.At, s.last))
	}
	s.last = e.At
	s.settled = false
	switch {
	case e.Host != "" && e.Kind != CohortStopped:
		i, err := w.find(e.Host)
		if err != nil {
			panic("campaign: " + err.Error())
		}
		s.applyHost(w, i, e)
	case e.Notice != nil || e.NoticeID != "":
		s.applyNotice(w, e)
	default:
		s.applyCampaign(w, e)
	}
}

func (s *State) applyCampaign(w *World, e Event) {
	if e.Request != "" {
		s.requests[e.Request] = true
	}
	switch e.Kind {
	case CampaignProposed:
		s.status, s.proposal = Proposed, e.Proposal
	case CampaignApproved:
		s.approvals = append(s.approvals, *e.Approval)
		if len(s.approvals) >= s.proposal.Needed {
			s.status = Approved
		}
	case CampaignStarted:
		s.status, s.started = Running, e.At
	case ConductorTook:
		s.epoch = e.Epoch
	case CampaignPaused:
		s.status, s.stopped = Paused, stop{e.By, e.Reason, e.At}
	case CampaignHalted:
		s.status, s.halt, s.stopped = Halted, e.Halt, stop{"", e.Halt.Reason, e.At}
	case CampaignResumed:
		s.trust(e.At)
		s.status, s.stopped, s.halt = Running, stop{}, nil
		s.accept()
	case CampaignAborting:
		s.trust(e.At)
		s.status, s.stopped = Aborting, stop{e.By, e.Reason, e.At}
	case CampaignAborted:
		s.status, s.ended = Aborted, e.Summary
	case CampaignFinished:
		s.status, s.ended = Finished, e.Summary
	case RequestRefused:
	case RegionStarted:
		s.regions[w.regionNamed(e.Region)].open = true
	case RegionCompleted:
		s.regions[w.regionNamed(e.Region)].completed = true
	case CohortStopped:
		i, err := w.find(e.Host)
		if err != nil {
			panic("campaign: " + err.Error())
		}
		c := &s.cohorts[w.places[i].cohort]
		c.fault, c.canary = e.Fault, e.Host
	default:
		panic(fmt.Sprintf("campaign: %q is no event of a campaign", e.Kind))
	}
}

// accept notes the failures so far as seen by a person: what stopped the campaign once does not stop it again
// until something more fails.
func (s *State) accept() {
	s.tally.accepted = s.tally.failed
	for n := range s.regions {
		s.regions[n].accepted = s.regions[n].failed
	}
	for n := range s.inZone {
		s.inZone[n].accepted = s.inZone[n].failed
	}
	for n := range s.cohorts {
		s.cohorts[n].accepted = s.cohorts[n].failed
	}
}

func (w *World) regionNamed(id string) int {
	for n := range w.regions {
		if w.regionID(n) == id {
			return n
		}
	}
	panic(fmt.Sprintf("campaign: region %q has no outage in the plan", id))
}

func (s *State) applyNotice(w *World, e Event) {
	if e.Kind == NoticeQueued {
		s.byID[e.Notice.ID] = int32(len(s.notices))
		s.notices = append(s.notices, noticeState{ref: *e.Notice, queued: e.At})
		s.unsent++
		if e.Notice.Kind == courtesy {
			s.regions[w.regionNamed(e.Notice.Region)].courtesies++
		}
		return
	}
	n := &s.notices[s.byID[e.NoticeID]]
	if n.ref.ID != e.NoticeID || n.state != noticeQueued {
		panic(fmt.Sprintf("campaign: %s of the notice %q, which does not wait", e.Kind, e.NoticeID))
	}
	s.unsent--
	n.state, n.reason = noticeAccepted, e.Reason
	if e.Kind == NoticeFailed {
		n.state = noticeFailed
	}
	if n.ref.Kind != courtesy {
		return
	}
	r := &s.regions[w.regionNamed(n.ref.Region)]
	if n.state == noticeFailed {
		r.untold = append(r.untold, n.ref.Tenant)
		return
	}
	r.told++
	r.toldBy = max(r.toldBy, e.At)
}

// scopes returns the tallies that a place counts in.
func (s *State) scopes(w *World, i int32) []*tally {
	p := &w.places[i]
	return []*tally{&s.tally, &s.regions[p.region].tally, &s.cohorts[p.cohort].tally, &s.inZone[w.Fleet.ZoneOf(p.host)]}
}

// leave counts a place that has come to an end.
func (s *State) leave(w *World, i int32, at calendar.Instant, started bool) {
	p := &w.places[i]
	domains := []*domain{&s.regions[p.region]}
	if p.zone != noPlace {
		domains = append(domains, &s.zones[p.zone])
	}
	for _, d := range domains {
		d.through++
		if started {
			d.lastEnd = max(d.lastEnd, at)
		}
	}
	s.hosts[i].ended = at
	s.deactivate(i)
}

func (s *State) activate(i int32) {
	if k, found := slices.BinarySearch(s.active, i); !found {
		s.active = slices.Insert(s.active, k, i)
	}
}

func (s *State) deactivate(i int32) {
	if k, found := slices.BinarySearch(s.active, i); found {
		s.active = slices.Delete(s.active, k, k+1)
	}
}

// ruin counts a failure once, whatever becomes of the host later.
func (s *State) ruin(w *World, i int32) {
	if s.hosts[i].ruined {
		return
	}
	s.hosts[i].ruined = true
	for _, t := range s.scopes(w, i) {
		t.failed++
	}
}

func guestsNamed(w *World, ids []string) []ident.Guest {
	out := make([]ident.Guest, 0, len(ids))
	for _, id := range ids {
		if g, ok := w.Fleet.FindGuest(id); ok {
			out = append(out, g)
		}
	}
	return out
}
