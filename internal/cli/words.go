package cli

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
)

// lineWidth is the columns that text and tables fit: the width of every terminal.
const lineWidth = 80

// grouped prints n with a comma between thousands.
func grouped(n int) string {
	digits := strconv.Itoa(n)
	sign := ""
	if n < 0 {
		sign, digits = "-", digits[1:]
	}
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return sign + digits
}

// counted prints a number with its noun: "1 host", "1,200 hosts", "2 advisories".
func counted(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	if stem, ok := strings.CutSuffix(noun, "y"); ok {
		return grouped(n) + " " + stem + "ies"
	}
	return grouped(n) + " " + noun + "s"
}

// verb picks the form of a verb that goes with n things.
func verb(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

// listed joins words as a sentence does: "a", "a and b", "a, b and c".
func listed(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " and " + words[last]
}

// lasting prints a duration with a space between its units: "1d 6h 30m".
func lasting(d calendar.Seconds) string {
	var b strings.Builder
	text := d.String()
	for i := range len(text) {
		b.WriteByte(text[i])
		if i+1 < len(text) && strings.IndexByte("dhm", text[i]) >= 0 {
			b.WriteByte(' ')
		}
	}
	return b.String()
}

// percent prints a share with one decimal, and never rounds a part up to all or down to nothing.
func percent(part, whole int) string {
	if whole == 0 || part == 0 {
		return "0%"
	}
	if part == whole {
		return "100%"
	}
	tenths := min(999, max(1, (part*2000+whole)/(2*whole)))
	return strconv.Itoa(tenths/10) + "." + strconv.Itoa(tenths%10) + "%"
}

// clipped shortens a name to width columns.
func clipped(s string, width int) string {
	if utf8.RuneCountInString(s) <= width {
		return s
	}
	return string([]rune(s)[:max(0, width-3)]) + "..."
}

// wrapped breaks text between words so that no line is wider than lineWidth; first starts the first line and
// every further one is indented as deep.
func wrapped(first, text string) string {
	var b strings.Builder
	indent := strings.Repeat(" ", utf8.RuneCountInString(first))
	b.WriteString(first)
	column, fresh := len(indent), true
	for _, word := range strings.Fields(text) {
		size := utf8.RuneCountInString(word)
		if !fresh && column+1+size > lineWidth {
			b.WriteString("\n" + indent)
			column, fresh = len(indent), true
		}
		if !fresh {
			b.WriteByte(' ')
			column++
		}
		b.WriteString(word)
		column, fresh = column+size, false
	}
	return b.String() + "\n"
}
