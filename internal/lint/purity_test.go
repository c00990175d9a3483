package lint

import (
	"go/ast"
	"go/importer"
	"go/token"
	"go/types"
	"maps"
	"slices"
	"strings"
	"testing"
)

// corePrefix is where the pure core lives. Whatever is below it is bound by the bans of this file.
const corePrefix = "internal/core/"

// coreImports is the part of the standard library that the core may import: what computes, and nothing
// that reads a clock, a file, a network, an environment or a dice. A name that ends in / allows all below.
//
// DO NOT CHANGE THIS LIST TO MAKE A BUILD PASS. Time, chance and ids come into the core as values.
var coreImports = []string{"bytes", "cmp", "crypto/sha256", "encoding/", "errors", "fmt", "hash", "io", "iter", "maps",
	"math", "math/big", "math/bits", "slices", "sort", "strconv", "strings", "time", "unicode", "unicode/", "unsafe"}

// excuse lets one place do what the core must not, for a reason. An excuse that nothing needs is a fault.
type excuse struct {
	ban, path, why string // path is a file or a directory
}

// excuses lists the places that are let off a ban.
//
// DO NOT CHANGE THIS TABLE TO MAKE A BUILD PASS.
var excuses = []excuse{
	{"float", "internal/core/canon", "RFC 8785 prescribes that JSON numbers are IEEE doubles"},
	{"float", "internal/core/plan/encode.go", "the gap is written as a JSON number; nothing is decided by it"},
	{"unsafe", "internal/core/fleet", "names are read out of one arena without a copy each"},
}

// bans says, for each ban, what is wrong, why, and what to do instead.
var bans = map[string]fault{
	"import":  {wrong: "the core imports", why: "the core computes; what reaches the world is not repeatable", instead: "take the value as an argument from the shell"},
	"unsafe":  {wrong: "the core uses unsafe outside its one place", why: "a wrong pointer breaks every law at once", instead: "copy the bytes"},
	"io":      {wrong: "the core does input or output by", why: "reading and writing belong to adapters", instead: "take or return bytes; the interfaces of io may be named"},
	"print":   {wrong: "the core prints or scans by", why: "a judgement is a value, not a line on a terminal", instead: "return a problem.Problem"},
	"clock":   {wrong: "the core reaches for the machine's time by", why: "the same input must give the same output tomorrow", instead: "take a calendar.Instant as an argument"},
	"go":      {wrong: "the core runs concurrently by", why: "the order of goroutines is not repeatable", instead: "give the caller a pure step to run in parallel"},
	"map":     {wrong: "the core walks a map by", why: "the order of a map differs from run to run and may reach an output", instead: "walk slices.Sorted(maps.Keys(m))"},
	"float":   {wrong: "the core computes with floats in", why: "rounding breaks ties differently and makes limits inexact", instead: "use whole seconds, counts, millionths or limit.Limit"},
	"global":  {wrong: "the core changes or exposes a variable of a package by", why: "what one judgement leaves behind would reach the next", instead: "keep the state in a value that the caller owns"},
	"init":    {wrong: "the core runs code at start by", why: "an import must not do anything", instead: "compute it where it is used"},
	"compile": {wrong: "the core does not compile", why: "a package that cannot be read cannot be judged", instead: "make it compile"},
}

// inspector looks for what the core must not do in one package.
type inspector struct {
	tree   *tree
	info   *types.Info
	scope  *types.Scope
	seen   map[string]bool // by ban and place: one fault a line is enough
	sorted map[*ast.Ident]bool
	faults []fault
	used   map[excuse]bool
}

// found records a breach of ban at a node unless the place is excused.
func (in *inspector) found(ban string, at ast.Node, what string) {
	place := in.tree.place(at.Pos())
	for _, e := range excuses {
		if e.ban == ban && (strings.HasPrefix(place, e.path+"/") || strings.HasPrefix(place, e.path+":")) {
			in.used[e] = true
			return
		}
	}
	if in.seen[ban+place] {
		return
	}
	in.seen[ban+place] = true
	f := bans[ban]
	f.place, f.wrong = place, f.wrong+" "+what
	in.faults = append(in.faults, f)
}

// impurities returns every breach in the core of a tree, and which excuses were needed.
func impurities(t *tree) ([]fault, map[excuse]bool) {
	checker := &moduleImporter{tree: t, done: map[string]*checkedRoom{}}
	used := map[excuse]bool{}
	var faults []fault
	for _, dir := range t.dirs() {
		if !strings.HasPrefix(dir, corePrefix) || len(t.rooms[dir].files) == 0 {
			continue
		}
		r := checker.check(dir)
		in := &inspector{tree: t, info: r.info, scope: r.pkg.Scope(), seen: map[string]bool{}, sorted: map[*ast.Ident]bool{}, used: used}
		if len(r.errs) > 0 {
			f := bans["compile"]
			f.place, f.wrong = dir, f.wrong+": "+r.errs[0].Error()
			in.faults = append(in.faults, f)
		}
		for _, f := range t.rooms[dir].files {
			in.imports(f)
			ast.Inspect(f.syntax, in.visit)
		}
		faults = append(faults, in.faults...)
	}
	return faults, used
}

