package planfile_test

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/canon"
	"github.com/evenkeel-project/evenkeel/internal/core/ident"
	"github.com/evenkeel-project/evenkeel/internal/core/plan"
	"github.com/evenkeel-project/evenkeel/internal/core/problem"
	"github.com/evenkeel-project/evenkeel/internal/intake/planfile"
)

const start = calendar.Instant(1411902000)

func example() *plan.Plan {
	deadline, margin, latest := start.Add(2*calendar.Day), calendar.Seconds(-90), start.Add(-90)
	p := &plan.Plan{
		Fleet:      canon.Of([]byte("fleet")),
		Advisories: []plan.AdvisoryRef{{ID: "XSA-108", Digest: canon.Of([]byte("advisory"))}},
		Policy:     canon.Of([]byte("policy")),
		Start:      start, Finish: start.Add(1500), Deadline: &deadline, Margin: &margin, LatestSafeStart: &latest,
		Makespan: 1500, Seed: 7, Steps: 12, Bound: plan.Bound{Seconds: 1493, Binding: "zone dfw-1"}, GapMillionths: plan.Gap(1500, 1493),
		Outages: []plan.Outage{
			{Host: "zürich-東京", Start: start, End: start.Add(600), Canary: true, Window: calendar.Span{From: start, To: start.Add(900)}},
			{Host: "c-😀", Start: start.Add(600), End: start.Add(1500), Window: calendar.Span{From: start.Add(600), To: start.Add(1900)}},
		},
		Moves:    []plan.Move{{Guest: "vm-1", From: "c-1", To: "c-2", At: start}},
		Excluded: []plan.Excluded{{Host: "c-3", Reason: plan.Protected}, {Host: "c-4", Reason: plan.NotAffected}},
		Blocked: []plan.Blocked{{Host: "c-5", Group: "acme/db", Reason: "2 of 3 members\tare here",
			Proposal: []plan.Proposed{{Guest: "vm-2", To: "c-6"}}}, {Host: "c-8", Reason: "vm-9 fits nowhere"}},
	}
	p.Seal()
	return p
}

// same reports whether what was read is the plan that was written, digest included.
func same(t interface{ Fatalf(string, ...any) }, want *plan.Plan) {
	got, problems := planfile.Parse("plan.json", want.JSON())
	if problems.Failed() {
		t.Fatalf("the plan that was written is refused: %v", problems.Err())
	}
	if !reflect.DeepEqual(got, want) {
		t.Fatalf("got  %+v\nwant %+v", got, want)
	}
	if got.ContentDigest() != want.ContentDigest() {
		t.Fatalf("the content has digest %s, was %s", got.ContentDigest(), want.ContentDigest())
	}
}

func TestAPlanReadsBackAsItself(t *testing.T) {
	same(t, example())
	empty := &plan.Plan{Fleet: canon.Of(nil), Policy: canon.Of(nil)}
	empty.Seal()
	same(t, empty)
}

func drawPlan(t *rapid.T) *plan.Plan {
	id := rapid.OneOf(rapid.StringMatching("[a-z]{1,5}(-[0-9]{1,3})?"), rapid.StringN(1, 8, -1)).Filter(func(s string) bool { return ident.Check(s) == "" })
	instant := rapid.Map(rapid.Int64Range(0, 4e9), func(n int64) calendar.Instant { return calendar.Instant(n) })
	length := rapid.Map(rapid.Int64Range(-1<<53, 1<<53), func(n int64) calendar.Seconds { return calendar.Seconds(n) })
	span := rapid.Custom(func(t *rapid.T) calendar.Span {
		return calendar.Span{From: instant.Draw(t, "from"), To: instant.Draw(t, "to")}
	})
	p := &plan.Plan{
		Fleet: canon.Of([]byte(rapid.String().Draw(t, "fleet"))), Policy: canon.Of([]byte(rapid.String().Draw(t, "policy"))),
		Start: instant.Draw(t, "start"), Finish: instant.Draw(t, "finish"), Makespan: length.Draw(t, "makespan"),
		Seed: rapid.Uint64Range(0, 1<<53).Draw(t, "seed"), Steps: rapid.Int64Range(0, 1<<53).Draw(t, "steps"),
		Bound: plan.Bound{Seconds: length.Draw(t, "bound"), Binding: rapid.String().Draw(t, "binding")}, GapMillionths: rapid.Int64Range(-1e15, 1e15).Draw(t, "gap"),
	}
	if rapid.Bool().Draw(t, "embargo") {
		deadline, margin, latest := instant.Draw(t, "deadline"), length.Draw(t, "margin"), instant.Draw(t, "latest")
		p.Deadline, p.Margin, p.LatestSafeStart = &deadline, &margin, &latest
	}
	for range rapid.IntRange(0, 3).Draw(t, "items") {
		window, outage := span.Draw(t, "window"), span.Draw(t, "outage")
		p.Advisories = append(p.Advisories, plan.AdvisoryRef{ID: id.Draw(t, "advisory"), Digest: canon.Of(nil)})
		p.Outages = append(p.Outages, plan.Outage{Host: id.Draw(t, "host"), Start: outage.From, End: outage.To, Canary: rapid.Bool().Draw(t, "canary"), Window: window})
		p.Moves = append(p.Moves, plan.Move{Guest: id.Draw(t, "guest"), From: id.Draw(t, "from"), To: id.Draw(t, "to"), At: instant.Draw(t, "at")})
		p.Excluded = append(p.Excluded, plan.Excluded{Host: id.Draw(t, "excluded"), Reason: rapid.SampledFrom([]plan.Reason{plan.Fixed, plan.NotAffected, plan.Protected}).Draw(t, "reason")})
		b := plan.Blocked{Host: id.Draw(t, "blocked"), Reason: rapid.String().Draw(t, "sentence")}
		if rapid.Bool().Draw(t, "by a group") {
			b.Group = id.Draw(t, "group")
		}
		for range rapid.IntRange(0, 2).Draw(t, "proposed") {
			b.Proposal = append(b.Proposal, plan.Proposed{Guest: id.Draw(t, "proposed guest"), To: id.Draw(t, "target")})
		}
		p.Blocked = append(p.Blocked, b)
	}
	p.Seal()
	return p
}

