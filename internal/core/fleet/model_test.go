package fleet

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/ident"
	"github.com/evenkeel-project/evenkeel/internal/core/label"
	"github.com/evenkeel-project/evenkeel/internal/core/limit"
)

// model is a fleet as plain lists: what a Fleet must agree with.
type model struct {
	regions []Region
	zones   []Zone
	hosts   []Host
	tenants []Tenant
	groups  []Group
	guests  []Guest
}

// build adds the objects in an order that the seed decides and builds.
func (m *model) build(t interface{ Fatalf(string, ...any) }, seed uint64) *Fleet {
	b := NewBuilder("m")
	var adds []func()
	for _, r := range m.regions {
		adds = append(adds, func() { b.AddRegion(r) })
	}
	for _, z := range m.zones {
		adds = append(adds, func() { b.AddZone(z) })
	}
	for _, h := range m.hosts {
		adds = append(adds, func() { b.AddHost(h) })
	}
	for _, tenant := range m.tenants {
		adds = append(adds, func() { b.AddTenant(tenant) })
	}
	for _, g := range m.groups {
		adds = append(adds, func() { b.AddGroup(g) })
	}
	for _, g := range m.guests {
		adds = append(adds, func() { b.AddGuest(g) })
	}
	r := rand.New(rand.NewPCG(seed, 0))
	r.Shuffle(len(adds), func(i, j int) { adds[i], adds[j] = adds[j], adds[i] })
	for _, add := range adds {
		add()
	}
	f, problems := b.Build()
	if problems.Failed() {
		t.Fatalf("seed %d: the model was refused: %v", seed, problems.Err())
	}
	return f
}

func name(t *rapid.T) string {
	return rapid.StringMatching(`(vm-)?[a-z0-9]{1,9}(/[é𝄞]?)?`).Draw(t, "name")
}

func names1(t *rapid.T, low, high int, what string) []string {
	return rapid.SliceOfNDistinct(rapid.Custom(name), low, high, rapid.ID[string]).Draw(t, what)
}

func set(t *rapid.T) label.Set {
	values := []label.Value{label.Text("4.10"), label.Text(""), label.TextList(), label.TextList("a", "b"), label.TextList("ab")}
	var pairs []label.Pair
	for _, key := range rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"a", "b", "ab", "\uE000", "𝄞"}), 0, 3, rapid.ID[string]).Draw(t, "keys") {
		pairs = append(pairs, label.Pair{Key: key, Value: rapid.SampledFrom(values).Draw(t, "value")})
	}
	return label.NewSet(pairs)
}

func drawModel(t *rapid.T) *model {
	m := &model{}
	for _, id := range names1(t, 1, 3, "regions") {
		m.regions = append(m.regions, Region{ID: id})
	}
	for i, id := range names1(t, len(m.regions), 6, "zones") {
		m.zones = append(m.zones, Zone{ID: id, Region: m.regions[i%len(m.regions)].ID})
	}
	for _, id := range names1(t, 1, 20, "hosts") {
		m.hosts = append(m.hosts, Host{ID: id, Zone: rapid.SampledFrom(m.zones).Draw(t, "zone").ID,
			Rack: rapid.SampledFrom([]string{"", "r1", "r2"}).Draw(t, "rack"), Labels: set(t), Facts: set(t),
			Installed: set(t), Capacity: set(t), Outage: calendar.Seconds(rapid.IntRange(0, 90).Draw(t, "outage"))})
	}
	for i, id := range names1(t, 1, 5, "tenants") {
		tenant := Tenant{ID: id, Name: []string{"", "Name", id}[i%3], TimeZone: []string{"", "UTC", "Asia/Tokyo"}[i%3]}
		if i%2 == 0 {
			tenant.Contacts = []Contact{{"security", "s@a.example"}, {"billing", "b@a.example"}}
		}
		m.tenants = append(m.tenants, tenant)
	}
	for _, id := range names1(t, 0, 8, "groups") {
		m.groups = append(m.groups, Group{ID: id, Tenant: rapid.SampledFrom(m.tenants).Draw(t, "tenant").ID, MaxDown: limit.Count(len(id))})
	}
	for _, id := range names1(t, 0, 40, "guests") {
		m.guests = append(m.guests, m.drawGuest(t, id))
	}
	return m
}

