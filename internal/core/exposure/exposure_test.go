package exposure_test

import (
	"fmt"
	"testing"

	"github.com/evenkeel-project/evenkeel/internal/core/advisory"
	"github.com/evenkeel-project/evenkeel/internal/core/exposure"
	"github.com/evenkeel-project/evenkeel/internal/core/fleet"
	"github.com/evenkeel-project/evenkeel/internal/core/ident"
	"github.com/evenkeel-project/evenkeel/internal/core/label"
	"github.com/evenkeel-project/evenkeel/internal/core/predicate"
)

// ask is a predicate made of a function.
type ask struct {
	facts, labels []string
	answer        func(predicate.Subject) predicate.Result
}

func (a ask) Evaluate(s predicate.Subject) predicate.Result { return a.answer(s) }
func (a ask) Source() string                                { return "" }
func (a ask) HostFacts() []string                           { return a.facts }
func (a ask) GuestLabels() []string                         { return a.labels }
func (a ask) ReadsGuests() bool                             { return a.labels != nil }

// is asks whether a fact has a value; the value "broken" makes the question fail.
func is(fact, value string) ask {
	return ask{facts: []string{fact}, answer: func(s predicate.Subject) predicate.Result {
		v, ok := s.Facts.Get(fact)
		switch {
		case !ok:
			return predicate.Result{Missing: []string{"host." + fact}}
		case v.Text == "broken":
			return predicate.Result{Fault: "it is broken"}
		case v.Text == value:
			return predicate.Result{Answer: predicate.Yes}
		}
		return predicate.Result{Answer: predicate.No}
	}}
}

// guestsWith asks whether at least n guests have a label.
func guestsWith(key, value string, n int) ask {
	return ask{labels: []string{key}, answer: func(s predicate.Subject) predicate.Result {
		missing := false
		for _, set := range s.Guests {
			v, ok := set.Get(key)
			missing = missing || !ok
			if v.Text == value {
				n--
			}
			if n == 0 {
				return predicate.Result{Answer: predicate.Yes}
			}
		}
		if missing {
			return predicate.Result{Missing: []string{"g." + key}}
		}
		return predicate.Result{Answer: predicate.No}
	}}
}

// host is a host with its facts and what is installed on it: key, value, key, value.
type host struct {
	facts, installed []string
	guests           [][]string
}

// build builds a fleet of one zone with hosts h0, h1, ... in regions r0 and r1 by turns.
func build(t testing.TB, hosts ...host) *fleet.Fleet {
	t.Helper()
	b := fleet.NewBuilder("test")
	b.AddTenant(fleet.Tenant{ID: "acme"})
	for r := range 2 {
		b.AddRegion(fleet.Region{ID: fmt.Sprintf("r%d", r)})
		b.AddZone(fleet.Zone{ID: fmt.Sprintf("z%d", r), Region: fmt.Sprintf("r%d", r)})
	}
	for i, h := range hosts {
		id := fmt.Sprintf("h%d", i)
		b.AddHost(fleet.Host{ID: id, Zone: fmt.Sprintf("z%d", i%2), Facts: set(h.facts...), Installed: set(h.installed...)})
		for n, labels := range h.guests {
			b.AddGuest(fleet.Guest{ID: fmt.Sprintf("%s-%d", id, n), Host: id, Tenant: "acme", Labels: set(labels...)})
		}
	}
	f, problems := b.Build()
	if err := problems.Err(); err != nil {
		t.Fatal(err)
	}
	return f
}

func set(pairs ...string) label.Set {
	var out []label.Pair
	for i := 0; i < len(pairs); i += 2 {
		out = append(out, label.Pair{Key: pairs[i], Value: label.Text(pairs[i+1])})
	}
	return label.NewSet(out)
}

func testAdvisory(id string, affected, fixed predicate.Predicate) *advisory.Advisory {
	return &advisory.Advisory{ID: id, Affected: affected, Fixed: fixed, Action: advisory.Reboot}
}

