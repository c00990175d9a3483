package storetest

import (
	"context"
	"errors"
	"fmt"

	"github.com/evenkeel-project/evenkeel/internal/store"
)

// T is what Walk needs of a test.
type T interface {
	Helper()
	Fatalf(format string, args ...any)
}

// Walk does a number of things to a campaign, right and wrong ones, and compares a store after each with a model
// too simple to be wrong. Pick returns a number from 0 to n-1 and decides everything; the campaign must be new.
func Walk(t T, p Place, campaign string, pick func(n int) int) {
	t.Helper()
	w := &walk{T: t, place: p, pick: pick, model: model{campaign: campaign}}
	w.open()
	defer func() { w.store.Close() }() // whatever has gone wrong, the next walk finds the place free
	for range 5 + pick(20) {
		w.step()
		w.compare("the store", w.store)
	}
	w.read()
	w.must(w.store.Close())
}

type walk struct {
	T
	place Place
	pick  func(n int) int
	store store.Store
	model model
	done  []string // what was done, for the message
}

func (w *walk) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatalf("%v\nafter %q", err, w.done)
	}
}

func (w *walk) open() {
	s, err := w.place.Open()
	w.must(err)
	w.store = s
}

// step does one thing.
func (w *walk) step() {
	switch w.pick(10) {
	case 0:
		w.done = append(w.done, "claim")
		epoch, err := w.store.Claim(context.Background(), w.model.campaign)
		w.must(err)
		if w.model.epoch++; epoch != w.model.epoch {
			w.Fatalf("epoch %d follows epoch %d\nafter %q", epoch, w.model.epoch-1, w.done)
		}
	case 1:
		w.done = append(w.done, "open again")
		w.must(w.store.Close())
		w.open()
	case 2:
		w.done = append(w.done, "read")
		w.read()
	case 3:
		w.fail()
	default:
		b := w.batch()
		w.done = append(w.done, fmt.Sprintf("apply %+v", b))
		want, err := w.model.judge(b), w.store.Apply(context.Background(), b)
		if (err == nil) != (want == nil) || want != nil && want != errFault && !errors.Is(err, want) {
			w.Fatalf("the answer is %v, want %v\nafter %q", err, want, w.done)
		}
		if err == nil {
			w.model.kept = append(w.model.kept, b)
		}
	}
}

// read compares what another process reads.
func (w *walk) read() {
	r, err := w.place.Read()
	w.must(err)
	defer r.Close()
	w.compare("a reader", r)
}

// fail has a batch without fault fail, kept or not.
func (w *walk) fail() {
	b, kept := w.batch(), w.pick(2) == 1
	if w.model.judge(b) != nil {
		return
	}
	w.done = append(w.done, fmt.Sprintf("fail (kept: %t) %+v", kept, b))
	w.place.Fail(w.store, kept)
	if err := w.store.Apply(context.Background(), b); err == nil {
		w.Fatalf("the failure is not told\nafter %q", w.done)
	}
	if kept {
		w.model.kept = append(w.model.kept, b)
	}
}

// batch makes a batch that is right as often as not. There are few names, so that they meet.
func (w *walk) batch() store.Batch {
	last := w.model.last()
	b := store.Batch{Campaign: w.model.campaign, Epoch: w.model.epoch, After: last, Records: records(last, w.pick(4))}
	switch w.pick(12) {
	case 0:
		b.Epoch--
	case 1:
		b.After++
	case 2:
		for i := range b.Records[len(b.Records)/2:] {
			b.Records[len(b.Records)/2+i].Seq++
		}
	}
	name := func() string { return fmt.Sprint("name-", w.pick(8)) }
	for range w.pick(3) {
		b.Orders = append(b.Orders, order(name()))
	}
	for range w.pick(3) {
		b.Notices = append(b.Notices, notice(name()))
	}
	for range w.pick(3) {
		b.Deadlines = append(b.Deadlines, store.Deadline{Host: name(), At: sec(w.pick(3))})
	}
	if w.pick(2) == 0 {
		b.OrdersClosed = append(b.OrdersClosed, name())
	}
	if w.pick(2) == 0 {
		b.NoticesClosed = append(b.NoticesClosed, name())
	}
	return b
}

// compare asks for all there is and for the journal from somewhere on.
func (w *walk) compare(who string, r store.Reader) {
	snapshot, err := r.Snapshot(context.Background(), w.model.campaign)
	w.must(err)
	after := uint64(w.pick(int(w.model.last()) + 2))
	var found []store.Record
	w.must(r.Journal(context.Background(), w.model.campaign, after, func(record store.Record) error {
		found = append(found, record)
		return nil
	}))
	want := records(0, int(w.model.last()))
	want = want[min(after, w.model.last()):]
	for _, fault := range []string{differ("the snapshot of "+who, snapshot, w.model.snapshot()),
		differ(fmt.Sprintf("the journal of %s after record %d", who, after), found, want)} {
		if fault != "" {
			w.Fatalf("%s\nafter %q", fault, w.done)
		}
	}
}
