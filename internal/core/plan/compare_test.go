package plan_test

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/canon"
	"github.com/evenkeel-project/evenkeel/internal/core/plan"
)

// smallPlan draws a plan over a few hosts, each of which stands in one place at most.
func smallPlan(t *rapid.T) *plan.Plan {
	digest := func(name string) canon.Digest {
		return canon.Of([]byte(rapid.SampledFrom([]string{"a", "b"}).Draw(t, name)))
	}
	instant := func(name string) calendar.Instant {
		return start.Add(calendar.Seconds(rapid.IntRange(0, 9).Draw(t, name)))
	}
	p := &plan.Plan{Fleet: digest("fleet"), Policy: digest("policy"), Start: start}
	for _, id := range []string{"XSA-1", "XSA-2"} {
		if rapid.Bool().Draw(t, "answers") {
			p.Advisories = append(p.Advisories, plan.AdvisoryRef{ID: id, Digest: digest("advisory")})
		}
	}
	for i := range 6 {
		host := fmt.Sprintf("c-%d", i)
		switch rapid.IntRange(0, 5).Draw(t, "standing") {
		case 0:
			p.Excluded = append(p.Excluded, plan.Excluded{Host: host, Reason: rapid.SampledFrom([]plan.Reason{plan.Fixed, plan.Protected}).Draw(t, "reason")})
		case 1:
			p.Blocked = append(p.Blocked, plan.Blocked{Host: host, Group: rapid.SampledFrom([]string{"acme/db", "acme/web"}).Draw(t, "group")})
		case 2:
		default:
			from := instant("start")
			p.Outages = append(p.Outages, plan.Outage{Host: host, Start: from, End: from.Add(1), Canary: rapid.Bool().Draw(t, "canary"),
				Window: calendar.Span{From: from, To: instant("window")}})
		}
		if rapid.Bool().Draw(t, "moves") {
			p.Moves = append(p.Moves, plan.Move{Guest: host, At: instant("move")})
		}
	}
	p.Seal()
	return p
}

func TestAComparisonMirrorsTheOneTheOtherWayRound(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		a, b := smallPlan(rt), smallPlan(rt)
		there, back := plan.Compare(a, b), plan.Compare(b, a)
		if there.Same != back.Same || there.Fleet != back.Fleet || there.Policy != back.Policy || there.Lengths != back.Lengths {
			rt.Fatalf("%+v\n%+v", there, back)
		}
		if there.Earlier != back.Later || there.Later != back.Earlier {
			rt.Fatalf("earlier %+v and later %+v, the other way %+v and %+v", there.Earlier, there.Later, back.Earlier, back.Later)
		}
		if !slices.Equal(there.Canaries.Became, back.Canaries.Ceased) || !slices.Equal(there.Canaries.Ceased, back.Canaries.Became) {
			rt.Fatalf("canaries %+v, the other way %+v", there.Canaries, back.Canaries)
		}
		if there.Moves.Added != back.Moves.Dropped || there.Moves.Dropped != back.Moves.Added {
			rt.Fatalf("moves %+v, the other way %+v", there.Moves, back.Moves)
		}
		sum := func(w plan.WindowChanges) int { return w.Earlier + w.Later + w.Within }
		if sum(there.Windows) != sum(back.Windows) {
			rt.Fatalf("windows %+v, the other way %+v", there.Windows, back.Windows)
		}
		mirrored(rt, there, back)
	})
}

// mirrored compares the lists of two comparisons, entry by entry, with old and new exchanged.
func mirrored(t *rapid.T, there, back plan.Comparison) {
	advisories := slices.Clone(back.Advisories)
	for i, a := range advisories {
		advisories[i].Old, advisories[i].New = a.New, a.Old
	}
	transfers := slices.Clone(back.Transfers)
	for i, x := range transfers {
		transfers[i].Old, transfers[i].New = x.New, x.Old
	}
	changes := slices.Clone(back.Changes)
	for i, c := range changes {
		changes[i].Old, changes[i].New = c.New, c.Old
	}
	if !slices.Equal(there.Advisories, advisories) || !slices.Equal(there.Transfers, transfers) || !slices.Equal(there.Changes, changes) {
		t.Fatalf("%+v\n%+v", there, back)
	}
}

