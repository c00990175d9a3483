package cli

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/evenkeel-project/evenkeel/internal/clock"
	"github.com/evenkeel-project/evenkeel/internal/core/problem"
)

// progress tells how far long work has come. A terminal sees one line redrawn; anything else gets a line
// every few seconds. What is over at once is not mentioned.
type progress struct {
	out      io.Writer
	terminal bool
	line     func(done, total int64, elapsed time.Duration) string
	watch    clock.Stopwatch
	told     time.Duration
	drawn    bool
}

const (
	quietTime     = 300 * time.Millisecond // a shorter read is not mentioned
	redrawTime    = 100 * time.Millisecond // between two states of a terminal's line
	plainLineTime = 5 * time.Second        // between two plain lines
)

func (s *session) progress(name string) *progress {
	name = problem.Printable(name)
	return s.telling(func(done, total int64, elapsed time.Duration) string { return progressLine(name, done, total, elapsed) })
}

// counting tells how many things of how many are done: "3 of 17 rules priced".
func (s *session) counting(what string) *progress {
	return s.telling(func(done, total int64, _ time.Duration) string { return fmt.Sprintf("%d of %d %s", done, total, what) })
}

func (s *session) telling(line func(done, total int64, elapsed time.Duration) string) *progress {
	return &progress{out: s.Err, terminal: s.ErrIsTerminal, line: line, watch: clock.Start()}
}

// step is called with what is done and what there is: bytes of a file, 0 when that is not known, or things.
func (p *progress) step(done, total int64) { p.tell(done, total, p.watch.Elapsed()) }

func (p *progress) tell(done, total int64, elapsed time.Duration) {
	first, pause := quietTime, redrawTime
	if !p.terminal {
		first, pause = plainLineTime, plainLineTime
	}
	if elapsed < first || (p.told > 0 && elapsed-p.told < pause) {
		return
	}
	p.told = elapsed
	line := p.line(done, total, elapsed)
	if p.terminal {
		p.drawn = true
		line = "\r\x1b[K" + line
	} else {
		line += "\n"
	}
	fmt.Fprint(p.out, line)
}

// end takes the redrawn line away.
func (p *progress) end() {
	if p.drawn {
		fmt.Fprint(p.out, "\r\x1b[K")
	}
}

// working shows a terminal what is being computed until the function it returns is called.
func (s *session) working(what string) func() {
	if !s.ErrIsTerminal {
		return func() {}
	}
	fmt.Fprintf(s.Err, "\r\x1b[K%s", what)
	return func() { fmt.Fprint(s.Err, "\r\x1b[K") }
}

// progressLine prints "reading fleet.ndjson [#####-----] 52 of 104 MB, 51 MB/s".
func progressLine(name string, done, total int64, elapsed time.Duration) string {
	const megabyte = 1e6
	rate := float64(done) / megabyte / elapsed.Seconds()
	if total <= 0 {
		return fmt.Sprintf("reading %s %.1f MB, %.1f MB/s", clipped(name, 30), float64(done)/megabyte, rate)
	}
	const cells = 20
	full := int(min(cells, done*cells/total))
	bar := strings.Repeat("#", full) + strings.Repeat("-", cells-full)
	return fmt.Sprintf("reading %s [%s] %.1f of %.1f MB, %.1f MB/s",
		clipped(name, 30), bar, float64(done)/megabyte, float64(total)/megabyte, rate)
}
