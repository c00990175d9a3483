package campaign_test

import (
	"slices"
	"testing"

	"github.com/evenkeel-project/evenkeel/internal/core/campaign"
	"github.com/evenkeel-project/evenkeel/internal/core/dispatch"
	"github.com/evenkeel-project/evenkeel/internal/core/fleet"
	"github.com/evenkeel-project/evenkeel/internal/core/guard"
	"github.com/evenkeel-project/evenkeel/internal/core/ident"
)

func TestTwoApprovalsOfOnePersonOrOneKeyAreOne(t *testing.T) {
	for name, second := range map[string]campaign.Identity{
		"same key under another name": {Principal: "eve@ops.example", Key: "SHA256:bob@ops.example"},
		"same name with another key":  {Principal: "bob@ops.example", Key: "SHA256:other"},
	} {
		st, _ := newStage(t, tableSeed, false)
		st.mustSignal(campaign.Signal{Kind: campaign.Propose, Identity: identity("ann@ops.example"), Sources: st.sources})
		st.mustSignal(campaign.Signal{Kind: campaign.Approve, Identity: identity("bob@ops.example"), Sources: st.sources})
		hold := st.signal(campaign.Signal{Kind: campaign.Approve, Identity: second, Sources: st.sources})
		if hold == nil || hold.Code != "approved-twice" || st.s.Status() != campaign.Proposed {
			t.Errorf("%s: %+v", name, hold)
		}
	}
}

func TestNoKeyAndNoNameOfTheProposerApproves(t *testing.T) {
	for name, who := range map[string]campaign.Identity{
		"same key under another name": {Principal: "eve@ops.example", Key: "SHA256:ann@ops.example"},
		"same name with another key":  {Principal: "ann@ops.example", Key: "SHA256:other"},
	} {
		st, _ := newStage(t, tableSeed, false)
		st.mustSignal(campaign.Signal{Kind: campaign.Propose, Identity: identity("ann@ops.example"), Sources: st.sources})
		if hold := st.signal(campaign.Signal{Kind: campaign.Approve, Identity: who, Sources: st.sources}); hold == nil || hold.Code != "proposer-approves" {
			t.Errorf("%s: %+v", name, hold)
		}
	}
}

func TestEveryDocumentThatChangedVoidsTheApprovalsAndIsNamed(t *testing.T) {
	for want, change := range map[string]func(*campaign.Sources){
		"the plan":    func(s *campaign.Sources) { s.Plan = "sha256:other" },
		"the fleet":   func(s *campaign.Sources) { s.Fleet = "sha256:other" },
		"the policy":  func(s *campaign.Sources) { s.Policy = "sha256:other" },
		"an advisory": func(s *campaign.Sources) { s.Advisories = nil },
	} {
		st, _ := newStage(t, tableSeed, false)
		st.start()
		st.journal = slices.DeleteFunc(st.journal, func(e campaign.Event) bool {
			return e.Kind == campaign.CampaignStarted || e.Kind == campaign.ConductorTook
		})
		st.s = st.replay()
		other := st.sources
		change(&other)
		hold := st.signal(campaign.Signal{Kind: campaign.Start, By: "dee", Sources: other})
		if hold == nil || hold.Code != "sources-changed" || !slices.Equal(hold.Objects, []string{want}) || st.s.Status() != campaign.Approved {
			t.Errorf("%s changed: %+v", want, hold)
		}
	}
}

func TestWhatStopsACampaignTakesBackWhatHasNotGoneDown(t *testing.T) {
	for _, phase := range []campaign.Phase{campaign.Granted, campaign.Cordoned} {
		for _, sig := range []campaign.Signal{{Kind: campaign.Pause, By: "dee"}, {Kind: campaign.Abort, By: "dee"}, {Kind: campaign.ClockJumped}} {
			st, a := reachPhase(t, phase)
			st.mustSignal(sig)
			if got := st.s.PhaseOf(st.w, a.host); got != campaign.Undoing {
				t.Errorf("seed %d: after %s a host that was %s is %s", st.seed, sig.Kind, phase, got)
			}
		}
		st, a := reachPhase(t, campaign.Acting)
		st.mustSignal(campaign.Signal{Kind: campaign.Abort, By: "dee"})
		if got := st.s.PhaseOf(st.w, a.host); got != campaign.Acting {
			t.Errorf("seed %d: after an abort a host that went down is %s", st.seed, got)
		}
	}
}

