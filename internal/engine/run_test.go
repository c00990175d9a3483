package engine

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/evenkeel-project/evenkeel/internal/clock"
	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/campaign"
	"github.com/evenkeel-project/evenkeel/internal/core/dispatch"
	"github.com/evenkeel-project/evenkeel/internal/courier"
	"github.com/evenkeel-project/evenkeel/internal/request"
	"github.com/evenkeel-project/evenkeel/internal/store"
)

func TestACampaignIsCarriedOutToItsEnd(t *testing.T) {
	r := started(t, newWorld(t, fleetOf(2, 2), plain))
	var shown []campaign.Event
	r.watch = func(f Frame) {
		shown = append(shown, f.Events...)
		if o := f.Overview(); o.At != f.At || o.Counts.Total() != 8 {
			t.Errorf("the overview of %v is of %v and has %d hosts", f.At, o.At, o.Counts.Total())
		}
	}
	r.finish(r.open())
	if n := r.count(campaign.HostDone); n != 8 {
		t.Errorf("%d hosts are done, want 8", n)
	}
	if kept := r.journal(); len(shown) > len(kept) || shown[len(shown)-1].Kind != campaign.CampaignFinished {
		t.Errorf("%d events were shown of %d", len(shown), len(kept))
	}
	if got := r.troubles(); len(got) > 0 {
		t.Errorf("trouble without a cause: %v", got)
	}
	for id, n := range r.post.handed {
		if n != 1 {
			t.Errorf("letter %s was handed over %d times without a crash", id, n)
		}
	}
}

// watchedDriver looks into the journal whenever something is handed over.
type watchedDriver struct {
	*hosts
	rig *rig
}

func (d watchedDriver) Begin(ctx context.Context, orders []dispatch.Order) error {
	snapshot, err := d.rig.disk.Reopen().Snapshot(ctx, campaignID)
	if err != nil {
		return err
	}
	for _, o := range orders {
		if !slices.ContainsFunc(snapshot.Orders, func(row store.OrderRow) bool { return row.Key == o.Key() }) {
			d.rig.t.Errorf("order %s was handed over and is not in the store", o.Key())
		}
		if o.Fence != snapshot.Epoch {
			d.rig.t.Errorf("order %s has fence %d in epoch %d", o.Key(), o.Fence, snapshot.Epoch)
		}
	}
	return d.hosts.Begin(ctx, orders)
}

type watchedPost struct {
	*post
	rig *rig
}

func (p watchedPost) Deliver(ctx context.Context, letters []courier.Letter) ([]courier.Receipt, error) {
	queued := map[string]calendar.Instant{}
	for _, e := range p.rig.journal() {
		if e.Kind == campaign.NoticeQueued {
			queued[e.Notice.ID] = e.At
		}
	}
	for _, l := range letters {
		if at, ok := queued[l.ID]; !ok || at != l.Date {
			p.rig.t.Errorf("letter %s of %v was handed over; its notice was queued at %v (%t)", l.ID, l.Date, at, ok)
		}
	}
	return p.post.Deliver(ctx, letters)
}

func TestNothingLeavesBeforeItIsInTheJournal(t *testing.T) {
	r := eventful(t, newWorld(t, fleetOf(1, 2), plain))
	r.wrap = func(p *Parts) { p.Driver, p.Courier = watchedDriver{r.hosts, r}, watchedPost{r.post, r} }
	r.finish(r.open())
	if len(r.hosts.log) == 0 || len(r.post.handed) == 0 {
		t.Error("nothing left at all")
	}
}

func TestADriverThatFailsIsAskedAgain(t *testing.T) {
	w := newWorld(t, fleetOf(1, 1), plain)
	for what, spoil := range map[string]func(*rig){
		"3 orders could not be handed over": func(r *rig) { r.hosts.broken = 3 },
		"the hosts cannot be seen":          func(r *rig) { r.hosts.blind = 3 },
	} {
		r := started(t, w)
		r.watch = func(f Frame) {
			if slices.ContainsFunc(f.Events, func(e campaign.Event) bool { return e.Kind == campaign.HostDrained }) {
				r.watch = nil
				spoil(r)
			}
		}
		r.finish(r.open())
		if n := r.count(campaign.HostDone); n != 4 {
			t.Errorf("%s: %d hosts are done, want 4", what, n)
		}
		if got := r.troubles(); len(got) != 1 || !strings.Contains(got[0], what[2:]) {
			t.Errorf("%s: told was %q", what, got)
		}
	}
}

func TestAnOrderThatWasLostIsHandedOverAgain(t *testing.T) {
	r := started(t, newWorld(t, fleetOf(1, 1), plain))
	r.watch = func(f Frame) {
		for _, e := range f.Events {
			if e.Kind == campaign.HostCordoned { // the driver forgets that it was told to drain
				m := r.hosts.machines[e.Host]
				delete(r.hosts.seen, m.order.Key())
				m.ends, m.outcome = 0, nil
				r.watch = nil
			}
		}
	}
	r.finish(r.open())
	if n := r.count(campaign.HostDone); n != 4 {
		t.Errorf("%d hosts are done, want 4", n)
	}
}

