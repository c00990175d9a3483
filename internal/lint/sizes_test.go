package lint

import (
	"fmt"
	"go/ast"
	"go/format"
	"slices"
	"strings"
	"testing"
)

// The sizes that code may have. They are the texture of code that people still read with pleasure years
// later: whoever needs more room has found two subjects.
const (
	fileLinesMax     = 500 // of a file that is not a test
	testFileLinesMax = 800
	functionLinesMax = 70 // from func to the closing brace; tests and their tables are not counted
	functionLinesFew = 40 // what most functions stay under
	fewPerCent       = 90 // how many of a hundred functions are "most"
)

// longFiles finds files with too many lines.
func longFiles(t *tree) []fault {
	var faults []fault
	for _, dir := range t.dirs() {
		for _, f := range slices.Concat(t.rooms[dir].files, t.rooms[dir].tests) {
			most := fileLinesMax
			if f.test {
				most = testFileLinesMax
			}
			if n := f.lines(); n > most {
				faults = append(faults, fault{f.path, fmt.Sprintf("the file has %d lines, more than %d", n, most),
					"a file has one subject", "split it by subject"})
			}
		}
	}
	return faults
}

// function is one function with its length in lines.
type function struct {
	place, name string
	lines       int
}

// functions returns the functions of the code that are not tests, the longest first.
func functions(t *tree) []function {
	var all []function
	for _, dir := range t.dirs() {
		for _, f := range t.rooms[dir].files {
			for _, d := range f.syntax.Decls {
				if d, ok := d.(*ast.FuncDecl); ok {
					lines := t.positions.Position(d.End()).Line - t.positions.Position(d.Pos()).Line + 1
					all = append(all, function{t.place(d.Pos()), d.Name.Name, lines})
				}
			}
		}
	}
	slices.SortStableFunc(all, func(a, b function) int { return b.lines - a.lines })
	return all
}

// longFunctions finds functions that are too long, and says when too many are longish.
func longFunctions(t *tree) []fault {
	var faults []fault
	all, longish := functions(t), 0
	const why, instead = "a function is read at one glance", "keep the decisions in the parent and move the work into named leaves"
	for _, f := range all {
		if f.lines > functionLinesMax {
			faults = append(faults, fault{f.place, fmt.Sprintf("%s has %d lines, more than %d", f.name, f.lines, functionLinesMax), why, instead})
		}
		if f.lines >= functionLinesFew {
			longish++
		}
	}
	if longish*100 > len(all)*(100-fewPerCent) {
		faults = append(faults, fault{all[0].place, fmt.Sprintf("%d of %d functions have %d lines or more; at most %d%% may",
			longish, len(all), functionLinesFew, 100-fewPerCent), why, instead})
	}
	return faults
}

// unformatted finds files that gofmt would change.
func unformatted(t *tree) []fault {
	var faults []fault
	for _, dir := range t.dirs() {
		for _, f := range slices.Concat(t.rooms[dir].files, t.rooms[dir].tests) {
			if formatted, err := format.Source(f.text); err != nil || string(formatted) != string(f.text) {
				faults = append(faults, fault{f.path, "the file is not formatted", "a diff shows what changed and nothing else", "run gofmt -w " + f.path})
			}
		}
	}
	return faults
}

func TestNoFileIsTooLong(t *testing.T) { mustKeep(t, longFiles(repository(t))) }

func TestNoFunctionIsTooLong(t *testing.T) { mustKeep(t, longFunctions(repository(t))) }

func TestEveryFileIsFormatted(t *testing.T) { mustKeep(t, unformatted(repository(t))) }

func TestALongFileIsSeen(t *testing.T) {
	lines := strings.Repeat("\n", fileLinesMax)
	mustSee(t, longFiles(planted(t, "a/a.go", "package a\n"+lines, "a/a_test.go", "package a\n"+lines)), "a/a.go: the file has 501 lines")
	mustSee(t, longFiles(planted(t, "a/a_test.go", "package a"+strings.Repeat("\n", testFileLinesMax+1))), "a/a_test.go")
}

func TestALongFunctionIsSeen(t *testing.T) {
	long := func(lines int) string { return "func f() {" + strings.Repeat("\n", lines-1) + "}\n" }
	short := strings.Repeat("func f() {}\n", 9)
	mustKeep(t, longFunctions(planted(t, "a/a.go", "package a\n"+short+long(functionLinesMax))))
	mustSee(t, longFunctions(planted(t, "a/a.go", "package a\n"+short+long(functionLinesMax+1))), "f has 71 lines")
	mustSee(t, longFunctions(planted(t, "a/a.go", "package a\n"+short+long(functionLinesFew)+long(functionLinesFew))), "2 of 11 functions")
	mustKeep(t, longFunctions(planted(t, "a/a_test.go", "package a\n"+long(functionLinesMax+1))))
}

func TestAnUnformattedFileIsSeen(t *testing.T) {
	mustSee(t, unformatted(planted(t, "a/a.go", "package a\nvar  x int\n")), "run gofmt -w a/a.go")
}
