package search

import (
	"fmt"
	"math"

	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/instance"
)

// Schedule is when every host of the roster starts, and when the last one ends.
type Schedule struct {
	Start  []calendar.Instant
	Finish calendar.Instant
	Late   int64 // how long after its deadline the latest outage ends, at least 0

	Drained *Drained // nil when no guest is moved
}

// dispatcher is list scheduling by events. At every instant at which something ends or opens, hosts that
// wait are tried in order of rank; a host that a resource holds up is parked at that resource and tried
// again only when the resource gives something back.
//
// It cannot get stuck. A host is parked at a resource only while someone running holds part of that
// resource: an allowance alone bears any one host (blocked hosts are not planned, scope limits are at least
// 1, tenants' allowances are raised), so a host that does not fit meets somebody else's use. Waking keeps this true: the
// heads of a resource are tried until one starts, one does not fit the resource itself (so that it is in
// use), or none is parked that may be tried. A host that waits for a bake has an event of its own; one that waits for a
// freeze has one too, or is parked at a resource that the end of the freeze wakes. A gate waits
// only for hosts ahead of it, and gates form no circle (chooseCanaries). So while hosts remain, an
// event does.
type dispatcher struct {
	roster *instance.Roster
	demand *instance.Demand
	gates  []instance.Gate
	board  *board
	order  []int32 // by rank: place in the roster
	rank   []int32 // by place

	slack   []int32 // by resource: what is left of the allowance
	seasons []season
	class   []uint8 // by place: its season
	parked  *parking
	skipped []uint8 // by resource: hosts set aside in this round
	aside   []reparked
	waking  []uint32 // resources that gave something back since the last round
	isWaked []bool   // by resource
	wokenBy []int64  // by rank: the resource that woke the host, or nobody

	ready     queue // by rank
	events    queue // by instant; values as eventOf says
	waits     []uint8
	remaining []int32 // by gate: hosts ahead of it that have not ended
	started   int
	out       Schedule

	emptying *emptying // nil when no guest is moved
}

type reparked struct {
	resource uint32
	rank     int32
}

// nobody stands for a host that no resource woke.
const nobody = -1

// skipMax is how many hosts too wide for what is left of a resource are passed over in one round, so that a
// narrower one behind them can start.
const skipMax = 8

// board is what gates say about hosts, the same for every schedule: which gates a host feeds.
type board struct {
	feedsStart []uint32
	feeds      []int32
}

// newBoard lists for every place the gates it stands ahead of.
func newBoard(r *instance.Roster, gates []instance.Gate) *board {
	b := &board{feedsStart: make([]uint32, r.Size()+1)}
	for _, g := range gates {
		for _, i := range g.Ahead {
			b.feedsStart[i+1]++
		}
	}
	for i := range r.Size() {
		b.feedsStart[i+1] += b.feedsStart[i]
	}
	b.feeds = make([]int32, b.feedsStart[r.Size()])
	next := append([]uint32(nil), b.feedsStart[:r.Size()]...)
	for n, g := range gates {
		for _, i := range g.Ahead {
			b.feeds[next[i]] = int32(n)
			next[i]++
		}
	}
	return b
}

// dispatch schedules every host of the roster; order holds every place once, best first.
func dispatch(in *instance.Instance, b *board, order []int32) Schedule {
	return newDispatcher(in, b, order).finish(in.Start)
}

func newDispatcher(in *instance.Instance, b *board, order []int32) *dispatcher {
	r, d, gates := in.Roster, in.Demand, in.Gates
	n, resources := r.Size(), len(d.Allowed)
	seasons, class := seasonsOf(r)
	s := &dispatcher{seasons: seasons, class: class, roster: r, demand: d, gates: gates, board: b, order: order, rank: make([]int32, n),
		slack: slackOf(d), parked: newParking(resources, n), skipped: make([]uint8, resources),
		isWaked: make([]bool, resources), wokenBy: make([]int64, n), waits: make([]uint8, n),
		remaining: make([]int32, len(gates)),
		out:       Schedule{Start: make([]calendar.Instant, n), Finish: in.Start}}
	for k, i := range order {
		s.rank[i] = int32(k)
	}
	for k, g := range gates {
		s.remaining[k] = int32(len(g.Ahead))
		for _, i := range g.Behind {
			s.waits[i]++
		}
	}
	for i, waits := range s.waits {
		if waits == 0 {
			s.makeReady(int32(i), nobody)
		}
	}
	return s
}

// finish runs the schedule to its end.
func (s *dispatcher) finish(start calendar.Instant) Schedule {
	n := s.roster.Size()
	s.run(start)
	if s.started < n {
		panic(fmt.Sprintf("search: broken invariant: %d of %d hosts wait and nothing is running", n-s.started, n))
	}
	return s.out
}

// slackOf returns the whole allowance of every resource. Allowances of resources that are used fit 32 bits:
// limits are at most a thousand million. Only resources that bound nothing are cut, and nobody uses those.
func slackOf(d *instance.Demand) []int32 {
	slack := make([]int32, len(d.Allowed))
	for r, allowed := range d.Allowed {
		slack[r] = int32(min(allowed, math.MaxInt32))
	}
	return slack
}

