package engine

import (
	"cmp"

	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/dispatch"
	"github.com/evenkeel-project/evenkeel/internal/core/plan"
	"github.com/evenkeel-project/evenkeel/internal/store"
)

// order is an order that must reach its host.
type order struct {
	dispatch.Order
	handed calendar.Instant // when the driver took it last; 0 is never, as far as this process knows
}

// ranks are the places of the hosts in the plan, in whose order orders come.
type ranks map[string]int

func ranked(p *plan.Plan) ranks {
	r := make(ranks, len(p.Outages))
	for i := range p.Outages {
		r[p.Outages[i].Host] = i
	}
	return r
}

// compare orders orders by host, and within a host as keys differ.
func (r ranks) compare(a, b *dispatch.Order) int {
	if a.Host != b.Host {
		return cmp.Compare(r[a.Host], r[b.Host])
	}
	return cmp.Or(cmp.Compare(a.Step, b.Step), cmp.Compare(a.Attempt, b.Attempt))
}

// renewed returns the orders that are outstanding now, each with the time of its last handing over when it was open
// before, and adds to the batch which were opened and which closed. Both lists are walked once, side by side.
func (r ranks) renewed(open []order, now []dispatch.Order, b *store.Batch) []order {
	orders := make([]order, len(now))
	for i := range now {
		o := &now[i]
		for len(open) > 0 && r.compare(&open[0].Order, o) < 0 {
			b.OrdersClosed = append(b.OrdersClosed, open[0].Key())
			open = open[1:]
		}
		orders[i].Order = *o
		if len(open) > 0 && r.compare(&open[0].Order, o) == 0 {
			orders[i].handed = open[0].handed
			open = open[1:]
			continue
		}
		b.Orders = append(b.Orders, store.OrderRow{Key: o.Key(), Host: o.Host, Step: string(o.Step), Attempt: o.Attempt, NotAfter: o.NotAfter})
	}
	for i := range open {
		b.OrdersClosed = append(b.OrdersClosed, open[i].Key())
	}
	return orders
}
