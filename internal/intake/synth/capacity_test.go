package synth_test

import (
	"strconv"
	"strings"
	"testing"

	"github.com/evenkeel-project/evenkeel/internal/core/fleet"
	"github.com/evenkeel-project/evenkeel/internal/core/ident"
	"github.com/evenkeel-project/evenkeel/internal/core/label"
	"github.com/evenkeel-project/evenkeel/internal/core/limit"
	"github.com/evenkeel-project/evenkeel/internal/intake/synth"
	"pgregory.net/rapid"
)

func share(text string) limit.Limit {
	l, err := limit.Parse(text)
	if err != nil {
		panic(err)
	}
	return l
}

func amount(tb testing.TB, set label.Set, key string) int {
	v, _ := set.Get(key)
	n, err := strconv.Atoi(v.Text)
	if err != nil {
		tb.Fatalf("%s is %q", key, v)
	}
	return n
}

// used adds up what the guests of a host need.
func used(tb testing.TB, f *fleet.Fleet, h ident.Host, key string) int {
	sum := 0
	for _, g := range f.GuestsOn(h) {
		sum += amount(tb, f.Demand(ident.Guest(g)), key)
	}
	return sum
}

func TestAFleetWithCapacityStandsAtTheUseAskedFor(t *testing.T) {
	for _, use := range []int{40, 75, 90} {
		shape := shapeOf(2000, 20000, 5)
		shape.Capacity, shape.Use = true, share(strconv.Itoa(use)+"%")
		f := mustMake(t, shape)
		whole, taken, bare := 0, 0, 0
		for n := range f.Hosts() {
			h := ident.Host(n)
			if len(f.GuestsOn(h)) == 0 {
				bare++
				continue
			}
			whole += amount(t, f.Capacity(h), "memory_mib")
			taken += used(t, f, h, "memory_mib")
		}
		if bare > f.Hosts()/100 {
			t.Errorf("seed 5: %d hosts have no guest", bare)
		}
		if got := 100 * taken / whole; got < use-2 || got > use+1 {
			t.Errorf("seed 5: the fleet uses %d%% of its memory, want %d%%", got, use)
		}
	}
}

func TestNoHostOfAFleetWithCapacityCarriesMoreThanItCan(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		shape := shapeOf(rapid.IntRange(15, 100).Draw(rt, "hosts"), rapid.IntRange(0, 1500).Draw(rt, "guests"), rapid.Uint64().Draw(rt, "seed"))
		shape.Capacity, shape.Use = true, share(strconv.Itoa(rapid.IntRange(1, 98).Draw(rt, "use"))+"%")
		f, err := synth.Fleet(shape)
		if err != nil {
			if !strings.Contains(err.Error(), "processors for them") {
				rt.Fatalf("%+v: %v", shape, err)
			}
			return
		}
		for n := range f.Hosts() {
			for _, key := range []string{"cpu", "memory_mib"} {
				h := ident.Host(n)
				if need, has := used(t, f, h, key), amount(t, f.Capacity(h), key); need > has {
					rt.Fatalf("%+v: the guests of %s need %d of %d %s", shape, f.HostID(h), need, has, key)
				}
			}
		}
	})
}

func TestTheShareThatMigratesIsTheShareAskedFor(t *testing.T) {
	for _, x := range []struct {
		share                   string
		migrate, pinned, spread int
	}{{"0%", 0, 1000, 150}, {"60%", 6000, 400, 200}, {"100%", 10000, 0, 0}} {
		shape := shapeOf(1000, 10000, 9)
		shape.Migrate = share(x.share)
		c := count(mustMake(t, shape))
		if c.migrate < x.migrate-x.spread || c.migrate > x.migrate+x.spread || c.pinned < x.pinned-x.spread || c.pinned > x.pinned+x.spread {
			t.Errorf("seed 9: at %s %d guests migrate and %d are pinned", x.share, c.migrate, c.pinned)
		}
	}
}

func TestAShapeWithCapacityMakesTheSameFleetInEveryRelease(t *testing.T) {
	const want = "sha256:95dfb11538ba59fe540232ff66a969472748a8dc6600a494255f17b473ba672a"
	shape := shapeOf(300, 3000, 1)
	shape.Capacity, shape.Use, shape.Migrate = true, share("75%"), share("60%")
	if got := string(mustMake(t, shape).Digest()); got != want {
		t.Errorf("seed 1: the fleet is %s, want %s: recorded measurements no longer compare", got, want)
	}
}

func TestCapacityChangesNothingElseOfAFleet(t *testing.T) {
	plain := shapeOf(200, 2000, 11)
	rich := plain
	rich.Capacity = true
	a, b := mustMake(t, plain), mustMake(t, rich)
	for n := range a.Guests() {
		g := ident.Guest(n)
		if a.GuestID(g) != b.GuestID(g) || a.HostOf(g) != b.HostOf(g) || a.TenantOf(g) != b.TenantOf(g) || a.OnReboot(g) != b.OnReboot(g) {
			t.Fatalf("seed 11: guest %s is another one", a.GuestID(g))
		}
	}
	if a.Digest() == b.Digest() {
		t.Error("seed 11: capacity leaves no trace")
	}
}

func TestImpossibleSharesAndDemandsAreRefused(t *testing.T) {
	good := shapeOf(100, 1000, 1)
	for _, x := range []struct {
		change func(*synth.Shape)
		want   string
	}{
		{func(s *synth.Shape) { s.Use = share("50%") }, "without capacity there is nothing that 50% could be used of"},
		{func(s *synth.Shape) { s.Capacity, s.Use = true, share("99%") }, "99% of its memory is no use"},
		{func(s *synth.Shape) { s.Capacity, s.Use = true, share("0%") }, "0% of its memory is no use"},
		{func(s *synth.Shape) { s.Capacity, s.Use = true, limit.Count(50) }, "50 is no share, and use is a share of the whole"},
		{func(s *synth.Shape) { s.Migrate = limit.Count(5) }, "5 is no share, and migrate is a share of the whole"},
		{func(s *synth.Shape) { s.Capacity, s.Guests = true, 30000 }, "processors for them"},
	} {
		shape := good
		x.change(&shape)
		if _, err := synth.Fleet(shape); err == nil || !strings.Contains(err.Error(), x.want) {
			t.Errorf("the refusal is %v, want %q", err, x.want)
		}
	}
}
