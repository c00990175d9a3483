package synth

import (
	"fmt"

	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/chance"
	"github.com/evenkeel-project/evenkeel/internal/core/fleet"
	"github.com/evenkeel-project/evenkeel/internal/core/label"
)

// generation is a kind of hardware with the software it runs.
type generation struct {
	name       string
	hypervisor string
	versions   []string // of the hypervisor
	share      uint64
	hvm        uint64 // of 100 guests, how many are hvm and not pv
}

func generalGenerations() []generation {
	return []generation{
		{"standard", "xen", []string{"4.1.6", "4.2.4"}, 25, 40},
		{"performance-1", "xen", []string{"4.3.2", "4.4.0"}, 35, 70},
		{"performance-2", "xen", []string{"4.3.2", "4.4.1"}, 20, 80},
		{"memory-1", "xen", []string{"4.0.4", "4.4.1"}, 15, 60},
		{"kvm-1", "kvm", []string{"2.0.0", "2.1.1"}, 5, 100},
	}
}

// host is what the guests of a host need to know of it.
type host struct {
	id         string
	generation *generation
}

// makeHosts fills the zones rack by rack. A rack holds one generation, as racks are bought.
func (m *maker) makeHosts() {
	weights := make([]uint64, len(m.generations))
	for i, g := range m.generations {
		weights[i] = g.share
	}
	table := chance.NewTable(weights)
	m.hosts, m.mark = make([]host, m.Hosts), make([]mark, m.Hosts)
	rackNo := uint64(0)
	for _, r := range m.regions {
		for _, z := range r.zoneOf {
			racks := (z.size + m.HostsPerRack - 1) / m.HostsPerRack
			for n := range racks {
				kind := &m.generations[m.root.Child("rack", rackNo).Pick(table)]
				first := z.first + n*m.HostsPerRack
				m.fillRack(z, fmt.Sprintf("r%0*d", digits(racks, 2), n+1), kind, first, min(first+m.HostsPerRack, z.first+z.size))
				rackNo++
			}
		}
	}
}

func (m *maker) fillRack(z zone, rack string, kind *generation, from, to int) {
	for n := from; n < to; n++ {
		id := fmt.Sprintf("%s-%s-h%0*d", z.id, rack, digits(m.HostsPerRack, 2), n-from+1)
		m.hosts[n] = host{id: id, generation: kind}
		source := m.root.Child("host", uint64(n))
		h := fleet.Host{ID: id, Zone: z.id, Rack: rack, Labels: labelsOf(kind, n == z.first), Outage: ownOutage(source)}
		h.Facts, h.Installed = facts(source, kind)
		if m.Capacity {
			h.Capacity = sizeOf(kind.name).set()
		}
		m.build.AddHost(h)
	}
}

// labelsOf gives a host its generation; the first host of a zone also carries the zone's control plane.
func labelsOf(kind *generation, control bool) label.Set {
	pairs := []label.Pair{{Key: "generation", Value: label.Text(kind.name)}}
	if control {
		pairs = append(pairs, label.Pair{Key: "role", Value: label.Text("control")})
	}
	return label.NewSet(pairs)
}

// ownOutage is 0 for all but one host in 250, which is known to start slowly.
func ownOutage(source *chance.Source) calendar.Seconds {
	if source.Child("slow", 0).Chance(1, 250) {
		return 35 * calendar.Minute
	}
	return 0
}

// patched are the patches of every Xen host; the fix adds XSA-108.
var patched = []string{"XSA-104", "XSA-105", "XSA-106"}

// facts returns what a host runs, and what it would run after a restart where that differs: of 1,000 hosts
// about 5 lack their patch list, 5 their version, 10 are fixed and 10 have the fix installed but not running.
func facts(source *chance.Source, kind *generation) (now, installed label.Set) {
	version := kind.versions[source.Child("version", 0).Below(uint64(len(kind.versions)))]
	pairs := []label.Pair{
		{Key: "arch", Value: label.Text("x86_64")},
		{Key: "hypervisor", Value: label.Text(kind.hypervisor)},
	}
	running := label.Pair{Key: kind.hypervisor, Value: label.Text(version)}
	patches := label.Pair{Key: "patches", Value: label.TextList(patched...)}
	if kind.hypervisor != "xen" {
		patches.Value = label.TextList()
		return label.NewSet(append(pairs, running, patches)), nil
	}
	fixed := label.TextList(append(append([]string(nil), patched...), "XSA-108")...)
	switch draw := source.Child("state", 0).Below(1000); {
	case draw < 5:
		return label.NewSet(append(pairs, running)), nil
	case draw < 10:
		return label.NewSet(append(pairs, patches)), nil
	case draw < 20:
		patches.Value = fixed
	case draw < 30:
		installed = label.NewSet([]label.Pair{{Key: "patches", Value: fixed}})
	}
	return label.NewSet(append(pairs, running, patches)), installed
}

// digits returns the width that numbers up to n need, at least least.
func digits(n, least int) int {
	return max(least, len(fmt.Sprint(n)))
}
