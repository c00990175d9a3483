package planner_test

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/fleet"
	"github.com/evenkeel-project/evenkeel/internal/core/label"
	"github.com/evenkeel-project/evenkeel/internal/core/plan"
)

// The rules of moves once more, as plainly as they can be written.

// moved is one move with what the world says of it.
type moved struct {
	guest    fleet.Guest
	from, to string
	span     calendar.Span
}

// movable leaves out the hosts that the plan blocks for a guest that finds no place.
func (w *world) movable(p *plan.Plan, planned []worldHost) []worldHost {
	if w.policy.Moves == nil {
		return planned
	}
	return slices.DeleteFunc(slices.Clone(planned), func(h worldHost) bool {
		return slices.ContainsFunc(p.Blocked, func(b plan.Blocked) bool { return b.Host == h.spec.ID && b.Group == "" })
	})
}

func (w *world) host(id string) worldHost {
	return w.hosts[slices.IndexFunc(w.hosts, func(h worldHost) bool { return h.spec.ID == id })]
}

func amount(s label.Set, key string) int {
	v, ok := s.Get(key)
	if !ok {
		return 0
	}
	n, err := strconv.Atoi(v.Text)
	if err != nil {
		panic(err)
	}
	return n
}

func (w *world) moveLength(g fleet.Guest) calendar.Seconds {
	m := w.policy.Moves
	if m.Bandwidth == 0 {
		return m.Length
	}
	work, each := 5*amount(g.Demand, "memory_mib")*m.Host, 4*int(m.Bandwidth)
	return max(m.Length, calendar.Seconds((work+each-1)/each))
}

func (w *world) movesOf(p *plan.Plan) []moved {
	var out []moved
	for _, m := range p.Moves {
		g := w.guests[slices.IndexFunc(w.guests, func(g fleet.Guest) bool { return g.ID == m.Guest })]
		out = append(out, moved{g, m.From, m.To, calendar.Span{From: m.At, To: m.At.Add(w.moveLength(g))}})
	}
	return out
}

func (w *world) anyMoveFrozen(p *plan.Plan, shift calendar.Seconds) bool {
	return w.policy.Moves != nil && slices.ContainsFunc(w.movesOf(p), func(m moved) bool {
		return w.frozen(w.host(m.from), calendar.Span{From: m.span.From.Add(shift), To: m.span.To.Add(shift)})
	})
}

// moveFaults returns every rule that the moves of a plan break.
func (w *world) moveFaults(p *plan.Plan, toDo []worldHost, all []placed) []string {
	var faults []string
	add := func(format string, args ...any) { faults = append(faults, fmt.Sprintf(format, args...)) }
	if w.policy.Moves == nil {
		if len(p.Moves) > 0 {
			add("moves without a policy of moves")
		}
		return faults
	}
	moves := w.movesOf(p)
	for k, m := range moves {
		if k > 0 && (m.span.From < moves[k-1].span.From || (m.span.From == moves[k-1].span.From && m.guest.ID < moves[k-1].guest.ID)) {
			add("%s is out of order", m.guest.ID)
		}
		faults = append(faults, w.sourceFaults(p, toDo, all, m)...)
		faults = append(faults, w.targetFaults(p, all, moves, m)...)
		faults = append(faults, w.roomFaults(moves, m)...)
		faults = append(faults, w.crowdFaults(moves, m)...)
	}
	return append(faults, w.homeFaults(all, moves)...)
}

// at returns where a guest is at an instant, as moves that have ended say, and where it is going.
func at(g fleet.Guest, moves []moved, t calendar.Instant) (on, going string) {
	on = g.Host
	for _, m := range moves {
		if m.guest.ID == g.ID && m.span.To <= t {
			on, going = m.to, ""
		} else if m.guest.ID == g.ID && m.span.From <= t {
			going = m.to
		}
	}
	return on, going
}

func outageOf(all []placed, id string) (placed, bool) {
	i := slices.IndexFunc(all, func(x placed) bool { return x.host.spec.ID == id })
	if i < 0 {
		return placed{}, false
	}
	return all[i], true
}

func firstOff(moves []moved, id string) (calendar.Instant, bool) {
	for _, m := range moves {
		if m.from == id {
			return m.span.From, true
		}
	}
	return 0, false
}

func (w *world) sourceFaults(p *plan.Plan, toDo []worldHost, all []placed, m moved) []string {
	var faults []string
	add := func(format string, args ...any) {
		faults = append(faults, fmt.Sprintf("move of %s off %s: ", m.guest.ID, m.from)+fmt.Sprintf(format, args...))
	}
	if on, going := at(m.guest, w.movesOf(p), m.span.From); on != m.from || going != m.to {
		add("it is on %s and goes to %q", on, going)
	}
	if m.guest.OnReboot != fleet.Migrate {
		add("it does not migrate")
	}
	source, ok := outageOf(all, m.from)
	if !ok {
		add("the host has no outage")
		return faults
	}
	if m.span.To > source.start || m.span.From < p.Start {
		add("not between the start and the outage")
	}
	if w.frozen(source.host, m.span) {
		add("in a freeze")
	}
	for _, a := range all {
		if bake, ok := w.before(toDo, a.host, source.host); ok && m.span.From < a.end.Add(bake) {
			add("before the end of %s", a.host.spec.ID)
		}
		if w.cohort(a.host) == w.cohort(source.host) && a.canary && !source.canary && m.span.From < a.end.Add(w.policy.Canary.Bake) {
			add("before canary %s", a.host.spec.ID)
		}
	}
	return faults
}

