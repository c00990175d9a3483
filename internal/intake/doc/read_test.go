package doc

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/evenkeel-project/evenkeel/internal/core/canon"
	"github.com/evenkeel-project/evenkeel/internal/core/problem"
)

// faults prints the problems of a list, one a line.
func faults(l problem.List) string {
	var lines []string
	for _, p := range l.Items() {
		lines = append(lines, p.Error())
	}
	return strings.Join(lines, "\n")
}

func read(file, text string) (Node, problem.List) {
	if strings.HasSuffix(file, ".json") {
		return ReadJSON(file, []byte(text))
	}
	return ReadYAML(file, []byte(text))
}

func TestWhatIsNotOnePlainDocumentIsRefusedWithItsPlace(t *testing.T) {
	deep := strings.Repeat("[", 40) + strings.Repeat("]", 40)
	cases := []struct{ name, file, text, code, place string }{
		{"an empty YAML file", "f.yaml", "", "empty-file", "f.yaml"},
		{"a YAML file of comments", "f.yaml", "# nothing\n", "empty-file", "f.yaml"},
		{"a YAML file that is null", "f.yaml", "---\n", "empty-file", "f.yaml"},
		{"an empty JSON file", "f.json", " \n", "empty-file", "f.json"},
		{"gzip", "f.yaml", "\x1f\x8b\x08\x00", "bad-text", "f.yaml"},
		{"a NUL byte", "f.yaml", "a: b\nc: \x00\n", "bad-text", "f.yaml:2:4"},
		{"bytes that are not UTF-8", "f.json", "{\n \"a\": \"\xff\"}", "bad-text", "f.json:2:8"},
		{"a control character in YAML", "f.yaml", "a: \x01\n", "bad-yaml", "f.yaml"},
		{"broken YAML", "f.yaml", "a: [1, 2\nb: 3\n", "bad-yaml", "f.yaml:1"},
		{"an anchor", "f.yaml", "a: &x 1\n", "yaml-feature", "f.yaml:1:4"},
		{"an alias", "f.yaml", "a: &x 1\nb: *x\n", "yaml-feature", "f.yaml:1:4"},
		{"a merge key", "f.yaml", "a:\n  <<: {b: 1}\n", "yaml-feature", "f.yaml:2:3"},
		{"a tag", "f.yaml", "a: !!str 1\n", "yaml-feature", "f.yaml:1:4"},
		{"a tag of one's own", "f.yaml", "a: !secret 1\n", "yaml-feature", "f.yaml:1:4"},
		{"two documents", "f.yaml", "a: 1\n---\nb: 2\n", "several-documents", "f.yaml:2:1"},
		{"a broken second document", "f.yaml", "a: 1\n---\nb: [\n", "bad-yaml", "f.yaml:3"},
		{"a key twice in YAML", "f.yaml", "a: 1\nb: 2\na: 3\n", "duplicate-key", "f.yaml:3:1"},
		{"a key twice in a large map", "f.yaml", manyKeys() + "k3: 1\n", "duplicate-key", "f.yaml:41:1"},
		{"a key that is a list", "f.yaml", "? [a]\n: 1\n", "bad-key", "f.yaml:1:3"},
		{"deep YAML", "f.yaml", deep, "too-deep", "f.yaml:1:33"},
		{"deep JSON", "f.json", deep, "too-deep", "f.json:1:33"},
		{"a key twice in JSON", "f.json", "{\"a\":1,\n\"a\":2}", "duplicate-key", "f.json:2:1"},
		{"a key twice, once escaped", "f.json", `{"a":1,"\u0061":2}`, "duplicate-key", "f.json:1:8"},
		{"a truncated object", "f.json", "{\"a\":1,\n", "bad-json", "f.json:2:1"},
		{"a truncated string", "f.json", `{"a`, "bad-json", "f.json:1:4"},
		{"garbage behind", "f.json", "{}\n x", "bad-json", "f.json:2:2"},
		{"a comma too many", "f.json", `{"a":[1,]}`, "bad-json", "f.json:1:9"},
		{"a leading zero", "f.json", `[01]`, "bad-json", "f.json:1:2"},
		{"a newline in a string", "f.json", "[\"a\nb\"]", "bad-json", "f.json:1:4"},
		{"half a surrogate pair", "f.json", `["\ud800"]`, "bad-json", "f.json:1:3"},
		{"an unknown escape", "f.json", `["\x41"]`, "bad-json", "f.json:1:3"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, list := read(c.file, c.text)
			if list.Errors() == 0 {
				t.Fatal("it was accepted")
			}
			first := list.Items()[0]
			if string(first.Code) != c.code || first.Place.String() != c.place {
				t.Errorf("got %s at %s, want %s at %s; all of it:\n%s", first.Code, first.Place, c.code, c.place, faults(list))
			}
		})
	}
}

