package planner_test

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/planner"
)

// drawWorld writes a random world of up to hostsMax hosts in the language of readWorld.
func drawWorld(t *rapid.T, hostsMax int) string {
	groupsMax := 1 + hostsMax/3
	var b strings.Builder
	pick := func(name string, from ...string) string { return rapid.SampledFrom(from).Draw(t, name) }
	n := rapid.IntRange(1, hostsMax).Draw(t, "hosts")
	for h := range n {
		region := pick("region", "r1", "r1", "r2")
		fmt.Fprintf(&b, "host h%d %s/%s-%s %ds gen=%s kind=%s %s %s\n", h, region, region, pick("zone", "a", "a", "b", "c"),
			rapid.IntRange(1, 5).Draw(t, "length"), pick("gen", "x", "x", "y"), pick("kind", "n", "n", "n", "core", "keep"),
			pick("rack", "", "rack=k1", "rack=k2"), pick("state", "", "", "", "", "state=fixed", "state=not-affected,unknown", "state=unknown"))
	}
	for g := range rapid.IntRange(0, groupsMax).Draw(t, "groups") {
		fmt.Fprintf(&b, "group g%d t%d %s\n", g, g%2, pick("max down", "1", "1", "2", "3", "50%", "34%", "0", "100%", "100%"))
		for m := range rapid.IntRange(1, 4+groupsMax).Draw(t, "members") {
			fmt.Fprintf(&b, "guest v%d-%d h%d t%d g%d %s\n", g, m, rapid.IntRange(0, n-1).Draw(t, "on"), g%2, g, pick("reboot", "", "", "", "migrate"))
		}
	}
	for _, scope := range []string{"fleet", "region", "zone", "rack", "cohort", "tenant"} {
		if amount := pick(scope, "", "", "", "1", "2", "50%", "3"); amount != "" {
			fmt.Fprintf(&b, "limit %s %s\n", scope, amount)
		}
	}
	fmt.Fprintf(&b, "order regions %s\n", pick("regions", "free", "free", "smallest-first", "r2,r1"))
	fmt.Fprintf(&b, "order zones %s\nbake zone %ds\nbake region %ds\n", pick("zones", "free", "one-at-a-time"),
		rapid.IntRange(0, 2).Draw(t, "zone bake"), rapid.IntRange(0, 2).Draw(t, "region bake"))
	fmt.Fprintf(&b, "canary %d %ds %s\n", rapid.IntRange(0, 2).Draw(t, "canaries"), rapid.IntRange(0, 3).Draw(t, "bake"),
		pick("per", "", "gen", "gen,region", "zone"))
	fmt.Fprintf(&b, "%s\n%s\n", pick("last", "", "last kind=core"), pick("protected", "", "protected kind=keep"))
	for range rapid.IntRange(0, 2).Draw(t, "freezes") {
		from := rapid.IntRange(0, 12).Draw(t, "from")
		fmt.Fprintf(&b, "freeze %ds %ds %s\n", from, from+rapid.IntRange(1, 4).Draw(t, "frozen"), pick("scope", "", "region=R", "zone=Z", "tenant=T"))
	}
	fmt.Fprintf(&b, "stuck %ds\nreserve %ds\n", rapid.IntRange(0, 3).Draw(t, "stuck"), rapid.IntRange(0, 3).Draw(t, "reserve"))
	fmt.Fprintf(&b, "advisory A-1 reboot %s\nadvisory A-2 stop-start %s\n", pick("until", "", "until=9s"), pick("until", "", "until=15s"))
	return settle(b.String())
}

// settle replaces the scopes of freezes by names that the world has, or by none.
func settle(text string) string {
	has := func(word string) bool { return strings.Contains(text, word) }
	region, zone, tenant := "", "", ""
	if has(" r2/") {
		region = "region=r2"
	}
	if has("/r1-a ") {
		zone = "zone=r1-a"
	}
	if has(" t0 ") {
		tenant = "tenant=t0"
	}
	return strings.NewReplacer("region=R", region, "zone=Z", zone, "tenant=T", tenant).Replace(text)
}

// usable draws a world whose listed regions all exist.
func usable(t *rapid.T, hostsMax int) string {
	text := drawWorld(t, hostsMax)
	if !strings.Contains(text, " r1/") || !strings.Contains(text, " r2/") {
		text = strings.Replace(text, "order regions r2,r1", "order regions smallest-first", 1)
	}
	return text
}

func TestEveryRuleHoldsInRandomWorlds(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		w := readWorld(t, usable(rt, rapid.SampledFrom([]int{6, 14, 50}).Draw(rt, "hosts at most")))
		p, problems := planner.Make(w.input(t, 0))
		if problems.Failed() {
			rt.Fatalf("refused: %v\n%s", problems.Err(), w.text)
		}
		if faults := w.faults(p); len(faults) > 0 {
			rt.Fatalf("%s\n%s%s", strings.Join(faults, "\n"), w.text, printed(p))
		}
	})
}

