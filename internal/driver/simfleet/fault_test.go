package simfleet_test

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/evenkeel-project/evenkeel/internal/core/advisory"
	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/dispatch"
	"github.com/evenkeel-project/evenkeel/internal/core/fleet"
	"github.com/evenkeel-project/evenkeel/internal/core/label"
	"github.com/evenkeel-project/evenkeel/internal/core/limit"
	"github.com/evenkeel-project/evenkeel/internal/core/policy"
	"github.com/evenkeel-project/evenkeel/internal/driver"
	"github.com/evenkeel-project/evenkeel/internal/driver/simfleet"
)

// with returns a scenario in which host h-0000 has the fault.
func with(kind simfleet.FaultKind) *simfleet.Scenario {
	return &simfleet.Scenario{Seed: 7, Faults: []simfleet.Fault{{Kind: kind, Hosts: []string{"h-0000"}, Factor: 3}}}
}

// acting is what a host is told up to its outage, and wholeLife all that it is told.
var (
	acting    = []dispatch.Step{dispatch.Cordon, dispatch.Drain, dispatch.Act}
	wholeLife = append(slices.Clone(acting), dispatch.Verify, dispatch.Return)
)

func mustSay(t *testing.T, seen dispatch.Observation, result dispatch.Result, code string) {
	t.Helper()
	if seen.Outcome == nil || seen.Outcome.Result != result || seen.Outcome.Code != code {
		t.Fatalf("host %s says %+v, want %s (%s)", seen.Host, seen.Outcome, result, code)
	}
}

func mustHaveFixed(t *testing.T, seen dispatch.Observation, fixed bool) {
	t.Helper()
	patches, _ := seen.Facts.Get("patches")
	if slices.Contains(patches.List, "XSA-108") != fixed || !slices.Contains(patches.List, "XSA-1") {
		t.Fatalf("host %s has the patches %s, want XSA-1 and fixed %t", seen.Host, patches, fixed)
	}
}

func TestActingInstallsWhatTheScenarioAndTheFleetSay(t *testing.T) {
	f := newFleet(t, 3)
	world := open(t, options(f, &simfleet.Scenario{Patch: label.Set{text("xen", "4.4.1")}}))
	mustHaveFixed(t, see(t, world, "h-0000"), false)
	seen := life(t, world, f, "h-0000", acting...)
	mustHaveFixed(t, seen, true)
	if got := fmt.Sprint(seen.Facts); got != "[{kernel 7} {patches [XSA-1, XSA-108]} {xen 4.4.1}]" {
		t.Fatalf("the facts are %s", got)
	}
	mustHaveFixed(t, see(t, world, "h-0001"), false)
}

func TestAHostThatIsDownSaysNothing(t *testing.T) {
	f := newFleet(t, 3)
	world := open(t, options(f, nil))
	life(t, world, f, "h-0000", dispatch.Cordon, dispatch.Drain)
	stop := orderTo(f, "h-0000", dispatch.Act, 1)
	stop.Action = advisory.StopStart
	begin(t, world, stop)
	seen := see(t, world, "h-0000")
	if seen.Reachable || seen.BootID != "" || len(seen.Facts)+len(seen.Running) > 0 || !seen.Cordoned || len(seen.Elsewhere) != 1 || seen.Power != dispatch.PowerOff {
		t.Fatalf("a host that is being stopped and started is seen as %+v", seen)
	}
	wait(t, world, world.Now().Add(10*calendar.Minute))
	if seen = see(t, world, "h-0000"); seen.Power != dispatch.PowerOn {
		t.Fatalf("a host that is starting is seen as %+v", seen)
	}
}

func TestAnActionThatTakesNothingDownTakesNothingDown(t *testing.T) {
	f := newFleet(t, 3)
	world := open(t, options(f, nil))
	before := life(t, world, f, "h-0000", dispatch.Cordon, dispatch.Drain)
	restart := orderTo(f, "h-0000", dispatch.Act, 1)
	restart.Action = advisory.Restart
	begin(t, world, restart)
	if during := see(t, world, "h-0000"); !during.Reachable || !slices.Equal(during.Running, before.Running) {
		t.Fatalf("a service restarts, and the host is seen as %+v", during)
	}
	after := does(t, world, restart)
	mustHaveFixed(t, after, true)
	if after.BootID != before.BootID || world.Reboots("h-0000") != 0 {
		t.Fatalf("a service restarted, and the host has the boot %s after %s and %d reboots", after.BootID, before.BootID, world.Reboots("h-0000"))
	}
}

