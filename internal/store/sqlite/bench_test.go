package sqlite

import (
	"fmt"
	"path/filepath"
	"testing"

	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/store"
)

// filled returns a batch of n records with an order for every fourth and a notice for every hundredth: about what
// a campaign writes.
func filled(epoch, after uint64, n int) store.Batch {
	b := store.Batch{Campaign: "c-0123456789ab", Epoch: epoch, After: after}
	for i := range n {
		seq := after + 1 + uint64(i)
		b.Records = append(b.Records, store.Record{Seq: seq, At: calendar.Instant(seq), Version: 1, Kind: "host-granted",
			Body:  fmt.Appendf(nil, `{"kind":"host-granted","host":"c-%d","attempt":1,"checked":[{"limit":"zone","down":3,"of":400}]}`, seq),
			Chain: fmt.Sprintf("sha256:%064x", seq)})
		if seq%4 == 0 {
			b.Orders = append(b.Orders, store.OrderRow{Key: fmt.Sprintf("c-0123456789ab/c-%d/act/1", seq), Host: fmt.Sprintf("c-%d", seq), Step: "act", Attempt: 1})
		}
		if seq%100 == 0 {
			b.Notices = append(b.Notices, store.NoticeRow{ID: fmt.Sprintf("c-0123456789ab/planned/t-%d", seq), Tenant: "acme", Kind: "planned"})
		}
	}
	return b
}

// opened returns a new store with a claimed campaign.
func opened(b *testing.B) (*Store, uint64) {
	s, err := Open(b.Context(), filepath.Join(b.TempDir(), "evenkeel.db"))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { s.Close() })
	epoch, err := s.Claim(b.Context(), "c-0123456789ab")
	if err != nil {
		b.Fatal(err)
	}
	return s, epoch
}

func BenchmarkApply(b *testing.B) {
	for _, n := range []int{1, 100, 1000} {
		b.Run(fmt.Sprintf("records=%d", n), func(b *testing.B) {
			s, epoch := opened(b)
			after := uint64(0)
			for b.Loop() {
				b.StopTimer()
				batch := filled(epoch, after, n)
				b.StartTimer()
				if err := s.Apply(b.Context(), batch); err != nil {
					b.Fatal(err)
				}
				after += uint64(n)
			}
			b.ReportMetric(float64(after)/b.Elapsed().Seconds(), "records/s")
		})
	}
}

func BenchmarkJournal(b *testing.B) {
	const records = 100_000
	s, epoch := opened(b)
	for after := uint64(0); after < records; after += 1000 {
		if err := s.Apply(b.Context(), filled(epoch, after, 1000)); err != nil {
			b.Fatal(err)
		}
	}
	for b.Loop() {
		n := 0
		err := s.Journal(b.Context(), "c-0123456789ab", 0, func(store.Record) error { n++; return nil })
		if err != nil || n != records {
			b.Fatal(n, err)
		}
	}
	b.ReportMetric(float64(records)*float64(b.N)/b.Elapsed().Seconds(), "records/s")
}

func BenchmarkOpen(b *testing.B) {
	path := filepath.Join(b.TempDir(), "evenkeel.db")
	for b.Loop() {
		s, err := Open(b.Context(), path)
		if err != nil {
			b.Fatal(err)
		}
		if err := s.Close(); err != nil {
			b.Fatal(err)
		}
	}
}
