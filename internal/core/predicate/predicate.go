// Package predicate is the port through which judgement asks a question about a host: facts in; yes, no
// or unknown out. The language of the questions lives in an adapter outside the core.
//
// Three rules bind every adapter. A fact that is missing makes the answer Unknown unless the rest of the
// expression decides it alone. A question that fails (a version that cannot be read, a type that does not
// fit, a cost over the limit) is Unknown, never No. The same subject always gets the same answer.
package predicate

import (
	"github.com/evenkeel-project/evenkeel/internal/core/label"
	"github.com/evenkeel-project/evenkeel/internal/core/problem"
)

// Answer is what a predicate says about a subject. The zero value is Unknown: what was never asked is
// not known.
type Answer uint8

// The three answers.
const (
	Unknown Answer = iota
	No
	Yes
)

// String returns the answer as a word.
func (a Answer) String() string { return [...]string{"unknown", "no", "yes"}[a] }

// Subject is what a question is asked about: one host by its facts, and the labels of the guests on it.
type Subject struct {
	Facts  label.Set
	Guests []label.Set // one for each guest on the host, in no particular order
}

// Result is an answer with its grounds.
type Result struct {
	Answer  Answer
	Missing []string // names such as "host.xen" or "g.virt" that were asked for and not there, sorted, each once
	Fault   string   // why the question failed on this subject; "" when it did not
}

// Predicate is one compiled question. It is immutable and safe for use by several goroutines.
type Predicate interface {
	// Evaluate asks the question of one subject.
	Evaluate(s Subject) Result
	// Source returns the expression as it was written.
	Source() string
	// HostFacts returns the facts the expression reads, sorted, without the "host." in front.
	HostFacts() []string
	// GuestLabels returns the guest labels the expression reads, sorted, without the variable in front.
	GuestLabels() []string
	// ReadsGuests reports whether the expression looks at guests at all.
	ReadsGuests() bool
}

// Compiler checks and compiles expressions. All faults of an expression are reported at once; at is the
// place where the expression's text starts, and the places of the faults are inside it. Warnings may come
// with a predicate.
type Compiler interface {
	Compile(source string, at problem.Place) (Predicate, problem.List)
}
