package drivertest

import (
	"github.com/evenkeel-project/evenkeel/internal/core/dispatch"
	"github.com/evenkeel-project/evenkeel/internal/driver"
)

func stale(b *bench) {
	first, second := b.Hosts[0], b.Hosts[1]
	cordon := b.order(first, dispatch.Cordon, 1)
	b.begin(cordon)
	b.settle(first)
	late := b.order(second, dispatch.Cordon, 1)
	late.Fence = cordon.Fence - 1
	b.mustRefuse(second, late, driver.Stale)

	// An order that was carried out says so whatever an older conductor repeats.
	before := b.see(first)
	cordon.Fence--
	b.begin(cordon)
	after := b.settle(first)
	b.mustBeAlike(before, after)
	b.mustSay(after, dispatch.Cordon, dispatch.Done, "")
}

func staleThenFresh(b *bench) {
	first, second := b.Hosts[0], b.Hosts[1]
	b.does(first, dispatch.Cordon)
	o := b.order(second, dispatch.Cordon, 1)
	fence := o.Fence
	o.Fence--
	b.mustRefuse(second, o, driver.Stale)
	o.Fence = fence + 1
	b.begin(o)
	seen := b.settle(second)
	b.mustSay(seen, dispatch.Cordon, dispatch.Done, "")
	b.mustStand(seen, seen.BootID, true)
}

func wrongZone(b *bench) {
	h := b.Hosts[0]
	o := b.order(h, dispatch.Cordon, 1)
	o.Zone += "-of-another-name"
	b.mustRefuse(h, o, driver.UnknownHost)
}

func unknownHost(b *bench) {
	stranger := Host{ID: b.Hosts[1].ID + "-of-another-name", Zone: b.Hosts[1].Zone}
	b.mustRefuse(stranger, b.order(stranger, dispatch.Cordon, 1), driver.UnknownHost)
}

func wrongBoot(b *bench) {
	h := b.Hosts[0]
	b.does(h, dispatch.Cordon, dispatch.Drain)
	for _, step := range []dispatch.Step{dispatch.Act, dispatch.Fence} {
		for _, boot := range []string{"", "another-boot"} {
			o := b.order(h, step, 1)
			o.BootID = boot
			b.mustRefuse(h, o, driver.WrongBoot)
		}
	}
	// The second order was decided about the boot before the first.
	late := b.order(h, dispatch.Act, 2)
	b.does(h, dispatch.Act)
	b.mustRefuse(h, late, driver.WrongBoot)
}

func expired(b *bench) {
	h := b.Hosts[0]
	b.does(h, dispatch.Cordon, dispatch.Drain)
	o := b.order(h, dispatch.Act, 1)
	o.NotAfter = b.Now() - 1
	b.mustRefuse(h, o, driver.Expired)
	o.NotAfter = b.Now()
	b.begin(o)
	b.mustSay(b.settle(h), dispatch.Act, dispatch.Done, "")
}

func wrongStep(b *bench) {
	h := b.Hosts[0]
	refuse := func(steps ...dispatch.Step) {
		b.Helper()
		for _, step := range steps {
			b.mustRefuse(h, b.order(h, step, 9), driver.WrongStep)
		}
	}
	refuse(dispatch.Drain, dispatch.Act, dispatch.Return, dispatch.Rehome, "a step of another release")
	b.does(h, dispatch.Cordon)
	refuse(dispatch.Act, dispatch.Return, dispatch.Rehome)
	b.does(h, dispatch.Drain)
	refuse(dispatch.Return, dispatch.Rehome)
	b.does(h, dispatch.Act)
	refuse(dispatch.Cordon, dispatch.Drain, dispatch.Undo, dispatch.Rehome)
	b.does(h, dispatch.Verify, dispatch.Return)
	refuse(dispatch.Drain, dispatch.Act, dispatch.Undo, dispatch.Rehome)
}

func noDisturbance(b *bench) {
	h := b.Hosts[0]
	b.does(h, dispatch.Cordon, dispatch.Drain)
	before := b.see(h)
	b.begin(b.order(h, dispatch.Act, 1))
	b.begin(b.order(h, dispatch.Cordon, 2), b.order(h, dispatch.Undo, 1), b.order(h, dispatch.Return, 1))
	seen := b.settle(h)
	b.mustSay(seen, dispatch.Act, dispatch.Done, "")
	if seen.BootID == before.BootID {
		b.Fatal("orders that did not fit kept the host from rebooting")
	}
	b.mustRun(seen, nil, h.Migrate)
}

func order(b *bench) {
	first, second := b.Hosts[0].ID, b.Hosts[1].ID
	asked := []string{second, "no-such-host", first, second}
	seen, err := b.Driver.Observe(b.Context(), asked)
	if err != nil || len(seen) != len(asked) {
		b.Fatalf("asked for %q, and got %d observations, %v", asked, len(seen), err)
	}
	for i, o := range seen {
		if o.Host != asked[i] {
			b.Fatalf("observation %d is of %q, and %q was asked", i, o.Host, asked[i])
		}
	}
	if o := seen[1]; o.Reachable || o.BootID != "" || o.Power != dispatch.PowerUnknown || o.Cordoned || o.Outcome != nil ||
		len(o.Facts)+len(o.Running)+len(o.Elsewhere) > 0 {
		b.Fatalf("of a host that nobody knows this is known: %+v", o)
	}
	if seen, err = b.Driver.Observe(b.Context(), nil); err != nil || len(seen) != 0 {
		b.Fatalf("asked for nothing, and got %+v, %v", seen, err)
	}
}

func noWaiting(b *bench) {
	before := b.Now()
	b.begin(b.order(b.Hosts[0], dispatch.Cordon, 1), b.order(b.Hosts[1], dispatch.Cordon, 1))
	for _, h := range b.Hosts {
		if o := b.see(h).Outcome; o == nil || o.Result != dispatch.Working {
			b.Fatalf("right after the order was handed over host %s says %+v, and should be at work", h.ID, o)
		}
	}
	if b.Now() < before {
		b.Fatal("the time went back")
	}
	for _, h := range b.Hosts {
		b.mustSay(b.settle(h), dispatch.Cordon, dispatch.Done, "")
	}
}
