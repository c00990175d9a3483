// Package problem holds the value that every fault, refusal and warning is made of: a code for machines,
// a sentence for people, the place, the objects, and what to do next. It decides nothing.
package problem

import (
	"fmt"
	"sort"
	"strings"
	"unicode"
)

// Code names one kind of problem for machines; it is stable across releases and written in kebab-case.
type Code string

// Place says where a problem stands: a file with a line and column, both counted from 1. Zero values are
// left out when printed.
type Place struct {
	File   string
	Line   int
	Column int
}

// String prints the place as editors understand it: file:line:column.
func (p Place) String() string {
	switch {
	case p.File == "" && p.Line == 0:
		return ""
	case p.Line == 0:
		return p.File
	case p.Column == 0:
		return fmt.Sprintf("%s:%d", p.File, p.Line)
	}
	return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Column)
}

// Problem is one fault, refusal or warning.
type Problem struct {
	Code     Code
	Place    Place
	Sentence string   // what is wrong, naming the object, without a full stop
	Fix      string   // what the reader can do about it; may be empty
	Objects  []string // the ids of the objects concerned; may be empty
	Warning  bool     // true when the work may go on
}

// Error prints place, sentence, fix and code on one line. Control characters that came from the input
// are escaped, so that a hostile name cannot forge a line.
func (p Problem) Error() string {
	var b strings.Builder
	if place := p.Place.String(); place != "" {
		b.WriteString(place + ": ")
	}
	if p.Warning {
		b.WriteString("warning: ")
	}
	b.WriteString(p.Sentence)
	if p.Fix != "" {
		b.WriteString("; " + p.Fix)
	}
	fmt.Fprintf(&b, " [%s]", p.Code)
	return Printable(b.String())
}

// shownMax bounds how much of one message is printed, in bytes: an input can be hostile.
const shownMax = 1000

// Printable escapes everything that is not a visible character or an ordinary space (control characters, escape
// sequences of terminals, invisible and direction-changing characters, invalid UTF-8) and shortens s to what
// a terminal line can bear.
func Printable(s string) string {
	if len(s) > shownMax {
		s = strings.ToValidUTF8(s[:shownMax], "") + "..."
	}
	var b strings.Builder
	for _, r := range strings.ToValidUTF8(s, "\uFFFD") {
		switch {
		case unicode.IsPrint(r):
			b.WriteRune(r)
		case r > 0xffff:
			fmt.Fprintf(&b, "\\U%08x", r)
		default:
			fmt.Fprintf(&b, "\\u%04x", r)
		}
	}
	return b.String()
}

// listMax bounds how many problems one list keeps; more are counted, not kept.
const listMax = 100

// List gathers problems so that a reader of a file is told all its faults at once. Its zero value is
// ready to use. At most 100 problems are kept; the rest are counted.
type List struct {
	items   []Problem
	dropped int
	errors  int
}

// Add appends a problem.
func (l *List) Add(p Problem) {
	if !p.Warning {
		l.errors++
	}
	if len(l.items) >= listMax {
		l.dropped++
		return
	}
	l.items = append(l.items, p)
}

// Addf appends an error with a formatted sentence.
func (l *List) Addf(code Code, at Place, fix, format string, args ...any) {
	l.Add(Problem{Code: code, Place: at, Fix: fix, Sentence: fmt.Sprintf(format, args...)})
}

// Merge appends all problems of another list, kept or only counted.
func (l *List) Merge(other List) {
	errors := l.errors + other.errors
	for _, p := range other.items {
		l.Add(p)
	}
	l.dropped += other.dropped
	l.errors = errors
}

// Failed reports whether the list holds at least one error, as opposed to warnings.
func (l *List) Failed() bool { return l.errors > 0 }

// Errors returns how many errors were added, kept or not.
func (l *List) Errors() int { return l.errors }

// Dropped returns how many problems were counted but not kept.
func (l *List) Dropped() int { return l.dropped }

// Items returns the problems kept, ordered by file, line and column and otherwise as they were added.
func (l *List) Items() []Problem {
	sort.SliceStable(l.items, func(i, j int) bool {
		a, b := l.items[i].Place, l.items[j].Place
		if a.File != b.File {
			return a.File < b.File
		}
		if a.Line != b.Line {
			return a.Line < b.Line
		}
		return a.Column < b.Column
	})
	return l.items
}

// Err returns the list as an error when it holds an error, else nil.
func (l *List) Err() error {
	if !l.Failed() {
		return nil
	}
	return l.asError()
}

func (l *List) asError() error {
	lines := make([]string, 0, len(l.items)+1)
	for _, p := range l.Items() {
		lines = append(lines, p.Error())
	}
	if l.dropped > 0 {
		lines = append(lines, fmt.Sprintf("and %d more", l.dropped))
	}
	return fmt.Errorf("%s", strings.Join(lines, "\n"))
}
