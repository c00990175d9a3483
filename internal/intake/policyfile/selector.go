package policyfile

import (
	"strings"

	"github.com/evenkeel-project/evenkeel/internal/core/ident"
	"github.com/evenkeel-project/evenkeel/internal/core/policy"
	"github.com/evenkeel-project/evenkeel/internal/core/problem"
	"github.com/evenkeel-project/evenkeel/internal/intake/doc"
)

// readSelectors reads a list of hosts and selectors. Each item is a host's id, a text such as
// generation=standard,region=dfw, or a map such as {generation: standard}.
func readSelectors(o *doc.Object, key string, problems *problem.List) []policy.Selector {
	var selectors []policy.Selector
	for _, item := range o.List(key) {
		r := selectorReader{where: o.What() + ": " + key, item: item, problems: problems}
		selectors = append(selectors, r.read())
	}
	return selectors
}

type selectorReader struct {
	where    string
	item     doc.Node
	problems *problem.List
}

func (r selectorReader) fault(at problem.Place, format string, args ...any) {
	r.problems.Addf("bad-selector", at, "write the id of a host, or key=value, or {key: value}", r.where+": "+format, args...)
}

func (r selectorReader) read() policy.Selector {
	s := policy.Selector{Place: r.item.At}
	switch {
	case r.item.Kind == doc.Map:
		s.Terms = r.fromMap()
	case r.item.Kind != doc.Scalar:
		r.fault(r.item.At, "an item is %s", r.item.Kind)
	case strings.Contains(r.item.Text, "="):
		s.Terms = r.fromText()
	default:
		if fault := ident.Check(r.item.Text); fault != "" {
			r.fault(r.item.At, "%.60q cannot be the id of a host: %s", r.item.Text, fault)
		}
		s.HostID = r.item.Text
	}
	return s
}

func (r selectorReader) fromMap() []policy.Term {
	var terms []policy.Term
	if len(r.item.Members) == 0 {
		r.fault(r.item.At, "an item is empty, and empty never means all")
	}
	for _, m := range r.item.Members {
		if m.Value.Kind != doc.Scalar {
			r.fault(m.At, "the value of %.60q should be a single value but is %s", m.Key, m.Value.Kind)
			continue
		}
		terms = append(terms, policy.Term{Key: m.Key, Value: m.Value.Text})
	}
	return terms
}

func (r selectorReader) fromText() []policy.Term {
	var terms []policy.Term
	for part := range strings.SplitSeq(r.item.Text, ",") {
		key, value, ok := strings.Cut(part, "=")
		key, value = strings.TrimSpace(key), strings.TrimSpace(value)
		if !ok || key == "" || value == "" {
			r.fault(r.item.At, "%.60q is not key=value", part)
			continue
		}
		for _, term := range terms {
			if term.Key == key {
				r.fault(r.item.At, "%.60q stands twice", key)
			}
		}
		terms = append(terms, policy.Term{Key: key, Value: value})
	}
	return terms
}