func TestAYAMLFileThatIsTooLargeIsRefusedBeforeItIsRead(t *testing.T) {
	_, list := ReadYAML("f.yaml", make([]byte, yamlMax+1))
	if got := faults(list); !strings.Contains(got, "write it as NDJSON") || !strings.Contains(got, "[too-large]") {
		t.Error(got)
	}
}

func manyKeys() string {
	var b strings.Builder
	for i := range 40 {
		b.WriteString("k" + string(rune('0'+i/10)) + string(rune('0'+i%10)) + ": 1\n")
	}
	return strings.Replace(b.String(), "k03:", "k3:", 1)
}

func TestScalarsStayAsWritten(t *testing.T) {
	node, list := ReadYAML("f.yaml", []byte("[4.10, true, 'true', 010, 2014-10-01, yes, ~, \"\", 0x1F]"))
	if list.Failed() {
		t.Fatal(faults(list))
	}
	want := []string{"4.10", "true", "true", "010", "2014-10-01", "yes", "", "", "0x1F"}
	for i, item := range node.Items {
		if item.Text != want[i] {
			t.Errorf("item %d is %q, want %q", i, item.Text, want[i])
		}
	}
	if node.Items[6].Kind != Null || node.Items[7].Kind != Scalar || node.Items[2].Bare || !node.Items[1].Bare {
		t.Error("null, empty, quoted and bare are not told apart")
	}
}

func TestTheCanonicalFormOfYAMLAndJSONIsTheSame(t *testing.T) {
	y, _ := ReadYAML("f.yaml", []byte("b: [1, -7, true, 4.10, 'x', ~, 9007199254740993]\na: {c: \"1\"}\n"))
	j, _ := ReadJSON("f.json", []byte(`{"a":{"c":"1"},"b":[1,-7,true,"4.10","x",null,9007199254740993]}`))
	const want = `{"a":{"c":"1"},"b":[1,-7,true,"4.10","x",null,"9007199254740993"]}`
	for _, n := range []Node{y, j} {
		if got := string(canon.Append(nil, n.Canonical())); got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
}

func TestAByteOrderMarkIsPassedOver(t *testing.T) {
	for _, file := range []string{"f.yaml", "f.json"} {
		n, list := read(file, "\uFEFF{\"a\": 1}")
		if list.Failed() || n.Members[0].Key != "a" {
			t.Errorf("%s: %v %s", file, n, faults(list))
		}
	}
}

// plain turns a node into what encoding/json decodes with UseNumber.
func plain(n Node) any {
	switch n.Kind {
	case List:
		items := make([]any, len(n.Items))
		for i, item := range n.Items {
			items[i] = plain(item)
		}
		return items
	case Map:
		m := make(map[string]any, len(n.Members))
		for _, member := range n.Members {
			m[member.Key] = plain(member.Value)
		}
		return m
	case Scalar:
		switch {
		case !n.Bare:
			return n.Text
		case n.Text == "true" || n.Text == "false":
			return n.Text == "true"
		}
		return json.Number(n.Text)
	}
	return nil
}

func TestMinusZeroIsAnotherNameThanZero(t *testing.T) {
	zero, list := ReadYAML("f.yaml", []byte("id: 0"))
	minus, more := ReadYAML("f.yaml", []byte("id: -0"))
	if list.Failed() || more.Failed() {
		t.Fatal(list.Err(), more.Err())
	}
	a, b := canon.Append(nil, zero.Canonical()), canon.Append(nil, minus.Canonical())
	if string(a) == string(b) {
		t.Errorf("both are %s", a)
	}
}
