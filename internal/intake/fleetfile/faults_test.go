package fleetfile

import (
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"
)

// shell is a sound fleet of six lines, in NDJSON; the line that a case is about comes seventh.
const shell = `{"kind":"region","id":"dfw"}
{"kind":"zone","id":"dfw-1","region":"dfw"}
{"kind":"host","id":"c-17","zone":"dfw-1"}
{"kind":"tenant","id":"acme"}
{"kind":"group","id":"acme/web","tenant":"acme","max_down":1}
{"kind":"guest","id":"vm-1","host":"c-17","tenant":"acme"}
`

func TestAFaultyLineIsOneErrorThatNamesItsPlaceAndWhatToDo(t *testing.T) {
	long := strings.Repeat("x", 10_000)
	for _, c := range []struct{ name, line, code, place, says string }{
		{"truncated", `{"kind":"host","id":"c-1`, "bad-json", "7:25", "it ends in the middle of a value; check that the file was written whole"},
		{"truncated after a value", `{"kind":"host"`, "bad-json", "7:15", "it ends in the middle of a value"},
		{"garbage behind", `{"kind":"region","id":"x"} x`, "bad-json", "7:28", "something after the end"},
		{"two objects", `{"kind":"region","id":"x"}{}`, "bad-json", "7:27", "something after the end"},
		{"no object", `["kind","host"]`, "bad-type", "7:1", "the object should be a map but is a list"},
		{"no kind", `{"id":"c-18"}`, "missing-key", "7:1", "the object has no kind"},
		{"an unknown kind", `{"kind":"hosts","id":"c-18"}`, "unknown-kind", "7:9", `"hosts" is no kind of object; write region, zone`},
		{"a key twice", `{"kind":"tenant","id":"a","id":"b"}`, "duplicate-key", "7:27", `the key "id" stands twice`},
		{"an unknown key", `{"kind":"host","id":"c-18","zone":"dfw-1","outge":"1m"}`, "unknown-key", "7:43", `host c-18 has a key "outge", which has no meaning here; did you mean outage?`},
		{"a host twice", `{"kind":"host","id":"c-17","zone":"dfw-1"}`, "duplicate-id", "7", "host c-17 is defined twice"},
		{"a guest twice", `{"kind":"guest","id":"vm-1","host":"c-17","tenant":"acme"}`, "duplicate-id", "7", "guest vm-1 is defined twice"},
		{"an unknown zone", `{"kind":"host","id":"c-18","zone":"dfw-9"}`, "dangling-reference", "7", `there is no zone "dfw-9"`},
		{"an unknown host", `{"kind":"guest","id":"vm-2","host":"c-9","tenant":"acme"}`, "dangling-reference", "7", `there is no host "c-9"`},
		{"an unknown tenant", `{"kind":"group","id":"g","tenant":"x","max_down":1}`, "dangling-reference", "7", `there is no tenant "x"`},
		{"an unknown group", `{"kind":"guest","id":"vm-2","host":"c-17","tenant":"acme","groups":["x"]}`, "dangling-reference", "7", `there is no group "x"`},
		{"a region without zones", `{"kind":"region","id":"lon"}`, "region-without-zones", "7", "region lon has no zones"},
		{"a host without zone", `{"kind":"host","id":"c-18"}`, "missing-key", "7:1", "host c-18 has no zone"},
		{"a host without id", `{"kind":"host","zone":"dfw-1"}`, "missing-key", "7:1", "host has no id"},
		{"a guest without tenant", `{"kind":"guest","id":"vm-2","host":"c-17"}`, "missing-key", "7:1", "guest vm-2 has no tenant"},
		{"a group without max_down", `{"kind":"group","id":"g","tenant":"acme"}`, "missing-key", "7:1", "group g has no max_down"},
		{"an outage of 0", `{"kind":"host","id":"c-18","zone":"dfw-1","outage":"0s"}`, "out-of-range", "7:52", "0s is outside 1s to 168h"},
		{"an outage of ten years", `{"kind":"host","id":"c-18","zone":"dfw-1","outage":"3650d"}`, "out-of-range", "7:52", "3650d is outside 1s to 168h"},
		{"an outage of 169 hours", `{"kind":"host","id":"c-18","zone":"dfw-1","outage":"169h"}`, "out-of-range", "7:52", "outside 1s to 168h"},
		{"an outage without unit", `{"kind":"host","id":"c-18","zone":"dfw-1","outage":14}`, "bad-value", "7:52", "write it as 14m"},
		{"an outage that is null", `{"kind":"host","id":"c-18","zone":"dfw-1","outage":null}`, "bad-type", "7:43", "outage has no value"},
		{"an id of 10 kB", `{"kind":"region","id":"` + long + `"}`, "bad-id", "7:23", "it has 10000 bytes, more than 253"},
		{"a reference of 10 kB", `{"kind":"host","id":"c-18","zone":"` + long + `"}`, "bad-id", "7:35", "it has 10000 bytes"},
		{"an id with a line feed", `{"kind":"region","id":"a\nERROR forged"}`, "bad-id", "7:23", `"a\nERROR forged" cannot be used as an id`},
		{"an id with an escape sequence", `{"kind":"region","id":"a\u001b[31m"}`, "bad-id", "7:23", `"a\x1b[31m" cannot be used`},
		{"an id with a right-to-left override", `{"kind":"region","id":"a\u202eb"}`, "bad-id", "7:23", `"a\u202eb" cannot be used`},
		{"an id that is a list", `{"kind":"region","id":["a"]}`, "bad-type", "7:23", "id should be a single value"},
		{"a rack that is no id", `{"kind":"host","id":"c-18","zone":"dfw-1","rack":"r 4"}`, "bad-id", "7:50", `host c-18: rack: "r 4" cannot be used`},
		{"a host label that is a list", `{"kind":"host","id":"c-18","zone":"dfw-1","labels":{"a":["b"]}}`, "bad-type", "7:52", "labels: a is a list"},
		{"a fact that is null", `{"kind":"host","id":"c-18","zone":"dfw-1","facts":{"xen":null}}`, "bad-type", "7:58", "facts.xen has no value"},
		{"a fact that is a map", `{"kind":"host","id":"c-18","zone":"dfw-1","facts":{"xen":{}}}`, "bad-type", "7:58", "facts.xen should be a single value but is a map"},
		{"a fact of 5 kB", `{"kind":"host","id":"c-18","zone":"dfw-1","facts":{"a":"` + long[:5000] + `"}}`, "out-of-range", "7:56", "a value of 5000 bytes, more than 4096"},
		{"a negative capacity", `{"kind":"host","id":"c-18","zone":"dfw-1","capacity":{"cpu":-1}}`, "bad-value", "7:54", `cpu is "-1", which is no whole number`},
		{"a demand with a fraction", `{"kind":"guest","id":"vm-2","host":"c-17","tenant":"acme","demand":{"cpu":0.5}}`, "bad-value", "7:68", `cpu is "0.5"`},
		{"a demand that is a list", `{"kind":"guest","id":"vm-2","host":"c-17","tenant":"acme","demand":{"cpu":["1"]}}`, "bad-value", "7:68", `cpu is "[1]"`},
		{"an unknown on_reboot", `{"kind":"guest","id":"vm-2","host":"c-17","tenant":"acme","on_reboot":"stop"}`, "bad-value", "7:71", "write restart, migrate or pinned"},
		{"a limit that is none", `{"kind":"group","id":"g","tenant":"acme","max_down":"some"}`, "bad-value", "7:53", `"some" is not a limit`},
		{"an unknown time zone", `{"kind":"tenant","id":"b","time_zone":"Mars/Base"}`, "bad-value", "7:39", `"Mars/Base" is no time zone; write an IANA name`},
		{"the time zone of this machine", `{"kind":"tenant","id":"b","time_zone":"Local"}`, "bad-value", "7:39", `"Local" is no time zone`},
		{"an empty time zone", `{"kind":"tenant","id":"b","time_zone":""}`, "bad-value", "7:39", `"" is no time zone`},
		{"a name with a line feed", `{"kind":"tenant","id":"b","name":"B\nBcc: x"}`, "bad-value", "7:34", `"B\nBcc: x" has a character`},
		{"an unknown role", `{"kind":"tenant","id":"b","contacts":[{"role":"boss","email":"b@b.example"}]}`, "bad-value", "7:47", `"boss" is no role; write operations, security or billing`},
		{"an address without @", `{"kind":"tenant","id":"b","contacts":[{"role":"billing","email":"b.example"}]}`, "bad-value", "7:65", `tenant b: contact: email: "b.example" is not a mail address`},
		{"an address with two @", `{"kind":"tenant","id":"b","contacts":[{"role":"billing","email":"a@b@c.example"}]}`, "bad-value", "7:65", "is not a mail address"},
		{"an address that ends a header", `{"kind":"tenant","id":"b","contacts":[{"role":"billing","email":"a@b.example\r\nBcc: c@d.example"}]}`, "bad-value", "7:65", "is not a mail address"},
		{"an address that begins a header", `{"kind":"tenant","id":"b","contacts":[{"role":"billing","email":"a@b.example\r\nX-Header"}]}`, "bad-value", "7:65", "is not a mail address"},
		{"two addresses", `{"kind":"tenant","id":"b","contacts":[{"role":"billing","email":"<a@b.example>,c"}]}`, "bad-value", "7:65", "is not a mail address"},
		{"an address of 255 bytes", `{"kind":"tenant","id":"b","contacts":[{"role":"billing","email":"a@` + long[:253] + `"}]}`, "bad-value", "7:65", "is not a mail address"},
		{"a name of 254 bytes", `{"kind":"tenant","id":"b","name":"` + long[:254] + `"}`, "out-of-range", "7:34", "it has 254 bytes, outside 1 to 253"},
		{"an empty name", `{"kind":"tenant","id":"b","name":""}`, "out-of-range", "7:34", "it has 0 bytes, outside 1 to 253"},
		{"a capacity of 16 digits", `{"kind":"host","id":"c-18","zone":"dfw-1","capacity":{"cpu":1000000000000000}}`, "bad-value", "7:54", "no whole number from 0 to 999999999999999"},
		{"a contact without email", `{"kind":"tenant","id":"b","contacts":[{"role":"billing"}]}`, "missing-key", "7:39", "tenant b: contact has no email"},
		{"a NUL byte", "{\"kind\":\"region\",\"id\":\"a\x00\"}", "bad-text", "7:25", "NUL byte"},
		{"bytes that are not UTF-8", "{\"kind\":\"region\",\"id\":\"a\xff\"}", "bad-text", "7:25", "not UTF-8"},
		{"a line of 1 MiB and a byte", `{"kind":"region","id":"` + strings.Repeat("x", lineMax) + `"}`, "line-too-long", "7", "the line is longer than 1048576 bytes"},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, end := range []string{"", "\n", "\r\n"} {
				f, list := readText("f.ndjson", shell+c.line+end)
				if f != nil || list.Errors() != 1 {
					t.Fatalf("want one error, got\n%s", faults(list))
				}
				p := list.Items()[0]
				if string(p.Code) != c.code || p.Place.String() != "f.ndjson:"+c.place || !strings.Contains(p.Error(), c.says) {
					t.Errorf("end %q: got %v", end, p)
				}
				if text := p.Error(); len(text) > 500 || strings.ContainsAny(text, "\x1b\n\r\u202e") {
					t.Errorf("the message is not fit for a terminal: %q", text)
				}
			}
		})
	}
}

