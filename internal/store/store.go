// Package store is the port to what must outlive the process. What every store must keep to is in storetest. A store
// decides nothing and knows no events: it keeps bytes in order, all of a batch or none of it.
package store

import (
	"context"
	"errors"

	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
)

// The errors that callers tell apart; all are wrapped with what was being done.
var (
	// ErrFenced: another process has taken the store over. The caller must stop at once.
	ErrFenced = errors.New("another process has taken over")
	// ErrMoved: the journal does not end where the caller believes. The caller's state is worthless.
	ErrMoved = errors.New("the journal has moved on")
	// ErrBusy: another process holds the store.
	ErrBusy = errors.New("another process holds the store")
	// ErrNewer: the store was written by a newer version of the program.
	ErrNewer = errors.New("it was written by a newer version of evenkeel")
	// ErrDamaged: what is in the store cannot be trusted.
	ErrDamaged = errors.New("it is damaged")
	// ErrFull: there is no room left. Nothing of the batch was kept; it may be tried again.
	ErrFull = errors.New("there is no room left")
)

// Record is one entry of the journal.
type Record struct {
	Seq     uint64 // from 1, without gaps
	At      calendar.Instant
	Version int    // of the form of Body
	Kind    string // of the event, for people who look into the store
	Body    []byte
	Chain   string // digest over this record and all before it; made and checked by the caller
}

// OrderRow is an order that must reach a host.
type OrderRow struct {
	Key      string // unique in the campaign
	Host     string
	Step     string
	Attempt  int
	NotAfter calendar.Instant
}

// NoticeRow is a notice that must reach a tenant.
type NoticeRow struct {
	ID     string // unique in the campaign
	Tenant string
	Kind   string
	At     calendar.Instant // when it was queued
}

// Deadline is when somebody must look at a host again.
type Deadline struct {
	Host string
	At   calendar.Instant
}

// Batch is what changes in one transaction.
type Batch struct {
	Campaign string
	Epoch    uint64   // of the conductor; compared with the newest (ErrFenced)
	After    uint64   // sequence number of the last record the caller knows; compared (ErrMoved)
	Records  []Record // After+1, After+2, ...

	Orders        []OrderRow  // opened; one that is there already is an error
	OrdersClosed  []string    // keys; one that is not open is an error
	Notices       []NoticeRow // queued; one that is there already is an error
	NoticesClosed []string    // ids that were accepted or given up; one that is not queued is an error
	Deadlines     []Deadline  // replace those of the same hosts; an At of 0 takes the host's away
}

// Snapshot is all that the store has of a campaign beside its journal.
type Snapshot struct {
	Last      uint64 // sequence number of the last record; 0 for an empty journal
	Epoch     uint64
	Orders    []OrderRow  // open, by key
	Notices   []NoticeRow // queued, by id
	Deadlines []Deadline  // by host
}

// Reader looks into a store. Readers never block a writer.
type Reader interface {
	// Campaigns returns the ids of the campaigns, in the order they were made.
	Campaigns(ctx context.Context) ([]string, error)
	// Snapshot returns the present state of a campaign; of one that is not there, the empty one.
	Snapshot(ctx context.Context, campaign string) (Snapshot, error)
	// Journal calls each with every record after the given one, in order, until it returns an error.
	Journal(ctx context.Context, campaign string, after uint64, each func(Record) error) error
	// Close frees what the reader holds.
	Close() error
}

// Store is a Reader that can write. One process at a time has a Store on the same data.
type Store interface {
	Reader
	// Claim makes the caller the only one whose batches are taken, and returns its epoch, greater than all before.
	Claim(ctx context.Context, campaign string) (uint64, error)
	// Apply keeps a batch, all of it or nothing, on disk before it returns. After an error the caller does
	// not know whether the batch was kept and must read the journal again, except after ErrFull, ErrMoved and ErrFenced,
	// when nothing was.
	Apply(ctx context.Context, b Batch) error
}
