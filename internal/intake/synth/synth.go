// Package synth makes fleets that look like a hoster's: power-law tenants and redundancy groups, racks of
// one hardware generation, a few facts missing, a few hosts fixed already. They are for demonstrations,
// rehearsals and measurements. A shape makes the same fleet on every machine; no name in it is anybody's.
//
// What a real fleet looks like is not decided here, and nothing here plans or judges.
package synth

import (
	"fmt"
	"strings"

	"github.com/evenkeel-project/evenkeel/internal/core/chance"
	"github.com/evenkeel-project/evenkeel/internal/core/fleet"
	"github.com/evenkeel-project/evenkeel/internal/core/limit"
	"github.com/evenkeel-project/evenkeel/internal/core/problem"
)

// Shape says how large a fleet is. The same shape makes the same fleet. The shape of Case2014 has its own
// regions and zones: there Regions and ZonesPerRegion count for nothing.
type Shape struct {
	Hosts, Guests, Tenants                int
	Regions, ZonesPerRegion, HostsPerRack int
	Seed                                  uint64

	// Capacity gives hosts what they can carry and guests what they need. Use is the share of its memory that the
	// fleet then uses; not set: 75%.
	Capacity bool
	Use      limit.Limit
	// Migrate is the share of guests that move away while their host is down; not set: 5%.
	Migrate limit.Limit

	like *preset // nil: the general one
}

// preset is what a shape has beside its sizes.
type preset struct {
	sites       []site       // the regions; empty: as many as Shape.Regions says
	generations []generation // their shares are weights
	// largestGroup bounds the members of a redundancy group.
	largestGroup int
	// A group of at most oneZoneUpTo members may live in one zone; larger ones use all zones of their region.
	oneZoneUpTo int
	// Of every strictStep members of a strict group one may be down.
	strictStep int
	// Of groups that allow one member down, one in stackedOneIn has two members on one host, which blocks it.
	stackedOneIn uint64
}

// general follows the published sizes of large fleets: groups of up to 600 members, half of them strict.
func general() *preset {
	return &preset{generations: generalGenerations(), largestGroup: 600, oneZoneUpTo: 8, strictStep: 30, stackedOneIn: 400}
}

// The largest shape that is made; a fleet of this size fills the memory of a large machine.
const (
	hostsMax   = 2_000_000
	guestsMax  = 50_000_000
	tenantsMax = 5_000_000
	placesMax  = 1_000
)

// check returns what is wrong with the shape, all at once.
func (s Shape) check() error {
	var list problem.List
	for _, size := range []struct {
		name           string
		value, at, top int
	}{
		{"hosts", s.Hosts, 1, hostsMax}, {"guests", s.Guests, 0, guestsMax}, {"tenants", s.Tenants, 1, tenantsMax},
		{"regions", s.Regions, 1, placesMax}, {"zones per region", s.ZonesPerRegion, 1, placesMax},
		{"hosts per rack", s.HostsPerRack, 1, hostsMax},
	} {
		if size.value < size.at || size.value > size.top {
			list.Addf("bad-shape", problem.Place{}, fmt.Sprintf("choose %d to %d", size.at, size.top),
				"%d is not a number of %s that a fleet can be made with", size.value, size.name)
		}
	}
	if !list.Failed() && s.Hosts < s.Regions*s.ZonesPerRegion {
		list.Addf("bad-shape", problem.Place{}, "choose more hosts or fewer zones",
			"%d hosts are too few for %d zones: each needs one", s.Hosts, s.Regions*s.ZonesPerRegion)
	}
	s.checkShares(&list)
	return list.Err()
}

// checkShares adds what is wrong with the parts that need not be given.
func (s Shape) checkShares(list *problem.List) {
	for _, share := range []struct {
		name  string
		value limit.Limit
	}{{"use", s.Use}, {"migrate", s.Migrate}} {
		if share.value.Set() && !strings.HasSuffix(share.value.String(), "%") {
			list.Addf("bad-shape", problem.Place{}, "write a share such as 75%",
				"%s is no share, and %s is a share of the whole", share.value, share.name)
		}
	}
	if !s.Capacity {
		if s.Use.Set() {
			list.Addf("bad-shape", problem.Place{}, "ask for capacity too, or leave use out",
				"without capacity there is nothing that %s could be used of", s.Use)
		}
		return
	}
	if !s.Use.Set() || list.Failed() {
		return
	}
	if hundredths := s.Use.Of(10_000); hundredths < 100 || hundredths > 100*useMax {
		list.Addf("bad-shape", problem.Place{}, fmt.Sprintf("choose 1%% to %d%%", useMax), "%s of its memory is no use that a fleet can stand at", s.Use)
	}
}

// maker holds a fleet while it is being made.
type maker struct {
	Shape
	*preset
	root    *chance.Source
	build   *fleet.Builder
	regions []region
	hosts   []host
	tenants []tenant
	owners  chance.Table // draws the tenant of a group or guest
	mark    []mark       // by host: members of the group that is being placed
	guestNo int
	id      []byte
	kept    []fleet.Guest // guests that wait for what they need of their host
	keptOn  []uint32      // their hosts
}

// Fleet makes the fleet of a shape. It fails when the shape is impossible.
func Fleet(shape Shape) (*fleet.Fleet, error) {
	if err := shape.check(); err != nil {
		return nil, err
	}
	m := &maker{Shape: shape, preset: shape.like, root: chance.New(shape.Seed), build: fleet.NewBuilder("")}
	if m.preset == nil {
		m.preset = general()
	}
	if !m.Use.Set() {
		m.Use = usualUse()
	}
	m.makeRegions()
	m.makeHosts()
	m.makeTenants()
	m.makeGroups()
	m.makeLoners()
	if err := m.settleDemands(); err != nil {
		return nil, err
	}
	f, problems := m.build.Build()
	return f, problems.Err()
}