func TestAFileThatIsNoFleetIsOneClearError(t *testing.T) {
	for _, c := range []struct{ name, file, text, code, place string }{
		{"an empty NDJSON file", "f.ndjson", "", "empty-fleet", "f.ndjson"},
		{"blank lines", "f.ndjson", "\n\n", "empty-fleet", "f.ndjson"},
		{"an empty YAML file", "f.yaml", "", "empty-file", "f.yaml"},
		{"an empty stream", "standard input", "", "empty-fleet", "standard input"},
		{"a YAML fleet of nothing", "f.yaml", "regions: []\n", "empty-fleet", "f.yaml"},
		{"a YAML list", "f.yaml", "- a\n", "bad-type", "f.yaml:1:1"},
		{"gzip as NDJSON", "f.ndjson", "\x1f\x8b\x08\x00\n", "bad-text", "f.ndjson"},
		{"gzip on a stream", "standard input", "\x1f\x8b\x08\x00\n", "bad-text", "standard input"},
		{"binary", "f.bin", "\x7fELF\x02\x01\x00\x00", "bad-text", "f.bin:1:7"},
		{"an unknown list", "f.yaml", sampleYAML + "host: []\n", "unknown-key", "f.yaml:3:1"},
		{"a zone outside its region", "f.yaml", sampleYAML + "zones: [{id: z, region: r}]\n", "unknown-key", "f.yaml:3:1"},
		{"a kind in YAML", "f.yaml", sampleYAML + "tenants: [{id: a, kind: tenant}]\n", "unknown-key", "f.yaml:3:19"},
		{"zones in an NDJSON region", "f.ndjson", shell + "{\"kind\":\"zone\",\"id\":\"x-1\",\"region\":\"x\"}\n" + `{"kind":"region","id":"x","zones":[]}`, "unknown-key", "f.ndjson:8:27"},
		{"a host twice in YAML", "f.yaml", "regions: [{id: r, zones: [{id: z}]}]\nhosts:\n- {id: h, zone: z}\n- {id: h, zone: z}\n", "duplicate-id", "f.yaml:4"},
	} {
		t.Run(c.name, func(t *testing.T) {
			f, list := readText(c.file, c.text)
			if f != nil || list.Errors() == 0 {
				t.Fatal("it was accepted")
			}
			if p := list.Items()[0]; string(p.Code) != c.code || p.Place.String() != c.place {
				t.Errorf("got %s", faults(list))
			}
		})
	}
}

