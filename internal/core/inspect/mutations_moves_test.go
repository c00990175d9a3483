package inspect_test

import (
	"slices"
	"strings"

	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/fleet"
	"github.com/evenkeel-project/evenkeel/internal/core/ident"
	"github.com/evenkeel-project/evenkeel/internal/core/plan"
)

func movingMutations() []mutation {
	return slices.Concat(moveMutations(), shiftedMoves(), unplacedMutations(), proposalMutations())
}

// aMove draws a move; nil when there is none.
func (m *mutant) aMove() *plan.Move {
	if len(m.plan.Moves) == 0 {
		return nil
	}
	return &m.plan.Moves[m.IntN(len(m.plan.Moves))]
}

// someHost and someGuest draw a name of the fleet.
func (m *mutant) someHost() string { return m.Fleet.HostID(ident.Host(m.IntN(m.Fleet.Hosts()))) }

func (m *mutant) someGuest() string {
	if m.Fleet.Guests() == 0 {
		return "nobody"
	}
	return m.Fleet.GuestID(ident.Guest(m.IntN(m.Fleet.Guests())))
}

// moved plants a fault in a move.
func moved(change func(m *mutant, x *plan.Move)) func(m *mutant) bool {
	return func(m *mutant) bool {
		x := m.aMove()
		if x != nil {
			change(m, x)
		}
		return x != nil
	}
}

func moveMutations() []mutation {
	return []mutation{
		{"moves out of order", "list-order", seal, true, func(m *mutant) bool { return swapFirst(m.plan.Moves) }},
		{"a move of a stranger", "unknown-guest", refigure, false, moved(func(_ *mutant, x *plan.Move) { x.Guest = "stranger" })},
		{"a move off a stranger", "unknown-host", refigure, false, moved(func(_ *mutant, x *plan.Move) { x.From = "stranger" })},
		{"a move to a stranger", "unknown-host", refigure, false, moved(func(_ *mutant, x *plan.Move) { x.To = "stranger" })},
		{"a move of another guest", "move-guest", refigure, false, moved(func(m *mutant, x *plan.Move) { x.Guest = m.someGuest() })},
		{"a move of another guest", "move-from", refigure, false, moved(func(m *mutant, x *plan.Move) { x.Guest = m.someGuest() })},
		{"a move off another host", "move-from", refigure, false, moved(func(m *mutant, x *plan.Move) { x.From = m.someHost() })},
		{"a move off another host", "move-source", refigure, false, moved(func(m *mutant, x *plan.Move) { x.From = m.someHost() })},
		{"a move off a host whose outage is dropped", "move-source", refigure, false, moved(func(m *mutant, x *plan.Move) { m.dropOutage(x.From) })},
		{"a move to another host", "move-zone", refigure, false, moved(func(m *mutant, x *plan.Move) { x.To = m.someHost() })},
		{"a move to where the guest is", "move-zone", refigure, false, moved(func(_ *mutant, x *plan.Move) { x.To = x.From })},
		{"a move to another host", "move-target", refigure, false, moved(func(m *mutant, x *plan.Move) { x.To = m.someHost() })},
		{"a move to a host whose outage is dropped", "move-target", refigure, false, moved(func(m *mutant, x *plan.Move) { m.dropOutage(x.To) })},
		{"a move to another host", "move-into-drain", refigure, false, moved(func(m *mutant, x *plan.Move) { x.To = m.someHost() })},
		{"a move to another host", "move-room", refigure, false, moved(func(m *mutant, x *plan.Move) { x.To = m.someHost() })},
		{"a move to another host", "move-spread", refigure, false, moved(func(m *mutant, x *plan.Move) { x.To = m.someHost() })},
		{"two moves back and forth", "move-from", refigure, false, moved(func(m *mutant, x *plan.Move) {
			m.plan.Moves = append(m.plan.Moves, plan.Move{Guest: x.Guest, From: x.To, To: x.From, At: x.At + 1})
		})},
		{"a move dropped", "not-drained", refigure, false, func(m *mutant) bool {
			dropped := len(m.plan.Moves) > 0
			if dropped {
				i := m.IntN(len(m.plan.Moves))
				m.plan.Moves = slices.Delete(m.plan.Moves, i, i+1)
			}
			return dropped
		}},
		{"no length", "move-late", refigure, false, withMoves(func(m *mutant) { m.Policy.Moves.Length *= 100 })},
		{"one at once off a host", "moves-off-limit", refigure, false, withMoves(func(m *mutant) { m.Policy.Moves.Host, m.Policy.Moves.Bandwidth = 1, 0 })},
	}
}

