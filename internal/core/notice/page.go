package notice

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// lineMax is how long a line gets, in characters, unless one word alone is longer.
const lineMax = 78

// page is the text of a letter while it is being written.
type page struct {
	text strings.Builder
}

// fill puts slots into a phrase, in order, for each %s of it.
func fill(p phrase, slots []slot) string {
	values := make([]any, len(slots))
	for i, s := range slots {
		values[i] = s
	}
	return fmt.Sprintf(string(p), values...)
}

// line writes one line as it stands.
func (p *page) line(text phrase, slots ...slot) {
	p.text.WriteString(fill(text, slots) + "\n")
}

// gap writes an empty line.
func (p *page) gap() { p.text.WriteByte('\n') }

// say writes a paragraph, broken into lines, and an empty line after it.
func (p *page) say(text phrase, slots ...slot) {
	p.flow("", " ", strings.Fields(fill(text, slots)))
	p.gap()
}

// list writes names below one another, as many on a line as there is room for, all of them.
func (p *page) list(names []slot) {
	words := make([]string, len(names))
	for i, name := range names {
		words[i] = string(name)
	}
	p.flow("    ", "  ", words)
}

// flow writes words with a joint between them, and begins every line with the indent.
func (p *page) flow(indent, joint string, words []string) {
	used := 0
	for _, word := range words {
		width := utf8.RuneCountInString(word)
		switch {
		case used == 0:
			p.text.WriteString(indent)
			used = len(indent)
		case used+len(joint)+width > lineMax:
			p.text.WriteString("\n" + indent)
			used = len(indent)
		default:
			p.text.WriteString(joint)
			used += len(joint)
		}
		p.text.WriteString(word)
		used += width
	}
	if used > 0 {
		p.text.WriteByte('\n')
	}
}
