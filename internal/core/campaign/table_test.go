package campaign_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/campaign"
	"github.com/evenkeel-project/evenkeel/internal/core/dispatch"
	"github.com/evenkeel-project/evenkeel/internal/core/fleet"
)

// statuses is every status with how to get there.
var statuses = []struct {
	name  campaign.Status
	reach func(*stage)
}{
	{campaign.None, func(*stage) {}},
	{campaign.Proposed, func(st *stage) {
		st.mustSignal(campaign.Signal{Kind: campaign.Propose, Identity: identity("ann@ops.example"), Sources: st.sources})
	}},
	{campaign.Approved, func(st *stage) {
		st.start()
		st.s = campaign.NewState(st.w)
		st.journal = slices.DeleteFunc(st.journal, func(e campaign.Event) bool {
			return e.Kind == campaign.CampaignStarted || e.Kind == campaign.ConductorTook
		})
		st.s = st.replay()
	}},
	{campaign.Running, (*stage).start},
	{campaign.Paused, func(st *stage) { st.start(); st.mustSignal(campaign.Signal{Kind: campaign.Pause, By: "dee"}) }},
	{campaign.Halted, func(st *stage) {
		st.start()
		st.mustSignal(campaign.Signal{Kind: campaign.ClockJumped, Reason: "test"})
	}},
	{campaign.Aborting, func(st *stage) { st.start(); st.mustSignal(campaign.Signal{Kind: campaign.Abort, By: "dee"}) }},
	{campaign.Aborted, func(st *stage) {
		st.start()
		st.mustSignal(campaign.Signal{Kind: campaign.Abort, By: "dee"})
		st.play(nil)
	}},
	{campaign.Finished, func(st *stage) { st.start(); st.play(nil) }},
}

// signals is every signal, in the forms that are told apart.
func signals(st *stage) []struct {
	name string
	sig  campaign.Signal
} {
	other := st.sources
	other.Fleet = "sha256:other"
	other.Changes = []string{"host c-1 moved"}
	host := st.in.Fleet.HostID(st.actors[0].host)
	return []struct {
		name string
		sig  campaign.Signal
	}{
		{"propose", campaign.Signal{Kind: campaign.Propose, Identity: identity("ann@ops.example"), Sources: st.sources}},
		{"propose unsigned", campaign.Signal{Kind: campaign.Propose, Sources: st.sources}},
		{"approve", campaign.Signal{Kind: campaign.Approve, Identity: identity("eve@ops.example"), Sources: st.sources}},
		{"approve unsigned", campaign.Signal{Kind: campaign.Approve, Sources: st.sources}},
		{"approve by proposer", campaign.Signal{Kind: campaign.Approve, Identity: identity("ann@ops.example"), Sources: st.sources}},
		{"approve other sources", campaign.Signal{Kind: campaign.Approve, Identity: identity("eve@ops.example"), Sources: other}},
		{"start", campaign.Signal{Kind: campaign.Start, By: "dee", Sources: st.sources, Epoch: 5}},
		{"start other sources", campaign.Signal{Kind: campaign.Start, By: "dee", Sources: other, Epoch: 5}},
		{"take-over", campaign.Signal{Kind: campaign.TakeOver, Sources: st.sources, Epoch: 9}},
		{"take-over other sources", campaign.Signal{Kind: campaign.TakeOver, Sources: other, Epoch: 9}},
		{"take-over old epoch", campaign.Signal{Kind: campaign.TakeOver, Sources: st.sources, Epoch: 1}},
		{"pause", campaign.Signal{Kind: campaign.Pause, By: "dee", Request: "r1"}},
		{"resume", campaign.Signal{Kind: campaign.Resume, By: "dee", Request: "r2"}},
		{"abort", campaign.Signal{Kind: campaign.Abort, By: "dee", Request: "r3"}},
		{"observed", campaign.Signal{Kind: campaign.Observed, Observation: &dispatch.Observation{Host: host, At: st.now}}},
		{"observed stranger", campaign.Signal{Kind: campaign.Observed, Observation: &dispatch.Observation{Host: "stranger", At: st.now}}},
		{"observed nothing", campaign.Signal{Kind: campaign.Observed}},
		{"delivered stranger", campaign.Signal{Kind: campaign.Delivered, NoticeID: "stranger"}},
		{"clock-jumped", campaign.Signal{Kind: campaign.ClockJumped, Reason: "test"}},
		{"tick", campaign.Signal{Kind: campaign.Tick}},
		{"unknown", campaign.Signal{Kind: "nonsense"}},
	}
}

