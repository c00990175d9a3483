package picture

import (
	"strconv"
	"strings"

	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
)

// moment prints an instant for a sentence. Go's times are UTC; the page's script adds the reader's own zone.
func moment(t calendar.Instant) string {
	return t.Time().Format("Mon 2 Jan 2006 15:04") + seconds(t) + " UTC"
}

// seconds prints the seconds of an instant, nothing when it is a whole minute.
func seconds(t calendar.Instant) string {
	if t%calendar.Instant(calendar.Minute) == 0 {
		return ""
	}
	return t.Time().Format(":05")
}

// short prints an instant for a column.
func short(t calendar.Instant) string { return t.Time().Format("Mon 2 Jan 15:04") + seconds(t) }

// lasting prints a duration with a space between its units: "1d 6h 30m".
func lasting(d calendar.Seconds) string {
	var b strings.Builder
	text := d.String()
	for i := range len(text) {
		b.WriteByte(text[i])
		if i+1 < len(text) && strings.IndexByte("dhms", text[i]) >= 0 {
			b.WriteByte(' ')
		}
	}
	return b.String()
}

func grouped(n int) string {
	digits := strconv.Itoa(n)
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}

func counted(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
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