const sampleYAML = "regions: [{id: r, zones: [{id: z}]}]\nhosts: [{id: h, zone: z}]\n"

func TestAllFaultsAreReportedAtOnceAndNoneTwice(t *testing.T) {
	_, list := readText("f.ndjson", `{"kind":"region","id":"dfw"}
{"kind":"host","id":"c-17","zone":"dfw-1","outage":"0s","rack":""}
{"kind":"guest","id":"vm-1","host":"c-17","tenant":"acme","on_reboot":"no","groups":["g"]}
{"kind":"tenant","id":"acme","contacts":[{"role":"x","email":"y"}]}
{"kind":"group","id":"g"}
{"kind":"zone","id":"dfw-1"}
{"kind":"host","id":"c-18","zone":"gone"}
`)
	want := strings.TrimSpace(`
f.ndjson:2:64: host c-17: rack: "" cannot be used as an id
f.ndjson:2:52: host c-17: outage: 0s is outside 1s to 168h
f.ndjson:3:71: guest vm-1: on_reboot: "no" is not what a guest does on a reboot
f.ndjson:4:50: tenant acme: contact: role: "x" is no role
f.ndjson:4:62: tenant acme: contact: email: "y" is not a mail address
f.ndjson:5:1: group g has no max_down
f.ndjson:5:1: group g has no tenant
f.ndjson:6:1: zone dfw-1 has no region
f.ndjson:7: there is no zone "gone"`)
	got := strings.Split(faults(list), "\n")
	wanted := strings.Split(want, "\n")
	if len(got) != len(wanted) {
		t.Fatalf("got\n%s", faults(list))
	}
	for _, w := range wanted {
		if !strings.Contains(faults(list), w) {
			t.Errorf("%s is missing in\n%s", w, faults(list))
		}
	}
}

