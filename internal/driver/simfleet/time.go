package simfleet

import (
	"context"
	"time"

	"github.com/evenkeel-project/evenkeel/internal/clock"
	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
)

// clock returns what the clock of the world shows.
func (f *Fleet) clock() calendar.Instant { return f.now.Add(f.offset) }

// Now returns what the clock of the world shows. It moves in Wait alone.
func (f *Fleet) Now() calendar.Instant {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	return f.clock()
}

// Jumped returns by how much the scenario has set the clock since the last call. A jump counts as told once Wait is
// called after it was returned: when the process ends in between, it is told again.
func (f *Fleet) Jumped() calendar.Seconds {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	by := f.jumped - f.told
	f.told = f.jumped
	return by
}

// Wait lets time pass until the clock shows the given instant, something happens in the world, or there is news. It
// returns at once when something was told that Changed was not asked for. With a pace it takes its time, an hour of the
// machine at the most. How far it came is in the log before it returns; when that cannot be written no time has
// passed, and the error says so.
func (f *Fleet) Wait(ctx context.Context, until calendar.Instant, news <-chan struct{}) error {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	if err := ctx.Err(); err != nil {
		return err
	}
	f.pass(f.now)
	if f.kept != f.told {
		if err := f.keep(f.now); err != nil {
			return err
		}
	}
	if f.fresh || received(news) {
		f.fresh = false
		return nil
	}
	target := f.target(until)
	var ended error
	if f.pace > 0 && target > f.now {
		target, ended = f.sleep(ctx, target, news)
	}
	if target > f.now {
		if err := f.keep(target); err != nil {
			return err
		}
	}
	f.pass(target)
	f.fresh = false
	return ended
}

// target returns the earlier of until and the next thing that happens, and never a time that has passed.
func (f *Fleet) target(until calendar.Instant) calendar.Instant {
	target := until.Add(-f.offset)
	if next, ok := f.events.next(f.hosts); ok {
		target = min(target, next.at)
	}
	if f.jumpsPast < len(f.jumps) {
		target = min(target, f.jumps[f.jumpsPast].At)
	}
	return max(f.now, target)
}

// sleep waits as long as the pace asks, and returns the time that it is then.
func (f *Fleet) sleep(ctx context.Context, target calendar.Instant, news <-chan struct{}) (calendar.Instant, error) {
	const longest = calendar.Hour
	start, pace := f.now, calendar.Seconds(f.pace)
	seconds := target.Sub(start)
	if seconds/pace >= longest {
		seconds = longest * pace
	}
	whole := time.Duration(seconds/pace)*time.Second + time.Duration(seconds%pace)*time.Second/time.Duration(pace)
	f.mutex.Unlock()
	watch := clock.Start()
	woken := pause(ctx, whole, news)
	elapsed := watch.Elapsed()
	f.mutex.Lock()
	passed := seconds
	if woken && elapsed < whole {
		passed = calendar.Seconds(elapsed/time.Second)*pace + calendar.Seconds(elapsed%time.Second)*pace/calendar.Seconds(time.Second)
	}
	return start.Add(passed), ctx.Err()
}

// pause waits for a while, and reports whether news or the end of ctx cut it short.
func pause(ctx context.Context, d time.Duration, news <-chan struct{}) bool {
	waiting, stop := context.WithCancel(ctx)
	defer stop()
	over := make(chan struct{})
	go func() {
		defer close(over)
		select {
		case <-news:
			stop()
		case <-waiting.Done():
		}
	}()
	err := clock.Pause(waiting, d)
	stop()
	<-over
	return err != nil
}

func received(news <-chan struct{}) bool {
	select {
	case <-news:
		return true
	default:
		return false
	}
}

// pass lets everything happen that is due until then.
func (f *Fleet) pass(until calendar.Instant) {
	for {
		next, ok := f.events.next(f.hosts)
		jumps := f.jumpsPast < len(f.jumps) && f.jumps[f.jumpsPast].At <= until
		switch {
		case jumps && (!ok || f.jumps[f.jumpsPast].At <= next.at):
			jump := f.jumps[f.jumpsPast]
			f.now = max(f.now, jump.At)
			f.offset += jump.By
			f.jumped += jump.By
			f.jumpsPast++
		case ok && next.at <= until:
			f.now = next.at
			f.finish(next.host)
		default:
			f.now = until
			f.latest = max(f.latest, f.clock())
			return
		}
	}
}

// keep writes to the log that it is now a certain time, and which jumps have been told.
func (f *Fleet) keep(now calendar.Instant) error {
	if err := f.log.write(entry{At: int64(now), Told: f.told}); err != nil {
		return err
	}
	f.kept = f.told
	return nil
}
