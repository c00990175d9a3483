package drivertest

import (
	"slices"

	"github.com/evenkeel-project/evenkeel/internal/core/dispatch"
)

// mustBeAlike compares two observations of a host in all but their time and the host's word on its latest order.
func (b *bench) mustBeAlike(before, after dispatch.Observation) {
	b.Helper()
	switch {
	case before.Reachable != after.Reachable, before.BootID != after.BootID, before.Power != after.Power, before.Cordoned != after.Cordoned,
		!slices.Equal(before.Running, after.Running), !slices.Equal(before.Elsewhere, after.Elsewhere):
		b.Fatalf("host %s was\n%+v and is\n%+v", before.Host, before, after)
	}
}

// mustRun checks where the guests of a host are.
func (b *bench) mustRun(seen dispatch.Observation, running, elsewhere []string) {
	b.Helper()
	slices.Sort(running)
	slices.Sort(elsewhere)
	if !slices.Equal(seen.Running, running) || !slices.Equal(seen.Elsewhere, elsewhere) {
		b.Fatalf("host %s runs %q and has %q elsewhere, want %q and %q", seen.Host, seen.Running, seen.Elsewhere, running, elsewhere)
	}
}

// mustStand checks what a host that answers looks like.
func (b *bench) mustStand(seen dispatch.Observation, boot string, cordoned bool) {
	b.Helper()
	if !seen.Reachable || seen.Power != dispatch.PowerOn || seen.BootID != boot || seen.Cordoned != cordoned || len(seen.Facts) == 0 {
		b.Fatalf("the host should answer with boot %s and cordoned %t, and is seen as %+v", boot, cordoned, seen)
	}
}

func wholeLife(b *bench) {
	h := b.Hosts[0]
	staying := slices.Concat(h.Restart, h.Pinned)
	first := b.see(h)
	b.mustStand(first, first.BootID, false)
	b.mustRun(first, slices.Concat(staying, h.Migrate), nil)
	if first.Outcome != nil || first.BootID == "" {
		b.Fatalf("an untouched host is seen as %+v", first)
	}

	seen := b.does(h, dispatch.Cordon)
	b.mustStand(seen, first.BootID, true)
	b.mustRun(seen, slices.Concat(staying, h.Migrate), nil)
	if !slices.Contains(b.Driver.Changed(), h.ID) {
		b.Fatalf("Changed does not name host %s, which was cordoned", h.ID)
	}

	seen = b.does(h, dispatch.Drain)
	b.mustStand(seen, first.BootID, true)
	b.mustRun(seen, staying, h.Migrate)

	seen = b.does(h, dispatch.Act)
	if seen.BootID == first.BootID || seen.BootID == "" {
		b.Fatalf("after acting the boot is %q, and before it was %q", seen.BootID, first.BootID)
	}
	acted := seen.BootID
	b.mustStand(seen, acted, true)
	b.mustRun(seen, nil, h.Migrate)

	b.mustStand(b.does(h, dispatch.Verify), acted, true)
	seen = b.does(h, dispatch.Return)
	b.mustStand(seen, acted, false)
	b.mustRun(seen, staying, h.Migrate)
}

func closedReturn(b *bench) {
	h := b.Hosts[0]
	acted := b.does(h, dispatch.Cordon, dispatch.Drain, dispatch.Act, dispatch.Verify)
	closed := b.order(h, dispatch.Return, 1)
	closed.Closed = true
	b.begin(closed)
	seen := b.settle(h)
	b.mustSay(seen, dispatch.Return, dispatch.Done, "")
	b.mustStand(seen, acted.BootID, true)
	b.mustRun(seen, slices.Concat(h.Restart, h.Pinned), h.Migrate)
}

func again(b *bench) {
	h := b.Hosts[0]
	b.does(h, dispatch.Cordon, dispatch.Drain)
	act := b.order(h, dispatch.Act, 1)
	newer := act
	newer.Fence++
	b.begin(act, act)
	b.begin(newer)
	acted := b.settle(h)
	b.mustSay(acted, dispatch.Act, dispatch.Done, "")
	newer.Fence++
	b.begin(newer)
	b.mustBeAlike(acted, b.settle(h))

	verify, back := b.order(h, dispatch.Verify, 1), b.order(h, dispatch.Return, 1)
	verify.Fence, back.Fence = newer.Fence, newer.Fence
	b.begin(verify)
	b.settle(h)
	b.begin(back)
	seen := b.settle(h)
	for range 3 {
		b.begin(newer, verify, back)
		b.Pass()
	}
	after := b.settle(h)
	b.mustBeAlike(seen, after)
	b.mustSay(after, dispatch.Return, dispatch.Done, "")
}

func undone(b *bench) {
	h := b.Hosts[0]
	first := b.see(h)
	b.does(h, dispatch.Cordon, dispatch.Drain)
	seen := b.does(h, dispatch.Undo)
	b.mustStand(seen, first.BootID, false)
	b.mustRun(seen, slices.Concat(h.Restart, h.Pinned), h.Migrate)
	b.begin(b.order(h, dispatch.Cordon, 2))
	seen = b.settle(h)
	b.mustSay(seen, dispatch.Cordon, dispatch.Done, "")
	b.mustStand(seen, first.BootID, true)

	// A host can be undone while it is being cordoned.
	h = b.Hosts[1]
	first = b.see(h)
	b.begin(b.order(h, dispatch.Cordon, 1))
	b.begin(b.order(h, dispatch.Undo, 1))
	seen = b.settle(h)
	b.mustSay(seen, dispatch.Undo, dispatch.Done, "")
	b.mustBeAlike(first, seen)
}

func fenced(b *bench) {
	h := b.Hosts[0]
	b.does(h, dispatch.Cordon)
	fence := b.order(h, dispatch.Fence, 1)
	b.begin(fence)
	b.begin(b.order(h, dispatch.Undo, 1), b.order(h, dispatch.Rehome, 2))
	seen := b.settle(h)
	b.mustSay(seen, dispatch.Fence, dispatch.Done, "")
	if seen.Reachable || seen.Power != dispatch.PowerOff || seen.BootID != "" || len(seen.Facts) > 0 {
		b.Fatalf("a host that is off is seen as %+v", seen)
	}
	b.mustRun(seen, nil, nil)
	seen = b.does(h, dispatch.Rehome)
	if seen.Power != dispatch.PowerOff {
		b.Fatalf("a host whose guests went elsewhere is seen as %+v", seen)
	}
	b.mustRun(seen, nil, slices.Concat(h.Restart, h.Migrate))
}
