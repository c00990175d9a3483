package campaign_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/campaign"
	"github.com/evenkeel-project/evenkeel/internal/core/canon"
	"github.com/evenkeel-project/evenkeel/internal/core/dispatch"
	"github.com/evenkeel-project/evenkeel/internal/core/exposure"
	"github.com/evenkeel-project/evenkeel/internal/core/fleet"
	"github.com/evenkeel-project/evenkeel/internal/core/guard"
	"github.com/evenkeel-project/evenkeel/internal/core/ident"
	"github.com/evenkeel-project/evenkeel/internal/core/label"
	"github.com/evenkeel-project/evenkeel/internal/core/limit"
	"github.com/evenkeel-project/evenkeel/internal/core/planner"
	"github.com/evenkeel-project/evenkeel/internal/core/policy"
	"github.com/evenkeel-project/evenkeel/internal/oracle"
)

// actor is one host on the stage, as simple as a host can be.
type actor struct {
	host      ident.Host
	boots     int
	off       bool // powered off
	away      bool // does not answer
	cordoned  bool
	facts     label.Set
	running   []string
	elsewhere []string
	outcome   *dispatch.Outcome
	busyUntil calendar.Instant // when the order in hand is over
	order     dispatch.Order
	key       string
	acts      int
	fate      string
}

// stage carries a campaign out with actors for hosts.
type stage struct {
	t       testing.TB
	seed    uint64
	rng     *rand.Rand
	in      oracle.Instance
	w       *campaign.World
	s       *campaign.State
	now     calendar.Instant
	actors  []*actor // by host
	journal []campaign.Event
	sources campaign.Sources
	mute    bool            // couriers fail
	given   map[string]bool // keys of orders
}

// fates are what can become of a host; the empty one is the good one.
var fates = []string{"", "", "", "", "", "", "", "slow", "dead", "patch-fails", "unpatched", "guests-missing", "lies", "cordon-fails", "drain-fails",
	"verify-fails", "vanishes", "fence-fails", "undo-fails"}

// newStage returns the stage of a seed; false when there is nothing to carry out.
func newStage(t testing.TB, seed uint64, faulty bool) (*stage, bool) {
	in := oracle.Generate(seed)
	rules := rand.New(rand.NewPCG(seed, 11))
	in.Policy.NoticeLead = []calendar.Seconds{0, 600, calendar.Hour}[rules.IntN(3)]
	in.Policy.Halt = policy.Halt{AtLeast: 1 + rules.IntN(2)}
	for _, l := range []*limit.Limit{&in.Policy.Halt.Campaign, &in.Policy.Halt.Region, &in.Policy.Halt.Zone, &in.Policy.Halt.Cohort} {
		if rules.IntN(3) == 0 {
			*l = limit.Count(rules.IntN(3))
		}
	}
	report := exposure.Judge(in.Fleet, in.Advisories)
	p, list := planner.Make(planner.Input{Fleet: in.Fleet, Exposure: report, Policy: in.Policy, Seed: 1})
	if list.Failed() || len(p.Outages) == 0 {
		return nil, false
	}
	id := "c-" + strings.TrimPrefix(string(p.Digest), "sha256:")[:12]
	w, list := campaign.NewWorld(campaign.Material{Campaign: id, Fleet: in.Fleet, Policy: in.Policy, Plan: p, Exposure: report})
	if list.Failed() {
		t.Fatalf("seed %d: %v", seed, list.Err())
	}
	st := &stage{t: t, given: map[string]bool{}, seed: seed, rng: rand.New(rand.NewPCG(seed, 7)), in: in, w: w, s: campaign.NewState(w), now: in.Policy.Start.Add(-in.Policy.NoticeLead - 3600)}
	st.sources = campaign.Sources{Plan: p.Digest, Fleet: p.Fleet, Policy: p.Policy}
	for _, a := range p.Advisories {
		st.sources.Advisories = append(st.sources.Advisories, campaign.Reference{ID: a.ID, Digest: a.Digest})
	}
	for h := range in.Fleet.Hosts() {
		a := &actor{host: ident.Host(h), facts: in.Fleet.Facts(ident.Host(h)), boots: 1}
		for _, g := range in.Fleet.GuestsOn(a.host) {
			a.running = append(a.running, in.Fleet.GuestID(ident.Guest(g)))
		}
		if faulty {
			a.fate = fates[st.rng.IntN(len(fates))]
		}
		st.actors = append(st.actors, a)
	}
	return st, true
}

