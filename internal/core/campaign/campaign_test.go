package campaign_test

import (
	"flag"
	"testing"

	"github.com/evenkeel-project/evenkeel/internal/core/campaign"
	"github.com/evenkeel-project/evenkeel/internal/core/ident"
)

// seeds is how many random campaigns each test plays: go test ./internal/core/campaign -args -seeds 20000
var seeds = flag.Uint64("seeds", 600, "random campaigns that each test plays")

func TestWithoutFaultsEveryHostOfThePlanIsDone(t *testing.T) {
	played := 0
	for seed := range *seeds {
		st, ok := newStage(t, seed, false)
		if !ok {
			continue
		}
		played++
		st.start()
		st.play(nil)
		o := campaign.Look(st.s, st.w, st.now)
		if st.s.Status() != campaign.Finished || o.Counts.Failed+o.Counts.Pending+o.Counts.InFlight > 0 || len(o.Limits) > 0 {
			t.Fatalf("seed %d: %s %+v %+v %+v", seed, st.s.Status(), o.Counts, o.Limits, o.Troubles)
		}
		for i, a := range st.actors {
			if a.acts > 1 || (st.s.PhaseOf(st.w, ident.Host(i)) == campaign.Done) != (a.acts == 1) {
				t.Fatalf("seed %d: host %s acted %d times and is %s", seed, st.in.Fleet.HostID(ident.Host(i)), a.acts, st.s.PhaseOf(st.w, ident.Host(i)))
			}
		}
	}
	if played < int(*seeds)/2 {
		t.Errorf("only %d of %d seeds had anything to do", played, *seeds)
	}
}

func TestEveryCampaignComesToAnEndWhateverItsHostsDo(t *testing.T) {
	for seed := range *seeds {
		st, ok := newStage(t, seed, true)
		if !ok {
			continue
		}
		st.start()
		st.play(func(int) {
			if st.s.Status() == campaign.Halted && st.rng.IntN(5) == 0 {
				st.mustSignal(campaign.Signal{Kind: campaign.Resume, By: "dee", Reason: "seen"})
			}
		})
		for i, a := range st.actors {
			if a.acts > 1 {
				t.Fatalf("seed %d: host %s acted %d times", seed, st.in.Fleet.HostID(ident.Host(i)), a.acts)
			}
		}
	}
}

func TestTheJournalGivesTheStateAgainAtEveryTurn(t *testing.T) {
	for seed := range *seeds / 4 {
		st, ok := newStage(t, seed, true)
		if !ok {
			continue
		}
		st.start()
		st.play(func(turn int) {
			if st.s.Status() == campaign.Halted {
				st.mustSignal(campaign.Signal{Kind: campaign.Resume, By: "dee", Reason: "seen"})
			}
			if turn%7 != 0 {
				return
			}
			again := st.replay()
			if again.Digest(st.w) != st.digest() {
				t.Fatalf("seed %d, turn %d: the journal gives another state", seed, turn)
			}
			st.s = again // and the campaign goes on from it
		})
	}
}
