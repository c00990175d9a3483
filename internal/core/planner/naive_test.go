package planner_test

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/exposure"
	"github.com/evenkeel-project/evenkeel/internal/core/fleet"
	"github.com/evenkeel-project/evenkeel/internal/core/limit"
	"github.com/evenkeel-project/evenkeel/internal/core/plan"
	"github.com/evenkeel-project/evenkeel/internal/core/policy"
)

// The rules once more, as plainly as they can be written, over the world as the test wrote it: no fleet, no
// handles, nothing of the planner.

type placed struct {
	host       worldHost
	start, end calendar.Instant
	canary     bool
}

// share is one thing that hosts compete for.
type sharedLimit struct {
	name    string
	allowed int
	weight  map[string]int // by host
}

func (w *world) needsOutage(h worldHost) bool {
	for i := range w.advisories {
		if w.touches(h, i) {
			return true
		}
	}
	return false
}

func (w *world) touches(h worldHost, i int) bool {
	return i >= len(h.states) || (h.states[i] != exposure.Fixed && h.states[i] != exposure.NotAffected)
}

func attribute(h worldHost, key string) string {
	switch key {
	case "region":
		return h.region
	case "zone":
		return h.spec.Zone
	case "rack":
		return h.spec.Rack
	}
	v, ok := h.spec.Labels.Get(key)
	return fmt.Sprintf("%v/%s", ok, v)
}

func picked(selectors []policy.Selector, h worldHost) bool {
	for _, s := range selectors {
		if s.HostID == h.spec.ID {
			return true
		}
		for _, term := range s.Terms {
			if v, ok := h.spec.Labels.Get(term.Key); ok && v.Text == term.Value {
				return true
			}
		}
	}
	return false
}

func (w *world) cohort(h worldHost) string {
	name := ""
	for _, key := range w.policy.Canary.Per {
		name += key + "=" + attribute(h, key) + ";"
	}
	return name
}

// groupLimits returns every group with what each host takes of it.
func (w *world) groupLimits() []sharedLimit {
	var out []sharedLimit
	for _, group := range w.groups {
		members, weight := 0, map[string]int{}
		for _, guest := range w.guests {
			if slices.Contains(guest.Groups, group.ID) {
				members++
				if guest.OnReboot != fleet.Migrate {
					weight[guest.Host]++
				}
			}
		}
		out = append(out, sharedLimit{group.ID, group.MaxDown.Of(members), weight})
	}
	return out
}

// scopeLimits returns every scope and tenant that the policy limits.
func (w *world) scopeLimits() []sharedLimit {
	var out []sharedLimit
	scope := func(name string, l limit.Limit, key func(worldHost) string) {
		if !l.Set() {
			return
		}
		by := map[string]map[string]int{}
		for _, h := range w.hosts {
			if by[key(h)] == nil {
				by[key(h)] = map[string]int{}
			}
			by[key(h)][h.spec.ID] = 1
		}
		for _, value := range slices.Sorted(maps.Keys(by)) {
			out = append(out, sharedLimit{name + " " + value, l.Of(len(by[value])), by[value]})
		}
	}
	limits := w.policy.Limits
	scope("fleet", limits.Fleet, func(worldHost) string { return "" })
	scope("region", limits.Region, func(h worldHost) string { return h.region })
	scope("zone", limits.Zone, func(h worldHost) string { return h.spec.Zone })
	scope("cohort", limits.Cohort, w.cohort)
	scope("rack", limits.Rack, func(h worldHost) string {
		if h.spec.Rack == "" {
			return "own " + h.spec.ID
		}
		return h.spec.Zone + "/" + h.spec.Rack
	})
	if limits.Tenant.Set() {
		size, weight := map[string]int{}, map[string]map[string]int{}
		for _, g := range w.guests {
			size[g.Tenant]++
			if weight[g.Tenant] == nil {
				weight[g.Tenant] = map[string]int{}
			}
			if g.OnReboot != fleet.Migrate {
				weight[g.Tenant][g.Host]++
			}
		}
		for _, tenant := range slices.Sorted(maps.Keys(size)) {
			allowed := limits.Tenant.Of(size[tenant])
			for _, h := range w.hosts {
				allowed = max(allowed, weight[tenant][h.spec.ID])
			}
			out = append(out, sharedLimit{"tenant " + tenant, allowed, weight[tenant]})
		}
	}
	last := map[string]int{}
	for _, h := range w.hosts {
		if picked(w.policy.Last, h) {
			last[h.spec.ID] = 1
		}
	}
	return append(out, sharedLimit{"last hosts", 1, last})
}

