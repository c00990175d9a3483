package inspect

import (
	"fmt"

	"github.com/evenkeel-project/evenkeel/internal/core/problem"
)

// keptMax bounds the findings that are kept for one rule; more are counted.
const keptMax = 20

// Rule is one rule that was checked.
type Rule struct {
	Code     problem.Code      // of the rule, and of its findings
	Law      string            // the rule as a sentence, without a full stop
	Unit     string            // what was looked at, in the plural
	Looked   int               // how many of them were looked at
	Found    int               // how often the rule is broken
	Findings []problem.Problem // the first of them, at most 20
	fix      string
}

// Report is the result of an inspection: every rule in a fixed order, with what was found.
type Report struct {
	Rules []Rule
}

// Accepted reports whether the plan breaks no rule and every figure is right.
func (r Report) Accepted() bool { return r.Found() == 0 }

// Found returns how often the plan breaks a rule, all rules together.
func (r Report) Found() int {
	total := 0
	for _, c := range r.Rules {
		total += c.Found
	}
	return total
}

// Findings returns the findings that were kept, in order of the rules.
func (r Report) Findings() []problem.Problem {
	var all []problem.Problem
	for _, c := range r.Rules {
		all = append(all, c.Findings...)
	}
	return all
}

// looked counts n more objects that a rule was applied to.
func (n *inspection) looked(r rule, count int) { n.rules[r].Looked += count }

// find records that a rule is broken. objects are the ids concerned; the sentence names times and numbers.
func (n *inspection) find(r rule, objects []string, format string, args ...any) {
	c := &n.rules[r]
	c.Found++
	if len(c.Findings) >= keptMax {
		return
	}
	c.Findings = append(c.Findings, problem.Problem{
		Code: c.Code, Sentence: fmt.Sprintf(format, args...), Fix: c.fix, Objects: objects,
	})
}