func TestTheOrderOfTheFileDoesNotChangeThePlan(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		w := readWorld(t, usable(rt, 14))
		first, _ := planner.Make(w.input(t, 0))
		again, _ := planner.Make(w.input(t, 0))
		turned, _ := planner.Make(w.input(t, rapid.IntRange(1, 20).Draw(rt, "turned by")))
		if first.Digest != again.Digest || first.Digest != turned.Digest {
			rt.Fatalf("digests %s, %s, %s\n%s", first.Digest, again.Digest, turned.Digest, w.text)
		}
		if first.Digest != first.ContentDigest() || first.Seed != 7 {
			rt.Fatalf("the plan is not sealed with its own digest, or its seed %d is not that of the input\n%s", first.Seed, w.text)
		}
	})
}

func TestTheBoundIsNeverAboveTheOptimum(t *testing.T) {
	tight, total := 0, 0
	rapid.Check(t, func(rt *rapid.T) {
		w := readWorld(t, usable(rt, 5))
		p, problems := planner.Make(w.input(t, 0))
		if problems.Failed() {
			rt.Fatalf("refused: %v\n%s", problems.Err(), w.text)
		}
		optimum := w.optimum(p.Start)
		if p.Bound.Seconds > optimum || p.Makespan < optimum {
			rt.Fatalf("bound %s, optimum %s, makespan %s\n%s%s", p.Bound.Seconds, optimum, p.Makespan, w.text, printed(p))
		}
		total++
		if p.Bound.Seconds == optimum {
			tight++
		}
	})
	t.Logf("the bound is the optimum in %d of %d worlds", tight, total)
}

// optimum tries every choice of canaries and every order of the planned hosts, each host as early as those before
// it allow. Some such schedule is a shortest one: an outage that can move earlier alone may as well.
func (w *world) optimum(from calendar.Instant) calendar.Seconds {
	toDo, planned := w.split()
	s := &exhaustive{w: w, toDo: toDo, planned: planned, from: from, limits: append(w.groupLimits(), w.scopeLimits()...),
		best: 1 << 40, canary: make([]bool, len(planned))}
	s.chooseCanaries(0)
	return s.best
}

type exhaustive struct {
	w             *world
	toDo, planned []worldHost
	limits        []sharedLimit
	from          calendar.Instant
	canary        []bool
	all           []placed
	best          calendar.Seconds
}

// chooseCanaries decides host i and those after it, then tries the orders of every choice with the right
// number of canaries in each cohort.
func (s *exhaustive) chooseCanaries(i int) {
	if i < len(s.planned) {
		for _, canary := range []bool{true, false} {
			s.canary[i] = canary
			s.chooseCanaries(i + 1)
		}
		return
	}
	for _, a := range s.planned {
		size, canaries := 0, 0
		for k, b := range s.planned {
			if s.w.cohort(a) == s.w.cohort(b) {
				size++
				if s.canary[k] {
					canaries++
				}
			}
		}
		if canaries != min(size, s.w.policy.Canary.Hosts) {
			return
		}
	}
	s.place(s.from)
}

// place puts every host that is not placed next, if all that must precede it are placed.
func (s *exhaustive) place(finish calendar.Instant) {
	if finish.Sub(s.from) >= s.best {
		return
	}
	if len(s.all) == len(s.planned) {
		s.best = finish.Sub(s.from)
		return
	}
	for i, h := range s.planned {
		if at, ok := s.release(i, h); ok {
			for ; !s.fits(h, at); at++ {
			}
			end := at.Add(h.spec.Outage)
			s.all = append(s.all, placed{h, at, end, s.canary[i]})
			s.place(max(finish, end))
			s.all = s.all[:len(s.all)-1]
		}
	}
}

// release returns the earliest start that the hosts ahead of h allow, false when h is placed or one of those
// is not.
func (s *exhaustive) release(i int, h worldHost) (calendar.Instant, bool) {
	at := s.from
	for k, other := range s.planned {
		end, isPlaced := calendar.Instant(0), false
		for _, x := range s.all {
			if x.host.spec.ID == other.spec.ID {
				end, isPlaced = x.end, true
			}
		}
		if other.spec.ID == h.spec.ID {
			if isPlaced {
				return 0, false
			}
			continue
		}
		bake, ahead := s.w.before(s.toDo, other, h)
		if ahead {
			at = max(at, end.Add(bake))
		}
		if s.w.cohort(other) == s.w.cohort(h) && s.canary[k] && !s.canary[i] {
			ahead = true
			at = max(at, end.Add(s.w.policy.Canary.Bake))
		}
		if ahead && !isPlaced {
			return 0, false
		}
	}
	return at, true
}

func (s *exhaustive) fits(h worldHost, at calendar.Instant) bool {
	end := at.Add(h.spec.Outage)
	if s.w.frozen(h, calendar.Span{From: at, To: end}) {
		return false
	}
	for _, l := range s.limits {
		if l.weight[h.spec.ID] == 0 {
			continue
		}
		for t := at; t < end; t++ {
			if downAt(s.all, l, t)+l.weight[h.spec.ID] > l.allowed {
				return false
			}
		}
	}
	return true
}
