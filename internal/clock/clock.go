// Package clock is the one place that reads the wall clock. Judgement is given its time as a value; only the
// outermost rooms, where work is narrated or done, may ask for it here.
package clock

import (
	"context"
	"time"

	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
)

// Clock is the time that a campaign lives by: the machine's, or that of a simulated world.
type Clock interface {
	// Now returns the present.
	Now() calendar.Instant
	// Wait returns at until, or earlier when something may have happened: news was sent to, or ctx is done.
	Wait(ctx context.Context, until calendar.Instant, news <-chan struct{}) error
	// Jumped returns by how much the clock was set since the last call, in seconds forwards; 0 when it
	// only ran.
	Jumped() calendar.Seconds
}

// Stopwatch measures how long something takes.
type Stopwatch struct {
	start time.Time
}

// Start returns a running stopwatch.
func Start() Stopwatch { return Stopwatch{time.Now()} }

// Elapsed returns the time since Start. Setting the clock of the machine does not change it.
func (s Stopwatch) Elapsed() time.Duration { return time.Since(s.start) }

// Pause waits for d, or until ctx is done.
func Pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
