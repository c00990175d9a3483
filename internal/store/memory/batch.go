package memory

import (
	"fmt"
	"slices"

	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/store"
)

// change is what a batch makes of a campaign, kept apart until all of it is known to be right.
type change struct {
	records   []store.Record
	orders    map[string]entry[store.OrderRow]
	notices   map[string]entry[store.NoticeRow]
	deadlines []store.Deadline
}

// with returns what the batch would change, or why it must change nothing.
func (c *campaign) with(b store.Batch) (change, error) {
	ch := change{orders: map[string]entry[store.OrderRow]{}, notices: map[string]entry[store.NoticeRow]{}, deadlines: b.Deadlines}
	if last := uint64(len(c.journal)); b.After != last {
		return ch, fmt.Errorf("the journal ends at %d, not at %d: %w", last, b.After, store.ErrMoved)
	}
	for i, r := range b.Records {
		if want := b.After + 1 + uint64(i); r.Seq != want {
			return ch, fmt.Errorf("record %d stands where record %d belongs", r.Seq, want)
		}
		r.Body = slices.Clone(r.Body)
		ch.records = append(ch.records, r)
	}
	for _, row := range b.Orders {
		if err := open("order", c.orders, ch.orders, row.Key, row); err != nil {
			return ch, err
		}
	}
	for _, row := range b.Notices {
		if err := open("notice", c.notices, ch.notices, row.ID, row); err != nil {
			return ch, err
		}
	}
	for _, key := range b.OrdersClosed {
		if err := shut("order", c.orders, ch.orders, key); err != nil {
			return ch, err
		}
	}
	for _, id := range b.NoticesClosed {
		if err := shut("notice", c.notices, ch.notices, id); err != nil {
			return ch, err
		}
	}
	return ch, nil
}

// open adds a row that was never there before.
func open[T any](what string, kept, changed map[string]entry[T], key string, row T) error {
	_, before := kept[key]
	if _, now := changed[key]; before || now {
		return fmt.Errorf("%s %q is there already", what, key)
	}
	changed[key] = entry[T]{row, true}
	return nil
}

// shut closes a row that is open, be it by this batch.
func shut[T any](what string, kept, changed map[string]entry[T], key string) error {
	e, ok := changed[key]
	if !ok {
		e = kept[key]
	}
	if !e.open {
		return fmt.Errorf("%s %q is not open", what, key)
	}
	e.open = false
	changed[key] = e
	return nil
}

// keep makes the change. It cannot fail.
func (ch change) keep(c *campaign) {
	c.journal = append(c.journal, ch.records...)
	for key, e := range ch.orders {
		c.orders[key] = e
	}
	for key, e := range ch.notices {
		c.notices[key] = e
	}
	for _, d := range ch.deadlines {
		if d.At == never {
			delete(c.deadlines, d.Host)
			continue
		}
		c.deadlines[d.Host] = d.At
	}
}

// never is the At of a deadline that takes the host's away.
const never = calendar.Instant(0)
