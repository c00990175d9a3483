package planner_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/exposure"
	"github.com/evenkeel-project/evenkeel/internal/core/planner"
	"github.com/evenkeel-project/evenkeel/internal/core/policy"
	"github.com/evenkeel-project/evenkeel/internal/core/problem"
)

// A report is what the planner asks about exposure.
var _ planner.Exposure = (*exposure.Report)(nil)

func TestFreeZonesComeWithAWarningAndAPlan(t *testing.T) {
	w := readWorld(t, "host a r/z 5m\norder zones free")
	p, problems := planner.Make(w.input(t, 0))
	if p == nil || problems.Failed() {
		t.Fatalf("no plan: %v", problems.Err())
	}
	if items := problems.Items(); len(items) != 1 || items[0].Code != "zones-not-ordered" || !items[0].Warning {
		t.Errorf("problems %v, want the one warning zones-not-ordered", items)
	}
}

func TestARefusalComesWithoutAPlanAndNamesItsObjects(t *testing.T) {
	for _, example := range []struct {
		text   string
		code   problem.Code
		object string
	}{
		{"host a r/z -\norder zones one-at-a-time", "no-outage-length", "a"},
		{"host a r/z 5m\norder zones one-at-a-time\nadvisory A-1 none", "no-outage-needed", "A-1"},
		{"host a r/z 5m\nhost b q/y 5m state=fixed\norder zones one-at-a-time\norder regions q", "region-not-listed", "r"},
	} {
		p, problems := planner.Make(readWorld(t, example.text).input(t, 0))
		items := problems.Items()
		if p != nil || len(items) != 1 || items[0].Code != example.code || items[0].Objects[0] != example.object || items[0].Fix == "" {
			t.Errorf("%q: plan %v, problems %v; want no plan and %s naming %s", example.text, p != nil, items, example.code, example.object)
		}
	}
}

func TestAWaivedGroupBlocksNoHostAndHoldsUpNone(t *testing.T) {
	w := readWorld(t, "host a r/z 5m\nhost b r/z 5m\nhost c r/z 5m\norder zones one-at-a-time\n"+
		"group g1 t 1\ngroup g2 t 1\nguest v1 a t g1,g2\nguest v2 a t g1\nguest v3 b t g2\nguest v4 c t g2")
	in := w.input(t, 0)
	for _, example := range []struct {
		waived   []string
		blocked  int
		makespan calendar.Seconds
	}{{nil, 1, 600}, {[]string{"g1"}, 0, 900}, {[]string{"g2"}, 1, 300}, {[]string{"g1", "g2"}, 0, 300}} {
		in.Waived = nil
		for _, id := range example.waived {
			g, _ := in.Fleet.FindGroup(id)
			in.Waived = append(in.Waived, g)
		}
		p, problems := planner.Make(in)
		if problems.Failed() || len(p.Blocked) != example.blocked || p.Makespan != example.makespan {
			t.Errorf("waived %q: %v\n%s", example.waived, problems.Err(), printed(p))
		}
	}
}

func TestTheOrderOfTheAdvisoriesDoesNotChangeThePlan(t *testing.T) {
	w := readWorld(t, "host a r/z 5m\norder zones one-at-a-time\nadvisory A-1 reboot\nadvisory A-2 reboot")
	first, _ := planner.Make(w.input(t, 0))
	slices.Reverse(w.advisories)
	turned, _ := planner.Make(w.input(t, 0))
	if first.Digest != turned.Digest {
		t.Errorf("advisories %v and %v make two plans of one", first.Advisories, turned.Advisories)
	}
}

func TestALatePlanThatNoWritableStartCouldHaveSavedIsRefused(t *testing.T) {
	w := readWorld(t, "host a r/z 10m\norder zones one-at-a-time\nadvisory A-1 reboot until=5m")
	w.policy.Freezes = []policy.Freeze{{Span: calendar.Span{From: 60, To: start - 60}}}
	p, problems := planner.Make(w.input(t, 0))
	items := problems.Items()
	if p != nil || len(items) != 1 || items[0].Code != "out-of-time" || strings.Contains(items[0].Sentence, "0 hosts") {
		t.Errorf("plan %v, problems %v; want no plan and out-of-time", p != nil, items)
	}
}

func TestATenantWithManyDifferentHostsIsBoundedInReasonableTime(t *testing.T) {
	var b strings.Builder
	for h := range 40 {
		fmt.Fprintf(&b, "host h%02d r/z 10m\n", h)
		for g := range 40 + h {
			fmt.Fprintf(&b, "guest v%02d-%02d h%02d t\n", h, g, h)
		}
	}
	w := readWorld(t, b.String()+"limit tenant 1\norder zones one-at-a-time")
	p, problems := planner.Make(w.input(t, 0))
	if problems.Failed() {
		t.Fatal(problems.Err())
	}
	if p.Bound.Seconds != 40*600 || p.Makespan != p.Bound.Seconds {
		t.Errorf("bound %s, makespan %s; no two of the 40 hosts fit together", p.Bound.Seconds, p.Makespan)
	}
}
