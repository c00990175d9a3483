package campaign

import (
	"fmt"
	"slices"
)

// follows says from which phases an event of a host can come.
var follows = map[Kind][]Phase{
	HostGranted:   {Pending},
	HostCordoned:  {Granted},
	HostDrained:   {Cordoned},
	HostActing:    {Drained},
	HostVerifying: {Acting, Fencing},
	HostReturning: {Acting, Verifying},
	HostDone:      {Returning},
	HostFailed:    {Acting, Verifying, Returning, Fencing, Undoing},
	HostLate:      {Acting, Verifying, Returning, Fencing},
	HostStuck:     {Acting, Verifying, Returning},
	HostFenced:    {Fencing},
	HostSetAside:  {Pending, Rehoming},
	HostUndoing:   {Granted, Cordoned, Drained},
	HostUndone:    {Undoing},
	HostRetried:   {Granted, Cordoned, Verifying, Returning, Fencing, Rehoming, Undoing},
	HostFreed:     {Failed, SetAside},
}

func (s *State) applyHost(w *World, i int32, e Event) {
	h := &s.hosts[i]
	if !slices.Contains(follows[e.Kind], h.phase) {
		panic(fmt.Sprintf("campaign: %s of host %s, which is %s", e.Kind, e.Host, h.phase))
	}
	switch e.Kind {
	case HostGranted:
		s.grant(w, i, e)
	case HostCordoned:
		h.enter(Cordoned, e)
		h.boot = e.Boot
	case HostDrained:
		h.enter(Drained, e)
	case HostActing:
		h.enter(Acting, e)
	case HostVerifying:
		h.enter(Verifying, e)
		h.newBoot, h.fault, h.reason = e.Boot, "", ""
	case HostReturning:
		h.enter(Returning, e)
		h.fault, h.reason, h.verified = e.Fault, e.Reason, e.Proof
	case HostLate:
		h.late = true
	case HostStuck:
		h.enter(Fencing, e)
		h.fault, h.reason = FaultStuck, e.Reason
		s.ruin(w, i)
	case HostFenced:
		h.enter(Rehoming, e)
	case HostUndoing:
		h.enter(Undoing, e)
		h.fault, h.reason = e.Fault, e.Reason
	case HostRetried:
		h.order()
		h.reason = e.Reason
	case HostUndone:
		s.takeBack(w, i)
	case HostFreed:
		s.free(w, i, e)
	default:
		s.end(w, i, e)
	}
}

// enter begins a phase; what it asks for is ordered for the first time.
func (h *host) enter(p Phase, e Event) {
	h.phase, h.since, h.attempt, h.tried = p, e.At, 0, 0
	h.order()
}

func (s *State) grant(w *World, i int32, e Event) {
	h, p := &s.hosts[i], &w.places[i]
	*h = host{down: true, granted: e.At, latest: e.Grant.NotAfter, given: h.given}
	h.enter(Granted, e)
	s.ledger.Take(p.host)
	s.activate(i)
	for _, t := range s.scopes(w, i) {
		t.started++
	}
	if p.zone != noPlace {
		s.zones[p.zone].open = true
	}
}

// takeBack makes a host pending again, as if it had never been granted.
func (s *State) takeBack(w *World, i int32) {
	s.ledger.Free(w.places[i].host)
	s.hosts[i] = host{phase: Pending, given: s.hosts[i].given}
	s.deactivate(i)
	for _, t := range s.scopes(w, i) {
		t.started--
	}
	s.due = 0
}

// end brings a host to one of its three ends.
func (s *State) end(w *World, i int32, e Event) {
	h, p := &s.hosts[i], &w.places[i]
	started := h.phase != Pending
	switch e.Kind {
	case HostDone:
		h.enter(Done, e)
		h.proof = e.Proof
		h.down = false
		s.ledger.Free(p.host)
		if p.canary {
			c := &s.cohorts[p.cohort]
			c.canaries--
			c.baking = max(c.baking, e.At)
		}
	case HostFailed:
		h.enter(Failed, e)
		h.fault, h.reason, h.missing, h.proof = e.Fault, e.Reason, e.Guests, e.Proof
		s.ruin(w, i)
	case HostSetAside:
		h.enter(SetAside, e)
		h.fault, h.reason = e.Fault, e.Reason
		if started {
			h.down = false
			h.left = guestsNamed(w, e.Guests)
			s.ledger.Free(p.host)
			s.ledger.TakeGuests(h.left)
		}
		if e.Fault == FaultCanary {
			s.cohorts[p.cohort].left++
		}
	default:
		panic(fmt.Sprintf("campaign: %q is no event of a host", e.Kind))
	}
	s.leave(w, i, e.At, started)
}

// free gives back what a host that is through still held.
func (s *State) free(w *World, i int32, e Event) {
	h := &s.hosts[i]
	if h.down {
		s.ledger.Free(w.places[i].host)
		h.down = false
	}
	s.ledger.FreeGuests(h.left)
	h.left, h.missing = nil, nil
	h.proof = e.Proof
}
