package cel

import (
	"regexp"
	"strconv"
	"strings"

	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/common/types/traits"
	"cel.dev/cel-go/interpreter"
)

// The functions of one argument that are stricter here than in CEL.
const (
	sizeName = "size"
	intName  = "int"
)

// strictUnary is a call of one argument by a function of ours. Like strictCall it hides the call it replaces
// from the optimiser.
type strictUnary struct {
	call  interpreter.InterpretableCall
	arg   interpreter.InterpretableV2
	apply func(ref.Val) ref.Val
}

// ID implements interpreter.Interpretable.
func (s *strictUnary) ID() int64 { return s.call.ID() }

// Eval implements interpreter.Interpretable.
func (s *strictUnary) Eval(vars interpreter.Activation) ref.Val {
	return interpreter.EvalActivation(vars, s.Exec)
}

// Exec implements interpreter.InterpretableV2. An error and what is unknown pass through.
func (s *strictUnary) Exec(frame *interpreter.ExecutionFrame) ref.Val {
	arg := s.arg.Exec(frame)
	if types.IsUnknownOrError(arg) {
		return arg
	}
	result := s.apply(arg)
	if costs := frame.CostTracker(); costs != nil {
		costs.EvalUnary(frame, s.ID(), s.call, arg, result)
	}
	return result
}

// counted tells how many elements a list has. CEL would count the letters of a text, and a fact that ought
// to be a list would pass for a long one.
func counted(v ref.Val) ref.Val {
	if l, ok := v.(traits.Lister); ok {
		return l.Size()
	}
	return types.NewErr("size() counts a list, not %s", kindOf(v))
}

// readNumber plans a call of int(); the number of a text in the expression is read once, and what is none
// makes the expression a bad one.
func readNumber(call interpreter.InterpretableCall) (interpreter.InterpretableV2, error) {
	arg := call.Args()[0]
	constant, ok := arg.(interpreter.InterpretableConst)
	if !ok {
		return &strictUnary{call: call, arg: arg, apply: number}, nil
	}
	value := number(constant.Value())
	if err, failed := value.(*types.Err); failed {
		return nil, err
	}
	return interpreter.NewConstValue(call.ID(), value), nil
}

// The texts that are numbers. The hexadecimal ones are the revisions of microcode; 15 digits always fit.
var (
	decimal     = regexp.MustCompile(`^-?[0-9]+$`)
	hexadecimal = regexp.MustCompile(`^0x[0-9a-fA-F]{1,15}$`)
)

// number reads a whole number.
func number(v ref.Val) ref.Val {
	text, ok := v.(types.String)
	if !ok {
		if _, isList := v.(traits.Lister); isList {
			return types.NewErr("int() reads a text, not a list")
		}
		return v.ConvertToType(types.IntType)
	}
	s, base := string(text), 10
	switch {
	case hexadecimal.MatchString(s):
		s, base = strings.TrimPrefix(s, "0x"), 16
	case !decimal.MatchString(s):
		return types.NewErr("the text %q cannot be read as a number: write digits, with - before them or not, or 0x and up to 15 digits", shortened(s))
	}
	n, err := strconv.ParseInt(s, base, 64)
	if err != nil {
		return types.NewErr("the number %s is too large", shortened(s))
	}
	return types.Int(n)
}

// shortened keeps a hostile text from filling the sentence it is named in.
func shortened(s string) string {
	const most = 40
	if len(s) > most {
		return s[:most] + "..."
	}
	return s
}
