package cli

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/evenkeel-project/evenkeel/internal/core/fleet"
	"github.com/evenkeel-project/evenkeel/internal/core/label"
	"github.com/evenkeel-project/evenkeel/internal/core/limit"
)

// smallFleet is a fleet of three hosts; change edits what it is built of.
func smallFleet(t *testing.T, change func(hosts *[]fleet.Host, guests *[]fleet.Guest, groups *[]fleet.Group, tenant *fleet.Tenant)) *fleet.Fleet {
	t.Helper()
	facts := func(xen string) label.Set { return label.NewSet([]label.Pair{{Key: "xen", Value: label.Text(xen)}}) }
	hosts := []fleet.Host{{ID: "c-1", Zone: "z-1", Facts: facts("4.3")}, {ID: "c-2", Zone: "z-1", Facts: facts("4.3")}, {ID: "c-3", Zone: "z-2", Facts: facts("4.3")}}
	guests := []fleet.Guest{{ID: "vm-1", Host: "c-1", Tenant: "acme", Groups: []string{"acme/web"}}, {ID: "vm-2", Host: "c-2", Tenant: "acme"}}
	groups := []fleet.Group{{ID: "acme/web", Tenant: "acme", MaxDown: limit.Count(1)}}
	tenant := fleet.Tenant{ID: "acme", Name: "Acme"}
	if change != nil {
		change(&hosts, &guests, &groups, &tenant)
	}
	b := fleet.NewBuilder("fleet.yaml")
	b.AddRegion(fleet.Region{ID: "r-1"})
	b.AddZone(fleet.Zone{ID: "z-1", Region: "r-1"})
	b.AddZone(fleet.Zone{ID: "z-2", Region: "r-1"})
	for _, h := range hosts {
		b.AddHost(h)
	}
	b.AddTenant(tenant)
	for _, g := range groups {
		b.AddGroup(g)
	}
	for _, g := range guests {
		b.AddGuest(g)
	}
	f, problems := b.Build()
	if problems.Failed() {
		t.Fatal(problems.Err())
	}
	return f
}

func TestWhatChangedInAFleetIsSaidKindByKind(t *testing.T) {
	before := smallFleet(t, nil)
	type parts = func(*[]fleet.Host, *[]fleet.Guest, *[]fleet.Group, *fleet.Tenant)
	for want, change := range map[string]parts{
		"": nil,
		"fleet: hosts added: 1 (c-4)": func(h *[]fleet.Host, _ *[]fleet.Guest, _ *[]fleet.Group, _ *fleet.Tenant) {
			*h = append(*h, fleet.Host{ID: "c-4", Zone: "z-1"})
		},
		"fleet: hosts removed: 1 (c-3)": func(h *[]fleet.Host, _ *[]fleet.Guest, _ *[]fleet.Group, _ *fleet.Tenant) { *h = (*h)[:2] },
		"fleet: hosts in another region, zone or rack: 1 (c-1 from r-1/z-1 to r-1/z-2)": func(h *[]fleet.Host, _ *[]fleet.Guest, _ *[]fleet.Group, _ *fleet.Tenant) {
			(*h)[0].Zone = "z-2"
		},
		"fleet: hosts with other facts: 1 (c-2 xen 4.3 -> 4.4)": func(h *[]fleet.Host, _ *[]fleet.Guest, _ *[]fleet.Group, _ *fleet.Tenant) {
			(*h)[1].Facts = label.NewSet([]label.Pair{{Key: "xen", Value: label.Text("4.4")}})
		},
		"fleet: hosts with other labels, outage or capacity: 1 (c-2 outage)": func(h *[]fleet.Host, _ *[]fleet.Guest, _ *[]fleet.Group, _ *fleet.Tenant) {
			(*h)[1].Outage = 60
		},
		"fleet: guests on another host: 1 (vm-1 from c-1 to c-3)": func(_ *[]fleet.Host, g *[]fleet.Guest, _ *[]fleet.Group, _ *fleet.Tenant) {
			(*g)[0].Host = "c-3"
		},
		"fleet: guests with another tenant, groups, labels, demand or on_reboot: 1 (vm-2)": func(_ *[]fleet.Host, g *[]fleet.Guest, _ *[]fleet.Group, _ *fleet.Tenant) {
			(*g)[1].OnReboot = fleet.Pinned
		},
		"fleet: groups added, removed or with another max_down: 1 (acme/web)": func(_ *[]fleet.Host, _ *[]fleet.Guest, g *[]fleet.Group, _ *fleet.Tenant) {
			(*g)[0].MaxDown = limit.Count(2)
		},
		"fleet: tenants with another name, time zone or contacts: 1 (acme)": func(_ *[]fleet.Host, _ *[]fleet.Guest, _ *[]fleet.Group, t *fleet.Tenant) {
			t.Contacts = []fleet.Contact{{Role: "operations", Email: "ops@acme.example"}}
		},
	} {
		if got := strings.Join(fleetChanges(before, smallFleet(t, change)), "\n"); got != want {
			t.Errorf("got  %q\nwant %q", got, want)
		}
	}
}

func TestTheFirstLineThatDiffersIsShown(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	before := write("before", "start: now\nlimits: {fleet: 10%}\n")
	for _, c := range []struct{ now, want string }{
		{"start: now\nlimits: {fleet: 20%}\n", `policy: line 2 was "limits: {fleet: 10%}" and is "limits: {fleet: 20%}"`},
		{"start: now", `policy: line 2 was "limits: {fleet: 10%}" and is not there`},
		{"start: \x1b[2J\nlimits: {fleet: 10%}\n", `policy: line 1 was "start: now" and is "start: \u001b[2J"`},
		{"start: now\n" + strings.Repeat("x", 90) + "\n", `policy: line 2 was "limits: {fleet: 10%}" and is "` + strings.Repeat("x", 57) + `..."`},
		{"start: now\nlimits: {fleet: 10%}\n", "policy: it reads the same and has another digest"},
	} {
		if got := textChanges("policy", before, write("now", c.now)); !slices.Equal(got, []string{c.want}) {
			t.Errorf("got %q, want %q", got, c.want)
		}
	}
	long := write("long", strings.Repeat("a", 100)+"1")
	if got, want := textChanges("policy", long, write("longer", strings.Repeat("a", 100)+"2")),
		`policy: line 1 was "...`+strings.Repeat("a", 20)+`1" and is "...`+strings.Repeat("a", 20)+`2"`; !slices.Equal(got, []string{want}) {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := textChanges("policy", before, filepath.Join(dir, "gone")); len(got) != 1 {
		t.Errorf("a file that is gone: %q", got)
	}
}

func TestManyChangesAreCutToWhatPeopleRead(t *testing.T) {
	changes := slices.Repeat([]string{strings.Repeat("x", 500)}, 9)
	got := bounded(changes)
	if len(got) != changesTold+1 || got[changesTold] != "and 4 more changes" || len(got[0]) != changeColumns {
		t.Errorf("got %d changes, the last %q", len(got), got[len(got)-1])
	}
}
