package cel

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	celgo "cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"

	"github.com/evenkeel-project/evenkeel/internal/core/label"
	"github.com/evenkeel-project/evenkeel/internal/core/predicate"
	"github.com/evenkeel-project/evenkeel/internal/core/problem"
)

// The names of the variables.
const (
	hostName   = "host"
	guestsName = "guests"
)

// question is a compiled expression.
type question struct {
	source string
	reads  reads
	facts  []string // sorted
	labels []string // sorted

	// missing holds the unknown that stands for each fact and label the expression reads; its number is the
	// index into names.
	missingFacts  map[string]*types.Unknown
	missingLabels map[string]*types.Unknown
	names         [][]string

	program celgo.Program
	pool    sync.Pool // of *subject: evaluations follow each other by the million
}

func newQuestion(source string, r reads) *question {
	q := &question{
		source: source, reads: r, facts: sortedKeys(r.facts), labels: sortedKeys(r.labels),
		missingFacts: map[string]*types.Unknown{}, missingLabels: map[string]*types.Unknown{},
	}
	q.pool.New = func() any { return &subject{} }
	for _, fact := range q.facts {
		q.missingFacts[fact] = types.NewUnknown(int64(len(q.names)), nil)
		q.names = append(q.names, []string{named(hostName, fact)})
	}
	for _, key := range q.labels {
		q.missingLabels[key] = types.NewUnknown(int64(len(q.names)), nil)
		var names []string
		for _, variable := range sortedKeys(r.labels[key]) {
			names = append(names, named(variable, key))
		}
		q.names = append(q.names, names)
	}
	return q
}

// named writes a fact or label as an expression does.
func named(variable, key string) string {
	for i, r := range key {
		if r != '_' && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (i == 0 || r < '0' || r > '9') {
			return fmt.Sprintf("%s[%q]", variable, key)
		}
	}
	return variable + "." + key
}

// Source returns the expression as it was written.
func (q *question) Source() string { return q.source }

// HostFacts returns the facts that the expression reads.
func (q *question) HostFacts() []string { return slices.Clone(q.facts) }

// GuestLabels returns the guest labels that the expression reads.
func (q *question) GuestLabels() []string { return slices.Clone(q.labels) }

// ReadsGuests reports whether the expression looks at guests.
func (q *question) ReadsGuests() bool { return q.reads.guests }

// Evaluate asks the question of one subject.
func (q *question) Evaluate(s predicate.Subject) predicate.Result {
	if q.reads.guests && len(s.Guests) > GuestsMax {
		return predicate.Result{Fault: fmt.Sprintf("the host has %d guests; a predicate looks at %d at most", len(s.Guests), GuestsMax)}
	}
	vars := q.pool.Get().(*subject)
	vars.bind(q, s)
	value, _, err := q.program.Eval(vars)
	vars.release()
	q.pool.Put(vars)
	return q.result(value, err)
}

func (q *question) result(value ref.Val, err error) predicate.Result {
	if err != nil {
		return predicate.Result{Fault: problem.Printable(failure(err.Error()))}
	}
	switch v := value.(type) {
	case types.Bool:
		if v {
			return predicate.Result{Answer: predicate.Yes}
		}
		return predicate.Result{Answer: predicate.No}
	case *types.Unknown:
		var missing []string
		for _, id := range v.IDs() {
			missing = append(missing, q.names[id]...)
		}
		slices.Sort(missing)
		return predicate.Result{Missing: slices.Compact(missing)}
	}
	return predicate.Result{Fault: fmt.Sprintf("the expression gives %s instead of yes or no", kindOf(value))}
}

// failure says what CEL's message says in this project's words.
func failure(message string) string {
	switch {
	case strings.HasPrefix(message, "no such overload"):
		return "a value is not of the kind that is needed where it is used"
	case strings.HasSuffix(message, "expected iterable type"):
		return "a list is needed where the value is none"
	case strings.Contains(message, "cost limit exceeded"):
		return fmt.Sprintf("the question takes more than %d steps on this host", CostMax)
	}
	return message
}

// subject gives the variables of one evaluation. It implements celgo.Activation.
type subject struct {
	question *question
	host     labels
	guests   []labels
	values   []ref.Val // the guests again, as the list takes them
	list     ref.Val
}

func (s *subject) bind(q *question, from predicate.Subject) {
	s.question = q
	s.host = labels{set: from.Facts, missing: q.missingFacts}
	if !q.reads.guests {
		return
	}
	s.guests, s.values = slices.Grow(s.guests[:0], len(from.Guests)), slices.Grow(s.values[:0], len(from.Guests))
	for _, set := range from.Guests {
		s.guests = append(s.guests, labels{set: set, missing: q.missingLabels})
		s.values = append(s.values, &s.guests[len(s.guests)-1])
	}
	s.list = types.NewRefValList(types.DefaultTypeAdapter, s.values)
}

// release lets go of what belongs to the caller.
func (s *subject) release() {
	clear(s.guests)
	s.host, s.list = labels{}, nil
}

// ResolveName implements celgo.Activation.
func (s *subject) ResolveName(name string) (any, bool) {
	switch name {
	case hostName:
		return &s.host, true
	case guestsName:
		return s.list, true
	}
	return nil, false
}

// Parent implements celgo.Activation.
func (s *subject) Parent() celgo.Activation { return nil }

// value turns a fact or label into a value of the language, or an error when it is over a limit.
func value(v label.Value) ref.Val {
	if !v.IsList {
		if len(v.Text) > TextMax {
			return types.NewErr("a text has %d bytes; a predicate reads %d at most", len(v.Text), TextMax)
		}
		return types.String(v.Text)
	}
	if len(v.List) > ListMax {
		return types.NewErr("a list has %d texts; a predicate reads %d at most", len(v.List), ListMax)
	}
	for _, item := range v.List {
		if len(item) > TextMax {
			return types.NewErr("a text has %d bytes; a predicate reads %d at most", len(item), TextMax)
		}
	}
	return types.NewStringList(types.DefaultTypeAdapter, v.List)
}
