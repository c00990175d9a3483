package inspect

import (
	"fmt"

	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/ident"
)

// checkMoveLimits sweeps the moves once for each limit on moves at once.
func (n *inspection) checkMoveLimits() {
	f, p := n.Fleet, n.Policy
	hostID := func(h uint32) string { return f.HostID(ident.Host(h)) }
	ofHosts := make([]int, f.Hosts())
	for h := range ofHosts {
		ofHosts[h] = p.Moves.Host
	}
	n.sweepMoves(scope{rule: movesOff, allowed: ofHosts, kind: "off host", id: hostID}, func(m *move, take func(uint32)) { take(uint32(m.from)) })
	n.sweepMoves(scope{rule: movesOnto, allowed: ofHosts, kind: "onto host", id: hostID}, func(m *move, take func(uint32)) { take(uint32(m.to)) })
	ofGroups := make([]int, f.Groups())
	for g := range ofGroups {
		ofGroups[g] = p.GroupMoves(f, ident.Group(g))
	}
	n.sweepMoves(scope{rule: movesOfGroup, allowed: ofGroups, kind: "of group", id: func(g uint32) string { return f.GroupID(ident.Group(g)) }},
		func(m *move, take func(uint32)) {
			for _, g := range f.GroupsOf(m.guest) {
				take(g)
			}
		})
	if p.Moves.Tenant.Set() {
		ofTenants := make([]int, f.Tenants())
		for t := range ofTenants {
			ofTenants[t] = p.TenantMoves(f, ident.Tenant(t))
		}
		n.sweepMoves(scope{rule: movesOfTenant, allowed: ofTenants, kind: "of tenant", id: func(t uint32) string { return f.TenantID(ident.Tenant(t)) }},
			func(m *move, take func(uint32)) { take(uint32(f.TenantOf(m.guest))) })
	}
	if p.Moves.Fleet.Set() {
		n.sweepMoves(scope{rule: movesOfFleet, allowed: []int{p.FleetMoves(f)}, kind: "of the fleet", id: func(uint32) string { return "" }},
			func(_ *move, take func(uint32)) { take(0) })
	}
}

// sweepMoves walks the moves once and reports each resource of which more moved at once than is allowed, at
// its worst moment, in order of the resources. At one instant the ends come first.
func (n *inspection) sweepMoves(s scope, taken func(m *move, take func(resource uint32))) {
	t := n.traffic
	g := &gauge{scope: s, down: make([]int32, len(s.allowed))}
	take, ended := g.take, 0
	for i := range t.moves {
		m := &t.moves[i]
		for g.now.up = true; ended < len(t.ends) && t.moves[t.ends[ended]].span.To <= m.span.From; ended++ {
			taken(&t.moves[t.ends[ended]], take)
		}
		g.now.at, g.now.up = m.span.From, false
		taken(m, take)
	}
	n.tell(g, func(e excess) []string { return n.movers(e, taken) }, func(e excess, name string) string {
		return fmt.Sprintf("at %s %d guests %s are moving, limit %d", e.at, e.down, name, s.allowed[e.resource])
	})
}

// movers returns the ids of the first guests that move at the worst moment of a resource.
func (n *inspection) movers(e excess, taken func(m *move, take func(resource uint32))) []string {
	var ids []string
	moment := calendar.Span{From: e.at, To: e.at + 1}
	for i := range n.traffic.moves {
		m := &n.traffic.moves[i]
		if len(ids) == takersMax || !m.span.Overlaps(moment) {
			continue
		}
		takes := false
		taken(m, func(r uint32) { takes = takes || r == e.resource })
		if takes {
			ids = append(ids, n.Fleet.GuestID(m.guest))
		}
	}
	return ids
}
