package policy_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/fleet"
	"github.com/evenkeel-project/evenkeel/internal/core/ident"
	"github.com/evenkeel-project/evenkeel/internal/core/label"
	"github.com/evenkeel-project/evenkeel/internal/core/policy"
	"github.com/evenkeel-project/evenkeel/internal/core/problem"
)

func labels(pairs ...string) label.Set {
	set := make([]label.Pair, 0, len(pairs)/2)
	for i := 0; i < len(pairs); i += 2 {
		set = append(set, label.Pair{Key: pairs[i], Value: label.Text(pairs[i+1])})
	}
	return label.NewSet(set)
}

// smallFleet has two regions and five hosts; acme has a guest on c-1 and one that migrates on c-2.
func smallFleet(t testing.TB) *fleet.Fleet {
	t.Helper()
	b := fleet.NewBuilder("fleet.yaml")
	b.AddRegion(fleet.Region{ID: "dfw"})
	b.AddRegion(fleet.Region{ID: "syd"})
	b.AddZone(fleet.Zone{ID: "dfw-1", Region: "dfw"})
	b.AddZone(fleet.Zone{ID: "dfw-2", Region: "dfw"})
	b.AddZone(fleet.Zone{ID: "syd-1", Region: "syd"})
	b.AddHost(fleet.Host{ID: "c-1", Zone: "dfw-1", Rack: "r1", Labels: labels("generation", "standard", "role", "web")})
	b.AddHost(fleet.Host{ID: "c-2", Zone: "dfw-1", Labels: labels("generation", "performance-2")})
	b.AddHost(fleet.Host{ID: "c-3", Zone: "dfw-2", Rack: "r1", Labels: labels("generation", "standard"), Outage: 7 * calendar.Minute})
	b.AddHost(fleet.Host{ID: "c-4", Zone: "syd-1", Rack: "r2"})
	b.AddHost(fleet.Host{ID: "c-5", Zone: "syd-1", Labels: labels("region", "mars", "generation", "")})
	b.AddTenant(fleet.Tenant{ID: "acme"})
	b.AddTenant(fleet.Tenant{ID: "bell"})
	b.AddGuest(fleet.Guest{ID: "vm-1", Host: "c-1", Tenant: "acme"})
	b.AddGuest(fleet.Guest{ID: "vm-2", Host: "c-2", Tenant: "acme", OnReboot: fleet.Migrate})
	b.AddGuest(fleet.Guest{ID: "vm-3", Host: "c-3", Tenant: "bell"})
	f, problems := b.Build()
	if problems.Failed() {
		t.Fatal(problems.Err())
	}
	return f
}

// picked names the hosts for which pick says yes.
func picked(f *fleet.Fleet, pick func(ident.Host) bool) string {
	var ids []string
	for h := range f.Hosts() {
		if pick(ident.Host(h)) {
			ids = append(ids, f.HostID(ident.Host(h)))
		}
	}
	return strings.Join(ids, " ")
}

func terms(pairs ...string) policy.Selector {
	s := policy.Selector{}
	for i := 0; i < len(pairs); i += 2 {
		s.Terms = append(s.Terms, policy.Term{Key: pairs[i], Value: pairs[i+1]})
	}
	return s
}

func TestASelectorPicksTheHostsThatMeetEveryTerm(t *testing.T) {
	f := smallFleet(t)
	for _, example := range []struct {
		selector policy.Selector
		want     string
	}{
		{policy.Selector{HostID: "c-2"}, "c-2"},
		{policy.Selector{HostID: "c"}, ""},
		{terms("generation", "standard"), "c-1 c-3"},
		{terms("generation", "standard", "zone", "dfw-2"), "c-3"},
		{terms("region", "dfw"), "c-1 c-2 c-3"},
		{terms("region", "mars"), ""}, // a label cannot pretend to be a place
		{terms("zone", "syd-1"), "c-4 c-5"},
		{terms("rack", "r1"), "c-1 c-3"},
		{terms("rack", ""), ""}, // a host without a rack has no such attribute
		{terms("role", ""), ""}, // an absent label is not an empty one
		{terms("generation", ""), "c-5"},
		{terms("generation", "standard", "generation", "performance-2"), ""},
		{policy.Selector{}, ""}, // empty never means all
	} {
		got := picked(f, func(h ident.Host) bool { return example.selector.Matches(f, h) })
		if got != example.want {
			t.Errorf("%s picks %q, want %q", example.selector, got, example.want)
		}
	}
}

func TestASelectorIsPrintedAsAPolicyWritesIt(t *testing.T) {
	if got := terms("generation", "standard", "zone", "dfw-2").String(); got != "generation=standard,zone=dfw-2" {
		t.Error(got)
	}
	if got := (policy.Selector{HostID: "c-2"}).String(); got != "c-2" {
		t.Error(got)
	}
}

