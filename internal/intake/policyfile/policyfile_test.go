package policyfile_test

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/canon"
	"github.com/evenkeel-project/evenkeel/internal/core/limit"
	"github.com/evenkeel-project/evenkeel/internal/core/policy"
	"github.com/evenkeel-project/evenkeel/internal/core/problem"
	"github.com/evenkeel-project/evenkeel/internal/intake/policyfile"
)

const file = "policy.yaml"

const whole = `start: 2014-09-28T11:00:00Z
notice: {lead: 1h}
order: {regions: [syd, dfw], zones: free, bake: {zone: 15m, region: 30m}}
limits: {fleet: 10%, region: 11%, zone: 5.5%, rack: 1, cohort: 2, tenant: 5%}
canary: {per: [generation, zone], hosts: 2, bake: 20m}
halt: {failed: {campaign: 2%, region: 3%, zone: 0%, cohort: 5, at_least: 3}}
outage: {default: 12m, by: {generation: {standard: 18m, performance-2: 14m}, zone: {syd-1: 20m}}}
stuck: {after: 15m}
deadline: {reserve: 12h}
freezes:
- {from: 2014-09-29T00:00:00+10:00, to: 2014-09-29T06:00:00+10:00, reason: "grand final", scope: {region: syd, zone: syd-1, tenant: acme}}
- {from: 2014-09-30T00:00:00Z, to: 2014-09-30T01:00:00Z, reason: billing}
protected: [c-1, role=control, {generation: standard, region: dfw}]
last:
- "role=dns, zone=dfw-1"
moves: {host: 3, group: 1, tenant: 5%, fleet: 500, bandwidth: 1024, length: 45s}
`

func at(line, column int) problem.Place {
	return problem.Place{File: file, Line: line, Column: column}
}

