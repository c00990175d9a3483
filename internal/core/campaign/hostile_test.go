package campaign_test

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/campaign"
	"github.com/evenkeel-project/evenkeel/internal/core/dispatch"
	"github.com/evenkeel-project/evenkeel/internal/core/fleet"
	"github.com/evenkeel-project/evenkeel/internal/core/ident"
	"github.com/evenkeel-project/evenkeel/internal/core/plan"
	"github.com/evenkeel-project/evenkeel/internal/driver"
)

// hostileFates are what can become of a host besides: each is a way to mislead whoever looks only once.
var hostileFates = []string{"drain-slow", "late", "reboots-early", "reboots-again", "flaps", "power-blinks", "stranger", "orders-lost", "stale",
	"older-boot", "away-again", "late-orders-lost"}

// hostile gives hosts such fates, and has every driver refuse what it must refuse.
func (st *stage) hostile() *hostile {
	x := &hostile{stage: st, rng: rand.New(rand.NewPCG(st.seed, 23)), seen: map[ident.Host]dispatch.Observation{}}
	for _, a := range st.actors {
		if x.rng.IntN(3) > 0 {
			a.fate = hostileFates[x.rng.IntN(len(hostileFates))]
		}
	}
	return x
}

// hostile is a stage whose hosts and orders go wrong in ways that no single look can tell.
type hostile struct {
	*stage
	rng  *rand.Rand
	seen map[ident.Host]dispatch.Observation // what was seen of a host before
}

// begin hands an order over; it may be lost on the way, refused, or take longer.
func (x *hostile) begin(o dispatch.Order) {
	h, _ := x.in.Fleet.FindHost(o.Host)
	a := x.actors[h]
	if a.key == o.Key() || x.loses(a, o) {
		return
	}
	if (o.Step == dispatch.Act || o.Step == dispatch.Fence) && o.BootID != a.boot() {
		x.refuse(a, o, driver.WrongBoot)
		return
	}
	if x.now > o.NotAfter {
		x.refuse(a, o, driver.Expired)
		return
	}
	if o.Step == dispatch.Rehome && !a.off {
		x.t.Fatalf("seed %d: the guests of host %s are to start elsewhere, and nobody has powered it off", x.seed, o.Host)
	}
	if o.Step == dispatch.Act {
		x.checkDrained(a, o)
	}
	x.stage.begin(o)
	length, _ := x.in.Policy.OutageOf(x.in.Fleet, a.host)
	stuck := length + x.in.Policy.StuckAfter
	switch {
	case o.Step == dispatch.Drain && a.fate == "drain-slow":
		a.busyUntil = x.now.Add(calendar.Seconds(x.rng.Int64N(int64(stuck) + 1)))
	case o.Step == dispatch.Act && (a.fate == "late" || a.fate == "late-orders-lost"):
		a.busyUntil = x.now.Add(stuck - calendar.Seconds(x.rng.Int64N(30)))
	}
}

func (x *hostile) loses(a *actor, o dispatch.Order) bool {
	return a.fate == "orders-lost" && x.rng.IntN(2) == 0 || a.fate == "late-orders-lost" && o.Step == dispatch.Return && x.rng.IntN(4) > 0
}

func (x *hostile) refuse(a *actor, o dispatch.Order, code string) {
	if a.outcome == nil || a.outcome.Result != dispatch.Working {
		a.outcome = &dispatch.Outcome{Step: o.Step, Attempt: o.Attempt, Result: dispatch.Refused, Code: code}
	}
}

// checkDrained makes sure that no guest goes down with a host that nobody has counted.
func (x *hostile) checkDrained(a *actor, o dispatch.Order) {
	for _, id := range a.running {
		g, ok := x.in.Fleet.FindGuest(id)
		if !ok || x.in.Fleet.HostOf(g) != a.host || x.in.Fleet.OnReboot(g) == fleet.Migrate {
			x.t.Fatalf("seed %d: host %s is taken down with guest %s on it, which is not counted", x.seed, o.Host, id)
		}
	}
}

