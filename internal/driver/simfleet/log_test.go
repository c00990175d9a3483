package simfleet_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/evenkeel-project/evenkeel/internal/core/advisory"
	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/dispatch"
	"github.com/evenkeel-project/evenkeel/internal/core/fleet"
	"github.com/evenkeel-project/evenkeel/internal/core/policy"
	"github.com/evenkeel-project/evenkeel/internal/driver/simfleet"
)

// everyFault is a scenario with all that can go wrong on six hosts.
const everyFault = `seed: 5
faults:
  - {fault: slow, hosts: [h-0000], factor: 4}
  - {fault: dead, hosts: [h-0001]}
  - {fault: guests-missing, hosts: [h-0002]}
  - {fault: patch-fails, hosts: [h-0003], times: 1}
  - {fault: lies, hosts: [h-0004]}
  - {fault: unpatched, hosts: [h-0005]}
  - {fault: cordon-fails, count: 2, times: 1}
  - {fault: drain-fails, count: 2, times: 1}
clock:
  - {at: 2014-09-28T11:04:00Z, by: 30m}
  - {at: 2014-09-28T11:20:00Z, by: -40m}
`

// play is a list of things done to a world, drawn without looking at what the world says, so that two worlds are done
// the same to.
type play struct {
	fleet *fleet.Fleet
	acts  []act
}

type act struct {
	order *dispatch.Order // nil: time passes
	wait  calendar.Seconds
	asks  bool // for what changed and how the clock was set
}

func drawPlay(t *rapid.T, f *fleet.Fleet) play {
	p := play{fleet: f}
	boots := bootsOf(t, f)
	for range rapid.IntRange(1, 60).Draw(t, "acts") {
		if rapid.IntRange(0, 2).Draw(t, "what") == 0 {
			p.acts = append(p.acts, act{wait: calendar.Seconds(rapid.Int64Range(-5, 900).Draw(t, "wait")), asks: rapid.Bool().Draw(t, "asks")})
			continue
		}
		h := rapid.IntRange(0, f.Hosts()-1).Draw(t, "host")
		o := orderTo(f, fmt.Sprintf("h-%04d", h), rapid.SampledFrom([]dispatch.Step{dispatch.Cordon, dispatch.Drain, dispatch.Act,
			dispatch.Verify, dispatch.Return, dispatch.Undo, dispatch.Fence, dispatch.Rehome}).Draw(t, "step"), rapid.IntRange(1, 3).Draw(t, "attempt"))
		o.Fence = rapid.Uint64Range(3, 5).Draw(t, "fence")
		o.BootID = boots[h][rapid.IntRange(0, 1).Draw(t, "boot")]
		o.Action = rapid.SampledFrom([]advisory.Action{advisory.Reboot, advisory.StopStart, advisory.Restart}).Draw(t, "action")
		o.Closed = rapid.Bool().Draw(t, "closed")
		o.NotAfter = start.Add(calendar.Seconds(rapid.Int64Range(0, 9000).Draw(t, "not after")))
		if rapid.IntRange(0, 19).Draw(t, "stray") == 0 {
			o.Zone = "syd-1"
		}
		if rapid.IntRange(0, 19).Draw(t, "stranger") == 0 {
			o.Host = "no-such-host"
		}
		p.acts = append(p.acts, act{order: &o})
	}
	return p
}

// bootsOf returns the first two boot ids of every host.
func bootsOf(t *rapid.T, f *fleet.Fleet) [][2]string {
	o := options(f, &simfleet.Scenario{Seed: 5})
	world, err := simfleet.Open(o)
	if err != nil {
		t.Fatal(err)
	}
	boots := make([][2]string, f.Hosts())
	for h := range boots {
		for k := range boots[h] {
			id := fmt.Sprintf("h-%04d", h)
			seen, _ := world.Observe(t.Context(), []string{id})
			boots[h][k] = seen[0].BootID
			for _, step := range acting {
				step := orderTo(f, id, step, 1)
				step.BootID = boots[h][k]
				if err := world.Begin(t.Context(), []dispatch.Order{step}); err != nil {
					t.Fatal(err)
				}
				for until := world.Now().Add(calendar.Hour); world.Now() < until; {
					if err := world.Wait(t.Context(), until, nil); err != nil {
						t.Fatal(err)
					}
				}
			}
		}
	}
	return boots
}

