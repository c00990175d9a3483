package storetest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/evenkeel-project/evenkeel/internal/store"
)

func failures(t *testing.T, p Place) {
	s, err := p.Open()
	must(t, err)
	var want state
	for round, kept := range []bool{false, true, true, false} {
		epoch, err := s.Claim(t.Context(), campaign)
		must(t, err)
		want.Snapshot.Epoch = epoch
		b := batch(epoch, want.Snapshot.Last, 3)
		b.Orders = []store.OrderRow{order(fmt.Sprint("k-", round))}
		b.Notices = []store.NoticeRow{notice(fmt.Sprint("n-", round))}
		b.Deadlines = []store.Deadline{{Host: fmt.Sprint("h-", round), At: 1}}
		p.Fail(s, kept)
		if err := s.Apply(t.Context(), b); err == nil || errors.Is(err, store.ErrFull) || errors.Is(err, store.ErrMoved) || errors.Is(err, store.ErrFenced) {
			t.Fatalf("round %d: a failure must not say whether the batch was kept: got %v", round, err)
		}
		if kept {
			want.Journal = append(want.Journal, b.Records...)
			want.Snapshot.Last += 3
			want.Snapshot.Orders = append(want.Snapshot.Orders, b.Orders...)
			want.Snapshot.Notices = append(want.Snapshot.Notices, b.Notices...)
			want.Snapshot.Deadlines = append(want.Snapshot.Deadlines, b.Deadlines...)
		}
		same(t, fmt.Sprintf("round %d: the state after the failure", round), stateOf(t, s, campaign), want)
		if round%2 == 1 {
			must(t, s.Close())
			s, err = p.Open()
			must(t, err)
			same(t, fmt.Sprintf("round %d: the state after opening it again", round), stateOf(t, s, campaign), want)
		}
	}
	epoch := want.Snapshot.Epoch
	must(t, s.Apply(t.Context(), batch(epoch, want.Snapshot.Last, 1)))
	must(t, s.Close())
}

func ended(t *testing.T, p Place) {
	s, epoch := claimed(t, p)
	before := stateOf(t, s, campaign)
	ctx := cancelled(t)
	if _, err := s.Claim(ctx, campaign); !errors.Is(err, context.Canceled) {
		t.Fatalf("a claim without time: got %v, want %v", err, context.Canceled)
	}
	if err := s.Apply(ctx, batch(epoch, 0, 1)); !errors.Is(err, context.Canceled) {
		t.Fatalf("a batch without time: got %v, want %v", err, context.Canceled)
	}
	if _, err := s.Snapshot(ctx, campaign); !errors.Is(err, context.Canceled) {
		t.Fatalf("a snapshot without time: got %v, want %v", err, context.Canceled)
	}
	same(t, "the state", stateOf(t, s, campaign), before)
}

// wholeBatches has readers look while a writer writes batches that each open one order more, close the one before,
// and move one deadline: whoever saw half a batch would see them disagree.
func wholeBatches(t *testing.T, p Place) {
	s, epoch := claimed(t, p)
	const batches, size = 60, 5
	r := reader(t, p)
	done := make(chan struct{})
	var readers sync.WaitGroup
	for _, from := range []store.Reader{r, s} {
		readers.Go(func() {
			for more := true; more; {
				select {
				case <-done:
					more = false // one last look at the end
				default:
				}
				if fault := halfBatch(t.Context(), from, size); fault != "" {
					t.Error(fault)
					return
				}
			}
		})
	}
	for n := range uint64(batches) {
		b := batch(epoch, n*size, size)
		b.Orders = []store.OrderRow{order(fmt.Sprint(n + 1))}
		if n > 0 {
			b.OrdersClosed = []string{fmt.Sprint(n)}
		}
		b.Deadlines = []store.Deadline{{Host: "h", At: sec(n + 1)}}
		if err := s.Apply(t.Context(), b); err != nil {
			t.Error(err)
			break
		}
	}
	close(done)
	readers.Wait()
	same(t, "the number of the last record", stateOf(t, r, campaign).Snapshot.Last, uint64(batches*size))
}

// halfBatch returns what is torn in what a reader sees, or "".
func halfBatch(ctx context.Context, r store.Reader, size uint64) string {
	snapshot, err := r.Snapshot(ctx, campaign)
	if err != nil {
		return err.Error()
	}
	n := snapshot.Last / size
	whole := snapshot.Last%size == 0
	if n > 0 {
		whole = whole && len(snapshot.Orders) == 1 && snapshot.Orders[0].Key == fmt.Sprint(n) &&
			len(snapshot.Deadlines) == 1 && snapshot.Deadlines[0].At == sec(n)
	}
	if !whole {
		return fmt.Sprintf("a reader sees half a batch of %d records: %+v", size, snapshot)
	}
	last := uint64(0)
	err = r.Journal(ctx, campaign, 0, func(record store.Record) error { last = record.Seq; return nil })
	if err != nil {
		return err.Error()
	}
	if last%size != 0 || last < snapshot.Last {
		return fmt.Sprintf("a reader sees a journal of %d records in batches of %d, after it saw %d", last, size, snapshot.Last)
	}
	return ""
}

func nested(t *testing.T, p Place) {
	s, epoch := claimed(t, p)
	must(t, s.Apply(t.Context(), batch(epoch, 0, 3)))
	seen := 0
	must(t, s.Journal(t.Context(), campaign, 0, func(r store.Record) error {
		seen++
		return s.Apply(t.Context(), batch(epoch, 2+r.Seq, 1))
	}))
	same(t, "the records that the reader saw", seen, 3)
	same(t, "the journal", journal(t, s, campaign, 0), records(0, 6))
}

func ownership(t *testing.T, p Place) {
	s, epoch := claimed(t, p)
	b := batch(epoch, 0, 2)
	must(t, s.Apply(t.Context(), b))
	b.Records[0].Body[2] = 'X'
	got := journal(t, s, campaign, 0)
	same(t, "the journal after the caller changed what it handed over", got, records(0, 2))
	got[0].Body[2] = 'X'
	same(t, "the journal after the caller changed what it was given", journal(t, s, campaign, 0), records(0, 2))
}