// turn is one turn of the campaign.
func (x *hostile) turn() {
	for _, id := range campaign.Watched(x.s, x.w) {
		h, _ := x.in.Fleet.FindHost(id)
		x.perform(x.actors[h])
		x.signal(campaign.Signal{Kind: campaign.Observed, Observation: x.see(x.actors[h])})
	}
	for _, n := range campaign.Waiting(x.s) {
		x.mustSignal(campaign.Signal{Kind: campaign.Delivered, NoticeID: n.ID})
	}
	x.signal(campaign.Signal{Kind: campaign.Tick})
	for _, o := range campaign.Outstanding(x.s, x.w) {
		x.begin(o)
	}
}

// perform ends the order in hand, and does what the host was not told to do.
func (x *hostile) perform(a *actor) {
	over := a.outcome != nil && a.outcome.Result == dispatch.Working && x.now >= a.busyUntil
	x.stage.perform(a)
	if !over {
		return
	}
	switch step := a.order.Step; {
	case a.fate == "reboots-early" && (step == dispatch.Cordon || step == dispatch.Drain):
		a.boots++
	case a.fate == "reboots-again" && (step == dispatch.Verify || step == dispatch.Return) && x.rng.IntN(2) == 0:
		a.boots++
	case a.fate == "stranger" && step == dispatch.Drain:
		other := x.actors[x.rng.IntN(len(x.actors))]
		if other.host != a.host && len(x.in.Fleet.GuestsOn(other.host)) > 0 {
			a.running = append(slices.Clone(a.running), x.in.Fleet.GuestID(ident.Guest(x.in.Fleet.GuestsOn(other.host)[0])))
			slices.Sort(a.running)
		}
	case a.fate == "away-again" && (step == dispatch.Act || step == dispatch.Verify):
		a.away = true
	}
}

// see looks at a host, through whatever misleads.
func (x *hostile) see(a *actor) *dispatch.Observation {
	o := *x.stage.see(a)
	before, known := x.seen[a.host]
	x.seen[a.host] = o
	switch a.fate {
	case "flaps":
		if x.rng.IntN(2) == 0 {
			return &dispatch.Observation{Host: o.Host, At: o.At}
		}
	case "stale":
		if known && x.rng.IntN(2) == 0 {
			return &before
		}
	case "power-blinks":
		if a.away && x.rng.IntN(2) == 0 {
			o.Power = dispatch.PowerOff
		}
	case "older-boot":
		if o.Reachable && x.rng.IntN(4) == 0 {
			o.BootID = "boot-older"
		}
	}
	return &o
}

// play goes on until the campaign has ended.
func (x *hostile) play(each func(turn int)) {
	x.t.Helper()
	for turn := range turnsMax {
		x.turn()
		if x.s.Status().Ended() {
			return
		}
		if each != nil {
			each(turn)
		}
		sweep := x.now.Add(calendar.Minute)
		x.wait()
		x.now = min(x.now, sweep)
	}
	x.t.Fatalf("seed %d: the campaign has not ended after %d turns, at %s: %+v", x.seed, turnsMax, x.now, campaign.Look(x.s, x.w, x.now))
}

func TestAnIndependentReaderFindsEveryRuleKeptWhateverMisleads(t *testing.T) {
	for seed := range 2 * *seeds {
		st, ok := newStage(t, seed, true)
		if !ok {
			continue
		}
		x := st.hostile()
		x.start()
		meddled := seed%2 == 0
		x.play(func(turn int) {
			switch {
			case meddled:
				x.meddle(turn, seed%6 == 0)
			case x.s.Status() == campaign.Halted && x.rng.IntN(5) == 0:
				x.mustSignal(campaign.Signal{Kind: campaign.Resume, By: "dee", Reason: "seen"})
			}
		})
		x.audit()
		for i, a := range x.actors {
			if a.acts > 1 {
				t.Fatalf("seed %d: host %s acted %d times", seed, x.in.Fleet.HostID(ident.Host(i)), a.acts)
			}
		}
	}
}

