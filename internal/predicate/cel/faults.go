package cel

import (
	"fmt"
	"math"
	"regexp"
	"sort"
	"strings"

	celgo "cel.dev/cel-go/cel"
	"cel.dev/cel-go/common"
	"cel.dev/cel-go/common/cost"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"

	"github.com/evenkeel-project/evenkeel/internal/core/problem"
)

// faults gathers what is wrong with one expression, each at its place in the file the expression is in.
type faults struct {
	at   problem.Place
	list problem.List
}

// place turns a location in the expression, nil or unknown for the whole of it, into one in the file.
func (f *faults) place(l common.Location) problem.Place {
	if l == nil || l.Line() < 1 || l.Column() < 0 {
		return f.at
	}
	p := problem.Place{File: f.at.File, Line: max(f.at.Line, 1) + l.Line() - 1, Column: l.Column() + 1}
	if l.Line() == 1 && f.at.Column > 0 {
		p.Column += f.at.Column - 1
	}
	return p
}

func (f *faults) refuse(l common.Location, code, fix, format string, args ...any) {
	f.list.Addf(problem.Code(code), f.place(l), fix, format, args...)
}

// singleEqual begins what CEL's parser says of a = that is not part of ==, != and the like.
const singleEqual = "Syntax error: token recognition error at: '="

// issues reports what CEL's parser and checker found.
func (f *faults) issues(issues *celgo.Issues) {
	single := false
	for _, issue := range issues.Errors() {
		if strings.HasPrefix(issue.Message, singleEqual) {
			single = true
			f.refuse(issue.Location, "bad-expression", "write == to compare", "= compares nothing")
			continue
		}
		if single {
			continue // what does not fit after it is no fault of its own
		}
		if strings.Contains(issue.Message, "has() macro") {
			f.refuse(issue.Location, absence, hasFix, "has() is not allowed")
			continue
		}
		sentence, fix := reworded(issue.Message)
		f.refuse(issue.Location, "bad-expression", fix, "%s", sentence)
	}
}

var (
	undeclared = regexp.MustCompile(`^undeclared reference to '([^']*)'`)
	noOverload = regexp.MustCompile(`^found no matching overload for '([^']*)' applied to '(.*)'$`)
)

// reworded says what CEL's message says in this project's words.
func reworded(message string) (sentence, fix string) {
	message, _, _ = strings.Cut(message, "\n")
	if m := undeclared.FindStringSubmatch(message); m != nil {
		return fmt.Sprintf("there is no variable or function %q", m[1]),
			"facts are written host.fact; the functions are version, size, startsWith, endsWith, contains, matches, int and string"
	}
	if m := noOverload.FindStringSubmatch(message); m != nil {
		name := m[1]
		if operator, ok := operators.FindReverse(name); ok && operator != "" {
			name = operator
		}
		return fmt.Sprintf("%q cannot be used with %s", name, m[2]), "both sides have to be of one kind; versions are written version(...)"
	}
	if strings.Contains(message, "recursion") {
		return fmt.Sprintf("the expression is nested more than %d levels deep", DepthMax), "write it flatter, as a && b && c"
	}
	if syntax, ok := strings.CutPrefix(message, "Syntax error: "); ok {
		syntax, _, _ = strings.Cut(syntax, " expecting ")
		return "the expression cannot be read: " + syntax, ""
	}
	return message, ""
}

// estimate refuses an expression that could take too long on the largest host.
func (f *faults) estimate(env *celgo.Env, checked *celgo.Ast) {
	estimate, err := env.EstimateCost(checked, sizes{})
	if err != nil {
		f.refuse(nil, "too-costly", "", "the cost of the expression cannot be estimated: %s", err)
		return
	}
	if estimate.Max > EstimateMax {
		amount := fmt.Sprint(estimate.Max)
		if estimate.Max == math.MaxUint64 {
			amount = "more than can be counted"
		}
		f.refuse(nil, "too-costly", "do not nest exists, all, filter and map over guests",
			"the expression could take %s steps on a host with %d guests; the limit is %d", amount, GuestsMax, uint64(EstimateMax))
	}
}

// sizes tells the estimate how large things can be.
type sizes struct{}

// EstimateSize implements cost.Estimator.
func (sizes) EstimateSize(element cost.AstNode) *cost.SizeEstimate {
	switch path := element.Path(); {
	case element.Type().Kind() == types.OpaqueKind:
		return &cost.SizeEstimate{Min: 1, Max: 1} // a version
	case len(path) == 0:
		return nil
	case len(path) == 1 && path[0] == guestsName:
		return &cost.SizeEstimate{Max: GuestsMax}
	}
	// A longer list is left to CostMax: taken at ListMax, every question about each guest and a list would
	// look like one about each pair of guests.
	return &cost.SizeEstimate{Max: TextMax}
}

// versionUnits is what reading a version costs.
const versionUnits = 50

// EstimateCallCost implements cost.Estimator.
func (sizes) EstimateCallCost(function, _ string, _ *cost.AstNode, _ []cost.AstNode) *cost.CallEstimate {
	if function == versionName {
		return &cost.CallEstimate{CostEstimate: cost.FixedCostEstimate(versionUnits)}
	}
	return nil
}

// sortedKeys returns the keys of a map in order.
func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for key := range m {
		keys = append(keys, key)
	}
	sort.Strings(keys)
	return keys
}
