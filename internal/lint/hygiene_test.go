package lint

import (
	"go/ast"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
)

// luck finds what makes a test pass or fail by luck, or not run at all.
func luck(t *tree) []fault {
	var faults []fault
	for _, dir := range t.dirs() {
		for _, f := range t.rooms[dir].tests {
			names := packageNames(f)
			ast.Inspect(f.syntax, func(n ast.Node) bool {
				if call, ok := n.(*ast.SelectorExpr); ok {
					if bad := unlucky(names, call); bad.wrong != "" {
						bad.place = t.place(call.Pos())
						faults = append(faults, bad)
					}
				}
				return true
			})
		}
	}
	return faults
}

// packageNames returns import paths by the name that a file calls them by.
func packageNames(f *goFile) map[string]string {
	names := map[string]string{}
	for _, spec := range f.syntax.Imports {
		name := strings.Trim(spec.Path.Value, `"`)
		called := name[strings.LastIndex(name, "/")+1:]
		if strings.HasPrefix(name, "math/rand") {
			called = "rand"
		}
		if spec.Name != nil {
			called = spec.Name.Name
		}
		names[called] = name
	}
	return names
}

// seeded are the names of math/rand that take a seed or are types.
var seeded = []string{"New", "NewPCG", "NewChaCha8", "NewSource", "NewZipf", "Rand", "Source", "PCG", "ChaCha8", "Zipf"}

// unlucky says what is wrong with a name that a test uses, or nothing.
func unlucky(names map[string]string, call *ast.SelectorExpr) fault {
	from := ""
	if id, ok := call.X.(*ast.Ident); ok {
		from = names[id.Name]
	}
	switch name := call.Sel.Name; {
	case from == "" && slices.Contains([]string{"Skip", "Skipf", "SkipNow"}, name):
		return fault{wrong: "the test may skip itself", why: "a test that does not run guards nothing, and nobody notices",
			instead: "put it behind a build tag with a make target of its own"}
	case from == "time" && name == "Sleep":
		return fault{wrong: "the test sleeps", why: "it is slow on every machine and wrong on a slow one", instead: "use testing/synctest or wait for the event itself"}
	case strings.HasPrefix(from, "math/rand") && !slices.Contains(seeded, name):
		return fault{wrong: "the test draws from a source without a seed", why: "a failure that cannot be repeated cannot be mended",
			instead: "use rapid, or rand.New with a seed that every failure prints"}
	case from == "crypto/rand":
		return fault{wrong: "the test draws from the machine's entropy", why: "a failure that cannot be repeated cannot be mended", instead: "use bytes that the test writes down"}
	}
	return fault{}
}

// wordsMin is the number of words from which a test's name can be a sentence.
const wordsMin = 3

// testName matches the name of a test function that go test runs, apart from TestMain.
var testName = regexp.MustCompile(`^Test[A-Z_]`)

// mumbled finds tests whose name is not a sentence.
func mumbled(t *tree) []fault {
	var faults []fault
	for _, dir := range t.dirs() {
		for _, f := range t.rooms[dir].tests {
			for _, d := range f.syntax.Decls {
				d, ok := d.(*ast.FuncDecl)
				if !ok || d.Recv != nil || !testName.MatchString(d.Name.Name) || d.Name.Name == "TestMain" {
					continue
				}
				if countWords(strings.TrimPrefix(d.Name.Name, "Test")) < wordsMin || strings.Contains(d.Name.Name, "_") {
					faults = append(faults, fault{t.place(d.Pos()), d.Name.Name + " is not a sentence",
						"the list of tests is the list of what the code promises", "say what holds, as in TestAMissingFactMakesTheAnswerUnknown"})
				}
			}
		}
	}
	return faults
}

func countWords(name string) int {
	n := 0
	for _, r := range name {
		if unicode.IsUpper(r) {
			n++
		}
	}
	return n
}

func TestNoTestDependsOnLuck(t *testing.T) { mustKeep(t, luck(repository(t))) }

func TestTheNamesOfTestsAreSentences(t *testing.T) { mustKeep(t, mumbled(repository(t))) }

func TestATestThatDependsOnLuckIsSeen(t *testing.T) {
	for _, c := range []struct{ imports, body, want string }{
		{`"testing"`, "t.Skip()", "may skip itself"},
		{`"testing"`, "t.SkipNow()", "may skip itself"},
		{`"time"`, "time.Sleep(1)", "the test sleeps"},
		{`clock "time"`, "clock.Sleep(1)", "the test sleeps"},
		{`"math/rand"`, "rand.Int()", "without a seed"},
		{`"math/rand/v2"`, "rand.IntN(2)", "without a seed"},
		{`"crypto/rand"`, "rand.Read(nil)", "entropy"},
	} {
		mustSee(t, luck(planted(t, "a/a_test.go", "package a\nimport "+c.imports+"\nfunc f() { "+c.body+" }")), c.want)
	}
	mustKeep(t, luck(planted(t, "a/a_test.go", "package a\nimport \"math/rand/v2\"\nfunc f() { rand.New(rand.NewPCG(1, 2)).IntN(3) }",
		"a/a.go", "package a\nimport \"time\"\nfunc g() { time.Sleep(1) }")))
}

func TestATestWithoutASentenceIsSeen(t *testing.T) {
	for _, name := range []string{"TestPlan", "TestPlanParse", "TestPlan_IsRead_Whole"} {
		mustSee(t, mumbled(planted(t, "a/a_test.go", "package a\nfunc "+name+"() {}")), name+" is not a sentence")
	}
	mustKeep(t, mumbled(planted(t, "a/a_test.go", "package a\nfunc TestAPlanIsRead() {}\nfunc TestMain() {}\nfunc Testify() {}")))
}