// signal hands one signal to the campaign and keeps what happened.
func (st *stage) signal(sig campaign.Signal) *guard.Hold {
	st.t.Helper()
	events, hold := campaign.Decide(st.s, st.w, st.now, sig)
	st.journal = append(st.journal, events...)
	return hold
}

func (st *stage) mustSignal(sig campaign.Signal) {
	st.t.Helper()
	if hold := st.signal(sig); hold != nil {
		st.t.Fatalf("seed %d: %s was refused: %+v", st.seed, sig.Kind, *hold)
	}
}

func identity(name string) campaign.Identity {
	return campaign.Identity{Principal: name, Key: "SHA256:" + name, Signature: "signed by " + name}
}

// start proposes, approves and starts.
func (st *stage) start() {
	st.mustSignal(campaign.Signal{Kind: campaign.Propose, Identity: identity("ann@ops.example"), Sources: st.sources})
	st.mustSignal(campaign.Signal{Kind: campaign.Approve, Identity: identity("bob@ops.example"), Sources: st.sources})
	st.mustSignal(campaign.Signal{Kind: campaign.Approve, Identity: identity("cid@ops.example"), Sources: st.sources})
	st.mustSignal(campaign.Signal{Kind: campaign.Start, By: "dee", Sources: st.sources, Epoch: 1})
}

func (a *actor) boot() string { return fmt.Sprintf("boot-%d-%d", a.host, a.boots) }

// begin takes an order in; one that was taken in before changes nothing.
func (st *stage) begin(o dispatch.Order) {
	h, _ := st.in.Fleet.FindHost(o.Host)
	a := st.actors[h]
	if a.key == o.Key() {
		return
	}
	if st.given[o.Key()] {
		st.t.Fatalf("seed %d: the order %s was given, taken away, and given again", st.seed, o.Key())
	}
	st.given[o.Key()] = true
	a.order, a.key = o, o.Key()
	a.outcome = &dispatch.Outcome{Step: o.Step, Attempt: o.Attempt, Result: dispatch.Working}
	length := 1 + st.rng.Int64N(3)
	if o.Step == dispatch.Act {
		a.acts++
		a.away = true
		a.running = nil
		planned, _ := st.in.Policy.OutageOf(st.in.Fleet, a.host)
		length = int64(planned) - 15 - st.rng.Int64N(30)
		if a.fate == "slow" {
			length = 3000
		}
	}
	a.busyUntil = st.now.Add(calendar.Seconds(length))
}

// perform ends the order in hand of an actor whose time has come.
func (st *stage) perform(a *actor) {
	if a.outcome == nil || a.outcome.Result != dispatch.Working || st.now < a.busyUntil {
		return
	}
	a.outcome.Result = dispatch.Done
	fail := func() { a.outcome.Result, a.outcome.Code = dispatch.Failed, "step-failed" }
	switch step := a.order.Step; {
	case step == dispatch.Cordon && a.fate == "cordon-fails", step == dispatch.Drain && a.fate == "drain-fails",
		step == dispatch.Verify && a.fate == "verify-fails", step == dispatch.Fence && a.fate == "fence-fails",
		step == dispatch.Undo && a.fate == "undo-fails":
		fail()
	case step == dispatch.Cordon:
		a.cordoned = true
	case step == dispatch.Undo:
		a.cordoned = false
	case step == dispatch.Drain:
		a.running = slices.DeleteFunc(slices.Clone(a.running), func(id string) bool {
			g, _ := st.in.Fleet.FindGuest(id)
			return st.in.Fleet.OnReboot(g) == fleet.Migrate
		})
	case step == dispatch.Act:
		st.performAct(a)
	case step == dispatch.Return:
		st.performReturn(a)
	case step == dispatch.Fence:
		a.off, a.away = true, true
	case step == dispatch.Rehome:
		a.elsewhere = st.guests(a, func(o fleet.OnReboot) bool { return o != fleet.Pinned })
	}
}

func (st *stage) performAct(a *actor) {
	a.away = false
	switch a.fate {
	case "dead", "fence-fails":
		a.away, a.outcome.Result = true, dispatch.Working
		a.busyUntil = 1 << 40
		return
	case "patch-fails":
		a.outcome.Result, a.outcome.Code = dispatch.Failed, "step-failed"
		return
	case "lies":
		st.patch(a)
		return
	case "unpatched":
	default:
		st.patch(a)
	}
	a.boots++
	if a.fate == "vanishes" {
		a.busyUntil = 0
	}
}

