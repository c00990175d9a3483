package cel

import (
	"slices"

	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"

	"github.com/evenkeel-project/evenkeel/internal/core/version"
)

// CEL's checker knows a fact only as a value of any type, and lets it be used as one. The rules here know
// that it is a text or a list of texts.

// noType stands for the type of an expression whose type is not known; it meets no rule.
var noType = types.ErrorType

// typeOf returns the type that CEL's checker found. When the expression did not pass the check, the types
// that can be seen without it still serve, so that all faults are reported at once.
func (i *inspector) typeOf(e ast.Expr) *types.Type {
	if i.types != nil {
		if t, ok := i.types[e.ID()]; ok {
			return t
		}
		return noType
	}
	switch e.Kind() {
	case ast.LiteralKind:
		if t, ok := e.AsLiteral().Type().(*types.Type); ok {
			return t
		}
	case ast.SelectKind:
		if s := e.AsSelect(); !s.IsTestOnly() && i.isSubject(s.Operand()) {
			return types.DynType
		}
	case ast.CallKind:
		if call := e.AsCall(); call.FunctionName() == operators.Index && i.isSubject(call.Args()[0]) {
			return types.DynType
		}
	}
	return noType
}

// isFact reports whether the expression is a fact, a guest label, or an element of one that is a list:
// nothing else in the language is of any type.
func (i *inspector) isFact(e ast.Expr) bool { return i.typeOf(e).Kind() == types.DynKind }

// isText reports whether a type can be that of a text.
func isText(t *types.Type) bool {
	return t.Kind() == types.StringKind || t.Kind() == types.DynKind || t.Kind() == types.TypeParamKind
}

// isFactual reports whether a type can be that of a fact: a text or a list of texts.
func isFactual(t *types.Type) bool {
	return isText(t) || t.Kind() == types.ErrorKind || t.Kind() == types.ListKind && isText(t.Parameters()[0])
}

// meet reports whether values of two types can be compared; it looks for facts only, for CEL has looked at
// the rest.
func meet(a, b *types.Type) bool {
	switch {
	case a.Kind() == types.DynKind:
		return isFactual(b)
	case b.Kind() == types.DynKind:
		return isFactual(a)
	case a.Kind() == types.ListKind && b.Kind() == types.ListKind:
		return meet(a.Parameters()[0], b.Parameters()[0])
	}
	return true
}

// usesFacts reports a fact as an argument where a text or a list of texts cannot stand.
func (i *inspector) usesFacts(id int64, function string, args []ast.Expr) {
	switch function {
	case operators.Equals, operators.NotEquals, operators.Add:
		i.comparison(id, args)
	case operators.Less, operators.LessEquals, operators.Greater, operators.GreaterEquals:
		i.ordering(id, args)
	case operators.In:
		i.membership(id, args)
	case operators.Index:
		if t := i.typeOf(args[1]); i.isFact(args[0]) && t.Kind() != types.IntKind && t.Kind() != types.ErrorKind {
			i.refuse(id, "not-text", "", "the texts of a list are found by number")
		}
	case operators.Conditional:
		i.condition(args[0])
		i.comparison(id, args[1:])
	case operators.LogicalAnd, operators.LogicalOr, operators.LogicalNot:
		for _, arg := range args {
			i.condition(arg)
		}
	case operators.Subtract, operators.Multiply, operators.Divide, operators.Modulo, operators.Negate:
		if slices.ContainsFunc(args, i.isFact) {
			i.refuse(id, "not-text", "convert it first, as in int(host.cores)", "a fact is a text and cannot be calculated with")
		}
	case sizeName:
		if len(args) == 1 && i.typeOf(args[0]).Kind() == types.StringKind {
			i.refuse(id, "not-a-list", "use matches(...) for the length of a text", "size() counts a list, not a text")
		}
	case versionName:
		if len(args) > 0 && args[0].Kind() != ast.LiteralKind && !isText(i.typeOf(args[0])) && i.typeOf(args[0]) != noType {
			i.refuse(args[0].ID(), "bad-version", `give it a fact or a text, as in version("4.10")`, "a version is read from a text")
		}
	}
}

// condition reports a fact that stands where yes or no is asked.
func (i *inspector) condition(e ast.Expr) {
	if i.isFact(e) {
		i.refuse(e.ID(), "not-a-question", `compare it, e.g. host.flag == "true"`, "a fact is a text, not yes or no")
	}
}

