package synth_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/fleet"
	"github.com/evenkeel-project/evenkeel/internal/core/ident"
	"github.com/evenkeel-project/evenkeel/internal/intake/synth"
	"pgregory.net/rapid"
)

func shapeOf(hosts, guests int, seed uint64) synth.Shape {
	return synth.Shape{
		Hosts: hosts, Guests: guests, Tenants: max(1, guests/20), Regions: 5, ZonesPerRegion: 3, HostsPerRack: 20, Seed: seed,
	}
}

func mustMake(tb testing.TB, shape synth.Shape) *fleet.Fleet {
	tb.Helper()
	f, err := synth.Fleet(shape)
	if err != nil {
		tb.Fatalf("seed %d: %v", shape.Seed, err)
	}
	return f
}

func TestAShapeMakesTheSameFleetInEveryRelease(t *testing.T) {
	const want = "sha256:def45d9596922ba153f60e48448433bb660b01861fc9c77c9dc0395b695f1fe0"
	if got := string(mustMake(t, shapeOf(300, 3000, 1)).Digest()); got != want {
		t.Errorf("seed 1: the fleet is %s, want %s: recorded measurements no longer compare", got, want)
	}
	const demo = "sha256:46bd07bd41465bde3040c718d148a70429a55afa6f10266db5eb72063f7cdb25"
	if got := string(mustMake(t, synth.Case2014()).Digest()); got != demo {
		t.Errorf("the fleet of the case is %s, want %s: its policy and its stories are tuned to it", got, demo)
	}
}

func TestAnotherSeedMakesAnotherFleet(t *testing.T) {
	if mustMake(t, shapeOf(60, 300, 1)).Digest() == mustMake(t, shapeOf(60, 300, 2)).Digest() {
		t.Fatal("seeds 1 and 2 make the same fleet")
	}
}

func TestEveryPossibleShapeIsMadeToItsSize(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		shape := synth.Shape{
			Regions: rapid.IntRange(1, 30).Draw(t, "regions"), ZonesPerRegion: rapid.IntRange(1, 4).Draw(t, "zones"),
			HostsPerRack: rapid.IntRange(1, 40).Draw(t, "rack"), Guests: rapid.IntRange(0, 400).Draw(t, "guests"),
			Tenants: rapid.IntRange(1, 50).Draw(t, "tenants"), Seed: rapid.Uint64().Draw(t, "seed"),
		}
		zones := shape.Regions * shape.ZonesPerRegion
		shape.Hosts = zones + rapid.IntRange(0, 200).Draw(t, "hosts")
		f, err := synth.Fleet(shape)
		if err != nil {
			t.Fatalf("%+v: %v", shape, err)
		}
		if f.Hosts() != shape.Hosts || f.Guests() != shape.Guests || f.Tenants() != shape.Tenants || f.Zones() != zones {
			t.Fatalf("%+v made %d hosts, %d guests, %d tenants, %d zones", shape, f.Hosts(), f.Guests(), f.Tenants(), f.Zones())
		}
	})
}

func TestImpossibleShapesAreRefusedWithEveryReason(t *testing.T) {
	_, err := synth.Fleet(synth.Shape{Guests: -1})
	if err == nil {
		t.Fatal("a shape of nothing was made")
	}
	for _, want := range []string{"0 is not a number of hosts", "-1 is not a number of guests", "tenants", "regions", "zones per region", "hosts per rack"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("the refusal does not mention %q:\n%v", want, err)
		}
	}
	_, err = synth.Fleet(synth.Shape{Hosts: 5, Tenants: 1, Regions: 2, ZonesPerRegion: 3, HostsPerRack: 1})
	if err == nil || !strings.Contains(err.Error(), "5 hosts are too few for 6 zones") {
		t.Errorf("5 hosts in 6 zones: %v", err)
	}
}

// census counts what a fleet is made of.
type census struct {
	blocked, together                             int
	noPatches, noVersion, fixed, installed, slow  int
	migrate, pinned, hvm, grouped, strict, quorum int
	largestGroup, largestTenant                   int
}

func count(f *fleet.Fleet) census {
	var c census
	for h := range f.Hosts() {
		c.countHost(f, ident.Host(h))
	}
	for n := range f.Guests() {
		g := ident.Guest(n)
		c.migrate += flag(f.OnReboot(g) == fleet.Migrate)
		c.pinned += flag(f.OnReboot(g) == fleet.Pinned)
		c.hvm += flag(f.GuestLabels(g)[0].Value.Text == "hvm")
		c.grouped += flag(len(f.GroupsOf(g)) > 0)
		c.quorum += flag(len(f.GroupsOf(g)) > 1)
	}
	for n := range f.Groups() {
		g := ident.Group(n)
		c.strict += flag(f.MaxDown(g).String() == "1")
		c.largestGroup = max(c.largestGroup, f.GroupSize(g))
	}
	for n := range f.Tenants() {
		c.largestTenant = max(c.largestTenant, f.TenantSize(ident.Tenant(n)))
	}
	return c
}

