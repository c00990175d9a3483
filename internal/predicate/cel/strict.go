package cel

import (
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/common/types/traits"
	"cel.dev/cel-go/interpreter"
)

// strict replaces the parts of a plan in which CEL would answer false where the truth is that the question
// does not fit: in CEL a text equals no list, so `host.patches == "XSA-108"` would be a quiet No.
// It also reads versions that are written in the expression once instead of at every evaluation.
func strict(i interpreter.InterpretableV2) (interpreter.InterpretableV2, error) {
	call, ok := i.(interpreter.InterpretableCall)
	if !ok {
		return i, nil
	}
	switch call.Function() {
	case operators.Equals:
		return newStrictCall(call, equal), nil
	case operators.NotEquals:
		return newStrictCall(call, notEqual), nil
	case operators.In:
		return newStrictCall(call, within), nil
	case sizeName:
		return &strictUnary{call: call, arg: call.Args()[0], apply: counted}, nil
	case intName:
		return readNumber(call)
	case versionName:
		for _, arg := range call.Args() {
			if _, constant := arg.(interpreter.InterpretableConst); !constant {
				return i, nil
			}
		}
		return interpreter.NewConstValue(call.ID(), call.Eval(interpreter.EmptyActivation())), nil
	}
	return i, nil
}

// strictCall is a call of two arguments by a function of ours. It hides the call it replaces from the
// optimiser, which would put its own comparison in.
type strictCall struct {
	call        interpreter.InterpretableCall
	left, right interpreter.InterpretableV2
	compare     func(left, right ref.Val) ref.Val
}

func newStrictCall(call interpreter.InterpretableCall, compare func(left, right ref.Val) ref.Val) *strictCall {
	args := call.Args()
	return &strictCall{call: call, left: args[0], right: args[1], compare: compare}
}

// ID implements interpreter.Interpretable.
func (s *strictCall) ID() int64 { return s.call.ID() }

// Eval implements interpreter.Interpretable.
func (s *strictCall) Eval(vars interpreter.Activation) ref.Val {
	return interpreter.EvalActivation(vars, s.Exec)
}

// Exec implements interpreter.InterpretableV2: errors first, then what is unknown, then the comparison,
// which is paid for before it is made.
func (s *strictCall) Exec(frame *interpreter.ExecutionFrame) ref.Val {
	left := s.left.Exec(frame)
	if types.IsError(left) {
		return left
	}
	right := s.right.Exec(frame)
	if types.IsError(right) {
		return right
	}
	if costs := frame.CostTracker(); costs != nil {
		costs.EvalBinary(frame, s.ID(), s.call, left, right, nil)
	}
	unknown, _ := left.(*types.Unknown)
	if unknown, isUnknown := types.MaybeMergeUnknowns(right, unknown); isUnknown {
		return unknown
	}
	return s.compare(left, right)
}

// equal compares two values of one kind; values of two kinds are an error.
func equal(left, right ref.Val) ref.Val {
	switch l := left.(type) {
	case types.String:
		if r, ok := right.(types.String); ok {
			return types.Bool(l == r)
		}
	case traits.Lister:
		if r, ok := right.(traits.Lister); ok {
			return equalLists(l, r)
		}
	case types.Bool:
		if r, ok := right.(types.Bool); ok {
			return types.Bool(l == r)
		}
	case versionValue:
		return l.Equal(right)
	case types.Int, types.Uint:
		switch right.(type) {
		case types.Int, types.Uint:
			return left.Equal(right)
		}
	}
	return types.NewErr("%s is compared with %s", kindOf(left), kindOf(right))
}

// equalLists compares lists element by element. One pair that differs decides, even beside one that cannot
// be compared.
func equalLists(left, right traits.Lister) ref.Val {
	if left.Size() != right.Size() {
		return types.False
	}
	var result ref.Val = types.True
	for i := types.Int(0); i < left.Size().(types.Int); i++ {
		switch e := equal(left.Get(i), right.Get(i)); {
		case e == types.False:
			return types.False
		case e != types.True:
			result = e
		}
	}
	return result
}

func notEqual(left, right ref.Val) ref.Val {
	result := equal(left, right)
	if b, ok := result.(types.Bool); ok {
		return !b
	}
	return result
}

// within tells whether a list holds a value.
func within(value, list ref.Val) ref.Val {
	l, ok := list.(traits.Lister)
	if !ok {
		return types.NewErr("\"in\" looks into a list, not into %s", kindOf(list))
	}
	var result ref.Val = types.False
	for i := types.Int(0); i < l.Size().(types.Int); i++ {
		switch e := equal(value, l.Get(i)); {
		case e == types.True:
			return types.True
		case e != types.False:
			result = e
		}
	}
	return result
}

// kindOf names what a value is, for a sentence.
func kindOf(v ref.Val) string {
	switch v.(type) {
	case types.String:
		return "a text"
	case traits.Lister:
		return "a list"
	case versionValue:
		return "a version"
	case types.Bool:
		return "a truth value"
	}
	return "a number"
}