// standardLibrary type-checks the standard library from its source, each package once. Tests of this
// package do not run in parallel, and neither may this importer.
var standardLibrary = importer.ForCompiler(token.NewFileSet(), "source", nil)

// moduleImporter type-checks packages of the module from the tree, so that no build, cache or network is
// needed.
type moduleImporter struct {
	tree *tree
	done map[string]*checkedRoom
}

type checkedRoom struct {
	pkg  *types.Package
	info *types.Info
	errs []error
}

// Import returns a package by its import path.
func (m *moduleImporter) Import(name string) (*types.Package, error) {
	if dir, ours := strings.CutPrefix(name, modulePath+"/"); ours && m.tree.rooms[dir] != nil {
		return m.check(dir).pkg, nil
	}
	return standardLibrary.Import(name)
}

func (m *moduleImporter) check(dir string) *checkedRoom {
	if r := m.done[dir]; r != nil {
		return r
	}
	r := &checkedRoom{info: &types.Info{Types: map[ast.Expr]types.TypeAndValue{}, Uses: map[*ast.Ident]types.Object{}, Defs: map[*ast.Ident]types.Object{}}}
	var files []*ast.File
	for _, f := range m.tree.rooms[dir].files {
		files = append(files, f.syntax)
	}
	settings := types.Config{Importer: m, Error: func(err error) { r.errs = append(r.errs, err) }}
	r.pkg, _ = settings.Check(modulePath+"/"+dir, m.tree.positions, files, r.info) // errors went to r.errs
	m.done[dir] = r
	return r
}

// imports checks the import declarations of a file.
func (in *inspector) imports(f *goFile) {
	for _, spec := range f.syntax.Imports {
		name := strings.Trim(spec.Path.Value, "\"`")
		if name == "unsafe" {
			in.found("unsafe", spec, "")
		}
		if strings.HasPrefix(name, modulePath+"/"+corePrefix) || slices.ContainsFunc(coreImports, func(ok string) bool {
			return name == ok || (strings.HasSuffix(ok, "/") && strings.HasPrefix(name, ok))
		}) {
			continue
		}
		in.found("import", spec, name)
	}
}

// visit is called for every node of a file, parents before children.
func (in *inspector) visit(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.GoStmt:
		in.found("go", n, "a go statement")
	case *ast.SelectStmt:
		in.found("go", n, "a select statement")
	case *ast.RangeStmt:
		in.rangeOver(n)
	case *ast.CallExpr:
		in.call(n)
	case *ast.Ident:
		in.use(n)
	case *ast.FuncDecl:
		if n.Recv == nil && n.Name.Name == "init" {
			in.found("init", n, "func init")
		}
	case *ast.AssignStmt:
		for _, left := range n.Lhs {
			in.change(left, "assigning to")
		}
	case *ast.IncDecStmt:
		in.change(n.X, "counting in")
	case *ast.UnaryExpr:
		if n.Op == token.AND {
			in.change(n.X, "taking the address of")
		}
	}
	if e, ok := n.(ast.Expr); ok {
		in.typed(e, in.info.Types[e].Type)
	}
	return true
}

// typed checks the type of an expression, or the type that an expression names.
func (in *inspector) typed(e ast.Expr, t types.Type) {
	if t == nil {
		return
	}
	if isFloat(t) {
		in.found("float", e, types.ExprString(e))
	}
	if _, ok := t.Underlying().(*types.Chan); ok {
		in.found("go", e, "the channel "+types.ExprString(e))
	}
}

func (in *inspector) rangeOver(n *ast.RangeStmt) {
	if hasMap(in.info.Types[n.X].Type) {
		in.found("map", n, "range over "+types.ExprString(n.X))
	}
	if n.Tok == token.ASSIGN {
		for _, e := range []ast.Expr{n.Key, n.Value} {
			if e != nil {
				in.change(e, "assigning to")
			}
		}
	}
}

