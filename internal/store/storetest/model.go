package storetest

import (
	"cmp"
	"errors"
	"slices"

	"github.com/evenkeel-project/evenkeel/internal/store"
)

// errFault stands for a refusal that callers need not tell from others.
var errFault = errors.New("a fault of the batch")

// model is a campaign as the list of the batches that were kept; whatever is asked is found by reading them all.
type model struct {
	campaign string
	epoch    uint64
	kept     []store.Batch
}

func (m model) last() uint64 {
	n := uint64(0)
	for _, b := range m.kept {
		n += uint64(len(b.Records))
	}
	return n
}

// judge returns why a batch must not be kept, or nil.
func (m model) judge(b store.Batch) error {
	switch {
	case m.epoch == 0 || b.Epoch != m.epoch:
		return store.ErrFenced
	case b.After != m.last():
		return store.ErrMoved
	}
	for i, r := range b.Records {
		if r.Seq != b.After+uint64(i)+1 {
			return errFault
		}
	}
	after := append(slices.Clone(m.kept), b)
	if !lives(named(after, ordersOpened), named(after, ordersClosed)) || !lives(named(after, noticesOpened), named(after, noticesClosed)) {
		return errFault
	}
	return nil
}

func (m model) snapshot() store.Snapshot {
	s := store.Snapshot{Last: m.last(), Epoch: m.epoch}
	shut := named(m.kept, ordersClosed)
	for _, b := range m.kept {
		for _, o := range b.Orders {
			if !slices.Contains(shut, o.Key) {
				s.Orders = append(s.Orders, o)
			}
		}
	}
	shut = named(m.kept, noticesClosed)
	for _, b := range m.kept {
		for _, n := range b.Notices {
			if !slices.Contains(shut, n.ID) {
				s.Notices = append(s.Notices, n)
			}
		}
	}
	for _, b := range m.kept {
		for _, d := range b.Deadlines {
			s.Deadlines = slices.DeleteFunc(s.Deadlines, func(old store.Deadline) bool { return old.Host == d.Host })
			if d.At != 0 {
				s.Deadlines = append(s.Deadlines, d)
			}
		}
	}
	slices.SortFunc(s.Orders, func(a, b store.OrderRow) int { return cmp.Compare(a.Key, b.Key) })
	slices.SortFunc(s.Notices, func(a, b store.NoticeRow) int { return cmp.Compare(a.ID, b.ID) })
	slices.SortFunc(s.Deadlines, func(a, b store.Deadline) int { return cmp.Compare(a.Host, b.Host) })
	return s
}

// The names of rows that a batch opens or closes.
func ordersOpened(b store.Batch) (names []string) {
	for _, o := range b.Orders {
		names = append(names, o.Key)
	}
	return names
}

func noticesOpened(b store.Batch) (names []string) {
	for _, n := range b.Notices {
		names = append(names, n.ID)
	}
	return names
}

func ordersClosed(b store.Batch) []string  { return b.OrdersClosed }
func noticesClosed(b store.Batch) []string { return b.NoticesClosed }

// named returns the names in all batches.
func named(all []store.Batch, of func(store.Batch) []string) (names []string) {
	for _, b := range all {
		names = append(names, of(b)...)
	}
	return names
}

// lives reports whether no row was opened twice, and each that was closed was open.
func lives(opened, closed []string) bool {
	for _, names := range [][]string{opened, closed} {
		sorted := slices.Sorted(slices.Values(names))
		if len(slices.Compact(sorted)) != len(names) {
			return false
		}
	}
	for _, name := range closed {
		if !slices.Contains(opened, name) {
			return false
		}
	}
	return true
}
