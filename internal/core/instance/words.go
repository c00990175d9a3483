package instance

import (
	"fmt"
	"strings"
)

// ShownMax is how many names a sentence lists before it only counts.
const ShownMax = 5

// FirstNames joins the first few of n names and counts the rest.
func FirstNames(n int, name func(int) string) string {
	shown := make([]string, min(n, ShownMax))
	for i := range shown {
		shown[i] = name(i)
	}
	text := strings.Join(shown, ", ")
	if n > ShownMax {
		text += fmt.Sprintf(" and %d more", n-ShownMax)
	}
	return text
}

// HostCount prints how many hosts.
func HostCount(n int) string {
	if n == 1 {
		return "1 host"
	}
	return fmt.Sprintf("%d hosts", n)
}
