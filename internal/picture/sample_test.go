package picture_test

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"testing"

	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/fleet"
	"github.com/evenkeel-project/evenkeel/internal/core/limit"
	"github.com/evenkeel-project/evenkeel/internal/core/plan"
	"github.com/evenkeel-project/evenkeel/internal/core/policy"
	"github.com/evenkeel-project/evenkeel/internal/core/study"
	"github.com/evenkeel-project/evenkeel/internal/picture"
)

// start is when the made-up plans start.
const start = calendar.Instant(1411902000)

// shape says how large a made-up plan is.
type shape struct {
	regions, zones, racks, hosts int // zones of a region, racks of a zone, hosts of a rack
	together                     int // hosts of a zone down at once
	name                         func(zone string, n int) string
}

// small is the plan of most tests.
var small = shape{regions: 2, zones: 2, racks: 3, hosts: 4, together: 2}

// hundredThousand has the shape of the largest fleets.
var hundredThousand = shape{regions: 5, zones: 3, racks: 333, hosts: 20, together: 600}

// made makes up a fleet and a plan for it: zones one after another with bakes between them, a canary first in each
// region, and a reason for every host.
func made(t testing.TB, s shape) picture.Input {
	t.Helper()
	if s.name == nil {
		s.name = func(zone string, n int) string { return fmt.Sprintf("%s-c%05d", zone, n) }
	}
	b := fleet.NewBuilder("made")
	b.AddTenant(fleet.Tenant{ID: "acme"})
	m := &maker{shape: s, at: start, plan: &plan.Plan{Start: start, Digest: "sha256:p", Fleet: "sha256:f", Policy: "sha256:r",
		Advisories: []plan.AdvisoryRef{{ID: "XSA-108", Digest: "sha256:a"}}}}
	for r := range s.regions {
		region := fmt.Sprintf("r%d", r+1)
		b.AddRegion(fleet.Region{ID: region})
		for z := range s.zones {
			zone := fmt.Sprintf("%s-z%d", region, z+1)
			b.AddZone(fleet.Zone{ID: zone, Region: region})
			m.zone(b, zone, z == 0)
			m.at = m.at.Add(15 * calendar.Minute)
		}
		m.at = m.at.Add(30 * calendar.Minute)
	}
	f, list := b.Build()
	if list.Failed() {
		t.Fatal(list.Err())
	}
	m.finish()
	return picture.Input{Plan: m.plan, Fleet: f, Version: "(test)", Policy: &policy.Policy{Start: start, DeadlineReserve: 12 * calendar.Hour,
		Order:  policy.Order{BakeZone: 15 * calendar.Minute, BakeRegion: 30 * calendar.Minute},
		Limits: policy.Limits{Zone: limit.Count(s.together)}, Canary: policy.Canary{Hosts: 1, Bake: 30 * calendar.Minute},
		Freezes: []policy.Freeze{{Span: calendar.Span{From: start.Add(-calendar.Day), To: start.Add(calendar.Hour)}, Reason: "<b>payroll</b>", Region: fmt.Sprintf("r%d", s.regions)}}},
		Study: m.study()}
}

// maker gathers a plan zone by zone.
type maker struct {
	shape
	at      calendar.Instant
	plan    *plan.Plan
	reasons map[string]string
}

const madeOutage = 12 * calendar.Minute

func (m *maker) zone(b *fleet.Builder, zone string, canary bool) {
	if m.reasons == nil {
		m.reasons = map[string]string{}
	}
	begin, n := m.at, m.racks*m.hosts
	for i := range n {
		id := m.name(zone, i)
		b.AddHost(fleet.Host{ID: id, Zone: zone, Rack: fmt.Sprintf("k%03d", i/m.hosts)})
		b.AddGuest(fleet.Guest{ID: "vm-" + id, Host: id, Tenant: "acme"})
		b.AddGuest(fleet.Guest{ID: "mv-" + id, Host: id, Tenant: "acme", OnReboot: fleet.Migrate})
		from := begin
		switch {
		case canary && i > 0:
			from = begin.Add(42*calendar.Minute + calendar.Seconds((i*7919%n)/m.together)*madeOutage)
		case !canary:
			from = begin.Add(calendar.Seconds((i*7919%n)/m.together) * madeOutage)
		}
		m.reasons[id] = fmt.Sprintf("group t-%06d/g%d is at its limit until then", i*31%50021, i%5)
		m.plan.Outages = append(m.plan.Outages, plan.Outage{Host: id, Start: from, End: from.Add(madeOutage), Canary: canary && i == 0,
			Window: calendar.Span{From: from, To: from.Add(2 * madeOutage)}})
		m.at = max(m.at, from.Add(madeOutage))
	}
}

func (m *maker) finish() {
	p := m.plan
	slices.SortFunc(p.Outages, func(a, b plan.Outage) int { return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(a.Host, b.Host)) })
	for _, o := range p.Outages {
		p.Finish = max(p.Finish, o.End)
	}
	p.Makespan = p.Finish.Sub(start)
	p.Bound = plan.Bound{Seconds: p.Makespan - 600, Binding: "regions one after another: r1 2h [zones of region r1 one at a time: r1-z1 1h, r1-z2 1h]"}
	p.GapMillionths = plan.Gap(p.Makespan, p.Bound.Seconds)
	deadline := p.Finish.Add(3 * calendar.Hour)
	margin, latest := 3*calendar.Hour, start.Add(3*calendar.Hour)
	p.Deadline, p.Margin, p.LatestSafeStart = &deadline, &margin, &latest
	p.Blocked = []plan.Blocked{{Host: "blocked-1", Group: "acme/db", Reason: "its outage takes down 2 of the 2 members of group acme/db; move members off first"}}
	p.Excluded = []plan.Excluded{{Host: "fixed-1", Reason: plan.Fixed}, {Host: "kept-1", Reason: plan.Protected}}
	p.Moves = []plan.Move{{Guest: "mv-1", From: "a", To: "b", At: start}}
}

// study gives every host a reason and counts the load of the fleet.
func (m *maker) study() *study.Study {
	out := &study.Study{}
	changes := map[calendar.Instant]int64{}
	for _, o := range m.plan.Outages {
		reason := study.Reason{Kind: study.Limit, Words: m.reasons[o.Host]}
		if o.Start == start {
			reason = study.Reason{Kind: study.AtStart, Words: "the plan starts then", Limit: -1}
		}
		out.Reasons = append(out.Reasons, reason)
		changes[o.Start]++
		changes[o.End]--
	}
	times := make([]calendar.Instant, 0, len(changes))
	for at := range changes {
		times = append(times, at)
	}
	slices.Sort(times)
	load, used := study.Load{Name: "fleet", Kind: "fleet", Allowed: int64(m.together)}, int64(0)
	for _, at := range times {
		used += changes[at]
		load.Steps = append(load.Steps, study.Step{At: at, Used: used})
	}
	out.Loads = []study.Load{load}
	for i := range 60 {
		out.Loads = append(out.Loads, study.Load{Name: fmt.Sprintf("group acme/g%d", i), Kind: "group", Allowed: 1, Steps: []study.Step{{At: start, Used: 1}, {At: start.Add(600)}}})
	}
	return out
}

// page returns the page of a plan.
func page(t testing.TB, in picture.Input) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := picture.Page(&b, in); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// drawing returns the SVG of a plan.
func drawing(t testing.TB, in picture.Input) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := picture.SVG(&b, in); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
