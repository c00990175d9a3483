package roadef

import (
	"bufio"
	"errors"
	"fmt"
	"io"

	"github.com/evenkeel-project/evenkeel/internal/core/problem"
)

// scanner reads whole numbers line by line and reports the first fault, after which it reads nothing and
// every number is 0.
type scanner struct {
	file     string
	bytes    *bufio.Reader
	problems *problem.List
	line     int // of the byte that comes next
	column   int // of the byte read last
	record   string
	index    int
	token    []byte
}

// noIndex stands for the index of a record of which there is only one.
const noIndex = -1

func newScanner(source Source, problems *problem.List) *scanner {
	return &scanner{file: source.Name, bytes: bufio.NewReaderSize(source.Bytes, 1<<16), problems: problems, line: 1}
}

func (s *scanner) failed() bool { return s.problems.Failed() }

// begin names the record that is read next, for messages.
func (s *scanner) begin(record string, index int) { s.record, s.index = record, index }

// whose prints the record.
func (s *scanner) whose() string {
	if s.index == noIndex {
		return s.record
	}
	return fmt.Sprintf("%s %d", s.record, s.index)
}

// fail reports a fault at the byte read last.
func (s *scanner) fail(code problem.Code, fix, format string, args ...any) {
	s.failAt(s.column, code, fix, format, args...)
}

func (s *scanner) failAt(column int, code problem.Code, fix, format string, args ...any) {
	if !s.failed() {
		s.problems.Addf(code, problem.Place{File: s.file, Line: s.line, Column: max(1, column)}, fix, format, args...)
	}
}

// next returns the next byte that is not a blank. It reports false at the end of the file and on a fault.
func (s *scanner) next() (byte, bool) {
	for {
		c, err := s.bytes.ReadByte()
		if errors.Is(err, io.EOF) {
			return 0, false
		}
		if err != nil {
			s.fail("unreadable", "", "the file cannot be read: %v", err)
			return 0, false
		}
		s.column++
		if !isBlank(c) {
			return c, true
		}
	}
}

// isBlank reports whether c stands between the numbers of a line; a carriage return does, as some files have it.
func isBlank(c byte) bool { return c == ' ' || c == '\t' || c == '\r' }

// number reads a number of at most top on the current line. what names it, for messages.
func (s *scanner) number(what string, top uint64) uint64 {
	if s.failed() {
		return 0
	}
	c, ok := s.next()
	if !ok || c == '\n' {
		s.missing(what, ok)
		return 0
	}
	start := s.column
	s.token = append(s.token[:0], c)
	for len(s.token) < tokenMax {
		c, err := s.bytes.ReadByte()
		if err != nil {
			break // the end, or a fault that the next read meets again
		}
		if c == '\n' || isBlank(c) {
			s.putBack()
			break
		}
		s.column++
		s.token = append(s.token, c)
	}
	return s.value(start, what, top)
}

// tokenMax bounds a token; it is longer than any legal number.
const tokenMax = 24

// value turns the token that starts at a column into a number.
func (s *scanner) value(start int, what string, top uint64) uint64 {
	n := uint64(0)
	for _, c := range s.token {
		if c < ' ' || c > '~' {
			s.failAt(start, "not-text", "give the model and the assignment of an instance, in this order",
				"the file is not a text of numbers: byte 0x%02x where %s of %s should be", c, what, s.whose())
			return 0
		}
		if c < '0' || c > '9' {
			s.failAt(start, "not-a-number", "write whole numbers of 0 or more with blanks between them",
				"%q is not %s of %s", s.token, what, s.whose())
			return 0
		}
		digit := uint64(c - '0')
		if n > (top-digit)/10 || digit > top {
			s.failAt(start, "out-of-range", "correct the number, or the count it depends on",
				"%s is too large for %s of %s; the most is %d", s.token, what, s.whose(), top)
			return 0
		}
		n = n*10 + digit
	}
	return n
}

// missing reports that a line or the file ends where a number should be.
func (s *scanner) missing(what string, lineEnd bool) {
	if lineEnd {
		s.fail("line-too-short", "a record is one line; count its numbers", "the line ends where %s of %s should be", what, s.whose())
		return
	}
	s.fail("truncated", "get the whole file", "the file ends where %s of %s should be", what, s.whose())
}

// numbers reads n numbers.
func (s *scanner) numbers(n int, what string, top uint64) []uint64 {
	var out []uint64
	for i := 0; i < n && !s.failed(); i++ {
		out = append(out, s.number(what, top))
	}
	return out
}

// skip reads n numbers and checks them.
func (s *scanner) skip(n int, what string, top uint64) {
	for i := 0; i < n && !s.failed(); i++ {
		s.number(what, top)
	}
}

// endLine reads the end of a line or of the file.
func (s *scanner) endLine() {
	if s.failed() {
		return
	}
	c, ok := s.next()
	if ok && c != '\n' {
		s.fail("line-too-long", "a record is one line; count its numbers", "%s goes on after its last number", s.whose())
		return
	}
	if ok {
		s.line++
		s.column = 0
	}
}

// end reads blanks and empty lines to the end of the file.
func (s *scanner) end(what string) {
	for !s.failed() {
		c, ok := s.next()
		if !ok {
			return
		}
		if c != '\n' {
			s.fail("trailing-data", "remove it, or correct the counts before it", "there is more after the end of %s", what)
			return
		}
		s.line++
		s.column = 0
	}
}

// putBack returns the byte read last.
func (s *scanner) putBack() {
	if err := s.bytes.UnreadByte(); err != nil {
		s.fail("unreadable", "", "the file cannot be read: %v", err)
	}
}