// stuckClock cannot let time pass for a while.
type stuckClock struct {
	clock.Clock
	waits *int // until it can
}

func (c stuckClock) Wait(ctx context.Context, until calendar.Instant, news <-chan struct{}) error {
	if *c.waits--; *c.waits >= 0 {
		return errors.New("there is no room for the time")
	}
	return c.Clock.Wait(ctx, until, news)
}

// More waits fail than turns may.
func TestAClockThatCannotLetTimePassIsAskedAgainAndTheJournalIsNotBlamed(t *testing.T) {
	w := newWorld(t, fleetOf(1, 1), plain)
	want := calm(t, w)
	synctest.Test(t, func(t *testing.T) {
		r := eventful(t, w)
		waits := failuresMost + 3
		r.wrap = func(p *Parts) { p.Clock = stuckClock{p.Clock, &waits} }
		r.finish(r.open())
		r.sound("with a clock that stood still", want)
		if told := strings.Join(r.troubles(), "\n"); !strings.Contains(told, "no time can pass") || strings.Contains(told, "journal") {
			t.Errorf("it says %s", told)
		}
	})
}

func TestACourierThatFailsIsAskedAgain(t *testing.T) {
	r := started(t, newWorld(t, fleetOf(1, 1), plain))
	r.post.broken = 3
	r.finish(r.open())
	if got := r.troubles(); len(got) != 1 || !strings.Contains(got[0], "1 letters could not be delivered: the outbox is locked") {
		t.Errorf("told was %q", got)
	}
	if n := r.count(campaign.NoticeAccepted); n != len(r.post.handed) {
		t.Errorf("%d notices are on record, %d letters were taken", n, len(r.post.handed))
	}
}

// forgetful is a courier that loses receipts.
type forgetful struct {
	courier.Courier
	left *int
}

func (f forgetful) Deliver(ctx context.Context, letters []courier.Letter) ([]courier.Receipt, error) {
	receipts, err := f.Courier.Deliver(ctx, letters)
	if *f.left--; *f.left >= 0 {
		receipts = receipts[1:]
	}
	return receipts, err
}

func TestACourierThatLosesReceiptsIsNotBelieved(t *testing.T) {
	r := started(t, newWorld(t, fleetOf(1, 2), plain))
	left := 1
	r.wrap = func(p *Parts) { p.Courier = forgetful{p.Courier, &left} }
	r.finish(r.open())
	if got := r.troubles(); len(got) != 1 || !strings.Contains(got[0], "2 letters and gave 1 receipts") {
		t.Errorf("told was %q", got)
	}
	if n := r.count(campaign.NoticeAccepted); n != len(r.post.handed) {
		t.Errorf("%d notices are on record, %d letters were taken", n, len(r.post.handed))
	}
}

func TestATenantWhomNobodyCanTellIsOnRecord(t *testing.T) {
	w := newWorld(t, fleetOf(1, 2), plain)
	for what, spoil := range map[string]func(*rig, *Parts){
		"there is no address to write to": func(_ *rig, p *Parts) {
			p.Compose = func(n campaign.NoticeRef, s *campaign.State, at calendar.Instant) courier.Letter {
				letter := compose(n, s, at)
				if n.Tenant == "t1" {
					letter.To = nil
				}
				return letter
			}
		},
		"the address bounced": func(r *rig, _ *Parts) {
			for _, n := range []string{"planned.t1", "courtesy.t1.r1", "courtesy.t1.r2"} {
				r.post.refuse[campaignID+"."+n] = "the address bounced"
			}
		},
	} {
		r := started(t, w)
		r.wrap = func(p *Parts) { spoil(r, p) }
		r.finish(r.open())
		failed := 0
		for _, e := range r.journal() {
			if e.Kind == campaign.NoticeFailed {
				failed++
				if e.Reason != what || !strings.Contains(e.NoticeID, ".t1") {
					t.Errorf("notice %s failed because %q, want %q", e.NoticeID, e.Reason, what)
				}
			}
		}
		if failed == 0 || r.count(campaign.HostGranted) > 0 {
			t.Errorf("%s: %d notices failed, %d hosts were granted; want some and none", what, failed, r.count(campaign.HostGranted))
		}
	}
}

func TestLettersAreDeliveredAPortionAtATime(t *testing.T) {
	const tenants = lettersMost + 3
	r := started(t, newWorld(t, fleetOf(1, tenants), plain))
	ctx, stop := context.WithCancel(t.Context())
	r.watch = func(Frame) {
		if len(r.post.handed) >= tenants {
			stop()
		}
	}
	if _, err := r.open().Run(ctx); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	if r.post.largest != lettersMost || len(r.post.handed) < tenants {
		t.Errorf("%d letters were delivered, at most %d at once; want %d and %d", len(r.post.handed), r.post.largest, tenants, lettersMost)
	}
}