// withMoves changes the policy of a plan with moves.
func withMoves(change func(m *mutant)) func(m *mutant) bool {
	return func(m *mutant) bool {
		policy, moves := *m.Policy, *m.Policy.Moves
		policy.Moves = &moves
		m.Policy = &policy
		change(m)
		return len(m.plan.Moves) > 0
	}
}

// shiftedMoves breaks what holds a move in its time. The moves are as early as can be, so that one second is
// enough; which rule a move breaks depends on the plan.
func shiftedMoves() []mutation {
	var all []mutation
	add := func(name string, change func(m *mutant, x *plan.Move), codes ...string) {
		for _, code := range codes {
			all = append(all, mutation{name, code, refigure, false, moved(change)})
		}
	}
	add("a move a second earlier", func(_ *mutant, x *plan.Move) { x.At-- }, "move-before-start", "move-barrier", "move-freeze", "move-into-drain",
		"moves-off-limit", "moves-onto-limit", "moves-group-limit", "moves-tenant-limit", "moves-fleet-limit", "move-from")
	add("a move a second later", func(_ *mutant, x *plan.Move) { x.At++ }, "move-late", "move-into-drain", "moves-off-limit")
	add("a move a day later", func(_ *mutant, x *plan.Move) { x.At += calendar.Instant(calendar.Day) }, "move-late", "not-drained")
	add("two moves at once", func(m *mutant, x *plan.Move) { x.At = m.aMove().At }, "move-room", "move-spread", "moves-off-limit", "moves-onto-limit",
		"moves-group-limit", "moves-tenant-limit", "moves-fleet-limit", "move-from", "not-drained")
	add("a move and an outage at once", func(m *mutant, x *plan.Move) { x.At = m.outage().Start }, "move-late", "move-into-drain")
	add("an outage a second earlier", func(m *mutant, x *plan.Move) {
		for i := range m.plan.Outages {
			if o := &m.plan.Outages[i]; o.Host == x.From {
				m.move(o, o.Start-1)
			}
		}
	}, "move-late", "not-drained")
	add("a move into a freeze", func(m *mutant, x *plan.Move) {
		for _, z := range m.Policy.Freezes {
			x.At = z.Span.To - 1
		}
	}, "move-freeze")
	return all
}

func unplacedMutations() []mutation {
	return []mutation{
		{"a host without moving guests blocked", "wrong-block", refigure, false, func(m *mutant) bool {
			o := m.outage()
			if o == nil {
				return false
			}
			m.plan.Blocked = append(m.plan.Blocked, plan.Blocked{Host: o.Host, Reason: "a guest fits nowhere"})
			slices.SortFunc(m.plan.Blocked, func(a, b plan.Blocked) int { return strings.Compare(a.Host, b.Host) })
			m.dropOutage(o.Host)
			return true
		}},
		{"a target blocked", "move-target", refigure, false, moved(func(m *mutant, x *plan.Move) {
			m.plan.Blocked = append(m.plan.Blocked, plan.Blocked{Host: x.To, Reason: "a guest fits nowhere"})
			m.dropOutage(x.To)
		})},
		{"blocked without its group", "blocking-group", seal, true, func(m *mutant) bool {
			for i := range m.plan.Blocked {
				if b := &m.plan.Blocked[i]; b.Group != "" {
					b.Group = ""
					return true
				}
			}
			return false
		}},
		{"blocked for a guest and for a group", "wrong-block", seal, true, func(m *mutant) bool {
			for i := range m.plan.Blocked {
				if b := &m.plan.Blocked[i]; b.Group == "" {
					b.Group = "tenant-0/group-0"
					return true
				}
			}
			return false
		}},
	}
}

// proposing plants a fault in a proposal of so many guests or more.
func proposing(least int, change func(m *mutant, b *plan.Blocked)) func(m *mutant) bool {
	return func(m *mutant) bool {
		for i := range m.plan.Blocked {
			if b := &m.plan.Blocked[i]; len(b.Proposal) >= least {
				change(m, b)
				return true
			}
		}
		return false
	}
}

