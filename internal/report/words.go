package report

import (
	"strconv"
	"strings"

	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
)

// moment prints an instant for a sentence; every time on the page is UTC.
func moment(t calendar.Instant) string { return t.Time().Format("Mon 2 Jan 2006 15:04") + " UTC" }

// short prints an instant for a column, "" for what did not happen.
func short(t calendar.Instant) string {
	if t == 0 {
		return ""
	}
	return t.Time().Format("2 Jan 15:04:05")
}

// shorter prints an instant to the minute, for a column of regions.
func shorter(t calendar.Instant) string {
	if t == 0 {
		return ""
	}
	return t.Time().Format("2 Jan 15:04")
}

// lasting prints a duration in its two largest units.
func lasting(d calendar.Seconds) string {
	text := d.String()
	var parts []string
	begin := 0
	for i := range len(text) {
		if strings.IndexByte("dhms", text[i]) >= 0 {
			parts = append(parts, text[begin:i+1])
			begin = i + 1
		}
	}
	return strings.Join(parts[:min(2, len(parts))], " ")
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

// faults say in words why a host failed or was set aside.
var faults = map[string]string{
	"cordon-failed": "could not be closed to new guests", "drain-failed": "its guests could not be moved off",
	"patch-failed": "the patch was not taken", "no-new-boot": "it did not reboot", "unpatched": "it rebooted and the fix does not run",
	"guests-missing": "guests did not come back", "stuck": "it did not come back; proven off",
	"fence-failed": "it did not come back and could not be proven off", "canary-failed": "never touched: the canary of its cohort failed",
	"window-missed": "never touched: it could not start before its window closed", "campaign-aborted": "never touched: the campaign was aborted",
}

// why returns a fault in words.
func why(fault string) string {
	if text, ok := faults[fault]; ok {
		return text
	}
	return fault
}