func TestAnyPlanReadsBackAsItself(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) { same(t, drawPlan(t)) })
}

func TestTheDigestIsKeptAsWrittenEvenWhenItIsNotThatOfTheContent(t *testing.T) {
	p := example()
	p.Digest = canon.Of([]byte("another plan"))
	got, problems := planfile.Parse("plan.json", p.JSON())
	if problems.Failed() || got.Digest != p.Digest {
		t.Errorf("%v", problems.Err())
	}
}

// place returns the line and column, counted from 1 in bytes, where text first stands in the file.
func place(t testing.TB, file, text string) problem.Place {
	at := strings.Index(file, text)
	if at < 0 {
		t.Fatalf("%q does not stand in\n%s", text, file)
	}
	before := file[:at]
	return problem.Place{File: "plan.json", Line: 1 + strings.Count(before, "\n"), Column: at - strings.LastIndex(before, "\n")}
}

// faults are values that do not fit, each with the place and code of the first problem it makes.
var faults = []struct {
	old, replacement, at string
	code                 problem.Code
}{
	{`"version":1`, `"version":2`, `2,`, "unknown-version"},
	{`"version":1`, `"version":"1"`, `"1",`, "bad-value"},
	{`"digest":"sha256:`, `"digest":"md5:`, `"md5:`, "bad-value"},
	{`"fleet":"sha256:`, `"fleet":"sha256:0`, `"sha256:0`, "bad-value"},
	{`"policy":"sha256:`, `"policy":"sha256:G`, `"sha256:G`, "bad-value"},
	{`{"id":"XSA-108"`, `{"id":"XSA 108"`, `"XSA 108"`, "bad-id"},
	{`"id":"XSA-108","digest":"`, `"id":"XSA-108","digest":"x`, `"xsha`, "bad-value"},
	{`"start":"2014-09-28T11:00:00Z",` + "\n", `"start":"yesterday",`, `"yesterday"`, "bad-value"},
	{`"finish":"`, `"finish":7,"x":"`, `7,`, "bad-value"},
	{`"deadline":"`, `"deadline":"-`, `"-`, "bad-value"},
	{`"margin_seconds":-90`, `"margin_seconds":-90.5`, `-90.5`, "bad-value"},
	{`"latest_safe_start":"`, `"latest_safe_start":"~`, `"~`, "bad-value"},
	{`"makespan_seconds":1500`, `"makespan_seconds":null`, `"makespan_seconds":null`, "bad-type"},
	{`"seed":7`, `"seed":9007199254740993`, `9007199254740993`, "bad-value"},
	{`"seed":7`, `"seed":-7`, `-7`, "bad-value"},
	{`"steps":12`, `"steps":-12`, `-12`, "bad-value"},
	{`"steps":12`, `"steps":9007199254740993`, `9007199254740993`, "bad-value"},
	{`"steps":12`, `"steps":"12"`, `"12"`, "bad-value"},
	{`"bound":{`, `"bound":[{`, ``, "bad-json"},
	{`"seconds":1493`, `"seconds":"1493"`, `"1493"`, "bad-value"},
	{`"binding":"zone dfw-1"`, `"binding":["zone dfw-1"]`, `["zone`, "bad-type"},
	{`"gap":0.004689`, `"gap":0.0046891`, `0.0046891`, "bad-value"},
	{`"gap":0.004689`, `"gap":"0.004689"`, `"0.004689"`, "bad-value"},
	{`"gap":0.004689`, `"gap":1e300`, `1e300`, "bad-value"},
	{`"gap":0.004689`, `"gap":1e400`, `1e400`, "bad-value"},
	{`"host":"c-😀"`, `"host":"c\n😀"`, `"c\n😀"`, "bad-id"},
	{`"end":"2014-09-28T11:25:00Z"`, `"end":"2014-09-28"`, `"2014-09-28"`, "bad-value"},
	{`"canary":true`, `"canary":"true"`, `"true"`, "bad-value"},
	{`"window":{"from":"2014`, `"window":{"from":"14`, `"14`, "bad-value"},
	{`"to":"2014-09-28T11:31:40Z"`, `"to":"?"`, `"?"`, "bad-value"},
	{`{"guest":"vm-1"`, `{"guest":""`, `""`, "bad-id"},
	{`"from":"c-1"`, `"from":"c 1"`, `"c 1"`, "bad-id"},
	{`"to":"c-2"`, `"to":{}`, `{}`, "bad-type"},
	{`"at":"`, `"at":"x`, `"x2014`, "bad-value"},
	{`"reason":"protected"`, `"reason":"precious"`, `"precious"`, "bad-value"},
	{`{"host":"c-3"`, `{"host":3`, `3,"reason"`, "bad-type"},
	{`"binding":"zone dfw-1"`, `"binding":true`, `true}`, "bad-type"},
	{`"reason":"2 of 3 members\tare here"`, `"reason":2`, `2,"proposal"`, "bad-type"},
	{`"group":"acme/db"`, `"group":"acme db"`, `"acme db"`, "bad-id"},
	{`"group":""`, `"group":null`, `"group":null`, "bad-type"},
	{`"group":""`, `"group":[]`, `[],"reason":"vm-9`, "bad-type"},
	{`"proposal":[`, `"proposal":[],"x":[`, `[],"x"`, "empty-list"},
	{`"proposal":[`, `"proposal":["vm-2",`, `"vm-2",`, "bad-type"},
	{`"proposal":[`, `"proposal":null,"x":[`, `"proposal":null`, "bad-type"},
	{`{"guest":"vm-2"`, `{"guest":"vm 2"`, `"vm 2"`, "bad-id"},
	{`"to":"c-6"`, `"to":""`, `""}]}`, "bad-id"},
	{`"to":"c-6"`, `"to":"c-6","at":7`, `"at":7`, "unknown-key"},
	{`"reason":"2 of`, `"reason":null,"x":"2 of`, `"reason":null`, "bad-type"},
	{`"moves":[`, `"moves":[[],`, `[],`, "bad-type"},
	{`"blocked":[`, `"blocked":null,"x":[`, `"blocked":null`, "bad-type"},
	{`"seed":7`, `"seed":7,"speed":7`, `"speed"`, "unknown-key"},
	{`"canary":true`, `"canary":true,"canari":true`, `"canari"`, "unknown-key"},
	{`"seconds":1493`, `"seconds":1493,"minutes":25`, `"minutes"`, "unknown-key"},
	{`"window":{`, `"window":{"width":900,`, `"width"`, "unknown-key"},
	{`{"id":"XSA-108"`, `{"name":"x","id":"XSA-108"`, `"name"`, "unknown-key"},
	{`{"guest":"vm-1"`, `{"cost":1,"guest":"vm-1"`, `"cost"`, "unknown-key"},
	{`"reason":"protected"`, `"reason":"protected","by":"x"`, `"by"`, "unknown-key"},
	{`"group":"acme/db"`, `"group":"acme/db","tenant":"acme"`, `"tenant"`, "unknown-key"},
	{`"seed":7`, `"seed":7,"seed":8`, `"seed":8`, "duplicate-key"},
}