// run walks from event to event.
func (s *dispatcher) run(now calendar.Instant) {
	for {
		s.round(now)
		if s.emptying != nil && s.unstick(now) {
			continue
		}
		if len(s.events) == 0 {
			return
		}
		now = calendar.Instant(s.events[0].key)
		for len(s.events) > 0 && s.events[0].key == int64(now) {
			s.handle(s.events.pop().value, now)
		}
	}
}

// Events are numbers: below the size of the roster a host ends; below twice that a host's freeze is over;
// above, a gate opens, and after the gates come the seasons.
func (s *dispatcher) handle(event int32, now calendar.Instant) {
	n := int32(s.roster.Size())
	switch {
	case event < n:
		s.end(event, now)
	case event < 2*n:
		s.makeReady(event-n, nobody)
	case event < 2*n+int32(len(s.gates)):
		s.open(event - 2*n)
	default:
		s.openSeason(uint8(event - 2*n - int32(len(s.gates))))
	}
}

// end gives back what the host used and counts it at its gates.
func (s *dispatcher) end(i int32, now calendar.Instant) {
	for _, u := range s.demand.Row(i) {
		s.slack[u.Resource] += int32(u.Weight)
		s.giveBack(u.Resource)
	}
	if s.emptying != nil {
		s.cameUp(i, now)
	}
	b := s.board
	for _, g := range b.feeds[b.feedsStart[i]:b.feedsStart[i+1]] {
		s.pass(g, now)
	}
}

// giveBack has those who wait for a resource tried again, now that some of it came free.
func (s *dispatcher) giveBack(resource uint32) {
	if s.anyWaits(resource) && !s.isWaked[resource] {
		s.isWaked[resource] = true
		s.waking = append(s.waking, resource)
	}
}

// pass counts a host at a gate that it stands ahead of.
func (s *dispatcher) pass(g int32, now calendar.Instant) {
	s.remaining[g]--
	if s.remaining[g] == 0 {
		s.events.push(entry{int64(now.Add(s.gates[g].Bake)), int32(2*s.roster.Size()) + g})
	}
}

func (s *dispatcher) open(gate int32) {
	for _, i := range s.gates[gate].Behind {
		if s.emptying != nil && s.emptying.standIn[i] == gate+1 {
			continue
		}
		s.waits[i]--
		if s.waits[i] == 0 {
			s.makeReady(i, nobody)
		}
	}
}

func (s *dispatcher) makeReady(i int32, by int64) {
	rank := s.rank[i]
	s.wokenBy[rank] = by
	s.ready.push(entry{int64(rank), i})
}

// round starts every host that can start now, in order of rank.
func (s *dispatcher) round(now calendar.Instant) {
	for _, resource := range s.waking {
		s.isWaked[resource] = false
		s.wakeNext(int64(resource), now)
	}
	s.waking = s.waking[:0]
	for len(s.ready) > 0 {
		i := s.ready.pop().value
		s.try(i, s.wokenBy[s.rank[i]], now)
	}
	for _, r := range s.aside {
		s.skipped[r.resource] = 0
		s.setAside(r.resource, r.rank)
	}
	s.aside = s.aside[:0]
}

// try starts the host, or parks it, or has it wait for the end of its freeze.
func (s *dispatcher) try(i int32, by int64, now calendar.Instant) {
	if s.emptying != nil && s.emptying.known[i] != nil {
		s.refuse(*s.emptying.known[i], now)
		s.wakeNext(by, now)
		return
	}
	if at := s.roster.Frozen[i].Earliest(now, s.roster.Length[i]); at > now {
		if !s.passOver(i, by, now) {
			s.events.push(entry{int64(at), int32(s.roster.Size()) + i})
			s.wakeNext(by, now)
		}
		return
	}
	if s.emptying != nil && s.emptying.mustEmpty(i) {
		s.empty(i, by, now)
		return
	}
	for _, u := range s.demand.Row(i) {
		if int32(u.Weight) > s.slack[u.Resource] {
			s.park(i, u.Resource, by, now)
			return
		}
	}
	for _, u := range s.demand.Row(i) {
		s.slack[u.Resource] -= int32(u.Weight)
	}
	if s.emptying != nil {
		s.wentDown(i)
	}
	span := s.roster.Span(i, now)
	s.out.Start[i] = span.From
	s.out.Finish = max(s.out.Finish, span.To)
	s.events.push(entry{int64(span.To), i})
	s.started++
	s.wakeNext(by, now)
}

// park parks the host at a resource. One that the waking resource itself holds up is set aside until the
// round is over, and the next is tried in its place.
func (s *dispatcher) park(i int32, resource uint32, by int64, now calendar.Instant) {
	if int64(resource) != by {
		s.setAside(resource, s.rank[i])
		s.wakeNext(by, now)
		return
	}
	s.aside = append(s.aside, reparked{resource, s.rank[i]})
	if s.skipped[resource] < skipMax {
		s.skipped[resource]++
		s.wakeNext(by, now)
	}
}

// wakeNext makes the first host parked at a resource ready, if the resource has anything left.
func (s *dispatcher) wakeNext(by int64, now calendar.Instant) {
	if by == nobody || s.slack[by] <= 0 {
		return
	}
	if rank, ok := s.nextFor(uint32(by), now); ok {
		s.makeReady(s.order[rank], by)
	}
}