func TestADeadHostNeverReturnsAndCanBeFenced(t *testing.T) {
	f := newFleet(t, 3)
	world := open(t, options(f, with(simfleet.Dead)))
	before := see(t, world, "h-0000")
	seen := life(t, world, f, "h-0000", acting...)
	mustSay(t, seen, dispatch.Working, "")
	if seen.Reachable || seen.Power != dispatch.PowerOn || world.Reboots("h-0000") != 1 {
		t.Fatalf("a dead host with %d reboots is seen as %+v", world.Reboots("h-0000"), seen)
	}
	fence := orderTo(f, "h-0000", dispatch.Fence, 1)
	fence.BootID = before.BootID
	if err := world.Begin(t.Context(), []dispatch.Order{fence}); err != nil {
		t.Fatal(err)
	}
	wait(t, world, world.Now().Add(calendar.Hour))
	seen = life(t, world, f, "h-0000", dispatch.Rehome)
	mustSay(t, seen, dispatch.Done, "")
	if seen.Power != dispatch.PowerOff || !slices.Equal(seen.Elsewhere, []string{"h-0000-vm-0", "h-0000-vm-1", "h-0000-vm-3"}) {
		t.Fatalf("after fence and rehome the host is seen as %+v", seen)
	}
}

// takesToAct returns how long the host is at acting.
func takesToAct(t *testing.T, s *simfleet.Scenario) calendar.Seconds {
	t.Helper()
	f := newFleet(t, 3)
	world := open(t, options(f, s))
	life(t, world, f, "h-0000", dispatch.Cordon, dispatch.Drain)
	before := world.Now()
	mustSay(t, life(t, world, f, "h-0000", dispatch.Act), dispatch.Done, "")
	return world.Now().Sub(before)
}

func TestASlowHostTakesItsFactor(t *testing.T) {
	right, slow := takesToAct(t, &simfleet.Scenario{Seed: 7}), takesToAct(t, with(simfleet.Slow))
	if slow != 3*right {
		t.Fatalf("seed 7: acting takes %s, and %s with factor 3", right, slow)
	}
}

func TestAPatchThatFailsLeavesTheBootAndTheGuestsDownUntilTheReturn(t *testing.T) {
	f := newFleet(t, 3)
	world := open(t, options(f, with(simfleet.PatchFails)))
	before := see(t, world, "h-0000")
	seen := life(t, world, f, "h-0000", acting...)
	mustSay(t, seen, dispatch.Failed, driver.StepFailed)
	mustHaveFixed(t, seen, false)
	if seen.BootID != before.BootID || len(seen.Running) > 0 || world.Reboots("h-0000") != 0 {
		t.Fatalf("after a patch that failed the host has %d reboots and is seen as %+v", world.Reboots("h-0000"), seen)
	}
	seen = life(t, world, f, "h-0000", dispatch.Verify, dispatch.Return)
	if len(seen.Running) != 3 {
		t.Fatalf("after its return the host runs %q", seen.Running)
	}
}

func TestAnUnpatchedHostRebootsForNothing(t *testing.T) {
	f := newFleet(t, 3)
	world := open(t, options(f, with(simfleet.Unpatched)))
	before := see(t, world, "h-0000")
	seen := life(t, world, f, "h-0000", wholeLife...)
	mustSay(t, seen, dispatch.Done, "")
	mustHaveFixed(t, seen, false)
	if seen.BootID == before.BootID || world.Reboots("h-0000") != 1 {
		t.Fatalf("an unpatched host with %d reboots is seen as %+v", world.Reboots("h-0000"), seen)
	}
}

func TestAHostWithMissingGuestsSaysThatItIsDone(t *testing.T) {
	f := newFleet(t, 3)
	world := open(t, options(f, with(simfleet.GuestsMissing)))
	seen := life(t, world, f, "h-0000", wholeLife...)
	mustSay(t, seen, dispatch.Done, "")
	mustHaveFixed(t, seen, true)
	if len(seen.Running) >= 3 {
		t.Fatalf("seed 7: no guest is missing: %q run", seen.Running)
	}
}

