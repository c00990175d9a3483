package lint

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"go/ast"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var (
	fenced     = regexp.MustCompile("(?ms)^```.*?^```$")
	linked     = regexp.MustCompile(`\]\(([^)\s]+)\)`)
	heading    = regexp.MustCompile(`(?m)^#+ (.+)$`)
	namedPath  = regexp.MustCompile("`((?:internal|cmd|build|docs|\\.ci)/[A-Za-z0-9_./-]+)`")
	namedMake  = regexp.MustCompile("`make ([a-z-]+)[ `]")
	makeTarget = regexp.MustCompile(`(?m)^([a-z-]+):`)
	namedTest  = regexp.MustCompile(`\b(Test|Fuzz|Benchmark)[A-Z][A-Za-z0-9_]*`)
)

// documents calls each with the text of every Markdown file, code blocks left out.
func documents(t *tree, each func(name, text string)) {
	for _, name := range t.paths() {
		if strings.HasSuffix(name, ".md") && !strings.Contains("/"+name, "/testdata/") {
			each(name, fenced.ReplaceAllString(string(t.files[name]), ""))
		}
	}
}

// deadLinks finds links, paths and make targets in documents that lead nowhere.
func deadLinks(t *tree) []fault {
	var faults []fault
	dead := func(name, what string) {
		faults = append(faults, fault{name, what, "a reader who follows it stops trusting the page", "correct it, or write what it promises"})
	}
	targets := map[string]bool{}
	for _, m := range makeTarget.FindAllStringSubmatch(string(t.files["Makefile"]), -1) {
		targets[m[1]] = true
	}
	documents(t, func(name, text string) {
		for _, m := range linked.FindAllStringSubmatch(text, -1) {
			file, section, _ := strings.Cut(m[1], "#")
			if strings.Contains(file, ":") {
				continue // https and the like
			}
			target := path.Join(path.Dir(name), file)
			if file == "" {
				target = name
			}
			if !t.has(target) {
				dead(name, "it links "+m[1]+", which does not exist")
			} else if section != "" && !slices.Contains(sections(string(t.files[target])), section) {
				dead(name, "it links "+m[1]+", and the page has no such heading")
			}
		}
		for _, m := range namedPath.FindAllStringSubmatch(text, -1) {
			if file := strings.TrimSuffix(m[1], "/"); !strings.Contains(file, "...") && !t.has(file) {
				dead(name, "it names "+m[1]+", which does not exist")
			}
		}
		for _, m := range namedMake.FindAllStringSubmatch(text, -1) {
			if !targets[m[1]] {
				dead(name, "it names make "+m[1]+", which the Makefile does not have")
			}
		}
	})
	return faults
}

// sections returns the names by which links reach the headings of a page.
func sections(text string) []string {
	var names []string
	for _, m := range heading.FindAllStringSubmatch(text, -1) {
		name := strings.Map(func(r rune) rune {
			switch {
			case r == ' ':
				return '-'
			case r == '-' || r == '_' || (r >= 'a' && r <= 'z') || (r >= '0' && r <= '9'):
				return r
			}
			return -1
		}, strings.ToLower(m[1]))
		names = append(names, name)
	}
	return names
}

// unguardedLaws finds tests that a document names and that do not exist, and rows of a table with the
// columns "law" and "test" that name none.
func unguardedLaws(t *tree) []fault {
	const why = "a law without a test is a wish"
	exists := map[string]bool{}
	for _, dir := range t.dirs() {
		for _, f := range t.rooms[dir].tests {
			for _, d := range f.syntax.Decls {
				if d, ok := d.(*ast.FuncDecl); ok {
					exists[d.Name.Name] = true
				}
			}
		}
	}
	var faults []fault
	documents(t, func(name, text string) {
		for _, test := range namedTest.FindAllString(text, -1) {
			if !exists[test] {
				faults = append(faults, fault{name, "it names " + test + ", which does not exist", why, "write the test, or name the one that guards the law"})
			}
		}
		laws := 0
		for _, row := range lawRows(text) {
			laws++
			if !namedTest.MatchString(row) {
				faults = append(faults, fault{name, "a law names no test: " + row, why, "name the test that fails when the guard is taken out"})
			}
		}
		if name == "ARCHITECTURE.md" && laws == 0 {
			faults = append(faults, fault{name, "it has no table of laws and tests", why, "list every law with the test that guards it"})
		}
	})
	return faults
}

