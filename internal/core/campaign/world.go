package campaign

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/evenkeel-project/evenkeel/internal/core/advisory"
	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/exposure"
	"github.com/evenkeel-project/evenkeel/internal/core/fleet"
	"github.com/evenkeel-project/evenkeel/internal/core/guard"
	"github.com/evenkeel-project/evenkeel/internal/core/ident"
	"github.com/evenkeel-project/evenkeel/internal/core/notice"
	"github.com/evenkeel-project/evenkeel/internal/core/plan"
	"github.com/evenkeel-project/evenkeel/internal/core/policy"
	"github.com/evenkeel-project/evenkeel/internal/core/problem"
)

// Material is what a campaign is made of. The plan must have passed the checker.
type Material struct {
	Campaign string // its id
	Fleet    *fleet.Fleet
	Policy   *policy.Policy
	Plan     *plan.Plan
	Exposure *exposure.Report // of the plan's advisories over the fleet
}

// World is what does not change while a campaign runs: the plan in the order in which it is carried out. It is
// immutable. Hosts of the plan are known by their place, an index into its outages.
type World struct {
	Material
	guard   *guard.Guard
	notices *notice.Desk

	places   []place
	placeOf  []int32 // by host; noPlace for a host without outage
	regions  []region
	zones    []zone
	cohorts  [][]int32          // by cohort of the guard: the places in it
	byLatest []int32            // places by the last instant at which they can start
	starts   []calendar.Instant // planned starts, ascending
}

const noPlace = -1

// place is one host of the plan.
type place struct {
	host     ident.Host
	length   calendar.Seconds
	start    calendar.Instant // planned
	window   calendar.Span
	canary   bool
	last     bool
	zone     int // index into World.zones; noPlace for a last host, which no zone waits for
	region   int // index into World.regions
	cohort   int
	action   advisory.Action
	touching []int // indexes of the advisories that ask for the outage
	expected []ident.Guest
}

// latest returns the last instant at which the host can start and be over within its window.
func (p *place) latest() calendar.Instant { return p.window.To.Add(-p.length) }

// region is one region of the plan, in the order in which regions go.
type region struct {
	region  ident.Region
	zones   []int   // indexes into World.zones, in order
	last    []int32 // its last hosts
	size    int
	tenants []ident.Tenant   // who must have been told
	start   calendar.Instant // planned: the first window of the region
}

// zone is one zone of the plan without its last hosts.
type zone struct {
	zone   ident.Zone
	region int
	places []int32 // by the start of their windows
}

// NewWorld lays the plan out. It refuses a plan that is not of this fleet and policy.
func NewWorld(m Material) (*World, problem.List) {
	w := &World{Material: m, guard: guard.New(m.Fleet, m.Policy), placeOf: make([]int32, m.Fleet.Hosts())}
	var problems problem.List
	for _, digest := range []struct {
		what      string
		plan, own any
	}{{"fleet", m.Plan.Fleet, m.Fleet.Digest()}, {"policy", m.Plan.Policy, m.Policy.Digest}} {
		if digest.plan != digest.own {
			problems.Addf("plan-of-another-"+problem.Code(digest.what), problem.Place{}, "make the plan again",
				"the plan was made for the %s %v, not for %v", digest.what, digest.plan, digest.own)
		}
	}
	for h := range w.placeOf {
		w.placeOf[h] = noPlace
	}
	for _, o := range m.Plan.Outages {
		w.seat(o, &problems)
	}
	if problems.Failed() {
		return nil, problems
	}
	w.notices = notice.New(notice.Brief{Campaign: m.Campaign, Fleet: m.Fleet, Plan: m.Plan, Policy: m.Policy, Advisories: m.Exposure.Advisories()})
	w.layRegions()
	w.layCohorts()
	return w, problems
}