func share(t *testing.T, s string) limit.Limit {
	t.Helper()
	l, err := limit.Parse(s)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func instant(t *testing.T, s string) calendar.Instant {
	t.Helper()
	i, err := calendar.ParseInstant(s)
	if err != nil {
		t.Fatal(err)
	}
	return i
}

func parse(t *testing.T, text string) *policy.Policy {
	t.Helper()
	p, problems := policyfile.Parse(file, []byte(text))
	if problems.Failed() {
		t.Fatal(problems.Err())
	}
	return p
}

func TestEveryKeyOfAPolicyIsRead(t *testing.T) {
	got := parse(t, whole)
	want := &policy.Policy{
		File: file, Start: instant(t, "2014-09-28T11:00:00Z"), NoticeLead: calendar.Hour,
		Order: policy.Order{Regions: policy.Listed, RegionList: []string{"syd", "dfw"}, ListPlace: at(3, 18), FreeZones: true,
			BakeZone: 15 * calendar.Minute, BakeRegion: 30 * calendar.Minute},
		Limits: policy.Limits{Fleet: share(t, "10%"), Region: share(t, "11%"), Zone: share(t, "5.5%"),
			Rack: limit.Count(1), Cohort: limit.Count(2), Tenant: share(t, "5%")},
		Canary:        policy.Canary{Per: []string{"generation", "zone"}, Hosts: 2, Bake: 20 * calendar.Minute},
		Halt:          policy.Halt{Campaign: share(t, "2%"), Region: share(t, "3%"), Zone: share(t, "0%"), Cohort: limit.Count(5), AtLeast: 3},
		DefaultOutage: 12 * calendar.Minute,
		OutageBy: []policy.OutageRule{{Key: "generation", Value: "standard", Outage: 18 * calendar.Minute},
			{Key: "generation", Value: "performance-2", Outage: 14 * calendar.Minute}, {Key: "zone", Value: "syd-1", Outage: 20 * calendar.Minute}},
		StuckAfter: 15 * calendar.Minute, DeadlineReserve: 12 * calendar.Hour,
		Freezes: []policy.Freeze{
			{Span: calendar.Span{From: instant(t, "2014-09-28T14:00:00Z"), To: instant(t, "2014-09-28T20:00:00Z")},
				Reason: "grand final", Region: "syd", Zone: "syd-1", Tenant: "acme", Place: at(11, 3)},
			{Span: calendar.Span{From: instant(t, "2014-09-30T00:00:00Z"), To: instant(t, "2014-09-30T01:00:00Z")}, Reason: "billing", Place: at(12, 3)},
		},
		Protected: []policy.Selector{{HostID: "c-1", Place: at(13, 13)}, {Terms: []policy.Term{{Key: "role", Value: "control"}}, Place: at(13, 18)},
			{Terms: []policy.Term{{Key: "generation", Value: "standard"}, {Key: "region", Value: "dfw"}}, Place: at(13, 32)}},
		Last:   []policy.Selector{{Terms: []policy.Term{{Key: "role", Value: "dns"}, {Key: "zone", Value: "dfw-1"}}, Place: at(15, 3)}},
		Moves:  &policy.Moves{Host: 3, Group: limit.Count(1), Tenant: share(t, "5%"), Fleet: limit.Count(500), Bandwidth: 1024, Length: 45},
		Digest: got.Digest,
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

func TestMovesArePlannedOnlyWhenThePolicySpeaksOfThem(t *testing.T) {
	if got := parse(t, "start: 2014-09-28T11:00:00Z\n").Moves; got != nil {
		t.Errorf("without moves: %+v", got)
	}
	if got, want := parse(t, "start: 2014-09-28T11:00:00Z\nmoves: {}\n").Moves, policy.DefaultMoves(); *got != want {
		t.Errorf("got %+v, want %+v", *got, want)
	}
}

func TestWhatAPolicyLeavesOutIsTheSafeDefault(t *testing.T) {
	got := parse(t, "start: 2014-09-28T11:00:00Z\n")
	want := &policy.Policy{File: file, Start: instant(t, "2014-09-28T11:00:00Z"), Canary: policy.DefaultCanary(), Halt: policy.Halt{AtLeast: 1}, Digest: got.Digest}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	if got.Order.Regions != policy.SmallestFirst || got.Order.FreeZones || got.Limits.Fleet.Set() {
		t.Errorf("got %+v", got)
	}
}

func TestAPartOfACanaryKeepsTheDefaultsOfTheRest(t *testing.T) {
	standard := policy.DefaultCanary()
	for written, want := range map[string]policy.Canary{
		"{}":              standard,
		"{hosts: 0}":      {Per: standard.Per, Hosts: 0, Bake: standard.Bake},
		"{bake: 0}":       {Per: standard.Per, Hosts: standard.Hosts, Bake: 0},
		"{per: []}":       {Hosts: standard.Hosts, Bake: standard.Bake},
		"{per: [region]}": {Per: []string{"region"}, Hosts: standard.Hosts, Bake: standard.Bake},
	} {
		got := parse(t, "start: 2014-09-28T11:00:00Z\ncanary: "+written).Canary
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s is %+v, want %+v", written, got, want)
		}
	}
}

func TestTheOrderIsAListOrAWord(t *testing.T) {
	for written, want := range map[string]policy.Order{
		"{}":                        {},
		"{regions: smallest-first}": {},
		"{regions: free}":           {Regions: policy.FreeRegions},
		"{regions: [free]}":         {Regions: policy.Listed, RegionList: []string{"free"}, ListPlace: at(2, 18)},
		"{zones: one-at-a-time, bake: {zone: 90s}}": {BakeZone: 90},
	} {
		got := parse(t, "start: 2014-09-28T11:00:00Z\norder: "+written).Order
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s is %+v, want %+v", written, got, want)
		}
	}
}

// replace returns the whole policy with its line n (from 1) replaced.
func replace(n int, line string) string {
	lines := strings.Split(whole, "\n")
	lines[n-1] = line
	return strings.Join(lines, "\n")
}

// faults are values that do not fit, each with the place and code of the first problem it makes.
var faults = []struct {
	line   int
	text   string
	column int
	code   problem.Code
}{
	{1, "start: tomorrow", 8, "bad-value"},
	{1, "start: 2014-09-28", 8, "bad-value"},
	{1, "start:", 1, "bad-type"},
	{1, "started: 2014-09-28T11:00:00Z", 1, "missing-key"},
	{2, "notice: 1h", 9, "bad-type"},
	{2, "notice: {lead: 3600}", 16, "bad-value"},
	{2, "notice: {lead: 1h, led: 1h}", 20, "unknown-key"},
	{3, "order: {regions: biggest-first}", 18, "bad-value"},
	{3, "order: {regions: []}", 18, "empty-list"},
	{3, "order: {regions: [dfw, syd, dfw]}", 29, "duplicate-id"},
	{3, "order: {regions: ['']}", 19, "bad-id"},
	{3, "order: {regions: [[dfw]]}", 19, "bad-type"},
	{3, "order: {regions: {dfw: 1}}", 18, "bad-type"},
	{3, "order: {regions: }", 9, "bad-type"},
	{3, "order: {zones: two-at-a-time}", 16, "bad-value"},
	{3, "order: {zones: [dfw-1]}", 16, "bad-type"},
	{3, "order: {bake: 15m}", 15, "bad-type"},
	{3, "order: {bake: {zone: 15}}", 22, "bad-value"},
	{3, "order: {bake: {region: 1 h}}", 24, "bad-value"},
	{3, "order: {bake: {rack: 1h}}", 16, "unknown-key"},
	{3, "order: {zone: free}", 9, "unknown-key"},
	{4, "limits: {fleet: 0}", 17, "zero-limit"},
	{4, "limits: {region: 0%}", 18, "zero-limit"},
	{4, "limits: {zone: 0.0%}", 16, "zero-limit"},
	{4, "limits: {rack: 0}", 16, "zero-limit"},
	{4, "limits: {cohort: 0}", 18, "zero-limit"},
	{4, "limits: {tenant: 0%}", 18, "zero-limit"},
	{4, "limits: {fleet: 101%}", 17, "bad-value"},
	{4, "limits: {fleet: -1}", 17, "bad-value"},
	{4, "limits: {zone: 5.5}", 16, "bad-value"},
	{4, "limits: {rack: [1]}", 16, "bad-type"},
	{4, "limits: {zones: 5%}", 10, "unknown-key"},
	{4, "limits: 10%", 9, "bad-type"},
	{5, "canary: {per: generation}", 15, "bad-type"},
	{5, "canary: {per: [generation, generation]}", 28, "duplicate-id"},
	{5, "canary: {per: [{}]}", 16, "bad-type"},
	{5, "canary: {hosts: -1}", 17, "bad-value"},
	{5, "canary: {hosts: 10%}", 17, "bad-value"},
	{5, "canary: {bake: -5m}", 16, "bad-value"},
	{5, "canary: {bakes: 5m}", 10, "unknown-key"},
	{6, "halt: {failed: {campaign: 2.0000001%}}", 27, "bad-value"},
	{6, "halt: {failed: {region: x}}", 25, "bad-value"},
	{6, "halt: {failed: {zone: x}}", 23, "bad-value"},
	{6, "halt: {failed: {cohort: x}}", 25, "bad-value"},
	{6, "halt: {failed: {at_least: 0}}", 27, "bad-value"},
	{6, "halt: {failed: {fleet: 2%}}", 17, "unknown-key"},
	{6, "halt: {failed: 2%}", 16, "bad-type"},
	{6, "halt: {stuck: 2%}", 8, "unknown-key"},
	{7, "outage: {default: 0s}", 19, "out-of-range"},
	{7, "outage: {default: 168h1s}", 19, "out-of-range"},
	{7, "outage: {default: 12}", 19, "bad-value"},
	{7, "outage: {by: {generation: {standard: 0}}}", 38, "out-of-range"},
	{7, "outage: {by: {generation: {standard: 8d}}}", 38, "out-of-range"},
	{7, "outage: {by: {generation: 18m}}", 27, "bad-type"},
	{7, "outage: {by: [generation]}", 14, "bad-type"},
	{7, "outage: {by: }", 14, "bad-type"},
	{7, "outage: {standard: 18m}", 10, "unknown-key"},
	{8, "stuck: {after: soon}", 16, "bad-value"},
	{8, "stuck: {before: 1m}", 9, "unknown-key"},
	{9, "deadline: {reserve: 10001d}", 21, "bad-value"},
	{9, "deadline: {reserved: 12h}", 12, "unknown-key"},
	{12, "- {from: 2014-09-30T01:00:00Z, to: 2014-09-30T01:00:00Z, reason: x}", 36, "empty-span"},
	{12, "- {from: 2014-09-30T02:00:00Z, to: 2014-09-30T01:00:00Z, reason: x}", 36, "empty-span"},
	{12, "- {from: x, to: 2014-09-30T01:00:00Z, reason: x}", 10, "bad-value"},
	{12, "- {from: 2014-09-30T02:00:00Z, to: x, reason: x}", 36, "bad-value"},
	{12, "- {to: 2014-09-30T01:00:00Z, reason: x}", 3, "missing-key"},
	{12, "- {from: 2014-09-30T01:00:00Z, reason: x}", 3, "missing-key"},
	{12, "- {from: 2014-09-30T00:00:00Z, to: 2014-09-30T01:00:00Z}", 3, "missing-key"},
	{12, "- {from: 2014-09-30T00:00:00Z, to: 2014-09-30T01:00:00Z, reason: ''}", 66, "bad-value"},
	{12, "- {from: 2014-09-30T00:00:00Z, to: 2014-09-30T01:00:00Z, reason: x, scope: {}}", 76, "empty-scope"},
	{12, "- {from: 2014-09-30T00:00:00Z, to: 2014-09-30T01:00:00Z, reason: x, scope: {zone: a, host: c-1}}", 86, "unknown-key"},
	{12, "- {from: 2014-09-30T00:00:00Z, to: 2014-09-30T01:00:00Z, reason: x, scope: {region: [a]}}", 85, "bad-type"},
	{12, "- {from: 2014-09-30T00:00:00Z, to: 2014-09-30T01:00:00Z, reason: x, scope: {tenant: ''}}", 85, "bad-id"},
	{12, "- {from: 2014-09-30T00:00:00Z, to: 2014-09-30T01:00:00Z, reason: x, why: y}", 69, "unknown-key"},
	{12, "- tuesday", 3, "bad-type"},
	{13, "protected: c-1", 12, "bad-type"},
	{13, "protected: ['']", 13, "bad-selector"},
	{13, "protected: [{}]", 13, "bad-selector"},
	{13, "protected: [~]", 13, "bad-selector"},
	{13, "protected: [[c-1]]", 13, "bad-selector"},
	{13, "protected: ['a b']", 13, "bad-selector"},
	{13, "protected: ['role=']", 13, "bad-selector"},
	{13, "protected: ['=control']", 13, "bad-selector"},
	{13, "protected: ['role=a,']", 13, "bad-selector"},
	{13, "protected: ['role=a,role=b']", 13, "bad-selector"},
	{13, "protected: [{role: [a]}]", 14, "bad-selector"},
	{15, "- {zone: }", 4, "bad-selector"},
	{15, "- 'c 1'", 3, "bad-selector"},
	{16, "moves: 2", 8, "bad-type"},
	{16, "moves: [{host: 2}]", 8, "bad-type"},
	{16, "moves: {host: 0}", 15, "bad-value"},
	{16, "moves: {host: 1001}", 15, "bad-value"},
	{16, "moves: {host: 10%}", 15, "bad-value"},
	{16, "moves: {group: 0}", 16, "zero-limit"},
	{16, "moves: {tenant: 0%}", 17, "zero-limit"},
	{16, "moves: {fleet: 0.0%}", 16, "zero-limit"},
	{16, "moves: {fleet: many}", 16, "bad-value"},
	{16, "moves: {bandwidth: 0}", 20, "bad-value"},
	{16, "moves: {bandwidth: 1000000001}", 20, "bad-value"},
	{16, "moves: {bandwidth: 10MiB}", 20, "bad-value"},
	{16, "moves: {length: 0}", 17, "out-of-range"},
	{16, "moves: {length: 24h1s}", 17, "out-of-range"},
	{16, "moves: {length: 30}", 17, "bad-value"},
	{16, "moves: {zone: 5}", 9, "unknown-key"},
	{17, "frozen: true", 1, "unknown-key"},
	{17, "start: 2014-09-28T11:00:00Z", 1, "duplicate-key"},
}

func TestEveryValueThatDoesNotFitIsReportedWithItsPlace(t *testing.T) {
	for _, fault := range faults {
		got, problems := policyfile.Parse(file, []byte(replace(fault.line, fault.text)))
		if got != nil || !problems.Failed() {
			t.Errorf("%s: it is accepted", fault.text)
			continue
		}
		first, line := problems.Items()[0], fault.line
		if problems.Errors() > 1 && fault.line != 1 {
			t.Errorf("%s: one fault is reported as several: %v", fault.text, problems.Err())
		}
		if first.Code != fault.code || first.Place != at(line, fault.column) {
			t.Errorf("%s: got %v, want %s in column %d", fault.text, first, fault.code, fault.column)
		}
	}
}

func TestAllFaultsOfAPolicyAreReportedAtOnce(t *testing.T) {
	const text = `start: soon
notice: {lead: 3600}
order: {regions: [], zones: many}
limits: {rack: 0}
canary: {hosts: one}
halt: {failed: {at_least: 0}}
outage: {default: 0s}
stuck: {afterwards: 15m}
freezes:
- {from: 2014-09-29T00:00:00Z, to: 2014-09-28T00:00:00Z, reason: x}
protected: [{}]
moves: {host: 0, group: 0}
`
	_, problems := policyfile.Parse(file, []byte(text))
	var lines []int
	for _, p := range problems.Items() {
		lines = append(lines, p.Place.Line)
	}
	if want := []int{1, 2, 3, 3, 4, 5, 6, 7, 8, 10, 11, 12, 12}; !reflect.DeepEqual(lines, want) {
		t.Errorf("faults in lines %v, want %v: %v", lines, want, problems.Err())
	}
}

func TestAHaltOnTheFirstFailureIsLegal(t *testing.T) {
	halt := parse(t, "start: 2014-09-28T11:00:00Z\nhalt: {failed: {campaign: 0}}").Halt
	if !halt.Campaign.Zero() || halt.AtLeast != 1 || halt.Region.Set() {
		t.Errorf("got %+v", halt)
	}
}

func TestTheDigestIsThatOfTheDocumentAsWritten(t *testing.T) {
	plain := parse(t, "start: 2014-09-28T11:00:00Z\nlimits: {rack: 1, zone: 5%}\n").Digest
	if want := canon.Of([]byte(`{"limits":{"rack":1,"zone":"5%"},"start":"2014-09-28T11:00:00Z"}`)); plain != want {
		t.Errorf("digest %s, want %s", plain, want)
	}
	if other := parse(t, "# a comment\nlimits:\n  zone: 5%\n  rack: 1\nstart: 2014-09-28T11:00:00Z\n").Digest; other != plain {
		t.Error("spacing, comments or the order of keys change the digest")
	}
	if other := parse(t, "start: 2014-09-28T11:00:00Z\nlimits: {rack: 2, zone: 5%}\n").Digest; other == plain {
		t.Error("another limit leaves the digest as it was")
	}
}

func TestAFileIsReadFromItsPath(t *testing.T) {
	path := filepath.Join(t.TempDir(), file)
	if err := os.WriteFile(path, []byte(whole), 0o600); err != nil {
		t.Fatal(err)
	}
	if p, problems := policyfile.Read(path); problems.Failed() || p.File != path || p.Digest != parse(t, whole).Digest {
		t.Errorf("%v", problems.Err())
	}
	missing := filepath.Join(t.TempDir(), "none.yaml")
	p, problems := policyfile.Read(missing)
	if p != nil || problems.Errors() != 1 || problems.Items()[0].Code != "cannot-read" || problems.Items()[0].Place.File != missing {
		t.Errorf("%v", problems.Err())
	}
}

func FuzzReadPolicy(f *testing.F) {
	f.Add(whole)
	f.Add("start: 2014-09-28T11:00:00Z\nprotected: [{a: b}]")
	f.Add("start: 2014-09-28T11:00:00Z\nmoves: {fleet: 1, bandwidth: 1}")
	f.Fuzz(func(t *testing.T, text string) {
		p, problems := policyfile.Parse(file, []byte(text))
		if (p == nil) != problems.Failed() {
			t.Fatalf("a policy and errors, or neither: %v", problems.Err())
		}
		if p == nil {
			return
		}
		for _, s := range append(p.Protected, p.Last...) {
			if s.HostID == "" && len(s.Terms) == 0 {
				t.Errorf("an empty selector was let in")
			}
		}
		for _, l := range []limit.Limit{p.Limits.Fleet, p.Limits.Region, p.Limits.Zone, p.Limits.Rack, p.Limits.Cohort, p.Limits.Tenant} {
			if l.Zero() {
				t.Errorf("a limit of zero was let in")
			}
		}
		if m := p.Moves; m != nil && (m.Host < 1 || m.Length < 1 || m.Group.Zero() || m.Tenant.Zero() || m.Fleet.Zero()) {
			t.Errorf("the moves %+v were let in", *m)
		}
		for _, z := range p.Freezes {
			if z.Span.From >= z.Span.To || z.Reason == "" {
				t.Errorf("the freeze %+v was let in", z)
			}
		}
	})
}