// tableSeed is an instance of one region with several hosts and a halt.
const tableSeed = 8

func TestEverySignalInEveryStatusDoesWhatTheTableSays(t *testing.T) {
	var b strings.Builder
	for _, status := range statuses {
		st, _ := newStage(t, tableSeed, false)
		for k := range signals(st) {
			st, _ := newStage(t, tableSeed, false)
			status.reach(st)
			if st.s.Status() != status.name {
				t.Fatalf("the status is %q, not %q", st.s.Status(), status.name)
			}
			one := signals(st)[k]
			before := len(st.journal)
			hold := st.signal(one.sig)
			fmt.Fprintf(&b, "%-9s %-24s -> %s\n", orNone(string(status.name)), one.name, outcome(st.journal[before:], hold != nil, func() string { return string(hold.Code) }))
			if again := st.replay(); again.Digest(st.w) != st.digest() {
				t.Errorf("%s, %s: the journal gives another state", status.name, one.name)
			}
		}
	}
	golden(t, "testdata/status.txt", b.String())
}

func orNone(s string) string {
	if s == "" {
		return "(none)"
	}
	return s
}

// outcome writes the events in short, repeated ones once with their number.
func outcome(events []campaign.Event, refused bool, code func() string) string {
	var parts []string
	for i := 0; i < len(events); {
		n := i
		for n < len(events) && events[n].Kind == events[i].Kind {
			n++
		}
		part := string(events[i].Kind)
		if events[i].Fault != "" {
			part += "(" + events[i].Fault + ")"
		}
		if n-i > 1 {
			part += fmt.Sprintf(" x%d", n-i)
		}
		parts = append(parts, part)
		i = n
	}
	if refused {
		parts = append(parts, "refused: "+code())
	}
	if len(parts) == 0 {
		return "-"
	}
	return strings.Join(parts, ", ")
}

