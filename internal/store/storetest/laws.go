package storetest

import (
	"errors"
	"fmt"
	"testing"

	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/store"
)

// sec counts seconds in the times of records.
type sec = calendar.Instant

func emptyStore(t *testing.T, p Place) {
	s, err := p.Open()
	must(t, err)
	t.Cleanup(func() { must(t, s.Close()) })
	for who, r := range map[string]store.Reader{"the store": s, "a reader": reader(t, p)} {
		names, err := r.Campaigns(t.Context())
		must(t, err)
		same(t, who+" without campaigns", names, []string(nil))
		same(t, who+" asked for a campaign that is not there", stateOf(t, r, campaign), state{})
	}
	err = s.Apply(t.Context(), batch(0, 0, 1))
	if !errors.Is(err, store.ErrFenced) {
		t.Fatalf("a batch for a campaign that nobody claimed: got %v, want %v", err, store.ErrFenced)
	}
}

func readAgain(t *testing.T, p Place) {
	s, err := p.Open()
	must(t, err)
	epoch, err := s.Claim(t.Context(), campaign)
	must(t, err)
	b := batch(epoch, 0, 3)
	b.Records[1].Body, b.Records[2].Body = nil, []byte{}
	b.Orders = []store.OrderRow{order("k-1"), order("k-2")}
	b.Notices = []store.NoticeRow{notice("n-1"), notice("n-2")}
	b.Deadlines = []store.Deadline{{Host: "h-1", At: 5}}
	must(t, s.Apply(t.Context(), b))
	must(t, s.Apply(t.Context(), store.Batch{Campaign: campaign, Epoch: epoch, After: 3, OrdersClosed: []string{"k-1"}, NoticesClosed: []string{"n-2"}}))
	want := state{store.Snapshot{Last: 3, Epoch: epoch, Orders: b.Orders[1:], Notices: b.Notices[:1], Deadlines: b.Deadlines}, b.Records}
	same(t, "the state", stateOf(t, s, campaign), want)
	r := reader(t, p)
	same(t, "the state that a reader sees", stateOf(t, r, campaign), want)
	must(t, s.Close())
	same(t, "the state that a reader sees after the writer has gone", stateOf(t, r, campaign), want)
	same(t, "the state that a new reader sees", stateOf(t, reader(t, p), campaign), want)
	next, epoch := claimed(t, p)
	want.Snapshot.Epoch = epoch
	same(t, "the state after opening it again", stateOf(t, next, campaign), want)
}

func fenced(t *testing.T, p Place) {
	s, first := claimed(t, p)
	must(t, s.Apply(t.Context(), batch(first, 0, 1)))
	second, err := s.Claim(t.Context(), campaign)
	must(t, err)
	if second <= first {
		t.Fatalf("epoch %d follows epoch %d", second, first)
	}
	before := stateOf(t, s, campaign)
	for _, epoch := range []uint64{0, first, second + 1, 1 << 63} {
		if err := s.Apply(t.Context(), batch(epoch, 1, 1)); !errors.Is(err, store.ErrFenced) {
			t.Fatalf("a batch of epoch %d in epoch %d: got %v, want %v", epoch, second, err, store.ErrFenced)
		}
		if err := s.Apply(t.Context(), batch(epoch, 7, 1)); !errors.Is(err, store.ErrFenced) {
			t.Fatalf("a batch of epoch %d at the wrong place: got %v, want %v", epoch, err, store.ErrFenced)
		}
	}
	same(t, "the state after fenced batches", stateOf(t, s, campaign), before)
	must(t, s.Apply(t.Context(), batch(second, 1, 1)))
}

func moved(t *testing.T, p Place) {
	s, epoch := claimed(t, p)
	must(t, s.Apply(t.Context(), batch(epoch, 0, 5)))
	before := stateOf(t, s, campaign)
	for _, after := range []uint64{0, 4, 6, 1 << 63, 1<<64 - 1} {
		if err := s.Apply(t.Context(), batch(epoch, after, 1)); !errors.Is(err, store.ErrMoved) {
			t.Fatalf("a batch after record %d of 5: got %v, want %v", after, err, store.ErrMoved)
		}
	}
	same(t, "the state after misplaced batches", stateOf(t, s, campaign), before)
}

func gaps(t *testing.T, p Place) {
	s, epoch := claimed(t, p)
	must(t, s.Apply(t.Context(), batch(epoch, 0, 2)))
	before := stateOf(t, s, campaign)
	for what, seqs := range map[string][]uint64{"a gap before": {4}, "a gap inside": {3, 5}, "one twice": {3, 3}, "the wrong order": {4, 3},
		"one that is there": {2}, "zero": {0}} {
		b := batch(epoch, 2, len(seqs))
		for i := range seqs {
			b.Records[i].Seq = seqs[i]
		}
		if err := s.Apply(t.Context(), b); err == nil {
			t.Fatalf("%s is taken: records %v after 2", what, seqs)
		}
		same(t, "the state after "+what, stateOf(t, s, campaign), before)
	}
}

