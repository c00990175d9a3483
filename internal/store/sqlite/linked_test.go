package sqlite

import (
	"bytes"
	"context"
	"fmt"

	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/store"
)

// linked is a campaign whose batches follow one rule, so that a half one shows: a batch after record n brings
// the journal to next(n), opens the order, the notice and the deadline that bear the new number, and closes those
// that bear the old one.
const linked = "c-linked"

// next returns the number of the last record of the batch after record n.
func next(n uint64) uint64 { return n + 1 + n%37 }

func linkedBatch(epoch, n uint64) store.Batch {
	last := next(n)
	b := store.Batch{Campaign: linked, Epoch: epoch, After: n,
		Orders: []store.OrderRow{{Key: fmt.Sprint(last)}}, Notices: []store.NoticeRow{{ID: fmt.Sprint(last)}},
		Deadlines: []store.Deadline{{Host: "h", At: calendar.Instant(last)}}}
	for seq := n + 1; seq <= last; seq++ {
		b.Records = append(b.Records, linkedRecord(seq))
	}
	if n > 0 {
		b.OrdersClosed, b.NoticesClosed = []string{fmt.Sprint(n)}, []string{fmt.Sprint(n)}
	}
	return b
}

func linkedRecord(seq uint64) store.Record {
	return store.Record{Seq: seq, At: calendar.Instant(seq), Version: 1, Kind: "linked", Chain: fmt.Sprint("chain-", seq),
		Body: fmt.Appendf(nil, "%0*d", 40+seq%400, seq)}
}

// torn returns the last record of the campaign, and what is wrong with it, or "".
func torn(ctx context.Context, r store.Reader) (uint64, string) {
	s, err := r.Snapshot(ctx, linked)
	if err != nil {
		return 0, err.Error()
	}
	whole := uint64(0)
	for whole < s.Last {
		whole = next(whole)
	}
	name := fmt.Sprint(s.Last)
	switch {
	case whole != s.Last:
		return s.Last, fmt.Sprintf("the journal ends at %d, inside the batch that ends at %d", s.Last, whole)
	case s.Last == 0 && len(s.Orders)+len(s.Notices)+len(s.Deadlines) > 0:
		return 0, fmt.Sprintf("an empty journal has rows beside it: %+v", s)
	case s.Last > 0 && (len(s.Orders) != 1 || s.Orders[0].Key != name || len(s.Notices) != 1 || s.Notices[0].ID != name ||
		len(s.Deadlines) != 1 || s.Deadlines[0].At != calendar.Instant(s.Last)):
		return s.Last, fmt.Sprintf("the rows beside the journal are not those of record %d: %+v", s.Last, s)
	}
	seq := uint64(0)
	err = r.Journal(ctx, linked, 0, func(got store.Record) error {
		seq++
		want := linkedRecord(seq)
		if body := want.Body; got.Seq != seq || got.At != want.At || got.Chain != want.Chain || !bytes.Equal(got.Body, body) {
			return fmt.Errorf("record %d is %+v, want %+v", seq, got, want)
		}
		return nil
	})
	if err != nil {
		return s.Last, err.Error()
	}
	if seq != s.Last {
		return s.Last, fmt.Sprintf("the journal has %d records, the campaign %d", seq, s.Last)
	}
	return s.Last, ""
}
