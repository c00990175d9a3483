package campaign

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/canon"
	"github.com/evenkeel-project/evenkeel/internal/core/dispatch"
	"github.com/evenkeel-project/evenkeel/internal/core/guard"
	"github.com/evenkeel-project/evenkeel/internal/core/ident"
)

// State is where a campaign stands. It is made of events and nothing else; NewState with every event of the
// journal applied in order gives it again.
type State struct {
	status    Status
	proposal  *Proposal
	approvals []Identity
	epoch     uint64
	started   calendar.Instant
	last      calendar.Instant // of the latest event
	stopped   stop             // why it is paused, halted or aborting
	halt      *Halt            // the latest one
	trusted   calendar.Instant // when a person last went on from a clock that had jumped; 0 is never
	ended     *Summary
	requests  map[string]bool // ids of what people asked for that was answered

	hosts   []host // by place
	ledger  *guard.Ledger
	regions []domain // by World.regions
	zones   []domain // by World.zones
	cohorts []cohort
	tally   tally   // of the campaign as a whole
	inZone  []tally // by zone of the fleet, last hosts included

	notices []noticeState
	byID    map[string]int32
	unsent  int // notices neither accepted nor failed

	active []int32 // places in flight, ascending

	// What follows is remembered to save work; it is no part of the digest and may be forgotten at any time.
	due     int              // into World.byLatest: places before it can no longer start or have gone
	settled bool             // nothing has changed since the last look for hosts to grant
	opens   calendar.Instant // then: when time alone may open something; 0 for never
}

// stop says who stopped a campaign and why.
type stop struct {
	by, reason string
	at         calendar.Instant
}

// host is where one host of the plan stands.
type host struct {
	phase    Phase
	down     bool // counted against every limit
	late     bool
	ruined   bool              // counted as failed
	attempt  int               // of the step of its phase
	tried    int               // how often that step was ordered since the phase began
	given    [stepCount]uint16 // how often each step was ever ordered: a key is used once
	granted  calendar.Instant
	since    calendar.Instant // when its phase began
	ended    calendar.Instant
	latest   calendar.Instant // the last instant at which it may begin to go down
	boot     string           // before the outage
	newBoot  string
	fault    string
	reason   string
	left     []ident.Guest // down although the host no longer counts
	missing  []string
	proof    *Proof
	verified *Proof // what was proven before its guests came back
}

// owes reports whether the host, or a guest of it, is counted as down.
func (h *host) owes() bool { return h.down || len(h.left) > 0 }

// tally counts hosts for the halt: the share of those started that failed. Nothing ever refills it but an
// outage that was taken back before it began.
type tally struct {
	started, failed int
	accepted        int // failures that a person saw and went on from
}

// domain is how far a region or zone has come.
type domain struct {
	tally
	through    int // hosts at an end
	open       bool
	completed  bool
	lastEnd    calendar.Instant // of its hosts that were started
	courtesies int              // regions: courtesy notices queued
	told       int              // regions: tenants whose courtesy notice is on record
	toldBy     calendar.Instant
	untold     []string // regions: tenants whom nobody could tell
}

// cohort is how its canaries do.
type cohort struct {
	tally
	canaries int // not yet done
	baking   calendar.Instant
	fault    string // not empty: stopped
	canary   string // the host that stopped it
	left     int    // hosts set aside for it
}

type noticeState struct {
	ref    NoticeRef
	queued calendar.Instant
	state  noticePhase
	reason string
}

type noticePhase uint8

const (
	noticeQueued noticePhase = iota
	noticeAccepted
	noticeFailed
)

// NewState returns a campaign that nobody proposed.
func NewState(w *World) *State {
	s := &State{hosts: make([]host, len(w.places)), ledger: w.guard.Open(), regions: make([]domain, len(w.regions)),
		zones: make([]domain, len(w.zones)), inZone: make([]tally, w.Fleet.Zones()), cohorts: make([]cohort, len(w.cohorts)), requests: map[string]bool{}, byID: map[string]int32{}}
	for i := range w.places {
		s.hosts[i].phase = Pending
		if w.places[i].canary {
			s.cohorts[w.places[i].cohort].canaries++
		}
	}
	return s
}

// Status returns where the campaign stands as a whole.
func (s *State) Status() Status { return s.status }

// Epoch returns the epoch of the conductor that took the campaign over last.
func (s *State) Epoch() uint64 { return s.epoch }

// Last returns when the latest event happened; 0 when none has. No event is ever earlier than the one before.
func (s *State) Last() calendar.Instant { return s.last }

// Proposal returns what was proposed.
func (s *State) Proposal() (Proposal, bool) {
	if s.proposal == nil {
		return Proposal{}, false
	}
	return *s.proposal, true
}