// lawRows returns the rows of tables whose head has the columns law and test.
func lawRows(text string) []string {
	var rows []string
	inside, inLaws := false, false
	for _, line := range strings.Split(text, "\n") {
		if !strings.HasPrefix(line, "|") {
			inside, inLaws = false, false
			continue
		}
		if !inside {
			columns := cells(strings.ToLower(line))
			inside, inLaws = true, slices.Contains(columns, "law") && slices.Contains(columns, "test")
			continue
		}
		if inLaws && strings.Trim(line, "|-: ") != "" {
			rows = append(rows, line)
		}
	}
	return rows
}

// cells splits a row of a Markdown table.
func cells(row string) []string {
	parts := strings.Split(strings.Trim(strings.TrimSpace(row), "|"), "|")
	for i := range parts {
		parts[i] = strings.TrimSpace(parts[i])
	}
	return parts
}

// foreignFile matches files that come from somewhere else and are kept here.
var foreignFile = regexp.MustCompile(`\.min\.(js|css)$|\.woff2?$|(^|/)(vendor|vendored|third_party)/.*\.(js|css|ttf)$`)

// unhashed finds kept files of others that vendor.sum does not list with their SHA-256, in the form that
// sha256sum prints, with paths from the root.
func unhashed(t *tree) []fault {
	var faults []fault
	sums := map[string]string{}
	for _, line := range strings.Split(string(t.files["vendor.sum"]), "\n") {
		if sum, name, ok := strings.Cut(line, "  "); ok {
			sums[name] = sum
		}
	}
	for _, name := range t.paths() {
		digest := sha256.Sum256(t.files[name])
		if sum := hex.EncodeToString(digest[:]); foreignFile.MatchString(name) && sums[name] != sum {
			faults = append(faults, fault{name, "vendor.sum does not list it with SHA-256 " + sum,
				"code of others must not change unseen", "say where it comes from in docs/dependencies.md and add the line to vendor.sum"})
		}
	}
	return faults
}

// formatsPage is the contract of the files that evenkeel reads; readers are the packages that read them.
const formatsPage = "docs/reference/formats.md"

var readers = []string{"internal/intake/advisoryfile", "internal/intake/fleetfile", "internal/intake/planfile", "internal/intake/policyfile"}

var (
	keyWord  = regexp.MustCompile(`^"([a-z]+(?:_[a-z]+)*)"$`)
	codeSpan = regexp.MustCompile("`[^`]+`")
	anyWord  = regexp.MustCompile(`[a-z]+(?:_[a-z]+)*`)
)

// unexplainedKeys finds keys and words that a reader takes and the page of formats does not have. What a
// reader passes to a function as one plain word is taken for a key.
func unexplainedKeys(t *tree) []fault {
	explained := map[string]bool{}
	page := fenced.ReplaceAllString(string(t.files[formatsPage]), "")
	for _, span := range codeSpan.FindAllString(page, -1) {
		for _, word := range anyWord.FindAllString(span, -1) {
			explained[word] = true
		}
	}
	var faults []fault
	for _, dir := range readers {
		if t.rooms[dir] == nil {
			continue // wrongRows says so
		}
		for _, f := range t.rooms[dir].files {
			ast.Inspect(f.syntax, func(n ast.Node) bool {
				call, ok := n.(*ast.CallExpr)
				if !ok {
					return true
				}
				for _, arg := range call.Args {
					literal, ok := arg.(*ast.BasicLit)
					if !ok {
						continue
					}
					if m := keyWord.FindStringSubmatch(literal.Value); m != nil && !explained[m[1]] {
						faults = append(faults, fault{t.place(literal.Pos()), "the key " + m[1] + " is not in " + formatsPage,
							"people write files by that page", "give it a row: what it means, its unit, and what holds when it is left out"})
					}
				}
				return true
			})
		}
	}
	return faults
}