func TestAHostIsJudgedByFixedFirstThenByAffected(t *testing.T) {
	for _, test := range []struct {
		name string
		host host
		want exposure.State
	}{
		{"fixed", host{facts: []string{"fix", "in", "hole", "open"}}, exposure.Fixed},
		{"fixed although affected is missing", host{facts: []string{"fix", "in"}}, exposure.Fixed},
		{"fixed although affected fails", host{facts: []string{"fix", "in", "hole", "broken"}}, exposure.Fixed},
		{"not affected", host{facts: []string{"fix", "out", "hole", "none"}}, exposure.NotAffected},
		{"not affected although fixed is missing", host{facts: []string{"hole", "none"}}, exposure.NotAffected},
		{"not affected although fixed fails", host{facts: []string{"fix", "broken", "hole", "none"}}, exposure.NotAffected},
		{"exposed", host{facts: []string{"fix", "out", "hole", "open"}}, exposure.VulnerableRunning},
		{"fixed is missing", host{facts: []string{"hole", "open"}}, exposure.Unknown},
		{"affected is missing", host{facts: []string{"fix", "out"}}, exposure.Unknown},
		{"both are missing", host{}, exposure.Unknown},
		{"fixed fails", host{facts: []string{"fix", "broken", "hole", "open"}}, exposure.Unknown},
		{"affected fails", host{facts: []string{"fix", "out", "hole", "broken"}}, exposure.Unknown},
		{"the fix is installed", host{facts: []string{"fix", "out", "hole", "open"}, installed: []string{"fix", "in"}}, exposure.FixedNotRunning},
		{"the hole is gone after a restart", host{facts: []string{"fix", "out", "hole", "open"}, installed: []string{"hole", "none"}}, exposure.FixedNotRunning},
		{"something else is installed", host{facts: []string{"fix", "out", "hole", "open"}, installed: []string{"other", "in"}}, exposure.VulnerableRunning},
		{"the installed one fails", host{facts: []string{"fix", "out", "hole", "open"}, installed: []string{"fix", "broken"}}, exposure.VulnerableRunning},
		{"unknown stays unknown whatever is installed", host{facts: []string{"hole", "open"}, installed: []string{"fix", "in"}}, exposure.Unknown},
		{"unknown stays unknown beside a hole that goes", host{facts: []string{"fix", "out"}, installed: []string{"hole", "none"}}, exposure.Unknown},
		{"fixed stays fixed whatever is installed", host{facts: []string{"fix", "in"}, installed: []string{"fix", "out"}}, exposure.Fixed},
	} {
		r := exposure.Judge(build(t, test.host), []*advisory.Advisory{testAdvisory("X", is("hole", "open"), is("fix", "in"))})
		if got := r.Of(0, 0); got != test.want {
			t.Errorf("%s: got %s, want %s", test.name, got, test.want)
		}
		needs := test.want != exposure.Fixed && test.want != exposure.NotAffected
		if r.Touches(0, 0) != needs || r.NeedsOutage(0) != needs {
			t.Errorf("%s: needs an outage: %v, want %v", test.name, r.NeedsOutage(0), needs)
		}
	}
}

func TestTheWorstOfSeveralAdvisoriesStands(t *testing.T) {
	states := map[exposure.State]string{exposure.VulnerableRunning: "v", exposure.FixedNotRunning: "w", exposure.Fixed: "f", exposure.NotAffected: "n"}
	order := []exposure.State{exposure.VulnerableRunning, exposure.Unknown, exposure.FixedNotRunning, exposure.Fixed, exposure.NotAffected}
	judged := func(fact string) *advisory.Advisory {
		affected := ask{facts: []string{fact}, answer: func(s predicate.Subject) predicate.Result {
			v, ok := s.Facts.Get(fact)
			if !ok {
				return predicate.Result{Missing: []string{"host." + fact}}
			}
			return predicate.Result{Answer: map[bool]predicate.Answer{true: predicate.No, false: predicate.Yes}[v.Text == "n"]}
		}}
		return testAdvisory(fact, affected, is(fact, "f"))
	}
	for i, first := range order {
		for j, second := range order {
			var h host
			for n, s := range []exposure.State{first, second} {
				fact := string(rune('a' + n))
				if text, ok := states[s]; ok {
					h.facts = append(h.facts, fact, text)
				}
				if s == exposure.FixedNotRunning {
					h.installed = append(h.installed, fact, "f")
				}
			}
			r := exposure.Judge(build(t, h), []*advisory.Advisory{judged("a"), judged("b")})
			if r.Of(0, 0) != first || r.Of(1, 0) != second {
				t.Fatalf("the test is wrong: got %s and %s, want %s and %s", r.Of(0, 0), r.Of(1, 0), first, second)
			}
			if got, want := r.Overall(0), order[min(i, j)]; got != want || r.NeedsOutage(0) != (min(i, j) < 3) {
				t.Errorf("%s and %s: got %s, want %s", first, second, got, want)
			}
		}
	}
	if got := exposure.Judge(build(t, host{}), nil).Overall(0); got != exposure.NotAffected {
		t.Errorf("without advisories: %s", got)
	}
}

