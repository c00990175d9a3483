package doc_test

import (
	"slices"
	"testing"

	"github.com/evenkeel-project/evenkeel/internal/intake/doc"
)

func TestRequiredKeysNullsWordsAndNamesAreReadStrictly(t *testing.T) {
	node, problems := doc.ReadYAML("f.yaml", []byte("word: reboot\nnear: rebot\nnames: [a, b, a, 'c d', {}]\nempty: ~\nother: x\n"))
	if problems.Failed() {
		t.Fatal(problems.Err())
	}
	o := node.Object("the file", &problems)
	o.Require("word", "gone", "missing")
	if word, ok := o.Word("word", "none", "reboot"); !ok || word != "reboot" {
		t.Errorf("word is %q", word)
	}
	if word, ok := o.Word("near", "none", "reboot"); ok || word != "" {
		t.Errorf("near is %q", word)
	}
	if _, ok := o.Word("gone", "none"); ok {
		t.Error("a word that is missing was read")
	}
	if names := o.Names("names", "a name"); !slices.Equal(names, []string{"a", "b"}) {
		t.Errorf("names are %q", names)
	}
	if !o.Null("empty") || o.Null("other") || o.Null("missing") {
		t.Error("only one key is null")
	}
	o.Done()
	var got []string
	for _, p := range problems.Items() {
		got = append(got, p.Error())
	}
	want := []string{
		`f.yaml:1:1: the file has no gone; add it [missing-key]`,
		`f.yaml:1:1: the file has no missing; add it [missing-key]`,
		`f.yaml:2:7: the file: near: "rebot" has no meaning here; did you mean reboot? [bad-value]`,
		`f.yaml:3:15: the file: names names "a" twice; remove one of the two [duplicate-id]`,
		`f.yaml:3:18: the file: names: "c d" cannot be used: it contains ' '; write a name [bad-id]`,
		`f.yaml:3:25: the file: names: an item should be a single value but is a map; write a name [bad-type]`,
		`f.yaml:5:1: the file has a key "other", which has no meaning here; the keys are word, near, gone, names, empty [unknown-key]`,
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
}
