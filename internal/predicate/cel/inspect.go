package cel

import (
	"slices"

	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"

	"github.com/evenkeel-project/evenkeel/internal/core/version"
)

// reads is what an expression asks a subject for.
type reads struct {
	facts  map[string]bool
	labels map[string]map[string]bool // by label, the variables it is read from
	guests bool
}

// inspector walks an expression as it was written, macros not expanded, and reports what CEL's own checks
// let pass: every way to see that something is absent, and facts used as anything but texts. It also
// gathers what the expression reads.
type inspector struct {
	faults   *faults
	versions version.Reader
	info     *ast.SourceInfo
	types    map[int64]*types.Type // nil when the expression did not pass CEL's checks
	scope    []variable            // of the macros around the place, innermost last
	reads    reads
}

// variable is the variable of a macro: a guest, or an element of a list of texts or other values.
type variable struct {
	name  string
	guest bool
}

const (
	absence   = "absence-test"
	hasFix    = "absence is no proof: read the fact, and a missing one makes the answer unknown"
	guestsFix = "use guests.exists(g, ...), all, exists_one, filter, map, or size(guests)"
)

func (i *inspector) inspect(e ast.Expr) {
	i.reads = reads{facts: map[string]bool{}, labels: map[string]map[string]bool{}}
	i.walk(e)
}

func (i *inspector) walk(e ast.Expr) {
	if call, ok := i.info.GetMacroCall(e.ID()); ok {
		i.macro(e.ID(), call.AsCall())
		switch {
		case i.guestList(e):
			i.refuse(e.ID(), absence, guestsFix, "filtered guests cannot be used as a value")
		case i.gathered(e):
			i.refuse(e.ID(), "guest-order", "search it with in, exists or all, or take its size()",
				"guests have no order, so a list gathered from them cannot be used as a value")
		}
		return
	}
	switch e.Kind() {
	case ast.IdentKind:
		i.bare(e)
	case ast.SelectKind:
		i.selection(e.ID(), e.AsSelect())
	case ast.CallKind:
		i.call(e.ID(), e.AsCall())
	case ast.ListKind:
		i.elements(e.AsList().Elements())
	case ast.LiteralKind:
		switch e.AsLiteral().(type) {
		case types.Bytes, types.Null:
			i.refuse(e.ID(), "not-in-language", "use texts, numbers and lists", "bytes and null are not part of the language")
		case types.Double:
			i.refuse(e.ID(), "not-in-language", "use whole numbers, or write it in quotes", "numbers with a fraction are not part of the language")
		}
	case ast.MapKind, ast.StructKind:
		i.refuse(e.ID(), "not-in-language", "use texts, numbers and lists", "maps and messages are not part of the language")
	}
}

// elements handles the elements of a list, which have to be of one kind.
func (i *inspector) elements(elements []ast.Expr) {
	for n, element := range elements {
		i.walk(element)
		first, t := i.typeOf(elements[0]), i.typeOf(element)
		if n > 0 && first != noType && t != noType && first.Kind() != t.Kind() && !(isFactual(first) && isFactual(t)) {
			i.refuse(element.ID(), "not-text", "make all elements texts, or all numbers", "%s stands in a list beside %s", described(t), described(first))
		}
	}
}

// lookup returns the innermost macro variable of that name.
func (i *inspector) lookup(name string) (variable, bool) {
	for _, v := range slices.Backward(i.scope) {
		if v.name == name {
			return v, true
		}
	}
	return variable{}, false
}

// bare reports names that may not stand alone: the host, its guests, and the names of types.
func (i *inspector) bare(e ast.Expr) {
	name := e.AsIdent()
	v, local := i.lookup(name)
	switch {
	case local && v.guest:
		i.refuse(e.ID(), absence, "write "+name+".label; absence is no proof, so a guest cannot be examined as a whole",
			"%s is a guest and cannot be used as a value", name)
	case local:
	case name == hostName:
		i.refuse(e.ID(), absence, "write host.fact; absence is no proof, so the facts cannot be examined as a whole",
			"host cannot be used as a value")
	case name == guestsName:
		i.refuse(e.ID(), absence, guestsFix, "guests cannot be used as a value")
	case i.typeOf(e).Kind() == types.TypeKind:
		i.refuse(e.ID(), "unknown-name", "facts are written host.fact and guest labels g.label inside guests.exists(g, ...)",
			"%q is not a variable", name)
	}
}

// selection handles operand.field.
func (i *inspector) selection(id int64, s ast.SelectExpr) {
	if i.read(s.Operand(), s.FieldName()) {
		return
	}
	i.walk(s.Operand())
	if i.isFact(s.Operand()) {
		i.refuse(id, "no-fields", `a fact whose name holds a dot is written host["a.b"]`, "a text or list has no field %q", s.FieldName())
	}
}

// read notes that the key of the host or of a guest is read, and reports whether it is one of them.
func (i *inspector) read(operand ast.Expr, key string) bool {
	if !i.isSubject(operand) {
		return false
	}
	name := operand.AsIdent()
	if v, local := i.lookup(name); local && v.guest {
		if i.reads.labels[key] == nil {
			i.reads.labels[key] = map[string]bool{}
		}
		i.reads.labels[key][name] = true
		return true
	}
	i.reads.facts[key] = true
	return true
}

