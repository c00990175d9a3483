package plan

import (
	"fmt"
	"strings"
)

// GapText prints millionths as a percentage with two decimals, rounded up: a gap is never made smaller.
func GapText(millionths int64) string {
	hundredths := (millionths + 99) / 100
	return fmt.Sprintf("%d.%02d%%", hundredths/100, hundredths%100)
}

// Outlined splits what binds into its outline and the parts that stand in square brackets: a chain of regions
// names the chain of zones of each, and would be unreadable in one line.
func Outlined(binding string) (outline string, parts []string) {
	var b, part strings.Builder
	depth := 0
	for _, r := range binding {
		switch {
		case r == '[':
			depth++
		case r == ']' && depth > 0:
			if depth--; depth == 0 {
				parts = append(parts, part.String())
				part.Reset()
			}
		case depth > 0:
			part.WriteRune(r)
		default:
			b.WriteRune(r)
		}
	}
	return strings.ReplaceAll(b.String(), " ;", ";"), parts
}