func proposalMutations() []mutation {
	to := func(host func(m *mutant, b *plan.Blocked) string) func(m *mutant) bool {
		return proposing(1, func(m *mutant, b *plan.Blocked) { b.Proposal[0].To = host(m, b) })
	}
	another := func(m *mutant, _ *plan.Blocked) string { return m.someHost() }
	return []mutation{
		{"a proposal for a stranger", "proposal-guest", seal, false, proposing(1, func(_ *mutant, b *plan.Blocked) { b.Proposal[0].Guest = "stranger" })},
		{"a proposal for another guest", "proposal-guest", refigure, false, proposing(1, func(m *mutant, b *plan.Blocked) { b.Proposal[0].Guest = m.someGuest() })},
		{"a proposal for a guest that cannot move", "proposal-guest", refigure, false, proposing(1, func(m *mutant, b *plan.Blocked) {
			h, _ := m.Fleet.FindHost(b.Host)
			for _, g := range m.Fleet.GuestsOn(h) {
				if m.Fleet.OnReboot(ident.Guest(g)) == fleet.Pinned {
					b.Proposal[0].Guest = m.Fleet.GuestID(ident.Guest(g))
				}
			}
		})},
		{"a proposal to a stranger", "proposal-target", seal, true, to(func(*mutant, *plan.Blocked) string { return "stranger" })},
		{"a proposal to the host itself", "proposal-target", seal, false, to(func(_ *mutant, b *plan.Blocked) string { return b.Host })},
		{"a proposal to another host", "proposal-target", refigure, false, to(another)},
		{"a proposal to another host", "proposal-room", refigure, false, to(another)},
		{"a proposal to another host", "proposal-spread", refigure, false, to(another)},
		{"half a proposal", "proposal-frees", refigure, false, proposing(2, func(_ *mutant, b *plan.Blocked) { b.Proposal = b.Proposal[1:] })},
		{"a proposal out of order", "list-order", seal, true, proposing(2, func(_ *mutant, b *plan.Blocked) { swapFirst(b.Proposal) })},
	}
}

// perturbMoves changes moves and proposals a little, in one of many ways. Some leave the plan without fault.
func (m *mutant) perturbMoves() {
	x := m.aMove()
	if x == nil {
		m.perturbBlocked()
		return
	}
	switch m.IntN(12) {
	case 0:
		x.At += calendar.Instant(m.IntN(5) - 2)
	case 1:
		x.At = x.At.Add(calendar.Seconds(m.IntN(5)-2) * calendar.Minute / 2)
	case 2:
		x.To = m.someHost()
	case 3:
		x.From = m.someHost()
	case 4:
		x.Guest = m.someGuest()
	case 5:
		other := m.aMove()
		x.To, other.To = other.To, x.To
	case 6:
		other := m.aMove()
		x.At, other.At = other.At, x.At
	case 7:
		i := m.IntN(len(m.plan.Moves))
		m.plan.Moves = slices.Delete(m.plan.Moves, i, i+1)
	case 8:
		again := *x
		again.From, again.To, again.At = again.To, m.someHost(), again.At.Add(m.pause()/2)
		m.plan.Moves = append(m.plan.Moves, again)
	case 9:
		withMoves(func(m *mutant) {
			m.Policy.Moves.Host, m.Policy.Moves.Length = 1+m.IntN(3), calendar.Seconds(1+m.IntN(90))
		})(m)
	case 10:
		other := m.aMove()
		x.At = other.At
	case 11:
		m.perturbBlocked()
	}
}

// perturbBlocked changes what is blocked and what is proposed.
func (m *mutant) perturbBlocked() {
	if len(m.plan.Blocked) == 0 {
		return
	}
	b := &m.plan.Blocked[m.IntN(len(m.plan.Blocked))]
	b.Proposal = slices.Clone(b.Proposal)
	switch k := len(b.Proposal); {
	case k == 0 || m.IntN(4) == 0:
		b.Proposal = append(b.Proposal, plan.Proposed{Guest: m.someGuest(), To: m.someHost()})
	case m.IntN(3) == 0:
		b.Proposal[m.IntN(k)].Guest = m.someGuest()
	case m.IntN(3) == 0:
		b.Proposal = b.Proposal[1:]
	default:
		b.Proposal[m.IntN(k)].To = m.someHost()
	}
}
