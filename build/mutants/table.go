package main

import (
	"errors"
	"fmt"
	"strings"
)

// mutant is one guard taken out: in file, old stands once and becomes new, and then the tests must fail.
type mutant struct {
	line     int    // of the table, where it begins
	law      string // as the first column of the table of laws begins, or a word of the policy
	guard    string // what is taken out, in words
	file     string // from the root of the tree
	old, new string
	test     suite
}

// holds reports whether law, guard or file holds the word.
func (m mutant) holds(word string) bool {
	return strings.Contains(m.law+"\n"+m.guard+"\n"+m.file, word)
}

// suite is a set of tests of one package.
type suite struct {
	room    string   // the package, as ./internal/core/planner
	pattern string   // for go test -run
	flags   []string // for the tests themselves, such as a seed
}

// arguments returns what go test is given.
func (s suite) arguments() []string {
	return append([]string{"-run=" + s.pattern, s.room}, s.flags...)
}

// parse reads a table: blocks of lines "key: value", apart from each other by empty lines. Lines that start
// with # are for readers. A key old or new that is repeated adds a line to the text. The error holds every
// fault of the table.
func parse(text string) ([]mutant, error) {
	var mutants []mutant
	var faults []error
	values, start := map[string][]string{}, 0
	end := func() {
		if len(values) == 0 {
			return
		}
		m, err := newMutant(values, start)
		mutants, faults = append(mutants, m), append(faults, err)
		values = map[string][]string{}
	}
	for i, line := range strings.Split(text, "\n") {
		if line == "" {
			end()
		}
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		if len(values) == 0 {
			start = i + 1
		}
		key, value, ok := strings.Cut(line, ":")
		if !ok {
			faults = append(faults, fmt.Errorf("line %d is not key: value", i+1))
			continue
		}
		values[key] = append(values[key], strings.TrimPrefix(value, " "))
	}
	end()
	return mutants, errors.Join(faults...)
}

// newMutant makes a mutant of the values of a block that begins at a line.
func newMutant(values map[string][]string, line int) (mutant, error) {
	m := mutant{line: line}
	var faults []error
	for _, key := range []string{"law", "guard", "file", "old", "new", "test"} {
		lines, ok := values[key]
		delete(values, key)
		value := strings.Join(lines, "\n")
		switch {
		case !ok || (value == "" && key != "new"):
			faults = append(faults, fmt.Errorf("the mutant at line %d has no %s", line, key))
		case len(lines) > 1 && key != "old" && key != "new":
			faults = append(faults, fmt.Errorf("the mutant at line %d has two of %s", line, key))
		}
		switch key {
		case "law":
			m.law = value
		case "guard":
			m.guard = value
		case "file":
			m.file = value
		case "old":
			m.old = value
		case "new":
			m.new = value
		case "test":
			words := strings.Fields(value)
			if len(words) < 2 {
				faults = append(faults, fmt.Errorf("the mutant at line %d needs a package and a pattern as its test", line))
				continue
			}
			m.test = suite{words[0], words[1], words[2:]}
		}
	}
	for key := range values {
		faults = append(faults, fmt.Errorf("the mutant at line %d has an unknown key %q", line, key))
	}
	return m, errors.Join(faults...)
}