func TestTheGuardIsAskedAgainRightBeforeAHostGoesDown(t *testing.T) {
	st, a := reachPhase(t, campaign.Cordoned)
	for i := range st.w.Plan.Outages {
		if o := &st.w.Plan.Outages[i]; o.Host == st.in.Fleet.HostID(a.host) {
			st.now = max(st.now, o.Window.To-1)
		}
	}
	seen := &dispatch.Observation{Host: st.in.Fleet.HostID(a.host), At: st.now, Reachable: true, BootID: a.boot(), Cordoned: true,
		Outcome: &dispatch.Outcome{Step: dispatch.Drain, Attempt: 1, Result: dispatch.Done}}
	before := len(st.journal)
	st.mustSignal(campaign.Signal{Kind: campaign.Observed, Observation: seen})
	if got := outcome(st.journal[before:], false, nil); got != "host-drained, host-undoing" {
		t.Errorf("seed %d: a host was drained a second before its window ended: %s", st.seed, got)
	}
}

func TestAHostIsNotTakenDownWhileAGuestThatMovesIsOnIt(t *testing.T) {
	moves := func(o fleet.OnReboot) bool { return o == fleet.Migrate }
	st, a := reach(t, campaign.Cordoned, func(st *stage, a *actor) bool { return len(st.guests(a, moves)) > 0 })
	see := func(running []string) string {
		before := len(st.journal)
		st.mustSignal(campaign.Signal{Kind: campaign.Observed, Observation: &dispatch.Observation{Host: st.in.Fleet.HostID(a.host), At: st.now,
			Reachable: true, BootID: a.boot(), Cordoned: true, Running: running, Outcome: &dispatch.Outcome{Step: dispatch.Drain, Attempt: 1, Result: dispatch.Done}}})
		return outcome(st.journal[before:], false, nil)
	}
	if got := see(st.guests(a, moves)[:1]); got != "-" {
		t.Errorf("seed %d: a guest that moves is on it still: %s", st.seed, got)
	}
	if got := see(nil); got != "host-drained, host-acting" {
		t.Errorf("seed %d: no guest that moves is on it: %s", st.seed, got)
	}
}

func TestAHostWithAFaultOfItsOwnGivesItsPlaceUp(t *testing.T) {
	failed := 0
	for seed := range *seeds {
		st, ok := newStage(t, seed, true)
		if !ok {
			continue
		}
		st.start()
		st.play(nil)
		grants := map[string]int{}
		for _, e := range st.journal {
			if e.Kind == campaign.HostGranted {
				grants[e.Host]++
			}
			if e.Kind == campaign.HostFailed && e.Fault == campaign.FaultCordon {
				failed++
			}
		}
		for _, a := range st.actors {
			if id := st.in.Fleet.HostID(a.host); a.fate == "cordon-fails" && grants[id] > 1 {
				t.Fatalf("seed %d: host %s, which cannot be cordoned, had its turn %d times", seed, id, grants[id])
			}
		}
	}
	if failed == 0 {
		t.Error("no host failed to be cordoned")
	}
}

func TestARequestIsCarriedOutOnce(t *testing.T) {
	st, _ := newStage(t, tableSeed, false)
	st.start()
	pause := campaign.Signal{Kind: campaign.Pause, By: "dee", Request: "r1"}
	st.mustSignal(pause)
	st.mustSignal(campaign.Signal{Kind: campaign.Resume, By: "dee", Request: "r2"})
	before := len(st.journal)
	st.mustSignal(pause)
	if st.s.Status() != campaign.Running || len(st.journal) != before {
		t.Errorf("the request r1 was carried out again: %s", st.s.Status())
	}
}

