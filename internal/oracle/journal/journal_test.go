package journal

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

// file writes the journal of a stage as an evidence file: an opening, the records, a head.
func (s *stage) file(t testing.TB) string {
	t.Helper()
	var b bytes.Buffer
	fmt.Fprintf(&b, `{"n":0,"kind":"opening","opening":{"format":"evenkeel-evidence","campaign":%q},"chain":"sha256:0"}`+"\n", sampleCampaign)
	for i, e := range s.events {
		body, err := json.Marshal(e)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&b, `{"n":%d,"at":%q,"version":1,"kind":%q,"event":%s,"chain":"sha256:0"}`+"\n", i+1, e.At, e.Kind, body)
	}
	fmt.Fprintf(&b, `{"n":%d,"kind":"head","campaign":%q,"opening":"sha256:0","records":%d,"signature":"none"}`+"\n", len(s.events)+1, sampleCampaign, len(s.events))
	return b.String()
}

func TestAnEvidenceFileIsReadPastItsOpeningAndHead(t *testing.T) {
	s := goodStage(t, newWorld())
	r, err := Read(strings.NewReader(s.file(t)))
	if err != nil {
		t.Fatal(err)
	}
	if r.Len() != len(s.events) {
		t.Errorf("%d of %d events were read", r.Len(), len(s.events))
	}
	for _, f := range r.Audit(s.fleet, s.policy, s.plan, s.advisories) {
		t.Error(f)
	}
}

func TestAFileThatCannotBeReadIsNamedByLine(t *testing.T) {
	good := goodStage(t, newWorld()).file(t)
	for _, c := range []struct{ old, new, want string }{
		{`{"n":7,`, `{"n":7`, "line 8: "},
		{`{"n":7,`, `{`, "line 8: the event has no number"},
		{`"version":1,"kind":"campaign-started","event":{`, `"version":1,"kind":"campaign-started","event":[],"x":{`, "line 5: entry 4 is not an event"},
		{`"at":"2014-05-13T17:02:00Z","version"`, `"at":"2014-05-13T17:03:00Z","version"`, "line 5: entry 4 is of 2014-05-13T17:03:00Z and its event of 2014-05-13T17:02:00Z"},
		{`"opening":{`, `"ajar":{`, "no opening names the campaign"},
	} {
		text := strings.Replace(good, c.old, c.new, 1)
		if text == good {
			t.Fatalf("the sample file has no %s", c.old)
		}
		if _, err := Read(strings.NewReader(text)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("with %s for %s the error is %v, not %q", c.new, c.old, err, c.want)
		}
	}
}

// FuzzRead holds that no text makes Read or Audit panic.
func FuzzRead(f *testing.F) {
	s := goodStage(f, newWorld())
	f.Add(s.file(f))
	f.Add(s.file(f)[:5000])
	f.Add(`{"n":0,"opening":{"campaign":"c"}}` + "\n" + `{"n":1,"at":"2014-05-13T17:02:00Z","event":{"kind":"host-granted","at":"2014-05-13T17:02:00Z","host":"w-1","grant":{}}}`)
	f.Fuzz(func(t *testing.T, text string) {
		r, err := Read(strings.NewReader(text))
		if err == nil {
			r.Audit(s.fleet, s.policy, s.plan, s.advisories)
		}
	})
}