// seat gives one outage its place.
func (w *World) seat(o plan.Outage, problems *problem.List) {
	f := w.Fleet
	h, ok := f.FindHost(o.Host)
	if !ok || w.placeOf[h] != noPlace || o.End <= o.Start {
		problems.Addf("plan-outage", problem.Place{}, "check the plan: evenkeel inspect", "the outage of host %s cannot be carried out", o.Host)
		return
	}
	w.placeOf[h] = int32(len(w.places))
	p := place{host: h, length: o.End.Sub(o.Start), start: o.Start, window: o.Window, canary: o.Canary, last: w.guard.IsLast(h), zone: noPlace,
		cohort: w.guard.Cohort(h), action: advisory.Reboot}
	for i, a := range w.Exposure.Advisories() {
		if !w.Exposure.Touches(i, h) {
			continue
		}
		p.touching = append(p.touching, i)
		if a.Action == advisory.StopStart {
			p.action = advisory.StopStart
		}
	}
	for _, n := range f.GuestsOn(h) {
		if guest := ident.Guest(n); f.OnReboot(guest) != fleet.Migrate {
			p.expected = append(p.expected, guest)
		}
	}
	w.places = append(w.places, p)
}

// layRegions takes the order of regions and zones from the plan itself: it was checked to keep the policy's.
func (w *World) layRegions() {
	f := w.Fleet
	order := make([]int32, len(w.places))
	for i := range order {
		order[i] = int32(i)
	}
	slices.SortFunc(order, func(a, b int32) int {
		return cmp.Or(cmp.Compare(w.places[a].start, w.places[b].start), cmp.Compare(a, b))
	})
	regionAt, zoneAt := map[ident.Region]int{}, map[ident.Zone]int{}
	for _, i := range order {
		p := &w.places[i]
		z := f.ZoneOf(p.host)
		n, known := regionAt[f.RegionOf(z)]
		if !known {
			n = len(w.regions)
			regionAt[f.RegionOf(z)] = n
			w.regions = append(w.regions, region{region: f.RegionOf(z), start: p.window.From, tenants: w.notices.Tenants(f.RegionOf(z))})
		}
		p.region = n
		r := &w.regions[n]
		r.size++
		r.start = min(r.start, p.window.From)
		if p.last {
			r.last = append(r.last, i)
			continue
		}
		k, known := zoneAt[z]
		if !known {
			k = len(w.zones)
			zoneAt[z] = k
			w.zones = append(w.zones, zone{zone: z, region: n})
			r.zones = append(r.zones, k)
		}
		p.zone = k
		w.zones[k].places = append(w.zones[k].places, i)
	}
	byWindow := func(a, b int32) int {
		return cmp.Or(cmp.Compare(w.places[a].window.From, w.places[b].window.From), cmp.Compare(a, b))
	}
	for k := range w.zones {
		slices.SortFunc(w.zones[k].places, byWindow)
	}
	for n := range w.regions {
		slices.SortFunc(w.regions[n].last, byWindow)
	}
	w.layTimes(order)
}

// layTimes keeps the planned starts in order, and the places by their latest start.
func (w *World) layTimes(order []int32) {
	for _, i := range order {
		w.starts = append(w.starts, w.places[i].start)
	}
	w.byLatest = order
	slices.SortStableFunc(w.byLatest, func(a, b int32) int { return cmp.Compare(w.places[a].latest(), w.places[b].latest()) })
}

func (w *World) layCohorts() {
	w.cohorts = make([][]int32, w.guard.Cohorts())
	for i := range w.places {
		c := w.places[i].cohort
		w.cohorts[c] = append(w.cohorts[c], int32(i))
	}
}

// regionsOrdered reports whether regions go one after another; zonesOrdered, whether zones of a region do.
func (w *World) regionsOrdered() bool { return w.Policy.Order.Regions != policy.FreeRegions }

func (w *World) zonesOrdered() bool { return !w.Policy.Order.FreeZones }

func (w *World) id(i int32) string { return w.Fleet.HostID(w.places[i].host) }

func (w *World) zoneID(i int32) string { return w.Fleet.ZoneID(w.Fleet.ZoneOf(w.places[i].host)) }

func (w *World) regionID(n int) string { return w.Fleet.RegionID(w.regions[n].region) }

func (w *World) guestIDs(guests []ident.Guest) []string {
	out := make([]string, len(guests))
	for i, g := range guests {
		out[i] = w.Fleet.GuestID(g)
	}
	return out
}

// find returns the place of a host that an event or observation names. The journal of a campaign never names
// a host that its plan does not have.
func (w *World) find(host string) (int32, error) {
	h, ok := w.Fleet.FindHost(host)
	if !ok || w.placeOf[h] == noPlace {
		return 0, fmt.Errorf("host %q has no outage in the plan", host)
	}
	return w.placeOf[h], nil
}
