package campaign_test

import (
	"testing"

	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/campaign"
	"github.com/evenkeel-project/evenkeel/internal/core/dispatch"
)

// secondsMax is longer than any campaign of the stage takes.
const secondsMax = 400_000

// bySeconds carries the campaign out second by second. Hosts are looked at, and notices delivered, when there is
// something new and once a minute; between these times a tick comes every second, or only when the campaign asked to
// be woken.
func (st *stage) bySeconds(every bool) {
	st.t.Helper()
	news, wake := true, st.now
	for range secondsMax {
		news = news || len(campaign.Waiting(st.s)) > 0 || st.now%60 == 0 && len(campaign.Watched(st.s, st.w)) > 0
		for _, a := range st.actors {
			news = news || a.outcome != nil && a.outcome.Result == dispatch.Working && a.busyUntil == st.now
		}
		switch {
		case news:
			st.turn()
		case every || st.now >= wake:
			st.signal(campaign.Signal{Kind: campaign.Tick})
			for _, o := range campaign.Outstanding(st.s, st.w) {
				st.begin(o)
			}
		}
		if st.s.Status().Ended() {
			return
		}
		if news || every || st.now >= wake {
			wake = st.wake()
		}
		news = false
		st.now++
	}
	st.t.Fatalf("seed %d: the campaign has not ended at %s", st.seed, st.now)
}

// wake returns when the campaign asks for a tick; never is far away.
func (st *stage) wake() calendar.Instant {
	at, ok := campaign.NextWake(st.s, st.w, st.now)
	if !ok {
		return 1 << 40
	}
	return at
}

func TestACampaignThatIsWokenWhenItAsksSleepsPastNothing(t *testing.T) {
	for seed := range *seeds / 2 {
		ticked, ok := newStage(t, seed, seed%2 == 0)
		if !ok {
			continue
		}
		woken, _ := newStage(t, seed, seed%2 == 0)
		for _, st := range []*stage{ticked, woken} {
			st.start()
			st.bySeconds(st == ticked)
		}
		for n := range max(len(ticked.journal), len(woken.journal)) {
			if n >= len(ticked.journal) || n >= len(woken.journal) {
				t.Fatalf("seed %d: %d events with a tick every second, and %d when woken", seed, len(ticked.journal), len(woken.journal))
			}
			if a, b := campaign.Encode(ticked.journal[n]), campaign.Encode(woken.journal[n]); string(a) != string(b) {
				t.Fatalf("seed %d: event %d with a tick every second is\n%s\nand when woken\n%s", seed, n+1, a, b)
			}
		}
	}
}
