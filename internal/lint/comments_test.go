package lint

import (
	"go/ast"
	"go/token"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// shelfNames are names of packages that say nothing about what is in them.
var shelfNames = []string{"base", "common", "helper", "helpers", "misc", "model", "models", "others", "shared", "types", "util", "utils"}

// nameless finds packages with a name that is not a noun of the domain, or not the name of their directory.
func nameless(t *tree) []fault {
	var faults []fault
	for _, dir := range t.dirs() {
		name := t.rooms[dir].name()
		if slices.Contains(shelfNames, name) {
			faults = append(faults, fault{dir, "a package is called " + name, "a shelf without a subject attracts everything",
				"name it after the thing it is about"})
		}
		if name != "main" && name != dir[strings.LastIndex(dir, "/")+1:] {
			faults = append(faults, fault{dir, "the package is called " + name, "an import path should say the name that the code uses",
				"give package and directory one name"})
		}
	}
	return faults
}

// unexplainedPackages finds packages that do not say, once, what lives in them.
func unexplainedPackages(t *tree) []fault {
	const why = "the first question about a package is what lives there and what must not"
	var faults []fault
	for _, dir := range t.dirs() {
		r, comments := t.rooms[dir], []string(nil)
		for _, f := range r.files {
			if f.syntax.Doc != nil {
				comments = append(comments, f.syntax.Doc.Text())
			}
		}
		start := "Package " + r.name() + " "
		if r.name() == "main" {
			start = "Command " + dir[strings.LastIndex(dir, "/")+1:] + " "
		}
		switch {
		case len(comments) == 0:
			faults = append(faults, fault{dir, "the package has no comment", why, "write one that starts with " + start})
		case len(comments) > 1:
			faults = append(faults, fault{dir, "the package has comments in several files", why, "keep one"})
		case !strings.HasPrefix(comments[0], start):
			faults = append(faults, fault{dir, "the package comment does not start with " + start, "it is how documentation lists it", "begin with these words"})
		}
	}
	return faults
}

// unexplainedNames finds exported names without a comment of their own or of their group.
func unexplainedNames(t *tree) []fault {
	var faults []fault
	undocumented := func(at token.Pos, name string) {
		faults = append(faults, fault{t.place(at), name + " is exported and has no comment",
			"callers read the comment, not the body", "say what it is, why, its units and its errors, or do not export it"})
	}
	for _, dir := range t.dirs() {
		for _, f := range t.rooms[dir].files {
			for _, d := range f.syntax.Decls {
				switch d := d.(type) {
				case *ast.FuncDecl:
					if d.Doc == nil && d.Name.IsExported() && exportedReceiver(d) {
						undocumented(d.Pos(), d.Name.Name)
					}
				case *ast.GenDecl:
					for _, name := range bareNames(d) {
						undocumented(name.Pos(), name.Name)
					}
				}
			}
		}
	}
	return faults
}

// exportedReceiver reports whether a function is no method, or one of an exported type.
func exportedReceiver(d *ast.FuncDecl) bool {
	if d.Recv == nil {
		return true
	}
	receiver := d.Recv.List[0].Type
	if star, ok := receiver.(*ast.StarExpr); ok {
		receiver = star.X
	}
	id := lastIdent(receiver)
	return id == nil || id.IsExported()
}

// bareNames returns the exported names of a declaration that neither they nor their group explain.
// A type needs a comment of its own unless it is declared alone.
func bareNames(d *ast.GenDecl) []*ast.Ident {
	var bare []*ast.Ident
	for _, spec := range d.Specs {
		switch spec := spec.(type) {
		case *ast.TypeSpec:
			if spec.Name.IsExported() && spec.Doc == nil && (d.Doc == nil || d.Lparen.IsValid()) {
				bare = append(bare, spec.Name)
			}
		case *ast.ValueSpec:
			for _, name := range spec.Names {
				if name.IsExported() && spec.Doc == nil && spec.Comment == nil && d.Doc == nil {
					bare = append(bare, name)
				}
			}
		}
	}
	return bare
}

// asleep matches a comment line that is code. Examples in documentation are indented and not matched.
var asleep = regexp.MustCompile(`^// ?(\}|(if|for|switch|func|else) .*\{|return( .*[)\]}])?|[\w., ]+ :?= .*[)\]}"]|[\w.]+\(.*\))$`)

// sleepingCode finds code that is commented out.
func sleepingCode(t *tree) []fault {
	var faults []fault
	for _, dir := range t.dirs() {
		for _, f := range slices.Concat(t.rooms[dir].files, t.rooms[dir].tests) {
			for _, group := range f.syntax.Comments {
				for _, line := range group.List {
					if asleep.MatchString(line.Text) {
						faults = append(faults, fault{t.place(line.Pos()), "code is commented out: " + line.Text,
							"nobody keeps it working, and the history has it", "delete it"})
					}
				}
			}
		}
	}
	return faults
}

func TestEveryPackageIsNamedForItsSubject(t *testing.T) { mustKeep(t, nameless(repository(t))) }

func TestEveryPackageSaysWhatLivesThere(t *testing.T) {
	mustKeep(t, unexplainedPackages(repository(t)))
}

func TestEveryExportedNameIsExplained(t *testing.T) { mustKeep(t, unexplainedNames(repository(t))) }

func TestNoCodeIsCommentedOut(t *testing.T) { mustKeep(t, sleepingCode(repository(t))) }

func TestAPackageWithoutASubjectIsSeen(t *testing.T) {
	mustSee(t, nameless(planted(t, "internal/util/x.go", "package util")), "a package is called util")
	mustSee(t, nameless(planted(t, "internal/limit/x.go", "package bound")), "the package is called bound")
	mustKeep(t, nameless(planted(t, "cmd/evenkeel/main.go", "package main", "internal/limit/x_test.go", "package limit_test")))
}

func TestAnUnexplainedPackageIsSeen(t *testing.T) {
	mustSee(t, unexplainedPackages(planted(t, "a/a.go", "package a")), "has no comment")
	mustSee(t, unexplainedPackages(planted(t, "a/a.go", "// About a.\npackage a")), "does not start with Package a")
	mustSee(t, unexplainedPackages(planted(t, "a/a.go", "// Package a is.\npackage a", "a/b.go", "// Package a is.\npackage a")), "several files")
	mustSee(t, unexplainedPackages(planted(t, "cmd/x/a.go", "// Package main is.\npackage main")), "Command x")
	mustKeep(t, unexplainedPackages(planted(t, "a/a.go", "// Package a is.\npackage a", "a/b.go", "package a")))
}

func TestAnUnexplainedNameIsSeen(t *testing.T) {
	for _, c := range []struct{ source, want string }{
		{"func F() {}", "F is exported"},
		{"type T int", "T is exported"},
		{"var V int", "V is exported"},
		{"const (\n\tc = 1\n\tC = 2\n)", "C is exported"},
		{"// Both.\ntype (\n\tT int\n\tu int\n)", "T is exported"},
		{"// T is.\ntype T int\nfunc (t *T) M(){}", "M is exported"},
	} {
		mustSee(t, unexplainedNames(planted(t, "a/a.go", "package a\n"+c.source)), c.want)
	}
	mustKeep(t, unexplainedNames(planted(t, "a/a.go", "package a\n// F is.\nfunc F() {}\n// Both.\nconst (\n\tC = 1\n\tD = 2\n)\n"+
		"type t int\nfunc (t t) M() {}\nvar (\n\tV = 1 // is\n)", "a/a_test.go", "package a\nfunc F() {}")))
}

func TestCommentedOutCodeIsSeen(t *testing.T) {
	for _, line := range []string{"// if x > 1 {", "// }", "// n := f(1)", "// return f(x)", "//fmt.Println(n)", "// total = sum(all)"} {
		mustSee(t, sleepingCode(planted(t, "a/a.go", "package a\n"+line+"\n")), "commented out")
	}
	for _, line := range []string{"// If it is more than one, it waits (law S15).", "//\tn := f(1)", "// where n = 1 and more.", "// return value first", "//go:build real"} {
		mustKeep(t, sleepingCode(planted(t, "a/a.go", "package a\n"+line+"\n")))
	}
}
