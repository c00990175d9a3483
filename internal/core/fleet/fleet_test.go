package fleet

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"unsafe"

	"pgregory.net/rapid"

	"github.com/evenkeel-project/evenkeel/internal/core/canon"
	"github.com/evenkeel-project/evenkeel/internal/core/ident"
	"github.com/evenkeel-project/evenkeel/internal/core/label"
	"github.com/evenkeel-project/evenkeel/internal/core/limit"
)

// small is a fleet of one of everything.
func small() *model {
	return &model{
		regions: []Region{{ID: "dfw", Line: 1}}, zones: []Zone{{ID: "dfw-1", Region: "dfw", Line: 2}},
		hosts: []Host{{ID: "c-17", Zone: "dfw-1", Rack: "r4", Outage: 840, Line: 3,
			Labels: label.Set{{Key: "generation", Value: label.Text("performance-2")}},
			Facts:  label.Set{{Key: "patches", Value: label.TextList("XSA-1")}, {Key: "xen", Value: label.Text("4.10")}}}},
		tenants: []Tenant{{ID: "acme", Name: "Acme", TimeZone: "America/Chicago", Contacts: []Contact{{"operations", "ops@acme.example"}}, Line: 4}},
		groups:  []Group{{ID: "acme/web", Tenant: "acme", MaxDown: limit.Count(1), Line: 5}},
		guests:  []Guest{{ID: "vm-1", Host: "c-17", Tenant: "acme", Groups: []string{"acme/web"}, OnReboot: Pinned, Line: 6}},
	}
}

func TestTheCanonicalDocumentIsTheFleetAsAFileWritesIt(t *testing.T) {
	var b bytes.Buffer
	f := small().build(t, 1)
	f.writeCanonical(&b)
	const want = `{"groups":[{"id":"acme/web","max_down":"1","tenant":"acme"}],` +
		`"guests":[{"groups":["acme/web"],"host":"c-17","id":"vm-1","on_reboot":"pinned","tenant":"acme"}],` +
		`"hosts":[{"facts":{"patches":["XSA-1"],"xen":"4.10"},"id":"c-17","labels":{"generation":"performance-2"},"outage":"14m","rack":"r4","zone":"dfw-1"}],` +
		`"regions":[{"id":"dfw","zones":[{"id":"dfw-1"}]}],` +
		`"tenants":[{"contacts":[{"email":"ops@acme.example","role":"operations"}],"id":"acme","name":"Acme","time_zone":"America/Chicago"}]}`
	if b.String() != want {
		t.Errorf("got  %s\nwant %s", b.String(), want)
	}
	if f.Digest() != canon.Of([]byte(want)) {
		t.Error("the digest is not that of the canonical document")
	}
}

// valueOf turns what encoding/json decoded into a canonical value.
func valueOf(v any) canon.Value {
	switch v := v.(type) {
	case string:
		return canon.Value{Kind: canon.String, Text: v}
	case []any:
		out := canon.Value{Kind: canon.Array}
		for _, item := range v {
			out.Items = append(out.Items, valueOf(item))
		}
		return out
	case map[string]any:
		out := canon.Value{Kind: canon.Object}
		for key, item := range v {
			out.Members = append(out.Members, canon.Member{Key: key, Value: valueOf(item)})
		}
		return out
	}
	return canon.Value{}
}

func TestTheDigestedDocumentIsCanonicalJSON(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var b bytes.Buffer
		drawModel(t).build(t, 1).writeCanonical(&b)
		var decoded any
		if err := json.Unmarshal(b.Bytes(), &decoded); err != nil {
			t.Fatalf("%s is not JSON: %v", b.Bytes(), err)
		}
		if want := canon.Append(nil, valueOf(decoded)); !bytes.Equal(b.Bytes(), want) {
			t.Errorf("got  %s\nwant %s", b.Bytes(), want)
		}
	})
}

func TestWhatIsTheDefaultMakesNoOtherFleet(t *testing.T) {
	plain, written := small(), small()
	plain.tenants[0].Name, plain.tenants[0].TimeZone = "", ""
	written.tenants[0].Name, written.tenants[0].TimeZone = "acme", "UTC"
	if plain.build(t, 1).Digest() != written.build(t, 1).Digest() {
		t.Error("a name equal to the id and the time zone UTC change the digest")
	}
}