func (m *model) drawGuest(t *rapid.T, id string) Guest {
	g := Guest{ID: id, Host: rapid.SampledFrom(m.hosts).Draw(t, "host").ID, Tenant: rapid.SampledFrom(m.tenants).Draw(t, "tenant").ID,
		Labels: set(t), Demand: set(t), OnReboot: OnReboot(rapid.IntRange(0, 2).Draw(t, "on_reboot"))}
	for _, group := range m.groups {
		if group.Tenant == g.Tenant && rapid.Bool().Draw(t, "member") {
			g.Groups = append(g.Groups, group.ID)
		}
	}
	return g
}

// equalSets reports whether two sets say the same.
func equalSets(a, b label.Set) bool {
	return slices.EqualFunc(a, b, func(p, q label.Pair) bool { return p.Key == q.Key && p.Value.Equal(q.Value) })
}

// idsOf names the handles of a row.
func idsOf[H ~uint32](row []uint32, id func(H) string) []string {
	out := []string{}
	for _, h := range row {
		out = append(out, id(H(h)))
	}
	return out
}

// idsWhere names, in order, the objects of a list that are picked.
func idsWhere[T any](list []T, id func(T) string, pick func(T) bool) []string {
	out := []string{}
	for _, v := range list {
		if pick(v) {
			out = append(out, id(v))
		}
	}
	slices.Sort(out)
	return out
}

func TestAFleetAgreesWithTheListsItWasBuiltFrom(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := drawModel(t)
		seed := rapid.Uint64().Draw(t, "seed")
		f := m.build(t, seed)
		for _, fault := range slices.Concat(m.wrongPlaces(f), m.wrongHosts(f), m.wrongTenants(f), m.wrongGuests(f)) {
			t.Errorf("seed %d: %s", seed, fault)
		}
		if other := m.build(t, seed+1); other.Digest() != f.Digest() {
			t.Errorf("seeds %d and %d: another order of the same objects has another digest", seed, seed+1)
		}
	})
}

func (m *model) wrongPlaces(f *Fleet) (wrong []string) {
	if f.Regions() != len(m.regions) || f.Zones() != len(m.zones) {
		wrong = append(wrong, "the number of regions or zones is wrong")
	}
	for _, r := range m.regions {
		h, ok := f.FindRegion(r.ID)
		want := idsWhere(m.zones, func(z Zone) string { return z.ID }, func(z Zone) bool { return z.Region == r.ID })
		if !ok || f.RegionID(h) != r.ID || !slices.Equal(idsOf(f.ZonesIn(h), f.ZoneID), want) {
			wrong = append(wrong, "region "+r.ID)
		}
	}
	for _, z := range m.zones {
		h, ok := f.FindZone(z.ID)
		want := idsWhere(m.hosts, func(h Host) string { return h.ID }, func(h Host) bool { return h.Zone == z.ID })
		if !ok || f.RegionID(f.RegionOf(h)) != z.Region || !slices.Equal(idsOf(f.HostsIn(h), f.HostID), want) {
			wrong = append(wrong, "zone "+z.ID)
		}
	}
	for h := range f.Hosts() - 1 {
		if f.HostID(ident.Host(h)) >= f.HostID(ident.Host(h+1)) {
			wrong = append(wrong, "the handles of hosts are not in order of name")
		}
	}
	if _, ok := f.FindHost("no such host"); ok {
		wrong = append(wrong, "a host was found that is not there")
	}
	return wrong
}