func TestHostsAlikeInWhatIsAskedAreJudgedOnceAndOthersApart(t *testing.T) {
	asked := 0
	affected := guestsWith("virt", "hvm", 2)
	counting := affected
	counting.answer = func(s predicate.Subject) predicate.Result { asked++; return guestsWith("virt", "hvm", 2).answer(s) }
	hvm, pv := []string{"virt", "hvm"}, []string{"virt", "pv"}
	f := build(t,
		host{facts: []string{"fix", "out", "boot", "1"}, guests: [][]string{hvm, pv, append([]string{"name", "a"}, hvm...)}},
		host{facts: []string{"fix", "out", "boot", "2"}, guests: [][]string{append([]string{"name", "b"}, hvm...), hvm, pv}},
		host{facts: []string{"fix", "out"}, guests: [][]string{hvm, pv}},
		host{facts: []string{"fix", "out"}, guests: [][]string{hvm, pv, pv}},
		host{facts: []string{"fix", "out"}, guests: [][]string{hvm, nil}},
		host{facts: []string{"fix", "out"}},
		host{facts: []string{"fix", "in"}, guests: [][]string{hvm, hvm}})
	r := exposure.Judge(f, []*advisory.Advisory{testAdvisory("X", counting, is("fix", "in"))})
	want := []exposure.State{exposure.VulnerableRunning, exposure.VulnerableRunning, exposure.NotAffected, exposure.NotAffected,
		exposure.Unknown, exposure.NotAffected, exposure.Fixed}
	for h, state := range want {
		if got := r.Of(0, ident.Host(h)); got != state {
			t.Errorf("h%d: got %s, want %s", h, got, state)
		}
	}
	if asked != 6 { // five classes that are not fixed, and the exposed one once more with what is installed
		t.Errorf("the predicate was asked %d times", asked)
	}
}

