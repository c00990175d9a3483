package planner_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"

	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/plan"
	"github.com/evenkeel-project/evenkeel/internal/core/planner"
)

// TestPlansFollowTheRulesOfThePolicy prints the plan of each world in testdata/rules; world_test.go says how
// worlds are written.
func TestPlansFollowTheRulesOfThePolicy(t *testing.T) {
	datadriven.Walk(t, "testdata/rules", func(t *testing.T, path string) {
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			if d.Cmd != "plan" {
				d.Fatalf(t, "no such command: %s", d.Cmd)
			}
			w := readWorld(t, d.Input)
			p, problems := planner.Make(w.input(t, 0))
			var b strings.Builder
			for _, each := range problems.Items() {
				if each.Code != "zones-not-ordered" {
					fmt.Fprintln(&b, each.Error())
				}
			}
			if p != nil {
				b.WriteString(printed(p))
				for _, fault := range w.faults(p) {
					fmt.Fprintln(&b, "FAULT", fault)
				}
			}
			return b.String()
		})
	})
}

// printed prints a plan with instants as durations since the start.
func printed(p *plan.Plan) string {
	var b strings.Builder
	at := func(t calendar.Instant) string { return "+" + t.Sub(p.Start).String() }
	for _, o := range p.Outages {
		canary := ""
		if o.Canary {
			canary = " canary"
		}
		fmt.Fprintf(&b, "%s %s to %s, window to %s%s\n", o.Host, at(o.Start), at(o.End), at(o.Window.To), canary)
	}
	for _, m := range p.Moves {
		fmt.Fprintf(&b, "move %s from %s to %s at %s\n", m.Guest, m.From, m.To, at(m.At))
	}
	for _, e := range p.Excluded {
		fmt.Fprintf(&b, "excluded %s: %s\n", e.Host, e.Reason)
	}
	for _, x := range p.Blocked {
		fmt.Fprintf(&b, "blocked %s by %s: %s\n", x.Host, x.Group, x.Reason)
		for _, m := range x.Proposal {
			fmt.Fprintf(&b, "  proposed %s to %s\n", m.Guest, m.To)
		}
	}
	fmt.Fprintf(&b, "makespan %s, bound %s: %s\n", p.Makespan, p.Bound.Seconds, p.Bound.Binding)
	if p.Deadline != nil {
		fmt.Fprintf(&b, "deadline %s, margin %s, latest safe start %s\n", at(*p.Deadline), *p.Margin, at(*p.LatestSafeStart))
	}
	return b.String()
}
