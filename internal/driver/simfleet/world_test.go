package simfleet_test

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"testing"

	"github.com/evenkeel-project/evenkeel/internal/core/advisory"
	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/dispatch"
	"github.com/evenkeel-project/evenkeel/internal/core/fleet"
	"github.com/evenkeel-project/evenkeel/internal/core/label"
	"github.com/evenkeel-project/evenkeel/internal/core/policy"
	"github.com/evenkeel-project/evenkeel/internal/driver"
	"github.com/evenkeel-project/evenkeel/internal/driver/drivertest"
	"github.com/evenkeel-project/evenkeel/internal/driver/simfleet"
)

// start is when the worlds of these tests begin.
const start = calendar.Instant(1411902000)

func text(key, value string) label.Pair { return label.Pair{Key: key, Value: label.Text(value)} }

// newFleet returns hosts h-0000, h-0001, ... in two zones, each with a guest of every kind and one that restarts more.
// Every third host is of the generation "old".
func newFleet(t testing.TB, hosts int) *fleet.Fleet {
	t.Helper()
	b := fleet.NewBuilder("fleet.yaml")
	b.AddRegion(fleet.Region{ID: "dfw"})
	b.AddZone(fleet.Zone{ID: "dfw-1", Region: "dfw"})
	b.AddZone(fleet.Zone{ID: "dfw-2", Region: "dfw"})
	b.AddTenant(fleet.Tenant{ID: "acme"})
	for i := range hosts {
		id := fmt.Sprintf("h-%04d", i)
		generation := [...]string{"old", "standard", "standard"}[i%3]
		b.AddHost(fleet.Host{ID: id, Zone: fmt.Sprintf("dfw-%d", i%2+1), Labels: label.Set{text("generation", generation)},
			Facts:     label.NewSet([]label.Pair{text("xen", "4.3.2"), {Key: "patches", Value: label.TextList("XSA-1")}}),
			Installed: label.Set{text("kernel", "7")}})
		for k, kind := range []fleet.OnReboot{fleet.Restart, fleet.Migrate, fleet.Pinned, fleet.Restart} {
			b.AddGuest(fleet.Guest{ID: fmt.Sprintf("%s-vm-%d", id, k), Host: id, Tenant: "acme", OnReboot: kind})
		}
	}
	f, problems := b.Build()
	if problems.Failed() {
		t.Fatal(problems.Err())
	}
	return f
}

func newPolicy() *policy.Policy {
	return &policy.Policy{DefaultOutage: 12 * calendar.Minute, OutageBy: []policy.OutageRule{
		{Key: "generation", Value: "old", Outage: 18 * calendar.Minute}}}
}

func options(f *fleet.Fleet, s *simfleet.Scenario) simfleet.Options {
	return simfleet.Options{Fleet: f, Policy: newPolicy(), Advisories: []string{"XSA-108"}, Scenario: s, Start: start}
}

func open(t testing.TB, o simfleet.Options) *simfleet.Fleet {
	t.Helper()
	world, err := simfleet.Open(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = world.Close() })
	return world
}

// reopen lets go of a world and opens what it has left.
func reopen(t testing.TB, world *simfleet.Fleet, o simfleet.Options) *simfleet.Fleet {
	t.Helper()
	if err := world.Close(); err != nil {
		t.Fatal(err)
	}
	return open(t, o)
}

// orderTo returns an order that nothing is wrong with, the boot id apart.
func orderTo(f *fleet.Fleet, id string, step dispatch.Step, attempt int) dispatch.Order {
	h, _ := f.FindHost(id)
	o := dispatch.Order{Campaign: "c-0123456789ab", Host: id, Zone: f.ZoneID(f.ZoneOf(h)), Step: step, Attempt: attempt, Fence: 1,
		NotAfter: start.Add(calendar.Day)}
	if step == dispatch.Act {
		o.Action = advisory.Reboot
	}
	return o
}

func see(t testing.TB, world *simfleet.Fleet, id string) dispatch.Observation {
	t.Helper()
	seen, err := world.Observe(t.Context(), []string{id})
	if err != nil {
		t.Fatal(err)
	}
	return seen[0]
}

// begin hands an order over, with the boot that the host runs.
func begin(t testing.TB, world *simfleet.Fleet, o dispatch.Order) {
	t.Helper()
	if o.Step == dispatch.Act || o.Step == dispatch.Fence {
		o.BootID = see(t, world, o.Host).BootID
	}
	if err := world.Begin(t.Context(), []dispatch.Order{o}); err != nil {
		t.Fatal(err)
	}
}