// perform does to a world what the play says and returns what was seen, line by line. again is asked for the world
// before every call.
func (p play) perform(t *rapid.T, again func() *simfleet.Fleet) []string {
	var seen []string
	ids := []string{"no-such-host"}
	for h := range p.fleet.Hosts() {
		ids = append(ids, fmt.Sprintf("h-%04d", h))
	}
	for _, a := range p.acts {
		var err error
		if a.order != nil {
			err = again().Begin(t.Context(), []dispatch.Order{*a.order})
		} else {
			const patience = 10_000
			until, waits := again().Now().Add(a.wait), 0
			for world := again(); err == nil && world.Now() < until; world = again() {
				before := world.Now()
				if waits++; waits > patience {
					t.Fatalf("the time stands still at %s", before)
				}
				if err = world.Wait(t.Context(), until, nil); world.Now() < before && world.Jumped() == 0 {
					t.Fatalf("the time goes back from %s to %s", before, world.Now())
				}
			}
		}
		if err != nil {
			t.Fatal(err)
		}
		if a.asks {
			again().Changed()
		}
		observations, err := again().Observe(t.Context(), ids)
		if err != nil {
			t.Fatal(err)
		}
		for _, o := range observations {
			seen = append(seen, line(o))
		}
	}
	return append(seen, fmt.Sprintf("%+v %s", again().Witness(), again().Now()))
}

func line(o dispatch.Observation) string {
	outcome := "nothing"
	if o.Outcome != nil {
		outcome = fmt.Sprintf("%+v", *o.Outcome)
	}
	o.Outcome = nil
	return fmt.Sprintf("%+v says %s", o, outcome)
}

func mustBeTheSame(t *rapid.T, what string, a, b []string) {
	for i := range a {
		if i >= len(b) || a[i] != b[i] {
			t.Fatalf("scenario seed 5: line %d differs %s:\n%s\n%s", i, what, a[i], b[min(i, len(b)-1)])
		}
	}
}

func TestTheSameOrdersMakeTheSameWorld(t *testing.T) {
	f, scenario := newFleet(t, 6), parse(t, everyFault)
	rapid.Check(t, func(rt *rapid.T) {
		p := drawPlay(rt, f)
		first, second := open(t, options(f, scenario)), open(t, options(f, scenario))
		mustBeTheSame(rt, "in another world", p.perform(rt, func() *simfleet.Fleet { return first }),
			p.perform(rt, func() *simfleet.Fleet { return second }))
	})
}

func TestOpeningAgainAtAnyPointChangesNothing(t *testing.T) {
	f, scenario, dir := newFleet(t, 6), parse(t, everyFault), t.TempDir()
	n := 0
	rapid.Check(t, func(rt *rapid.T) {
		p := drawPlay(rt, f)
		whole := open(t, options(f, scenario))
		n++
		o := options(f, scenario)
		o.Path = filepath.Join(dir, fmt.Sprintf("world-%d.log", n))
		broken := &reopened{t: t, given: o}
		defer func() { _ = broken.world.Close() }()
		mustBeTheSame(rt, "when it is opened again", p.perform(rt, func() *simfleet.Fleet { return whole }), p.perform(rt, broken.again))
	})
}

// written returns the log of a short life.
func written(t *testing.T, o simfleet.Options) []byte {
	t.Helper()
	world := open(t, o)
	life(t, world, o.Fleet, "h-0000", dispatch.Cordon, dispatch.Drain)
	if err := world.Close(); err != nil {
		t.Fatal(err)
	}
	log, err := os.ReadFile(o.Path)
	if err != nil {
		t.Fatal(err)
	}
	return log
}

func TestALogThatEndsAnywhereIsReadAsFarAsItsLinesAreWhole(t *testing.T) {
	o := options(newFleet(t, 3), parse(t, "seed: 5"))
	o.Path = filepath.Join(t.TempDir(), "world.log")
	log := written(t, o)
	for size := range len(log) {
		if err := os.WriteFile(o.Path, log[:size], 0o600); err != nil {
			t.Fatal(err)
		}
		world := open(t, o)
		orders := bytes.Count(log[:bytes.LastIndexByte(log[:size], '\n')+1], []byte(`"order"`))
		if seen := see(t, world, "h-0000"); (orders == 0) != (seen.Outcome == nil) {
			t.Fatalf("of %d bytes with %d orders the world remembers %+v", size, orders, seen.Outcome)
		}
		if err := world.Close(); err != nil {
			t.Fatal(err)
		}
		if again := written(t, o); !bytes.Equal(again, log) {
			t.Fatalf("cut off after %d bytes and lived on, the log is\n%s\nand was\n%s", size, again, log)
		}
	}
}

func TestTheLogOfAnotherWorldIsRefused(t *testing.T) {
	given := options(newFleet(t, 3), parse(t, "seed: 5"))
	given.Path = filepath.Join(t.TempDir(), "world.log")
	log := written(t, given)
	otherPolicy := *given.Policy
	otherPolicy.Digest = "sha256:other"
	for want, change := range map[string]func(*simfleet.Options){
		"another fleet":                       func(o *simfleet.Options) { o.Fleet = newFleet(t, 4) },
		"another policy":                      func(o *simfleet.Options) { o.Policy = &otherPolicy },
		"another scenario":                    func(o *simfleet.Options) { o.Scenario = parse(t, "seed: 6") },
		"other advisories":                    func(o *simfleet.Options) { o.Advisories = nil },
		"another start, 2014-09-28T11:00:00Z": func(o *simfleet.Options) { o.Start++ },
	} {
		other := given
		change(&other)
		_, err := simfleet.Open(other)
		if err == nil || !strings.Contains(err.Error(), "world.log:1: the memory of the simulated fleet is of "+want+"; use ") {
			t.Errorf("want %s, got %v", want, err)
		}
	}
	if after, err := os.ReadFile(given.Path); err != nil || !bytes.Equal(after, log) {
		t.Errorf("a refusal changed the log: %v", err)
	}
}

