// Package label holds what is written about an object as key and value: labels of hosts and guests,
// facts about hosts, capacities. Values are text exactly as written ("4.10" stays "4.10") or a list of
// texts. It gives them no meaning.
package label

import (
	"slices"
	"sort"
	"strings"
)

// Value is a text, or a list of texts when IsList is set.
type Value struct {
	Text   string
	List   []string
	IsList bool
}

// Text returns a value of one text.
func Text(s string) Value { return Value{Text: s} }

// TextList returns a value that is a list.
func TextList(items ...string) Value { return Value{List: items, IsList: true} }

// String prints a text bare and a list in brackets.
func (v Value) String() string {
	if v.IsList {
		return "[" + strings.Join(v.List, ", ") + "]"
	}
	return v.Text
}

// Equal reports whether both values are the same text or the same list in the same order.
func (v Value) Equal(o Value) bool {
	return v.IsList == o.IsList && v.Text == o.Text && slices.Equal(v.List, o.List)
}

// Pair is one key with its value.
type Pair struct {
	Key   string
	Value Value
}

// Set is a list of pairs in byte order of their keys, each key once. Sets are shared and must not be changed.
type Set []Pair

// NewSet returns the pairs as a set. Of two pairs with one key the later stands; readers of files report
// the duplicate before they get here.
func NewSet(pairs []Pair) Set {
	s := slices.Clone(pairs)
	sort.SliceStable(s, func(i, j int) bool { return s[i].Key < s[j].Key })
	out := s[:0]
	for i, p := range s {
		if i+1 < len(s) && s[i+1].Key == p.Key {
			continue
		}
		out = append(out, p)
	}
	return Set(out)
}

// Get returns the value of key and whether the set has it.
func (s Set) Get(key string) (Value, bool) {
	i, ok := slices.BinarySearchFunc(s, key, func(p Pair, k string) int { return strings.Compare(p.Key, k) })
	if !ok {
		return Value{}, false
	}
	return s[i].Value, true
}

// Overlay returns the pairs of top together with those of s that top does not name.
func (s Set) Overlay(top Set) Set {
	if len(top) == 0 {
		return s
	}
	return NewSet(append(slices.Clone([]Pair(s)), top...))
}
