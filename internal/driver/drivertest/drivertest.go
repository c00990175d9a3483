// Package drivertest is what every driver must keep to: one suite, run by the tests of each. A driver that passes may be
// given power over hosts. Nothing here knows how a driver reaches them.
package drivertest

import (
	"testing"

	"github.com/evenkeel-project/evenkeel/internal/core/advisory"
	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/dispatch"
	"github.com/evenkeel-project/evenkeel/internal/driver"
)

// Host is a host that the suite may do anything with. Nothing was asked of it, and all its guests run on it.
type Host struct {
	ID, Zone string
	// The guests by what becomes of them when the host goes down, each list in byte order.
	Restart, Migrate, Pinned []string
}

// Subject is a driver to be tried, with what the suite needs around it.
type Subject struct {
	Driver driver.Driver
	Hosts  [2]Host // in byte order of their ids; the first has a guest of each kind
	Now    func() calendar.Instant
	// Pass lets time pass until something may have changed. Hosts carry out orders in it and at no other time.
	Pass func()
}

// Run tries a driver; fresh makes a new one with untouched hosts for each part of the suite.
func Run(t *testing.T, fresh func(t *testing.T) Subject) {
	parts := []struct {
		name string
		run  func(*bench)
	}{
		{"a host goes through its life", wholeLife},
		{"a host that is told to stay closed stays closed", closedReturn},
		{"an order that is handed over again changes nothing", again},
		{"an order of a conductor that was replaced is refused", stale},
		{"a stale order is carried out when the present conductor gives it", staleThenFresh},
		{"an order to a host of another zone is refused", wrongZone},
		{"an order to a host that is not known is refused", unknownHost},
		{"an order about another boot is refused", wrongBoot},
		{"an order that comes too late is refused", expired},
		{"a step that does not fit is refused", wrongStep},
		{"an order that does not fit leaves the running one alone", noDisturbance},
		{"what was undone is as it was before", undone},
		{"a host that is fenced is proven off and its guests start elsewhere", fenced},
		{"hosts are observed in the order asked", order},
		{"handing over does not wait", noWaiting},
	}
	for _, part := range parts {
		t.Run(part.name, func(t *testing.T) { part.run(&bench{T: t, Subject: fresh(t)}) })
	}
}

// bench is one part of the suite at work.
type bench struct {
	*testing.T
	Subject
}

// order returns an order that nothing is wrong with.
func (b *bench) order(h Host, step dispatch.Step, attempt int) dispatch.Order {
	o := dispatch.Order{Campaign: "c-0123456789ab", Plan: "sha256:00", Host: h.ID, Zone: h.Zone, Step: step, Attempt: attempt, Fence: 3,
		NotAfter: b.Now().Add(calendar.Day)}
	if step == dispatch.Act {
		o.Action = advisory.Reboot
	}
	if step == dispatch.Act || step == dispatch.Fence {
		o.BootID = b.see(h).BootID
	}
	return o
}

func (b *bench) begin(orders ...dispatch.Order) {
	b.Helper()
	if err := b.Driver.Begin(b.Context(), orders); err != nil {
		b.Fatalf("Begin: %v", err)
	}
}

func (b *bench) see(h Host) dispatch.Observation {
	b.Helper()
	seen, err := b.Driver.Observe(b.Context(), []string{h.ID})
	if err != nil || len(seen) != 1 || seen[0].Host != h.ID {
		b.Fatalf("Observe(%s) returns %+v, %v", h.ID, seen, err)
	}
	return seen[0]
}

// settle lets time pass until the host has come to an end with its order, and returns what is seen then.
func (b *bench) settle(h Host) dispatch.Observation {
	b.Helper()
	const patience = 1000
	for range patience {
		o := b.see(h)
		if o.Outcome == nil || o.Outcome.Result != dispatch.Working {
			return o
		}
		b.Pass()
	}
	b.Fatalf("host %s is still at work on %+v", h.ID, *b.see(h).Outcome)
	return dispatch.Observation{}
}

// does has a host do steps one after the other, each of which must end as done, and returns what is seen in the end.
func (b *bench) does(h Host, steps ...dispatch.Step) dispatch.Observation {
	b.Helper()
	var seen dispatch.Observation
	for _, step := range steps {
		b.begin(b.order(h, step, 1))
		seen = b.settle(h)
		b.mustSay(seen, step, dispatch.Done, "")
	}
	return seen
}

// mustSay checks what a host says of its latest order.
func (b *bench) mustSay(seen dispatch.Observation, step dispatch.Step, result dispatch.Result, code string) {
	b.Helper()
	o := seen.Outcome
	if o == nil {
		b.Fatalf("host %s says nothing of step %s", seen.Host, step)
	}
	if o.Step != step || o.Result != result || o.Code != code {
		b.Fatalf("host %s says %s of %s (%s %s), and should say %s of %s (%s)", seen.Host, o.Result, o.Step, o.Code, o.Detail, result, step, code)
	}
	if told := result == dispatch.Failed || result == dispatch.Refused; told != (o.Detail != "") {
		b.Fatalf("host %s: %s of %s comes with the detail %q", seen.Host, result, step, o.Detail)
	}
}

// mustRefuse hands an order over, which must be refused and change nothing but what the host says.
func (b *bench) mustRefuse(h Host, o dispatch.Order, code string) {
	b.Helper()
	before := b.see(h)
	b.begin(o)
	after := b.settle(h)
	b.mustSay(after, o.Step, dispatch.Refused, code)
	b.mustBeAlike(before, after)
	b.Pass()
	b.mustBeAlike(before, b.see(h))
}
