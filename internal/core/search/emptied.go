package search

import (
	"cmp"
	"math"
	"slices"

	"github.com/evenkeel-project/evenkeel/internal/core/bound"
	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/drain"
	"github.com/evenkeel-project/evenkeel/internal/core/ident"
	"github.com/evenkeel-project/evenkeel/internal/core/instance"
)

// Refusal is a host that could not be emptied, and so gets no outage.
type Refusal struct {
	Place  int32
	Reason string
}

// Drained is what a schedule with moves has beside its starts. The starts of refused hosts mean nothing.
type Drained struct {
	Moves   []drain.Move
	Refused []Refusal // in the order in which they were given up
	Canary  []bool    // by place: the canaries, those that stand in for refused ones included
	spoilt  bool      // a refused host had taken guests
}

// attemptsMax is how often a schedule is made anew because a host that had taken guests could not be emptied
// itself. In the last attempt no host takes guests before its own outage, so that it cannot fail.
const attemptsMax = 4

// Emptied makes a schedule in which every host is emptied of the guests that move before it goes down. It needs a
// fresh book for every attempt. One rule of ranking is enough: the order in which room comes free decides
// more than the order of the hosts.
func Emptied(in *instance.Instance, known bound.Proof, open func() *drain.Book) Schedule {
	chain := rankings(in.Roster, in.Course, in.Demand)[0]
	order := emptiestFirst(in, ranked(in.Roster, known.Tail, chain, false))
	feeds := newBoard(in.Roster, in.Gates)
	var refused []Refusal
	for attempt := 1; ; attempt++ {
		s := newDispatcher(in, feeds, order)
		s.emptying = newEmptying(in, open(), s)
		s.emptying.patchedOnly = attempt == attemptsMax
		s.emptying.remember(refused)
		out := s.finish(in.Start)
		out.Drained = s.emptying.out
		out.Drained.Moves = s.emptying.book.Moves()
		out.Late = lateness(in.Roster, out)
		if !out.Drained.spoilt {
			return out
		}
		refused = out.Drained.Refused
	}
}

// leadParts is the part of a zone's hosts, one in so many, that goes by what they have to move.
const leadParts = 4

// emptiestFirst puts the emptiest hosts of every zone ahead of the rest of an order, canaries staying first:
// their guests need least of the little room that there is at first, and each of them leaves a whole host of
// room.
func emptiestFirst(in *instance.Instance, order []int32) []int32 {
	r := in.Roster
	lead := make([]bool, r.Size())
	for _, s := range in.Course.Stages {
		members := slices.Clone(s.Members)
		slices.SortStableFunc(members, func(a, b int32) int { return cmp.Compare(r.Moving[a], r.Moving[b]) })
		for _, i := range members[:(len(members)+leadParts-1)/leadParts] {
			lead[i] = true
		}
	}
	group := func(i int32) int64 {
		switch {
		case r.Canary[i]:
			return -1
		case lead[i]:
			return int64(r.Moving[i])
		}
		return int64(1) << 32
	}
	slices.SortStableFunc(order, func(a, b int32) int { return cmp.Compare(group(a), group(b)) })
	return order
}

// emptying is what a dispatcher knows beside limits when hosts are emptied first.
//
// Every host of guests that move waits three times, each time at something that is given back: first for the
// limits, widened by aheadOf, so that no more hosts are emptied than can soon go down; then for room in its
// zone; and, emptied, for the limits as they are. Widened limits and rooms are resources of their own behind
// those of the instance.
//
// It cannot get stuck either. When nothing of a zone runs, its hosts are tried against every host of the zone,
// those that go down later included; who finds no place even so waits for what else can free room, and is
// refused when nothing can.
type emptying struct {
	book   *drain.Book
	ahead  uint32 // the first widened limit
	rooms  uint32 // the first zone's room; its slack is 1 while a host may find some
	byZone [][]int32

	emptied   []bool    // by place: its guests are leaving or have left
	over      []bool    // by place: its outage has begun, or it is refused
	noRoom    []bool    // by place: it waits for room
	standIn   []int32   // by place: the gate, plus 1, whose canary it has become
	heirs     [][]int32 // by gate: the hosts that could become its canary, next first; nil until one is needed
	busy      []int32   // by zone: hosts that are being emptied or are down
	waiting   []queue   // by zone: hosts that wait for room, as turnOf says
	denials   []int32   // by place: how often it found none
	denied    []uint8   // by zone: hosts that found no room since some came free
	credit    []int     // by zone: guests that may still be moved twice; all its guests until it is granted
	refill    []int     // by zone: what the credit is filled up to when the zone has come to a standstill
	isGranted []bool    // by zone
	idle      []ident.Zone
	isIdle    []bool // by zone

	known       []*Refusal // by place: why an earlier attempt refused it, nil when none did
	patchedOnly bool
	gates       []instance.Gate
	position    []int
	out         *Drained
}