func (st *stage) patch(a *actor) {
	var fixed []label.Pair
	for _, adv := range st.in.Advisories {
		fixed = append(fixed, label.Pair{Key: "fixed-" + adv.ID, Value: label.Text("yes")})
	}
	a.facts = a.facts.Overlay(label.NewSet(fixed))
}

func (st *stage) performReturn(a *actor) {
	a.running = st.guests(a, func(o fleet.OnReboot) bool { return o != fleet.Migrate })
	if a.fate == "guests-missing" && len(a.running) > 0 {
		a.running = a.running[1:]
	}
	a.cordoned = a.order.Closed
}

func (st *stage) guests(a *actor, which func(fleet.OnReboot) bool) []string {
	var out []string
	for _, g := range st.in.Fleet.GuestsOn(a.host) {
		if which(st.in.Fleet.OnReboot(ident.Guest(g))) {
			out = append(out, st.in.Fleet.GuestID(ident.Guest(g)))
		}
	}
	return out
}

// see observes one actor.
func (st *stage) see(a *actor) *dispatch.Observation {
	o := &dispatch.Observation{Host: st.in.Fleet.HostID(a.host), At: st.now, Elsewhere: a.elsewhere, Outcome: a.outcome}
	if a.off {
		o.Power = dispatch.PowerOff
		return o
	}
	if a.away || a.fate == "vanishes" && a.boots > 1 {
		return o
	}
	o.Reachable, o.Power, o.BootID, o.Cordoned, o.Facts, o.Running = true, dispatch.PowerOn, a.boot(), a.cordoned, a.facts, a.running
	return o
}

// turn is one turn of the campaign: what was seen, what was delivered, a tick, new orders.
func (st *stage) turn() {
	for _, id := range campaign.Watched(st.s, st.w) {
		h, _ := st.in.Fleet.FindHost(id)
		st.perform(st.actors[h])
		st.signal(campaign.Signal{Kind: campaign.Observed, Observation: st.see(st.actors[h])})
	}
	for _, n := range campaign.Waiting(st.s) {
		kind := campaign.Delivered
		if st.mute {
			kind = campaign.Undeliverable
		}
		st.mustSignal(campaign.Signal{Kind: kind, NoticeID: n.ID, Reason: "test"})
	}
	st.signal(campaign.Signal{Kind: campaign.Tick})
	for _, o := range campaign.Outstanding(st.s, st.w) {
		st.begin(o)
	}
}

// wait goes to the next time at which anything can happen.
func (st *stage) wait() {
	next, ok := campaign.NextWake(st.s, st.w, st.now)
	if !ok {
		next = st.now.Add(60)
	}
	for _, id := range campaign.Watched(st.s, st.w) {
		h, _ := st.in.Fleet.FindHost(id)
		if a := st.actors[h]; a.outcome != nil && a.outcome.Result == dispatch.Working && a.busyUntil > st.now {
			next = min(next, a.busyUntil)
		}
	}
	st.now = max(next, st.now+1)
}

// turnsMax is more than any campaign of the stage needs.
const turnsMax = 20000

// play goes on until the campaign has ended.
func (st *stage) play(each func(turn int)) {
	st.t.Helper()
	for turn := range turnsMax {
		st.turn()
		if st.s.Status().Ended() {
			return
		}
		if each != nil {
			each(turn)
		}
		st.wait()
	}
	st.t.Fatalf("seed %d: the campaign has not ended after %d turns, at %s: %+v", st.seed, turnsMax, st.now, campaign.Look(st.s, st.w, st.now))
}

// replay makes the state again from the journal, each event written and read.
func (st *stage) replay() *campaign.State {
	st.t.Helper()
	s := campaign.NewState(st.w)
	for _, e := range st.journal {
		body := campaign.Encode(e)
		read, err := campaign.Decode(campaign.EventVersion, body)
		if err != nil {
			st.t.Fatalf("seed %d: %s: %v", st.seed, body, err)
		}
		if again := campaign.Encode(read); string(again) != string(body) {
			st.t.Fatalf("seed %d: written %s, read and written again %s", st.seed, body, again)
		}
		s.Apply(st.w, read)
	}
	return s
}

func (st *stage) digest() canon.Digest { return st.s.Digest(st.w) }
