package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
)

// event is one line of go test -json (see go doc test2json).
type event struct {
	Action      string
	Package     string
	Test        string
	Output      string
	ImportPath  string // of a build event, in place of Package
	FailedBuild string // the ImportPath of the build that made a package fail
	Elapsed     float64
}

// summary counts tests, subtests included.
type summary struct {
	passed, failed, skipped int
}

// good reports whether the run proves something: tests ran and all of them passed.
func (s summary) good() bool { return s.passed > 0 && s.failed == 0 && s.skipped == 0 }

// String returns the closing line.
func (s summary) String() string {
	return fmt.Sprintf("%d passed, %d failed, %d skipped", s.passed, s.failed, s.skipped)
}

// suite is one package while its tests run.
type suite struct {
	summary
	output map[string]*strings.Builder // by test; "" for the package itself
	open   map[string]bool             // tests that started and did not end
}

// reader folds events into a summary and tells what matters as it comes.
type reader struct {
	out    io.Writer
	total  summary
	suites map[string]*suite
	builds map[string]*strings.Builder // compiler output by ImportPath
}

// lineMax bounds one event in bytes: a test's whole panic can stand in one line.
const lineMax = 64 << 20

// summarise reads events until the end and writes the tale of the run. The error is about reading only.
func summarise(in io.Reader, out io.Writer) (summary, error) {
	r := &reader{out: out, suites: map[string]*suite{}, builds: map[string]*strings.Builder{}}
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, lineMax)
	for lines.Scan() {
		var e event
		if err := json.Unmarshal(lines.Bytes(), &e); err != nil {
			fmt.Fprintln(out, lines.Text()) // the go command itself speaks; its exit code says the rest
			continue
		}
		r.read(e)
	}
	if err := lines.Err(); err != nil {
		return r.total, fmt.Errorf("the events cannot be read: %w", err)
	}
	for _, name := range slices.Sorted(maps.Keys(r.suites)) {
		r.end(name, "fail", 0) // the stream was cut before the package ended
	}
	if r.total == (summary{}) {
		fmt.Fprintln(out, "no test ran")
	}
	fmt.Fprintln(out, r.total)
	return r.total, nil
}

func (r *reader) read(e event) {
	switch {
	case e.Action == "build-output":
		if r.builds[e.ImportPath] == nil {
			r.builds[e.ImportPath] = &strings.Builder{}
		}
		r.builds[e.ImportPath].WriteString(e.Output)
	case e.Package == "":
	case e.Action == "start":
		r.suites[e.Package] = &suite{output: map[string]*strings.Builder{}, open: map[string]bool{}}
	case r.suites[e.Package] == nil: // an event of a package that ended
	case e.Test == "" && ended(e.Action):
		if b := r.builds[e.FailedBuild]; b != nil {
			fmt.Fprint(r.out, b)
		}
		r.end(e.Package, e.Action, e.Elapsed)
	default:
		r.suites[e.Package].read(e, r.out)
	}
}

func ended(action string) bool { return action == "pass" || action == "fail" || action == "skip" }

// read takes an event of a test, or output of the package itself.
func (s *suite) read(e event, out io.Writer) {
	switch e.Action {
	case "run":
		s.open[e.Test] = true
	case "output":
		if s.output[e.Test] == nil {
			s.output[e.Test] = &strings.Builder{}
		}
		s.output[e.Test].WriteString(e.Output)
	case "pass":
		s.passed++
	case "fail":
		s.failed++
	case "skip":
		s.skipped++
	}
	if !ended(e.Action) {
		return
	}
	if text := s.output[e.Test]; text != nil && e.Action != "pass" {
		fmt.Fprint(out, text)
	}
	delete(s.output, e.Test)
	delete(s.open, e.Test)
}

// end closes a package: tests that did not end count as failed, and so does a package that failed
// although none of its tests did (it did not compile, or it left by itself).
func (r *reader) end(name, action string, elapsed float64) {
	s := r.suites[name]
	delete(r.suites, name)
	for _, test := range slices.Sorted(maps.Keys(s.open)) {
		s.failed++
		if text := s.output[test]; text != nil {
			fmt.Fprint(r.out, text)
		}
		fmt.Fprintf(r.out, "%s did not end\n", test)
	}
	if action == "fail" && s.failed == 0 {
		s.failed++
		if text := s.output[""]; text != nil {
			fmt.Fprint(r.out, text)
		}
	}
	count := s.passed + s.failed + s.skipped
	switch {
	case count == 0:
		return // no tests in this package
	case s.good():
		fmt.Fprintf(r.out, "ok   %6.1fs %6d  %s\n", elapsed, count, name)
	default:
		fmt.Fprintf(r.out, "BAD  %6.1fs %6d  %s: %s\n", elapsed, count, name, s.summary)
	}
	r.total.passed += s.passed
	r.total.failed += s.failed
	r.total.skipped += s.skipped
}
