package clock

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
)

const noon = calendar.Instant(1411905600)

// scripted is a wall clock whose readings a test sets.
func scripted() (*wall, *reading) {
	now := &reading{wall: noon.Time()}
	return newWall(func() reading { return *now }), now
}

// pass lets time pass on the steady clock, and the wall clock be set by so much besides.
func (r *reading) pass(steady, set time.Duration) {
	r.steady += steady
	r.wall = r.wall.Add(steady + set)
}

func TestAClockThatIsSetHasJumpedOnce(t *testing.T) {
	for _, c := range []struct {
		steady, set time.Duration
		want        calendar.Seconds
	}{
		{time.Hour, 0, 0},
		{time.Hour, 29 * time.Second, 0},
		{time.Hour, -29 * time.Second, 0},
		{time.Second, 30 * time.Second, 30},
		{time.Second, -30 * time.Second, -30},
		{time.Minute, 2 * time.Hour, 7200},
		{time.Minute, -10*time.Minute + 300*time.Millisecond, -600},
	} {
		w, now := scripted()
		now.pass(c.steady, c.set)
		if got := w.Jumped(); got != c.want {
			t.Errorf("after %v, set by %v: Jumped() = %d, want %d", c.steady, c.set, got, c.want)
		}
		now.pass(c.steady, 0)
		if got := w.Jumped(); got != 0 {
			t.Errorf("set by %v: the jump is told twice, as %d", c.set, got)
		}
	}
}

func TestAClockThatIsKeptRightNeverJumps(t *testing.T) {
	w, now := scripted()
	for range 1000 {
		now.pass(time.Minute, 50*time.Millisecond)
		if got := w.Jumped(); got != 0 {
			t.Fatalf("Jumped() = %d", got)
		}
	}
}

func TestNowIsInWholeSecondsRoundedDown(t *testing.T) {
	w, now := scripted()
	now.pass(999*time.Millisecond, 0)
	if got := w.Now(); got != noon {
		t.Errorf("Now() = %v, want %v", got, noon)
	}
}

func TestAWaitEndsAtItsTimeAndNotBefore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := Wall()
		until := w.Now().Add(3600)
		if err := w.Wait(t.Context(), until, nil); err != nil || w.Now() != until {
			t.Errorf("Wait() = %v, and it is %v; want %v", err, w.Now(), until)
		}
		if err := w.Wait(t.Context(), until.Add(-10), nil); err != nil || w.Now() != until {
			t.Errorf("a wait for the past = %v, and it is %v; want %v", err, w.Now(), until)
		}
		if w.Jumped() != 0 {
			t.Error("waiting is no jump")
		}
	})
}

func TestNewsEndAWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := Wall()
		from := w.Now()
		news := make(chan struct{})
		go func() {
			_ = Pause(t.Context(), 7*time.Second)
			news <- struct{}{}
		}()
		if err := w.Wait(t.Context(), from.Add(3600), news); err != nil || w.Now() != from.Add(7) {
			t.Errorf("Wait() = %v after %v; want the news after 7s", err, w.Now().Sub(from))
		}
	})
}

func TestTheContextEndsAWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := Wall()
		ctx, cancel := context.WithTimeout(t.Context(), 7*time.Second)
		defer cancel()
		from := w.Now()
		if err := w.Wait(ctx, from.Add(3600), nil); !errors.Is(err, context.DeadlineExceeded) || w.Now() != from.Add(7) {
			t.Errorf("Wait() = %v after %v; want the end of the context after 7s", err, w.Now().Sub(from))
		}
	})
}

func TestAClockSetForwardEndsAWaitSoon(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		origin := time.Now()
		set := time.Duration(0)
		w := newWall(func() reading {
			steady := time.Since(origin)
			if steady > 10*time.Second {
				set = 2 * time.Hour
			}
			return reading{origin.Round(0).Add(steady + set), steady}
		})
		if err := w.Wait(t.Context(), w.Now().Add(3600), nil); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(origin); took > 10*time.Second+lookEvery {
			t.Errorf("the wait took %v after the clock was set", took)
		}
		if got := w.Jumped(); got != 7200 {
			t.Errorf("Jumped() = %d, want 7200", got)
		}
	})
}

func TestStampsStandInTheOrderOfTheirMaking(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		first := Stamp()
		_ = Pause(t.Context(), time.Microsecond)
		if second := Stamp(); second <= first {
			t.Errorf("%d then %d", first, second)
		}
	})
}