func (m *model) wrongHosts(f *Fleet) (wrong []string) {
	racks := map[ident.Rack]bool{}
	for _, host := range m.hosts {
		h, ok := f.FindHost(host.ID)
		if !ok || f.ZoneID(f.ZoneOf(h)) != host.Zone || f.Outage(h) != host.Outage || !equalSets(f.Labels(h), host.Labels) ||
			!equalSets(f.Facts(h), host.Facts) || !equalSets(f.Installed(h), host.Installed) || !equalSets(f.Capacity(h), host.Capacity) {
			wrong = append(wrong, "host "+host.ID)
		}
		rack := f.RackOf(h)
		racks[rack] = true
		mates := idsWhere(m.hosts, func(h Host) string { return h.ID }, func(other Host) bool {
			return other.ID == host.ID || (host.Rack != "" && other.Zone == host.Zone && other.Rack == host.Rack)
		})
		if f.RackName(rack) != host.Rack || f.RackZone(rack) != f.ZoneOf(h) || f.RackSize(rack) != len(mates) {
			wrong = append(wrong, "the rack of host "+host.ID)
		}
		for _, id := range mates {
			if mate, _ := f.FindHost(id); f.RackOf(mate) != rack {
				wrong = append(wrong, "hosts of one rack: "+id+" "+host.ID)
			}
		}
		want := idsWhere(m.guests, func(g Guest) string { return g.ID }, func(g Guest) bool { return g.Host == host.ID })
		if !slices.Equal(idsOf(f.GuestsOn(h), f.GuestID), want) {
			wrong = append(wrong, "the guests on host "+host.ID)
		}
		for _, other := range m.hosts {
			o, _ := f.FindHost(other.ID)
			same := equalSets(host.Facts, other.Facts) && equalSets(host.Installed, other.Installed)
			if (f.FactsKey(h) == f.FactsKey(o)) != same {
				wrong = append(wrong, "the facts keys of "+host.ID+" and "+other.ID)
			}
		}
	}
	if len(racks) != f.Racks() {
		wrong = append(wrong, fmt.Sprintf("there are %d racks, not %d", len(racks), f.Racks()))
	}
	return wrong
}

func (m *model) wrongTenants(f *Fleet) (wrong []string) {
	for _, tenant := range m.tenants {
		h, ok := f.FindTenant(tenant.ID)
		size := idsWhere(m.guests, func(g Guest) string { return g.ID }, func(g Guest) bool { return g.Tenant == tenant.ID })
		wantName, wantZone := tenant.Name, tenant.TimeZone
		if wantName == "" {
			wantName = tenant.ID
		}
		if wantZone == "" {
			wantZone = "UTC"
		}
		if !ok || f.TenantName(h) != wantName || f.TenantTimeZone(h) != wantZone || f.TenantSize(h) != len(size) || !slices.Equal(f.Contacts(h), tenant.Contacts) {
			wrong = append(wrong, "tenant "+tenant.ID)
		}
	}
	for _, group := range m.groups {
		h, ok := f.FindGroup(group.ID)
		size := idsWhere(m.guests, func(g Guest) string { return g.ID }, func(g Guest) bool { return slices.Contains(g.Groups, group.ID) })
		if !ok || f.TenantID(f.GroupTenant(h)) != group.Tenant || f.MaxDown(h) != group.MaxDown || f.GroupSize(h) != len(size) {
			wrong = append(wrong, "group "+group.ID)
		}
	}
	return wrong
}

func (m *model) wrongGuests(f *Fleet) (wrong []string) {
	for _, guest := range m.guests {
		h, ok := f.FindGuest(guest.ID)
		groups := slices.Sorted(slices.Values(guest.Groups))
		if !ok || f.HostID(f.HostOf(h)) != guest.Host || f.TenantID(f.TenantOf(h)) != guest.Tenant || f.OnReboot(h) != guest.OnReboot ||
			!equalSets(f.GuestLabels(h), guest.Labels) || !equalSets(f.Demand(h), guest.Demand) ||
			strings.Join(idsOf(f.GroupsOf(h), f.GroupID), " ") != strings.Join(groups, " ") {
			wrong = append(wrong, "guest "+guest.ID)
		}
		for _, other := range m.guests {
			o, _ := f.FindGuest(other.ID)
			if (f.GuestLabelsKey(h) == f.GuestLabelsKey(o)) != equalSets(guest.Labels, other.Labels) {
				wrong = append(wrong, "the label keys of "+guest.ID+" and "+other.ID)
			}
		}
	}
	return wrong
}
