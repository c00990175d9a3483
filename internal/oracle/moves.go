package oracle

import (
	"math"
	"sort"

	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/fleet"
	"github.com/evenkeel-project/evenkeel/internal/core/ident"
	"github.com/evenkeel-project/evenkeel/internal/core/plan"
	"github.com/evenkeel-project/evenkeel/internal/core/policy"
)

// moved is one move of a guest and hosts that the fleet has.
type moved struct {
	plan.Move
	guest    ident.Guest
	from, to ident.Host
	end      calendar.Instant
}

// stay is the time for which a guest is on a host: from the start of the move that brings it to the end of the
// one that takes it away.
type stay struct {
	guest    ident.Guest
	host     ident.Host
	from, to calendar.Instant
}

func (r *reading) readMoves() {
	if r.Policy.Moves == nil {
		if len(r.plan.Moves) > 0 {
			r.say("moves", "there are moves and the policy has none")
		}
		return
	}
	r.findMoves()
	r.readGuests()
	for _, m := range r.moves {
		r.readSource(m)
		r.readTarget(m)
		r.readRoom(m)
		r.readSpread(m)
		r.readAtOnce(m)
	}
	for _, o := range r.outages {
		if first, _ := r.outageOf(o.host); first.Start != o.Start {
			continue
		}
		for _, s := range r.stays {
			if s.host == o.host && s.from <= o.Start && o.Start < s.to && r.Fleet.OnReboot(s.guest) == fleet.Migrate {
				r.say("not-drained", "%s goes down with %s", o.Host, r.Fleet.GuestID(s.guest))
			}
		}
	}
}

func (r *reading) findMoves() {
	r.moves = nil
	for _, m := range r.plan.Moves {
		guest, guestOK := r.Fleet.FindGuest(m.Guest)
		from, fromOK := r.Fleet.FindHost(m.From)
		to, toOK := r.Fleet.FindHost(m.To)
		if !guestOK {
			r.say("unknown-guest", "there is no guest %s", m.Guest)
		}
		if !fromOK || !toOK {
			r.say("unknown-host", "there is no host %s or %s", m.From, m.To)
		}
		if guestOK && fromOK && toOK {
			r.moves = append(r.moves, moved{m, guest, from, to, m.At.Add(r.moveLength(guest))})
		}
	}
	sort.SliceStable(r.moves, func(i, j int) bool { return r.moves[i].At < r.moves[j].At })
}

// moveLength counts the seconds up one by one.
func (in Instance) moveLength(guest ident.Guest) calendar.Seconds {
	m := in.Policy.Moves
	length := int64(m.Length)
	if memory, ok := in.Fleet.Demand(guest).Get("memory_mib"); ok && m.Bandwidth > 0 {
		for 4*length*m.Bandwidth < 5*int64(number(memory.Text))*int64(m.Host) {
			length++
		}
	}
	return calendar.Seconds(length)
}

// readGuests follows each guest along its moves.
func (r *reading) readGuests() {
	r.stays = nil
	for g := range r.Fleet.Guests() {
		now := stay{ident.Guest(g), r.Fleet.HostOf(ident.Guest(g)), math.MinInt64, math.MaxInt64}
		busy := calendar.Instant(math.MinInt64)
		for _, m := range r.moves {
			if m.guest != now.guest {
				continue
			}
			if m.from != now.host || m.At < busy {
				r.say("move-from", "%s is not on %s at %s, or is moving", m.Guest, m.From, m.At)
			}
			now.to, busy = m.end, m.end
			r.stays = append(r.stays, now)
			now = stay{now.guest, m.to, m.At, math.MaxInt64}
		}
		r.stays = append(r.stays, now)
	}
}

// outageOf returns the first outage that the plan lists for a host.
func (r *reading) outageOf(h ident.Host) (outage, bool) {
	for _, o := range r.outages {
		if o.host == h {
			return o, true
		}
	}
	return outage{}, false
}