func TestADamagedLogIsRefusedWithItsLine(t *testing.T) {
	o := options(newFleet(t, 3), parse(t, "seed: 5"))
	o.Path = filepath.Join(t.TempDir(), "world.log")
	log := string(written(t, o))
	lines := strings.SplitAfter(log, "\n")
	for _, c := range []struct{ log, want string }{
		{"x" + log, "world.log:1: the memory of the simulated fleet is damaged: the first line cannot be read; start again"},
		{strings.Replace(log, `"world":1`, `"world":2`, 1), "world.log:1: the memory of the simulated fleet is of form 2 of the log, and this program knows 1;"},
		{lines[0] + lines[1] + "{\n" + lines[2], "world.log:3: the memory of the simulated fleet is damaged: the line cannot be read;"},
		{lines[0] + lines[len(lines)-2] + lines[1], "world.log:3: the memory of the simulated fleet is damaged: the time goes back;"},
	} {
		if err := os.WriteFile(o.Path, []byte(c.log), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := simfleet.Open(o); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("want %s, got %v", c.want, err)
		}
	}
}

func TestAScenarioIsTheSameWhereverItIsWritten(t *testing.T) {
	given := options(newFleet(t, 6), parse(t, everyFault))
	given.Path = filepath.Join(t.TempDir(), "world.log")
	written(t, given)
	moved := given
	scenario, problems := simfleet.ParseScenario("elsewhere.yaml", []byte("# moved\n"+everyFault))
	if problems.Failed() {
		t.Fatal(problems.Err())
	}
	moved.Scenario = scenario
	open(t, moved)
	for i := range scenario.Faults {
		other := *scenario
		other.Faults = append([]simfleet.Fault{}, scenario.Faults...)
		other.Faults[i].Times += 2
		moved.Scenario = &other
		if _, err := simfleet.Open(moved); err == nil {
			t.Errorf("fault %d was changed, and nobody saw it", i)
		}
	}
	other := *scenario
	other.Clock = other.Clock[:1]
	moved.Scenario = &other
	if _, err := simfleet.Open(moved); err == nil {
		t.Error("a jump was taken out, and nobody saw it")
	}
}

func TestWhatCannotBeWrittenDownDoesNotHappen(t *testing.T) {
	o := options(newFleet(t, 3), nil)
	o.Path = filepath.Join(t.TempDir(), "world.log")
	world := open(t, o)
	before := []any{see(t, world, "h-0000"), world.Now()}
	if err := world.Close(); err != nil {
		t.Fatal(err)
	}
	if err := world.Begin(t.Context(), []dispatch.Order{orderTo(o.Fleet, "h-0000", dispatch.Cordon, 1)}); err == nil {
		t.Error("an order was taken that could not be written down")
	}
	if err := world.Wait(t.Context(), start.Add(calendar.Hour), nil); err == nil {
		t.Error("time passed that could not be written down")
	}
	if after := []any{see(t, world, "h-0000"), world.Now()}; !reflect.DeepEqual(before, after) {
		t.Errorf("the world was %+v and is %+v", before, after)
	}
}

func TestAStepThatTakesNoTimeIsOverAtOnce(t *testing.T) {
	o := options(newFleet(t, 3), nil)
	o.Policy = &policy.Policy{DefaultOutage: 1}
	o.Path = filepath.Join(t.TempDir(), "world.log")
	world := open(t, o)
	orders := []dispatch.Order{orderTo(o.Fleet, "h-0001", dispatch.Cordon, 1), orderTo(o.Fleet, "h-0001", dispatch.Drain, 1)}
	if err := world.Begin(t.Context(), orders); err != nil {
		t.Fatal(err)
	}
	seen := see(t, world, "h-0001")
	mustSay(t, seen, dispatch.Done, "")
	mustBe(t, world, start)
	if again := line(see(t, reopen(t, world, o), "h-0001")); again != line(seen) || seen.Outcome.Step != dispatch.Drain {
		t.Errorf("the host was\n%s\nand opened again it is\n%s", line(seen), again)
	}
}

func TestAFleetWithoutAPlannedOutageLivesAllTheSame(t *testing.T) {
	o := options(newFleet(t, 3), nil)
	o.Policy = &policy.Policy{}
	world := open(t, o)
	life(t, world, o.Fleet, "h-0000", wholeLife...)
	if took := world.Now().Sub(start); took > 10*calendar.Minute || took < 7*calendar.Minute {
		t.Errorf("the outage takes %s", took)
	}
}
