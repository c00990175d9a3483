package advisoryfile_test

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/evenkeel-project/evenkeel/internal/core/advisory"
	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/canon"
	"github.com/evenkeel-project/evenkeel/internal/core/predicate"
	"github.com/evenkeel-project/evenkeel/internal/core/problem"
	"github.com/evenkeel-project/evenkeel/internal/intake/advisoryfile"
)

const file = "XSA-108.yaml"

const whole = `id: XSA-108
aliases: [CVE-2014-7188, "GHSA-x"]
embargo: {until: 2014-10-01T12:00:00Z, tlp: AMBER, permits: {deploy_patch: yes, deploy_mitigation: no, distribute: ask}}
affected: host.arch == "x86_64"
fixed: '"XSA-108" in host.patches'
action: reboot
`

// question is a predicate that knows only where and how it was written.
type question struct {
	predicate.Predicate
	source string
	at     problem.Place
}

func (q question) Source() string { return q.source }

// fakeCompiler takes every expression but those with "wrong" in them, and warns of those with "odd".
type fakeCompiler struct{}

func (fakeCompiler) Compile(source string, at problem.Place) (predicate.Predicate, problem.List) {
	var problems problem.List
	if strings.Contains(source, "odd") {
		problems.Add(problem.Problem{Code: "odd-expression", Place: at, Sentence: "it is odd", Warning: true})
	}
	if strings.Contains(source, "wrong") {
		problems.Addf("bad-expression", at, "", "it is wrong")
		problems.Addf("bad-expression", at, "", "it is wrong in two ways")
		return nil, problems
	}
	return question{source: source, at: at}, problems
}

func at(line, column int) problem.Place { return problem.Place{File: file, Line: line, Column: column} }

func parse(t *testing.T, text string) *advisory.Advisory {
	t.Helper()
	a, problems := advisoryfile.Parse(file, []byte(text), fakeCompiler{})
	if problems.Failed() {
		t.Fatal(problems.Err())
	}
	return a
}

// replace returns the whole advisory with its line n (from 1) replaced.
func replace(n int, line string) string {
	lines := strings.Split(whole, "\n")
	lines[n-1] = line
	return strings.Join(lines, "\n")
}

