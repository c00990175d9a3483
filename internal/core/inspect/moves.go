package inspect

import (
	"cmp"
	"math"
	"slices"

	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/fleet"
	"github.com/evenkeel-project/evenkeel/internal/core/ident"
	"github.com/evenkeel-project/evenkeel/internal/core/plan"
)

// never is the end of a stay that no move ends.
const never = calendar.Instant(math.MaxInt64)

// move is one move of a guest between hosts, all of which the fleet has.
type move struct {
	guest    ident.Guest
	from, to ident.Host // as the plan says; whether the guest was there is a rule
	span     calendar.Span
	stay     calendar.Instant // until when the guest is on to: the end of its next move, or never
}

// traffic is all moves of a plan, and what they make of guests and hosts. A guest that moves is on both hosts
// for the length of the move.
type traffic struct {
	moves    []move             // by time, then as the plan lists them
	ends     []uint32           // the moves by their end
	leaves   []calendar.Instant // by guest: until when it is on the host of the fleet file
	firstOff []calendar.Instant // by host: when the first move off it starts, or never
	onto     rows               // by host: the moves onto it
	outageOf []int32            // by host: 1 + its place in the outages, 0 without one
}

// outage returns the first outage that the plan has of a host.
func (t *traffic) outage(n *inspection, h ident.Host) (outage, bool) {
	if i := t.outageOf[h]; i > 0 {
		return n.outages[i-1], true
	}
	return outage{}, false
}

// checkMoves checks the moves of a plan whose policy has moves; any other plan must have none.
func (n *inspection) checkMoves() {
	n.looked(movesUnasked, len(n.Plan.Moves))
	if n.Policy.Moves == nil {
		for _, m := range n.Plan.Moves {
			n.find(movesUnasked, []string{m.Guest, m.From, m.To}, "guest %s is moved from %s to %s at %s, but the policy has no moves", m.Guest, m.From, m.To, m.At)
		}
		return
	}
	n.traffic = n.gatherMoves()
	n.followGuests()
	n.checkEachMove()
	n.checkMoveFreezes()
	n.checkDrained()
	n.checkArrivals()
	n.checkMoveLimits()
}

// gatherMoves looks up what the moves name and sorts them. Moves of guests or hosts that the fleet does not
// have are reported and left out of everything else.
func (n *inspection) gatherMoves() *traffic {
	t := &traffic{moves: make([]move, 0, len(n.Plan.Moves)), outageOf: make([]int32, n.Fleet.Hosts())}
	for i := len(n.outages) - 1; i >= 0; i-- {
		t.outageOf[n.outages[i].host] = int32(i + 1)
	}
	if len(n.Plan.Moves) > 0 {
		book := newDirectory(n.Fleet)
		for _, m := range n.Plan.Moves {
			if known, ok := n.lookUpMove(book, m); ok {
				t.moves = append(t.moves, known)
			}
		}
	}
	byTime := func(a, b move) int { return cmp.Compare(a.span.From, b.span.From) }
	if !slices.IsSortedFunc(t.moves, byTime) {
		slices.SortStableFunc(t.moves, byTime)
	}
	t.ends = make([]uint32, len(t.moves))
	for i := range t.ends {
		t.ends[i] = uint32(i)
	}
	slices.SortFunc(t.ends, func(a, b uint32) int {
		return cmp.Or(cmp.Compare(t.moves[a].span.To, t.moves[b].span.To), cmp.Compare(a, b))
	})
	t.onto = rowsOf(n.Fleet.Hosts(), len(t.moves), func(i int) uint32 { return uint32(t.moves[i].to) })
	return t
}

func (n *inspection) lookUpMove(book directory, m plan.Move) (move, bool) {
	guest, guestOK := book.guests[m.Guest]
	n.looked(knownGuest, 1)
	if !guestOK {
		n.find(knownGuest, []string{m.Guest}, "moves lists guest %s, which the fleet does not have", m.Guest)
	}
	out := move{guest: guest, stay: never}
	for _, end := range []struct {
		id   string
		into *ident.Host
	}{{m.From, &out.from}, {m.To, &out.to}} {
		n.looked(knownHost, 1)
		h, ok := book.hosts[end.id]
		if !ok {
			n.find(knownHost, []string{end.id}, "moves lists host %s, which the fleet does not have", end.id)
			guestOK = false
		}
		*end.into = h
	}
	if !guestOK {
		return move{}, false
	}
	out.span = calendar.Span{From: m.At, To: never}
	if length := n.Policy.MoveLength(n.Fleet, guest); m.At < never.Add(-length) {
		out.span.To = m.At.Add(length)
	}
	return out, true
}

// followGuests follows every guest along its moves: where each leaves from, and until when it stays.
func (n *inspection) followGuests() {
	t, f := n.traffic, n.Fleet
	t.leaves = filled(f.Guests(), never)
	t.firstOff = filled(f.Hosts(), never)
	before := make([]int32, f.Guests()) // 1 + the guest's move so far
	n.looked(moveFrom, len(t.moves))
	for i := range t.moves {
		m := &t.moves[i]
		t.firstOff[m.from] = min(t.firstOff[m.from], m.span.From)
		at, free := f.HostOf(m.guest), m.span.From
		if k := before[m.guest]; k > 0 {
			last := &t.moves[k-1]
			at, free = last.to, last.span.To
			last.stay = m.span.To
		} else {
			t.leaves[m.guest] = m.span.To
		}
		before[m.guest] = int32(i + 1)
		guest := f.GuestID(m.guest)
		switch {
		case at != m.from:
			n.find(moveFrom, []string{guest, f.HostID(m.from)}, "guest %s is moved from host %s at %s, but it is on host %s", guest, f.HostID(m.from), m.span.From, f.HostID(at))
		case free > m.span.From:
			n.find(moveFrom, []string{guest, f.HostID(m.from)}, "guest %s is moved from host %s at %s, but it is moving there until %s", guest, f.HostID(m.from), m.span.From, free)
		}
	}
}

func filled(size int, at calendar.Instant) []calendar.Instant {
	out := make([]calendar.Instant, size)
	for i := range out {
		out[i] = at
	}
	return out
}

// directory finds guests and hosts by name: a plan names a million of them, and a search through sorted names
// for each would take longer than all that is checked.
type directory struct {
	guests map[string]ident.Guest
	hosts  map[string]ident.Host
}

func newDirectory(f *fleet.Fleet) directory {
	d := directory{make(map[string]ident.Guest, f.Guests()), make(map[string]ident.Host, f.Hosts())}
	for g := range ident.Guest(f.Guests()) {
		d.guests[f.GuestID(g)] = g
	}
	for h := range ident.Host(f.Hosts()) {
		d.hosts[f.HostID(h)] = h
	}
	return d
}

// rows is a list of lists: row i is items[starts[i]:starts[i+1]].
type rows struct {
	starts, items []uint32
}

// rowsOf lists, for each of size keys, the items of which key says so, ascending.
func rowsOf(size, items int, key func(i int) uint32) rows {
	r := rows{make([]uint32, size+1), make([]uint32, items)}
	for i := range items {
		r.starts[key(i)+1]++
	}
	for i := range size {
		r.starts[i+1] += r.starts[i]
	}
	next := slices.Clone(r.starts[:size])
	for i := range items {
		k := key(i)
		r.items[next[k]] = uint32(i)
		next[k]++
	}
	return r
}

func (r *rows) row(i ident.Host) []uint32 { return r.items[r.starts[i]:r.starts[i+1]] }
