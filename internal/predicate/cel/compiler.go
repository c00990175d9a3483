// Package cel compiles predicates written in the Common Expression Language, by google/cel-go. It decides
// what the language is: which variables, functions and macros there are, which expressions are refused when
// they are loaded, and that everything missing or failing answers Unknown. It knows no advisory and no fleet.
//
// The language is CEL over facts: `host.K` or `host["K"]` is a fact of the host and `guests` the guests on
// it, for exists, all, exists_one, filter, map and size; a guest's variable is used as `g.K`. Facts and
// labels are texts or lists of texts. Because absence is no proof, nothing asks whether a fact is there.
package cel

import (
	"fmt"

	celgo "cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/env"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/interpreter"

	"github.com/evenkeel-project/evenkeel/internal/core/predicate"
	"github.com/evenkeel-project/evenkeel/internal/core/problem"
	"github.com/evenkeel-project/evenkeel/internal/core/version"
)

// The limits of an expression and of what it is asked about. An expression over a limit is refused when it
// is loaded; a subject over one is answered Unknown with a fault.
const (
	SourceMax    = 16 * 1024      // bytes of an expression
	DepthMax     = 100            // levels of nesting of an expression
	GuestsMax    = 10_000         // guests of a host
	ListMax      = 10_000         // texts of a list: more than the packages of a whole host
	TextMax      = 4_096          // bytes of a text
	EstimateMax  = 20_000_000_000 // units the expression may take at worst with GuestsMax guests and facts of size TextMax
	CostMax      = 1_000_000      // units one evaluation may use; a unit is about one comparison
	patternUnits = 1_000          // size of a compiled pattern of matches()
)

// Compiler compiles expressions. It is immutable and safe for use by several goroutines.
type Compiler struct {
	env      *celgo.Env
	versions version.Reader
}

// NewCompiler returns a compiler that reads versions by the reader.
func NewCompiler(versions version.Reader) (*Compiler, error) {
	environment, err := celgo.NewCustomEnv(append(language(),
		celgo.Variable(hostName, celgo.MapType(celgo.StringType, celgo.DynType)),
		celgo.Variable(guestsName, celgo.ListType(celgo.MapType(celgo.StringType, celgo.DynType))),
		celgo.EnableMacroCallTracking(),
		celgo.ParserExpressionSizeLimit(SourceMax),
		celgo.ParserRecursionLimit(DepthMax),
		celgo.RegexProgramSizeLimit(patternUnits),
		celgo.ASTValidators(celgo.ValidateRegexLiterals()),
		versionFunction(versions),
	)...)
	if err != nil {
		return nil, fmt.Errorf("the expression language cannot be set up: %w", err)
	}
	return &Compiler{env: environment, versions: versions}, nil
}

// Compile checks and compiles an expression whose text starts at the place. An expression that breaks the
// compiler itself is refused like any other: it comes from a file that anyone may have written.
func (c *Compiler) Compile(source string, at problem.Place) (compiled predicate.Predicate, list problem.List) {
	defer func() {
		if recover() != nil {
			f := faults{at: at}
			f.refuse(nil, "bad-expression", "write it another way", "the expression cannot be compiled")
			compiled, list = nil, f.list
		}
	}()
	f := faults{at: at}
	if len(source) > SourceMax {
		f.refuse(nil, "expression-too-long", "shorten it", "the expression has %d bytes; the limit is %d", len(source), SourceMax)
		return nil, f.list
	}
	return c.compile(source, &f)
}

// compile checks and compiles an expression that is short enough.
func (c *Compiler) compile(source string, f *faults) (predicate.Predicate, problem.List) {
	parsed, issues := c.env.Parse(source)
	if issues.Err() != nil {
		f.issues(issues)
		return nil, f.list
	}
	checked, issues := c.env.Check(parsed)
	i := inspector{faults: f, versions: c.versions, info: parsed.NativeRep().SourceInfo()}
	if issues.Err() != nil {
		f.issues(issues)
		i.inspect(parsed.NativeRep().Expr())
		return nil, f.list
	}
	i.types = checked.NativeRep().TypeMap()
	i.inspect(parsed.NativeRep().Expr())
	if !f.list.Failed() {
		i.answersYesOrNo(parsed.NativeRep().Expr())
		f.estimate(c.env, checked)
	}
	if f.list.Failed() {
		return nil, f.list
	}
	q, err := c.plan(source, checked, i.reads)
	if err != nil {
		f.refuse(nil, "bad-expression", "", "the expression cannot be evaluated: %s", err)
		return nil, f.list
	}
	return q, f.list
}

// plan makes the checked expression ready to be evaluated.
func (c *Compiler) plan(source string, checked *celgo.Ast, r reads) (*question, error) {
	q := newQuestion(source, r)
	program, err := c.env.Program(checked,
		celgo.CustomDecoratorV2(func(i interpreter.InterpretableV2) (interpreter.InterpretableV2, error) { return strict(i) }),
		celgo.EvalOptions(celgo.OptOptimize),
		celgo.CostTracking(charges{}),
		celgo.CostLimit(CostMax))
	q.program = program
	return q, err
}

// language returns the part of CEL's standard library that works on texts, numbers and lists. What is left
// out hides a fact's type from the checks (dyn, type), reads numbers that nobody wrote (double takes "inf",
// "1_0" and "nan") or has no use here (times, bytes).
func language() []celgo.EnvOption {
	subset := env.NewLibrarySubset().AddIncludedMacros("has", "all", "exists", "exists_one", "map", "filter")
	for _, name := range []string{operators.LogicalAnd, operators.LogicalOr, operators.LogicalNot, operators.NotStrictlyFalse, operators.Conditional,
		operators.Equals, operators.NotEquals, operators.Less, operators.LessEquals, operators.Greater, operators.GreaterEquals,
		operators.In, operators.Index, operators.Add, operators.Subtract, operators.Multiply, operators.Divide, operators.Modulo,
		operators.Negate, "size", "startsWith", "endsWith", "contains", "matches", "int", "string"} {
		subset.AddIncludedFunctions(env.NewFunction(name))
	}
	options := []celgo.EnvOption{celgo.StdLib(celgo.StdLibSubset(subset))}
	for _, comparison := range []string{operators.Less, operators.LessEquals, operators.Greater, operators.GreaterEquals} {
		options = append(options, celgo.Function(comparison,
			celgo.Overload(comparison+"_version", []*celgo.Type{versionType, versionType}, types.BoolType)))
	}
	return options
}
