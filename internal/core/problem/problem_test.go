package problem_test

import (
	"strconv"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"pgregory.net/rapid"

	"github.com/evenkeel-project/evenkeel/internal/core/problem"
)

func TestAPlaceIsPrintedAsEditorsUnderstandIt(t *testing.T) {
	for want, place := range map[string]problem.Place{
		"":           {},
		"f.yaml":     {File: "f.yaml"},
		"f.yaml:3":   {File: "f.yaml", Line: 3},
		"f.yaml:3:7": {File: "f.yaml", Line: 3, Column: 7},
		":3:7":       {Line: 3, Column: 7},
	} {
		if got := place.String(); got != want {
			t.Errorf("%+v is printed %q, want %q", place, got, want)
		}
	}
}

func TestAProblemIsOneLineWithPlaceFixAndCode(t *testing.T) {
	p := problem.Problem{Code: "unknown-name", Place: problem.Place{File: "p.yaml", Line: 4, Column: 2},
		Sentence: "region dfw is not known", Fix: "correct it"}
	if got, want := p.Error(), "p.yaml:4:2: region dfw is not known; correct it [unknown-name]"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	p.Warning, p.Fix, p.Place = true, "", problem.Place{}
	if got, want := p.Error(), "warning: region dfw is not known [unknown-name]"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestAHostileNameCannotForgeALineOrAColour(t *testing.T) {
	for hostile, want := range map[string]string{
		"a\nb":                     `a\u000ab`,
		"a\r\nerror: b":            `a\u000d\u000aerror: b`,
		"\x1b[31mred\x1b[0m":       `\u001b[31mred\u001b[0m`,
		"\u009b31m":                `\u009b31m`,
		"\x7f":                     `\u007f`,
		"\u202egnp.exe":            `\u202egnp.exe`,
		"\u2066x\u2069":            `\u2066x\u2069`,
		"\u200e\u200f\u061c":       `\u200e\u200f\u061c`,
		"zero\u200bwidth\ufeff":    `zero\u200bwidth\ufeff`,
		"\u2028\u2029\u0085":       `\u2028\u2029\u0085`,
		"tag\U000e0041":            `tag\U000e0041`,
		"bad\xff":                  "bad\uFFFD",
		"plain text, Übersee 東京 😀": "plain text, Übersee 東京 😀",
	} {
		if got := problem.Printable(hostile); got != want {
			t.Errorf("%q is printed %q, want %q", hostile, got, want)
		}
		p := problem.Problem{Code: "c", Sentence: "host " + hostile, Fix: hostile}
		if got := p.Error(); strings.ContainsFunc(got, func(r rune) bool { return !unicode.IsPrint(r) }) {
			t.Errorf("%q reaches the terminal as %q", hostile, got)
		}
	}
}

func TestWhateverComesInOnlyPrintableCharactersComeOut(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := string(rapid.SliceOf(rapid.Byte()).Draw(t, "bytes")) + rapid.String().Draw(t, "text")
		got := problem.Printable(s)
		if !utf8.ValidString(got) || strings.ContainsFunc(got, func(r rune) bool { return !unicode.IsPrint(r) }) {
			t.Fatalf("%q is printed %q", s, got)
		}
	})
}

func TestALongTextIsShortenedBetweenCharacters(t *testing.T) {
	got := problem.Printable("x" + strings.Repeat("é", 5000))
	if len(got) > 1100 || !strings.HasSuffix(got, "é...") || strings.ContainsRune(got, '\uFFFD') {
		t.Errorf("%d bytes, ending in %q", len(got), got[len(got)-10:])
	}
}

func TestAListIsOrderedByPlaceAndOtherwiseAsAdded(t *testing.T) {
	var list problem.List
	add := func(file string, line, column int, code problem.Code) {
		list.Addf(code, problem.Place{File: file, Line: line, Column: column}, "", "s")
	}
	add("b", 1, 1, "5")
	add("a", 2, 9, "3")
	add("a", 2, 1, "1")
	add("a", 2, 1, "2")
	add("a", 10, 1, "4")
	var got strings.Builder
	for _, p := range list.Items() {
		got.WriteString(string(p.Code))
	}
	if got.String() != "12345" {
		t.Errorf("order %s", got.String())
	}
}

func TestAListKeepsAHundredAndCountsTheRest(t *testing.T) {
	var list problem.List
	for i := range 130 {
		list.Addf("c", problem.Place{Line: i + 1}, "", "fault %d", i)
	}
	if len(list.Items()) != 100 || list.Dropped() != 30 || list.Errors() != 130 {
		t.Errorf("kept %d, dropped %d, errors %d", len(list.Items()), list.Dropped(), list.Errors())
	}
	if message := list.Err().Error(); !strings.HasSuffix(message, "\nand 30 more") || strings.Count(message, "\n") != 100 {
		t.Errorf("message ends %q", message[len(message)-30:])
	}
	var both problem.List
	both.Addf("c", problem.Place{}, "", "one")
	both.Merge(list)
	if len(both.Items()) != 100 || both.Dropped() != 31 || both.Errors() != 131 {
		t.Errorf("merged: kept %d, dropped %d, errors %d", len(both.Items()), both.Dropped(), both.Errors())
	}
}

func TestWarningsAloneAreNoFailure(t *testing.T) {
	var list problem.List
	if list.Failed() || list.Err() != nil {
		t.Error("an empty list fails")
	}
	list.Add(problem.Problem{Code: "w", Sentence: "beware", Warning: true})
	if list.Failed() || list.Err() != nil || list.Errors() != 0 || len(list.Items()) != 1 {
		t.Error("a warning fails the work")
	}
	list.Addf("e", problem.Place{}, "", "no %s", strconv.Quote("x"))
	if !list.Failed() || list.Errors() != 1 || list.Err().Error() != "warning: beware [w]\nno \"x\" [e]" {
		t.Errorf("got %v", list.Err())
	}
}

func TestErrorsThatWereOnlyCountedStillFail(t *testing.T) {
	var warnings, late problem.List
	for range 100 {
		warnings.Add(problem.Problem{Code: "w", Warning: true})
	}
	late.Addf("e", problem.Place{}, "", "late")
	warnings.Merge(late)
	if !warnings.Failed() || warnings.Dropped() != 1 {
		t.Error("an error past the hundredth problem was forgotten")
	}
}