func TestEveryValueThatDoesNotFitIsReportedWithItsPlace(t *testing.T) {
	file := string(example().JSON())
	for _, fault := range faults {
		changed := strings.Replace(file, fault.old, fault.replacement, 1)
		if changed == file {
			t.Fatalf("%s is not there", fault.old)
		}
		got, problems := planfile.Parse("plan.json", []byte(changed))
		if got != nil || !problems.Failed() {
			t.Errorf("%s is accepted", fault.replacement)
			continue
		}
		if first := problems.Items()[0]; first.Code != fault.code || (fault.at != "" && first.Place != place(t, changed, fault.at)) {
			t.Errorf("%s: got %v, want %s at %v", fault.replacement, first, fault.code, place(t, changed, fault.at))
		}
	}
}

func TestEveryKeyThatIsMissingIsReported(t *testing.T) {
	file := string(example().JSON())
	for _, key := range []string{"version", "digest", "fleet", "advisories", "policy", "start", "finish", "deadline", "margin_seconds",
		"latest_safe_start", "makespan_seconds", "seed", "steps", "bound", "gap", "outages", "moves", "excluded", "blocked",
		"id", "seconds", "binding", "host", "end", "canary", "window", "from", "to", "guest", "at", "reason", "group"} {
		changed := strings.ReplaceAll(file, fmt.Sprintf("%q:", key), fmt.Sprintf("%q:", key+"x"))
		_, problems := planfile.Parse("plan.json", []byte(changed))
		found := false
		for _, p := range problems.Items() {
			found = found || p.Code == "missing-key" && strings.HasSuffix(p.Sentence, " has no "+key)
		}
		if !found {
			t.Errorf("%s is missing and nobody says so: %v", key, problems.Err())
		}
	}
}

