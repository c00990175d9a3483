package journal

import (
	"fmt"
	"testing"

	"github.com/evenkeel-project/evenkeel/internal/core/advisory"
	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/canon"
	"github.com/evenkeel-project/evenkeel/internal/core/fleet"
	"github.com/evenkeel-project/evenkeel/internal/core/label"
	"github.com/evenkeel-project/evenkeel/internal/core/limit"
	"github.com/evenkeel-project/evenkeel/internal/core/plan"
	"github.com/evenkeel-project/evenkeel/internal/core/policy"
	"github.com/evenkeel-project/evenkeel/internal/core/predicate"
)

// fact is a question that asks for one fact: yes when it has the value, no when it has another, unknown without it.
type fact struct{ key, value string }

func (q fact) Evaluate(s predicate.Subject) predicate.Result {
	v, ok := s.Facts.Get(q.key)
	switch {
	case !ok:
		return predicate.Result{Answer: predicate.Unknown, Missing: []string{"host." + q.key}}
	case v.String() == q.value:
		return predicate.Result{Answer: predicate.Yes}
	}
	return predicate.Result{Answer: predicate.No}
}

func (q fact) Source() string        { return q.key + " == " + q.value }
func (q fact) HostFacts() []string   { return []string{q.key} }
func (q fact) GuestLabels() []string { return nil }
func (q fact) ReadsGuests() bool     { return false }

// world is the documents of a campaign, as a test may change them before it builds the fleet.
type world struct {
	regions    []fleet.Region
	zones      []fleet.Zone
	hosts      []fleet.Host
	tenants    []fleet.Tenant
	groups     []fleet.Group
	guests     []fleet.Guest
	advisories []*advisory.Advisory
	policy     *policy.Policy
	plan       *plan.Plan
}

const (
	minute = calendar.Minute
	hour   = calendar.Hour
)

// zero is when everything begins; at returns the time so many minutes after.
const zero = calendar.Instant(1_400_000_400)

func at(minutes int) calendar.Instant { return zero.Add(calendar.Seconds(minutes) * minute) }

func (w *world) zone(region, id string) {
	w.zones = append(w.zones, fleet.Zone{ID: id, Region: region})
}

// host adds a host with its guests, each written as "tenant", "tenant migrate" or "tenant pinned"; the first guest of
// h1 is h1-1. It adds nothing to the plan.
func (w *world) host(zone, id, generation string, patched bool, guests ...fleet.Guest) {
	fixed := "no"
	if patched {
		fixed = "yes"
	}
	w.hosts = append(w.hosts, fleet.Host{ID: id, Zone: zone, Labels: label.NewSet([]label.Pair{{Key: "generation", Value: label.Text(generation)}}),
		Facts: label.NewSet([]label.Pair{{Key: "fixed", Value: label.Text(fixed)}, {Key: "xen", Value: label.Text("yes")}})})
	for i, g := range guests {
		g.ID, g.Host = fmt.Sprintf("%s-%d", id, i+1), id
		w.guests = append(w.guests, g)
	}
}

// outage plans a host, with a window that opens so many minutes after the beginning.
func (w *world) outage(host string, from int, canary bool) {
	w.plan.Outages = append(w.plan.Outages, plan.Outage{Host: host, Start: at(from), End: at(from).Add(20 * minute), Canary: canary,
		Window: calendar.Span{From: at(from), To: at(from + 100)}})
}

func (w *world) build(t testing.TB) *fleet.Fleet {
	t.Helper()
	b := fleet.NewBuilder("fleet.yaml")
	for _, r := range w.regions {
		b.AddRegion(r)
	}
	for _, z := range w.zones {
		b.AddZone(z)
	}
	for _, h := range w.hosts {
		b.AddHost(h)
	}
	for _, x := range w.tenants {
		b.AddTenant(x)
	}
	for _, g := range w.groups {
		b.AddGroup(g)
	}
	for _, g := range w.guests {
		b.AddGuest(g)
	}
	f, problems := b.Build()
	if problems.Failed() {
		t.Fatalf("the sample fleet cannot be built: %v", problems.Err())
	}
	return f
}

func tenant(id string) fleet.Tenant {
	return fleet.Tenant{ID: id, Name: id, TimeZone: "UTC", Contacts: []fleet.Contact{{Role: "operations", Email: "ops@" + id + ".example"}}}
}

func guest(tenant string, groups ...string) fleet.Guest {
	return fleet.Guest{Tenant: tenant, Groups: groups}
}

func moving(tenant string) fleet.Guest { return fleet.Guest{Tenant: tenant, OnReboot: fleet.Migrate} }

func pinned(tenant string) fleet.Guest { return fleet.Guest{Tenant: tenant, OnReboot: fleet.Pinned} }