func TestALiarClaimsAtOnceWhatItNeverDid(t *testing.T) {
	f := newFleet(t, 3)
	world := open(t, options(f, with(simfleet.Lies)))
	before := life(t, world, f, "h-0000", dispatch.Cordon, dispatch.Drain)
	at := world.Now()
	seen := life(t, world, f, "h-0000", dispatch.Act)
	mustSay(t, seen, dispatch.Done, "")
	mustHaveFixed(t, seen, true)
	if world.Now() != at || seen.BootID != before.BootID || !slices.Equal(seen.Running, before.Running) || len(world.Witness()) != 0 {
		t.Fatalf("after %s of lying, with the witness %v, the host is seen as %+v", world.Now().Sub(at), world.Witness(), seen)
	}
}

func TestAFaultThatStrikesOnceIsOverAtTheSecondTry(t *testing.T) {
	for _, c := range []struct {
		kind   simfleet.FaultKind
		before []dispatch.Step
		step   dispatch.Step
	}{
		{simfleet.CordonFails, nil, dispatch.Cordon},
		{simfleet.DrainFails, acting[:1], dispatch.Drain},
		{simfleet.PatchFails, acting[:2], dispatch.Act},
	} {
		f, scenario := newFleet(t, 3), with(c.kind)
		scenario.Faults[0].Times = 1
		world := open(t, options(f, scenario))
		life(t, world, f, "h-0000", c.before...)
		mustSay(t, life(t, world, f, "h-0000", c.step), dispatch.Failed, driver.StepFailed)
		mustSay(t, does(t, world, orderTo(f, "h-0000", c.step, 2)), dispatch.Done, "")
	}
}

func TestTheWitnessSeesAHostThatIsTakenDownTwice(t *testing.T) {
	f := newFleet(t, 3)
	world := open(t, options(f, nil))
	life(t, world, f, "h-0000", acting...)
	does(t, world, orderTo(f, "h-0000", dispatch.Act, 2))

	boot := see(t, world, "h-0001").BootID
	life(t, world, f, "h-0001", acting[:2]...)
	begin(t, world, orderTo(f, "h-0001", dispatch.Act, 1))
	second := orderTo(f, "h-0001", dispatch.Act, 2)
	second.BootID = boot
	if err := world.Begin(t.Context(), []dispatch.Order{second}); err != nil {
		t.Fatal(err)
	}
	if world.Reboots("h-0000") != 2 || world.Reboots("h-0001") != 2 || world.Reboots("h-0002") != 0 {
		t.Fatalf("the witness saw %v", world.Witness())
	}
	if last := world.Witness()[3]; last != (simfleet.Boot{Host: "h-0001", At: world.Now(), Order: second.Key()}) {
		t.Fatalf("the last reboot seen is %+v", last)
	}
}

func TestGuestsStartOneAfterTheOther(t *testing.T) {
	f := newFleet(t, 3)
	world := open(t, options(f, nil))
	life(t, world, f, "h-0000", acting...)
	life(t, world, f, "h-0000", dispatch.Verify)
	begin(t, world, orderTo(f, "h-0000", dispatch.Return, 1))
	var counts []int
	for world.Now() < start.Add(calendar.Hour) {
		if n := len(see(t, world, "h-0000").Running); len(counts) == 0 || counts[len(counts)-1] != n {
			counts = append(counts, n)
		}
		wait(t, world, world.Now()+1)
	}
	if !slices.Equal(counts, []int{0, 1, 2, 3}) {
		t.Fatalf("the guests that run are in turn %v", counts)
	}
}

// history has every host do its life at once, and returns what the hosts say whenever one of them changes.
func history(t testing.TB, f *fleet.Fleet, world *simfleet.Fleet) map[string][]string {
	t.Helper()
	told := map[string][]string{}
	for _, step := range wholeLife {
		for i := range f.Hosts() {
			begin(t, world, orderTo(f, fmt.Sprintf("h-%04d", i), step, 1))
		}
		for until := world.Now().Add(calendar.Hour); world.Now() < until; wait(t, world, until) {
			for _, id := range world.Changed() {
				seen := see(t, world, id)
				outcome := *seen.Outcome
				seen.Outcome = nil
				told[id] = append(told[id], fmt.Sprintf("%+v %+v", seen, outcome))
			}
		}
	}
	return told
}

