package engine

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/evenkeel-project/evenkeel/internal/clock"
	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/campaign"
	"github.com/evenkeel-project/evenkeel/internal/core/evidence"
	"github.com/evenkeel-project/evenkeel/internal/core/guard"
	"github.com/evenkeel-project/evenkeel/internal/store"
)

// ready makes sure that the engine knows where the journal is.
func (e *Engine) ready(ctx context.Context) error {
	if e.position != nil {
		return nil
	}
	return e.read(ctx)
}

// behind returns by how much a time is before the last event; 0 when it is not. Events never go back in time, so
// nothing can be decided until the clock has caught up.
func (e *Engine) behind(now calendar.Instant) calendar.Seconds {
	return max(0, e.position.lastAt.Sub(now))
}

// taken reports whether this process need not take the campaign over, because it has or because there is nothing
// to conduct.
func (e *Engine) taken() bool {
	return e.position.state.Epoch() == e.epoch || !underway(e.position.state.Status()) || e.position.state.Status().Ended()
}

// underway reports whether a campaign has come so far that it has something to conduct.
func underway(s campaign.Status) bool {
	return s != campaign.None && s != campaign.Proposed && s != campaign.Approved
}

// takeOver writes into the journal that from here on this process conducts, unless the documents are not those
// that were approved.
func (e *Engine) takeOver(ctx context.Context, now calendar.Instant) error {
	if e.taken() {
		return nil
	}
	hold, err := e.once(ctx, now, campaign.Signal{Kind: campaign.TakeOver, Epoch: e.epoch, Sources: e.Sources})
	if err == nil && hold != nil {
		err = refused(hold)
	}
	return err
}

func (e *Engine) signal(ctx context.Context, signal campaign.Signal) (*guard.Hold, error) {
	if err := e.ready(ctx); err != nil {
		return nil, err
	}
	now := e.Clock.Now()
	if by := e.behind(now); by > 0 && !e.position.state.Status().Ended() {
		return nil, early(e.Campaign, by)
	}
	now = max(now, e.position.lastAt) // of a campaign that has ended nothing is decided but a refusal
	if err := e.takeOver(ctx, now); err != nil {
		return nil, err
	}
	signal.Epoch, signal.Sources = e.epoch, e.Sources
	return e.once(ctx, now, signal)
}

// once decides about one signal and tries once to keep the events. When the store cannot tell whether it kept them, the
// journal does.
func (e *Engine) once(ctx context.Context, now calendar.Instant, signal campaign.Signal) (*guard.Hold, error) {
	events, hold := campaign.Decide(e.position.state, e.World, now, signal)
	if len(events) == 0 {
		return hold, nil
	}
	batch := e.batch(events)
	wanted := e.position.chain
	err := e.Store.Apply(context.WithoutCancel(ctx), batch)
	if err == nil {
		e.status = e.position.state.Status()
		return hold, nil
	}
	e.position = nil
	if errors.Is(err, store.ErrFull) || errors.Is(err, store.ErrFenced) {
		return nil, err
	}
	if again := e.read(ctx); again != nil {
		return nil, errors.Join(err, again)
	}
	if e.position.chain != wanted {
		return nil, err
	}
	return hold, nil
}

// batch makes of events that the state has already what one transaction must keep, and moves the position to its
// end. When the batch is not kept, the position is worth nothing.
func (e *Engine) batch(events []campaign.Event) store.Batch {
	p := e.position
	b := store.Batch{Campaign: e.Campaign, Epoch: e.epoch, After: p.last, Records: make([]store.Record, len(events))}
	for i := range events {
		event := &events[i]
		r := store.Record{Seq: p.last + 1, At: event.At, Version: campaign.EventVersion, Kind: string(event.Kind), Body: campaign.Encode(*event)}
		r.Chain = evidence.Chain(p.chain, recordOf(r))
		b.Records[i] = r
		p.note(event)
		p.watching = p.watching || event.Host != ""
		p.last, p.chain, p.lastAt = r.Seq, r.Chain, r.At
	}
	p.settle(&b)
	p.orders = e.ranks.renewed(p.orders, campaign.Outstanding(p.state, e.World), &b)
	return b
}

// retry is how long the engine waits, by the steady clock, before it tries again what the machine refused. It is not
// campaign time: a simulated world stands still while the real disk is full.
const retry = 2 * time.Second

// keep writes the events of a turn. While there is no room it keeps them, and tries again: what was decided once
// is not decided anew, and nothing is acted upon that is not in the journal. After an error the position is worth
// nothing.
func (e *Engine) keep(ctx context.Context, events []campaign.Event) error {
	if len(events) == 0 {
		return nil
	}
	batch := e.batch(events)
	for {
		err := e.Store.Apply(context.WithoutCancel(ctx), batch)
		if err == nil {
			e.status = e.position.state.Status()
			return nil
		}
		if !errors.Is(err, store.ErrFull) {
			return err
		}
		e.show(Frame{At: e.Clock.Now(), Trouble: fmt.Sprintf("there is no room for %d events of the journal; nothing is done until there is: %v", len(events), err)})
		if err := clock.Pause(ctx, retry); err != nil {
			return err
		}
	}
}
