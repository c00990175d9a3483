package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// block is a block of a table about the small tree that small makes.
func block(old, new, pattern string) string {
	return "law: L1\nguard: at most one\nfile: a/a.go\nold: " + old + "\nnew: " + new + "\ntest: ./a " + pattern + "\n"
}

// small makes a tree of one package with a guard, a test of it and a test that sees nothing.
func small(t *testing.T) string {
	t.Helper()
	root := t.TempDir()
	for name, text := range map[string]string{
		"go.mod":      "module a.example/m\n\ngo 1.26\n",
		"a/a.go":      "package a\n\nfunc Fits(n int) bool { return n <= 1 }\n",
		"a/a_test.go": "package a\n\nimport \"testing\"\n\nfunc TestTwoDoNotFit(t *testing.T) {\n\tif Fits(2) {\n\t\tt.Error(\"two fit\")\n\t}\n}\n\nfunc TestOneFits(t *testing.T) {\n\tif !Fits(1) {\n\t\tt.Error(\"one does not fit\")\n\t}\n}\n\nfunc TestAlways(t *testing.T) { t.Error(\"always\") }\n",
	} {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(root, name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(root, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if output, err := exec.Command("git", "init", "-q", root).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, output)
	}
	return root
}

func TestAMutantIsKilledOnlyByATestThatFails(t *testing.T) {
	root := small(t)
	table := filepath.Join(t.TempDir(), "table")
	for _, c := range []struct {
		text string
		good bool
		want string // in what is printed or in the error
	}{
		{block("n <= 1", "n <= 2", "TestTwo"), true, "1 killed, 0 survived\n"},
		{block("n <= 1", "true", "TestOne"), false, "0 killed, 1 survived\n"},
		{block("n <= 1", "m", "TestTwo"), false, "0 killed, 0 survived, 1 did not compile\n"},
		{block("n <= 1", "false", "TestTwo") + "\n" + block("n <= 1", "false", "TestOne"), false, "1 killed, 1 survived\n"},
		{block("n < 1", "true", "TestTwo"), false, "line 1 is stale: a/a.go holds the old text 0 times"},
		{block("n", "m", "TestTwo"), false, "is stale"},
		{block("n <= 1", "true", "TestAlways"), false, "without any edit, go test -run=TestAlways ./a fails"},
		{block("n <= 1", "true", "TestNone"), false, "runs no test"},
	} {
		if err := os.WriteFile(table, []byte(c.text), 0o644); err != nil {
			t.Fatal(err)
		}
		var out strings.Builder
		good, err := run(t.Context(), &out, root, table, "")
		if err != nil {
			out.WriteString(err.Error())
		}
		if good != c.good || !strings.Contains(out.String(), c.want) {
			t.Errorf("good is %t, want %t with %q:\n%s\n%s", good, c.good, c.want, out.String(), c.text)
		}
	}
}

func TestEveryFaultOfATableIsReported(t *testing.T) {
	good := block("a", "", "TestX")
	got, err := parse("# a line for readers\n\n" + good + "\n\n" + strings.Replace(good, "old: a\n", "old: a\nold: \tb\n", 1))
	if err != nil || len(got) != 2 || got[0].line != 3 || got[1].old != "a\n\tb" || got[0].new != "" || got[0].test.pattern != "TestX" {
		t.Errorf("got %+v, %v", got, err)
	}
	for text, want := range map[string]string{
		strings.Replace(good, "law: L1\n", "", 1):               "has no law",
		strings.Replace(good, "new: \n", "", 1):                 "has no new",
		strings.Replace(good, "old: a", "old:", 1):              "has no old",
		strings.Replace(good, "law: L1", "law: L1\nlaw: L2", 1): "has two of law",
		strings.Replace(good, " TestX", "", 1):                  "needs a package and a pattern",
		good + "also: this\n":                                   "unknown key",
		good + "nothing\n":                                      "line 7 is not key: value",
	} {
		if _, err := parse(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q of\n%s", err, want, text)
		}
	}
}

// TestEveryTestThatALawNamesKillsAMutant holds the table of mutants against the table of laws.
func TestEveryTestThatALawNamesKillsAMutant(t *testing.T) {
	text, err := os.ReadFile("mutants.txt")
	if err != nil {
		t.Fatal(err)
	}
	mutants, err := parse(string(text))
	if err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile("../../ARCHITECTURE.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rows, found := strings.Cut(string(page), "| law | test |\n| --- | --- |\n")
	if !found {
		t.Fatal("ARCHITECTURE.md has no table of laws")
	}
	rows, _, _ = strings.Cut(rows, "\n\n")
	laws := strings.Split(strings.TrimSpace(rows), "\n")
	about := func(m mutant, row string) bool {
		rest, ok := strings.CutPrefix(row, "| "+m.law)
		return ok && strings.ContainsAny(rest[:1], ":, ")
	}
	for _, row := range laws {
		for _, name := range regexp.MustCompile(`Test[A-Z]\w+`).FindAllString(row, -1) {
			if !slices.ContainsFunc(mutants, func(m mutant) bool {
				top, _, _ := strings.Cut(m.test.pattern, "/")
				return about(m, row) && top == name
			}) {
				t.Errorf("no mutant is there for %s to kill: %s", name, row)
			}
		}
	}
	numbered := regexp.MustCompile(`^S[0-9]+$`)
	for _, m := range mutants {
		if numbered.MatchString(m.law) && !slices.ContainsFunc(laws, func(row string) bool { return about(m, row) }) {
			t.Errorf("the mutant at line %d is about %s, which is no law of ARCHITECTURE.md", m.line, m.law)
		}
	}
}
