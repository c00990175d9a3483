package search

import (
	"cmp"
	"slices"

	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/drain"
	"github.com/evenkeel-project/evenkeel/internal/core/ident"
)

// triesMax is how many hosts of an idle zone are tried against every host of it while something else may still
// free room there.
const triesMax = 64

// unstick gets zones going in which nothing runs though hosts wait, and reports whether anything changed.
func (s *dispatcher) unstick(now calendar.Instant) bool {
	e := s.emptying
	changed := false
	idle := e.idle
	e.idle = nil
	for _, z := range idle {
		e.isIdle[z] = false
		if e.busy[z] == 0 {
			changed = s.force(z, !e.toCome(z, s), now) || changed
		}
	}
	if changed || len(s.events) > 0 || s.started == s.roster.Size() {
		return changed
	}
	for z := range e.busy {
		changed = s.force(ident.Zone(z), true, now) || changed
	}
	return changed
}

// force tries the hosts that wait for room against every host of the zone, those that go down later included.
// When one finds a place, others may follow on a new credit. When none does and it is the last chance, since
// nothing is to come that could free room, they are all refused.
func (s *dispatcher) force(z ident.Zone, last bool, now calendar.Instant) bool {
	e := s.emptying
	reach := drain.OntoAnyOfAll
	if e.patchedOnly {
		reach = drain.OntoPatchedOfAll
	}
	var stuck []Refusal
	for len(e.waiting[z]) > 0 && (last || len(stuck) < triesMax) {
		i := e.waiting[z].pop().value
		if r, full := s.heldUp(i); full {
			e.noRoom[i] = false
			s.parked.add(r, s.class[i], s.rank[i])
			continue
		}
		until, ok := e.book.Empty(i, now, reach)
		if !ok {
			stuck = append(stuck, Refusal{i, e.book.Excuse(i)})
			continue
		}
		s.beginEmptying(i, z, until)
		e.credit[z] = max(e.credit[z], e.refill[z])
		s.waitAgain(z, stuck)
		s.openRoom(z)
		return true
	}
	if !last {
		s.waitAgain(z, stuck)
		return false
	}
	for _, r := range stuck {
		s.refuse(r, now)
	}
	return len(stuck) > 0
}

func (s *dispatcher) waitAgain(z ident.Zone, stuck []Refusal) {
	for _, r := range stuck {
		s.emptying.wait(uint32(z), r.Place, s.rank[r.Place])
	}
}

// toCome reports whether any host of the zone is still to go down that does not wait for room itself. The last
// hosts of a region wait for those, so nothing can be hoped of them.
func (e *emptying) toCome(z ident.Zone, s *dispatcher) bool {
	return slices.ContainsFunc(e.byZone[z], func(i int32) bool {
		return !e.over[i] && !e.noRoom[i] && !s.roster.Last[i]
	})
}

// remember takes over the hosts that an earlier attempt refused: nothing moves onto them, and each is refused when
// its turn comes. Not before, for the hosts of the next zone must not get past a zone that is still to come.
func (e *emptying) remember(refused []Refusal) {
	for k := range refused {
		e.known[refused[k].Place] = &refused[k]
		e.book.Block(refused[k].Place)
	}
}

// refuse leaves a host without an outage: nobody waits for it any more, and if it was a canary, another host of
// its cohort becomes one.
func (s *dispatcher) refuse(r Refusal, now calendar.Instant) {
	e, i := s.emptying, r.Place
	e.over[i] = true
	s.started++
	e.out.Refused = append(e.out.Refused, r)
	e.out.spoilt = e.book.Block(i) || e.out.spoilt
	b := s.board
	for _, g := range b.feeds[b.feedsStart[i]:b.feedsStart[i+1]] {
		if e.gates[g].Canaries {
			s.replace(g, now)
		} else {
			s.pass(g, now)
		}
	}
	if g := e.standIn[i]; g > 0 {
		s.replace(g-1, now)
	}
	e.out.Canary[i] = false
}

// replace makes the next host of a cohort the canary in place of one that was refused. Taken in the order in
// which canaries are chosen, it stands behind no host that waits for it.
func (s *dispatcher) replace(g int32, now calendar.Instant) {
	e, r := s.emptying, s.roster
	if e.heirs[g] == nil {
		heirs := slices.Clone(e.gates[g].Behind)
		slices.SortFunc(heirs, func(a, b int32) int {
			return cmp.Or(cmp.Compare(e.position[r.Stage[a]], e.position[r.Stage[b]]), cmp.Compare(r.Moving[a], r.Moving[b]), cmp.Compare(a, b))
		})
		e.heirs[g] = heirs
	}
	for len(e.heirs[g]) > 0 {
		i := e.heirs[g][0]
		e.heirs[g] = e.heirs[g][1:]
		if e.over[i] {
			continue
		}
		e.standIn[i] = g + 1
		e.out.Canary[i] = true
		if s.waits[i]--; s.waits[i] == 0 {
			s.makeReady(i, nobody)
		}
		return
	}
	s.pass(g, now)
}
