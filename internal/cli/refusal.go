package cli

import (
	"errors"
	"fmt"
	"strings"

	"github.com/evenkeel-project/evenkeel/internal/core/problem"
)

// errMissed ends plan --exit-code when the plan misses its deadline. It prints nothing: the plan said so.
var errMissed = errors.New("the plan misses its deadline")

// errTold ends a command whose result already says what is wrong: the findings of inspect, the list of a check.
var errTold = errors.New("the result says what is wrong")

// usageError is a fault of the command line itself.
type usageError struct {
	sentence string
	help     string // the command line that shows how it is meant
}

// Error returns the sentence.
func (u usageError) Error() string { return u.sentence }

// refusal carries the problems that stop a command.
type refusal struct {
	problems problem.List
}

// Error returns a short form; report prints the problems one a line.
func (r refusal) Error() string { return fmt.Sprintf("%d problems", r.problems.Errors()) }

// check prints the warnings of a list that has no error, and turns one that has into a refusal.
func (s *session) check(list problem.List) error {
	if list.Failed() {
		return refusal{list}
	}
	s.printProblems(list)
	return nil
}

func (s *session) printProblems(list problem.List) {
	for _, p := range list.Items() {
		fmt.Fprintln(s.Err, p.Error())
	}
}

// report tells the reader what went wrong, one problem a line, and returns the exit code that says it.
func (s *session) report(err error) int {
	var usage usageError
	var refused refusal
	switch {
	case err == nil:
		return ExitDone
	case errors.As(err, &usage):
		for line := range strings.Lines(usage.sentence) {
			fmt.Fprintln(s.Err, problem.Printable(strings.TrimSuffix(line, "\n")))
		}
		fmt.Fprintf(s.Err, "see: %s\n", usage.help)
		return ExitUsage
	case errors.As(err, &refused):
		s.printProblems(refused.problems)
		s.printCount(refused.problems)
		return ExitFailed
	case err == errMissed:
		return ExitMissed
	case err == errTold:
		return ExitFailed
	}
	fmt.Fprintln(s.Err, err.Error())
	return ExitFailed
}

func (s *session) printCount(list problem.List) {
	if hidden := list.Dropped(); hidden > 0 {
		fmt.Fprintf(s.Err, "and %s more\n", grouped(hidden))
	}
	warnings := len(list.Items()) + list.Dropped() - list.Errors()
	if warnings > 0 {
		fmt.Fprintf(s.Err, "%s, %s\n", counted(list.Errors(), "error"), counted(warnings, "warning"))
		return
	}
	fmt.Fprintln(s.Err, counted(list.Errors(), "error"))
}
