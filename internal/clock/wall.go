package clock

import (
	"context"
	"sync"
	"time"

	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
)

// jumpMin is the difference between the wall clock and the steady clock that is a jump. Less than that is a clock
// being kept right.
const jumpMin = 30 * time.Second

// lookEvery bounds how long a wait goes without a look at the wall clock: a clock that is set forward must end the
// wait, and the timer does not see it.
const lookEvery = 5 * time.Second

// reading is what both clocks of the machine say at one moment.
type reading struct {
	wall   time.Time
	steady time.Duration // since some moment; setting the wall clock does not change it
}

// wall is the machine's clock.
type wall struct {
	read func() reading
	mu   sync.Mutex
	last reading // at the last call of Jumped
}

// Wall returns the machine's clock. What it says is UTC in whole seconds, rounded down.
func Wall() Clock {
	origin := time.Now()
	return newWall(func() reading {
		now := time.Now()
		return reading{now.Round(0), now.Sub(origin)}
	})
}

func newWall(read func() reading) *wall { return &wall{read: read, last: read()} }

// Now returns the present.
func (w *wall) Now() calendar.Instant { return calendar.Instant(w.read().wall.Unix()) }

// Wait returns at until, or earlier when news was sent to or ctx is done.
func (w *wall) Wait(ctx context.Context, until calendar.Instant, news <-chan struct{}) error {
	for {
		left := until.Time().Sub(w.read().wall)
		if err := ctx.Err(); err != nil || left <= 0 {
			return err
		}
		timer := time.NewTimer(min(left, lookEvery))
		select {
		case <-timer.C:
		case <-news:
			timer.Stop()
			return nil
		case <-ctx.Done():
			timer.Stop()
			return ctx.Err()
		}
	}
}

// Jumped returns by how much the wall clock moved against the steady one since the last call. A machine that slept
// has jumped too: its steady clock stood still.
func (w *wall) Jumped() calendar.Seconds {
	w.mu.Lock()
	defer w.mu.Unlock()
	now := w.read()
	by := now.wall.Sub(w.last.wall) - (now.steady - w.last.steady)
	w.last = now
	if by.Abs() < jumpMin {
		return 0
	}
	return calendar.Seconds(by.Round(time.Second) / time.Second)
}

// Stamp returns the wall clock in nanoseconds since 1970, for names that must stand in the order of their making.
func Stamp() int64 { return time.Now().UnixNano() }