func onceForEver(t *testing.T, p Place) {
	s, epoch := claimed(t, p)
	b := batch(epoch, 0, 1)
	b.Orders, b.Notices = []store.OrderRow{order("open"), order("closed")}, []store.NoticeRow{notice("open"), notice("closed")}
	b.OrdersClosed, b.NoticesClosed = []string{"closed"}, []string{"closed"}
	must(t, s.Apply(t.Context(), b))
	for _, name := range []string{"open", "closed"} {
		again := batch(epoch, 1, 1)
		again.Orders = []store.OrderRow{order("new"), order(name)}
		if err := s.Apply(t.Context(), again); err == nil {
			t.Fatalf("an order that is %s is opened again", name)
		}
		again = batch(epoch, 1, 1)
		again.Notices = []store.NoticeRow{notice("new"), notice(name)}
		if err := s.Apply(t.Context(), again); err == nil {
			t.Fatalf("a notice that is %s is queued again", name)
		}
	}
	twice := batch(epoch, 1, 1)
	twice.Orders = []store.OrderRow{order("new"), order("new")}
	if err := s.Apply(t.Context(), twice); err == nil {
		t.Fatal("an order is opened twice by one batch")
	}
	want := state{store.Snapshot{Last: 1, Epoch: epoch, Orders: b.Orders[:1], Notices: b.Notices[:1]}, b.Records}
	same(t, "the state", stateOf(t, s, campaign), want)
}

func closeOpen(t *testing.T, p Place) {
	s, epoch := claimed(t, p)
	b := batch(epoch, 0, 1)
	b.Orders, b.Notices = []store.OrderRow{order("k")}, []store.NoticeRow{notice("n")}
	must(t, s.Apply(t.Context(), b))
	refused := func(what string, change func(*store.Batch)) {
		t.Helper()
		b := batch(epoch, 1, 1)
		change(&b)
		if err := s.Apply(t.Context(), b); err == nil {
			t.Fatalf("%s is closed", what)
		}
	}
	refused("an order that nobody opened", func(b *store.Batch) { b.OrdersClosed = []string{"k", "other"} })
	refused("a notice that nobody queued", func(b *store.Batch) { b.NoticesClosed = []string{"n", "other"} })
	refused("one order twice", func(b *store.Batch) { b.OrdersClosed = []string{"k", "k"} })
	refused("one notice twice", func(b *store.Batch) { b.NoticesClosed = []string{"n", "n"} })
	must(t, s.Apply(t.Context(), store.Batch{Campaign: campaign, Epoch: epoch, After: 1, OrdersClosed: []string{"k"}, NoticesClosed: []string{"n"}}))
	refused("a closed order", func(b *store.Batch) { b.OrdersClosed = []string{"k"} })
	refused("a closed notice", func(b *store.Batch) { b.NoticesClosed = []string{"n"} })
	same(t, "the state", stateOf(t, s, campaign), state{store.Snapshot{Last: 1, Epoch: epoch}, b.Records})
}

func allOrNothing(t *testing.T, p Place) {
	s, epoch := claimed(t, p)
	start := batch(epoch, 0, 2)
	start.Orders, start.Notices = []store.OrderRow{order("k")}, []store.NoticeRow{notice("n")}
	start.Deadlines = []store.Deadline{{Host: "h", At: 1}, {Host: "i", At: 2}}
	must(t, s.Apply(t.Context(), start))
	before := stateOf(t, s, campaign)
	for i, spoil := range []func(*store.Batch){
		func(b *store.Batch) { b.Epoch++ },
		func(b *store.Batch) { b.After++ },
		func(b *store.Batch) { b.Campaign = "c-other" },
		func(b *store.Batch) { b.Records[3].Seq++ },
		func(b *store.Batch) { b.Orders = append(b.Orders, order("k")) },
		func(b *store.Batch) { b.Notices = append(b.Notices, notice("n")) },
		func(b *store.Batch) { b.OrdersClosed = append(b.OrdersClosed, "gone") },
		func(b *store.Batch) { b.NoticesClosed = append(b.NoticesClosed, "gone") },
	} {
		b := batch(epoch, 2, 4)
		b.Orders, b.OrdersClosed = []store.OrderRow{order("l")}, []string{"k"}
		b.Notices, b.NoticesClosed = []store.NoticeRow{notice("m")}, []string{"n"}
		b.Deadlines = []store.Deadline{{Host: "h"}, {Host: "i", At: 3}, {Host: "j", At: 4}}
		spoil(&b)
		if err := s.Apply(t.Context(), b); err == nil {
			t.Fatalf("the batch with fault %d is taken", i)
		}
		same(t, fmt.Sprintf("the state after the batch with fault %d", i), stateOf(t, s, campaign), before)
		names, err := s.Campaigns(t.Context())
		must(t, err)
		same(t, "the campaigns", names, []string{campaign})
	}
}

