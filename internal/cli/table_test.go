package cli

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestATableSetsNumbersRightAndSaysWhatItLeavesOut(t *testing.T) {
	table := newTable("zone", ">hosts")
	table.add("dfw-1", "1,200")
	table.add("é", "7")
	table.add("syd-1", "3")
	var b strings.Builder
	table.print(&b, 2)
	const want = "  zone   hosts\n  dfw-1  1,200\n  é          7\n  and 1 more\n"
	if b.String() != want {
		t.Errorf("printed\n%s, want\n%s", b.String(), want)
	}
}

func TestATableFitsTheTerminalByClippingTheNamesOnly(t *testing.T) {
	table := newTable("zone", ">hosts", "note")
	table.add(strings.Repeat("z", 253), "1", "29 Sep 00:30 (28 19:30)")
	var b strings.Builder
	table.print(&b, 1)
	for line := range strings.Lines(b.String()) {
		if n := utf8.RuneCountInString(strings.TrimSuffix(line, "\n")); n > lineWidth {
			t.Errorf("a line has %d columns: %q", n, line)
		}
	}
	if !strings.Contains(b.String(), "zzz...") || !strings.Contains(b.String(), "29 Sep 00:30 (28 19:30)") {
		t.Errorf("the wrong column was clipped:\n%s", b.String())
	}
	b.Reset()
	table.print(&b, 0)
	if !strings.Contains(b.String(), strings.Repeat("z", 253)) {
		t.Errorf("a table asked for as a whole has its names in full:\n%s", b.String())
	}
}
