package doc

import (
	"strings"

	"github.com/evenkeel-project/evenkeel/internal/core/ident"
)

// Require reports those of the keys that are missing. It does not mark them as known.
func (o *Object) Require(keys ...string) {
	for _, key := range keys {
		o.require(key)
	}
}

// Null reports whether the key is there and has no value. If so the key is known.
func (o *Object) Null(key string) bool {
	m := o.find(key)
	if m == nil || m.Value.Kind != Null {
		return false
	}
	o.get(key)
	return true
}

// Word returns a single value that is one of the words.
func (o *Object) Word(key string, words ...string) (string, bool) {
	text, ok := o.Text(key)
	if !ok {
		return "", false
	}
	if !known(words, text) {
		fix := "write one of " + strings.Join(words, ", ")
		if near := nearest(text, words); near != "" {
			fix = "did you mean " + near + "?"
		}
		o.Fault(key, "bad-value", fix, "%q has no meaning here", clip(text))
		return "", false
	}
	return text, true
}

// Names returns a list of legal identifiers, each once. What says in a fix what an item is.
func (o *Object) Names(key, what string) []string {
	var names []string
	seen := map[string]bool{}
	for _, item := range o.List(key) {
		fault := ident.Check(item.Text)
		switch {
		case item.Kind != Scalar:
			o.problems.Addf("bad-type", item.At, "write "+what, "%s: %s: an item should be a single value but is %s", o.What(), key, item.Kind)
		case fault != "":
			o.problems.Addf("bad-id", item.At, "write "+what, "%s: %s: %q cannot be used: %s", o.What(), key, clip(item.Text), fault)
		case seen[item.Text]:
			o.problems.Addf("duplicate-id", item.At, "remove one of the two", "%s: %s names %q twice", o.What(), key, clip(item.Text))
		default:
			seen[item.Text] = true
			names = append(names, item.Text)
		}
	}
	return names
}