// call notes the calls under which walking a map is harmless, and changes made by built-in functions.
func (in *inspector) call(n *ast.CallExpr) {
	switch callee := in.object(n.Fun); {
	case callee == nil:
	case is(callee, "slices", "Sorted"), is(callee, "maps", "Collect"), is(callee, "maps", "Insert"):
		for _, arg := range n.Args {
			if inner, ok := arg.(*ast.CallExpr); ok {
				in.sorted[lastIdent(inner.Fun)] = true
			}
		}
	case callee.Pkg() == nil && (callee.Name() == "delete" || callee.Name() == "clear" || callee.Name() == "copy"):
		in.change(n.Args[0], callee.Name()+" of")
	}
}

// use checks every name that stands for something of another package.
func (in *inspector) use(id *ast.Ident) {
	object := in.info.Uses[id]
	if object == nil || object.Pkg() == nil {
		return
	}
	name := object.Pkg().Name() + "." + object.Name()
	_, function := object.(*types.Func)
	if function && object.(*types.Func).Signature().Recv() != nil {
		if is(object, "time", "Local") {
			in.found("clock", id, "Time.Local")
		}
		return
	}
	switch object.Pkg().Path() {
	case "time":
		if slices.Contains(clockNames, object.Name()) {
			in.found("clock", id, name)
		}
	case "fmt":
		if slices.Contains(printNames, object.Name()) {
			in.found("print", id, name)
		}
	case "io":
		if function {
			in.found("io", id, name)
		}
	case "maps":
		if slices.Contains([]string{"All", "Keys", "Values"}, object.Name()) && !in.sorted[id] {
			in.found("map", id, name+" that is not sorted at once")
		}
	}
}

var (
	clockNames = []string{"Now", "Since", "Until", "Sleep", "After", "AfterFunc", "Tick", "NewTimer", "NewTicker", "LoadLocation", "Local"}
	printNames = []string{"Print", "Printf", "Println", "Scan", "Scanf", "Scanln"}
)

// change reports an operation on a variable that belongs to a package, or on a part of one.
func (in *inspector) change(e ast.Expr, how string) {
	for {
		switch inner := e.(type) {
		case *ast.IndexExpr:
			e = inner.X
			continue
		case *ast.ParenExpr:
			e = inner.X
			continue
		case *ast.StarExpr:
			e = inner.X
			continue
		case *ast.SelectorExpr:
			if v, ok := in.info.Uses[inner.Sel].(*types.Var); !ok || v.IsField() {
				e = inner.X
				continue
			}
		}
		break
	}
	if v, ok := in.object(e).(*types.Var); ok && v.Pkg() != nil && v.Parent() == v.Pkg().Scope() {
		in.found("global", e, how+" "+types.ExprString(e))
	}
}

// object returns what an expression names, nil when it is not a name.
func (in *inspector) object(e ast.Expr) types.Object {
	if id := lastIdent(e); id != nil {
		return in.info.Uses[id]
	}
	return nil
}

func lastIdent(e ast.Expr) *ast.Ident {
	switch e := e.(type) {
	case *ast.Ident:
		return e
	case *ast.SelectorExpr:
		return e.Sel
	case *ast.ParenExpr:
		return lastIdent(e.X)
	case *ast.IndexExpr:
		return lastIdent(e.X) // an instantiated generic function
	}
	return nil
}

func is(object types.Object, pkg, name string) bool {
	return object.Pkg() != nil && object.Pkg().Path() == pkg && object.Name() == name
}

// isFloat reports whether a type is a float or complex type, big.Float included.
func isFloat(t types.Type) bool {
	if named, ok := types.Unalias(t).(*types.Named); ok && is(named.Obj(), "math/big", "Float") {
		return true
	}
	basic, ok := t.Underlying().(*types.Basic)
	return ok && basic.Info()&(types.IsFloat|types.IsComplex) != 0
}

// hasMap reports whether a type is a map, or a type parameter that may stand for one.
func hasMap(t types.Type) bool {
	if t == nil {
		return false
	}
	switch under := t.Underlying().(type) {
	case *types.Map:
		return true
	case *types.Union:
		for term := range under.Terms() {
			if hasMap(term.Type()) {
				return true
			}
		}
	case *types.Interface:
		for embedded := range under.EmbeddedTypes() {
			if hasMap(embedded) {
				return true
			}
		}
	}
	return false
}

func TestTheCoreIsPure(t *testing.T) {
	faults, used := impurities(repository(t))
	mustKeep(t, faults)
	for _, e := range excuses {
		if !used[e] {
			t.Errorf("%s: the excuse from the ban %q is not needed any more: take it out of the table", e.path, e.ban)
		}
	}
}

func TestEveryBanHasAPlantedBreach(t *testing.T) {
	planted := map[string]bool{}
	for _, b := range breaches {
		planted[b.ban] = true
	}
	for _, ban := range slices.Sorted(maps.Keys(bans)) {
		if !planted[ban] {
			t.Errorf("the ban %q has no planted breach that shows it works", ban)
		}
	}
}