func TestEveryChangeChangesTheDigest(t *testing.T) {
	was := small().build(t, 1).Digest()
	for name, change := range map[string]func(*model){
		"a rack":      func(m *model) { m.hosts[0].Rack = "r5" },
		"an outage":   func(m *model) { m.hosts[0].Outage = 841 },
		"a fact":      func(m *model) { m.hosts[0].Facts[1].Value = label.Text("4.1") },
		"a capacity":  func(m *model) { m.hosts[0].Capacity = m.hosts[0].Labels },
		"a contact":   func(m *model) { m.tenants[0].Contacts[0].Role = "security" },
		"a limit":     func(m *model) { m.groups[0].MaxDown = limit.Count(2) },
		"a group":     func(m *model) { m.guests[0].Groups = nil },
		"on_reboot":   func(m *model) { m.guests[0].OnReboot = Migrate },
		"a demand":    func(m *model) { m.guests[0].Demand = m.hosts[0].Labels },
		"a zone more": func(m *model) { m.zones = append(m.zones, Zone{ID: "dfw-2", Region: "dfw"}) },
		"a label":     func(m *model) { m.hosts[0].Labels = nil },
		"installed":   func(m *model) { m.hosts[0].Installed = m.hosts[0].Facts },
		"a name":      func(m *model) { m.tenants[0].Name = "Acme Corp" },
		"a time zone": func(m *model) { m.tenants[0].TimeZone = "Europe/Berlin" },
		"an address":  func(m *model) { m.tenants[0].Contacts[0].Email = "security@acme.example" },
		"guest label": func(m *model) { m.guests[0].Labels = m.hosts[0].Labels },
	} {
		m := small()
		change(m)
		if m.build(t, 1).Digest() == was {
			t.Errorf("%s does not change the digest", name)
		}
	}
}

// two is a fleet of two of everything, so that what names another object can name the other one.
func two() *model {
	m := small()
	m.regions = append(m.regions, Region{ID: "ord"})
	m.zones = append(m.zones, Zone{ID: "ord-1", Region: "ord"}, Zone{ID: "ord-2", Region: "ord"})
	m.hosts = append(m.hosts, Host{ID: "c-18", Zone: "ord-1"})
	m.tenants = append(m.tenants, Tenant{ID: "zeta"})
	m.groups = append(m.groups, Group{ID: "zeta/db", Tenant: "zeta", MaxDown: limit.Count(1)})
	m.guests = append(m.guests, Guest{ID: "vm-2", Host: "c-18", Tenant: "zeta"})
	return m
}

func TestEveryReferenceThatChangesChangesTheDigest(t *testing.T) {
	was := two().build(t, 1).Digest()
	for name, change := range map[string]func(*model){
		"the region of a zone":  func(m *model) { m.zones[2].Region = "dfw" },
		"the zone of a host":    func(m *model) { m.hosts[1].Zone = "dfw-1" },
		"the host of a guest":   func(m *model) { m.guests[1].Host = "c-17" },
		"the tenant of a guest": func(m *model) { m.guests[1].Tenant = "acme" },
		"the tenant of a group": func(m *model) { m.groups[1].Tenant = "acme" },
		"the group of a guest":  func(m *model) { m.guests[1].Groups = []string{"zeta/db"} },
	} {
		m := two()
		change(m)
		if m.build(t, 1).Digest() == was {
			t.Errorf("%s does not change the digest", name)
		}
	}
}

func TestFaultsOfNamesAndShapeAreReportedWithTheirLine(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*Builder)
		code   string
		line   int
		says   string
	}{
		"a host twice":    {func(b *Builder) { b.AddHost(Host{ID: "c-17", Zone: "dfw-1", Line: 9}) }, "duplicate-id", 9, "host c-17 is defined twice"},
		"an unknown zone": {func(b *Builder) { b.AddHost(Host{ID: "c-18", Zone: "lon-1", Line: 9}) }, "dangling-reference", 9, `there is no zone "lon-1"`},
		"an unknown host": {func(b *Builder) { b.AddGuest(Guest{ID: "vm-2", Host: "x", Tenant: "acme", Line: 9}) }, "dangling-reference", 9, `no host "x"`},
		"an unknown group": {func(b *Builder) {
			b.AddGuest(Guest{ID: "v", Host: "c-17", Tenant: "acme", Groups: []string{"x"}, Line: 9})
		}, "dangling-reference", 9, `no group "x"`},
		"a region without zone": {func(b *Builder) { b.AddRegion(Region{ID: "lon", Line: 9}) }, "region-without-zones", 9, "region lon has no zones"},
		"a foreign group": {func(b *Builder) {
			b.AddTenant(Tenant{ID: "other", Line: 8})
			b.AddGuest(Guest{ID: "vm-2", Host: "c-17", Tenant: "other", Groups: []string{"acme/web"}, Line: 9})
		}, "foreign-group", 9, "guest vm-2 belongs to tenant other but is in group acme/web of tenant acme"},
		"a group named twice": {func(b *Builder) {
			b.AddGuest(Guest{ID: "vm-2", Host: "c-17", Tenant: "acme", Groups: []string{"acme/web", "acme/web"}, Line: 9})
		}, "duplicate-id", 9, "guest vm-2 names group acme/web twice"},
		"an id with a line feed":  {func(b *Builder) { b.AddRegion(Region{ID: "a\nb", Line: 9}) }, "bad-id", 9, `a\nb`},
		"an id of 10 kB":          {func(b *Builder) { b.AddRegion(Region{ID: strings.Repeat("x", 10_000), Line: 9}) }, "bad-id", 9, "it has 10000 bytes"},
		"a reference of no name":  {func(b *Builder) { b.AddHost(Host{ID: "c-18", Line: 9}) }, "missing-key", 9, "an object names no zone"},
		"a dangling hostile name": {func(b *Builder) { b.AddHost(Host{ID: "c-18", Zone: "a\x1b[31m", Line: 9}) }, "dangling-reference", 9, `a\x1b[31m`},
	} {
		t.Run(name, func(t *testing.T) {
			b := NewBuilder("f")
			m := small()
			b.AddRegion(m.regions[0])
			b.AddZone(m.zones[0])
			b.AddHost(m.hosts[0])
			b.AddTenant(m.tenants[0])
			b.AddGroup(m.groups[0])
			b.AddGuest(m.guests[0])
			c.change(b)
			f, list := b.Build()
			if f != nil || list.Errors() != 1 {
				t.Fatalf("want one error, got %v", list.Err())
			}
			p := list.Items()[0]
			if string(p.Code) != c.code || p.Place.Line != c.line || !strings.Contains(p.Error(), c.says) || strings.ContainsAny(p.Error(), "\x1b\n") || len(p.Error()) > 300 {
				t.Errorf("got %v", p)
			}
		})
	}
}

