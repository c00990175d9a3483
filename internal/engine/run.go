package engine

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/evenkeel-project/evenkeel/internal/clock"
	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/campaign"
	"github.com/evenkeel-project/evenkeel/internal/core/problem"
	"github.com/evenkeel-project/evenkeel/internal/store"
)

// failuresMost is how many times in a row a turn may fail before the engine gives up.
const failuresMost = 5

// Run conducts the campaign until it has ended and every notice was accepted or given up, ctx is done, or going on is
// of no use. It returns where the campaign stands. Run may be called again.
func (e *Engine) Run(ctx context.Context) (campaign.Status, error) {
	listening, stop := context.WithCancel(ctx)
	var listener sync.WaitGroup
	listener.Go(func() { e.listen(listening) })
	defer listener.Wait()
	defer stop()
	for failures := 0; ; {
		if err := ctx.Err(); err != nil {
			return e.status, err
		}
		t, err := e.turn(ctx)
		if err == nil && t.done() {
			return e.status, nil
		}
		if err == nil {
			failures = 0
			err = t.wait(ctx)
		} else {
			e.position = nil // the state may hold what the journal does not
		}
		if err == nil || ctx.Err() != nil {
			continue
		}
		if !errors.Is(err, store.ErrFull) {
			failures++
		}
		if hopeless(err) || failures == failuresMost {
			return e.status, explained(err, e.Campaign)
		}
		e.show(Frame{At: e.Clock.Now(), Trouble: e.recovering(err)})
		_ = clock.Pause(ctx, retry) // the loop looks at ctx
	}
}

// recovering says what the engine does after an error that may pass.
func (e *Engine) recovering(err error) string {
	if e.position != nil {
		return fmt.Sprintf("no time can pass; it is tried again: %v", err)
	}
	return fmt.Sprintf("the journal is being read again: %v", err)
}

// turn goes round once: it collects, decides, keeps, and then acts.
func (e *Engine) turn(ctx context.Context) (*turn, error) {
	if err := e.ready(ctx); err != nil {
		return nil, err
	}
	now, err := e.catchUp(ctx)
	if err != nil {
		return nil, err
	}
	if err := e.takeOver(ctx, now); err != nil {
		return nil, err
	}
	if !underway(e.position.state.Status()) {
		return nil, problem.Problem{Code: "not-started", Sentence: fmt.Sprintf("campaign %s was not started", e.Campaign), Fix: "start it: evenkeel campaign start"}
	}
	t := &turn{Engine: e, now: now}
	if err := t.collect(ctx); err != nil {
		return nil, err
	}
	if err := t.keep(ctx, t.events); err != nil {
		return nil, err
	}
	t.sure = len(t.events) > 0
	e.jump, t.position.receipts = 0, nil
	if err := t.handOver(ctx); err != nil {
		return nil, err
	}
	if err := t.deliver(ctx); err != nil {
		return nil, err
	}
	t.answer(ctx)
	e.show(t.frame())
	return t, nil
}

// catchUp waits until the clock stands where the last event happened, or later, and returns that time.
func (e *Engine) catchUp(ctx context.Context) (calendar.Instant, error) {
	for {
		now := e.Clock.Now()
		e.jump += e.Clock.Jumped()
		by := e.behind(now)
		if by == 0 {
			return now, nil
		}
		e.show(Frame{At: now, Trouble: fmt.Sprintf("the clock stands %v before the last event; nothing is done until it has caught up", by)})
		if err := e.Clock.Wait(ctx, e.position.lastAt, nil); err != nil {
			return 0, err
		}
	}
}

// done reports whether nothing is left to do: the campaign has ended and every tenant who can be told was told.
func (t *turn) done() bool {
	return t.status.Ended() && len(t.position.letters) == 0
}

// wait waits until something is due or something happened.
func (t *turn) wait(ctx context.Context) error {
	p := t.position
	if len(p.receipts) > 0 {
		return nil
	}
	until, due := campaign.NextWake(p.state, t.World, t.now)
	sooner := func(at calendar.Instant) {
		if !due || at < until {
			until, due = at, true
		}
	}
	for i := range p.orders {
		if p.orders[i].handed == 0 {
			sooner(p.retry)
		}
	}
	for i := range p.letters {
		sooner(p.letters[i].again)
	}
	if p.watching {
		sooner(p.sweep)
	}
	waiting, stop := context.WithCancel(ctx)
	defer stop()
	t.bell.answer(stop)
	defer t.bell.answer(nil)
	sooner(t.now.Add(restMost))
	err := t.Clock.Wait(waiting, max(until, t.now+1), t.Driver.News())
	if waiting.Err() != nil {
		return ctx.Err() // the bell rang, unless it was ctx
	}
	return err
}

// show shows a frame to those who watch.
func (e *Engine) show(f Frame) {
	if e.Watch == nil {
		return
	}
	if p := e.position; p != nil {
		f.Overview = func() campaign.Overview { return campaign.Look(p.state, e.World, f.At) }
	}
	e.Watch(f)
}

// listenEvery is how often the inbox is looked into while the engine waits, by the steady clock: a person who says
// stop must not wait for the time of the campaign, be it slow or fast.
const listenEvery = 250 * time.Millisecond

// restMost is the longest wait, of the campaign's clock.
const restMost = calendar.Hour

// listen rings the bell when somebody asks for something.
func (e *Engine) listen(ctx context.Context) {
	for e.Inbox != nil && clock.Pause(ctx, listenEvery) == nil {
		if pending, err := e.Inbox.Pending(ctx); len(pending) > 0 || err != nil {
			e.bell.ring()
		}
	}
}

// bell ends a wait from another goroutine.
type bell struct {
	mu      sync.Mutex
	rung    bool // while nobody was there to answer
	answers func()
}

// ring ends the wait that is going on, or the next one.
func (b *bell) ring() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.rung = b.answers == nil
	if b.answers != nil {
		b.answers()
	}
}

// answer has stop called when the bell rings, at once if it rang before; nil is nobody there.
func (b *bell) answer(stop func()) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.answers = stop
	if stop != nil && b.rung {
		b.rung = false
		stop()
	}
}