func (w *world) targetFaults(p *plan.Plan, all []placed, moves []moved, m moved) []string {
	var faults []string
	add := func(why string) { faults = append(faults, fmt.Sprintf("move of %s to %s: %s", m.guest.ID, m.to, why)) }
	to := w.host(m.to)
	if to.spec.Zone != w.host(m.from).spec.Zone || m.to == m.from {
		add("another zone, or no move")
	}
	if slices.ContainsFunc(p.Blocked, func(b plan.Blocked) bool { return b.Host == m.to }) || (w.needsOutage(to) && picked(w.policy.Protected, to)) {
		add("the target is blocked or protected")
	}
	target, has := outageOf(all, m.to)
	if !has || target.end <= m.span.From {
		return faults
	}
	if off, ok := firstOff(moves, m.to); !ok || off < m.span.To {
		add("the target is neither patched nor emptied later")
	}
	return faults
}

// roomFaults looks at the target at the instant at which the move begins.
func (w *world) roomFaults(moves []moved, m moved) []string {
	var faults []string
	capacity := w.host(m.to).spec.Capacity
	for _, pair := range m.guest.Demand {
		if _, ok := capacity.Get(pair.Key); !ok {
			faults = append(faults, fmt.Sprintf("%s needs %s, which %s does not name", m.guest.ID, pair.Key, m.to))
		}
	}
	for _, pair := range capacity {
		used := 0
		for _, g := range w.guests {
			if on, going := at(g, moves, m.span.From); on == m.to || going == m.to {
				used += amount(g.Demand, pair.Key)
			}
		}
		if used > amount(capacity, pair.Key) {
			faults = append(faults, fmt.Sprintf("%s carries %d of %s when %s arrives", m.to, used, pair.Key, m.guest.ID))
		}
	}
	return faults
}

// crowdFaults looks at how many members of the guest's groups the target holds, and how many moves run at once.
func (w *world) crowdFaults(moves []moved, m moved) []string {
	var faults []string
	zone, hosts := w.host(m.to).spec.Zone, 0
	for _, h := range w.hosts {
		if h.spec.Zone == zone {
			hosts++
		}
	}
	atOnce := func(counts func(moved) bool) int {
		n := 0
		for _, o := range moves {
			if counts(o) && o.span.From <= m.span.From && m.span.From < o.span.To {
				n++
			}
		}
		return n
	}
	limited := func(what string, n, limit int) {
		if n > limit {
			faults = append(faults, fmt.Sprintf("%s: %d moves at once when %s moves, %d allowed", what, n, m.guest.ID, limit))
		}
	}
	rules := w.policy.Moves
	limited("off "+m.from, atOnce(func(o moved) bool { return o.from == m.from }), rules.Host)
	limited("onto "+m.to, atOnce(func(o moved) bool { return o.to == m.to }), rules.Host)
	for _, id := range m.guest.Groups {
		held, inZone, members := 0, 0, 0
		for _, g := range w.guests {
			if !slices.Contains(g.Groups, id) {
				continue
			}
			members++
			if w.host(g.Host).spec.Zone == zone {
				inZone++
			}
			if on, going := at(g, moves, m.span.To); on == m.to || going == m.to {
				held++
			}
		}
		if even := max(1, (inZone+hosts-1)/hosts); held > even {
			faults = append(faults, fmt.Sprintf("%s holds %d members of %s after the move of %s, %d is even", m.to, held, id, m.guest.ID, even))
		}
		limit := rules.Group
		if !limit.Set() {
			limit = w.groups[slices.IndexFunc(w.groups, func(g fleet.Group) bool { return g.ID == id })].MaxDown
		}
		limited(id, atOnce(func(o moved) bool { return slices.Contains(o.guest.Groups, id) }), max(1, limit.Of(members)))
	}
	if rules.Tenant.Set() {
		size := 0
		for _, g := range w.guests {
			if g.Tenant == m.guest.Tenant {
				size++
			}
		}
		limited(m.guest.Tenant, atOnce(func(o moved) bool { return o.guest.Tenant == m.guest.Tenant }), rules.Tenant.Of(size))
	}
	if rules.Fleet.Set() {
		limited("fleet", atOnce(func(moved) bool { return true }), rules.Fleet.Of(len(w.guests)))
	}
	return faults
}

// homeFaults returns every guest that should have left a host before its outage and did not.
func (w *world) homeFaults(all []placed, moves []moved) []string {
	var faults []string
	for _, x := range all {
		for _, g := range w.guests {
			if on, going := at(g, moves, x.start); g.OnReboot == fleet.Migrate && (on == x.host.spec.ID || going == x.host.spec.ID) {
				faults = append(faults, fmt.Sprintf("%s is on %s when it goes down", g.ID, x.host.spec.ID))
			}
		}
	}
	return faults
}
