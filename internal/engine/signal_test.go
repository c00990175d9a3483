package engine

import (
	"context"
	"errors"
	"testing"

	"github.com/evenkeel-project/evenkeel/internal/core/campaign"
	"github.com/evenkeel-project/evenkeel/internal/core/problem"
	"github.com/evenkeel-project/evenkeel/internal/store"
	"github.com/evenkeel-project/evenkeel/internal/store/memory"
)

func TestARefusedSignalSaysWhyAndLeavesNoTrace(t *testing.T) {
	r := newRig(t, newWorld(t, fleetOf(1, 1), plain))
	e := r.open()
	r.signal(e, campaign.Signal{Kind: campaign.Propose, Identity: person("proposer")})
	hold, err := e.Signal(t.Context(), campaign.Signal{Kind: campaign.Approve, Identity: person("proposer")})
	if err != nil || hold == nil || hold.Code != "proposer-approves" {
		t.Errorf("the proposer's approval gives %+v, %v", hold, err)
	}
	if n := len(r.journal()); n != 1 {
		t.Errorf("the journal has %d records, want the proposal alone", n)
	}
	if e.Status() != campaign.Proposed {
		t.Errorf("the campaign is %s", e.Status())
	}
}

func TestACampaignThatWasNotStartedIsNotRun(t *testing.T) {
	r := newRig(t, newWorld(t, fleetOf(1, 1), plain))
	e := r.open()
	for _, status := range []campaign.Status{campaign.None, campaign.Proposed} {
		_, err := e.Run(t.Context())
		if p, ok := errors.AsType[problem.Problem](err); !ok || p.Code != "not-started" {
			t.Errorf("%q: Run gives %v, want not-started", status, err)
		}
		if status == campaign.None {
			r.signal(e, campaign.Signal{Kind: campaign.Propose, Identity: person("proposer")})
		}
	}
}

func TestASignalThatFindsNoRoomIsToldAndMayBeSentAgain(t *testing.T) {
	r := newRig(t, newWorld(t, fleetOf(1, 1), plain))
	full := true
	r.failing(func(int, store.Batch) memory.Fault {
		if full {
			return memory.Full
		}
		return memory.None
	})
	e := r.open()
	propose := campaign.Signal{Kind: campaign.Propose, Identity: person("proposer")}
	_, err := e.Signal(t.Context(), propose)
	if p, ok := errors.AsType[problem.Problem](err); !ok || p.Code != "disk-full" || !errors.Is(err, store.ErrFull) {
		t.Errorf("Signal gives %v, want disk-full", err)
	}
	full = false
	r.signal(e, propose)
	if n := len(r.journal()); n != 1 {
		t.Errorf("the journal has %d records, want 1", n)
	}
}

func TestASignalOfUnknownFateIsLookedUpInTheJournal(t *testing.T) {
	propose := campaign.Signal{Kind: campaign.Propose, Identity: person("proposer")}
	for fault, kept := range map[memory.Fault]int{memory.AfterCommit: 1, memory.BeforeCommit: 0} {
		r := newRig(t, newWorld(t, fleetOf(1, 1), plain))
		r.failing(func(int, store.Batch) memory.Fault { return fault })
		e := r.open()
		_, err := e.Signal(t.Context(), propose)
		if (err == nil) != (kept == 1) || len(r.journal()) != kept {
			t.Errorf("fault %d: Signal gives %v with %d records; want an error exactly when nothing was kept", fault, err, len(r.journal()))
		}
		if status := e.State().Status(); (status == campaign.Proposed) != (kept == 1) {
			t.Errorf("fault %d: the campaign is %q", fault, status)
		}
	}
}

func TestASignalBeforeTheLastEventIsRefused(t *testing.T) {
	r := newRig(t, newWorld(t, fleetOf(1, 1), plain))
	e := r.open()
	r.signal(e, campaign.Signal{Kind: campaign.Propose, Identity: person("proposer")})
	r.hosts.now -= 3600
	approve := campaign.Signal{Kind: campaign.Approve, Identity: person("first")}
	_, err := e.Signal(t.Context(), approve)
	if p, ok := errors.AsType[problem.Problem](err); !ok || p.Code != "clock-behind" {
		t.Errorf("Signal gives %v, want clock-behind", err)
	}
	if _, err := Open(t.Context(), r.parts()); err != nil {
		t.Errorf("an engine cannot be opened before the clock has caught up: %v", err)
	}
	r.hosts.now += 3600
	r.signal(r.open(), approve)
}

func TestAStoppedEngineGoesOnWhereItWas(t *testing.T) {
	w := newWorld(t, fleetOf(1, 1), plain)
	want := calm(t, w)
	r := eventful(t, w)
	frames := 0
	e := r.open()
	for {
		ctx, stop := context.WithCancel(t.Context())
		r.watch = func(Frame) {
			if frames++; frames%5 == 0 {
				stop()
			}
		}
		_, err := e.Run(ctx)
		stop()
		if err == nil {
			break
		}
		if !errors.Is(err, context.Canceled) {
			t.Fatal(err)
		}
	}
	r.sound("stopped every five turns", want)
}