func TestYAMLAndNDJSONSayTheSameOfTheSameFault(t *testing.T) {
	_, y := readText("f.yaml", sampleYAML+"tenants:\n- {id: acme, nam: x, contacts: [{role: boss, email: a@b.example}]}\n")
	_, n := readText("f.ndjson", shell+`{"kind":"tenant","id":"acme2","nam":"x","contacts":[{"role":"boss","email":"a@b.example"}]}`)
	for i := range 2 {
		a, b := y.Items(), n.Items()
		if len(a) != 2 || len(b) != 2 {
			t.Fatalf("got\n%s\nand\n%s", faults(y), faults(n))
		}
		if want := strings.ReplaceAll(b[i].Sentence, "acme2", "acme"); a[i].Sentence != want || a[i].Fix != b[i].Fix {
			t.Errorf("YAML says %v\nNDJSON says %v", a[i], b[i])
		}
	}
}

func TestAnUnreadableLineMakesNoDanglingReferences(t *testing.T) {
	_, list := readText("f.ndjson", strings.Replace(shell, `{"kind":"host"`, `{"kind":host`, 1))
	if list.Errors() != 1 || list.Items()[0].Place.Line != 3 {
		t.Errorf("got\n%s", faults(list))
	}
}

// endless gives one text again and again, and counts what it gave.
type endless struct {
	text  string
	given int64
}