func TestWhatIsSaidOfAllHostsIsWhatIsSaidOfEach(t *testing.T) {
	f := smallFleet(t)
	p := &policy.Policy{
		Protected: []policy.Selector{{HostID: "c-4"}, {HostID: "nobody"}, {Terms: []policy.Term{{Key: "role", Value: "web"}}}},
		Last:      []policy.Selector{{HostID: "c-3"}},
		Freezes: []policy.Freeze{{}, {Region: "dfw"}, {Zone: "dfw-1"}, {Tenant: "acme"}, {Tenant: "bell", Region: "dfw"},
			{Tenant: "acme", Region: "syd"}, {Tenant: "nobody"}, {Region: "nowhere"}},
	}
	protected, last := p.ProtectedHosts(f), p.LastHosts(f)
	for h := range ident.Host(f.Hosts()) {
		if protected[h] != p.IsProtected(f, h) || last[h] != p.IsLast(f, h) {
			t.Errorf("host %s: protected %v, last %v", f.HostID(h), protected[h], last[h])
		}
		for _, z := range p.Freezes {
			if z.Hosts(f)[h] != z.Covers(f, h) {
				t.Errorf("host %s, freeze %+v: %v", f.HostID(h), z, z.Covers(f, h))
			}
		}
	}
}

func TestAHostIsProtectedOrLastWhenAnySelectorPicksIt(t *testing.T) {
	f := smallFleet(t)
	p := &policy.Policy{
		Protected: []policy.Selector{{HostID: "c-4"}, terms("role", "web")},
		Last:      []policy.Selector{terms("zone", "dfw-2"), {}},
	}
	if got := picked(f, func(h ident.Host) bool { return p.IsProtected(f, h) }); got != "c-1 c-4" {
		t.Errorf("protected: %q", got)
	}
	if got := picked(f, func(h ident.Host) bool { return p.IsLast(f, h) }); got != "c-3" {
		t.Errorf("last: %q", got)
	}
	none := &policy.Policy{}
	if got := picked(f, func(h ident.Host) bool { return none.IsProtected(f, h) || none.IsLast(f, h) }); got != "" {
		t.Errorf("a policy that names nobody picks %q", got)
	}
}

func TestACohortIsAValueCombinationInWhichAbsentIsAValue(t *testing.T) {
	f := smallFleet(t)
	for _, example := range []struct {
		per  []string
		want []string
	}{
		{[]string{"generation", "region"}, []string{"generation=standard, region=dfw", "generation=performance-2, region=dfw",
			"generation=standard, region=dfw", "generation absent, region=syd", "generation=, region=syd"}},
		{[]string{"zone"}, []string{"zone=dfw-1", "zone=dfw-1", "zone=dfw-2", "zone=syd-1", "zone=syd-1"}},
		{nil, []string{"all hosts", "all hosts", "all hosts", "all hosts", "all hosts"}},
	} {
		p := &policy.Policy{Canary: policy.Canary{Per: example.per}}
		for h, want := range example.want {
			if got := p.CohortOf(f, ident.Host(h)); got != want {
				t.Errorf("per %v: %s is of cohort %q, want %q", example.per, f.HostID(ident.Host(h)), got, want)
			}
		}
	}
}

func TestAValueWithACommaCannotPretendToBeTwo(t *testing.T) {
	b := fleet.NewBuilder("")
	b.AddRegion(fleet.Region{ID: "r"})
	b.AddZone(fleet.Zone{ID: "z", Region: "r"})
	b.AddHost(fleet.Host{ID: "h0", Zone: "z", Labels: labels("a", "x, b=y")})
	b.AddHost(fleet.Host{ID: "h1", Zone: "z", Labels: labels("a", "x", "b", "y, b absent")})
	f, problems := b.Build()
	if problems.Failed() {
		t.Fatal(problems.Err())
	}
	p := &policy.Policy{Canary: policy.Canary{Per: []string{"a", "b"}}}
	if one, other := p.CohortOf(f, 0), p.CohortOf(f, 1); one != `a="x, b=y", b absent` || other != `a=x, b="y, b absent"` {
		t.Errorf("got %s and %s", one, other)
	}
}

func TestHostsOfDifferentValuesAreNeverOfOneCohort(t *testing.T) {
	value := rapid.SampledFrom([]string{"(absent)", "", "x", "x, b=y", "y, b absent", `"x"`, `"x, b=y"`})
	rapid.Check(t, func(t *rapid.T) {
		b := fleet.NewBuilder("")
		b.AddRegion(fleet.Region{ID: "r"})
		b.AddZone(fleet.Zone{ID: "z", Region: "r"})
		var written [2]string
		for i := range written {
			var pairs []string
			for _, key := range []string{"a", "b"} {
				v := value.Draw(t, key)
				written[i] += fmt.Sprintf("%q ", v)
				if v != "(absent)" {
					pairs = append(pairs, key, v)
				}
			}
			b.AddHost(fleet.Host{ID: fmt.Sprintf("h%d", i), Zone: "z", Labels: labels(pairs...)})
		}
		f, problems := b.Build()
		if problems.Failed() {
			t.Fatal(problems.Err())
		}
		p := &policy.Policy{Canary: policy.Canary{Per: []string{"a", "b"}}}
		if one, other := p.CohortOf(f, 0), p.CohortOf(f, 1); (one == other) != (written[0] == written[1]) {
			t.Fatalf("%s and %s are of the cohorts %s and %s", written[0], written[1], one, other)
		}
	})
}

