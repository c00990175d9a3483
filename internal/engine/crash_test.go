package engine

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/campaign"
	"github.com/evenkeel-project/evenkeel/internal/core/dispatch"
	"github.com/evenkeel-project/evenkeel/internal/courier"
	"github.com/evenkeel-project/evenkeel/internal/driver"
	"github.com/evenkeel-project/evenkeel/internal/request"
	"github.com/evenkeel-project/evenkeel/internal/store"
)

// crash is what a process dies of in these tests.
type crash struct{ point string }

// fuse makes a process die at the moments that dies picks, counted over all its calls to the outside. With stop it
// is asked to stop instead, and what it calls gives up.
type fuse struct {
	points int
	dies   func(point int) bool
	stop   func()
}

func (f *fuse) reach(ctx context.Context, point string) error {
	f.points++
	switch {
	case !f.dies(f.points):
	case f.stop != nil:
		f.stop()
	default:
		panic(crash{fmt.Sprintf("at point %d, %s", f.points, point)})
	}
	return ctx.Err()
}

// wrap puts the fuse between an engine and everything that outlives it.
func (f *fuse) wrap(p *Parts) {
	p.Store = fusedStore{p.Store, f}
	p.Driver = fusedDriver{p.Driver, f}
	p.Courier = fusedCourier{p.Courier, f}
	p.Inbox = fusedInbox{p.Inbox, f}
}

type fusedStore struct {
	store.Store
	fuse *fuse
}

func (s fusedStore) Apply(ctx context.Context, b store.Batch) error {
	if err := s.fuse.reach(ctx, "before persisting"); err != nil {
		return err
	}
	return errors.Join(s.Store.Apply(ctx, b), s.fuse.reach(ctx, "after persisting"))
}

type fusedDriver struct {
	driver.Driver
	fuse *fuse
}

func (d fusedDriver) Begin(ctx context.Context, orders []dispatch.Order) error {
	if err := d.fuse.reach(ctx, "before handing over"); err != nil {
		return err
	}
	return errors.Join(d.Driver.Begin(ctx, orders), d.fuse.reach(ctx, "after handing over"))
}

func (d fusedDriver) Observe(ctx context.Context, hosts []string) ([]dispatch.Observation, error) {
	if err := d.fuse.reach(ctx, "before observing"); err != nil {
		return nil, err
	}
	return d.Driver.Observe(ctx, hosts)
}

type fusedCourier struct {
	courier.Courier
	fuse *fuse
}

func (c fusedCourier) Deliver(ctx context.Context, letters []courier.Letter) ([]courier.Receipt, error) {
	if err := c.fuse.reach(ctx, "before delivering"); err != nil {
		return nil, err
	}
	receipts, err := c.Courier.Deliver(ctx, letters)
	return receipts, errors.Join(err, c.fuse.reach(ctx, "after delivering"))
}

type fusedInbox struct {
	request.Inbox
	fuse *fuse
}

func (i fusedInbox) Answer(ctx context.Context, a request.Answer) error {
	if err := i.fuse.reach(ctx, "before answering"); err != nil {
		return err
	}
	return errors.Join(i.Inbox.Answer(ctx, a), i.fuse.reach(ctx, "after answering"))
}

// runOnce runs one process until the campaign has ended or the process has died.
func (r *rig) runOnce() (died *crash) {
	r.t.Helper()
	defer func() {
		reason := recover()
		if c, ok := reason.(crash); ok {
			died = &c
		} else if reason != nil {
			panic(reason)
		}
	}()
	r.finish(r.open())
	return nil
}

// asks puts a request into the inbox when its time has come.
type asks struct {
	at calendar.Instant
	request.Request
}

// eventful is a campaign with a host that never comes back, a pause while one is being drained, a request that is
// refused, and a resume.
func eventful(t *testing.T, w *campaign.World) *rig {
	r := started(t, w)
	r.hosts.takes["h120"] = 1_000_000
	script := []asks{
		{instant("2014-09-28T11:00:10Z"), request.Request{ID: "1-a", Verb: request.Pause, By: "operator", Reason: "a disk is loud"}},
		{instant("2014-09-28T11:01:30Z"), request.Request{ID: "2-b", Verb: request.Pause, By: "operator", Reason: "again"}},
		{instant("2014-09-28T11:01:30Z"), request.Request{ID: "3-c", Verb: request.Resume, By: "operator", Reason: "it was the fan"}},
	}
	for _, ask := range script {
		r.hosts.alarms = append(r.hosts.alarms, ask.at)
	}
	r.hosts.rang = func(now calendar.Instant) {
		for len(script) > 0 && now >= script[0].at {
			r.inbox.ask(script[0].Request)
			script = script[1:]
		}
	}
	return r
}