// split returns the hosts to do, and those of them that no group blocks.
func (w *world) split() (toDo, planned []worldHost) {
	groups := w.groupLimits()
	for _, h := range w.hosts {
		if !w.needsOutage(h) || picked(w.policy.Protected, h) {
			continue
		}
		toDo = append(toDo, h)
		if !slices.ContainsFunc(groups, func(g sharedLimit) bool { return g.weight[h.spec.ID] > g.allowed }) {
			planned = append(planned, h)
		}
	}
	return toDo, planned
}

// before returns how long after the end of a the host b may start, if the order of regions, zones or last hosts
// puts a before b.
func (w *world) before(toDo []worldHost, a, b worldHost) (calendar.Seconds, bool) {
	order := w.policy.Order
	count := func(same func(worldHost) bool) int {
		n := 0
		for _, h := range toDo {
			if same(h) {
				n++
			}
		}
		return n
	}
	if a.region != b.region {
		in := func(r string) int { return count(func(h worldHost) bool { return h.region == r }) }
		switch order.Regions {
		case policy.FreeRegions:
			return 0, false
		case policy.Listed:
			return order.BakeRegion, slices.Index(order.RegionList, a.region) < slices.Index(order.RegionList, b.region)
		}
		return order.BakeRegion, cmp.Or(cmp.Compare(in(a.region), in(b.region)), cmp.Compare(a.region, b.region)) < 0
	}
	lastA, lastB := picked(w.policy.Last, a), picked(w.policy.Last, b)
	if lastA || lastB {
		return 0, !lastA
	}
	if order.FreeZones || a.spec.Zone == b.spec.Zone {
		return 0, false
	}
	in := func(z string) int { return count(func(h worldHost) bool { return h.spec.Zone == z }) }
	return order.BakeZone, cmp.Or(cmp.Compare(in(a.spec.Zone), in(b.spec.Zone)), cmp.Compare(a.spec.Zone, b.spec.Zone)) < 0
}

func (w *world) frozen(h worldHost, span calendar.Span) bool {
	for _, z := range w.policy.Freezes {
		tenant := z.Tenant == ""
		for _, g := range w.guests {
			tenant = tenant || (g.Host == h.spec.ID && g.Tenant == z.Tenant)
		}
		if tenant && (z.Region == "" || z.Region == h.region) && (z.Zone == "" || z.Zone == h.spec.Zone) && z.Span.Overlaps(span) {
			return true
		}
	}
	return false
}

// faults returns every rule that the outages of a plan break.
func (w *world) faults(p *plan.Plan) []string {
	var faults []string
	add := func(format string, args ...any) { faults = append(faults, fmt.Sprintf(format, args...)) }
	toDo, planned := w.split()
	planned = w.movable(p, planned)
	var all []placed
	for _, o := range p.Outages {
		at := slices.IndexFunc(planned, func(h worldHost) bool { return h.spec.ID == o.Host })
		if at < 0 {
			add("%s has an outage", o.Host)
			continue
		}
		all = append(all, placed{planned[at], o.Start, o.End, o.Canary})
		if o.End.Sub(o.Start) != planned[at].spec.Outage || o.Start < p.Start || o.Window.From > o.Start || o.Window.To < o.End {
			add("%s has a wrong outage", o.Host)
		}
		if w.frozen(planned[at], calendar.Span{From: o.Start, To: o.End}) {
			add("%s is down in a freeze", o.Host)
		}
	}
	if len(p.Outages) != len(planned) || len(p.Blocked) != len(toDo)-len(planned) || len(p.Excluded) != len(w.hosts)-len(toDo) {
		add("%d outages, %d blocked, %d excluded", len(p.Outages), len(p.Blocked), len(p.Excluded))
	}
	for _, shared := range append(w.groupLimits(), w.scopeLimits()...) {
		for _, x := range all {
			if down := downAt(all, shared, x.start); down > shared.allowed {
				add("%s: %d down, %d allowed", shared.name, down, shared.allowed)
			}
		}
	}
	faults = append(append(faults, w.orderFaults(toDo, all)...), w.figureFaults(p, toDo, all)...)
	return append(faults, w.moveFaults(p, toDo, all)...)
}