// since returns when the latest event of a kind happened to a host.
func (st *stage) since(a *actor, kind campaign.Kind) calendar.Instant {
	for _, e := range slices.Backward(st.journal) {
		if e.Kind == kind && e.Host == st.in.Fleet.HostID(a.host) {
			return e.At
		}
	}
	st.t.Fatalf("seed %d: no %s of host %s", st.seed, kind, st.in.Fleet.HostID(a.host))
	return 0
}

// stuckAt returns when a host is given up that does not come back.
func (st *stage) stuckAt(a *actor) calendar.Instant {
	return st.since(a, campaign.HostGranted).Add(st.lengthOf(a) + st.in.Policy.StuckAfter)
}

func (st *stage) lengthOf(a *actor) calendar.Seconds {
	o := st.outageOf(a)
	return o.End.Sub(o.Start)
}

func (st *stage) outageOf(a *actor) plan.Outage {
	k := slices.IndexFunc(st.w.Plan.Outages, func(o plan.Outage) bool { return o.Host == st.in.Fleet.HostID(a.host) })
	return st.w.Plan.Outages[k]
}

// shown has the campaign look at a host and returns what it made of that.
func (st *stage) shown(a *actor, step dispatch.Step, result dispatch.Result, change func(*dispatch.Observation)) string {
	before := len(st.journal)
	o := &dispatch.Observation{Host: st.in.Fleet.HostID(a.host), At: st.now, Reachable: true, BootID: a.boot(), Power: dispatch.PowerOn, Cordoned: true, Facts: a.facts,
		Outcome: &dispatch.Outcome{Step: step, Attempt: 1, Result: result}}
	change(o)
	st.mustSignal(campaign.Signal{Kind: campaign.Observed, Observation: o})
	return outcome(st.journal[before:], false, nil)
}

func asSeen(*dispatch.Observation) {}

func TestAHostThatWasDrainedTooLateToComeBackInTimeIsNotTakenDown(t *testing.T) {
	st, a := reach(t, campaign.Cordoned, func(st *stage, a *actor) bool { return st.outageOf(a).Window.To > st.stuckAt(a)+1 })
	length := st.lengthOf(a)
	st.now = st.stuckAt(a).Add(length/4 - length)
	journal := slices.Clone(st.journal)
	if got := st.shown(a, dispatch.Drain, dispatch.Done, asSeen); got != "host-drained, host-acting" {
		t.Errorf("seed %d: it has all the time that it needs until it is powered off: %s", st.seed, got)
	}
	st.journal = journal
	st.s = st.replay()
	st.now++
	if got := st.shown(a, dispatch.Drain, dispatch.Done, asSeen); got != "host-drained, host-undoing(drain-failed)" {
		t.Errorf("seed %d: it would be powered off before it can be back: %s", st.seed, got)
	}
}

func TestAHostThatComesBackAtTheLastMomentHasTimeToReturn(t *testing.T) {
	st, a := reachPhase(t, campaign.Acting)
	st.now = st.stuckAt(a)
	st.mustSignal(campaign.Signal{Kind: campaign.Tick})
	a.boots++
	st.patch(a)
	st.mustSignal(campaign.Signal{Kind: campaign.Observed, Observation: &dispatch.Observation{Host: st.in.Fleet.HostID(a.host), At: st.now, Reachable: true, BootID: a.boot()}})
	st.now += 5
	st.mustSignal(campaign.Signal{Kind: campaign.Tick})
	if got := st.shown(a, dispatch.Verify, dispatch.Working, asSeen); got != "-" {
		t.Errorf("seed %d: it is being verified: %s", st.seed, got)
	}
	if got := st.shown(a, dispatch.Verify, dispatch.Done, asSeen); got != "host-returning" {
		t.Errorf("seed %d: it is fixed: %s", st.seed, got)
	}
	if got := st.shown(a, dispatch.Return, dispatch.Working, asSeen); got != "-" {
		t.Errorf("seed %d: its guests are being started: %s", st.seed, got)
	}
	all := func(o *dispatch.Observation) {
		o.Cordoned, o.Running = false, st.guests(a, func(fleet.OnReboot) bool { return true })
	}
	if got := st.shown(a, dispatch.Return, dispatch.Done, all); got != "host-done" {
		t.Errorf("seed %d: its guests run: %s", st.seed, got)
	}
}

