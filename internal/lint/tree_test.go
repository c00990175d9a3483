package lint

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

// modulePath is the path that the module's packages are imported by.
const modulePath = "github.com/evenkeel-project/evenkeel"

// fault is one place where a rule is broken: what is wrong, why there is a rule, and what to do instead.
type fault struct {
	place, wrong, why, instead string
}

func (f fault) String() string {
	return fmt.Sprintf("%s: %s\n\twhy: %s\n\tinstead: %s", f.place, f.wrong, f.why, f.instead)
}

// goFile is one Go file of the tree.
type goFile struct {
	path   string // from the root, with slashes
	test   bool
	syntax *ast.File
	text   []byte
}

// lines returns the number of lines of the file.
func (f *goFile) lines() int { return bytes.Count(f.text, []byte("\n")) }

// room is one package: the Go files of one directory.
type room struct {
	dir   string // from the root, with slashes
	files []*goFile
	tests []*goFile
}

// name returns the name in the package clause, without the _test of an external test package.
func (r *room) name() string {
	if len(r.files) > 0 {
		return r.files[0].syntax.Name.Name
	}
	return strings.TrimSuffix(r.tests[0].syntax.Name.Name, "_test")
}

// tree is a repository: every file by path, and its Go packages by directory.
type tree struct {
	positions *token.FileSet
	files     map[string][]byte
	rooms     map[string]*room
}

// paths returns the paths of all files in order.
func (t *tree) paths() []string { return slices.Sorted(maps.Keys(t.files)) }

// dirs returns the directories of all packages in order.
func (t *tree) dirs() []string { return slices.Sorted(maps.Keys(t.rooms)) }

// has reports whether the tree has a file or a directory of that path.
func (t *tree) has(name string) bool {
	if _, ok := t.files[name]; ok || name == "." {
		return true
	}
	for file := range t.files {
		if strings.HasPrefix(file, name+"/") {
			return true
		}
	}
	return false
}

// place returns where a position stands, as file:line.
func (t *tree) place(at token.Pos) string {
	p := t.positions.Position(at)
	return fmt.Sprintf("%s:%d", p.Filename, p.Line)
}

// newTree parses the Go files among files. Files below a testdata directory are data, not code.
func newTree(files map[string][]byte) (*tree, error) {
	t := &tree{positions: token.NewFileSet(), files: files, rooms: map[string]*room{}}
	for _, name := range t.paths() {
		if !strings.HasSuffix(name, ".go") || strings.Contains("/"+name, "/testdata/") {
			continue
		}
		syntax, err := parser.ParseFile(t.positions, name, files[name], parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		dir := path.Dir(name)
		if t.rooms[dir] == nil {
			t.rooms[dir] = &room{dir: dir}
		}
		r, f := t.rooms[dir], &goFile{path: name, syntax: syntax, text: files[name]}
		if f.test = strings.HasSuffix(name, "_test.go"); f.test {
			r.tests = append(r.tests, f)
		} else {
			r.files = append(r.files, f)
		}
	}
	return t, nil
}

// notSource reports whether a path is git's own or something that a build leaves behind (see .gitignore).
func notSource(name string) bool {
	switch path.Ext(name) {
	case ".test", ".out", ".prof":
		return true
	}
	return name == ".git" || name == "dist" || name == "evenkeel"
}

// readTree reads the repository that this package stands in.
func readTree() (*tree, error) {
	root, err := filepath.Abs("../..")
	if err != nil {
		return nil, err
	}
	files := map[string][]byte{}
	err = filepath.WalkDir(root, func(file string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, err := filepath.Rel(root, file)
		name = filepath.ToSlash(name)
		switch {
		case err != nil:
			return err
		case notSource(name) && entry.IsDir():
			return fs.SkipDir
		case notSource(name) || !entry.Type().IsRegular():
			return nil
		}
		files[name], err = os.ReadFile(file)
		return err
	})
	if err != nil {
		return nil, err
	}
	return newTree(files)
}

var readOnce = sync.OnceValues(readTree)

// repository returns this repository. The go command runs tests in the directory of their package.
func repository(t *testing.T) *tree {
	t.Helper()
	r, err := readOnce()
	if err != nil {
		t.Fatalf("the repository cannot be read: %v", err)
	}
	return r
}

// planted returns a tree of the given files, as path and text in turn.
func planted(t *testing.T, pairs ...string) *tree {
	t.Helper()
	files := map[string][]byte{}
	for i := 0; i < len(pairs); i += 2 {
		files[pairs[i]] = []byte(pairs[i+1])
	}
	r, err := newTree(files)
	if err != nil {
		t.Fatalf("the planted tree cannot be read: %v", err)
	}
	return r
}

// mustKeep fails the test with every fault.
func mustKeep(t *testing.T, faults []fault) {
	t.Helper()
	for _, f := range faults {
		t.Error(f)
	}
}

// mustSee fails the test unless exactly one fault was found for each text, in order, containing it.
func mustSee(t *testing.T, faults []fault, wants ...string) {
	t.Helper()
	if len(faults) != len(wants) {
		t.Fatalf("%d faults were found where %d were planted: %v", len(faults), len(wants), faults)
	}
	for i, want := range wants {
		if !strings.Contains(faults[i].String(), want) {
			t.Errorf("fault %d does not say %q: %v", i, want, faults[i])
		}
	}
}
