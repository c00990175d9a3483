package oracle

import (
	"github.com/evenkeel-project/evenkeel/internal/core/predicate"
)

// question is the simplest predicate there is: the answer stands in a fact of the host, and a host without
// the fact is unknown.
type question struct {
	fact string
}

// Evaluate reads the fact: "yes" is yes, anything else no, a missing one unknown.
func (q question) Evaluate(s predicate.Subject) predicate.Result {
	switch v, ok := s.Facts.Get(q.fact); {
	case !ok:
		return predicate.Result{Missing: []string{"host." + q.fact}}
	case v.Text == "yes":
		return predicate.Result{Answer: predicate.Yes}
	}
	return predicate.Result{Answer: predicate.No}
}

// Source returns the expression.
func (q question) Source() string { return "host." + q.fact + ` == "yes"` }

// HostFacts returns the one fact.
func (q question) HostFacts() []string { return []string{q.fact} }

// GuestLabels returns nothing.
func (q question) GuestLabels() []string { return nil }

// ReadsGuests reports false.
func (q question) ReadsGuests() bool { return false }