func TestTheReasonNamesWhatDecided(t *testing.T) {
	xsa := testAdvisory("XSA-108", ask{facts: []string{"arch"}, labels: []string{"virt"}, answer: func(s predicate.Subject) predicate.Result {
		if is("arch", "x86_64").answer(s).Answer == predicate.No {
			return predicate.Result{Answer: predicate.No}
		}
		return guestsWith("virt", "hvm", 1).answer(s)
	}}, is("patch", "XSA-108"))
	second := testAdvisory("XSA-109", is("second", "yes"), is("secondfix", "yes"))
	stop := testAdvisory("XSA-110", is("arch", "x86_64"), is("host fix", "x"))
	stop.Action = advisory.StopStart
	hvm, pv := []string{"virt", "hvm"}, []string{"virt", "pv"}
	for _, test := range []struct {
		host host
		by   []*advisory.Advisory
		want string
	}{
		{host{facts: []string{"arch", "x86_64", "patch", ""}, guests: [][]string{hvm}}, []*advisory.Advisory{xsa},
			"affected by XSA-108: arch x86_64, a guest with virt hvm; patch  does not show the fix"},
		{host{facts: []string{"arch", "x86_64"}, guests: [][]string{hvm}}, []*advisory.Advisory{xsa},
			`unknown for XSA-108: the fact "patch" is missing`},
		{host{facts: []string{"arch", "x86_64", "patch", "none"}, guests: [][]string{pv, nil, pv}}, []*advisory.Advisory{xsa},
			`unknown for XSA-108: the guest label g.virt is missing`},
		{host{facts: []string{"arch", "x86_64", "patch", "broken"}, guests: [][]string{hvm}}, []*advisory.Advisory{xsa},
			`unknown for XSA-108: a question failed: it is broken`},
		{host{facts: []string{"arch", "x86_64", "patch", "none"}, installed: []string{"patch", "XSA-108"}, guests: [][]string{hvm, pv, hvm}}, []*advisory.Advisory{xsa},
			"affected by XSA-108: arch x86_64, 2 guests with virt hvm, a guest with virt pv; fixed is installed (patch XSA-108) but not running: a reboot is due"},
		{host{facts: []string{"arch", "x86_64", "host fix", "none"}, installed: []string{"arch", "y"}}, []*advisory.Advisory{stop},
			"affected by XSA-110: arch x86_64; fixed is installed (arch y) but not running: a stop and start is due"},
		{host{facts: []string{"arch", "arm64", "patch", "none"}, guests: [][]string{nil}}, []*advisory.Advisory{xsa},
			"not affected by XSA-108: arch arm64, a guest without virt"},
		{host{facts: []string{"arch", "x86_64", "patch", "none"}}, []*advisory.Advisory{xsa},
			"not affected by XSA-108: arch x86_64, no guests"},
		{host{facts: []string{"patch", "XSA-108"}}, []*advisory.Advisory{xsa}, "fixed for XSA-108: patch XSA-108"},
		{host{facts: []string{"patch", "XSA-108"}}, []*advisory.Advisory{xsa, second},
			`unknown for XSA-109: the fact "second" is missing, the fact "secondfix" is missing`},
		{host{facts: []string{"arch", "x86_64", "patch", "a\nb", "second", "yes", "secondfix", "no"}, guests: [][]string{hvm}}, []*advisory.Advisory{xsa, second},
			`affected by XSA-108: arch x86_64, a guest with virt hvm; patch a\u000ab does not show the fix; exposed, or not known to be safe, for XSA-109 too`},
		{host{}, nil, "no advisory was judged"},
	} {
		if got := exposure.Judge(build(t, test.host), test.by).Reason(0); got != test.want {
			t.Errorf("got  %s\nwant %s", got, test.want)
		}
	}
}

func TestCountsAddUpByRegionZoneAndCohort(t *testing.T) {
	f := build(t, host{facts: []string{"fix", "in"}}, host{facts: []string{"fix", "out", "hole", "open"}},
		host{}, host{facts: []string{"hole", "none"}},
		host{facts: []string{"fix", "out", "hole", "open"}, installed: []string{"fix", "in"}})
	r := exposure.Judge(f, []*advisory.Advisory{testAdvisory("X", is("hole", "open"), is("fix", "in"))})
	got := r.Counts(func(h ident.Host) string { return map[bool]string{true: "old", false: "new"}[h < 2] })
	want := exposure.Counts{
		Total:   exposure.Count{VulnerableRunning: 1, Unknown: 1, FixedNotRunning: 1, Fixed: 1, NotAffected: 1},
		Regions: []exposure.NamedCount{{"r0", exposure.Count{Fixed: 1, Unknown: 1, FixedNotRunning: 1}}, {"r1", exposure.Count{VulnerableRunning: 1, NotAffected: 1}}},
		Zones:   []exposure.NamedCount{{"z0", exposure.Count{Fixed: 1, Unknown: 1, FixedNotRunning: 1}}, {"z1", exposure.Count{VulnerableRunning: 1, NotAffected: 1}}},
		Cohorts: []exposure.NamedCount{{"new", exposure.Count{Unknown: 1, NotAffected: 1, FixedNotRunning: 1}}, {"old", exposure.Count{Fixed: 1, VulnerableRunning: 1}}},
	}
	if fmt.Sprint(got) != fmt.Sprint(want) || got.Total.Hosts() != f.Hosts() {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}