func limitOf(text string) limit.Limit {
	l, err := limit.Parse(text)
	if err != nil {
		panic(err)
	}
	return l
}

// newWorld returns the documents that the good journal is of. West goes first, then north, then east; of east the zone
// e1 goes first, then e2.
func newWorld() *world {
	w := &world{policy: &policy.Policy{Start: at(90), NoticeLead: hour, StuckAfter: 15 * minute, DefaultOutage: 20 * minute,
		Order:  policy.Order{BakeZone: 15 * minute, BakeRegion: 30 * minute},
		Limits: policy.Limits{Fleet: limit.Count(3), Region: limitOf("50%"), Zone: limit.Count(2), Rack: limit.Count(1), Cohort: limit.Count(2), Tenant: limitOf("60%")},
		Canary: policy.Canary{Per: []string{"generation", "region"}, Hosts: 1, Bake: 30 * minute},
		Halt:   policy.Halt{Campaign: limitOf("30%"), Zone: limit.Count(1), AtLeast: 2},
		Freezes: []policy.Freeze{{Span: calendar.Span{From: at(300), To: at(320)}, Reason: "sale", Region: "west"},
			{Span: calendar.Span{From: at(1000), To: at(1010)}, Reason: "audit", Region: "east"}},
		Protected: []policy.Selector{{HostID: "e-guarded"}},
		Last:      []policy.Selector{{HostID: "e-last"}, {HostID: "w-last"}},
		Digest:    canon.Of([]byte("policy")),
	}, plan: &plan.Plan{Policy: canon.Of([]byte("policy")), Digest: canon.Of([]byte("plan"))}}
	w.advisories = []*advisory.Advisory{{ID: "XSA-108", Affected: fact{"xen", "yes"}, Fixed: fact{"fixed", "yes"}, Action: advisory.Reboot, Digest: canon.Of([]byte("advisory"))}}
	w.regions = []fleet.Region{{ID: "east"}, {ID: "north"}, {ID: "west"}, {ID: "south"}}
	w.zone("east", "e1")
	w.zone("east", "e2")
	w.zone("west", "w1")
	w.zone("north", "n1")
	w.zone("south", "s1")
	w.tenants = []fleet.Tenant{tenant("acme"), tenant("bolt"), tenant("cargo")}
	w.groups = []fleet.Group{{ID: "acme/web", Tenant: "acme", MaxDown: limit.Count(2)}}
	w.addWest()
	w.addNorth()
	w.addEast()
	w.host("s1", "s-patched", "old", true, guest("cargo"))
	return w
}

// addWest adds the region in which everything goes well: a canary, two hosts together, and a last one.
func (w *world) addWest() {
	w.host("w1", "w-1", "old", false, guest("acme", "acme/web"), moving("bolt"))
	w.host("w1", "w-2", "old", false, guest("acme", "acme/web"), guest("bolt"))
	w.host("w1", "w-3", "old", false, guest("acme", "acme/web"))
	w.host("w1", "w-last", "old", false, guest("bolt"))
	w.outage("w-1", 90, true)
	w.outage("w-2", 140, false)
	w.outage("w-3", 140, false)
	w.outage("w-last", 175, false)
}

// addNorth adds the region of two cohorts: the canary of one fails; of the other a host fails, which halts the
// campaign, and another misses its window.
func (w *world) addNorth() {
	for _, host := range []string{"n-1", "n-2", "n-3", "n-4", "n-5", "n-6"} {
		generation := "old"
		if host > "n-2" && host < "n-6" {
			generation = "new"
		}
		w.host("n1", host, generation, false, guest("bolt"), pinned("acme"))
	}
	w.outage("n-1", 240, true)
	w.outage("n-2", 240, false)
	w.outage("n-3", 240, true)
	w.outage("n-4", 300, false)
	w.outage("n-5", 300, false)
	w.outage("n-6", 240, false)
}

// addEast adds the region of two zones: a host is taken back, one is late, one is stuck, and one goes last.
func (w *world) addEast() {
	for _, host := range []string{"e-1", "e-2", "e-3"} {
		w.host("e1", host, "old", false, guest("acme"), guest("bolt"), pinned("cargo"))
	}
	for _, host := range []string{"e-4", "e-5", "e-6", "e-last"} {
		w.host("e2", host, "new", false, guest("acme"), moving("cargo"))
	}
	w.host("e2", "e-guarded", "new", false, guest("cargo"))
	w.outage("e-1", 480, true)
	w.outage("e-2", 530, false)
	w.outage("e-3", 530, false)
	w.outage("e-4", 640, true)
	w.outage("e-5", 690, false)
	w.outage("e-6", 690, false)
	w.outage("e-last", 760, false)
}
