package cli

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// paste returns a command line that a shell reads as exactly these words after the program's name.
func (s *session) paste(words ...string) string {
	line := make([]string, 0, len(s.Program)+len(words))
	for _, word := range append(slices.Clone(s.Program), words...) {
		line = append(line, quoted(word))
	}
	return strings.Join(line, " ")
}

// quoted sets a word in single quotes when a shell would read more into it than its letters. A word that would
// act on a terminal instead of being seen is written as $'...', which bash, zsh and POSIX of 2024 read.
func quoted(word string) string {
	plain := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' ||
			strings.ContainsRune("_-./:=,@%+", r)
	}
	if word != "" && strings.IndexFunc(word, func(r rune) bool { return !plain(r) }) < 0 {
		return word
	}
	if !utf8.ValidString(word) || strings.IndexFunc(word, func(r rune) bool { return !unicode.IsPrint(r) }) >= 0 {
		return escaped(word)
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}

// escaped writes the bytes that cannot be printed in octal: three digits end by themselves in every shell.
func escaped(word string) string {
	var b strings.Builder
	b.WriteString("$'")
	for len(word) > 0 {
		r, size := utf8.DecodeRuneInString(word)
		switch {
		case r == '\'' || r == '\\':
			b.WriteString(`\` + word[:size])
		case unicode.IsPrint(r) && (r != utf8.RuneError || size > 1):
			b.WriteString(word[:size])
		default:
			for _, octet := range []byte(word[:size]) {
				fmt.Fprintf(&b, `\%03o`, octet)
			}
		}
		word = word[size:]
	}
	return b.String() + "'"
}
