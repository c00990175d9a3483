package doc

import (
	"slices"
	"strings"

	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/ident"
	"github.com/evenkeel-project/evenkeel/internal/core/limit"
	"github.com/evenkeel-project/evenkeel/internal/core/problem"
)

// Object walks one map strictly. Every getter marks its key as known and reports a value that does not fit;
// the getters named Required also report a key that is missing. A getter that reports returns a zero value,
// so a reader goes on and finds all faults of a file at once. Done reports the keys that nobody asked for.
type Object struct {
	what, id string
	node     Node
	problems *problem.List
	asked    []string
	room     [16]string // where asked starts, to save an allocation
}

// Object starts walking a map. What names the object in sentences, such as "host c-17" or "the policy". A
// node that is not a map is reported and walks like a map without keys, of which nothing is reported missing.
func (n Node) Object(what string, problems *problem.List) *Object {
	o := &Object{what: what, node: n, problems: problems}
	o.asked = o.room[:0]
	if n.Kind != Map {
		problems.Addf("bad-type", n.At, "write keys and values", "%s should be a map but is %s", what, n.Kind)
	}
	return o
}

// Called gives the object the id that later sentences name it by, after what was given to Object.
func (o *Object) Called(id string) { o.id = id }

// Named gives the object another name than was given to Object, without an id.
func (o *Object) Named(what string) { o.what, o.id = what, "" }

// What names the object as sentences do.
func (o *Object) What() string {
	if o.id == "" {
		return o.what
	}
	return o.what + " " + clip(o.id)
}

// At returns the place of the object.
func (o *Object) At() problem.Place { return o.node.At }

// Place returns the place of the value of a key, or that of the object when the key is missing.
func (o *Object) Place(key string) problem.Place {
	if m := o.find(key); m != nil {
		return m.Value.At
	}
	return o.node.At
}

func (o *Object) find(key string) *Member {
	for i := range o.node.Members {
		if o.node.Members[i].Key == key {
			return &o.node.Members[i]
		}
	}
	return nil
}

// Node returns the value of a key, whatever its kind, null included.
func (o *Object) Node(key string) (Node, bool) {
	if m := o.get(key); m != nil {
		return m.Value, true
	}
	return Node{}, false
}

func (o *Object) get(key string) *Member {
	o.asked = append(o.asked, key)
	return o.find(key)
}

// Has reports whether the key is there, without marking it as known.
func (o *Object) Has(key string) bool { return o.find(key) != nil }

// want returns the value of a key that must be of a kind, nil when it is missing or reported.
func (o *Object) want(key string, kind Kind) *Node {
	m := o.get(key)
	switch {
	case m == nil:
		return nil
	case m.Value.Kind == kind:
		return &m.Value
	case m.Value.Kind == Null:
		o.problems.Addf("bad-type", m.At, "write a value, or leave the key out", "%s: %s has no value", o.What(), key)
	default:
		o.problems.Addf("bad-type", m.Value.At, "write "+kind.String(), "%s: %s should be %s but is %s", o.What(), key, kind, m.Value.Kind)
	}
	return nil
}

// require reports a key that is missing.
func (o *Object) require(key string) {
	if o.node.Kind == Map && o.find(key) == nil {
		o.problems.Addf("missing-key", o.node.At, "add it", "%s has no %s", o.What(), key)
	}
}

// Fault reports a fault of the value of a key.
func (o *Object) Fault(key string, code problem.Code, fix, format string, args ...any) {
	o.problems.Addf(code, o.Place(key), fix, "%s: %s: "+format, append([]any{o.What(), key}, args...)...)
}

// Text returns a single value as it was written, in quotes or not.
func (o *Object) Text(key string) (string, bool) {
	n := o.want(key, Scalar)
	if n == nil {
		return "", false
	}
	return n.Text, true
}

// RequiredText returns a single value that must be there and not be empty.
func (o *Object) RequiredText(key string) string {
	o.require(key)
	text, ok := o.Text(key)
	if ok && text == "" {
		o.Fault(key, "bad-value", "write a value", "it is empty")
	}
	return text
}

// ID returns a legal identifier.
func (o *Object) ID(key string) (string, bool) {
	text, ok := o.Text(key)
	if !ok {
		return "", false
	}
	if fault := ident.Check(text); fault != "" {
		o.Fault(key, "bad-id", badIDFix, "%q cannot be used as an id: %s", clip(text), fault)
		return "", false
	}
	return text, true
}