func (r *reading) readSource(m moved) {
	if r.Fleet.OnReboot(m.guest) != fleet.Migrate {
		r.say("move-guest", "%s does not migrate", m.Guest)
	}
	if m.At < r.Policy.Start {
		r.say("move-before-start", "%s moves at %s", m.Guest, m.At)
	}
	for _, z := range r.Policy.Freezes {
		if z.Covers(r.Fleet, m.from) && m.At < z.Span.To && z.Span.From < m.end {
			r.say("move-freeze", "%s moves in a freeze", m.Guest)
		}
	}
	o, ok := r.outageOf(m.from)
	if !ok {
		r.say("move-source", "%s has no outage", m.From)
		return
	}
	if m.end > o.Start {
		r.say("move-late", "%s still moves when %s goes down", m.Guest, m.From)
	}
	if m.At < r.opens(o) {
		r.say("move-barrier", "%s moves before %s opens at %s", m.Guest, m.From, r.opens(o))
	}
}

// opens returns the instant before which the barriers hold an outage.
func (r *reading) opens(o outage) calendar.Instant {
	open, order := calendar.Instant(math.MinInt64), r.Policy.Order
	for _, a := range r.outages {
		region, zone := r.region(a.host), r.Fleet.ZoneOf(a.host)
		together := region == r.region(o.host)
		lastA, lastO := r.isLast(a.host), r.isLast(o.host)
		if order.Regions != policy.FreeRegions && r.regionBefore(region, r.region(o.host)) {
			open = max(open, a.End.Add(order.BakeRegion))
		}
		if !order.FreeZones && together && !lastA && !lastO && zone != r.Fleet.ZoneOf(o.host) && r.zoneBefore(zone, r.Fleet.ZoneOf(o.host)) {
			open = max(open, a.End.Add(order.BakeZone))
		}
		if together && lastO && !lastA {
			open = max(open, a.End)
		}
		if !o.Canary && a.Canary && r.cohort(a.host) == r.cohort(o.host) {
			open = max(open, a.End.Add(r.Policy.Canary.Bake))
		}
	}
	return open
}

// readAtOnce counts what moves when a move starts: at no other time do there come to be more.
func (r *reading) readAtOnce(now moved) {
	moves := r.Policy.Moves
	count := func(counts func(moved) bool) int {
		n := 0
		for _, m := range r.moves {
			if m.At <= now.At && now.At < m.end && counts(m) {
				n++
			}
		}
		return n
	}
	if count(func(m moved) bool { return m.from == now.from }) > moves.Host {
		r.say("moves-off-limit", "too many leave %s at %s", now.From, now.At)
	}
	if count(func(m moved) bool { return m.to == now.to }) > moves.Host {
		r.say("moves-onto-limit", "too many come to %s at %s", now.To, now.At)
	}
	if moves.Fleet.Set() && count(func(moved) bool { return true }) > moves.Fleet.Of(r.Fleet.Guests()) {
		r.say("moves-fleet-limit", "too many move at %s", now.At)
	}
	tenant := r.Fleet.TenantOf(now.guest)
	if moves.Tenant.Set() && count(func(m moved) bool { return r.Fleet.TenantOf(m.guest) == tenant }) > moves.Tenant.Of(r.Fleet.TenantSize(tenant)) {
		r.say("moves-tenant-limit", "too many guests of the tenant of %s move at %s", now.Guest, now.At)
	}
	for g := range r.Fleet.Groups() {
		group := ident.Group(g)
		allowed := max(1, r.groupAllows(group))
		if moves.Group.Set() {
			allowed = moves.Group.Of(r.Fleet.GroupSize(group))
		}
		if r.isMember(now.guest, group) && count(func(m moved) bool { return r.isMember(m.guest, group) }) > allowed {
			r.say("moves-group-limit", "too many members of %s move at %s", r.Fleet.GroupID(group), now.At)
		}
	}
}