// sound checks what must hold however often the process died.
func (r *rig) sound(when string, want []string) {
	r.t.Helper()
	if got := r.story(); !slices.Equal(got, want) {
		r.t.Errorf("%s: the story is another:\n%s", when, difference(want, got))
	}
	for host, keys := range r.hosts.acts {
		if len(keys) != 1 || r.hosts.machines[host].boots > 1 {
			r.t.Errorf("%s: host %s was taken down by %v and rebooted %d times; want once", when, host, keys, r.hosts.machines[host].boots)
		}
	}
	for _, e := range r.journal() {
		if e.Kind == campaign.NoticeAccepted && r.post.handed[e.NoticeID] == 0 {
			r.t.Errorf("%s: notice %s is on record and was never handed over", when, e.NoticeID)
		}
	}
	for id, answer := range map[string]string{"1-a": "", "2-b": "already-stopped", "3-c": ""} {
		if got, ok := r.inbox.answer(id); !ok || got.Code != answer {
			r.t.Errorf("%s: request %s was answered %v (%t), want code %q", when, id, got, ok, answer)
		}
	}
	snapshot, err := r.disk.Reopen().Snapshot(context.Background(), campaignID)
	if err != nil || len(snapshot.Orders)+len(snapshot.Notices)+len(snapshot.Deadlines) > 0 {
		r.t.Errorf("%s: the store keeps %+v open, %v", when, snapshot, err)
	}
}

func difference(want, got []string) string {
	out := ""
	for _, line := range want {
		if !slices.Contains(got, line) {
			out += "- " + line + "\n"
		}
	}
	for _, line := range got {
		if !slices.Contains(want, line) {
			out += "+ " + line + "\n"
		}
	}
	return out
}

func TestACrashAtAnyPointOfAnyTurnChangesNothing(t *testing.T) {
	w := newWorld(t, fleetOf(1, 1), plain)
	whole := eventful(t, w)
	count := &fuse{dies: func(int) bool { return false }}
	whole.wrap = count.wrap
	if died := whole.runOnce(); died != nil {
		t.Fatal("it died without a crash")
	}
	want := whole.story()
	whole.sound("without a crash", want)
	if whole.count(campaign.HostDone) != 3 || whole.count(campaign.HostSetAside) != 1 || whole.count(campaign.HostUndone) != 1 {
		t.Fatalf("the campaign is not as eventful as it should be:\n%v", want)
	}
	for k := 1; k <= count.points; k++ {
		r := eventful(t, w)
		f := &fuse{dies: func(point int) bool { return point == k }}
		r.wrap = f.wrap
		died := r.runOnce()
		if died == nil {
			t.Fatalf("there is no point %d of %d", k, count.points)
		}
		if again := r.runOnce(); again != nil {
			t.Fatalf("it died twice: %v, then %v", died, again)
		}
		r.sound(died.point, want)
		if t.Failed() {
			return
		}
	}
}

func TestCrashesAgainAndAgainChangeNothing(t *testing.T) {
	w := newWorld(t, fleetOf(1, 1), plain)
	whole := eventful(t, w)
	whole.finish(whole.open())
	want := whole.story()
	for seed := range uint64(8) {
		r := eventful(t, w)
		random := rand.New(rand.NewPCG(seed, 1))
		f := &fuse{dies: func(int) bool { return random.IntN(8) == 0 }}
		r.wrap = f.wrap
		lives := 1
		for r.runOnce() != nil && lives < 5000 {
			lives++
		}
		r.sound(fmt.Sprintf("seed %d, with %d lives", seed, lives), want)
	}
}

func TestAStopAtAnyPointOfAnyTurnChangesNothing(t *testing.T) {
	w := newWorld(t, fleetOf(1, 1), plain)
	want := calm(t, w)
	points := 1
	for k := 1; k <= points; k++ {
		r := eventful(t, w)
		ctx, stop := context.WithCancel(t.Context())
		f := &fuse{dies: func(point int) bool { return point == k }, stop: stop}
		r.wrap = f.wrap
		e := r.open()
		if _, err := e.Run(ctx); !errors.Is(err, context.Canceled) {
			t.Fatalf("stopped at point %d, Run gives %v", k, err)
		}
		r.finish(e)
		points = f.points - 10
		r.sound(fmt.Sprintf("stopped at point %d", k), want)
	}
	if points < 100 {
		t.Errorf("only %d points were tried", points)
	}
}