// twiceParts is the part of a zone's guests, one in so many, that may be moved twice so that emptying gets under
// way where freeUsual thousandths of the zone are free. Where less is free room grows more slowly, and more
// guests may. On synthetic fleets of 100,000 hosts fewer made plans longer, and more bought little.
const (
	twiceParts = 125
	freeUsual  = 240
)

// refillParts is the part of the first credit, one in so many, that a zone gets when nothing of it runs any more.
const refillParts = 4

// denialStep is by how many ranks a host that found no room stands back: those behind it, who may need less,
// must not wait for it for ever.
const denialStep = 256

// aheadOf widens a limit for hosts that are being emptied or are empty and wait to go down.
// Twice as many keep the limits in use while the next hosts are emptied; more made plans no shorter.
func aheadOf(slack int32) int32 { return int32(min(2*int64(slack), math.MaxInt32)) }

func newEmptying(in *instance.Instance, book *drain.Book, s *dispatcher) *emptying {
	n, zones := in.Roster.Size(), book.Zones()
	e := &emptying{book: book, ahead: uint32(len(s.slack)), rooms: uint32(2 * len(s.slack)), byZone: make([][]int32, zones),
		emptied: make([]bool, n), over: make([]bool, n), noRoom: make([]bool, n), standIn: make([]int32, n), known: make([]*Refusal, n),
		heirs: make([][]int32, len(in.Gates)), busy: make([]int32, zones), denied: make([]uint8, zones),
		waiting: make([]queue, zones), denials: make([]int32, n), credit: make([]int, zones), refill: make([]int, zones),
		isGranted: make([]bool, zones), isIdle: make([]bool, zones), gates: in.Gates, position: in.Course.Positions(),
		out: &Drained{Canary: slices.Clone(in.Roster.Canary)}}
	for i := range int32(n) {
		z := book.ZoneOf(i)
		e.byZone[z] = append(e.byZone[z], i)
		e.credit[z] += int(in.Roster.Moving[i])
	}
	for _, slack := range s.slack {
		s.slack = append(s.slack, aheadOf(slack))
	}
	for range zones {
		s.slack = append(s.slack, 1)
	}
	s.parked = newParking(len(s.slack), n)
	s.skipped, s.isWaked = make([]uint8, len(s.slack)), make([]bool, len(s.slack))
	return e
}

// mustEmpty reports whether the host has guests that have to leave first.
func (e *emptying) mustEmpty(i int32) bool { return e.book.Movers(i) > 0 }

// empty begins to empty a host, or parks it where it has to wait.
func (s *dispatcher) empty(i int32, by int64, now calendar.Instant) {
	e := s.emptying
	z := e.book.ZoneOf(i)
	if r, full := s.heldUp(i); full {
		s.park(i, r, by, now)
		return
	}
	room := e.rooms + uint32(z)
	if s.slack[room] > 0 {
		until, ok := e.tryRoom(i, z, now)
		if ok {
			s.beginEmptying(i, z, until)
			s.wakeNext(by, now)
			return
		}
		e.denied[z]++
		if e.denied[z] >= skipMax {
			s.slack[room] = 0
		}
	}
	e.noRoom[i] = true
	e.look(z)
	s.park(i, room, by, now)
}

// heldUp returns the first widened limit that the host does not fit.
func (s *dispatcher) heldUp(i int32) (uint32, bool) {
	for _, u := range s.demand.Row(i) {
		if r := s.emptying.ahead + u.Resource; int32(u.Weight) > s.slack[r] {
			return r, true
		}
	}
	return 0, false
}

