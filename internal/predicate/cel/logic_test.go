package cel_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/evenkeel-project/evenkeel/internal/core/label"
	"github.com/evenkeel-project/evenkeel/internal/core/predicate"
	"github.com/evenkeel-project/evenkeel/internal/core/problem"
	"github.com/evenkeel-project/evenkeel/internal/core/version"
)

// formula is an expression together with its answer by the three-valued logic of Kleene, worked out here a
// second time without CEL.
type formula struct {
	source string
	answer func(s predicate.Subject, guest label.Set) predicate.Answer
}

func of(b bool) predicate.Answer {
	if b {
		return predicate.Yes
	}
	return predicate.No
}

func not(a predicate.Answer) predicate.Answer {
	return [...]predicate.Answer{predicate.Unknown: predicate.Unknown, predicate.No: predicate.Yes, predicate.Yes: predicate.No}[a]
}

// either is Kleene's or.
func either(answers ...predicate.Answer) predicate.Answer {
	if slices.Contains(answers, predicate.Yes) {
		return predicate.Yes
	}
	if slices.Contains(answers, predicate.Unknown) {
		return predicate.Unknown
	}
	return predicate.No
}

var (
	keys     = []string{"a", "b", "c"}
	texts    = []string{"x", "4.1", "4.10", "4.9"}
	operands = []struct {
		operator string
		holds    func(order int) bool
	}{
		{"==", func(o int) bool { return o == 0 }}, {"!=", func(o int) bool { return o != 0 }}, {"<", func(o int) bool { return o < 0 }},
		{"<=", func(o int) bool { return o <= 0 }}, {">", func(o int) bool { return o > 0 }}, {">=", func(o int) bool { return o >= 0 }},
	}
)

// drawAtom draws a question about one fact, or about one label of the guest in scope.
func drawAtom(t *rapid.T, inGuests bool) formula {
	key, text := rapid.SampledFrom(keys).Draw(t, "key"), rapid.SampledFrom(texts[1:]).Draw(t, "text")
	name := "host." + key
	get := func(s predicate.Subject, _ label.Set) (label.Value, bool) { return s.Facts.Get(key) }
	if inGuests && rapid.Bool().Draw(t, "guest") {
		name = "g." + key
		get = func(_ predicate.Subject, g label.Set) (label.Value, bool) { return g.Get(key) }
	}
	ask := func(source string, holds func(label.Value) predicate.Answer) formula {
		return formula{source, func(s predicate.Subject, g label.Set) predicate.Answer {
			if v, ok := get(s, g); ok {
				return holds(v)
			}
			return predicate.Unknown
		}}
	}
	switch rapid.IntRange(0, 3).Draw(t, "atom") {
	case 0:
		return ask(fmt.Sprintf("%s == %q", name, text), func(v label.Value) predicate.Answer {
			if v.IsList {
				return predicate.Unknown
			}
			return of(v.Text == text)
		})
	case 1:
		return ask(fmt.Sprintf("%s != %q", name, text), func(v label.Value) predicate.Answer {
			if v.IsList {
				return predicate.Unknown
			}
			return of(v.Text != text)
		})
	case 2:
		return ask(fmt.Sprintf("%q in %s", text, name), func(v label.Value) predicate.Answer {
			if !v.IsList {
				return predicate.Unknown
			}
			return of(slices.Contains(v.List, text))
		})
	}
	operand := rapid.SampledFrom(operands).Draw(t, "operand")
	return ask(fmt.Sprintf("version(%s) %s version(%q)", name, operand.operator, text), func(v label.Value) predicate.Answer {
		read, err := version.ReadDotted(v.Text)
		if err != nil || v.IsList {
			return predicate.Unknown
		}
		other, _ := version.ReadDotted(text)
		order, _ := read.Compare(other)
		return of(operand.holds(order))
	})
}

func drawFormula(t *rapid.T, depth int, inGuests bool) formula {
	if depth == 0 {
		return drawAtom(t, inGuests)
	}
	a, b := func() formula { return drawFormula(t, depth-1, inGuests) }, func() formula { return drawFormula(t, depth-1, true) }
	switch kind := rapid.IntRange(0, 6).Draw(t, "kind"); {
	case kind == 0:
		return drawAtom(t, inGuests)
	case kind == 1:
		x := a()
		return formula{"!(" + x.source + ")", func(s predicate.Subject, g label.Set) predicate.Answer { return not(x.answer(s, g)) }}
	case kind == 2:
		x, y := a(), a()
		return formula{"(" + x.source + " || " + y.source + ")", func(s predicate.Subject, g label.Set) predicate.Answer {
			return either(x.answer(s, g), y.answer(s, g))
		}}
	case kind == 3:
		x, y := a(), a()
		return formula{"(" + x.source + " && " + y.source + ")", func(s predicate.Subject, g label.Set) predicate.Answer {
			return not(either(not(x.answer(s, g)), not(y.answer(s, g))))
		}}
	case kind == 4:
		x, y, z := a(), a(), a()
		return formula{"(" + x.source + " ? " + y.source + " : " + z.source + ")", func(s predicate.Subject, g label.Set) predicate.Answer {
			switch x.answer(s, g) {
			case predicate.Yes:
				return y.answer(s, g)
			case predicate.No:
				return z.answer(s, g)
			}
			return predicate.Unknown
		}}
	case inGuests:
		return drawAtom(t, inGuests)
	case kind == 5:
		x := b()
		return formula{"guests.exists(g, " + x.source + ")", func(s predicate.Subject, _ label.Set) predicate.Answer {
			return either(overGuests(s, x)...)
		}}
	}
	x := b()
	return formula{"guests.all(g, " + x.source + ")", func(s predicate.Subject, _ label.Set) predicate.Answer {
		answers := overGuests(s, x)
		for i := range answers {
			answers[i] = not(answers[i])
		}
		return not(either(answers...))
	}}
}

