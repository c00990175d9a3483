package inspect

import (
	"fmt"
	"math/bits"

	"github.com/evenkeel-project/evenkeel/internal/core/fleet"
	"github.com/evenkeel-project/evenkeel/internal/core/ident"
	"github.com/evenkeel-project/evenkeel/internal/core/label"
	"github.com/evenkeel-project/evenkeel/internal/core/policy"
)

// wide is a sum of amounts. Amounts have up to 64 bits and there are many guests, so a sum has more.
type wide struct{ high, low uint64 }

func (w *wide) add(n uint64) {
	low, carry := bits.Add64(w.low, n, 0)
	w.high, w.low = w.high+carry, low
}

func (w *wide) remove(n uint64) {
	low, borrow := bits.Sub64(w.low, n, 0)
	w.high, w.low = w.high-borrow, low
}

func (w wide) exceeds(n uint64) bool { return w.high > 0 || w.low > n }

// load is what the guests on one host take of its capacity, and of which groups they are. It is used for one
// host after another.
type load struct {
	fleet    *fleet.Fleet
	capacity label.Set
	most     []uint64 // by key of capacity
	used     []wide   // by key of capacity
	members  *tally   // by group
}

func newLoad(f *fleet.Fleet) *load { return &load{fleet: f, members: newTally(f.Groups())} }

// begin starts with an empty host.
func (l *load) begin(h ident.Host) {
	l.members.clear()
	l.capacity, l.most, l.used = l.fleet.Capacity(h), l.most[:0], l.used[:0]
	for _, p := range l.capacity {
		l.most, l.used = append(l.most, policy.Amount(p.Value)), append(l.used, wide{})
	}
}

func (l *load) add(g ident.Guest) {
	for _, group := range l.fleet.GroupsOf(g) {
		l.members.add(group)
	}
	l.each(g, (*wide).add)
}

func (l *load) remove(g ident.Guest) {
	for _, group := range l.fleet.GroupsOf(g) {
		l.members.counts[group]--
	}
	l.each(g, (*wide).remove)
}

// each applies the guest's demand of everything that the host names a capacity for.
func (l *load) each(g ident.Guest, change func(*wide, uint64)) {
	if len(l.capacity) == 0 {
		return
	}
	for _, p := range l.fleet.Demand(g) {
		for i := range l.capacity {
			if l.capacity[i].Key == p.Key {
				change(&l.used[i], policy.Amount(p.Value))
			}
		}
	}
}

// fault says why the host has no room for a guest that is counted already: it demands what the host does not
// name, or more is taken than there is. "" when it has.
func (l *load) fault(g ident.Guest) string {
	for _, p := range l.fleet.Demand(g) {
		if _, named := l.capacity.Get(p.Key); !named && policy.Amount(p.Value) > 0 {
			return fmt.Sprintf("the guest demands %s %s and the host names no capacity for it", p.Value, p.Key)
		}
	}
	for i, used := range l.used {
		if used.exceeds(l.most[i]) {
			return fmt.Sprintf("more than its capacity of %s %s is taken there", l.capacity[i].Value, l.capacity[i].Key)
		}
	}
	return ""
}