func wait(t testing.TB, world *simfleet.Fleet, until calendar.Instant) {
	t.Helper()
	if err := world.Wait(t.Context(), until, nil); err != nil {
		t.Fatal(err)
	}
}

// does has a host do a step to its end, or for an hour, and returns what is seen then.
func does(t testing.TB, world *simfleet.Fleet, o dispatch.Order) dispatch.Observation {
	t.Helper()
	begin(t, world, o)
	for until := world.Now().Add(calendar.Hour); world.Now() < until && see(t, world, o.Host).Outcome.Result == dispatch.Working; {
		wait(t, world, until)
	}
	return see(t, world, o.Host)
}

// life has a host do the steps, each with attempt 1, and returns what is seen in the end.
func life(t testing.TB, world *simfleet.Fleet, f *fleet.Fleet, id string, steps ...dispatch.Step) dispatch.Observation {
	t.Helper()
	var seen dispatch.Observation
	for _, step := range steps {
		seen = does(t, world, orderTo(f, id, step, 1))
	}
	return seen
}

// subject offers two hosts of a world to the suite.
func subject(f *fleet.Fleet, world driver.Driver, now func() calendar.Instant, pass func()) drivertest.Subject {
	s := drivertest.Subject{Driver: world, Now: now, Pass: pass}
	for i := range s.Hosts {
		id := fmt.Sprintf("h-%04d", i)
		h, _ := f.FindHost(id)
		s.Hosts[i] = drivertest.Host{ID: id, Zone: f.ZoneID(f.ZoneOf(h)), Restart: []string{id + "-vm-0", id + "-vm-3"},
			Migrate: []string{id + "-vm-1"}, Pinned: []string{id + "-vm-2"}}
	}
	return s
}

func TestItKeepsToTheSuite(t *testing.T) {
	f := newFleet(t, 4)
	drivertest.Run(t, func(t *testing.T) drivertest.Subject {
		world := open(t, options(f, nil))
		return subject(f, world, world.Now, func() { wait(t, world, world.Now()+60) })
	})
}

// twice is a driver to which every order is handed over twice, the second time with all that came along.
type twice struct{ driver.Driver }

func (d twice) Begin(ctx context.Context, orders []dispatch.Order) error {
	if err := d.Driver.Begin(ctx, slices.Concat(orders, orders)); err != nil {
		return err
	}
	return d.Driver.Begin(ctx, orders)
}

func TestItKeepsToTheSuiteWhenEveryOrderComesTwice(t *testing.T) {
	f := newFleet(t, 4)
	drivertest.Run(t, func(t *testing.T) drivertest.Subject {
		world := open(t, options(f, nil))
		return subject(f, twice{world}, world.Now, func() { wait(t, world, world.Now()+60) })
	})
}

// reopened is a world that is opened again from its log before every call.
type reopened struct {
	t     testing.TB
	given simfleet.Options
	world *simfleet.Fleet
}

func (r *reopened) again() *simfleet.Fleet {
	if r.world != nil {
		if err := r.world.Close(); err != nil {
			r.t.Fatal(err)
		}
	}
	world, err := simfleet.Open(r.given)
	if err != nil {
		r.t.Fatal(err)
	}
	r.world = world
	return world
}

func (r *reopened) Begin(ctx context.Context, orders []dispatch.Order) error {
	return r.again().Begin(ctx, orders)
}

func (r *reopened) Observe(ctx context.Context, hosts []string) ([]dispatch.Observation, error) {
	return r.again().Observe(ctx, hosts)
}

func (r *reopened) Changed() []string     { return r.again().Changed() }
func (r *reopened) News() <-chan struct{} { return nil }
func (r *reopened) now() calendar.Instant { return r.again().Now() }

func (r *reopened) wait(seconds calendar.Seconds) {
	world := r.again()
	wait(r.t, world, world.Now().Add(seconds))
}

func TestItKeepsToTheSuiteWhenItIsOpenedAgainBeforeEveryCall(t *testing.T) {
	f := newFleet(t, 4)
	drivertest.Run(t, func(t *testing.T) drivertest.Subject {
		o := options(f, nil)
		o.Path = filepath.Join(t.TempDir(), "world.log")
		world := &reopened{t: t, given: o}
		t.Cleanup(func() { _ = world.world.Close() })
		return subject(f, world, world.now, func() { world.wait(60) })
	})
}
