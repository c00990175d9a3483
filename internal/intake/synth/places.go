package synth

import (
	"fmt"

	"github.com/evenkeel-project/evenkeel/internal/core/chance"
	"github.com/evenkeel-project/evenkeel/internal/core/fleet"
)

// site is a place with hosts in it.
type site struct {
	id, timeZone string // of the place in the world
	zones        int
	share        uint64 // weight of its part of the hosts
}

// places are real places under the code of their airport, with the time zone their people live by.
var places = []site{
	{id: "dfw", timeZone: "America/Chicago"}, {id: "ord", timeZone: "America/Chicago"},
	{id: "iad", timeZone: "America/New_York"}, {id: "lhr", timeZone: "Europe/London"},
	{id: "syd", timeZone: "Australia/Sydney"}, {id: "hkg", timeZone: "Asia/Hong_Kong"},
	{id: "fra", timeZone: "Europe/Berlin"}, {id: "sin", timeZone: "Asia/Singapore"},
	{id: "nrt", timeZone: "Asia/Tokyo"}, {id: "gru", timeZone: "America/Sao_Paulo"},
	{id: "sjc", timeZone: "America/Los_Angeles"}, {id: "bom", timeZone: "Asia/Kolkata"},
}

// region is a site with its zones.
type region struct {
	site
	zoneOf []zone
}

// zone is a run of hosts.
type zone struct {
	id          string
	first, size int
}

// wantedSites returns the sites of the preset, or as many places as the shape has regions, the earlier
// ones larger. Beyond the known places their codes go round with a number.
func (m *maker) wantedSites() []site {
	if len(m.sites) > 0 {
		return m.sites
	}
	out := make([]site, m.Regions)
	for i := range out {
		out[i] = places[i%len(places)]
		if round := i / len(places); round > 0 {
			out[i].id = fmt.Sprintf("%s%d", out[i].id, round+1)
		}
		out[i].zones = m.ZonesPerRegion
		out[i].share = uint64(2*m.Regions - i)
	}
	return out
}

// makeRegions lays out regions and zones and deals the hosts to them by share; every zone gets one.
func (m *maker) makeRegions() {
	sites := m.wantedSites()
	shares, zones := make([]uint64, 0, len(sites)), 0
	for _, s := range sites {
		for range s.zones {
			shares = append(shares, s.share)
		}
		zones += s.zones
	}
	sizes, first := deal(m.Hosts-zones, shares), 0
	for _, s := range sites {
		r := region{site: s}
		m.build.AddRegion(fleet.Region{ID: s.id})
		for n := range s.zones {
			z := zone{id: fmt.Sprintf("%s-%d", s.id, n+1), first: first, size: sizes[0] + 1}
			m.build.AddZone(fleet.Zone{ID: z.id, Region: s.id})
			r.zoneOf = append(r.zoneOf, z)
			first, sizes = first+z.size, sizes[1:]
		}
		m.regions = append(m.regions, r)
	}
}

// deal splits n by the shares, exactly and with no part more than one off.
func deal(n int, shares []uint64) []int {
	total := uint64(0)
	for _, s := range shares {
		total += s
	}
	out, sum, dealt := make([]int, len(shares)), uint64(0), 0
	for i, s := range shares {
		sum += s
		upTo := int(uint64(n) * sum / total)
		out[i], dealt = upTo-dealt, upTo
	}
	return out
}

// regionTable draws regions by their hosts.
func (m *maker) regionTable() chance.Table {
	weights := make([]uint64, len(m.regions))
	for i, r := range m.regions {
		for _, z := range r.zoneOf {
			weights[i] += uint64(z.size)
		}
	}
	return chance.NewTable(weights)
}
