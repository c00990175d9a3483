package planner_test

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/evenkeel-project/evenkeel/internal/core/planner"
)

// movingWorld draws a random world whose hosts have capacities, whose guests mostly move, and whose policy says how.
func movingWorld(t *rapid.T, hostsMax int) string {
	var b strings.Builder
	pick := func(name string, from ...string) string { return rapid.SampledFrom(from).Draw(t, name) }
	written := pick("capacities", "all", "all", "some", "none")
	room := rapid.SampledFrom([]int{4, 9, 30}).Draw(t, "room at most")
	for line := range strings.Lines(usable(t, hostsMax)) {
		line = strings.TrimSuffix(line, "\n")
		switch {
		case strings.HasPrefix(line, "host") && (written == "all" || (written == "some" && rapid.Bool().Draw(t, "capacity written"))):
			line += fmt.Sprintf(" capacity=cpu:%d,memory_mib:%d", rapid.IntRange(2, room).Draw(t, "cpu"), rapid.IntRange(3, 2*room).Draw(t, "memory"))
		case strings.HasPrefix(line, "guest"):
			if !strings.HasSuffix(line, " migrate") {
				line += " " + pick("leaves", "", "migrate", "migrate", "migrate")
			}
			line += pick("demand", "", " demand=cpu:1", " demand=cpu:1,memory_mib:2", " demand=cpu:2,memory_mib:1", " demand=memory_mib:4")
		}
		b.WriteString(line + "\n")
	}
	fmt.Fprintf(&b, "moves host=%s %s %s %s %s length=%s\n", pick("host", "1", "2"), pick("group", "", "group=1", "group=2"), pick("tenant", "", "tenant=1", "tenant=2"),
		pick("fleet", "", "fleet=1", "fleet=3"), pick("bandwidth", "", "bandwidth=1", "bandwidth=4"), pick("length", "1s", "2s", "3s"))
	return b.String()
}

func TestEveryMoveKeepsTheRulesInRandomWorlds(t *testing.T) {
	moves, blocked, planned := 0, 0, 0
	rapid.Check(t, func(rt *rapid.T) {
		w := readWorld(t, movingWorld(rt, rapid.SampledFrom([]int{3, 6, 14, 40}).Draw(rt, "hosts at most")))
		p, problems := planner.Make(w.input(t, 0))
		if problems.Failed() {
			rt.Fatalf("refused: %v\n%s", problems.Err(), w.text)
		}
		if faults := w.faults(p); len(faults) > 0 {
			rt.Fatalf("%s\n%s%s", strings.Join(faults, "\n"), w.text, printed(p))
		}
		moves, blocked, planned = moves+len(p.Moves), blocked+len(p.Blocked), planned+len(p.Outages)
	})
	t.Logf("%d moves, %d outages, %d blocked hosts", moves, planned, blocked)
}

func TestMovesOfTooManyResourcesAreRefused(t *testing.T) {
	var names []string
	for n := range 33 {
		names = append(names, fmt.Sprintf("r%02d:1", n))
	}
	text := "host a r/z 10m capacity=" + strings.Join(names, ",") + "\nhost b r/z 10m\ngroup g t 1\nguest v1 a t g\nguest v2 a t g\n"
	p, problems := planner.Make(readWorld(t, text).input(t, 0))
	if problems.Failed() || len(p.Blocked) != 1 || p.Blocked[0].Proposal != nil {
		t.Errorf("without moves there should be a plan that proposes nothing, not %v %v", p, problems.Err())
	}
	if _, problems := planner.Make(readWorld(t, text+"moves\n").input(t, 0)); !problems.Failed() || problems.Items()[1].Code != "too-many-resources" {
		t.Errorf("33 resources are planned: %v", problems.Err())
	}
}

// TestAFullFleetComesToAnEnd plans zones in which nothing or next to nothing fits: every host is planned or blocked with
// a reason that names a guest.
func TestAFullFleetComesToAnEnd(t *testing.T) {
	for _, spare := range []int{0, 1} {
		var b strings.Builder
		for h := range 60 {
			fmt.Fprintf(&b, "host h%02d r/z 10m capacity=cpu:%d\n", h, 4+spare)
			for g := range 4 {
				fmt.Fprintf(&b, "guest v%02d-%d h%02d t migrate demand=cpu:1\n", h, g, h)
			}
		}
		w := readWorld(t, b.String()+"moves\ncanary 1 5m\n")
		p, problems := planner.Make(w.input(t, 0))
		if problems.Failed() {
			t.Fatal(problems.Err())
		}
		if len(p.Outages)+len(p.Blocked) != 60 || (spare == 0) != (len(p.Outages) == 0) {
			t.Errorf("with %d to spare on every host, %d outages and %d blocked", spare, len(p.Outages), len(p.Blocked))
		}
		for _, x := range p.Blocked {
			if x.Group != "" || !strings.Contains(x.Reason, "guest v") || !strings.Contains(x.Reason, "cpu 1") {
				t.Fatalf("%s is blocked by %q: %s", x.Host, x.Group, x.Reason)
			}
		}
		if faults := w.faults(p); len(faults) > 0 {
			t.Errorf("with %d to spare: %s", spare, strings.Join(faults, "\n"))
		}
	}
}

// TestAHostThatTakesGuestsIsEmptiedWhenTheyHaveArrived has a zone in which guest v moves to host b for half an hour, and room for
// all guests of b comes free after ten minutes.
func TestAHostThatTakesGuestsIsEmptiedWhenTheyHaveArrived(t *testing.T) {
	var b strings.Builder
	b.WriteString("host a r/z 10m capacity=cpu:3\nhost b r/z 10m capacity=cpu:200\nhost c r/z 10m capacity=cpu:200\n")
	b.WriteString("guest v a t migrate demand=cpu:3\n")
	for g := range 130 {
		fmt.Fprintf(&b, "guest w%03d b t migrate demand=cpu:1\n", g)
	}
	w := readWorld(t, b.String()+"moves length=30m host=200\n")
	p, problems := planner.Make(w.input(t, 0))
	if problems.Failed() {
		t.Fatal(problems.Err())
	}
	if len(p.Moves) != 132 || p.Moves[0].Guest != "v" || p.Moves[0].To != "b" || p.Moves[1].At != start.Add(30*60) {
		t.Errorf("v should go to b at once, and then all from b to c:\n%s", printed(p))
	}
	if faults := w.faults(p); len(faults) > 0 {
		t.Error(strings.Join(faults, "\n"))
	}
}

// TestAHostThatIsBeingEmptiedTakesNoGuest has hosts that are all emptied onto ones that go later; none of them is its own
// guests' target, nor another's once its guests leave.
func TestAHostThatIsBeingEmptiedTakesNoGuest(t *testing.T) {
	var b strings.Builder
	for h := range 30 {
		fmt.Fprintf(&b, "host h%02d r/z 10m capacity=cpu:%d\n", h, 9+h%3)
		for g := range 8 {
			fmt.Fprintf(&b, "guest v%02d-%d h%02d t migrate demand=cpu:1\n", h, g, h)
		}
	}
	w := readWorld(t, b.String()+"moves length=5m host=1\n")
	p, problems := planner.Make(w.input(t, 0))
	if problems.Failed() || len(p.Outages) != 30 {
		t.Fatalf("%d outages, %v", len(p.Outages), problems.Err())
	}
	if faults := w.faults(p); len(faults) > 0 {
		t.Error(strings.Join(faults, "\n"))
	}
}
