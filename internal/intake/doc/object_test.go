package doc

import (
	"strings"
	"testing"

	"github.com/evenkeel-project/evenkeel/internal/core/problem"
)

func objectOf(t *testing.T, text string, problems *problem.List) *Object {
	t.Helper()
	node, list := ReadYAML("f.yaml", []byte(text))
	if list.Failed() {
		t.Fatal(faults(list))
	}
	return node.Object("host c-17", problems)
}

func TestGettersReportEveryFaultAtOnceWithItsPlace(t *testing.T) {
	var list problem.List
	o := objectOf(t, strings.TrimLeft(`
id: a b
zone: [x]
outage: 14
start: soon
max_down: ten
count: 4.5
on: "true"
empty:
note: ''
labels: {a: ~, b: [1, [2]], "": x}
list: x
map: [x]
outge: 1m
something: else
`, "\n"), &list)
	o.RequiredID("id")
	o.RequiredText("zone")
	o.Seconds("outage")
	o.RequiredInstant("start")
	o.RequiredLimit("max_down")
	o.Int("count", 0, 9)
	o.Bool("on")
	o.Text("empty")
	o.RequiredText("note")
	o.Pairs("labels")
	o.List("list")
	o.Object("map")
	o.RequiredInstant("lead")
	o.Done()
	want := strings.Trim(`
f.yaml:1:1: host c-17 has no lead; add it [missing-key]
f.yaml:1:5: host c-17: id: "a b" cannot be used as an id: it contains ' '; use letters, digits and punctuation without quotes or spaces [bad-id]
f.yaml:2:7: host c-17: zone should be a single value but is a list; write a single value [bad-type]
f.yaml:3:9: host c-17: outage: "14" is not a duration; write it as 14m, 1h30m or 90s; correct it [bad-value]
f.yaml:4:8: host c-17: start: "soon" is not a time; write it as 2014-10-01T12:00:00Z; correct it [bad-value]
f.yaml:5:11: host c-17: max_down: "ten" is not a limit; write a count such as 1 or a share such as 10% or 2.5%; correct it [bad-value]
f.yaml:6:8: host c-17: count: "4.5" is not a whole number from 0 to 9; correct it [bad-value]
f.yaml:7:5: host c-17: on: "true" is neither true nor false; write one of them [bad-value]
f.yaml:8:1: host c-17: empty has no value; write a value, or leave the key out [bad-type]
f.yaml:9:7: host c-17: note: it is empty; write a value [bad-value]
f.yaml:10:13: host c-17: labels.a has no value; write a value, or leave the key out: absence is no value [bad-type]
f.yaml:10:23: host c-17: labels.b should be a single value but is a list; write a text or a list of texts [bad-type]
f.yaml:10:29: host c-17: labels: the key "" cannot be used: it is empty; use a short printable word [bad-key]
f.yaml:11:7: host c-17: list should be a list but is a single value; write a list [bad-type]
f.yaml:12:6: host c-17: map should be a map but is a list; write a map [bad-type]
f.yaml:13:1: host c-17 has a key "outge", which has no meaning here; did you mean outage? [unknown-key]
f.yaml:14:1: host c-17 has a key "something", which has no meaning here; the keys are id, zone, outage, start, max_down, count, on, empty, note, labels, list, map, lead [unknown-key]
`, "\n")
	if got := faults(list); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestGettersReturnWhatIsWritten(t *testing.T) {
	var list problem.List
	o := objectOf(t, "id: c-17\noutage: 1h30m\nuntil: 2014-10-01T14:00:00+02:00\nmax_down: 10%\nn: 7\nyes: true\nfacts: {xen: 4.10, b: [1, two], a: true}\nmap: {k: v}\n", &list)
	o.Called("c-17")
	outage, _ := o.Seconds("outage")
	id, until, share := o.RequiredID("id"), o.RequiredInstant("until"), o.RequiredLimit("max_down")
	n, _ := o.Int("n", 0, 9)
	yes, _ := o.Bool("yes")
	facts := o.Pairs("facts")
	inner, ok := o.Object("map")
	if !ok || inner.RequiredText("k") != "v" || inner.What() != "host c-17 c-17: map" {
		t.Errorf("the inner object is %v", inner)
	}
	inner.Done()
	o.Done()
	if list.Failed() {
		t.Fatal(faults(list))
	}
	if id != "c-17" || outage != 5400 || until.String() != "2014-10-01T12:00:00Z" || share.String() != "10%" || n != 7 || !yes {
		t.Error(id, outage, until, share, n, yes)
	}
	if len(facts) != 3 || facts[0].Key != "a" || facts[0].Value.Text != "true" || facts[2].Value.Text != "4.10" || facts[1].Value.String() != "[1, two]" {
		t.Errorf("the facts are %v", facts)
	}
}

func TestANodeThatIsNoMapIsOneProblem(t *testing.T) {
	node, _ := ReadYAML("f.yaml", []byte("[a]"))
	var list problem.List
	o := node.Object("the policy", &list)
	o.RequiredText("start")
	o.Done()
	if list.Errors() != 1 || list.Items()[0].Code != "bad-type" {
		t.Error(faults(list))
	}
}

func TestPairsAreBounded(t *testing.T) {
	var keys []string
	for i := range 257 {
		keys = append(keys, "k"+strings.Repeat("x", i%5)+string(rune('a'+i%26))+strings.Repeat("y", i/26)+": 1")
	}
	for name, text := range map[string]string{
		"257 keys":               "p: {" + strings.Join(keys, ", ") + "}",
		"a value of 4097 bytes":  "p: {k: " + strings.Repeat("v", 4097) + "}",
		"a key of 254 bytes":     "p: {" + strings.Repeat("k", 254) + ": v}",
		"a key with a line feed": `p: {"a\nb": v}`,
		"an empty value":         `p: {k: ""}`,
		"an empty item":          `p: {k: [a, ""]}`,
		"a padded value":         `p: {k: "xen\n"}`,
		"a value that rings":     `p: {k: "a\ab"}`,
	} {
		var list problem.List
		objectOf(t, text, &list).Pairs("p")
		if list.Errors() != 1 {
			t.Errorf("%s: %s", name, faults(list))
		}
	}
}

func TestALongValueIsNotRepeatedInTheMessage(t *testing.T) {
	var list problem.List
	objectOf(t, "max_down: "+strings.Repeat("9", 100_000), &list).RequiredLimit("max_down")
	if got := faults(list); got != "f.yaml:1:11: host c-17: max_down: the value has 100000 bytes; correct it [bad-value]" {
		t.Error(got)
	}
}

func TestNearestSuggestsOnlyWhatIsNear(t *testing.T) {
	known := []string{"outage", "id", "max_down", "zone"}
	for key, want := range map[string]string{"outge": "outage", "otuage": "outage", "maxdown": "max_down", "zones": "zone", "ib": "id", "x": "", "rack": "", "outrageous": ""} {
		if got := nearest(key, known); got != want {
			t.Errorf("nearest(%q) = %q, want %q", key, got, want)
		}
	}
}
