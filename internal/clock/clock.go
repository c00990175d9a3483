// Package clock is the one place that reads the wall clock. Judgement is given its time as a value; only the
// outermost rooms, where work is narrated or done, may ask for it here.
package clock

import "time"

// Stopwatch measures how long something takes.
type Stopwatch struct {
	start time.Time
}

// Start returns a running stopwatch.
func Start() Stopwatch { return Stopwatch{time.Now()} }

// Elapsed returns the time since Start. Setting the clock of the machine does not change it.
func (s Stopwatch) Elapsed() time.Duration { return time.Since(s.start) }