func downAt(all []placed, shared sharedLimit, t calendar.Instant) int {
	down := 0
	for _, x := range all {
		if x.start <= t && t < x.end {
			down += shared.weight[x.host.spec.ID]
		}
	}
	return down
}

// orderFaults returns every pair of outages in the wrong order and every cohort with the wrong canaries.
func (w *world) orderFaults(toDo []worldHost, all []placed) []string {
	var faults []string
	size, canaries := map[string]int{}, map[string]int{}
	for _, a := range all {
		size[w.cohort(a.host)]++
		if a.canary {
			canaries[w.cohort(a.host)]++
		}
		for _, b := range all {
			if bake, ok := w.before(toDo, a.host, b.host); ok && b.start < a.end.Add(bake) {
				faults = append(faults, fmt.Sprintf("%s starts too early after %s", b.host.spec.ID, a.host.spec.ID))
			}
			if w.cohort(a.host) == w.cohort(b.host) && a.canary && !b.canary && b.start < a.end.Add(w.policy.Canary.Bake) {
				faults = append(faults, fmt.Sprintf("%s does not wait for canary %s", b.host.spec.ID, a.host.spec.ID))
			}
		}
	}
	for _, cohort := range slices.Sorted(maps.Keys(size)) {
		if canaries[cohort] != min(size[cohort], w.policy.Canary.Hosts) {
			faults = append(faults, fmt.Sprintf("cohort %s has %d canaries", cohort, canaries[cohort]))
		}
	}
	return faults
}

// figureFaults returns every figure that does not follow from the outages.
func (w *world) figureFaults(p *plan.Plan, toDo []worldHost, all []placed) []string {
	var faults []string
	finish := p.Start
	for _, x := range all {
		finish = max(finish, x.end)
	}
	if p.Finish != finish || p.Makespan != finish.Sub(p.Start) || p.GapMillionths != plan.Gap(p.Makespan, p.Bound.Seconds) {
		faults = append(faults, "finish, makespan or gap is wrong")
	}
	if p.Bound.Seconds > p.Makespan || p.Bound.Seconds < 0 {
		faults = append(faults, fmt.Sprintf("the bound %s is above the makespan %s: %s", p.Bound.Seconds, p.Makespan, p.Bound.Binding))
	}
	deadline, ok := w.deadline(toDo)
	if (p.Deadline != nil) != ok || (p.Margin != nil) != ok || (p.LatestSafeStart != nil) != ok {
		return append(faults, "a deadline is there and should not be, or the other way round")
	}
	if !ok {
		return faults
	}
	margin, found := deadline.Sub(finish), false
	for _, x := range all {
		if at, has := w.deadline([]worldHost{x.host}); has {
			if own := at.Sub(x.end); !found || own < margin {
				margin, found = own, true
			}
		}
	}
	if *p.Deadline != deadline || *p.Margin != margin {
		faults = append(faults, "deadline or margin is wrong")
	}
	shift := margin
	for slices.ContainsFunc(all, func(x placed) bool {
		return w.frozen(x.host, calendar.Span{From: x.start.Add(shift), To: x.end.Add(shift)})
	}) || w.anyMoveFrozen(p, shift) {
		shift--
	}
	if *p.LatestSafeStart != p.Start.Add(shift) {
		faults = append(faults, fmt.Sprintf("the latest safe start is %s, not +%s", p.LatestSafeStart, shift))
	}
	return faults
}

// deadline returns the earliest deadline of the hosts, or of all advisories when there are no hosts.
func (w *world) deadline(hosts []worldHost) (calendar.Instant, bool) {
	var ends []calendar.Instant
	for i, a := range w.advisories {
		touched := len(hosts) == 0 || slices.ContainsFunc(hosts, func(h worldHost) bool { return w.touches(h, i) })
		if a.Embargo != nil && touched {
			ends = append(ends, a.Embargo.Until.Add(-w.policy.DeadlineReserve))
		}
	}
	if len(ends) == 0 {
		return 0, false
	}
	return slices.Min(ends), true
}
