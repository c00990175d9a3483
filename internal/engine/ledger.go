package engine

import (
	"maps"
	"slices"

	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/campaign"
	"github.com/evenkeel-project/evenkeel/internal/request"
	"github.com/evenkeel-project/evenkeel/internal/store"
)

// ledger is what the engine must see to itself, drawn from the events one by one. It repeats nothing of the
// campaign's judgement: only who is to be told and answered, and when a host is due.
type ledger struct {
	deadlines map[string]calendar.Instant // of hosts in flight: when they should be over
	letters   []letter                    // queued and not yet accepted, in the order of queueing
	answers   map[string]request.Answer   // what became of every request, by its id

	// What changed since the last batch.
	queued []store.NoticeRow
	closed map[string]bool // ids of notices
	moved  map[string]bool // hosts whose deadline changed
}

// letter is a notice that waits to be delivered.
type letter struct {
	notice campaign.NoticeRef
	queued calendar.Instant
	again  calendar.Instant // when it is to be handed over, again or for the first time
}

func newLedger() ledger {
	return ledger{deadlines: map[string]calendar.Instant{}, answers: map[string]request.Answer{},
		closed: map[string]bool{}, moved: map[string]bool{}}
}

// note takes one event in.
func (l *ledger) note(e *campaign.Event) {
	switch e.Kind {
	case campaign.HostGranted:
		l.due(e.Host, e.Grant.Estimate)
	case campaign.HostLate:
		if e.Until != nil {
			l.due(e.Host, *e.Until)
		}
	case campaign.HostDone, campaign.HostFailed, campaign.HostSetAside, campaign.HostUndone:
		l.due(e.Host, 0)
	case campaign.NoticeQueued:
		l.letters = append(l.letters, letter{notice: *e.Notice, queued: e.At})
		l.queued = append(l.queued, store.NoticeRow{ID: e.Notice.ID, Tenant: e.Notice.Tenant, Kind: e.Notice.Kind, At: e.At})
	case campaign.NoticeAccepted, campaign.NoticeFailed:
		l.closed[e.NoticeID] = true
	}
	if e.Request != "" {
		l.answers[e.Request] = answerOf(e)
	}
}

// due sets when a host in flight should be over; 0 is for one that is not in flight any more.
func (l *ledger) due(host string, at calendar.Instant) {
	if l.deadlines[host] == at {
		return
	}
	l.moved[host] = true
	if at == 0 {
		delete(l.deadlines, host)
		return
	}
	l.deadlines[host] = at
}

// settle moves what changed into the batch.
func (l *ledger) settle(b *store.Batch) {
	b.Notices = l.queued
	b.NoticesClosed = slices.Sorted(maps.Keys(l.closed))
	for _, host := range slices.Sorted(maps.Keys(l.moved)) {
		b.Deadlines = append(b.Deadlines, store.Deadline{Host: host, At: l.deadlines[host]})
	}
	if len(l.closed) > 0 {
		l.letters = slices.DeleteFunc(l.letters, func(n letter) bool { return l.closed[n.notice.ID] })
	}
	l.queued = nil
	clear(l.closed)
	clear(l.moved)
}

// answerOf returns what the asker of a request is told, from the event that the request led to.
func answerOf(e *campaign.Event) request.Answer {
	answer := request.Answer{ID: e.Request}
	if e.Kind == campaign.RequestRefused {
		answer.Refused, answer.Code = "it was refused", string(campaign.RequestRefused)
		if e.Hold != nil {
			answer.Refused, answer.Code = e.Hold.Sentence, string(e.Hold.Code)
		}
	}
	return answer
}
