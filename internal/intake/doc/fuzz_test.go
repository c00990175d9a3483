package doc

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/evenkeel-project/evenkeel/internal/core/problem"
)

func FuzzReadYAML(f *testing.F) {
	for _, seed := range []string{"a: 1\n", "a: &x [1]\nb: *x\n", "{a: {b: [c, ~, \"d\"]}}", "a: |\n  x\n  y\n", "--- !t\n- <<: 1\n...\n---\n", "? a\n: b\n"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		n, list := ReadYAML("f.yaml", data)
		if !list.Failed() && n.Kind == Null {
			t.Fatalf("nothing was read from %q and nothing was said", data)
		}
	})
}

func FuzzReadJSONAgreesWithTheStandardLibrary(f *testing.F) {
	for _, seed := range []string{`{"a":1}`, `[1.5e-3,true,null,"\u00e9\n\ud83d\ude00"]`, `{"a":{"b":[{}]}}`, " {} x", `"a`, "-0", `{"a":1,"a":2}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		n, list := ReadJSON("f.json", data)
		decoder := json.NewDecoder(bytes.NewReader(data))
		decoder.UseNumber()
		var want any
		if !list.Failed() {
			if err := decoder.Decode(&want); err != nil {
				if bytes.HasPrefix(data, []byte(byteOrderMark)) {
					return
				}
				t.Fatalf("%q was accepted; the standard library says %v", data, err)
			}
			if got := plain(n); !reflect.DeepEqual(got, want) {
				t.Fatalf("%q was read as %v; the standard library reads %v", data, got, want)
			}
			return
		}
		if json.Valid(data) && utf8.Valid(data) && !stricterThanJSON(list) {
			t.Fatalf("%q is JSON and was refused: %s", data, faults(list))
		}
	})
}

// stricterThanJSON reports whether all faults are ones that the standard library lets pass.
func stricterThanJSON(list problem.List) bool {
	for _, p := range list.Items() {
		if p.Code != "duplicate-key" && p.Code != "too-deep" && !strings.Contains(p.Sentence, "surrogate") {
			return false
		}
	}
	return true
}
