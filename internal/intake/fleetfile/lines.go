package fleetfile

import (
	"bytes"
	"errors"
	"io"
	"strings"

	"github.com/evenkeel-project/evenkeel/internal/core/problem"
	"github.com/evenkeel-project/evenkeel/internal/intake/doc"
)

const (
	// lineMax bounds a line of NDJSON in bytes, and with it the memory that reading takes.
	lineMax = 1 << 20
	// blockSize is how many bytes of whole lines are handled together.
	blockSize = 1 << 18
)

// blocks cuts a stream into blocks of whole lines, none longer than lineMax. The last line of the stream may lack its end.
type blocks struct {
	from   io.Reader
	buffer []byte // what is read and not yet given out
	line   int    // the number of the first line in the buffer
	ended  bool
}

var errLongLine = errors.New("line too long")

// next returns the next block and the number of its first line; io.EOF after the last one, errLongLine when
// the next line is longer than lineMax. The block is good until the next call.
func (b *blocks) next(last []byte) ([]byte, int, error) {
	b.line += bytes.Count(last, []byte("\n"))
	b.buffer = append(b.buffer[:0], b.buffer[len(last):]...)
	want := blockSize
	for {
		if err := b.fill(want); err != nil {
			return nil, b.line, err
		}
		if len(b.buffer) == 0 {
			return nil, b.line, io.EOF
		}
		if end := bytes.LastIndexByte(b.buffer, '\n') + 1; end > 0 {
			return b.buffer[:end], b.line, nil
		}
		if len(b.buffer) > lineMax {
			return nil, b.line, errLongLine
		}
		if b.ended {
			return b.buffer, b.line, nil
		}
		want = lineMax + 1
	}
}

// fill reads until the buffer holds want bytes or the stream ends.
func (b *blocks) fill(want int) error {
	for len(b.buffer) < want && !b.ended {
		have := len(b.buffer)
		if cap(b.buffer) < want {
			b.buffer = append(make([]byte, 0, want), b.buffer...)
		}
		n, err := b.from.Read(b.buffer[have:want])
		b.buffer = b.buffer[:have+n]
		if errors.Is(err, io.EOF) {
			b.ended = true
		} else if err != nil {
			return err
		}
	}
	return nil
}

// readLines reads a fleet as NDJSON: one object a line, blank lines between them, lines ended as Unix or
// Windows do.
func (d *decoder) readLines(r io.Reader) {
	source := blocks{from: r, line: 1}
	var block []byte
	var parser doc.Parser
	for {
		var line int
		var err error
		block, line, err = source.next(block)
		at := problem.Place{File: d.file, Line: line}
		switch {
		case errors.Is(err, io.EOF):
			return
		case errors.Is(err, errLongLine):
			d.problems.Addf("line-too-long", at, "write one object a line", "the line is longer than %d bytes", lineMax)
		case err != nil:
			d.problems.Merge(doc.Unreadable(d.file, "the fleet", err))
		}
		if err != nil || !doc.CheckText(d.file, line, block, d.problems) || !d.readBlock(&parser, line, string(block)) {
			d.partial = true
			return
		}
	}
}

// readBlock decodes whole lines and reports whether to go on.
func (d *decoder) readBlock(parser *doc.Parser, line int, text string) bool {
	if line == 1 {
		text = strings.TrimPrefix(text, "\uFEFF")
	}
	for ; text != ""; line++ {
		one, rest, _ := strings.Cut(text, "\n")
		text = rest
		if d.enough(problem.Place{File: d.file, Line: line}) {
			return false
		}
		one = strings.TrimRight(one, " \t\r")
		if one == "" {
			continue
		}
		if node, ok := parser.Parse(d.file, line, one, d.problems); ok {
			d.byKind(node)
		} else {
			d.partial = true
		}
	}
	return true
}
