package cli

import (
	"cmp"
	"slices"

	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/fleet"
	"github.com/evenkeel-project/evenkeel/internal/core/ident"
	"github.com/evenkeel-project/evenkeel/internal/core/plan"
	"github.com/evenkeel-project/evenkeel/internal/core/policy"
)

// stretch is when a region or a zone has its outages.
type stretch struct {
	name        string
	hosts       int
	first, last calendar.Instant // first start and last end
	peakDown    int              // hosts down at once
	parts       []stretch        // of a region: its zones, and its hosts under last
}

// touched counts whom a plan disturbs.
type touched struct {
	hosts, canaries, tenants int
	down, moved              int // guests that go down, and those that are moved first
}

// touchedBy counts each tenant once, whatever happens to its guests.
func touchedBy(p *plan.Plan, f *fleet.Fleet) touched {
	out := touched{hosts: len(p.Outages)}
	seen := make([]bool, f.Tenants())
	for _, o := range p.Outages {
		if o.Canary {
			out.canaries++
		}
		h, _ := f.FindHost(o.Host)
		for _, n := range f.GuestsOn(h) {
			g := ident.Guest(n)
			if f.OnReboot(g) == fleet.Migrate {
				out.moved++
			} else {
				out.down++
			}
			if t := f.TenantOf(g); !seen[t] {
				seen[t] = true
				out.tenants++
			}
		}
	}
	return out
}

// lastName heads the hosts under last of a region: they keep to no zone's turn.
const lastName = "last hosts"

// scheduleOf returns the regions with their zones and last hosts, each in order of first start, those
// without outages left out.
func scheduleOf(p *plan.Plan, f *fleet.Fleet, rules *policy.Policy) []stretch {
	zones, last := make([][]calendar.Span, f.Zones()), make([][]calendar.Span, f.Regions())
	lastHosts := rules.LastHosts(f)
	for _, o := range p.Outages {
		h, _ := f.FindHost(o.Host)
		zone, span := f.ZoneOf(h), calendar.Span{From: o.Start, To: o.End}
		if lastHosts[h] {
			last[f.RegionOf(zone)] = append(last[f.RegionOf(zone)], span)
			continue
		}
		zones[zone] = append(zones[zone], span)
	}
	var regions []stretch
	for r := range f.Regions() {
		all := slices.Clone(last[r])
		var parts []stretch
		for _, z := range f.ZonesIn(ident.Region(r)) {
			if len(zones[z]) > 0 {
				parts = append(parts, stretchOf(f.ZoneID(ident.Zone(z)), zones[z]))
				all = append(all, zones[z]...)
			}
		}
		if len(last[r]) > 0 {
			parts = append(parts, stretchOf(lastName, last[r]))
		}
		if len(all) > 0 {
			region := stretchOf(f.RegionID(ident.Region(r)), all)
			region.parts = byStart(parts)
			regions = append(regions, region)
		}
	}
	return byStart(regions)
}

func byStart(list []stretch) []stretch {
	slices.SortStableFunc(list, func(a, b stretch) int { return cmp.Compare(a.first, b.first) })
	return list
}

func stretchOf(name string, spans []calendar.Span) stretch {
	out := stretch{name: name, hosts: len(spans), first: spans[0].From, last: spans[0].To, peakDown: peak(spans)}
	for _, span := range spans {
		out.first, out.last = min(out.first, span.From), max(out.last, span.To)
	}
	return out
}

// peak returns how many spans share an instant at most. Spans are half-open: one that ends as another starts
// does not meet it.
func peak(spans []calendar.Span) int {
	type change struct {
		at   calendar.Instant
		step int
	}
	changes := make([]change, 0, 2*len(spans))
	for _, span := range spans {
		changes = append(changes, change{span.From, 1}, change{span.To, -1})
	}
	slices.SortFunc(changes, func(a, b change) int {
		return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.step, b.step))
	})
	down, most := 0, 0
	for _, c := range changes {
		down += c.step
		most = max(most, down)
	}
	return most
}