const badIDFix = "use letters, digits and punctuation without quotes or spaces"

// IDs appends the legal identifiers of a list to room and returns it; faulty ones are left out.
func (o *Object) IDs(key string, room []string) []string {
	for _, item := range o.List(key) {
		if item.Kind != Scalar {
			o.problems.Addf("bad-type", item.At, "write an id", "%s: an item of %s should be a single value but is %s", o.What(), key, item.Kind)
			continue
		}
		if fault := ident.Check(item.Text); fault != "" {
			o.problems.Addf("bad-id", item.At, badIDFix, "%s: %s: %q cannot be used as an id: %s", o.What(), key, clip(item.Text), fault)
			continue
		}
		room = append(room, item.Text)
	}
	return room
}

// RequiredID returns a legal identifier that must be there.
func (o *Object) RequiredID(key string) string {
	o.require(key)
	id, _ := o.ID(key)
	return id
}

// parsed returns a single value read by parse.
func parsed[T any](o *Object, key string, parse func(string) (T, error)) (T, bool) {
	var zero T
	text, ok := o.Text(key)
	if !ok {
		return zero, false
	}
	const longest = 256
	if len(text) > longest {
		o.Fault(key, "bad-value", "correct it", "the value has %d bytes", len(text))
		return zero, false
	}
	v, err := parse(strings.Clone(text))
	if err != nil {
		o.Fault(key, "bad-value", "correct it", "%s", err)
		return zero, false
	}
	return v, true
}

// Seconds returns a duration such as 14m.
func (o *Object) Seconds(key string) (calendar.Seconds, bool) {
	return parsed(o, key, calendar.ParseSeconds)
}

// Instant returns a time such as 2014-10-01T12:00:00Z.
func (o *Object) Instant(key string) (calendar.Instant, bool) {
	return parsed(o, key, calendar.ParseInstant)
}

// RequiredInstant returns a time that must be there.
func (o *Object) RequiredInstant(key string) calendar.Instant {
	o.require(key)
	t, _ := o.Instant(key)
	return t
}

// Limit returns a count or a share such as 3 or 10%. The limit is not set when the key is missing or faulty.
func (o *Object) Limit(key string) (limit.Limit, bool) { return parsed(o, key, limit.Parse) }

// RequiredLimit returns a limit that must be there.
func (o *Object) RequiredLimit(key string) limit.Limit {
	o.require(key)
	l, _ := o.Limit(key)
	return l
}

// Int returns a whole number from low to high, written without quotes.
func (o *Object) Int(key string, low, high int64) (int64, bool) {
	n := o.want(key, Scalar)
	if n == nil {
		return 0, false
	}
	i, ok := n.Integer()
	if !ok || i < low || i > high {
		o.Fault(key, "bad-value", "correct it", "%q is not a whole number from %d to %d", clip(n.Text), low, high)
		return 0, false
	}
	return i, true
}

// Bool returns true or false, written without quotes.
func (o *Object) Bool(key string) (bool, bool) {
	n := o.want(key, Scalar)
	if n == nil {
		return false, false
	}
	if !n.Bare || (n.Text != "true" && n.Text != "false") {
		o.Fault(key, "bad-value", "write one of them", "%q is neither true nor false", clip(n.Text))
		return false, false
	}
	return n.Text == "true", true
}

// List returns the items of a list, nil when the key is missing or the list is empty.
func (o *Object) List(key string) []Node {
	n := o.want(key, List)
	if n == nil {
		return nil
	}
	return n.Items
}

// Object returns the map under a key for walking; it is named after its parent and the key.
func (o *Object) Object(key string) (*Object, bool) {
	n := o.want(key, Map)
	if n == nil {
		return nil, false
	}
	return n.Object(o.What()+": "+key, o.problems), true
}

// Done reports every key that no getter asked for, with the nearest one that was. It is called once, last.
func (o *Object) Done() {
	for _, m := range o.node.Members {
		if known(o.asked, m.Key) {
			continue
		}
		fix := "remove it"
		if near := nearest(m.Key, o.asked); near != "" {
			fix = "did you mean " + near + "?"
		} else if len(o.asked) > 0 {
			fix = "the keys are " + strings.Join(slices.Compact(o.asked), ", ")
		}
		o.problems.Addf("unknown-key", m.At, fix, "%s has a key %q, which has no meaning here", o.What(), clip(m.Key))
	}
}

func known(asked []string, key string) bool {
	for _, a := range asked {
		if a == key {
			return true
		}
	}
	return false
}
