package policy

import (
	"github.com/evenkeel-project/evenkeel/internal/core/fleet"
	"github.com/evenkeel-project/evenkeel/internal/core/ident"
)

// ProtectedHosts returns, by host, what IsProtected says, in time proportional to hosts plus ids.
func (p *Policy) ProtectedHosts(f *fleet.Fleet) []bool { return picked(p.Protected, f) }

// LastHosts returns, by host, what IsLast says, in time proportional to hosts plus ids.
func (p *Policy) LastHosts(f *fleet.Fleet) []bool { return picked(p.Last, f) }

// picked resolves each id once; only selectors by label look at every host.
func picked(selectors []Selector, f *fleet.Fleet) []bool {
	out := make([]bool, f.Hosts())
	for _, s := range selectors {
		if s.HostID != "" {
			if h, ok := f.FindHost(s.HostID); ok {
				out[h] = true
			}
			continue
		}
		for h := range out {
			out[h] = out[h] || s.Matches(f, ident.Host(h))
		}
	}
	return out
}

// Hosts returns, by host, what Covers says, resolving the names of the scope once.
func (z Freeze) Hosts(f *fleet.Fleet) []bool {
	out := make([]bool, f.Hosts())
	domain := Freeze{Region: z.Region, Zone: z.Zone}
	if z.Tenant == "" {
		for h := range out {
			out[h] = domain.Covers(f, ident.Host(h))
		}
		return out
	}
	tenant, ok := f.FindTenant(z.Tenant)
	if !ok {
		return out
	}
	for g := range f.Guests() {
		if h := f.HostOf(ident.Guest(g)); f.TenantOf(ident.Guest(g)) == tenant && !out[h] {
			out[h] = domain.Covers(f, h)
		}
	}
	return out
}