// answersYesOrNo reports an expression whose result is not yes or no.
func (i *inspector) answersYesOrNo(e ast.Expr) {
	switch t := i.typeOf(e); t.Kind() {
	case types.BoolKind:
	case types.DynKind:
		i.condition(e)
	default:
		i.refuse(e.ID(), "not-a-question", "compare it with something", "the expression gives %s instead of yes or no", described(t))
	}
}

// comparison reports a fact together with something it can never be, and versions of two schemes.
func (i *inspector) comparison(id int64, args []ast.Expr) {
	a, b := i.typeOf(args[0]), i.typeOf(args[1])
	if !meet(a, b) {
		if isFactual(b) {
			a, b = b, a
		}
		i.refuse(id, "not-text", fixFor(b), "a fact is a text or a list of texts and meets %s here", described(b))
	}
	i.sameScheme(id, args)
}

// ordering reports texts that are ordered, for 4.10 is a smaller text than 4.9, and facts beside anything
// else.
func (i *inspector) ordering(id int64, args []ast.Expr) {
	a, b := i.typeOf(args[0]), i.typeOf(args[1])
	if isText(a) && isText(b) {
		i.refuse(id, "text-order", "compare versions with version(...) and numbers with int(...)",
			`texts have no order of use: letter by letter "4.10" comes before "4.9"`)
		return
	}
	i.comparison(id, args)
}

// membership checks both sides of `in`.
func (i *inspector) membership(id int64, args []ast.Expr) {
	value, list := i.typeOf(args[0]), i.typeOf(args[1])
	switch {
	case i.isFact(args[1]) && !isText(value) && value != noType:
		i.refuse(id, "not-text", fixFor(value), "a fact holds texts and is searched for %s", described(value))
	case list.Kind() == types.ListKind && !meet(value, list.Parameters()[0]):
		i.refuse(id, "not-text", "list texts in quotes", "a fact is a text and is searched in %s", described(list))
	case i.isFact(args[0]) && list.Kind() != types.ListKind && !isText(list) && list != noType:
		i.refuse(id, "not-text", "list texts in quotes", "a fact is a text and is searched in %s", described(list))
	}
}

// sameScheme reports two versions of different schemes where both schemes are written beside each other.
func (i *inspector) sameScheme(id int64, args []ast.Expr) {
	a, okA := writtenScheme(args[0])
	b, okB := writtenScheme(args[1])
	if okA && okB && a != b {
		i.refuse(id, "bad-version", "give both the same scheme", "a %s version is compared with a %s version", a, b)
	}
}

// writtenScheme returns the scheme of a call of version().
func writtenScheme(e ast.Expr) (version.Scheme, bool) {
	if e.Kind() != ast.CallKind || e.AsCall().FunctionName() != versionName {
		return "", false
	}
	args := e.AsCall().Args()
	if len(args) < 2 {
		return version.Dotted, true
	}
	name, _ := textLiteral(args[1])
	scheme, ok := schemes[name]
	return scheme, ok
}

// described names a type for a sentence.
func described(t *types.Type) string {
	switch t.Kind() {
	case types.StringKind:
		return "a text"
	case types.DynKind:
		return "a fact"
	case types.BoolKind:
		return "a truth value"
	case types.IntKind, types.UintKind, types.DoubleKind:
		return "a number"
	case types.ListKind:
		return "a list of " + plural(t.Parameters()[0])
	case types.OpaqueKind:
		return "a version"
	case types.NullTypeKind:
		return "null"
	}
	return "a value of type " + t.String()
}

func plural(t *types.Type) string {
	switch t.Kind() {
	case types.StringKind:
		return "texts"
	case types.BoolKind:
		return "truth values"
	case types.IntKind, types.UintKind, types.DoubleKind:
		return "numbers"
	case types.ListKind:
		return "lists"
	case types.OpaqueKind:
		return "versions"
	}
	return "values"
}

// fixFor says how a fact is brought together with a value of a type.
func fixFor(t *types.Type) string {
	switch t.Kind() {
	case types.IntKind, types.UintKind, types.DoubleKind:
		return "write the number in quotes, or convert the fact with int(...)"
	case types.BoolKind:
		return `write "true" or "false" in quotes`
	case types.OpaqueKind:
		return "wrap the fact too: version(host.fact)"
	}
	return "facts are texts or lists of texts"
}
