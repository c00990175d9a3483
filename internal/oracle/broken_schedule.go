package oracle

import (
	"github.com/evenkeel-project/evenkeel/internal/core/ident"
	"github.com/evenkeel-project/evenkeel/internal/core/limit"
	"github.com/evenkeel-project/evenkeel/internal/core/policy"
)

func (r *reading) readOutages() {
	for _, o := range r.outages {
		length, ok := r.Policy.OutageOf(r.Fleet, o.host)
		if !ok {
			r.say("no-outage-length", "nobody says how long %s is down", o.Host)
		}
		if ok && o.End.Sub(o.Start) != length {
			r.say("outage-length", "%s is down for %s, not %s", o.Host, o.End.Sub(o.Start), length)
		}
		if o.Start < r.Policy.Start {
			r.say("before-start", "%s starts before the policy", o.Host)
		}
		for _, z := range r.Policy.Freezes {
			if z.Covers(r.Fleet, o.host) && o.Start < z.Span.To && z.Span.From < o.End {
				r.say("freeze", "%s is down in a freeze", o.Host)
			}
		}
	}
}

func (r *reading) readWindows() {
	for _, o := range r.plan.Outages {
		slack := r.Policy.StuckAfter + (o.Start.Sub(r.Policy.Start)+9)/10
		if o.Window.From > o.Start || o.Window.From < r.Policy.Start || o.Window.To < o.End || o.Window.To > o.End.Add(slack) {
			r.say("window", "the window of %s is wrong", o.Host)
		}
	}
}

// readLimits counts what is down at the start of every outage: what is down grows at no other time.
func (r *reading) readLimits() {
	limits := r.Policy.Limits
	for _, now := range r.outages {
		where := r.Fleet.ZoneOf(now.host)
		r.readLimit(now, "fleet", limits.Fleet, func(ident.Host) bool { return true })
		r.readLimit(now, "region", limits.Region, func(h ident.Host) bool { return r.region(h) == r.region(now.host) })
		r.readLimit(now, "zone", limits.Zone, func(h ident.Host) bool { return r.Fleet.ZoneOf(h) == where })
		r.readLimit(now, "rack", limits.Rack, func(h ident.Host) bool { return r.Fleet.RackOf(h) == r.Fleet.RackOf(now.host) })
		r.readLimit(now, "cohort", limits.Cohort, func(h ident.Host) bool { return r.cohort(h) == r.cohort(now.host) })
		together := r.downWith(now)
		for g := range r.Fleet.Groups() {
			down := 0
			for _, o := range together {
				down += r.lostMembers(ident.Group(g), o.host)
			}
			if down > r.groupAllows(ident.Group(g)) {
				r.say("group-limit", "at %s group %s has %d members down", now.Start, r.Fleet.GroupID(ident.Group(g)), down)
			}
		}
		for t := range r.Fleet.Tenants() {
			down := 0
			for _, o := range together {
				down += r.lostGuests(ident.Tenant(t), o.host)
			}
			if limits.Tenant.Set() && down > r.tenantAllows(ident.Tenant(t)) {
				r.say("tenant-limit", "at %s tenant %s has %d guests down", now.Start, r.Fleet.TenantID(ident.Tenant(t)), down)
			}
		}
	}
}

// downWith returns the outages that run when the given one starts.
func (r *reading) downWith(now outage) []outage {
	var down []outage
	for _, o := range r.outages {
		if o.Start <= now.Start && now.Start < o.End {
			down = append(down, o)
		}
	}
	return down
}

func (r *reading) readLimit(now outage, scope string, l limit.Limit, inside func(ident.Host) bool) {
	if !l.Set() {
		return
	}
	down, whole := 0, 0
	for _, o := range r.downWith(now) {
		if inside(o.host) {
			down++
		}
	}
	for _, h := range r.hosts() {
		if inside(h) {
			whole++
		}
	}
	if down > l.Of(whole) {
		r.say(scope+"-limit", "at %s %d hosts of the %s of %s are down", now.Start, down, scope, now.Host)
	}
}

// readOrders compares every outage with every other.
func (r *reading) readOrders() {
	order := r.Policy.Order
	for _, h := range r.hosts() {
		if order.Regions == policy.Listed && r.toDo(h) && !contains(order.RegionList, r.Fleet.RegionID(r.region(h))) {
			r.say("region-not-listed", "the region of %s is not listed", r.Fleet.HostID(h))
		}
	}
	for i, a := range r.outages {
		for j, b := range r.outages {
			if i == j {
				continue
			}
			regionA, regionB := r.region(a.host), r.region(b.host)
			zoneA, zoneB := r.Fleet.ZoneOf(a.host), r.Fleet.ZoneOf(b.host)
			lastA, lastB := r.isLast(a.host), r.isLast(b.host)
			if order.Regions != policy.FreeRegions && r.regionBefore(regionA, regionB) && b.Start < a.End.Add(order.BakeRegion) {
				r.say("region-order", "%s starts too early after %s of the region before", b.Host, a.Host)
			}
			if !order.FreeZones && regionA == regionB && zoneA != zoneB && !lastA && !lastB &&
				r.zoneBefore(zoneA, zoneB) && b.Start < a.End.Add(order.BakeZone) {
				r.say("zone-order", "%s starts too early after %s of the zone before", b.Host, a.Host)
			}
			if regionA == regionB && !lastA && lastB && b.Start < a.End {
				r.say("last-order", "%s is last but starts before %s ends", b.Host, a.Host)
			}
			if lastA && lastB && a.Start < b.End && b.Start < a.End {
				r.say("last-together", "%s and %s are last and down together", a.Host, b.Host)
			}
		}
	}
}

func contains(list []string, s string) bool {
	for _, item := range list {
		if item == s {
			return true
		}
	}
	return false
}

func (r *reading) readCanaries() {
	for _, a := range r.outages {
		size, canaries := 0, 0
		for _, b := range r.outages {
			if r.cohort(a.host) != r.cohort(b.host) {
				continue
			}
			size++
			if b.Canary {
				canaries++
			}
			if b.Canary && !a.Canary && a.Start < b.End.Add(r.Policy.Canary.Bake) {
				r.say("canary-barrier", "%s does not wait for the canary %s", a.Host, b.Host)
			}
		}
		if canaries != min(r.Policy.Canary.Hosts, size) {
			r.say("canary-count", "the cohort of %s has %d canaries of %d hosts", a.Host, canaries, size)
		}
	}
}
