package cli

import (
	"strings"
	"unicode"

	"github.com/evenkeel-project/evenkeel/internal/core/problem"
)

// wideRunes are the characters that take two columns of a terminal: those of East Asian width Wide or Fullwidth in
// Unicode Standard Annex #11, in whole blocks. A block that is guessed wrong costs a column, never a line.
var wideRunes = &unicode.RangeTable{
	R16: []unicode.Range16{
		{Lo: 0x1100, Hi: 0x115f, Stride: 1}, {Lo: 0x2e80, Hi: 0x303e, Stride: 1}, {Lo: 0x3041, Hi: 0xa4cf, Stride: 1},
		{Lo: 0xa960, Hi: 0xa97f, Stride: 1}, {Lo: 0xac00, Hi: 0xd7a3, Stride: 1}, {Lo: 0xf900, Hi: 0xfaff, Stride: 1},
		{Lo: 0xfe30, Hi: 0xfe6f, Stride: 1}, {Lo: 0xff00, Hi: 0xff60, Stride: 1}, {Lo: 0xffe0, Hi: 0xffe6, Stride: 1},
	},
	R32: []unicode.Range32{
		{Lo: 0x16fe0, Hi: 0x18cff, Stride: 1}, {Lo: 0x1b000, Hi: 0x1b2ff, Stride: 1}, {Lo: 0x1f300, Hi: 0x1f64f, Stride: 1},
		{Lo: 0x1f680, Hi: 0x1f6ff, Stride: 1}, {Lo: 0x1f900, Hi: 0x1faff, Stride: 1}, {Lo: 0x20000, Hi: 0x3fffd, Stride: 1},
	},
}

// runeColumns returns how many columns of a terminal a printable character takes.
func runeColumns(r rune) int {
	switch {
	case unicode.In(r, unicode.Mn, unicode.Me):
		return 0
	case r >= 0x1100 && unicode.Is(wideRunes, r):
		return 2
	}
	return 1
}

// columns returns how many columns of a terminal a printable text takes.
func columns(s string) int {
	n := 0
	for _, r := range s {
		n += runeColumns(r)
	}
	return n
}

// fitted returns the text in a form that a terminal shows as it is, cut to width columns. What is cut off leaves three
// dots, where there is room for them.
func fitted(text string, width int) string {
	text = problem.Printable(text)
	if columns(text) <= width {
		return text
	}
	dots := "..."[:min(3, max(0, width-1))]
	var b strings.Builder
	left := max(0, width) - len(dots)
	for _, r := range text {
		if left -= runeColumns(r); left < 0 {
			break
		}
		b.WriteRune(r)
	}
	return b.String() + dots
}

// padded returns the text in exactly width columns.
func padded(text string, width int) string {
	text = fitted(text, width)
	return text + strings.Repeat(" ", max(0, width-columns(text)))
}
