package advisoryfile

import (
	"bytes"

	"github.com/evenkeel-project/evenkeel/internal/core/predicate"
	"github.com/evenkeel-project/evenkeel/internal/core/problem"
	"github.com/evenkeel-project/evenkeel/internal/intake/doc"
)

func (r *reader) expression(o *doc.Object, key string) predicate.Predicate {
	source := o.RequiredText(key)
	if source == "" {
		return nil
	}
	compiled, problems := r.compiler.Compile(source, r.textPlace(o.Place(key)))
	r.problems.Merge(problems)
	return compiled
}

// textPlace returns where the text of a scalar starts: after its opening quote, or in the line below a block
// sign (| or >), so that the fault of an expression is shown where it stands.
func (r *reader) textPlace(at problem.Place) problem.Place {
	line := r.line(at.Line)
	// Columns count characters.
	characters := []rune(string(line))
	if at.Column < 1 || at.Column > len(characters) {
		return at
	}
	switch characters[at.Column-1] {
	case '\'', '"':
		at.Column++
	case '|', '>':
		below := r.line(at.Line + 1)
		at.Line++
		at.Column = 1 + len(below) - len(bytes.TrimLeft(below, " "))
	}
	return at
}

// line returns a line of the file, counted from 1.
func (r *reader) line(n int) []byte {
	rest := r.data
	for ; n > 1; n-- {
		_, rest, _ = bytes.Cut(rest, []byte("\n"))
	}
	line, _, _ := bytes.Cut(rest, []byte("\n"))
	return line
}
