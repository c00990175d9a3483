package engine

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/campaign"
	"github.com/evenkeel-project/evenkeel/internal/core/evidence"
	"github.com/evenkeel-project/evenkeel/internal/courier"
	"github.com/evenkeel-project/evenkeel/internal/store"
)

// position is where the journal has come to, and all that follows from it.
type position struct {
	ledger
	state  *campaign.State
	last   uint64 // sequence number of the last record
	chain  string // chain value of the last record
	lastAt calendar.Instant
	orders []order // outstanding, by host
	// receipts are of letters that were delivered in the last turn, for the next one to decide about.
	receipts []courier.Receipt
	retry    calendar.Instant // when orders that the driver did not take are handed over again
	sweep    calendar.Instant // when every host that matters is to be looked at; 0 is at once
	// watching is false when the last sweep found no host that matters and nothing has happened to any since.
	watching bool
}

// read makes the position anew from the journal, and compares it with what the store has beside the journal.
func (e *Engine) read(ctx context.Context) error {
	snapshot, err := e.Store.Snapshot(ctx, e.Campaign)
	if err != nil {
		return err
	}
	if e.epoch > 0 && snapshot.Epoch > e.epoch {
		return store.ErrFenced
	}
	p := &position{ledger: newLedger(), state: campaign.NewState(e.World), chain: evidence.Root(e.Campaign)}
	err = e.Store.Journal(ctx, e.Campaign, 0, func(r store.Record) error { return p.replay(e.World, r) })
	if err != nil {
		return err
	}
	var told store.Batch // what the store was told long ago
	p.settle(&told)
	p.orders = e.ranks.renewed(nil, campaign.Outstanding(p.state, e.World), &told)
	if err := p.compare(&snapshot); err != nil {
		return err
	}
	e.position, e.status = p, p.state.Status()
	return nil
}

// replay takes one record in. It trusts nothing about it.
func (p *position) replay(w *campaign.World, r store.Record) error {
	if r.Seq != p.last+1 {
		return damaged("record %d of the journal follows record %d", r.Seq, p.last)
	}
	if r.Version > campaign.EventVersion {
		return newer(r)
	}
	if chain := evidence.Chain(p.chain, recordOf(r)); chain != r.Chain {
		return damaged("record %d of the journal (%s) was altered: its chain value is not the digest of the record and of those before it", r.Seq, r.Kind)
	}
	event, err := campaign.Decode(r.Version, r.Body)
	if err != nil {
		return damaged("record %d of the journal (%s) cannot be read: %v", r.Seq, r.Kind, err)
	}
	if string(event.Kind) != r.Kind || event.At != r.At {
		return damaged("record %d of the journal is filed as %s at %v and is %s at %v", r.Seq, r.Kind, r.At, event.Kind, event.At)
	}
	if err := apply(p.state, w, event); err != nil {
		return damaged("record %d of the journal (%s) does not fit: %v", r.Seq, r.Kind, err)
	}
	p.note(&event)
	p.last, p.chain, p.lastAt = r.Seq, r.Chain, max(p.lastAt, event.At)
	return nil
}

// apply reports what the state says against an event by panicking.
func apply(s *campaign.State, w *campaign.World, e campaign.Event) (err error) {
	defer func() {
		if reason := recover(); reason != nil {
			err = fmt.Errorf("%v", reason)
		}
	}()
	s.Apply(w, e)
	return nil
}

func recordOf(r store.Record) evidence.Record {
	return evidence.Record{Seq: r.Seq, At: r.At, Version: r.Version, Kind: r.Kind, Body: r.Body}
}

// compare makes sure that the store has open what the journal says is open: each was written in one transaction with
// the other, so a difference means that somebody else wrote, and nothing can be built on it.
func (p *position) compare(s *store.Snapshot) error {
	if s.Last != p.last {
		return damaged("the journal ends at record %d and the store says %d", p.last, s.Last)
	}
	var orders, kept []string
	for _, o := range p.orders {
		orders = append(orders, o.Key())
	}
	for _, row := range s.Orders {
		kept = append(kept, row.Key)
	}
	if err := same("order", orders, kept); err != nil {
		return err
	}
	var waiting, queued []string
	for _, n := range campaign.Waiting(p.state) {
		waiting = append(waiting, n.ID)
	}
	for _, row := range s.Notices {
		queued = append(queued, row.ID)
	}
	if err := same("notice", waiting, queued); err != nil {
		return err
	}
	if len(waiting) != len(p.letters) {
		return damaged("the journal has %d notices waiting and the campaign %d", len(p.letters), len(waiting))
	}
	deadlines := make(map[string]calendar.Instant, len(s.Deadlines))
	for _, d := range s.Deadlines {
		deadlines[d.Host] = d.At
	}
	if !maps.Equal(deadlines, p.deadlines) {
		return damaged("the deadlines that the store keeps for %d hosts are not those of the journal, which has %d", len(deadlines), len(p.deadlines))
	}
	return nil
}

// same compares what the journal says with what the store has, in any order.
func same(what string, journal, kept []string) error {
	slices.Sort(journal)
	slices.Sort(kept)
	for i := range max(len(journal), len(kept)) {
		switch {
		case i >= len(kept) || i < len(journal) && journal[i] < kept[i]:
			return damaged("%s %s is open in the journal and not in the store", what, journal[i])
		case i >= len(journal) || kept[i] < journal[i]:
			return damaged("%s %s is open in the store and not in the journal", what, kept[i])
		}
	}
	return nil
}
