// Package doc holds one strict tree of values, each with the place it was written at, and reads it from YAML
// or JSON text. It knows no schema: which keys a file may have is for the reader of that file to say, with
// Object. It keeps no state; only Load opens a file.
//
// Strict means: one document, no binary, no duplicate keys, and of YAML only what JSON can say as well
// (no anchors, aliases, merge keys or tags). Scalars stay exactly as written, so 4.10 never becomes 4.1.
package doc

import (
	"strconv"

	"github.com/evenkeel-project/evenkeel/internal/core/canon"
	"github.com/evenkeel-project/evenkeel/internal/core/problem"
)

// Kind says what a Node is.
type Kind uint8

// The kinds of nodes. The zero value is Null.
const (
	Null Kind = iota
	Scalar
	List
	Map
)

// String returns what people call the kind.
func (k Kind) String() string { return [...]string{"nothing", "a single value", "a list", "a map"}[k] }

// Node is one value of a document with the place it starts at.
type Node struct {
	Kind    Kind
	Bare    bool // a scalar written without quotes: 4.10, true, reboot
	Text    string
	Items   []Node   // of a List
	Members []Member // of a Map, in the order of the file, each key once
	At      problem.Place
}

// Member is one key of a Map with its value. At is the place of the key.
type Member struct {
	Key   string
	At    problem.Place
	Value Node
}

// depthMax bounds how deeply values nest; no file that people write comes near it.
const depthMax = 32

// Canonical returns the document for digests, as it was written: quoted scalars are strings, bare integers
// up to 2^53 numbers, bare true and false booleans, and any other bare scalar is a string. The same content
// in YAML and in JSON has the same canonical form where both can say it.
func (n Node) Canonical() canon.Value {
	switch n.Kind {
	case Scalar:
		return n.canonicalScalar()
	case List:
		items := make([]canon.Value, len(n.Items))
		for i, item := range n.Items {
			items[i] = item.Canonical()
		}
		return canon.Value{Kind: canon.Array, Items: items}
	case Map:
		members := make([]canon.Member, len(n.Members))
		for i, m := range n.Members {
			members[i] = canon.Member{Key: m.Key, Value: m.Value.Canonical()}
		}
		return canon.Value{Kind: canon.Object, Members: members}
	}
	return canon.Value{Kind: canon.Null}
}

func (n Node) canonicalScalar() canon.Value {
	if n.Bare && (n.Text == "true" || n.Text == "false") {
		return canon.Value{Kind: canon.Bool, Bool: n.Text == "true"}
	}
	const exact = 1 << 53
	if i, ok := n.Integer(); ok && i >= -exact && i <= exact {
		return canon.Value{Kind: canon.Number, Number: float64(i)}
	}
	return canon.Value{Kind: canon.String, Text: n.Text}
}

// Integer returns the whole number that a bare scalar is, and whether it is one: decimal digits without
// leading zeros, with a minus sign or without, within 64 bits. -0 is none: it is another name than 0.
func (n Node) Integer() (int64, bool) {
	digits := n.Text
	if len(digits) > 0 && digits[0] == '-' {
		digits = digits[1:]
	}
	if !n.Bare || n.Text == "-0" || digits == "" || digits[0] < '0' || digits[0] > '9' || (digits[0] == '0' && len(digits) > 1) {
		return 0, false
	}
	i, err := strconv.ParseInt(n.Text, 10, 64)
	return i, err == nil
}