func (c *census) countHost(f *fleet.Fleet, h ident.Host) {
	patches, hasPatches := f.Facts(h).Get("patches")
	hypervisor, _ := f.Facts(h).Get("hypervisor")
	_, hasVersion := f.Facts(h).Get(hypervisor.Text)
	c.noPatches += flag(!hasPatches)
	c.noVersion += flag(!hasVersion)
	c.fixed += flag(strings.Contains(patches.String(), "XSA-108"))
	c.installed += flag(len(f.Installed(h)) > 0)
	c.slow += flag(f.Outage(h) == 35*calendar.Minute)
	down := map[uint32]int{}
	blocked, together := false, false
	for _, g := range f.GuestsOn(h) {
		if f.OnReboot(ident.Guest(g)) == fleet.Migrate {
			continue
		}
		for _, n := range f.GroupsOf(ident.Guest(g)) {
			down[n]++
			group := ident.Group(n)
			together = together || down[n] > 1
			blocked = blocked || down[n] > f.MaxDown(group).Of(f.GroupSize(group))
		}
	}
	c.blocked += flag(blocked)
	c.together += flag(together)
}

func flag(b bool) int {
	if b {
		return 1
	}
	return 0
}

func TestAFleetHasTheSharesOfARealOne(t *testing.T) {
	f := mustMake(t, shapeOf(4000, 40000, 7))
	c := count(f)
	for _, x := range []struct {
		what             string
		got, least, most int
	}{
		{"groups", f.Groups(), 5000, 5200},
		{"guests in groups", c.grouped, 26000, 36000},
		{"groups with max_down 1", c.strict, 2300, 2800},
		{"members of the largest group", c.largestGroup, 200, 600},
		{"guests of the largest tenant", c.largestTenant, 500, 6000},
		{"guests in two groups", c.quorum, 50, 500},
		{"blocked hosts", c.blocked, 1, 80},
		{"hosts with two members of a group", c.together, 50, 2000},
		{"hosts without a patch list", c.noPatches, 5, 40},
		{"xen hosts without a version", c.noVersion, 5, 40},
		{"fixed hosts", c.fixed, 15, 70},
		{"fixed hosts that do not run the fix", c.installed, 15, 70},
		{"slow hosts", c.slow, 5, 35},
		{"guests that migrate", c.migrate, 1800, 2200},
		{"pinned guests", c.pinned, 3700, 4300},
		{"hvm guests", c.hvm, 22000, 30000},
	} {
		if x.got < x.least || x.got > x.most {
			t.Errorf("seed 7: %d %s, want %d to %d", x.got, x.what, x.least, x.most)
		}
	}
}

func TestTenantsCanBeReachedAtReservedDomainsInTheTimeZoneOfARealPlace(t *testing.T) {
	f := mustMake(t, shapeOf(100, 2000, 3))
	zones := map[string]bool{}
	for n := range f.Tenants() {
		tenant := ident.Tenant(n)
		contacts := f.Contacts(tenant)
		if len(contacts) == 0 || contacts[0].Role != "operations" {
			t.Fatalf("seed 3: %s has the contacts %v", f.TenantID(tenant), contacts)
		}
		for _, c := range contacts {
			if !strings.HasSuffix(c.Email, "@"+f.TenantID(tenant)+".example") {
				t.Errorf("seed 3: %s is reached at %s", f.TenantID(tenant), c.Email)
			}
		}
		zones[f.TenantTimeZone(tenant)] = true
	}
	for _, want := range []string{"America/Chicago", "America/New_York", "Europe/London", "Australia/Sydney"} {
		if !zones[want] {
			t.Errorf("seed 3: no tenant lives in %s", want)
		}
	}
}

func TestEveryRackHoldsOneGenerationAndEveryZoneOneControlHost(t *testing.T) {
	f := mustMake(t, shapeOf(500, 10, 4))
	generation, control := map[ident.Rack]string{}, map[ident.Zone]int{}
	for n := range f.Hosts() {
		h := ident.Host(n)
		v, _ := f.Labels(h).Get("generation")
		if was, ok := generation[f.RackOf(h)]; ok && was != v.Text {
			t.Errorf("seed 4: %s is %s in a rack of %s", f.HostID(h), v, was)
		}
		generation[f.RackOf(h)] = v.Text
		if _, ok := f.Labels(h).Get("role"); ok {
			control[f.ZoneOf(h)]++
		}
	}
	for z := range f.Zones() {
		if control[ident.Zone(z)] != 1 {
			t.Errorf("seed 4: zone %s has %d control hosts", f.ZoneID(ident.Zone(z)), control[ident.Zone(z)])
		}
	}
}

func BenchmarkFleet(b *testing.B) {
	for _, hosts := range []int{10_000, 100_000} {
		b.Run(fmt.Sprintf("hosts=%d", hosts), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				mustMake(b, shapeOf(hosts, 10*hosts, 1))
			}
		})
	}
}