func TestAFaultNeverShiftsAnotherHost(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		seed := rapid.Uint64Range(0, 1000).Draw(rt, "seed")
		kind := rapid.SampledFrom([]simfleet.FaultKind{simfleet.Slow, simfleet.PatchFails, simfleet.Unpatched, simfleet.GuestsMissing,
			simfleet.Lies, simfleet.CordonFails, simfleet.DrainFails}).Draw(rt, "fault")
		f, scenario := newFleet(t, 4), with(kind)
		scenario.Seed = seed
		right := history(t, f, open(t, options(f, &simfleet.Scenario{Seed: seed})))
		wrong := history(t, f, open(t, options(f, scenario)))
		for _, id := range []string{"h-0001", "h-0002", "h-0003"} {
			if !slices.Equal(right[id], wrong[id]) {
				rt.Fatalf("seed %d: the fault %s of h-0000 changes what %s says from\n%q to\n%q", seed, kind, id, right[id], wrong[id])
			}
		}
		if slices.Equal(right["h-0000"], wrong["h-0000"]) {
			rt.Fatalf("seed %d: the fault %s changes nothing", seed, kind)
		}
	})
}

func TestALifeWithoutFaultsIsOverWithinThePlannedOutage(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		seed := rapid.Uint64().Draw(rt, "seed")
		spread := rapid.IntRange(0, 90).Draw(rt, "spread")
		planned := calendar.Seconds(rapid.Int64Range(1, 80_000).Draw(rt, "planned"))
		f := newFleet(t, 3)
		o := options(f, &simfleet.Scenario{Seed: seed, Spread: spread})
		o.Policy = &policy.Policy{DefaultOutage: planned}
		world := open(t, o)
		for _, step := range wholeLife {
			order := orderTo(f, "h-0001", step, 1)
			begin(t, world, order)
			for see(t, world, order.Host).Outcome.Result == dispatch.Working {
				wait(t, world, start.Add(30*calendar.Day))
			}
		}
		took := world.Now().Sub(start)
		if least := planned * calendar.Seconds(100-spread) / 100; took > planned || took < max(1, least-2) {
			rt.Fatalf("seed %d: with a spread of %d%% an outage planned for %s takes %s", seed, spread, planned, took)
		}
	})
}

// struck returns how many hosts fail at cordon.
func struck(t *testing.T, f *fleet.Fleet, fault simfleet.Fault) (hosts []string) {
	t.Helper()
	fault.Kind = simfleet.CordonFails
	world := open(t, options(f, &simfleet.Scenario{Seed: 3, Faults: []simfleet.Fault{fault}}))
	for i := range f.Hosts() {
		begin(t, world, orderTo(f, fmt.Sprintf("h-%04d", i), dispatch.Cordon, 1))
	}
	for until := world.Now().Add(calendar.Hour); world.Now() < until; {
		wait(t, world, until)
	}
	for i := range f.Hosts() {
		if seen := see(t, world, fmt.Sprintf("h-%04d", i)); seen.Outcome.Result == dispatch.Failed {
			hosts = append(hosts, seen.Host)
		}
	}
	return hosts
}

func share(t *testing.T, text string) limit.Limit {
	t.Helper()
	l, err := limit.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func TestAFaultStrikesTheHostsItNames(t *testing.T) {
	f := newFleet(t, 300)
	old := []policy.Term{{Key: "generation", Value: "old"}}
	for _, c := range []struct {
		name  string
		fault simfleet.Fault
		want  int
	}{
		{"hosts", simfleet.Fault{Hosts: []string{"h-0005", "h-0007"}}, 2},
		{"where", simfleet.Fault{Where: old}, 100},
		{"share", simfleet.Fault{Share: share(t, "1.5%")}, 4},
		{"share of where", simfleet.Fault{Where: old, Share: share(t, "3%")}, 3},
		{"count", simfleet.Fault{Count: 7}, 7},
		{"count of where", simfleet.Fault{Where: old, Count: 1000}, 100},
	} {
		hosts := struck(t, f, c.fault)
		if len(hosts) != c.want {
			t.Errorf("seed 3: %s: %d hosts are struck, want %d: %q", c.name, len(hosts), c.want, hosts)
		}
		for _, id := range hosts {
			h, _ := f.FindHost(id)
			if v, _ := f.Labels(h).Get("generation"); len(c.fault.Where) > 0 && v.Text != "old" {
				t.Errorf("seed 3: %s: host %s is struck and is %s", c.name, id, v)
			}
		}
	}
}
