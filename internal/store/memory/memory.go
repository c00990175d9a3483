// Package memory is a store that lives as long as the process. It is for tests and for campaigns that nobody
// wants to keep; it can be made to fail on purpose at the moments at which a real one would. It decides nothing.
package memory

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"

	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/store"
)

// Fault is what goes wrong with one Apply.
type Fault int

// The faults.
const (
	None         Fault = iota
	BeforeCommit       // nothing is kept, and the error does not say so
	AfterCommit        // the batch is kept, and the error does not say so
	Full               // nothing is kept: store.ErrFull
)

// errInjected is the error of BeforeCommit and AfterCommit; nobody can tell by it which of the two it was.
var errInjected = errors.New("the storage failed")

// errClosed answers every call after Close.
var errClosed = errors.New("the store is closed")

// Store is one process's hold on the data.
type Store struct {
	mu     sync.Mutex // before disk.mu
	disk   *disk
	fault  func(store.Batch) Fault
	closed bool
}

// disk is what outlives a process. What it hands out is never changed afterwards: slices only grow.
type disk struct {
	mu        sync.Mutex
	names     []string // of the campaigns, in the order they were made
	campaigns map[string]*campaign
}

type campaign struct {
	epoch     uint64
	journal   []store.Record
	orders    map[string]entry[store.OrderRow]
	notices   map[string]entry[store.NoticeRow]
	deadlines map[string]calendar.Instant
}

// entry is a row that stays for ever, so that it cannot come a second time.
type entry[T any] struct {
	row  T
	open bool
}

// New returns an empty store that does not fail.
func New() *Store { return &Store{disk: &disk{campaigns: map[string]*campaign{}}} }

// Reopen returns the store as a new process finds it: the same data, no faults. The old one stays usable, as a
// process does that stalled and was given up, until the new one claims the campaign.
func (s *Store) Reopen() *Store { return &Store{disk: s.disk} }

// FailBy has fault asked at every Apply that would be kept what goes wrong with it; nil is never anything. It is
// called with the store locked and must not call it.
func (s *Store) FailBy(fault func(store.Batch) Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fault = fault
}

// Close makes every later call fail. The data stays for Reopen.
func (s *Store) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	return nil
}

// lock takes the store and its data, unless the call comes too late.
func (s *Store) lock(ctx context.Context) (unlock func(), err error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return nil, errClosed
	}
	s.disk.mu.Lock()
	return func() { s.disk.mu.Unlock(); s.mu.Unlock() }, nil
}

// Campaigns returns the ids of the campaigns, in the order they were made.
func (s *Store) Campaigns(ctx context.Context) ([]string, error) {
	unlock, err := s.lock(ctx)
	if err != nil {
		return nil, err
	}
	defer unlock()
	return slices.Clone(s.disk.names), nil
}

// Snapshot returns the present state of a campaign; of one that is not there, the empty one.
func (s *Store) Snapshot(ctx context.Context, name string) (store.Snapshot, error) {
	unlock, err := s.lock(ctx)
	if err != nil {
		return store.Snapshot{}, err
	}
	defer unlock()
	c := s.disk.campaigns[name]
	if c == nil {
		return store.Snapshot{}, nil
	}
	snapshot := store.Snapshot{Last: uint64(len(c.journal)), Epoch: c.epoch, Orders: opened(c.orders), Notices: opened(c.notices)}
	for _, host := range slices.Sorted(maps.Keys(c.deadlines)) {
		snapshot.Deadlines = append(snapshot.Deadlines, store.Deadline{Host: host, At: c.deadlines[host]})
	}
	return snapshot, nil
}

// opened returns the rows that are open, by key.
func opened[T any](entries map[string]entry[T]) []T {
	var keys []string
	for key, e := range entries {
		if e.open {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	var rows []T
	for _, key := range keys {
		rows = append(rows, entries[key].row)
	}
	return rows
}

// Journal calls each with every record after the given one, in order, until it returns an error. What is
// written meanwhile is not seen.
func (s *Store) Journal(ctx context.Context, name string, after uint64, each func(store.Record) error) error {
	unlock, err := s.lock(ctx)
	if err != nil {
		return err
	}
	var records []store.Record
	if c := s.disk.campaigns[name]; c != nil && after < uint64(len(c.journal)) {
		records = c.journal[after:]
	}
	unlock()
	for _, r := range records {
		r.Body = slices.Clone(r.Body)
		if err := each(r); err != nil {
			return err
		}
	}
	return nil
}

// Claim makes the caller the only one whose batches are taken.
func (s *Store) Claim(ctx context.Context, name string) (uint64, error) {
	unlock, err := s.lock(ctx)
	if err != nil {
		return 0, err
	}
	defer unlock()
	c := s.disk.campaigns[name]
	if c == nil {
		c = &campaign{orders: map[string]entry[store.OrderRow]{}, notices: map[string]entry[store.NoticeRow]{},
			deadlines: map[string]calendar.Instant{}}
		s.disk.campaigns[name] = c
		s.disk.names = append(s.disk.names, name)
	}
	c.epoch++
	return c.epoch, nil
}

// Apply keeps a batch, all of it or nothing.
func (s *Store) Apply(ctx context.Context, b store.Batch) error {
	unlock, err := s.lock(ctx)
	if err != nil {
		return err
	}
	defer unlock()
	c := s.disk.campaigns[b.Campaign]
	if c == nil || c.epoch != b.Epoch {
		return fmt.Errorf("campaign %q, epoch %d: %w", b.Campaign, b.Epoch, store.ErrFenced)
	}
	changed, err := c.with(b)
	if err != nil {
		return fmt.Errorf("campaign %q: %w", b.Campaign, err)
	}
	fault := None
	if s.fault != nil {
		fault = s.fault(b)
	}
	if fault == None || fault == AfterCommit {
		changed.keep(c)
	}
	switch fault {
	case None:
		return nil
	case Full:
		return fmt.Errorf("campaign %q: %w", b.Campaign, store.ErrFull)
	}
	return errInjected
}