// tryRoom looks for places on patched hosts, and then, on credit, on those that go down later.
func (e *emptying) tryRoom(i int32, z ident.Zone, now calendar.Instant) (calendar.Instant, bool) {
	until, ok := e.book.Empty(i, now, drain.OntoPatched)
	e.grant(z)
	if ok || e.patchedOnly || e.credit[z] <= 0 {
		return until, ok
	}
	before := e.book.Twice()
	until, ok = e.book.Empty(i, now, drain.OntoAny)
	e.credit[z] -= e.book.Twice() - before
	return until, ok
}

// grant turns the number of guests of a zone into its credit, the first time that a host of it is emptied.
func (e *emptying) grant(z ident.Zone) {
	if e.isGranted[z] {
		return
	}
	e.isGranted[z] = true
	free := max(1, min(e.book.Free(z), freeUsual))
	e.credit[z] = e.credit[z] / twiceParts * freeUsual / free
	e.refill[z] = e.credit[z] / refillParts
}

func (s *dispatcher) beginEmptying(i int32, z ident.Zone, until calendar.Instant) {
	e := s.emptying
	e.emptied[i], e.noRoom[i] = true, false
	e.busy[z]++
	s.takeAhead(i)
	s.events.push(entry{int64(until), int32(s.roster.Size()) + i})
}

func (s *dispatcher) takeAhead(i int32) {
	for _, u := range s.demand.Row(i) {
		s.slack[s.emptying.ahead+u.Resource] -= int32(u.Weight)
	}
}

// wentDown notes that an outage began; a host that was not emptied counts from here on.
func (s *dispatcher) wentDown(i int32) {
	e := s.emptying
	e.over[i] = true
	if !e.emptied[i] {
		e.busy[e.book.ZoneOf(i)]++
		s.takeAhead(i)
	}
}

// cameUp gives back what an outage held: widened limits, and room in the zone.
func (s *dispatcher) cameUp(i int32, now calendar.Instant) {
	e := s.emptying
	for _, u := range s.demand.Row(i) {
		s.slack[e.ahead+u.Resource] += int32(u.Weight)
		s.giveBack(e.ahead + u.Resource)
	}
	z := e.book.ZoneOf(i)
	e.book.End(i)
	e.busy[z]--
	s.openRoom(z)
	e.look(z)
	if g := e.standIn[i]; g > 0 {
		s.pass(g-1, now)
	}
}

// openRoom has the hosts that wait for room in the zone tried again.
func (s *dispatcher) openRoom(z ident.Zone) {
	e := s.emptying
	e.denied[z] = 0
	s.slack[e.rooms+uint32(z)] = 1
	s.giveBack(e.rooms + uint32(z))
}

// wait has a host wait for room in its zone, behind those of less rank and a little further back each time.
func (e *emptying) wait(z uint32, i, rank int32) {
	e.waiting[z].push(entry{int64(rank) + int64(e.denials[i])*denialStep, i})
	e.denials[i]++
}

// look has a zone looked at after the round: perhaps nothing of it runs.
func (e *emptying) look(z ident.Zone) {
	if !e.isIdle[z] {
		e.isIdle[z] = true
		e.idle = append(e.idle, z)
	}
}

// setAside, anyWaits and nextFor keep who waits for a resource: in the room of a zone by turns, everywhere else by
// rank.
func (s *dispatcher) setAside(resource uint32, rank int32) {
	if e := s.emptying; e != nil && resource >= e.rooms {
		e.wait(resource-e.rooms, s.order[rank], rank)
		return
	}
	s.parked.add(resource, s.class[s.order[rank]], rank)
}

func (s *dispatcher) anyWaits(resource uint32) bool {
	if e := s.emptying; e != nil && resource >= e.rooms {
		return len(e.waiting[resource-e.rooms]) > 0
	}
	return !s.parked.isEmpty(resource)
}

func (s *dispatcher) nextFor(resource uint32, now calendar.Instant) (rank int32, ok bool) {
	if e := s.emptying; e != nil && resource >= e.rooms {
		list := &e.waiting[resource-e.rooms]
		if len(*list) == 0 {
			return 0, false
		}
		return s.rank[list.pop().value], true
	}
	return s.parked.take(resource, func(class uint8) bool { return s.isShut(resource, class, now) })
}
