package simfleet_test

import (
	"context"
	"errors"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"github.com/evenkeel-project/evenkeel/internal/clock"
	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/dispatch"
	"github.com/evenkeel-project/evenkeel/internal/driver"
	"github.com/evenkeel-project/evenkeel/internal/driver/simfleet"
)

var (
	_ driver.Driver = (*simfleet.Fleet)(nil)
	_ clock.Clock   = (*simfleet.Fleet)(nil)
)

func mustBe(t *testing.T, world *simfleet.Fleet, want calendar.Instant) {
	t.Helper()
	if now := world.Now(); now != want {
		t.Fatalf("it is %s, want %s", now, want)
	}
}

func TestWaitingEndsAtTheNextThingThatHappens(t *testing.T) {
	f := newFleet(t, 3)
	world := open(t, options(f, nil))
	mustBe(t, world, start)
	begin(t, world, orderTo(f, "h-0000", dispatch.Cordon, 1))
	mustBe(t, world, start)
	wait(t, world, start.Add(calendar.Hour))
	if now := world.Now(); now <= start || now > start.Add(5) {
		t.Fatalf("the host is cordoned at %s", now)
	}
	if changed := world.Changed(); len(changed) != 1 || changed[0] != "h-0000" {
		t.Fatalf("%q changed", changed)
	}
	if changed := world.Changed(); len(changed) != 0 {
		t.Fatalf("%q changed again", changed)
	}
	wait(t, world, start.Add(calendar.Hour))
	mustBe(t, world, start.Add(calendar.Hour))
	wait(t, world, start)
	mustBe(t, world, start.Add(calendar.Hour))
}

func TestNoTimePassesWhileThereIsSomethingToLookAt(t *testing.T) {
	f := newFleet(t, 3)
	world := open(t, options(f, nil))
	news := make(chan struct{}, 1)
	news <- struct{}{}
	if err := world.Wait(t.Context(), start.Add(calendar.Hour), news); err != nil {
		t.Fatal(err)
	}
	mustBe(t, world, start)
	begin(t, world, orderTo(f, "h-0000", dispatch.Return, 1))
	wait(t, world, start.Add(calendar.Hour))
	mustBe(t, world, start)
	mustSay(t, see(t, world, "h-0000"), dispatch.Refused, driver.WrongStep)
	wait(t, world, start.Add(calendar.Hour))
	mustBe(t, world, start.Add(calendar.Hour))
}

func TestWaitingEndsWithItsContext(t *testing.T) {
	f := newFleet(t, 3)
	world := open(t, options(f, nil))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := world.Wait(ctx, start.Add(calendar.Hour), nil); !errors.Is(err, context.Canceled) {
		t.Fatalf("got %v", err)
	}
	if err := world.Begin(ctx, []dispatch.Order{orderTo(f, "h-0000", dispatch.Cordon, 1)}); !errors.Is(err, context.Canceled) {
		t.Fatalf("got %v", err)
	}
	if _, err := world.Observe(ctx, nil); !errors.Is(err, context.Canceled) {
		t.Fatalf("got %v", err)
	}
	if seen := see(t, world, "h-0000"); seen.Outcome != nil {
		t.Fatalf("the host says %+v", seen.Outcome)
	}
	mustBe(t, world, start)
}

func TestTheClockJumpsAndHostsDoNot(t *testing.T) {
	f := newFleet(t, 3)
	scenario := parse(t, "clock: [{at: 2014-09-28T11:30:00Z, by: -10m}, {at: 2014-09-28T11:10:00Z, by: 2h}]")
	o := options(f, scenario)
	o.Path = filepath.Join(t.TempDir(), "world.log")
	world := open(t, o)
	steady := open(t, options(f, parse(t, "{}")))
	if by := world.Jumped(); by != 0 {
		t.Fatalf("before anything the clock jumped by %s", by)
	}
	wait(t, world, start.Add(5*calendar.Hour))
	mustBe(t, world, start.Add(2*calendar.Hour+10*calendar.Minute))
	if by := world.Jumped(); by != 2*calendar.Hour {
		t.Fatalf("the clock jumped by %s", by)
	}
	if by := world.Jumped(); by != 0 {
		t.Fatalf("the same jump was told twice: %s", by)
	}
	wait(t, steady, start.Add(10*calendar.Minute))
	for _, step := range wholeLife[:2] {
		begin(t, world, orderTo(f, "h-0001", step, 1))
		begin(t, steady, orderTo(f, "h-0001", step, 1))
		wait(t, world, start.Add(5*calendar.Hour))
		wait(t, steady, start.Add(5*calendar.Hour))
		mustBe(t, world, steady.Now().Add(2*calendar.Hour))
	}
	world.Changed()
	wait(t, world, start.Add(5*calendar.Hour))
	mustBe(t, world, start.Add(2*calendar.Hour+20*calendar.Minute))
	if by := world.Jumped(); by != -10*calendar.Minute {
		t.Fatalf("the clock jumped by %s", by)
	}

	// Nobody has come back since the last jump was told: it is told again. After the next Wait it is not.
	world = reopen(t, world, o)
	if by := world.Jumped(); by != -10*calendar.Minute {
		t.Fatalf("opened again, the clock jumped by %s", by)
	}
	wait(t, world, world.Now())
	world = reopen(t, world, o)
	if by := world.Jumped(); by != 0 {
		t.Fatalf("a jump that was told is told again: %s", by)
	}
	mustBe(t, world, start.Add(2*calendar.Hour+20*calendar.Minute))
}

func TestAnOrderExpiresByTheClockThatJumped(t *testing.T) {
	f := newFleet(t, 3)
	world := open(t, options(f, parse(t, "clock: [{at: 2014-09-28T11:10:00Z, by: 2h}]")))
	wait(t, world, start.Add(calendar.Hour))
	o := orderTo(f, "h-0000", dispatch.Cordon, 1)
	o.NotAfter = start.Add(calendar.Hour)
	begin(t, world, o)
	mustSay(t, see(t, world, "h-0000"), dispatch.Refused, driver.Expired)
}

func TestThePaceIsKeptAndNewsCutItShort(t *testing.T) {
	f := newFleet(t, 3)
	synctest.Test(t, func(t *testing.T) {
		o := options(f, nil)
		o.Pace = 60
		world := open(t, o)
		began := clock.Start()
		wait(t, world, start.Add(calendar.Hour))
		mustBe(t, world, start.Add(calendar.Hour))
		if took := began.Elapsed(); took != time.Minute {
			t.Fatalf("an hour at pace 60 took %s", took)
		}

		news := make(chan struct{}, 1)
		go func() {
			if err := clock.Pause(t.Context(), 10*time.Second+time.Second/2); err == nil {
				news <- struct{}{}
			}
		}()
		if err := world.Wait(t.Context(), start.Add(2*calendar.Hour), news); err != nil {
			t.Fatal(err)
		}
		mustBe(t, world, start.Add(calendar.Hour+10*calendar.Minute+30))

		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := world.Wait(ctx, start.Add(2*calendar.Hour), news); !errors.Is(err, context.DeadlineExceeded) {
			t.Fatalf("got %v", err)
		}
		mustBe(t, world, start.Add(calendar.Hour+11*calendar.Minute+30))

		// A wait that has no end comes back after an hour of the machine.
		wait(t, world, 1<<62)
		mustBe(t, world, start.Add(calendar.Hour+11*calendar.Minute+30+60*calendar.Hour))
	})
}