// isSubject reports whether the expression is the host or a guest.
func (i *inspector) isSubject(e ast.Expr) bool {
	if e.Kind() != ast.IdentKind {
		return false
	}
	v, local := i.lookup(e.AsIdent())
	return local && v.guest || !local && e.AsIdent() == hostName
}

// guestList reports whether the expression is guests, or guests filtered.
func (i *inspector) guestList(e ast.Expr) bool {
	if call, ok := i.info.GetMacroCall(e.ID()); ok {
		return call.AsCall().FunctionName() == operators.Filter && i.guestList(call.AsCall().Target())
	}
	if e.Kind() != ast.IdentKind || e.AsIdent() != guestsName {
		return false
	}
	_, local := i.lookup(guestsName)
	return !local
}

// gathered reports whether the expression is a list with one element for each guest, or some of those.
func (i *inspector) gathered(e ast.Expr) bool {
	call, ok := i.info.GetMacroCall(e.ID())
	if !ok {
		return false
	}
	target := call.AsCall().Target()
	switch call.AsCall().FunctionName() {
	case operators.Map:
		return i.guestList(target) || i.gathered(target)
	case operators.Filter:
		return i.gathered(target)
	}
	return false
}

// walkRange walks what a macro or size() runs over, and reports whether it is the guests.
func (i *inspector) walkRange(e ast.Expr) bool {
	guests := i.guestList(e)
	if !guests && !i.gathered(e) {
		i.walk(e)
		return false
	}
	i.reads.guests = true
	if call, ok := i.info.GetMacroCall(e.ID()); ok {
		i.macro(e.ID(), call.AsCall())
	}
	return guests
}

// macro handles exists, all, exists_one, filter and map, and refuses has.
func (i *inspector) macro(id int64, call ast.CallExpr) {
	if call.FunctionName() == operators.Has {
		i.refuse(id, absence, hasFix, "has() is not allowed")
		return
	}
	v := variable{guest: i.walkRange(call.Target())}
	if name := call.Args()[0]; name.Kind() == ast.IdentKind {
		v.name = name.AsIdent()
	}
	if v.name == hostName || v.name == guestsName {
		i.refuse(call.Args()[0].ID(), "reserved-name", "choose another name, such as g", "%s cannot be the name of a variable", v.name)
	}
	i.scope = append(i.scope, v)
	for n, arg := range call.Args()[1:] {
		i.walk(arg)
		if yields := call.FunctionName() == operators.Map && n == len(call.Args())-2; !yields {
			i.condition(arg)
		}
	}
	i.scope = i.scope[:len(i.scope)-1]
}

// call handles operators and functions.
func (i *inspector) call(id int64, call ast.CallExpr) {
	args := call.Args()
	if call.IsMemberFunction() {
		args = append([]ast.Expr{call.Target()}, args...)
	}
	switch name := call.FunctionName(); {
	case name == operators.Index && i.isSubject(args[0]):
		key, ok := textLiteral(args[1])
		if !ok {
			i.refuse(args[1].ID(), absence, `write host["fact"]: which facts are read has to be known beforehand`,
				"a fact or label is named by a text literal")
			return
		}
		i.read(args[0], key)
		return
	case name == sizeName && len(args) == 1:
		i.walkRange(args[0])
	case name == operators.In && i.gathered(args[1]):
		i.walk(args[0])
		i.walkRange(args[1])
	default:
		for _, arg := range args {
			i.walk(arg)
		}
	}
	switch call.FunctionName() {
	case versionName:
		i.version(args)
	case "matches":
		if len(args) != 2 {
			break // CEL's checks report it
		}
		if _, ok := textLiteral(args[1]); !ok {
			i.refuse(args[1].ID(), "bad-pattern", "write the pattern in quotes", "the pattern of matches() is not a text literal")
		}
	}
	i.usesFacts(id, call.FunctionName(), args)
}

// version checks what can be known of version(text) and version(text, scheme) before any subject is.
func (i *inspector) version(args []ast.Expr) {
	if len(args) == 0 || len(args) > 2 {
		return // CEL's checks report it
	}
	scheme := version.Dotted
	if len(args) == 2 {
		name, ok := textLiteral(args[1])
		if scheme = schemes[name]; !ok || scheme == "" {
			i.refuse(args[1].ID(), "bad-version", `use "deb", "rpm", "apk" or "semver", or leave it out for numbers separated by dots`,
				"the second argument of version() is not a scheme")
			return
		}
	}
	if args[0].Kind() == ast.LiteralKind {
		text, ok := textLiteral(args[0])
		if !ok {
			i.refuse(args[0].ID(), "bad-version", `write it in quotes, as in version("4.10")`, "a version is read from a text")
		} else if _, err := i.versions.Read(scheme, text); err != nil {
			i.refuse(args[0].ID(), "bad-version", "", "%s", err)
		}
	}
}

func textLiteral(e ast.Expr) (string, bool) {
	if e.Kind() != ast.LiteralKind {
		return "", false
	}
	text, ok := e.AsLiteral().(types.String)
	return string(text), ok
}

func (i *inspector) refuse(id int64, code string, fix, format string, args ...any) {
	i.faults.refuse(i.info.GetStartLocation(id), code, fix, format, args...)
}
