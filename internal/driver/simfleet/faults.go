package simfleet

import (
	"cmp"
	"slices"

	"github.com/evenkeel-project/evenkeel/internal/core/chance"
	"github.com/evenkeel-project/evenkeel/internal/core/fleet"
	"github.com/evenkeel-project/evenkeel/internal/core/ident"
	"github.com/evenkeel-project/evenkeel/internal/core/policy"
	"github.com/evenkeel-project/evenkeel/internal/core/problem"
)

// CheckNames reports the hosts of faults that the fleet does not have, and the faults that pick none of its
// hosts: a fault that strikes nobody would pass for a campaign that withstood it.
func (s *Scenario) CheckNames(f *fleet.Fleet) problem.List {
	var problems problem.List
	for i := range s.Faults {
		fault := &s.Faults[i]
		for _, id := range fault.Hosts {
			if _, ok := f.FindHost(id); !ok {
				problems.Addf("unknown-name", fault.Place, "correct the name, or use the fleet that has it",
					"the fault %s names host %q, which the fleet does not have", fault.Kind, id)
			}
		}
		if len(fault.Hosts) == 0 && len(fault.among(f)) == 0 {
			problems.Addf("selector-picks-nothing", fault.Place, "correct the labels, or take the fault out",
				"the fault %s picks no host of the fleet", fault.Kind)
		}
	}
	return problems
}

// among returns the hosts that the fault may strike, in order of handle, before share and count.
func (d *Fault) among(f *fleet.Fleet) []ident.Host {
	var hosts []ident.Host
	for _, id := range d.Hosts {
		if h, ok := f.FindHost(id); ok {
			hosts = append(hosts, h)
		}
	}
	if len(d.Hosts) > 0 || (len(d.Where) == 0 && !d.Share.Set() && d.Count == 0) {
		return hosts
	}
	where := policy.Selector{Terms: d.Where}
	for h := range f.Hosts() {
		if len(d.Where) == 0 || where.Matches(f, ident.Host(h)) {
			hosts = append(hosts, ident.Host(h))
		}
	}
	return hosts
}

// struck returns the hosts that the fault strikes. Every host has its own draw, by its name: the hosts with the lowest
// ones are struck, so that a host that joins the fleet changes the lot of one other at the most.
func (d *Fault) struck(f *fleet.Fleet, lot *chance.Source) []ident.Host {
	hosts := d.among(f)
	wanted := len(hosts)
	switch {
	case d.Count > 0:
		wanted = min(d.Count, wanted)
	case d.Share.Set() && wanted > 0:
		wanted = d.Share.Of(wanted)
	}
	if wanted == len(hosts) {
		return hosts
	}
	draw := make([]uint64, f.Hosts())
	for _, h := range hosts {
		draw[h] = lot.Child(f.HostID(h), 0).Uint64()
	}
	slices.SortFunc(hosts, func(a, b ident.Host) int { return cmp.Or(cmp.Compare(draw[a], draw[b]), cmp.Compare(a, b)) })
	return hosts[:wanted]
}

// assign returns the faults of every host that has some, in the order of the scenario.
func (s *Scenario) assign(f *fleet.Fleet) map[ident.Host][]*Fault {
	faults := map[ident.Host][]*Fault{}
	for i := range s.Faults {
		lot := chance.New(s.Seed).Child("fault", uint64(i))
		for _, h := range s.Faults[i].struck(f, lot) {
			faults[h] = append(faults[h], &s.Faults[i])
		}
	}
	return faults
}

// fault returns the fault of that kind that strikes the host on its given try of a step, the first being 1, or nil.
func (f *Fleet) fault(h ident.Host, kind FaultKind, try int) *Fault {
	for _, fault := range f.faults[h] {
		if fault.Kind == kind && (fault.Times == 0 || try <= fault.Times) {
			return fault
		}
	}
	return nil
}
