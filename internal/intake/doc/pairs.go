package doc

import (
	"slices"
	"strings"
	"unicode"

	"github.com/evenkeel-project/evenkeel/internal/core/ident"
	"github.com/evenkeel-project/evenkeel/internal/core/label"
	"github.com/evenkeel-project/evenkeel/internal/core/problem"
)

// The bounds of what may be written about one object.
const (
	pairsMax = 256
	valueMax = 4096
)

// Pairs returns a map of single values or lists of them, exactly as written: 4.10 stays "4.10" and true stays
// "true". Keys have 1 to 253 printable bytes, values 1 to 4096 printable ones without blanks around them, a map at most 256 keys; null is an error,
// because absence is written by leaving a key out. The set holds parts of the document's text.
func (o *Object) Pairs(key string) label.Set {
	n := o.want(key, Map)
	if n == nil || len(n.Members) == 0 {
		return nil
	}
	if len(n.Members) > pairsMax {
		o.Fault(key, "out-of-range", "keep what is needed", "it has %d keys, more than %d", len(n.Members), pairsMax)
		return nil
	}
	pairs := make([]label.Pair, 0, len(n.Members))
	for i := range n.Members {
		m := &n.Members[i]
		if fault := keyFault(m.Key); fault != "" {
			o.problems.Addf("bad-key", m.At, "use a short printable word", "%s: %s: the key %q cannot be used: %s", o.What(), key, clip(m.Key), fault)
			continue
		}
		if v, ok := o.pairValue(key, m); ok {
			pairs = append(pairs, label.Pair{Key: m.Key, Value: v})
		}
	}
	byKey := func(a, b label.Pair) int { return strings.Compare(a.Key, b.Key) }
	if !slices.IsSortedFunc(pairs, byKey) {
		slices.SortStableFunc(pairs, byKey)
	}
	return label.Set(pairs)
}

func keyFault(key string) string {
	if key == "" {
		return "it is empty"
	}
	if len(key) > ident.LengthMax {
		return "it is longer than 253 bytes"
	}
	if !printable(key) {
		return "it has a character that cannot be printed"
	}
	return ""
}

func printable(text string) bool {
	return strings.IndexFunc(text, func(r rune) bool { return !unicode.IsPrint(r) }) < 0
}

func (o *Object) pairValue(key string, m *Member) (label.Value, bool) {
	if m.Value.Kind != List {
		ok := o.pairScalar(key, m, &m.Value)
		return label.Value{Text: m.Value.Text}, ok
	}
	items, ok := make([]string, len(m.Value.Items)), true
	for i := range m.Value.Items {
		items[i] = m.Value.Items[i].Text
		ok = o.pairScalar(key, m, &m.Value.Items[i]) && ok
	}
	return label.TextList(items...), ok
}

func (o *Object) pairScalar(key string, m *Member, n *Node) bool {
	fault := func(code problem.Code, fix, format string, args ...any) bool {
		o.problems.Addf(code, n.At, fix, "%s: %s.%s "+format, append([]any{o.What(), key, m.Key}, args...)...)
		return false
	}
	switch {
	case n.Kind == Null:
		return fault("bad-type", "write a value, or leave the key out: absence is no value", "has no value")
	case n.Kind != Scalar:
		return fault("bad-type", "write a text or a list of texts", "should be a single value but is %s", n.Kind)
	case strings.TrimSpace(n.Text) != n.Text || n.Text == "":
		return fault("bad-value", "write the value alone, or leave the key out: an empty value is no value", "is %q, which is empty or padded", clip(n.Text))
	case !printable(n.Text):
		return fault("bad-value", "write text that can be printed", "is %q, which has a character that cannot be printed", clip(n.Text))
	case len(n.Text) > valueMax:
		return fault("out-of-range", "keep it short", "has a value of %d bytes, more than %d", len(n.Text), valueMax)
	}
	return true
}