func overGuests(s predicate.Subject, f formula) []predicate.Answer {
	var out []predicate.Answer
	for _, g := range s.Guests {
		out = append(out, f.answer(s, g))
	}
	return out
}

var drawValue = rapid.Custom(func(t *rapid.T) label.Value {
	if rapid.IntRange(0, 3).Draw(t, "list") == 0 {
		return label.TextList(rapid.SliceOfN(rapid.SampledFrom(texts), 0, 2).Draw(t, "texts")...)
	}
	return label.Text(rapid.SampledFrom(texts).Draw(t, "text"))
})

// drawSet draws a label set with some of the keys.
func drawSet(t *rapid.T) label.Set {
	var pairs []label.Pair
	for _, key := range keys {
		if rapid.IntRange(0, 2).Draw(t, "has "+key) > 0 {
			pairs = append(pairs, label.Pair{Key: key, Value: drawValue.Draw(t, key)})
		}
	}
	return label.NewSet(pairs)
}

// completed fills in the keys that a set lacks.
func completed(t *rapid.T, s label.Set) label.Set {
	var pairs []label.Pair
	for _, key := range keys {
		if _, ok := s.Get(key); !ok {
			pairs = append(pairs, label.Pair{Key: key, Value: drawValue.Draw(t, "late "+key)})
		}
	}
	return s.Overlay(label.NewSet(pairs))
}

func TestAnswersFollowThreeValuedLogicAndStandWhenMoreIsKnown(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := drawFormula(t, rapid.IntRange(0, 4).Draw(t, "depth"), false)
		p, problems := compiler.Compile(f.source, problem.Place{})
		if err := problems.Err(); err != nil {
			t.Fatalf("%s\n%v", f.source, err)
		}
		s := predicate.Subject{Facts: drawSet(t)}
		for range rapid.IntRange(0, 3).Draw(t, "guests") {
			s.Guests = append(s.Guests, drawSet(t))
		}
		early := p.Evaluate(s)
		if want := f.answer(s, nil); early.Answer != want {
			t.Fatalf("%s\nof %v\n got %s\nwant %s", f.source, s, shown(early), want)
		}
		if grounds := len(early.Missing) > 0 || early.Fault != ""; grounds != (early.Answer == predicate.Unknown) {
			t.Fatalf("%s\nof %v: an unknown answer names its grounds and no other does: %s", f.source, s, shown(early))
		}
		reversed := predicate.Subject{Facts: s.Facts, Guests: slices.Clone(s.Guests)}
		slices.Reverse(reversed.Guests)
		if again := p.Evaluate(reversed); again.Answer != early.Answer {
			t.Fatalf("%s\nof %v was %s and is %s with the guests in another order", f.source, s, shown(early), shown(again))
		}
		later := predicate.Subject{Facts: completed(t, s.Facts)}
		for _, g := range s.Guests {
			later.Guests = append(later.Guests, completed(t, g))
		}
		late := p.Evaluate(later)
		if early.Answer != predicate.Unknown && late.Answer != early.Answer {
			t.Fatalf("%s\nof %v was %s and became %s with %v", f.source, s, shown(early), shown(late), later)
		}
		if len(late.Missing) > 0 {
			t.Fatalf("%s\nof %v: nothing is missing, and yet: %s", f.source, later, shown(late))
		}
	})
}

func FuzzCompile(f *testing.F) {
	for _, source := range []string{exampleAffected, exampleFixed, `has(host.x)`, `guests.map(g, g)`, `host["a"].filter(p, p < "b").size() > 1`,
		`version(host.x, "deb") != version("1:2-3", "deb")`, `(host.a ? [1, 2.0] : {"a": b"c"})[0]`, `.host.x.matches("(")`, "host.`a b`"} {
		f.Add(source)
	}
	facts := append(set("x", "4.1", "a", "b"), label.Pair{Key: "patches", Value: label.TextList("XSA-1")})
	s := predicate.Subject{Facts: label.NewSet(facts), Guests: []label.Set{set("virt", "hvm"), nil}}
	f.Fuzz(func(t *testing.T, source string) {
		p, problems := compiler.Compile(source, problem.Place{Line: 1})
		if (p == nil) != problems.Failed() {
			t.Fatalf("%q: a predicate and errors exclude each other: %v", source, problems.Items())
		}
		if p == nil {
			return
		}
		for _, subject := range []predicate.Subject{s, {}} {
			r := p.Evaluate(subject)
			if grounds := len(r.Missing) > 0 || r.Fault != ""; grounds != (r.Answer == predicate.Unknown) {
				t.Fatalf("%q: an unknown answer names its grounds and no other does: %s", source, shown(r))
			}
			if strings.Contains(r.Fault, "internal error") {
				t.Fatalf("%q: %s", source, r.Fault)
			}
		}
	})
}