func TestEveryKeyOfAFileIsExplained(t *testing.T) { mustKeep(t, unexplainedKeys(repository(t))) }

func TestAnUnexplainedKeyIsSeen(t *testing.T) {
	const reader = `package policyfile; func f(o *object) { o.Seconds("bake_time"); o.Fault("bake", "bad-value", "it is bad") }`
	plant := func(page string) []fault {
		return unexplainedKeys(planted(t, "internal/intake/policyfile/x.go", reader, formatsPage, page))
	}
	mustSee(t, plant("| `canary.bake` | yes |"), "the key bake_time is not in")
	mustKeep(t, plant("| `canary.bake` | `bake_time` |"))
}

func TestDocumentsLeadSomewhere(t *testing.T) { mustKeep(t, deadLinks(repository(t))) }

func TestEveryLawNamesATestThatExists(t *testing.T) { mustKeep(t, unguardedLaws(repository(t))) }

func TestFilesOfOthersAreHashed(t *testing.T) { mustKeep(t, unhashed(repository(t))) }

func TestEveryDocumentIsThere(t *testing.T) {
	for _, name := range []string{"ARCHITECTURE.md", "CONTRIBUTING.md", "LICENSE", "README.md", "SCOPE.md", "SECURITY.md", "STYLE.md",
		"docs/dependencies.md", "docs/reference/formats.md"} {
		if !repository(t).has(name) {
			t.Errorf("%s is missing: readers of other projects look for it there", name)
		}
	}
}

func TestADeadLinkIsSeen(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"[a](gone.md)", "it links gone.md"},
		{"[a](../docs/b.md#no-such)", "has no such heading"},
		{"[a](#no-such)", "has no such heading"},
		{"in `internal/gone`", "it names internal/gone"},
		{"run `make gone`", "it names make gone"},
	} {
		mustSee(t, deadLinks(planted(t, "docs/a.md", c.text, "docs/b.md", "# Some heading", "Makefile", "test: x\n")), c.want)
	}
	mustKeep(t, deadLinks(planted(t, "docs/a.md", "# Own: part 1\n[a](b.md#some-heading) [b](#own-part-1) [c](https://a.example/x.md) [d](../docs)\n"+
		"`docs/b.md` `internal/...` `make test`\n```\n[e](gone.md)\n```\n", "docs/b.md", "# Some heading", "Makefile", "test: x\n")))
}

func TestALawWithoutATestIsSeen(t *testing.T) {
	const head = "| law | says | test |\n|---|---|---|\n"
	code := []string{"a/a_test.go", "package a\nfunc TestItHoldsThere() {}"}
	plant := func(text string) []fault {
		return unguardedLaws(planted(t, append(code, "ARCHITECTURE.md", text)...))
	}
	mustSee(t, plant(head+"| S1 | it holds | `TestItIsGone` |\n"), "names TestItIsGone, which does not exist")
	mustSee(t, plant(head+"| S1 | it holds | by review |\n"), "a law names no test")
	mustSee(t, plant("No table."), "no table of laws")
	mustKeep(t, plant(head+"| S1 | it holds | `TestItHoldsThere` |\n\n| other | table |\n|---|---|\n| a | b |\n"))
}

func TestAnUnhashedFileIsSeen(t *testing.T) {
	mustSee(t, unhashed(planted(t, "internal/web/htmx.min.js", "x")), "vendor.sum does not list it")
	mustKeep(t, unhashed(planted(t, "internal/web/htmx.min.js", "x", "internal/web/own.js", "y",
		"vendor.sum", fmt.Sprintf("%x  internal/web/htmx.min.js\n", sha256.Sum256([]byte("x"))))))
}