func TestAHostThatGoesAwayAgainIsPoweredOffInTheBootItCameBackWith(t *testing.T) {
	st, a := reachPhase(t, campaign.Verifying)
	st.now = max(st.stuckAt(a), st.since(a, campaign.HostVerifying).Add(st.in.Policy.StuckAfter)) + 1
	got := st.shown(a, dispatch.Verify, dispatch.Working, func(o *dispatch.Observation) { *o = dispatch.Observation{Host: o.Host, At: o.At} })
	if !strings.Contains(got, "host-stuck") {
		t.Fatalf("seed %d: it went away again: %s", st.seed, got)
	}
	for _, o := range campaign.Outstanding(st.s, st.w) {
		if o.Step == dispatch.Fence && o.Host == st.in.Fleet.HostID(a.host) && o.BootID == a.boot() {
			return
		}
	}
	t.Errorf("seed %d: no order is to power off host %s in its boot %s: %+v", st.seed, st.in.Fleet.HostID(a.host), a.boot(), campaign.Outstanding(st.s, st.w))
}

func TestOnlyAHostThatWasPoweredOffByOrderIsProvenOff(t *testing.T) {
	for _, result := range []dispatch.Result{dispatch.Working, dispatch.Done} {
		st, a := reachPhase(t, campaign.Fencing)
		got := st.shown(a, dispatch.Fence, result, func(o *dispatch.Observation) {
			*o = dispatch.Observation{Host: o.Host, At: o.At, Power: dispatch.PowerOff, Outcome: o.Outcome}
		})
		if want := map[dispatch.Result]string{dispatch.Working: "-", dispatch.Done: "host-fenced"}[result]; got != want {
			t.Errorf("seed %d: without power, and the order to power it off is %s: %s, want %s", st.seed, result, got, want)
		}
	}
}

func TestAHostIsNotTakenDownWithAGuestThatNobodyCounts(t *testing.T) {
	for name, guest := range map[string]func(st *stage, a *actor) string{
		"of another host": func(st *stage, a *actor) string {
			for g := range st.in.Fleet.Guests() {
				if st.in.Fleet.HostOf(ident.Guest(g)) != a.host {
					return st.in.Fleet.GuestID(ident.Guest(g))
				}
			}
			return "a guest of nobody"
		},
		"that the fleet does not know": func(*stage, *actor) string { return "a new guest" },
	} {
		st, a := reachPhase(t, campaign.Cordoned)
		if got := st.shown(a, dispatch.Drain, dispatch.Done, func(o *dispatch.Observation) { o.Running = []string{guest(st, a)} }); got != "-" {
			t.Errorf("seed %d: a guest %s runs on it: %s", st.seed, name, got)
		}
	}
}

func TestAHostThatRebootsOnceMoreIsNotDone(t *testing.T) {
	st, a := reachPhase(t, campaign.Returning)
	again := func(o *dispatch.Observation) {
		o.BootID, o.Cordoned, o.Running = "boot-other", false, st.guests(a, func(fleet.OnReboot) bool { return true })
	}
	if got := st.shown(a, dispatch.Return, dispatch.Done, again); got != "-" {
		t.Errorf("seed %d: it runs another boot than the one that was verified: %s", st.seed, got)
	}
	st.now = max(st.stuckAt(a), st.since(a, campaign.HostReturning).Add(st.in.Policy.StuckAfter)) + 1
	if got := st.shown(a, dispatch.Return, dispatch.Done, again); !strings.HasPrefix(got, "host-failed(unpatched)") || !strings.Contains(got, "host-freed") {
		t.Errorf("seed %d: it stays with another boot than the one that was verified: %s", st.seed, got)
	}
}

