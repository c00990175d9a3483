package oracle

import (
	"github.com/evenkeel-project/evenkeel/internal/core/ident"
	"github.com/evenkeel-project/evenkeel/internal/core/limit"
)

// findResources writes down every limit that the planned hosts could break together.
func (s *search) findResources() {
	in, limits := s.in, s.in.Policy.Limits
	s.shareOf(limits.Fleet, func(ident.Host) uint32 { return 0 })
	s.shareOf(limits.Region, func(h ident.Host) uint32 { return uint32(in.region(h)) })
	s.shareOf(limits.Zone, func(h ident.Host) uint32 { return uint32(in.Fleet.ZoneOf(h)) })
	s.shareOf(limits.Rack, func(h ident.Host) uint32 { return uint32(in.Fleet.RackOf(h)) })
	numbers := map[string]uint32{}
	s.shareOf(limits.Cohort, func(h ident.Host) uint32 {
		name := in.cohort(h)
		if _, ok := numbers[name]; !ok {
			numbers[name] = uint32(len(numbers))
		}
		return numbers[name]
	})
	for g := range in.Fleet.Groups() {
		group := ident.Group(g)
		s.add(in.groupAllows(group), func(h ident.Host) int { return in.lostMembers(group, h) })
	}
	for t := range in.Fleet.Tenants() {
		if tenant := ident.Tenant(t); limits.Tenant.Set() {
			s.add(in.tenantAllows(tenant), func(h ident.Host) int { return in.lostGuests(tenant, h) })
		}
	}
	s.add(1, func(h ident.Host) int {
		if in.isLast(h) {
			return 1
		}
		return 0
	})
}

// shareOf adds a limit on hosts down at once, for every scope that a planned host is in.
func (s *search) shareOf(l limit.Limit, scope func(ident.Host) uint32) {
	if !l.Set() {
		return
	}
	seen := map[uint32]bool{}
	for _, h := range s.hosts {
		mine := scope(h)
		if seen[mine] {
			continue
		}
		seen[mine] = true
		whole := 0
		for _, other := range s.in.hosts() {
			if scope(other) == mine {
				whole++
			}
		}
		s.add(l.Of(whole), func(h ident.Host) int {
			if scope(h) == mine {
				return 1
			}
			return 0
		})
	}
}

func (s *search) add(allowed int, taken func(ident.Host) int) {
	r := resource{allowed: allowed}
	sum := 0
	for _, h := range s.hosts {
		r.taken = append(r.taken, taken(h))
		sum += taken(h)
	}
	if sum > allowed {
		s.resources = append(s.resources, r)
	}
}