func TestAPendingHostAlwaysHasAReason(t *testing.T) {
	looked := map[string]int{}
	for seed := range uint64(200) {
		st, ok := newStage(t, seed, true)
		if !ok {
			continue
		}
		st.start()
		st.play(func(turn int) {
			for _, a := range st.actors {
				holds := campaign.Why(st.s, st.w, st.now, a.host)
				if phase := st.s.PhaseOf(st.w, a.host); phase != campaign.Pending {
					continue
				}
				if len(holds) == 0 {
					t.Fatalf("seed %d, turn %d: host %s waits for no reason", seed, turn, st.in.Fleet.HostID(a.host))
				}
				for _, hold := range holds {
					looked[string(hold.Code)]++
					if hold.Code == "" || hold.Sentence == "" || hold.Lifter == "" {
						t.Fatalf("seed %d, turn %d: %+v", seed, turn, hold)
					}
				}
				st.checkLast(a.host, holds)
			}
			if st.s.Status() == campaign.Halted {
				st.mustSignal(campaign.Signal{Kind: campaign.Resume, By: "dee", Reason: "seen"})
			}
		})
	}
	for _, code := range []string{"before-window", "limit", "region-order", "zone-order", "canary-order", "canary-bake", "last-order", "freeze", "notice-missing",
		"notice-lead", "region-bake", "zone-bake"} {
		if looked[code] == 0 {
			t.Errorf("no host ever waited for %s: %v", code, looked)
		}
	}
}

// checkLast counts one by one whether a last host has to wait for the others of its region.
func (st *stage) checkLast(h ident.Host, holds []guard.Hold) {
	if !st.in.Policy.IsLast(st.in.Fleet, h) {
		return
	}
	waits := false
	for i := range st.in.Fleet.Hosts() {
		o := ident.Host(i)
		phase := st.s.PhaseOf(st.w, o)
		same := st.in.Fleet.RegionOf(st.in.Fleet.ZoneOf(o)) == st.in.Fleet.RegionOf(st.in.Fleet.ZoneOf(h))
		waits = waits || same && phase != "" && !phase.Terminal() && !st.in.Policy.IsLast(st.in.Fleet, o)
	}
	if said := slices.ContainsFunc(holds, func(h guard.Hold) bool { return h.Code == "last-order" }); said != waits {
		st.t.Fatalf("seed %d: last host %s waits for the others: %v, and is said to: %v", st.seed, st.in.Fleet.HostID(h), waits, said)
	}
}

func TestATenantWhomNobodyCanTellKeepsItsRegionShut(t *testing.T) {
	for seed := range uint64(100) {
		st, ok := newStage(t, seed, false)
		if !ok {
			continue
		}
		st.mute = true
		st.start()
		st.play(nil)
		for _, e := range st.journal {
			if e.Kind == campaign.HostGranted && e.Grant.Guests > 0 {
				t.Fatalf("seed %d: host %s was granted and nobody was told", seed, e.Host)
			}
		}
	}
}

func TestAJournalOfANewerVersionIsRefused(t *testing.T) {
	body := campaign.Encode(campaign.Event{Kind: campaign.CampaignStarted, By: "dee"})
	if _, err := campaign.Decode(campaign.EventVersion, body); err != nil {
		t.Errorf("our own version: %v", err)
	}
	for name, read := range map[string]func() (campaign.Event, error){
		"newer": func() (campaign.Event, error) { return campaign.Decode(campaign.EventVersion+1, body) },
		"unknown key": func() (campaign.Event, error) {
			return campaign.Decode(1, []byte(`{"kind":"campaign-started","at":"2014-09-28T11:00:00Z","why":1}`))
		},
		"unknown kind": func() (campaign.Event, error) {
			return campaign.Decode(1, []byte(`{"kind":"campaign-began","at":"2014-09-28T11:00:00Z"}`))
		},
		"without grant": func() (campaign.Event, error) {
			return campaign.Decode(1, []byte(`{"kind":"host-granted","at":"2014-09-28T11:00:00Z","host":"c-1"}`))
		},
		"without host": func() (campaign.Event, error) {
			return campaign.Decode(1, []byte(`{"kind":"host-drained","at":"2014-09-28T11:00:00Z"}`))
		},
		"cut": func() (campaign.Event, error) { return campaign.Decode(1, body[:len(body)-1]) },
		"two": func() (campaign.Event, error) { return campaign.Decode(1, append(slices.Clone(body), body...)) },
	} {
		if e, err := read(); err == nil {
			t.Errorf("%s: read as %+v", name, e)
		}
	}
}
