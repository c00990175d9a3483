package simfleet_test

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/label"
	"github.com/evenkeel-project/evenkeel/internal/core/policy"
	"github.com/evenkeel-project/evenkeel/internal/core/problem"
	"github.com/evenkeel-project/evenkeel/internal/driver/simfleet"
)

const wholeScenario = `seed: 7
spread: 20
patch: {xen: 4.10, patches: [XSA-108]}
faults:
  - {fault: dead, hosts: [h-0001, h-0002]}
  - {fault: slow, where: {generation: old, zone: dfw-1}, factor: 3}
  - {fault: unpatched, share: 1.5%}
  - {fault: cordon-fails, count: 2, times: 1}
clock:
  - {at: 2014-09-28T14:00:00Z, by: 2h}
  - {at: 2014-09-28T16:00:00+01:00, by: -10m}
`

func parse(t *testing.T, content string) *simfleet.Scenario {
	t.Helper()
	s, problems := simfleet.ParseScenario("scenario.yaml", []byte(content))
	if problems.Failed() {
		t.Fatal(problems.Err())
	}
	return s
}

func TestEveryKeyOfAScenarioIsRead(t *testing.T) {
	path := filepath.Join(t.TempDir(), "scenario.yaml")
	if err := os.WriteFile(path, []byte(wholeScenario), 0o600); err != nil {
		t.Fatal(err)
	}
	got, problems := simfleet.ReadScenario(path)
	if problems.Failed() {
		t.Fatal(problems.Err())
	}
	at := func(line int) problem.Place { return problem.Place{File: path, Line: line, Column: 5} }
	want := &simfleet.Scenario{Seed: 7, Spread: 20,
		Patch: label.NewSet([]label.Pair{text("xen", "4.10"), {Key: "patches", Value: label.TextList("XSA-108")}}),
		Faults: []simfleet.Fault{
			{Kind: simfleet.Dead, Hosts: []string{"h-0001", "h-0002"}, Place: at(5)},
			{Kind: simfleet.Slow, Where: []policy.Term{{Key: "generation", Value: "old"}, {Key: "zone", Value: "dfw-1"}}, Factor: 3, Place: at(6)},
			{Kind: simfleet.Unpatched, Share: share(t, "1.5%"), Place: at(7)},
			{Kind: simfleet.CordonFails, Count: 2, Times: 1, Place: at(8)},
		},
		Clock: []simfleet.Jump{{At: start + 3*3600, By: 2 * calendar.Hour}, {At: start + 4*3600, By: -10 * calendar.Minute}}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

func TestAScenarioMaySayNothing(t *testing.T) {
	if got := parse(t, "{}"); !reflect.DeepEqual(got, &simfleet.Scenario{Spread: 25}) {
		t.Errorf("got %+v", got)
	}
}

func TestAllFaultsOfAScenarioAreToldAtOnceWithTheirPlaces(t *testing.T) {
	_, problems := simfleet.ParseScenario("scenario.yaml", []byte(`sed: 7
spread: 91
patch: 4
faults:
  - {fault: ded, hosts: [h-0001]}
  - {fault: dead}
  - {fault: slow, count: 1}
  - {fault: dead, count: 1, factor: 2}
  - {fault: dead, count: 1, share: 1%}
  - {fault: dead, share: 3}
  - {fault: dead, hosts: [h-0001], where: {a: b}}
  - {fault: dead, where: {}}
  - {fault: dead, where: {a: [b, c]}}
  - {fault: dead, count: 0}
  - {hosts: [h-0001]}
clock:
  - {at: noon, by: 1h}
  - {at: 2014-09-28T14:00:00Z, by: --1h}
  - {at: 2014-09-28T14:00:00Z, by: 31d}
  - {at: 2014-09-28T14:00:00Z, by: "-0"}
  - {at: 2014-09-28T14:00:00Z}
`))
	want := strings.TrimSpace(`
scenario.yaml:1:1: the scenario has a key "sed", which has no meaning here; did you mean seed? [unknown-key]
scenario.yaml:2:9: the scenario: spread: "91" is not a whole number from 0 to 90; correct it [bad-value]
scenario.yaml:3:8: the scenario: patch should be a map but is a single value; write a map [bad-type]
scenario.yaml:5:13: faults[0]: fault: "ded" has no meaning here; did you mean dead? [bad-value]
scenario.yaml:6:13: faults[1]: fault: it strikes no host, for empty never means all; add hosts, where, share or count [bad-value]
scenario.yaml:7:5: faults[2] has no factor; add it [missing-key]
scenario.yaml:8:37: faults[3]: factor: only the fault slow has a factor; take it out [bad-value]
scenario.yaml:9:26: faults[4]: count: it stands beside share; take one of the two out [bad-value]
scenario.yaml:10:26: faults[5]: share: 3 is not a share; write a percentage, or use count [bad-value]
scenario.yaml:11:26: faults[6]: hosts: hosts that are named cannot be picked by where, share or count as well; use one of the two ways [bad-value]
scenario.yaml:12:26: faults[7]: where: it is empty, and empty never means all; name a label with its value [bad-value]
scenario.yaml:13:26: faults[8]: where: the value of a is a list; write one value [bad-value]
scenario.yaml:14:26: faults[9]: count: "0" is not a whole number from 1 to 10000000; correct it [bad-value]
scenario.yaml:15:5: faults[10] has no fault; add it [missing-key]
scenario.yaml:17:10: clock[0]: at: "noon" is not a time; write it as 2014-10-01T12:00:00Z; correct it [bad-value]
scenario.yaml:18:36: clock[1]: by: "-1h" is not a duration; write it as 14m, 1h30m or 90s; correct it [bad-value]
scenario.yaml:19:36: clock[2]: by: the clock cannot be set by 31d; write a duration of up to 30d [bad-value]
scenario.yaml:20:36: clock[3]: by: the clock cannot be set by 0s; write a duration of up to 30d [bad-value]
scenario.yaml:21:5: clock[4] has no by; add it [missing-key]`)
	if err := problems.Err(); err == nil || err.Error() != want {
		t.Errorf("got\n%v\nwant\n%s", err, want)
	}
}

func TestAScenarioForAnotherFleetIsRefused(t *testing.T) {
	s := parse(t, `faults:
  - {fault: dead, hosts: [h-0001, h-9999]}
  - {fault: dead, where: {generation: ancient}}
  - {fault: dead, hosts: []}
`)
	_, err := simfleet.Open(options(newFleet(t, 3), s))
	want := `scenario.yaml:2:5: the fault dead names host "h-9999", which the fleet does not have; correct the name, or use the fleet that has it [unknown-name]
scenario.yaml:3:5: the fault dead picks no host of the fleet; correct the labels, or take the fault out [selector-picks-nothing]
scenario.yaml:4:5: the fault dead picks no host of the fleet; correct the labels, or take the fault out [selector-picks-nothing]`
	if err == nil || err.Error() != want {
		t.Errorf("got\n%v\nwant\n%s", err, want)
	}
}
