package policy

import (
	"strconv"
	"strings"

	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/fleet"
	"github.com/evenkeel-project/evenkeel/internal/core/ident"
	"github.com/evenkeel-project/evenkeel/internal/core/problem"
)

// Term is one condition of a selector: the label, zone, region or rack Key has the value Value.
type Term struct {
	Key, Value string
}

// Selector picks hosts: one host by id, or all whose labels meet every term. A selector without id and
// terms picks nothing: empty never means all (law S4).
type Selector struct {
	HostID string
	Terms  []Term
	Place  problem.Place
}

// String prints the selector as a policy writes it.
func (s Selector) String() string {
	if s.HostID != "" {
		return s.HostID
	}
	parts := make([]string, len(s.Terms))
	for i, t := range s.Terms {
		parts[i] = t.Key + "=" + t.Value
	}
	return strings.Join(parts, ",")
}

// Matches reports whether the selector picks the host.
func (s Selector) Matches(f *fleet.Fleet, h ident.Host) bool {
	if s.HostID != "" {
		return f.HostID(h) == s.HostID
	}
	for _, t := range s.Terms {
		if v, ok := Attribute(f, h, t.Key); !ok || v != t.Value {
			return false
		}
	}
	return len(s.Terms) > 0
}

// Attribute returns what a host is under key: "region", "zone" and "rack" are where it stands, anything
// else is a label. A host without the label, or without a rack, has no such attribute.
func Attribute(f *fleet.Fleet, h ident.Host, key string) (string, bool) {
	switch key {
	case "region":
		return f.RegionID(f.RegionOf(f.ZoneOf(h))), true
	case "zone":
		return f.ZoneID(f.ZoneOf(h)), true
	case "rack":
		name := f.RackName(f.RackOf(h))
		return name, name != ""
	}
	v, ok := f.Labels(h).Get(key)
	return v.String(), ok
}

// CohortOf returns the cohort of a host as the value combination of per, printed "generation=standard,
// region=dfw". An absent label is a value of its own and prints as "generation absent". A value that could be
// taken for several is quoted, so that two cohorts never print alike.
func (p *Policy) CohortOf(f *fleet.Fleet, h ident.Host) string {
	parts := make([]string, len(p.Canary.Per))
	for i, key := range p.Canary.Per {
		if v, ok := Attribute(f, h, key); ok {
			if strings.Contains(v, ",") {
				v = strconv.Quote(v)
			}
			parts[i] = key + "=" + v
			continue
		}
		parts[i] = key + " absent"
	}
	if len(parts) == 0 {
		return "all hosts"
	}
	return strings.Join(parts, ", ")
}

// OutageOf returns how long the host is planned to be down: its own outage, else the longest rule that
// matches, else the default. It reports false when none of them speaks.
func (p *Policy) OutageOf(f *fleet.Fleet, h ident.Host) (calendar.Seconds, bool) {
	if own := f.Outage(h); own > 0 {
		return own, true
	}
	longest := calendar.Seconds(0)
	for _, rule := range p.OutageBy {
		if v, ok := Attribute(f, h, rule.Key); ok && v == rule.Value {
			longest = max(longest, rule.Outage)
		}
	}
	if longest > 0 {
		return longest, true
	}
	return p.DefaultOutage, p.DefaultOutage > 0
}

// Covers reports whether the freeze applies to the host. A tenant's freeze covers every host that carries
// a guest of that tenant, migrating ones included: moving a guest disturbs it too.
func (z Freeze) Covers(f *fleet.Fleet, h ident.Host) bool {
	if z.Region != "" && f.RegionID(f.RegionOf(f.ZoneOf(h))) != z.Region {
		return false
	}
	if z.Zone != "" && f.ZoneID(f.ZoneOf(h)) != z.Zone {
		return false
	}
	if z.Tenant == "" {
		return true
	}
	tenant, ok := f.FindTenant(z.Tenant)
	if !ok {
		return false
	}
	for _, g := range f.GuestsOn(h) {
		if f.TenantOf(ident.Guest(g)) == tenant {
			return true
		}
	}
	return false
}

// IsProtected reports whether automation must never touch the host (law S13).
func (p *Policy) IsProtected(f *fleet.Fleet, h ident.Host) bool { return anyMatches(p.Protected, f, h) }

// IsLast reports whether the host goes after everything else of its region, never together with another
// such host (law S23).
func (p *Policy) IsLast(f *fleet.Fleet, h ident.Host) bool { return anyMatches(p.Last, f, h) }

func anyMatches(selectors []Selector, f *fleet.Fleet, h ident.Host) bool {
	for _, s := range selectors {
		if s.Matches(f, h) {
			return true
		}
	}
	return false
}