// Approvals returns who approved, in order.
func (s *State) Approvals() []Identity { return s.approvals }

// PhaseOf returns where a host stands; the empty phase for a host without outage.
func (s *State) PhaseOf(w *World, h ident.Host) Phase {
	if w.placeOf[h] == noPlace {
		return ""
	}
	return s.hosts[w.placeOf[h]].phase
}

// Waiting returns the notices that are neither accepted nor given up, in the order of their queueing.
func Waiting(s *State) []Queued {
	var out []Queued
	for i := range s.notices {
		if s.unsent == len(out) {
			break
		}
		if n := &s.notices[i]; n.state == noticeQueued {
			out = append(out, Queued{NoticeRef: n.ref, At: n.queued})
		}
	}
	return out
}

// Queued is a notice with the time from which it says what it says.
type Queued struct {
	NoticeRef
	At calendar.Instant
}

// Watched returns the hosts that must be looked at now and then: those in flight and those that failed and are
// not proven up, in the order of the plan's hosts.
func Watched(s *State, w *World) []string {
	var out []string
	for i := range s.hosts {
		if h := &s.hosts[i]; h.phase.InFlight() || h.owes() {
			out = append(out, w.id(int32(i)))
		}
	}
	return out
}

// stepOf returns the order that a phase asks for; "" for none.
func stepOf(p Phase) dispatch.Step {
	switch p {
	case Granted:
		return dispatch.Cordon
	case Cordoned:
		return dispatch.Drain
	case Acting:
		return dispatch.Act
	case Verifying:
		return dispatch.Verify
	case Returning:
		return dispatch.Return
	case Fencing:
		return dispatch.Fence
	case Rehoming:
		return dispatch.Rehome
	case Undoing:
		return dispatch.Undo
	}
	return ""
}

// Outstanding returns every order that is open now, by host in the order of the plan. The conductor adds its
// fence.
func Outstanding(s *State, w *World) []dispatch.Order {
	out := make([]dispatch.Order, 0, len(s.active))
	for _, i := range s.active {
		h, p := &s.hosts[i], &w.places[i]
		step := stepOf(h.phase)
		if step == "" {
			continue
		}
		o := dispatch.Order{Campaign: w.Campaign, Plan: w.Plan.Digest, Host: w.id(i), Zone: w.zoneID(i), Step: step, Attempt: h.attempt,
			NotAfter: forever}
		switch step {
		case dispatch.Act:
			o.BootID, o.NotAfter, o.Action = h.boot, h.latest, p.action
		case dispatch.Fence:
			o.BootID = h.latestBoot()
		case dispatch.Cordon, dispatch.Drain:
			o.NotAfter = h.latest
		case dispatch.Return:
			o.Closed = h.fault != ""
		}
		out = append(out, o)
	}
	return out
}

// latestBoot returns the boot that a host ran when it was last seen to come to a new one.
func (h *host) latestBoot() string { return cmp.Or(h.newBoot, h.boot) }

// steps is every step, in the order of host.given.
var steps = [stepCount]dispatch.Step{dispatch.Cordon, dispatch.Drain, dispatch.Act, dispatch.Verify, dispatch.Return, dispatch.Undo,
	dispatch.Fence, dispatch.Rehome}

const stepCount = 8

// order notes that the step of the host's phase is ordered, for the first time or again.
func (h *host) order() {
	if k := slices.Index(steps[:], stepOf(h.phase)); k >= 0 {
		h.given[k]++
		h.attempt = int(h.given[k])
	}
	h.tried++
}

// forever is the expiry of orders that only ever bring a host to a safer state: the last second that can be
// written.
const forever = calendar.Instant(253402300799)

// Digest returns a digest of the whole state: two states with the same digest are the same.
func (s *State) Digest(w *World) canon.Digest {
	sum := canon.NewHasher()
	write := func(format string, args ...any) { _, _ = sum.Write(fmt.Appendf(nil, format+"\n", args...)) }
	write("%s %v %v %d %d %d %d %v %v %v %d", s.status, s.proposal, s.approvals, s.epoch, s.started, s.last, s.trusted, s.stopped, s.halt, s.ended,
		len(s.requests))
	for i := range s.hosts {
		h := s.hosts[i]
		h.proof, h.verified = nil, nil
		write("%s %+v %+v %+v", w.id(int32(i)), h, s.hosts[i].proof, s.hosts[i].verified)
	}
	write("%+v %+v %+v %+v %+v %v %v", s.regions, s.zones, s.inZone, s.cohorts, s.tally, s.active, s.ledger.Counts())
	for _, n := range s.notices {
		write("%s %d %s %d %s", n.ref.ID, n.queued, n.ref.Kind, n.state, n.reason)
	}
	return sum.Digest()
}
