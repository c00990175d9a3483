// Package engine carries a campaign out. It collects what came in, has the campaign decide, writes the decisions to
// the store, and only then acts on them: hands orders to the driver and letters to the courier. What it knows is what
// the journal says; when it cannot tell whether the two agree, it forgets and reads the journal again.
//
// It decides nothing about hosts or tenants, and it knows no adapter.
package engine

import (
	"context"

	"github.com/evenkeel-project/evenkeel/internal/clock"
	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/campaign"
	"github.com/evenkeel-project/evenkeel/internal/core/guard"
	"github.com/evenkeel-project/evenkeel/internal/courier"
	"github.com/evenkeel-project/evenkeel/internal/driver"
	"github.com/evenkeel-project/evenkeel/internal/request"
	"github.com/evenkeel-project/evenkeel/internal/store"
)

// Parts is what an engine is put together from. Driver, Courier and Compose are needed by Run alone; Inbox and
// Watch may be nil.
type Parts struct {
	Campaign string // its id
	World    *campaign.World
	Sources  campaign.Sources // the documents as they are now
	Store    store.Store
	Driver   driver.Driver
	Courier  courier.Courier
	Clock    clock.Clock
	// Inbox is asked by two goroutines at a time.
	Inbox request.Inbox
	// Compose writes the letter of a notice that was queued at the given time. A letter without an address is one
	// that can reach nobody.
	Compose func(n campaign.NoticeRef, s *campaign.State, queued calendar.Instant) courier.Letter
	// Watch is called at the end of every turn, and whenever there is trouble in the middle of one.
	Watch func(Frame)
}

// Frame is what those who watch are shown.
type Frame struct {
	At calendar.Instant
	// Overview looks at the whole campaign. It may be called until Watch returns. It is nil while the journal is to be
	// read again; while the trouble is a full disk it knows more than the journal.
	Overview func() campaign.Overview
	Events   []campaign.Event // of this turn; they are in the journal
	Trouble  string           // what keeps the engine from working as it should, in words; empty when nothing does
}

// Engine is the conductor of one campaign. It is used by one goroutine at a time.
type Engine struct {
	Parts
	ranks    ranks
	epoch    uint64
	position *position // nil when the journal must be read again
	status   campaign.Status
	jump     calendar.Seconds // by which the clock was set; kept until the journal has it
	bell     bell
}

// Open reads the journal, makes sure that the store agrees with it, and makes this process the campaign's only
// conductor. An empty journal is that of a campaign that waits to be proposed. Whatever is wrong with the journal
// or the documents comes back as a problem.Problem, before anything was changed.
func Open(ctx context.Context, parts Parts) (*Engine, error) {
	e := &Engine{Parts: parts, ranks: ranked(parts.World.Plan)}
	if err := e.read(ctx); err != nil {
		return nil, explained(err, parts.Campaign)
	}
	before := e.position.last
	epoch, err := e.Store.Claim(ctx, e.Campaign)
	if err != nil {
		return nil, explained(err, parts.Campaign)
	}
	e.epoch = epoch
	// The one before us may have written between the reading and the claim.
	if snapshot, err := e.Store.Snapshot(ctx, e.Campaign); err != nil || snapshot.Last != before {
		e.position = nil
	}
	if err := e.ready(ctx); err != nil {
		return nil, explained(err, parts.Campaign)
	}
	now := e.Clock.Now()
	if e.behind(now) > 0 {
		return e, nil // Signal refuses and Run waits until the clock has caught up
	}
	if err := e.takeOver(ctx, now); err != nil {
		return nil, explained(err, parts.Campaign)
	}
	return e, nil
}

// Status returns where the campaign stood when the engine last knew.
func (e *Engine) Status() campaign.Status { return e.status }

// State returns the campaign as the journal has it, for looking only; nil when the journal must be read again.
func (e *Engine) State() *campaign.State {
	if e.position == nil {
		return nil
	}
	return e.position.state
}

// Signal has the campaign decide about one thing that came in and keeps what was decided. A Hold says why it was
// refused. The engine adds its epoch and the digests of the documents. Orders and letters that follow leave with Run.
func (e *Engine) Signal(ctx context.Context, signal campaign.Signal) (*guard.Hold, error) {
	hold, err := e.signal(ctx, signal)
	return hold, explained(err, e.Campaign)
}