func keyOrder(t *testing.T, p Place) {
	s, epoch := claimed(t, p)
	names := []string{"b", "a/2", "a/10", "B", "ä", "a", "~"} // not in order
	sorted := []string{"B", "a", "a/10", "a/2", "b", "~", "ä"}
	b := batch(epoch, 0, 1)
	want := store.Snapshot{Last: 1, Epoch: epoch}
	for i := range names {
		b.Orders, b.Notices = append(b.Orders, order(names[i])), append(b.Notices, notice(names[i]))
		b.Deadlines = append(b.Deadlines, store.Deadline{Host: names[i], At: 9})
		want.Orders, want.Notices = append(want.Orders, order(sorted[i])), append(want.Notices, notice(sorted[i]))
		want.Deadlines = append(want.Deadlines, store.Deadline{Host: sorted[i], At: 9})
	}
	must(t, s.Apply(t.Context(), b))
	same(t, "the snapshot", stateOf(t, s, campaign).Snapshot, want)
}

func deadlines(t *testing.T, p Place) {
	s, epoch := claimed(t, p)
	for _, step := range []struct {
		set, want []store.Deadline
	}{
		{[]store.Deadline{{Host: "h", At: 7}, {Host: "g", At: 8}}, []store.Deadline{{Host: "g", At: 8}, {Host: "h", At: 7}}},
		{[]store.Deadline{{Host: "h", At: 3}}, []store.Deadline{{Host: "g", At: 8}, {Host: "h", At: 3}}},
		{[]store.Deadline{{Host: "g"}, {Host: "unknown"}}, []store.Deadline{{Host: "h", At: 3}}},
		{[]store.Deadline{{Host: "h", At: 4}, {Host: "h", At: 5}}, []store.Deadline{{Host: "h", At: 5}}},
		{[]store.Deadline{{Host: "h"}, {Host: "h", At: 6}}, []store.Deadline{{Host: "h", At: 6}}},
	} {
		must(t, s.Apply(t.Context(), store.Batch{Campaign: campaign, Epoch: epoch, Deadlines: step.set}))
		same(t, fmt.Sprintf("the deadlines after %v", step.set), stateOf(t, s, campaign).Snapshot.Deadlines, step.want)
	}
}

func resume(t *testing.T, p Place) {
	s, epoch := claimed(t, p)
	const last = 12
	for after := uint64(0); after < last; after += 4 {
		must(t, s.Apply(t.Context(), batch(epoch, after, 4)))
	}
	all := records(0, last)
	for after := range uint64(last) {
		same(t, fmt.Sprintf("the journal after record %d", after), journal(t, s, campaign, after), all[after:])
	}
	for _, after := range []uint64{last, last + 1, 1 << 63, 1<<64 - 1} {
		same(t, fmt.Sprintf("the journal after record %d", after), journal(t, s, campaign, after), []store.Record(nil))
	}
	enough, seen := errors.New("enough"), 0
	err := s.Journal(t.Context(), campaign, 3, func(store.Record) error {
		if seen++; seen == 2 {
			return enough
		}
		return nil
	})
	if err != enough || seen != 2 {
		t.Fatalf("the journal was to end with the caller's error after 2 records: got %v after %d", err, seen)
	}
}

func apart(t *testing.T, p Place) {
	s, epoch := claimed(t, p)
	names := []string{campaign, "c-z", "c-a", "", "c-\x00 '; DROP TABLE journal; --"}
	full := func(name string, epoch uint64, n int) store.Batch {
		b := batch(epoch, 0, n)
		b.Campaign, b.Orders, b.Notices = name, []store.OrderRow{order("k")}, []store.NoticeRow{notice("n")}
		b.Deadlines = []store.Deadline{{Host: "h", At: sec(n)}}
		return b
	}
	must(t, s.Apply(t.Context(), full(campaign, epoch, 1)))
	for i, name := range names[1:] {
		epoch, err := s.Claim(t.Context(), name)
		must(t, err)
		must(t, s.Apply(t.Context(), full(name, epoch, i+2)))
		must(t, s.Apply(t.Context(), store.Batch{Campaign: name, Epoch: epoch, After: uint64(i + 2), OrdersClosed: []string{"k"},
			NoticesClosed: []string{"n"}, Deadlines: []store.Deadline{{Host: "h"}}}))
	}
	b := full(campaign, epoch, 1)
	want := store.Snapshot{Last: 1, Epoch: epoch, Orders: b.Orders, Notices: b.Notices, Deadlines: b.Deadlines}
	same(t, "the first campaign", stateOf(t, s, campaign), state{want, b.Records})
	for i, name := range names[1:] {
		got := stateOf(t, s, name)
		same(t, fmt.Sprintf("campaign %q", name), got, state{store.Snapshot{Last: uint64(i + 2), Epoch: got.Snapshot.Epoch}, records(0, i+2)})
	}
	got, err := s.Campaigns(t.Context())
	must(t, err)
	same(t, "the campaigns", got, names)
}
