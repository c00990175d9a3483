package version

import (
	"cmp"
	"fmt"
	"strings"
)

// dotted is a version of the dotted scheme. Components are kept as digits without leading zeros, so that
// no number is too large to compare.
type dotted struct {
	text       string
	components []string // trailing zeros are cut: 4.1 and 4.1.0 are the same
}

// ReadDotted reads a dotted version: decimal numbers separated by single dots. A missing component counts
// as 0 and leading zeros do not count, so 4.1, 4.1.0 and 4.01 are equal and 4.10 is newer than 4.9.
func ReadDotted(text string) (Version, error) {
	if text == "" {
		return nil, Unreadable(Dotted, text, "it is empty")
	}
	if len(text) > LengthMax {
		return nil, Unreadable(Dotted, text, fmt.Sprintf("it has %d bytes, more than %d", len(text), LengthMax))
	}
	components := make([]string, 0, strings.Count(text, ".")+1)
	last := 0
	for part := range strings.SplitSeq(text, ".") {
		if part == "" {
			return nil, Unreadable(Dotted, text, "a number is missing beside a dot")
		}
		for i := range len(part) {
			if part[i] < '0' || part[i] > '9' {
				return nil, Unreadable(Dotted, text, "it may hold digits and dots only")
			}
		}
		digits := strings.TrimLeft(part, "0")
		components = append(components, digits)
		if digits != "" {
			last = len(components)
		}
	}
	return &dotted{text: text, components: components[:last]}, nil
}

// Scheme returns Dotted.
func (d *dotted) Scheme() Scheme { return Dotted }

// String returns the text as it was written.
func (d *dotted) String() string { return d.text }

// Compare compares component by component, numbers as numbers.
func (d *dotted) Compare(other Version) (int, error) {
	o, ok := other.(*dotted)
	if !ok {
		return 0, ErrSchemes
	}
	for i := range min(len(d.components), len(o.components)) {
		a, b := d.components[i], o.components[i]
		if c := cmp.Or(cmp.Compare(len(a), len(b)), strings.Compare(a, b)); c != 0 {
			return c, nil
		}
	}
	return cmp.Compare(len(d.components), len(o.components)), nil
}
