package synth

import (
	"strconv"

	"github.com/evenkeel-project/evenkeel/internal/core/chance"
	"github.com/evenkeel-project/evenkeel/internal/core/fleet"
	"github.com/evenkeel-project/evenkeel/internal/core/label"
)

// mark counts the members of one group on a host.
type mark struct {
	group   int // 1 + its number; 0: none yet
	members int
}

// spread places the members of one group: apart where there is room, sometimes together within what the
// group allows, rarely more than that.
type spread struct {
	m       *maker
	source  *chance.Source
	group   int
	allowed int
	zones   []zone
	last    int  // where the previous member went; -1 before the first
	stack   bool // put the second member on the first one's host whatever the group allows
	placed  int
}

// newSpread chooses where the group lives: mostly in its tenant's region, mostly across that region's zones.
func (m *maker) newSpread(source *chance.Source, t *tenant, group, size, allowed int) *spread {
	at := m.regions[t.home]
	if source.Chance(1, 5) {
		at = m.regions[source.Below(uint64(len(m.regions)))]
	}
	zones := at.zoneOf
	if source.Chance(3, 10) && size <= m.oneZoneUpTo {
		zones = zones[source.Below(uint64(len(zones))):][:1]
	}
	stack := allowed == 1 && source.Chance(1, m.stackedOneIn)
	return &spread{m: m, source: source, group: group + 1, allowed: allowed, zones: zones, last: -1, stack: stack}
}

// avoidTries bounds the search for a host without a member: a group larger than its zone must share.
const avoidTries = 8

// next returns the host of the next member.
func (s *spread) next() int {
	zone := s.zones[s.placed%len(s.zones)]
	h := s.together()
	for try := 0; h < 0; try++ {
		drawn := zone.first + int(s.source.Below(uint64(zone.size)))
		if s.m.mark[drawn].group != s.group || try == avoidTries {
			h = drawn
		}
	}
	if s.m.mark[h].group != s.group {
		s.m.mark[h] = mark{group: s.group}
	}
	s.m.mark[h].members++
	s.placed++
	s.last = h
	return h
}

// together returns the previous member's host when the next one shares it, else -1.
func (s *spread) together() int {
	if s.last < 0 {
		return -1
	}
	if s.stack && s.placed == 1 {
		return s.last
	}
	if s.m.mark[s.last].members < s.allowed && s.source.Chance(1, 8) {
		return s.last
	}
	return -1
}

// anyHost draws a host of a region.
func (m *maker) anyHost(source *chance.Source, r region) int {
	first, last := r.zoneOf[0], r.zoneOf[len(r.zoneOf)-1]
	return first.first + int(source.Below(uint64(last.first+last.size-first.first)))
}

var (
	hvm = label.NewSet([]label.Pair{{Key: "virt", Value: label.Text("hvm")}})
	pv  = label.NewSet([]label.Pair{{Key: "virt", Value: label.Text("pv")}})
)

// makeGuest makes the next guest.
func (m *maker) makeGuest(t *tenant, on int, groups []string) {
	source := m.root.Child("guest", uint64(m.guestNo))
	m.guestNo++
	m.id = append(m.id[:0], "vm-"...)
	for width := digits(m.Guests, 5) - digits(m.guestNo, 1); width > 0; width-- {
		m.id = append(m.id, '0')
	}
	m.id = strconv.AppendInt(m.id, int64(m.guestNo), 10)
	virt := pv
	if source.Chance(m.hosts[on].generation.hvm, 100) {
		virt = hvm
	}
	g := fleet.Guest{
		ID: string(m.id), Host: m.hosts[on].id, Tenant: t.id, Groups: groups, Labels: virt, OnReboot: m.fate(source),
	}
	if m.Capacity {
		m.kept, m.keptOn = append(m.kept, g), append(m.keptOn, uint32(on))
		return
	}
	m.build.AddGuest(g)
}

// fate draws what becomes of a guest at a reboot: of 100 guests 5 migrate and 10 are pinned to a local disk.
// Where the shape has a share that migrates, that share of all guests does.
func (m *maker) fate(source *chance.Source) fleet.OnReboot {
	const million = 1_000_000
	draw := source.Below(100)
	if m.Migrate.Set() {
		if source.Child("migrate", 0).Below(million) < uint64(m.Migrate.Of(million)) {
			return fleet.Migrate
		}
		if draw < 5 {
			return fleet.Restart
		}
	}
	switch {
	case draw < 5:
		return fleet.Migrate
	case draw < 15:
		return fleet.Pinned
	}
	return fleet.Restart
}