func golden(t *testing.T, path, got string) {
	t.Helper()
	if os.Getenv("EVENKEEL_UPDATE") != "" {
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if string(want) != got {
		t.Errorf("%s differs; run with EVENKEEL_UPDATE=1 and read the difference. Got:\n%s", path, got)
	}
}

// phases is every phase that a host can be seen in.
var phases = []campaign.Phase{campaign.Pending, campaign.Granted, campaign.Cordoned, campaign.Acting, campaign.Verifying, campaign.Returning,
	campaign.Fencing, campaign.Rehoming, campaign.Undoing, campaign.Done, campaign.Failed, campaign.SetAside}

// sightings is what can be seen of a host, in the forms that are told apart.
func sightings(st *stage, a *actor, phase campaign.Phase) []struct {
	name string
	o    dispatch.Observation
} {
	step := map[campaign.Phase]dispatch.Step{campaign.Granted: dispatch.Cordon, campaign.Cordoned: dispatch.Drain, campaign.Acting: dispatch.Act,
		campaign.Verifying: dispatch.Verify, campaign.Returning: dispatch.Return, campaign.Fencing: dispatch.Fence, campaign.Rehoming: dispatch.Rehome,
		campaign.Undoing: dispatch.Undo}[phase]
	all := *a
	st.patch(&all)
	whole := st.guests(a, func(o fleet.OnReboot) bool { return true })
	ended := func(r dispatch.Result) *dispatch.Outcome { return &dispatch.Outcome{Step: step, Attempt: 1, Result: r} }
	base := dispatch.Observation{Host: st.in.Fleet.HostID(a.host), At: st.now, Reachable: true, BootID: a.boot(), Power: dispatch.PowerOn, Cordoned: true,
		Facts: a.facts, Running: whole, Outcome: ended(dispatch.Working)}
	with := func(change func(*dispatch.Observation)) dispatch.Observation {
		o := base
		change(&o)
		return o
	}
	fresh := func(o *dispatch.Observation) {
		o.Facts, o.Running = all.facts, whole
		if phase != campaign.Verifying && phase != campaign.Returning { // these have their new boot
			o.BootID = "boot-new"
		}
	}
	return []struct {
		name string
		o    dispatch.Observation
	}{
		{"nothing known", dispatch.Observation{Host: base.Host, At: st.now}},
		{"working", base},
		{"seen before the phase", with(func(o *dispatch.Observation) { fresh(o); o.At = 0; o.Outcome = ended(dispatch.Done) })},
		{"done, as before", with(func(o *dispatch.Observation) { o.Outcome = ended(dispatch.Done) })},
		{"done, drained", with(func(o *dispatch.Observation) { o.Outcome, o.Running = ended(dispatch.Done), nil })},
		{"done, open", with(func(o *dispatch.Observation) { o.Outcome, o.Cordoned = ended(dispatch.Done), false })},
		{"failed", with(func(o *dispatch.Observation) { o.Outcome = ended(dispatch.Failed) })},
		{"refused", with(func(o *dispatch.Observation) { o.Outcome = ended(dispatch.Refused) })},
		{"word on another step", with(func(o *dispatch.Observation) {
			o.Outcome = &dispatch.Outcome{Step: "other", Attempt: 1, Result: dispatch.Failed}
		})},
		{"new boot", with(func(o *dispatch.Observation) { o.BootID = "boot-new" })},
		{"done, new boot, unfixed", with(func(o *dispatch.Observation) { fresh(o); o.Facts = nil; o.Outcome = ended(dispatch.Done) })},
		{"done, new boot, fixed", with(func(o *dispatch.Observation) { fresh(o); o.Outcome = ended(dispatch.Done) })},
		{"done, new boot, fixed, open", with(func(o *dispatch.Observation) { fresh(o); o.Cordoned = false; o.Outcome = ended(dispatch.Done) })},
		{"done, new boot, fixed, no guests", with(func(o *dispatch.Observation) { fresh(o); o.Running = nil; o.Outcome = ended(dispatch.Done) })},
		{"old boot, claims the fix", with(func(o *dispatch.Observation) {
			o.Facts = all.facts
			o.Outcome = ended(dispatch.Done)
			o.Cordoned = false
		})},
		{"power off", dispatch.Observation{Host: base.Host, At: st.now, Power: dispatch.PowerOff}},
		{"power off, guests elsewhere", dispatch.Observation{Host: base.Host, At: st.now, Power: dispatch.PowerOff, Elsewhere: whole, Outcome: ended(dispatch.Done)}},
	}
}

// reachPhase plays until some host with guests is in the phase.
func reachPhase(t *testing.T, phase campaign.Phase) (*stage, *actor) {
	t.Helper()
	return reach(t, phase, func(*stage, *actor) bool { return true })
}

// reach plays until some host that suits is in the phase.
func reach(t *testing.T, phase campaign.Phase, suits func(*stage, *actor) bool) (*stage, *actor) {
	t.Helper()
	for seed := range uint64(4000) {
		st, ok := newStage(t, seed, true)
		if !ok || st.in.Policy.StuckAfter == 0 || len(st.in.Policy.Freezes) > 0 {
			continue
		}
		st.start()
		for range 400 {
			st.turn()
			for _, a := range st.actors {
				if st.s.Status() == campaign.Running && st.s.PhaseOf(st.w, a.host) == phase && st.shows(a, phase) && suits(st, a) {
					return st, a
				}
			}
			if st.s.Status().Ended() {
				break
			}
			st.wait()
		}
	}
	t.Fatalf("no seed leads to the phase %s", phase)
	return nil, nil
}

// shows reports whether a host in that phase has guests to lose, and when it is through, still holds a budget.
func (st *stage) shows(a *actor, phase campaign.Phase) bool {
	if phase == campaign.Failed || phase == campaign.SetAside {
		return slices.Contains(campaign.Watched(st.s, st.w), st.in.Fleet.HostID(a.host))
	}
	return len(st.in.Fleet.GuestsOn(a.host)) > 1
}

func TestEverySightingInEveryPhaseDoesWhatTheTableSays(t *testing.T) {
	var b strings.Builder
	for _, phase := range phases {
		st, a := reachPhase(t, phase)
		journal := slices.Clone(st.journal)
		for _, seen := range sightings(st, a, phase) {
			st.journal = slices.Clone(journal)
			st.s = st.replay()
			o := seen.o
			hold := st.signal(campaign.Signal{Kind: campaign.Observed, Observation: &o})
			fmt.Fprintf(&b, "%-9s %-33s -> %s\n", phase, seen.name, outcome(st.journal[len(journal):], hold != nil, func() string { return string(hold.Code) }))
			if again := st.replay(); again.Digest(st.w) != st.digest() {
				t.Errorf("%s, %s: the journal gives another state", phase, seen.name)
			}
		}
	}
	golden(t, "testdata/phase.txt", b.String())
}

func TestTimeDoesNotGoBack(t *testing.T) {
	st, _ := newStage(t, tableSeed, false)
	st.start()
	st.turn()
	before, at := st.digest(), st.now
	st.now = st.s.Last().Add(-calendar.Minute)
	hold := st.signal(campaign.Signal{Kind: campaign.Tick})
	if hold == nil || hold.Code != "clock-behind" || hold.Until == nil || st.digest() != before {
		t.Errorf("a signal a minute before the latest event: %+v", hold)
	}
	st.now = at
	if hold := st.signal(campaign.Signal{Kind: campaign.Tick}); hold != nil {
		t.Errorf("the clock has caught up: %+v", hold)
	}
}

func TestAClockThatJumpedDecidesNothingUntilAPersonHasLooked(t *testing.T) {
	st, _ := reachPhase(t, campaign.Acting)
	st.now = st.now.Add(30 * calendar.Day)
	st.mustSignal(campaign.Signal{Kind: campaign.ClockJumped, Reason: "test"})
	before := len(st.journal)
	st.mustSignal(campaign.Signal{Kind: campaign.Tick})
	for _, e := range st.journal[before:] {
		t.Errorf("a tick by a clock that may be wrong led to %s of host %s", e.Kind, e.Host)
	}
	st.mustSignal(campaign.Signal{Kind: campaign.Resume, By: "ops", Reason: "the clock is right", Request: "r"})
	st.mustSignal(campaign.Signal{Kind: campaign.Tick})
	last := st.journal[len(st.journal)-1]
	if !slices.ContainsFunc(st.journal[before:], func(e campaign.Event) bool { return e.Kind == campaign.HostSetAside }) {
		t.Errorf("the clock is right a month later and no window is missed; the last event is %s", last.Kind)
	}
	st.now = st.now.Add(st.in.Policy.StuckAfter + 1)
	st.mustSignal(campaign.Signal{Kind: campaign.Tick})
	if slices.ContainsFunc(st.journal[before:], func(e campaign.Event) bool { return e.Kind == campaign.HostStuck }) {
		t.Error("a host is stuck that had not its whole time since the clock was looked at")
	}
}
