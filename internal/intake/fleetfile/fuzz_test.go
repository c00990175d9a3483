package fleetfile

import (
	"bytes"
	"os"
	"strings"
	"testing"
)

// checkReading reads a fleet and, when it is accepted, checks that it survives being written and read again.
func checkReading(t *testing.T, name string, data []byte) {
	f, list := ReadFrom(name, bytes.NewReader(data), int64(len(data)), nil)
	if (f == nil) != list.Failed() {
		t.Fatalf("%q gave a fleet: %v, and these faults: %s", data, f != nil, faults(list))
	}
	if f == nil {
		for _, p := range list.Items() {
			if p.Sentence == "" || p.Code == "" || p.Place.File != name || strings.ContainsAny(p.Error(), "\x1b\n\r\x00") {
				t.Fatalf("%q gave the problem %#v", data, p)
			}
		}
		return
	}
	var out bytes.Buffer
	if err := Write(&out, f); err != nil {
		t.Fatal(err)
	}
	again, list := ReadFrom("written.ndjson", bytes.NewReader(out.Bytes()), 0, nil)
	if list.Failed() {
		t.Fatalf("%q was written as %s, which is refused: %s", data, out.Bytes(), faults(list))
	}
	if again.Digest() != f.Digest() {
		t.Fatalf("%q was written as %s, which is another fleet", data, out.Bytes())
	}
}

func FuzzReadYAML(f *testing.F) {
	data, err := os.ReadFile("testdata/sample.yaml")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	for _, seed := range []string{sampleYAML, "regions: &a [*a]\n", "hosts:\n- id: h\n  zone: z\n  facts: {a: [1, ~]}\n", "{", "- x", "regions: 1\n"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) { checkReading(t, "f.yaml", data) })
}

func FuzzReadNDJSON(f *testing.F) {
	data, err := os.ReadFile("testdata/sample.ndjson")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	for _, seed := range []string{shell, `{"kind":"host"`, "{}\n[]\n1", "\uFEFF" + shell, `{"kind":"tenant","id":"\ud83d\ude00","name":"\u0000"}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) { checkReading(t, "f.ndjson", data) })
}