func TestAnOutageIsTheHostsOwnElseTheLongestRuleElseTheDefault(t *testing.T) {
	f := smallFleet(t)
	rules := []policy.OutageRule{{Key: "generation", Value: "standard", Outage: 18 * calendar.Minute},
		{Key: "zone", Value: "dfw-1", Outage: 20 * calendar.Minute}, {Key: "region", Value: "dfw", Outage: 5 * calendar.Minute}}
	p := &policy.Policy{DefaultOutage: 12 * calendar.Minute, OutageBy: rules}
	for h, want := range []string{"20m", "20m", "7m", "12m", "12m"} {
		if got, ok := p.OutageOf(f, ident.Host(h)); !ok || got.String() != want {
			t.Errorf("%s is down for %s, want %s", f.HostID(ident.Host(h)), got, want)
		}
	}
	p.DefaultOutage = 0
	if got := picked(f, func(h ident.Host) bool { _, ok := p.OutageOf(f, h); return ok }); got != "c-1 c-2 c-3" {
		t.Errorf("without a default %q have an outage", got)
	}
}

func TestAFreezeCoversTheHostsThatMeetItsWholeScope(t *testing.T) {
	f := smallFleet(t)
	for _, example := range []struct {
		freeze policy.Freeze
		want   string
	}{
		{policy.Freeze{}, "c-1 c-2 c-3 c-4 c-5"},
		{policy.Freeze{Region: "syd"}, "c-4 c-5"},
		{policy.Freeze{Zone: "dfw-1"}, "c-1 c-2"},
		{policy.Freeze{Tenant: "acme"}, "c-1 c-2"}, // the guest that migrates is disturbed too
		{policy.Freeze{Tenant: "bell"}, "c-3"},
		{policy.Freeze{Region: "syd", Zone: "dfw-1"}, ""},
		{policy.Freeze{Zone: "dfw-2", Tenant: "acme"}, ""},
		{policy.Freeze{Region: "dfw", Zone: "dfw-1", Tenant: "acme"}, "c-1 c-2"},
		{policy.Freeze{Tenant: "nobody"}, ""},
	} {
		if got := picked(f, func(h ident.Host) bool { return example.freeze.Covers(f, h) }); got != example.want {
			t.Errorf("%+v covers %q, want %q", example.freeze, got, example.want)
		}
	}
}

func TestNamesThatTheFleetDoesNotHaveAreErrorsAndIdleSelectorsWarnings(t *testing.T) {
	line := func(n int) problem.Place { return problem.Place{File: "policy.yaml", Line: n} }
	p := &policy.Policy{
		File:  "policy.yaml",
		Order: policy.Order{Regions: policy.Listed, RegionList: []string{"dfw", "ord"}, ListPlace: line(2)},
		Freezes: []policy.Freeze{{Region: "ord", Zone: "ord-1", Tenant: "nobody", Place: line(3)},
			{Region: "dfw", Zone: "dfw-1", Tenant: "acme", Place: line(4)}},
		Protected: []policy.Selector{{HostID: "c-9", Place: line(5)}, {HostID: "c-1", Place: line(6)}},
		Last: []policy.Selector{{Terms: []policy.Term{{Key: "role", Value: "dns"}}, Place: line(7)},
			{Terms: []policy.Term{{Key: "role", Value: "web"}}, Place: line(8)}},
	}
	list := p.CheckNames(smallFleet(t))
	var got []string
	for _, q := range list.Items() {
		got = append(got, fmt.Sprintf("%d %s %v", q.Place.Line, q.Code, q.Warning))
	}
	want := []string{"2 unknown-name false", "3 unknown-name false", "3 unknown-name false", "3 unknown-name false", "5 unknown-name false",
		"7 selector-picks-nothing true"}
	if !slices.Equal(got, want) {
		t.Errorf("got %v", list.Err())
	}
	idle := &policy.Policy{
		Freezes:  []policy.Freeze{{Region: "syd", Zone: "dfw-1", Place: line(1)}},
		Canary:   policy.Canary{Per: []string{"zone", "generatoin"}},
		OutageBy: []policy.OutageRule{{Key: "region", Value: "dfw"}, {Key: "region", Value: "dwf"}},
	}
	var codes []string
	idleList := idle.CheckNames(smallFleet(t))
	for _, q := range idleList.Items() {
		codes = append(codes, fmt.Sprintf("%s %v", q.Code, q.Warning))
	}
	slices.Sort(codes)
	if !slices.Equal(codes, []string{"selector-picks-nothing true", "selector-picks-nothing true", "unknown-name false"}) {
		t.Errorf("idle words: %v", idleList.Items())
	}
	if list := (&policy.Policy{}).CheckNames(smallFleet(t)); len(list.Items()) != 0 {
		t.Errorf("a policy that names nothing: %v", list.Items())
	}
}