func TestAllFaultsOfAPlanAreReportedAtOnce(t *testing.T) {
	file := string(example().JSON())
	replacer := strings.NewReplacer(`"seed":7`, `"seed":-7`, `"gap":0.004689`, `"gap":true`, `"makespan_seconds":1500`, `"makespan_seconds":"x"`,
		`"XSA-108"`, `"XSA 108"`, `"canary":true`, `"canary":1`, `"canary":false`, `"canary":null`, `"from":"c-1"`, `"from":""`,
		`"reason":"protected"`, `"reason":"?"`, `"host":"c-4"`, `"host":"c 4"`, `"group":"acme/db"`, `"group":[]`)
	_, problems := planfile.Parse("plan.json", []byte(replacer.Replace(file)))
	var lines []int
	for _, p := range problems.Items() {
		lines = append(lines, p.Place.Line)
	}
	if want := []int{6, 14, 15, 18, 20, 21, 24, 27, 28, 31}; !reflect.DeepEqual(lines, want) {
		t.Errorf("faults in lines %v, want %v: %v", lines, want, problems.Err())
	}
}

func TestOfAPlanOfAnotherVersionNothingElseIsSaid(t *testing.T) {
	_, problems := planfile.Parse("plan.json", []byte(`{"version":2,"anything":[]}`))
	if problems.Errors() != 1 || problems.Items()[0].Code != "unknown-version" {
		t.Errorf("%v", problems.Err())
	}
	_, problems = planfile.Parse("plan.json", []byte(`[]`))
	if problems.Errors() != 1 || problems.Items()[0].Code != "bad-type" {
		t.Errorf("%v", problems.Err())
	}
}

func TestAGapIsTheSameNumberHoweverItIsWritten(t *testing.T) {
	for _, written := range []string{"0.004689", "4.689e-3", "0.00468900", "4689e-6"} {
		changed := strings.Replace(string(example().JSON()), "0.004689", written, 1)
		got, problems := planfile.Parse("plan.json", []byte(changed))
		if problems.Failed() || got.GapMillionths != 4689 || got.ContentDigest() != got.Digest {
			t.Errorf("%s: %v", written, problems.Err())
		}
	}
}

func TestAFileIsReadFromItsPath(t *testing.T) {
	path := filepath.Join(t.TempDir(), "plan.json")
	if err := os.WriteFile(path, example().JSON(), 0o600); err != nil {
		t.Fatal(err)
	}
	if got, problems := planfile.Read(path); problems.Failed() || !reflect.DeepEqual(got, example()) {
		t.Errorf("%v", problems.Err())
	}
	missing := filepath.Join(t.TempDir(), "none.json")
	_, problems := planfile.Read(missing)
	if problems.Errors() != 1 || problems.Items()[0].Code != "cannot-read" || problems.Items()[0].Place.File != missing {
		t.Errorf("%v", problems.Err())
	}
}

func FuzzReadPlan(f *testing.F) {
	f.Add(string(example().JSON()))
	f.Add(`{"version":1}`)
	f.Fuzz(func(t *testing.T, text string) {
		p, problems := planfile.Parse("plan.json", []byte(text))
		if (p == nil) != problems.Failed() {
			t.Fatalf("a plan and errors, or neither: %v", problems.Err())
		}
		if p != nil {
			same(t, p)
		}
	})
}

func BenchmarkRead100kOutages(b *testing.B) {
	p := example()
	p.Outages = make([]plan.Outage, 100_000)
	for i := range p.Outages {
		from := start.Add(calendar.Seconds(i * 3))
		p.Outages[i] = plan.Outage{Host: fmt.Sprintf("host-%06d.rack-%02d", i, i%40), Start: from, End: from.Add(720), Window: calendar.Span{From: from, To: from.Add(2000)}}
	}
	data := p.JSON()
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		if _, problems := planfile.Parse("plan.json", data); problems.Failed() {
			b.Fatal(problems.Err())
		}
	}
}