func TestARequestIsAnsweredOnceItIsInTheJournalAndCarriedOutOnce(t *testing.T) {
	w := newWorld(t, fleetOf(1, 1), plain)
	want := calm(t, w)
	r := eventful(t, w)
	r.inbox.deaf = 4
	r.finish(r.open())
	if got := r.troubles(); len(got) == 0 || !strings.Contains(got[0], "request 1-a could not be answered: the disk is busy") {
		t.Errorf("told was %q", got)
	}
	r.sound("with answers that did not get through", want)
}

func TestARequestThatMeansNothingIsRefused(t *testing.T) {
	r := started(t, newWorld(t, fleetOf(1, 1), plain))
	r.inbox.ask(request.Request{ID: "1-a", Verb: "reboot"})
	r.finish(r.open())
	if got := r.inbox.answers["1-a"]; got.Code != "unknown-verb" {
		t.Errorf("the answer is %+v", got)
	}
}

func TestAClockThatIsSetForwardHaltsTheCampaign(t *testing.T) {
	r := started(t, newWorld(t, fleetOf(1, 1), plain))
	ctx, stop := context.WithCancel(t.Context())
	r.watch = func(f Frame) {
		switch {
		case f.Overview().Status == campaign.Halted:
			stop()
		case f.At >= instant("2014-09-28T10:45:00Z"):
			r.hosts.now, r.hosts.jumped = r.hosts.now.Add(3600), 3600
		}
	}
	if status, err := r.open().Run(ctx); status != campaign.Halted || !errors.Is(err, context.Canceled) {
		t.Fatalf("Run gives %s, %v; want halted", status, err)
	}
	for _, e := range r.journal() {
		if e.Kind == campaign.CampaignHalted && e.Halt.Reason != "the clock was set forward by 1h" {
			t.Errorf("it halted because %q", e.Halt.Reason)
		}
	}
}

func TestAClockThatIsSetBackIsWaitedForAndThenHaltsTheCampaign(t *testing.T) {
	r := started(t, newWorld(t, fleetOf(1, 1), plain))
	ctx, stop := context.WithCancel(t.Context())
	var last calendar.Instant
	orders := 0
	r.watch = func(f Frame) {
		switch {
		case strings.Contains(f.Trouble, "before the last event"):
			if len(r.hosts.log) != orders {
				t.Errorf("orders were given while the clock stood before the last event: %v", r.hosts.log[orders:])
			}
		case f.Overview().Status == campaign.Halted:
			stop()
		case len(r.hosts.log) == 1 && last == 0:
			last, orders = f.At, 1
			r.hosts.now, r.hosts.jumped = r.hosts.now.Add(-600), -600
		}
	}
	if status, err := r.open().Run(ctx); status != campaign.Halted || !errors.Is(err, context.Canceled) {
		t.Fatalf("Run gives %s, %v; want halted", status, err)
	}
	if got := r.troubles(); len(got) != 1 || got[0] != "the clock stands 10m before the last event; nothing is done until it has caught up" {
		t.Errorf("told was %q", got)
	}
	for _, e := range r.journal() {
		if e.Kind == campaign.CampaignHalted && (e.At < last || e.Halt.Reason != "the clock was set back by 10m") {
			t.Errorf("it halted at %v because %q, want at %v or later", e.At, e.Halt.Reason, last)
		}
	}
}

func TestAPersonDoesNotWaitForTheTimeOfTheCampaign(t *testing.T) {
	w := newWorld(t, fleetOf(1, 1), strings.Replace(plain, "2014-09-28T11", "2000-01-03T11", 1))
	synctest.Test(t, func(t *testing.T) { // in here it is midnight of the first of January 2000
		r := newRig(t, w)
		r.wrap = func(p *Parts) { p.Clock = clock.Wall() }
		e := r.start()
		ctx, stop := context.WithCancel(t.Context())
		took := time.Duration(0)
		go func() {
			_ = clock.Pause(ctx, 10*time.Minute)
			watch := clock.Start()
			r.inbox.ask(request.Request{ID: "1-a", Verb: request.Pause, By: "operator", Reason: "lunch"})
			for _, ok := r.inbox.answer("1-a"); !ok; _, ok = r.inbox.answer("1-a") {
				_ = clock.Pause(ctx, time.Millisecond)
			}
			took = watch.Elapsed()
			stop()
		}()
		if status, err := e.Run(ctx); status != campaign.Paused || !errors.Is(err, context.Canceled) {
			t.Errorf("Run gives %s, %v; want paused", status, err)
		}
		if took > listenEvery+10*time.Millisecond {
			t.Errorf("the answer took %v", took)
		}
		if len(r.frames) > 20 {
			t.Errorf("the engine went round %d times in ten minutes in which nothing happened", len(r.frames))
		}
	})
}

func TestWhatIsWrongWithTheInboxIsTold(t *testing.T) {
	r := started(t, newWorld(t, fleetOf(1, 1), plain))
	r.inbox.fault = errors.Join(errors.New("a.json is no request"), errors.New("b.json is no request"))
	r.finish(r.open())
	if got := r.troubles(); len(got) != 1 || got[0] != "a.json is no request; b.json is no request" {
		t.Errorf("told was %q", got)
	}
}
