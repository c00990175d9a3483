package canon

import (
	"math"
	"slices"
	"strconv"
	"strings"
)

// Kind says what a Value is.
type Kind uint8

// The kinds of JSON values.
const (
	Null Kind = iota
	Bool
	Number
	String
	Array
	Object
)

// Member is one key of an object with its value.
type Member struct {
	Key   string
	Value Value
}

// Value is a JSON value as a tree, for documents whose shape the caller does not know.
type Value struct {
	Kind    Kind
	Bool    bool
	Number  float64 // the IEEE double that RFC 8785 prescribes
	Text    string
	Items   []Value
	Members []Member // in any order, each key once
}

// Append appends v as canonical JSON.
func Append(b []byte, v Value) []byte {
	switch v.Kind {
	case Null:
		return append(b, "null"...)
	case Bool:
		return strconv.AppendBool(b, v.Bool)
	case Number:
		return AppendNumber(b, v.Number)
	case String:
		return AppendString(b, v.Text)
	case Array:
		b = append(b, '[')
		for i, item := range v.Items {
			if i > 0 {
				b = append(b, ',')
			}
			b = Append(b, item)
		}
		return append(b, ']')
	case Object:
		return appendObject(b, v.Members)
	}
	panic("canon: a value of no kind")
}

func appendObject(b []byte, members []Member) []byte {
	b = append(b, '{')
	for i, m := range sortedMembers(members) {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(AppendString(b, m.Key), ':')
		b = Append(b, m.Value)
	}
	return append(b, '}')
}

// AppendNumber appends f as ECMAScript prints it (RFC 8785 section 3.2.2.3). NaN and infinities have no
// JSON form and panic: no reader lets them in.
func AppendNumber(b []byte, f float64) []byte {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		panic("canon: a number that JSON cannot hold")
	}
	if f == 0 {
		return append(b, '0')
	}
	if abs := math.Abs(f); abs >= 1e-6 && abs < 1e21 {
		return strconv.AppendFloat(b, f, 'f', -1, 64)
	}
	s := strconv.FormatFloat(f, 'e', -1, 64)
	mantissa, exponent, _ := strings.Cut(s, "e")
	sign := exponent[:1]
	return append(b, mantissa+"e"+sign+strings.TrimLeft(exponent[1:], "0")...)
}

// sortedMembers leaves the caller's members as they are; when they are in order it copies nothing.
func sortedMembers(members []Member) []Member {
	byKey := func(a, b Member) int { return CompareKeys(a.Key, b.Key) }
	if slices.IsSortedFunc(members, byKey) {
		return members
	}
	sorted := slices.Clone(members)
	slices.SortFunc(sorted, byKey)
	return sorted
}