func TestEveryKeyOfAnAdvisoryIsRead(t *testing.T) {
	until, err := calendar.ParseInstant("2014-10-01T12:00:00Z")
	if err != nil {
		t.Fatal(err)
	}
	got := parse(t, whole)
	want := &advisory.Advisory{
		ID: "XSA-108", Aliases: []string{"CVE-2014-7188", "GHSA-x"},
		Embargo:  &advisory.Embargo{Until: until, TLP: "AMBER", DeployPatch: advisory.Allowed, DeployMitigation: advisory.Forbidden, Distribute: advisory.Ask},
		Affected: question{source: `host.arch == "x86_64"`, at: at(4, 11)},
		Fixed:    question{source: `"XSA-108" in host.patches`, at: at(5, 9)},
		Action:   advisory.Reboot, Digest: got.Digest,
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

func TestEveryWordIsUnderstood(t *testing.T) {
	for _, action := range []advisory.Action{advisory.None, advisory.Restart, advisory.Reboot, advisory.StopStart} {
		if got := parse(t, replace(6, "action: "+string(action))).Action; got != action {
			t.Errorf("%s is read as %s", action, got)
		}
	}
	for _, tlp := range []string{"RED", "AMBER+STRICT", "AMBER", "GREEN", "CLEAR"} {
		if got := parse(t, replace(3, "embargo: {until: 2014-10-01T12:00:00Z, tlp: "+tlp+"}")).Embargo.TLP; got != tlp {
			t.Errorf("%s is read as %s", tlp, got)
		}
	}
	for word, want := range map[string]advisory.Permission{"yes": advisory.Allowed, "no": advisory.Forbidden, "ask": advisory.Ask, `"yes"`: advisory.Allowed} {
		for key, of := range map[string]func(*advisory.Embargo) advisory.Permission{
			"deploy_patch":      func(e *advisory.Embargo) advisory.Permission { return e.DeployPatch },
			"deploy_mitigation": func(e *advisory.Embargo) advisory.Permission { return e.DeployMitigation },
			"distribute":        func(e *advisory.Embargo) advisory.Permission { return e.Distribute },
		} {
			embargo := parse(t, replace(3, fmt.Sprintf("embargo: {until: 2014-10-01T12:00:00Z, permits: {%s: %s}}", key, word))).Embargo
			if of(embargo) != want {
				t.Errorf("%s: %s is read as %d", key, word, of(embargo))
			}
		}
	}
}

func TestWhatIsNotWrittenIsForbiddenAndWithoutAnEmbargoThereIsNone(t *testing.T) {
	embargo := parse(t, replace(3, "embargo: {until: 2014-10-01T12:00:00Z}")).Embargo
	if *embargo != (advisory.Embargo{Until: embargo.Until}) {
		t.Errorf("got %+v", embargo)
	}
	embargo = parse(t, replace(3, "embargo: {until: 2014-10-01T12:00:00Z, permits: {distribute: ask}}")).Embargo
	if embargo.DeployPatch != advisory.Forbidden || embargo.DeployMitigation != advisory.Forbidden {
		t.Errorf("a permission that stands alone gives others: %+v", embargo)
	}
	a := parse(t, "id: X-1\naffected: a\nfixed: b\naction: none\n")
	if a.Embargo != nil || a.Aliases != nil {
		t.Errorf("got %+v", a)
	}
}

func TestAnExpressionIsCompiledAtThePlaceWhereItsTextStarts(t *testing.T) {
	for _, example := range []struct {
		written, source string
		at              problem.Place
	}{
		{"affected: a && b", "a && b", at(4, 11)},
		{"affected: 'a'", "a", at(4, 12)},
		{`affected: "a"`, "a", at(4, 12)},
		{"affected: |\n  a &&\n  b", "a &&\nb\n", at(5, 3)},
		{"affected: >-\n    a &&\n    b", "a && b", at(5, 5)},
		{"affected:\n  a &&\n  b", "a && b", at(5, 3)},
	} {
		got := parse(t, replace(4, example.written)).Affected.(question)
		if got.source != example.source || got.at != example.at {
			t.Errorf("%q is compiled as %q at %v, want %q at %v", example.written, got.source, got.at, example.source, example.at)
		}
	}
}

// faults are values that do not fit, each with the place and code of the first problem it makes.
var faults = []struct {
	line   int
	text   string
	column int
	code   problem.Code
}{
	{1, "id: XSA 108", 5, "bad-id"},
	{1, "id: [XSA-108]", 5, "bad-type"},
	{1, "id:", 1, "bad-type"},
	{1, "name: XSA-108", 1, "missing-key"},
	{2, "aliases: CVE-2014-7188", 10, "bad-type"},
	{2, "aliases: [CVE-1, CVE-1]", 18, "duplicate-id"},
	{2, "aliases: ['CVE 1']", 11, "bad-id"},
	{2, "aliases: [[CVE-1]]", 11, "bad-type"},
	{3, "embargo: 2014-10-01T12:00:00Z", 10, "bad-type"},
	{3, "embargo: {tlp: RED}", 10, "missing-key"},
	{3, "embargo: {until: wednesday}", 18, "bad-value"},
	{3, "embargo: {until: 2014-10-01T12:00:00Z, tlp: amber}", 45, "bad-value"},
	{3, "embargo: {until: 2014-10-01T12:00:00Z, tlp: [RED]}", 45, "bad-type"},
	{3, "embargo: {until: 2014-10-01T12:00:00Z, permit: {}}", 40, "unknown-key"},
	{3, "embargo: {until: 2014-10-01T12:00:00Z, permits: yes}", 49, "bad-type"},
	{3, "embargo: {until: 2014-10-01T12:00:00Z, permits: {deploy_patch: maybe}}", 64, "bad-value"},
	{3, "embargo: {until: 2014-10-01T12:00:00Z, permits: {deploy_patch: Yes}}", 64, "bad-value"},
	{3, "embargo: {until: 2014-10-01T12:00:00Z, permits: {deploy_mitigation: true}}", 69, "bad-value"},
	{3, "embargo: {until: 2014-10-01T12:00:00Z, permits: {distribute: ''}}", 62, "bad-value"},
	{3, "embargo: {until: 2014-10-01T12:00:00Z, permits: {reboot: yes}}", 50, "unknown-key"},
	{4, "affected: ''", 11, "bad-value"},
	{4, "affected: [a]", 11, "bad-type"},
	{4, "affected: wrong", 11, "bad-expression"},
	{4, "effected: a", 4, "missing-key"},
	{5, "fixed: {a: b}", 8, "bad-type"},
	{5, "fixed: 'wrong'", 9, "bad-expression"},
	{6, "action: explode", 9, "bad-value"},
	{6, "action: Reboot", 9, "bad-value"},
	{6, "action: [reboot]", 9, "bad-type"},
	{6, "actions: reboot", 1, "missing-key"},
	{7, "severity: high", 1, "unknown-key"},
	{7, "id: XSA-109", 1, "duplicate-key"},
}

func TestEveryValueThatDoesNotFitIsReportedWithItsPlace(t *testing.T) {
	for _, fault := range faults {
		got, problems := advisoryfile.Parse(file, []byte(replace(fault.line, fault.text)), fakeCompiler{})
		if got != nil || !problems.Failed() {
			t.Errorf("%s: it is accepted", fault.text)
			continue
		}
		first, want := problems.Items()[0], at(fault.line, fault.column)
		if fault.code == "missing-key" && fault.column < 10 {
			want = at(1, 1) // the place of the map that lacks the key
		}
		if first.Code != fault.code || first.Place != want {
			t.Errorf("%s: got %v, want %s at %v", fault.text, first, fault.code, want)
		}
	}
}

func TestAllFaultsOfAnAdvisoryAreReportedAtOnce(t *testing.T) {
	const text = `id: XSA 108
aliases:
- [x]
- CVE-1
- CVE-1
embargo:
  until: soon
  tlp: PINK
  permits:
    deploy_patch: perhaps
    undo: no
affected: wrong
action: none of them
`
	_, problems := advisoryfile.Parse(file, []byte(text), fakeCompiler{})
	var lines []int
	for _, p := range problems.Items() {
		lines = append(lines, p.Place.Line)
	}
	if want := []int{1, 1, 3, 5, 7, 8, 10, 11, 12, 12, 13}; !reflect.DeepEqual(lines, want) {
		t.Errorf("faults in lines %v, want %v: %v", lines, want, problems.Err())
	}
}

func TestAFaultNamesTheAdvisory(t *testing.T) {
	_, problems := advisoryfile.Parse(file, []byte(replace(6, "action: explode")), fakeCompiler{})
	const want = `XSA-108.yaml:6:9: the advisory XSA-108: action: "explode" has no meaning here; write one of none, restart, reboot, stop-start [bad-value]`
	if got := problems.Err(); got == nil || got.Error() != want {
		t.Errorf("got  %v\nwant %s", got, want)
	}
}

func TestTheWarningsOfAnExpressionAreKept(t *testing.T) {
	a, problems := advisoryfile.Parse(file, []byte(replace(4, "affected: odd")), fakeCompiler{})
	if a == nil || len(problems.Items()) != 1 || problems.Items()[0].Code != "odd-expression" {
		t.Errorf("%v", problems.Items())
	}
}

func TestTheDigestIsThatOfTheDocumentAsWritten(t *testing.T) {
	plain := parse(t, "id: X-1\naffected: a\nfixed: b\naction: none\n").Digest
	if want := canon.Of([]byte(`{"action":"none","affected":"a","fixed":"b","id":"X-1"}`)); plain != want {
		t.Errorf("digest %s, want %s", plain, want)
	}
	if other := parse(t, "# a comment\n{action: none, fixed: 'b', affected: \"a\", id: X-1}").Digest; other != plain {
		t.Error("spacing, quotes or the order of keys change the digest")
	}
	if other := parse(t, "id: X-1\naffected: a2\nfixed: b\naction: none\n").Digest; other == plain {
		t.Error("another expression leaves the digest as it was")
	}
}

func TestAFileIsReadFromItsPath(t *testing.T) {
	path := filepath.Join(t.TempDir(), file)
	if err := os.WriteFile(path, []byte(whole), 0o600); err != nil {
		t.Fatal(err)
	}
	if a, problems := advisoryfile.Read(path, fakeCompiler{}); problems.Failed() || a.Digest != parse(t, whole).Digest {
		t.Errorf("%v", problems.Err())
	}
	missing := filepath.Join(t.TempDir(), "none.yaml")
	a, problems := advisoryfile.Read(missing, fakeCompiler{})
	if a != nil || problems.Errors() != 1 || problems.Items()[0].Code != "cannot-read" || problems.Items()[0].Place.File != missing {
		t.Errorf("%v", problems.Err())
	}
}

func FuzzReadAdvisory(f *testing.F) {
	f.Add(whole)
	f.Add("id: X-1\naffected: |\n  a\nfixed: >\n  b\naction: none\n")
	f.Fuzz(func(t *testing.T, text string) {
		a, problems := advisoryfile.Parse(file, []byte(text), fakeCompiler{})
		if (a == nil) != problems.Failed() {
			t.Fatalf("an advisory and errors, or neither: %v", problems.Err())
		}
		if a != nil && (a.ID == "" || a.Affected == nil || a.Fixed == nil || a.Action == "") {
			t.Errorf("something that is required is missing: %+v", a)
		}
	})
}