func TestWhoeverEndsTheDoubtAboutTheClockDoesNotPowerHostsOff(t *testing.T) {
	for _, kind := range []campaign.SignalKind{campaign.Resume, campaign.Abort} {
		st, a := reachPhase(t, campaign.Acting)
		st.mustSignal(campaign.Signal{Kind: campaign.ClockJumped, Reason: "test"})
		st.now = st.stuckAt(a).Add(10 * calendar.Hour)
		st.mustSignal(campaign.Signal{Kind: campaign.Tick})
		before := len(st.journal)
		st.mustSignal(campaign.Signal{Kind: kind, By: "dee", Reason: "seen"})
		if got := outcome(st.journal[before:], false, nil); !strings.Contains(got, "host-late") {
			t.Errorf("seed %d: %s, and the tenants of a late host are not told: %s", st.seed, kind, got)
		}
		for _, e := range st.journal[before:] {
			if e.Kind == campaign.HostLate && *e.Until < st.now {
				t.Errorf("seed %d: %s, and host %s is late until %s, which has passed", st.seed, kind, e.Host, *e.Until)
			}
		}
		st.mustSignal(campaign.Signal{Kind: campaign.Tick})
		if got := st.s.PhaseOf(st.w, a.host); got != campaign.Acting {
			t.Errorf("seed %d: %s, and a host of which nobody knows how long it takes is %s", st.seed, kind, got)
		}
	}
}

func TestAHostIsLateUntilATimeToCome(t *testing.T) {
	st, a := reachPhase(t, campaign.Acting)
	st.now = st.stuckAt(a).Add(10 * calendar.Hour) // nobody conducted in between
	before := len(st.journal)
	st.mustSignal(campaign.Signal{Kind: campaign.Tick})
	for _, e := range st.journal[before:] {
		if e.Kind == campaign.HostLate && *e.Until < st.now {
			t.Errorf("seed %d: host %s is late until %s, and it is %s", st.seed, e.Host, *e.Until, st.now)
		}
	}
}

func TestAHostThatCameBackWhileNobodyConductedHasTimeToReturn(t *testing.T) {
	st, a := reachPhase(t, campaign.Acting)
	st.now = st.stuckAt(a).Add(10 * calendar.Hour)
	a.boots++
	st.patch(a)
	if got := st.shown(a, dispatch.Act, dispatch.Done, asSeen); got != "host-verifying" {
		t.Errorf("seed %d: it is back: %s", st.seed, got)
	}
	st.mustSignal(campaign.Signal{Kind: campaign.Tick})
	if got := st.shown(a, dispatch.Verify, dispatch.Done, asSeen); got != "host-returning" {
		t.Errorf("seed %d: it is fixed: %s", st.seed, got)
	}
	st.now++
	if got := st.shown(a, dispatch.Return, dispatch.Working, asSeen); got != "-" {
		t.Errorf("seed %d: its guests are being started: %s", st.seed, got)
	}
}

func TestAHostThatRebootsEveryDayComesToAnEnd(t *testing.T) {
	st, a := reachPhase(t, campaign.Acting)
	for range 100 {
		for _, o := range campaign.Outstanding(st.s, st.w) {
			if o.Host != st.in.Fleet.HostID(a.host) {
				continue
			}
			a.boots++
			seen := &dispatch.Observation{Host: o.Host, At: st.now, Reachable: true, BootID: a.boot()}
			seen.Outcome = &dispatch.Outcome{Step: o.Step, Attempt: o.Attempt, Result: dispatch.Refused, Code: driver.WrongBoot}
			if o.Step != dispatch.Fence {
				seen.Outcome = nil
			}
			st.mustSignal(campaign.Signal{Kind: campaign.Observed, Observation: seen})
		}
		st.now = st.now.Add(calendar.Day)
		st.mustSignal(campaign.Signal{Kind: campaign.Observed, Observation: &dispatch.Observation{Host: st.in.Fleet.HostID(a.host), At: st.now}})
		st.mustSignal(campaign.Signal{Kind: campaign.Tick})
	}
	if got := st.s.PhaseOf(st.w, a.host); !got.Terminal() {
		t.Errorf("seed %d: a host that was seen with %d boots is still %s", st.seed, a.boots, got)
	}
}