func TestAPlanComparedWithItselfHasNotChanged(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		p := smallPlan(rt)
		again := *p
		again.Digest = "sha256:another"
		c := plan.Compare(p, &again)
		if !c.Same || c.Fleet || c.Policy || len(c.Advisories)+len(c.Transfers)+len(c.Changes) > 0 || c.Moves != (plan.MoveChanges{}) {
			rt.Fatalf("%+v", c)
		}
	})
}

func TestOnlyEqualDocumentsAreTheSamePlan(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		a, b := smallPlan(rt), smallPlan(rt)
		if c := plan.Compare(a, b); c.Same != (a.Digest == b.Digest) {
			rt.Fatalf("same: %v, digests %s and %s", c.Same, a.Digest, b.Digest)
		}
	})
}

// at makes an outage of ten seconds with a window of twenty.
func at(host string, from calendar.Seconds) plan.Outage {
	return plan.Outage{Host: host, Start: start.Add(from), End: start.Add(from + 10), Window: calendar.Span{From: start.Add(from), To: start.Add(from + 20)}}
}

func TestEveryChangeIsToldOnceAndTheFurthestFirst(t *testing.T) {
	wider, longer, canary := at("c-6", 60), at("c-7", 70), at("c-8", 80)
	wider.Window.To++
	longer.End++
	canary.Canary = true
	narrower := at("c-9", 90)
	narrower.Window.To--
	older := &plan.Plan{Outages: []plan.Outage{at("c-1", 10), at("c-2", 20), at("c-3", 30), at("c-4", 40), at("c-5", 50),
		at("c-6", 60), at("c-7", 70), at("c-8", 80), at("c-9", 90)},
		Blocked: []plan.Blocked{{Host: "c-10", Group: "acme/db"}}, Moves: []plan.Move{{Guest: "vm-1"}, {Guest: "vm-2"}, {Guest: "vm-2"}}}
	newer := &plan.Plan{Outages: []plan.Outage{at("c-1", 0), at("c-2", 15), at("c-3", 30), at("c-4", 47), at("c-10", 50),
		wider, longer, canary, narrower},
		Excluded: []plan.Excluded{{Host: "c-5", Reason: plan.Protected}}, Moves: []plan.Move{{Guest: "vm-2"}, {Guest: "vm-3"}}}
	c := plan.Compare(older, newer)
	var order []string
	for _, change := range c.Changes {
		order = append(order, fmt.Sprintf("%s %s", change.Host, change.By()))
	}
	if want := []string{"c-1 -10s", "c-4 7s", "c-2 -5s", "c-6 0s", "c-7 0s", "c-8 0s", "c-9 0s"}; !slices.Equal(order, want) {
		t.Errorf("changes %q, want %q", order, want)
	}
	if want := (plan.Spread{Count: 2, Least: 5, Median: 5, Greatest: 10}); c.Earlier != want {
		t.Errorf("earlier %+v, want %+v", c.Earlier, want)
	}
	if want := (plan.Spread{Count: 1, Least: 7, Median: 7, Greatest: 7}); c.Later != want {
		t.Errorf("later %+v, want %+v", c.Later, want)
	}
	if want := (plan.WindowChanges{Earlier: 2, Later: 2, Within: 1}); c.Windows != want || c.Lengths != 1 {
		t.Errorf("windows %+v, want %+v; %d lengths, want 1", c.Windows, want, c.Lengths)
	}
	if want := []plan.Transfer{{"c-10", plan.Place{plan.IsBlocked, "acme/db"}, plan.Place{Standing: plan.Planned}},
		{"c-5", plan.Place{Standing: plan.Planned}, plan.Place{Standing: plan.Standing(plan.Protected)}}}; !slices.Equal(c.Transfers, want) {
		t.Errorf("transfers %+v, want %+v", c.Transfers, want)
	}
	if !slices.Equal(c.Canaries.Became, []string{"c-8"}) || len(c.Canaries.Ceased) != 0 || c.Moves != (plan.MoveChanges{Added: 1, Dropped: 2}) {
		t.Errorf("canaries %+v, moves %+v", c.Canaries, c.Moves)
	}
}

func BenchmarkCompare100kOutages(b *testing.B) {
	older, newer := benchmarkPlan(), benchmarkPlan()
	for i := range newer.Outages {
		newer.Outages[i].Start += calendar.Instant(i % 7)
	}
	for b.Loop() {
		plan.Compare(older, newer)
	}
}