func (e *endless) Read(p []byte) (int, error) {
	n := 0
	for n < len(p) {
		n += copy(p[n:], e.text)
	}
	e.given += int64(n)
	return n, nil
}

func TestReadingStopsAfterAHundredFaultsAndSaysSo(t *testing.T) {
	source := &endless{text: "{\"kind\":\"thing\"}\n"}
	f, list := ReadFrom("f.ndjson", source, 0, nil)
	if f != nil || list.Errors() != 100 || !strings.Contains(faults(list), "f.ndjson:100: reading stopped here after 99 faults; correct these first") {
		t.Errorf("got %d errors\n%s", list.Errors(), faults(list))
	}
	text := sampleYAML + "tenants:\n" + strings.Repeat("- {id: [a]}\n", 200)
	f, list = readText("f.yaml", text)
	if f != nil || list.Errors() != 100 || !strings.Contains(faults(list), "f.yaml:103:3: reading stopped here after 99 faults") {
		t.Errorf("got %d errors\n%s", list.Errors(), faults(list))
	}
}

func TestALineWithoutEndIsRefusedInBoundedMemory(t *testing.T) {
	for _, start := range []string{shell, "", "\n\n{"} {
		source := &endless{text: `"x",`}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, list := ReadFrom("f.ndjson", io.MultiReader(strings.NewReader(start), source), 10<<30, nil)
		runtime.ReadMemStats(&after)
		want := fmt.Sprintf("f.ndjson:%d: the line is longer than 1048576 bytes; write one object a line [line-too-long]", 1+strings.Count(start, "\n"))
		if faults(list) != want {
			t.Errorf("got %s, want %s", faults(list), want)
		}
		if source.given > 8*lineMax {
			t.Errorf("%d bytes were read of a line that is too long after %d", source.given, lineMax)
		}
		if used := after.TotalAlloc - before.TotalAlloc; used > 16*lineMax {
			t.Errorf("%d bytes were allocated for a line that is too long after %d", used, lineMax)
		}
	}
}

func TestYAMLWithoutEndIsRefused(t *testing.T) {
	source := &endless{text: "# nothing\n"}
	_, list := ReadFrom("f.yaml", source, 0, nil)
	if list.Errors() != 1 || list.Items()[0].Code != "too-large" {
		t.Errorf("got %s", faults(list))
	}
}

func TestAReaderThatFailsIsOneError(t *testing.T) {
	for _, name := range []string{"f.ndjson", "f.yaml", "standard input"} {
		f, list := ReadFrom(name, io.MultiReader(strings.NewReader(shell), failingReader{}), 0, nil)
		if f != nil || list.Errors() != 1 || list.Items()[0].Code != "cannot-read" {
			t.Errorf("%s: %s", name, faults(list))
		}
	}
}

type failingReader struct{}

func (failingReader) Read([]byte) (int, error) { return 0, fmt.Errorf("the disk is gone") }

func TestALineOfExactlyAMebibyteIsRead(t *testing.T) {
	line := `{"kind":"tenant","id":"b"` + strings.Repeat(" ", lineMax-26) + "}"
	if len(line) != lineMax {
		t.Fatal("the line is not as long as meant")
	}
	for _, end := range []string{"", "\n", "\n" + shell} {
		text := shell + line + end
		if strings.HasSuffix(end, shell) {
			text = line + end
		}
		if _, list := readText("f.ndjson", text); list.Failed() {
			t.Errorf("end %.10q: %s", end, faults(list))
		}
	}
}
