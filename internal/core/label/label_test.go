package label_test

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/evenkeel-project/evenkeel/internal/core/label"
)

func pair(key, value string) label.Pair { return label.Pair{Key: key, Value: label.Text(value)} }

func text(s label.Set, key string) string {
	v, ok := s.Get(key)
	if !ok {
		return "(absent)"
	}
	return v.String()
}

func TestOfTwoPairsWithOneKeyTheLaterStands(t *testing.T) {
	given := []label.Pair{pair("b", "1"), pair("a", "2"), pair("b", "3"), pair("a", "4")}
	set := label.NewSet(given)
	if len(set) != 2 || set[0].Key != "a" || text(set, "a") != "4" || text(set, "b") != "3" {
		t.Errorf("got %v", set)
	}
	if given[0].Key != "b" || given[1].Value.Text != "2" {
		t.Error("making a set changed the caller's pairs")
	}
}

func TestValuesStayAsWritten(t *testing.T) {
	set := label.NewSet([]label.Pair{pair("xen", "4.10"), {Key: "patches", Value: label.TextList("XSA-1", "XSA-10")}, pair("empty", "")})
	for key, want := range map[string]string{"xen": "4.10", "patches": "[XSA-1, XSA-10]", "empty": "", "other": "(absent)"} {
		if got := text(set, key); got != want {
			t.Errorf("%s is %q, want %q", key, got, want)
		}
	}
}

func TestATextAndAListOfThatTextAreDifferent(t *testing.T) {
	a, list := label.Text("a"), label.TextList("a")
	switch {
	case a.Equal(list), list.Equal(a), a.Equal(label.Text("b")), label.TextList("a", "b").Equal(label.TextList("b", "a")),
		label.Text("").Equal(label.TextList()):
		t.Error("values that differ are equal")
	case !a.Equal(label.Text("a")), !list.Equal(label.TextList("a")), !label.TextList().Equal(label.TextList()):
		t.Error("values that are the same are not equal")
	}
}

func TestAnOverlayWinsKeyByKey(t *testing.T) {
	facts := label.NewSet([]label.Pair{pair("xen", "4.3.2"), pair("arch", "x86_64")})
	installed := label.NewSet([]label.Pair{pair("xen", "4.3.3"), pair("build", "7")})
	both := facts.Overlay(installed)
	if text(both, "xen") != "4.3.3" || text(both, "arch") != "x86_64" || text(both, "build") != "7" || len(both) != 3 {
		t.Errorf("got %v", both)
	}
	if text(facts, "xen") != "4.3.2" || len(facts) != 2 {
		t.Error("the overlay changed the set below it")
	}
}

func TestASetIsAMapInKeyOrder(t *testing.T) {
	pairs := rapid.SliceOf(rapid.Custom(func(t *rapid.T) label.Pair {
		return pair(rapid.StringMatching("[a-dé]{0,2}").Draw(t, "key"), rapid.StringN(0, 3, -1).Draw(t, "value"))
	}))
	rapid.Check(t, func(t *rapid.T) {
		bottom, top := pairs.Draw(t, "bottom"), pairs.Draw(t, "top")
		want := map[string]string{}
		for _, p := range append(append([]label.Pair{}, bottom...), top...) {
			want[p.Key] = p.Value.Text
		}
		set := label.NewSet(bottom).Overlay(label.NewSet(top))
		if len(set) != len(want) {
			t.Fatalf("%d keys, want %d", len(set), len(want))
		}
		for i, p := range set {
			if i > 0 && set[i-1].Key >= p.Key {
				t.Fatalf("%q stands before %q", set[i-1].Key, p.Key)
			}
			if text(set, p.Key) != want[p.Key] {
				t.Fatalf("%q is %q, want %q", p.Key, text(set, p.Key), want[p.Key])
			}
		}
	})
}
