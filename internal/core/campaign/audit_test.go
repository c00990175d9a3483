package campaign_test

import (
	"testing"

	"github.com/evenkeel-project/evenkeel/internal/core/campaign"
	"github.com/evenkeel-project/evenkeel/internal/core/dispatch"
	"github.com/evenkeel-project/evenkeel/internal/oracle/journal"
)

// audit has the journal read by a reader that shares no code with the campaign.
func (st *stage) audit() {
	st.t.Helper()
	r := journal.New(st.w.Campaign)
	for n, e := range st.journal {
		if err := r.Append(uint64(n)+1, e.At, campaign.Encode(e)); err != nil {
			st.t.Fatalf("seed %d: %v", st.seed, err)
		}
	}
	for _, finding := range r.Audit(st.in.Fleet, st.in.Policy, st.w.Plan, st.in.Advisories) {
		st.t.Errorf("seed %d: entry %d breaks %s: %s", st.seed, finding.Seq, finding.Code, finding.Sentence)
	}
	if st.t.Failed() {
		st.t.FailNow()
	}
}

func TestAnIndependentReaderFindsEveryRuleKeptWhateverHostsDo(t *testing.T) {
	for seed := range 2 * *seeds {
		st, ok := newStage(t, seed, seed%4 != 0)
		if !ok {
			continue
		}
		st.start()
		st.play(func(int) {
			if st.s.Status() == campaign.Halted && st.rng.IntN(5) == 0 {
				st.mustSignal(campaign.Signal{Kind: campaign.Resume, By: "dee", Reason: "seen"})
			}
		})
		st.audit()
	}
}

func TestAnIndependentReaderFindsEveryRuleKeptWhateverPeopleDo(t *testing.T) {
	for seed := range 2 * *seeds {
		st, ok := newStage(t, seed, true)
		if !ok {
			continue
		}
		st.start()
		aborts := st.rng.IntN(3) == 0
		st.play(func(turn int) { st.meddle(turn, aborts) })
		st.audit()
	}
}

// meddle does what people, clocks and crashes do to a campaign.
func (st *stage) meddle(turn int, aborts bool) {
	sig := campaign.Signal{By: "dee", Reason: "test", Request: string(rune('a'+turn%26)) + string(rune('a'+turn/26%26))}
	switch draw := st.rng.IntN(40); {
	case draw < 4:
		sig.Kind = campaign.Resume
	case draw == 4:
		sig.Kind = campaign.Pause
	case draw == 5 && aborts:
		sig.Kind = campaign.Abort
	case draw == 6:
		sig = campaign.Signal{Kind: campaign.ClockJumped, Reason: "test"}
	case draw == 7:
		st.s = st.replay()
		sig = campaign.Signal{Kind: campaign.TakeOver, Epoch: st.s.Epoch() + 1, Sources: st.sources}
	case draw == 8: // a host that flaps: nothing is known of it for once
		a := st.actors[st.rng.IntN(len(st.actors))]
		sig = campaign.Signal{Kind: campaign.Observed, Observation: &dispatch.Observation{Host: st.in.Fleet.HostID(a.host), At: st.now}}
	default:
		return
	}
	st.signal(sig)
}
