package study_test

import (
	"fmt"
	"slices"

	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/fleet"
	"github.com/evenkeel-project/evenkeel/internal/core/ident"
	"github.com/evenkeel-project/evenkeel/internal/core/limit"
	"github.com/evenkeel-project/evenkeel/internal/core/plan"
	"github.com/evenkeel-project/evenkeel/internal/core/study"
	"github.com/evenkeel-project/evenkeel/internal/oracle"
)

// naiveLimit is one limit as a test counts it.
type naiveLimit struct {
	allowed, total int64
	weight         []int64 // by outage of the plan
}

// naive gathers limits by kind and name.
type naive struct {
	in    oracle.Instance
	plan  *plan.Plan
	hosts []ident.Host // by outage
	known map[string]naiveLimit
}

func naiveLimits(in oracle.Instance, p *plan.Plan) map[string]naiveLimit {
	n := &naive{in: in, plan: p, known: map[string]naiveLimit{}}
	f, limits := in.Fleet, in.Policy.Limits
	for _, o := range p.Outages {
		h, _ := f.FindHost(o.Host)
		n.hosts = append(n.hosts, h)
	}
	n.scope("fleet", limits.Fleet, func(ident.Host) string { return "" })
	n.scope("region", limits.Region, func(h ident.Host) string { return " " + f.RegionID(f.RegionOf(f.ZoneOf(h))) })
	n.scope("zone", limits.Zone, func(h ident.Host) string { return " " + f.ZoneID(f.ZoneOf(h)) })
	n.scope("cohort", limits.Cohort, func(h ident.Host) string { return " " + in.Policy.CohortOf(f, h) })
	n.racks(limits.Rack)
	for t := range f.Tenants() {
		n.tenant(ident.Tenant(t), limits.Tenant)
	}
	for g := range f.Groups() {
		group := ident.Group(g)
		allowed := f.MaxDown(group).Of(f.GroupSize(group))
		n.add(fmt.Sprintf("group group %s: %d of %d down", f.GroupID(group), allowed, f.GroupSize(group)), allowed, func(h ident.Host) int {
			return n.guests(h, func(guest ident.Guest) bool { return slices.Contains(f.GroupsOf(guest), uint32(g)) })
		})
	}
	n.add("last last hosts: one at a time", 1, func(h ident.Host) int {
		if in.Policy.IsLast(f, h) {
			return 1
		}
		return 0
	})
	return n.known
}

func (n *naive) add(name string, allowed int, weight func(ident.Host) int) {
	l := naiveLimit{allowed: int64(allowed)}
	for _, h := range n.hosts {
		l.weight = append(l.weight, int64(weight(h)))
		l.total += int64(weight(h))
	}
	n.known[name] = l
}

// scope adds the limit on hosts of every scope that a host of the fleet is in.
func (n *naive) scope(kind string, l limit.Limit, of func(ident.Host) string) {
	if !l.Set() {
		return
	}
	size := map[string]int{}
	for h := range n.in.Fleet.Hosts() {
		size[of(ident.Host(h))]++
	}
	for scope, hosts := range size {
		allowed := l.Of(hosts)
		n.add(fmt.Sprintf("%s limit %s%s: %s at once", kind, kind, scope, counted(allowed)), allowed, func(h ident.Host) int {
			if of(h) == scope {
				return 1
			}
			return 0
		})
	}
}

// racks adds the racks that have a name; a host without one is its own rack and never shares it.
func (n *naive) racks(l limit.Limit) {
	f := n.in.Fleet
	n.scope("rack", l, func(h ident.Host) string {
		if f.RackName(f.RackOf(h)) == "" {
			return " of a single host " + f.HostID(h)
		}
		return " " + f.RackName(f.RackOf(h)) + " of zone " + f.ZoneID(f.ZoneOf(h))
	})
}

func (n *naive) tenant(t ident.Tenant, l limit.Limit) {
	if !l.Set() {
		return
	}
	f := n.in.Fleet
	own := func(guest ident.Guest) bool { return f.TenantOf(guest) == t }
	allowed := l.Of(f.TenantSize(t))
	for h := range f.Hosts() {
		allowed = max(allowed, n.guests(ident.Host(h), own))
	}
	n.add(fmt.Sprintf("tenant tenant %s: %d of %d guests down", f.TenantID(t), allowed, f.TenantSize(t)), allowed,
		func(h ident.Host) int { return n.guests(h, own) })
}

// guests counts the guests that go down with a host.
func (n *naive) guests(h ident.Host, which func(ident.Guest) bool) int {
	count := 0
	for g := range n.in.Fleet.Guests() {
		guest := ident.Guest(g)
		if n.in.Fleet.HostOf(guest) == h && n.in.Fleet.OnReboot(guest) != fleet.Migrate && which(guest) {
			count++
		}
	}
	return count
}

func counted(n int) string {
	if n == 1 {
		return "1 host"
	}
	return fmt.Sprintf("%d hosts", n)
}

// naiveSteps counts what is taken at every instant at which something starts or ends.
func naiveSteps(p *plan.Plan, weight []int64) []study.Step {
	var instants []calendar.Instant
	for _, o := range p.Outages {
		instants = append(instants, o.Start, o.End)
	}
	slices.Sort(instants)
	var steps []study.Step
	before := int64(0)
	for _, t := range slices.Compact(instants) {
		used := int64(0)
		for k, o := range p.Outages {
			if o.Start <= t && t < o.End {
				used += weight[k]
			}
		}
		if used != before {
			steps = append(steps, study.Step{At: t, Used: used})
		}
		before = used
	}
	return steps
}