func TestAnEmptyFleetIsRefused(t *testing.T) {
	f, list := NewBuilder("f").Build()
	if f != nil || list.Errors() != 1 || list.Items()[0].Code != "empty-fleet" {
		t.Errorf("got %v", list.Err())
	}
}

func TestNamesThatBeginAlikeAreInOrder(t *testing.T) {
	m := small()
	for i := range 300 {
		tail := strings.Repeat("b", i%17) + string(rune('a'+i/17))
		m.tenants = append(m.tenants, Tenant{ID: "acme/production/" + tail})
	}
	for _, seed := range []uint64{1, 2, 3} {
		f := m.build(t, seed)
		for h := range f.Tenants() - 1 {
			if a, b := f.TenantID(ident.Tenant(h)), f.TenantID(ident.Tenant(h+1)); a >= b {
				t.Errorf("seed %d: %s stands before %s", seed, a, b)
			}
		}
		for _, tenant := range m.tenants {
			if h, ok := f.FindTenant(tenant.ID); !ok || f.TenantID(h) != tenant.ID {
				t.Errorf("seed %d: %s is not found", seed, tenant.ID)
			}
		}
	}
}

func TestMoreNamesThanHandlesCanCountAreRefused(t *testing.T) {
	b := NewBuilder("f")
	b.namesMax = 8
	b.AddRegion(Region{ID: "123456789", Line: 1})
	b.AddRegion(Region{ID: "a", Line: 2})
	b.AddZone(Zone{ID: "z", Region: "b", Line: 3})
	f, list := b.Build()
	if f != nil || list.Errors() != 2 || list.Items()[0].Code != "too-many" || list.Items()[1].Place.Line != 3 {
		t.Errorf("got %v", list.Err())
	}
}

func TestAFaultyObjectThatIsAddedIsNotCalledDangling(t *testing.T) {
	b := NewBuilder("f")
	b.Problems().Addf("bad-value", b.place(3), "", "the reader found a fault in host c-17")
	b.AddHost(Host{ID: "c-17", Line: 3})
	b.AddGuest(Guest{ID: "vm-1", Host: "c-17", Tenant: "acme", Groups: []string{"", ""}, Line: 4})
	b.AddTenant(Tenant{ID: "acme", Line: 5})
	b.AddGroup(Group{ID: "g", Line: 6})
	b.AddZone(Zone{ID: "z", Line: 7})
	b.AddRegion(Region{ID: "r", Line: 8})
	f, list := b.Build()
	if f != nil || list.Errors() != 1 {
		t.Errorf("want the fault of the reader alone, got %v", list.Err())
	}
}

func TestTheBuilderKeepsCopiesOfTheStringsItIsGiven(t *testing.T) {
	var lent [][]byte
	lend := func(s string) string {
		b := []byte(s)
		lent = append(lent, b)
		return unsafe.String(unsafe.SliceData(b), len(b))
	}
	set := func() label.Set {
		return label.Set{{Key: lend("k"), Value: label.TextList(lend("v"))}, {Key: lend("l"), Value: label.Text(lend("w"))}}
	}
	m := &model{
		regions: []Region{{ID: lend("r")}}, zones: []Zone{{ID: lend("z"), Region: lend("r")}},
		hosts:   []Host{{ID: lend("h"), Zone: lend("z"), Rack: lend("k"), Labels: set()}},
		tenants: []Tenant{{ID: lend("t"), Name: lend("n"), TimeZone: lend("Asia/Tokyo"), Contacts: []Contact{{lend("billing"), lend("b@a.example")}}}},
		groups:  []Group{{ID: lend("g"), Tenant: lend("t"), MaxDown: limit.Count(1)}},
		guests:  []Guest{{ID: lend("v"), Host: lend("h"), Tenant: lend("t"), Groups: []string{lend("g")}, Labels: set()}},
	}
	f := m.build(t, 1)
	for _, b := range lent {
		clear(b)
	}
	if f.takeDigest() != f.Digest() {
		t.Error("the fleet changed when its builder's caller used its strings again")
	}
	if f.RackName(f.RackOf(ident.Host(0))) != "k" {
		t.Error("the name of the rack changed")
	}
}
