package cli

import (
	"strings"
	"testing"
	"time"
)

func TestProgressTellsBytesAndRate(t *testing.T) {
	for _, c := range []struct {
		done, total int64
		want        string
	}{
		{52_000_000, 104_000_000, "reading fleet.ndjson [##########----------] 52.0 of 104.0 MB, 26.0 MB/s"},
		{104_000_000, 104_000_000, "reading fleet.ndjson [####################] 104.0 of 104.0 MB, 52.0 MB/s"},
		{120_000_000, 104_000_000, "reading fleet.ndjson [####################] 120.0 of 104.0 MB, 60.0 MB/s"},
		{52_000_000, 0, "reading fleet.ndjson 52.0 MB, 26.0 MB/s"},
	} {
		if got := progressLine("fleet.ndjson", c.done, c.total, 2*time.Second); got != c.want {
			t.Errorf("progress of %d in %d = %q, want %q", c.done, c.total, got, c.want)
		}
	}
}

func TestAReadThatIsOverAtOnceIsNotMentioned(t *testing.T) {
	var b strings.Builder
	s := &session{Streams: Streams{Err: &b, ErrIsTerminal: true}}
	bar := s.progress("fleet.ndjson")
	bar.tell(1, 2, quietTime-1)
	bar.end()
	if b.String() != "" {
		t.Errorf("printed %q", b.String())
	}
}

func TestATerminalSeesOneLineRedrawnAndAFileAFewPlainLines(t *testing.T) {
	for _, c := range []struct {
		terminal bool
		want     string
	}{
		{true, "\r\x1b[Kreading f 0.0 MB, 0.0 MB/s\r\x1b[Kreading f 0.0 MB, 0.0 MB/s\r\x1b[K"},
		{false, "reading f 0.0 MB, 0.0 MB/s\n"},
	} {
		var b strings.Builder
		s := &session{Streams: Streams{Err: &b, ErrIsTerminal: c.terminal}}
		bar := s.progress("f")
		bar.tell(1, 0, quietTime)
		bar.tell(2, 0, quietTime+redrawTime/2)
		bar.tell(3, 0, plainLineTime+quietTime)
		bar.end()
		if b.String() != c.want {
			t.Errorf("terminal %v: printed %q, want %q", c.terminal, b.String(), c.want)
		}
	}
}

func TestTheNameOfAFileDoesNotActOnTheTerminal(t *testing.T) {
	var b strings.Builder
	s := &session{Streams: Streams{Err: &b}}
	s.progress("f\x1b[31m").tell(1, 0, plainLineTime)
	if want := "reading f\\u001b[31m 0.0 MB, 0.0 MB/s\n"; b.String() != want {
		t.Errorf("printed %q, want %q", b.String(), want)
	}
}
