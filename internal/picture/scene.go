package picture

import (
	"cmp"
	"slices"

	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/fleet"
	"github.com/evenkeel-project/evenkeel/internal/core/ident"
	"github.com/evenkeel-project/evenkeel/internal/core/limit"
	"github.com/evenkeel-project/evenkeel/internal/core/plan"
)

// lastName heads the hosts under last of a region: they keep to no zone's turn.
const lastName = "last hosts"

// section is a stretch of rows: a region, or a part of one (a zone, or its last hosts).
type section struct {
	name        string
	region      int // of a part: the region it belongs to
	from, to    int // rows, half-open
	first, last calendar.Instant
	peak        int // hosts down at once at most
	limit       int // hosts that may be down at once, 0 when no limit of its own says so
	isLast      bool
}

func (s section) hosts() int { return s.to - s.from }

// row is one planned host.
type row struct {
	host    ident.Host
	outage  *plan.Outage
	reason  int // place in Plan.Outages and so in Study.Reasons
	down    int // guests that go down with it
	moved   int // guests that are moved off first
	tenants int
}

// scene is a plan laid out in rows: regions in order of their first start, parts likewise, then racks and hosts
// by name.
type scene struct {
	Input
	rows    []row
	regions []section
	parts   []section
	racks   []section // parts again, cut by rack; the region of a rack is the number of its part
	bands   []band
	from    calendar.Instant // the first instant to draw
	bound   calendar.Instant // no plan is done before
}

func newScene(in Input) (*scene, error) {
	s := &scene{Input: in, from: in.Plan.Start, bound: in.Plan.Start.Add(in.Plan.Bound.Seconds)}
	s.rows = make([]row, len(in.Plan.Outages))
	for i := range in.Plan.Outages {
		o := &in.Plan.Outages[i]
		h, ok := in.Fleet.FindHost(o.Host)
		if !ok {
			return nil, strangerError(o.Host)
		}
		s.rows[i] = row{host: h, outage: o, reason: i}
		s.from = min(s.from, o.Start)
	}
	s.layOut()
	s.countGuests()
	s.bands = s.findBands()
	return s, nil
}

// layOut sorts the rows and cuts them into sections.
func (s *scene) layOut() {
	f, last := s.Fleet, s.Policy.LastHosts(s.Fleet)
	partOf := func(h ident.Host) int {
		if last[h] {
			return f.Zones() + int(f.RegionOf(f.ZoneOf(h)))
		}
		return int(f.ZoneOf(h))
	}
	regionStart, partStart := make([]calendar.Instant, f.Regions()), make([]calendar.Instant, f.Zones()+f.Regions())
	for _, list := range [][]calendar.Instant{regionStart, partStart} {
		for i := range list {
			list[i] = 1 << 62
		}
	}
	for _, r := range s.rows {
		region, part := f.RegionOf(f.ZoneOf(r.host)), partOf(r.host)
		regionStart[region] = min(regionStart[region], r.outage.Start)
		partStart[part] = min(partStart[part], r.outage.Start)
	}
	slices.SortFunc(s.rows, func(a, b row) int {
		regionA, regionB := f.RegionOf(f.ZoneOf(a.host)), f.RegionOf(f.ZoneOf(b.host))
		partA, partB := partOf(a.host), partOf(b.host)
		return cmp.Or(cmp.Compare(regionStart[regionA], regionStart[regionB]), cmp.Compare(regionA, regionB),
			cmp.Compare(partStart[partA], partStart[partB]), cmp.Compare(partA, partB),
			cmp.Compare(f.RackOf(a.host), f.RackOf(b.host)), cmp.Compare(a.host, b.host))
	})
	s.cut(partOf)
}

// cut finds where regions, parts and racks begin and end.
func (s *scene) cut(partOf func(ident.Host) int) {
	f := s.Fleet
	region, part, rack := -1, -1, -1
	for i, r := range s.rows {
		zone := f.ZoneOf(r.host)
		if int(f.RegionOf(zone)) != region {
			region = int(f.RegionOf(zone))
			s.regions = append(s.regions, section{name: f.RegionID(f.RegionOf(zone)), from: i, limit: allowed(s.Policy.Limits.Region, s.hostsOfRegion(f.RegionOf(zone)))})
		}
		if partOf(r.host) != part {
			part, rack = partOf(r.host), -1
			s.parts = append(s.parts, s.newPart(part, i))
		}
		if int(f.RackOf(r.host)) != rack {
			rack = int(f.RackOf(r.host))
			s.racks = append(s.racks, section{name: f.RackName(f.RackOf(r.host)), region: len(s.parts) - 1, from: i})
		}
	}
	for _, list := range [][]section{s.regions, s.parts, s.racks} {
		for i := range list {
			list[i].to = len(s.rows)
			if i+1 < len(list) {
				list[i].to = list[i+1].from
			}
		}
	}
	for _, list := range [][]section{s.regions, s.parts} {
		for i := range list {
			s.measure(&list[i])
		}
	}
}

// allowed returns how many of n may be down at once, 0 when nothing is written.
func allowed(l limit.Limit, n int) int {
	if !l.Set() {
		return 0
	}
	return l.Of(n)
}

func (s *scene) hostsOfRegion(r ident.Region) int {
	n := 0
	for _, z := range s.Fleet.ZonesIn(r) {
		n += len(s.Fleet.HostsIn(ident.Zone(z)))
	}
	return n
}

func (s *scene) newPart(part, from int) section {
	f := s.Fleet
	if part >= f.Zones() {
		return section{name: lastName, region: len(s.regions) - 1, from: from, limit: 1, isLast: true}
	}
	zone := ident.Zone(part)
	return section{name: f.ZoneID(zone), region: len(s.regions) - 1, from: from, limit: allowed(s.Policy.Limits.Zone, len(f.HostsIn(zone)))}
}

func (s *scene) measure(x *section) {
	rows := s.rows[x.from:x.to]
	x.first, x.last = rows[0].outage.Start, rows[0].outage.End
	for _, r := range rows {
		x.first, x.last = min(x.first, r.outage.Start), max(x.last, r.outage.End)
	}
	down := 0
	for _, c := range changes(rows) {
		down += c.by
		x.peak = max(x.peak, down)
	}
}

// change is a host that goes down or comes back.
type change struct {
	at calendar.Instant
	by int
}

// changes returns the changes of rows in order of time, those that come back first: half-open spans that touch
// do not meet.
func changes(rows []row) []change {
	out := make([]change, 0, 2*len(rows))
	for _, r := range rows {
		out = append(out, change{r.outage.Start, 1}, change{r.outage.End, -1})
	}
	slices.SortFunc(out, func(a, b change) int { return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.by, b.by)) })
	return out
}

// countGuests counts for each host the guests and tenants that its outage touches.
func (s *scene) countGuests() {
	f := s.Fleet
	seen := make([]int, f.Tenants()) // the row+1 that a tenant was last counted for
	for i := range s.rows {
		r := &s.rows[i]
		for _, n := range f.GuestsOn(r.host) {
			g := ident.Guest(n)
			if f.OnReboot(g) == fleet.Migrate {
				r.moved++
			} else {
				r.down++
			}
			if t := f.TenantOf(g); seen[t] != i+1 {
				seen[t] = i + 1
				r.tenants++
			}
		}
	}
}

// tail returns the rows that end after the bound, the latest first.
func (s *scene) tail() []row {
	var out []row
	for _, r := range s.rows {
		if r.outage.End > s.bound {
			out = append(out, r)
		}
	}
	slices.SortStableFunc(out, func(a, b row) int { return cmp.Compare(b.outage.End, a.outage.End) })
	return out
}
