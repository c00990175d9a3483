package cli

import (
	"slices"
	"strings"
)

// paste returns a command line that a POSIX shell reads as exactly these words after the program's name.
func (s *session) paste(words ...string) string {
	line := make([]string, 0, len(s.Program)+len(words))
	for _, word := range append(slices.Clone(s.Program), words...) {
		line = append(line, quoted(word))
	}
	return strings.Join(line, " ")
}

// quoted sets a word in single quotes when a shell would read more into it than its letters.
func quoted(word string) string {
	plain := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' ||
			strings.ContainsRune("_-./:=,@%+", r)
	}
	if word != "" && strings.IndexFunc(word, func(r rune) bool { return !plain(r) }) < 0 {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}
