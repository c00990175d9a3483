package plan_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"math/big"
	"sort"
	"strconv"
	"strings"
	"testing"
	"unicode/utf16"

	"pgregory.net/rapid"

	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/canon"
	"github.com/evenkeel-project/evenkeel/internal/core/plan"
)

const start = calendar.Instant(1411902000)

func example() *plan.Plan {
	deadline, margin, latest := start.Add(2*calendar.Day), calendar.Seconds(-90), start.Add(-90)
	return &plan.Plan{
		Fleet:      canon.Of([]byte("fleet")),
		Advisories: []plan.AdvisoryRef{{ID: "XSA-108", Digest: canon.Of([]byte("advisory"))}},
		Policy:     canon.Of([]byte("policy")),
		Start:      start, Finish: start.Add(1500), Deadline: &deadline, Margin: &margin, LatestSafeStart: &latest,
		Makespan: 1500, Seed: 7, Steps: 12, Bound: plan.Bound{Seconds: 1493, Binding: "zone dfw-1: 3 hosts \"one at a time\""},
		GapMillionths: plan.Gap(1500, 1493),
		Outages: []plan.Outage{
			{Host: "zürich-東京", Start: start, End: start.Add(600), Canary: true, Window: calendar.Span{From: start, To: start.Add(900)}},
			{Host: "c-😀", Start: start.Add(600), End: start.Add(1500), Window: calendar.Span{From: start.Add(600), To: start.Add(1900)}},
		},
		Moves:    []plan.Move{{Guest: "vm-1", From: "c-1", To: "c-2", At: start}},
		Excluded: []plan.Excluded{{Host: "c-3", Reason: plan.Protected}, {Host: "c-4", Reason: plan.NotAffected}},
		Blocked: []plan.Blocked{{Host: "c-5", Group: "acme/<db>", Reason: "2 of 3 members & a tab\there\u2028",
			Proposal: []plan.Proposed{{Guest: "vm-2", To: "c-6"}, {Guest: "vm-3", To: "c-7"}}}, {Host: "c-8", Reason: "vm-9 fits nowhere"}},
	}
}

// naive writes any JSON value canonically (RFC 8785) the slow and plain way; it shares no code with package canon.
func naive(t testing.TB, v any) string {
	switch v := v.(type) {
	case nil:
		return "null"
	case bool:
		return strconv.FormatBool(v)
	case string:
		return naiveString(v)
	case json.Number:
		return naiveNumber(t, v)
	case []any:
		parts := make([]string, len(v))
		for i, item := range v {
			parts[i] = naive(t, item)
		}
		return "[" + strings.Join(parts, ",") + "]"
	case map[string]any:
		keys := make([]string, 0, len(v))
		for key := range v {
			keys = append(keys, key)
		}
		sort.Slice(keys, func(i, j int) bool { return utf16Less(keys[i], keys[j]) })
		for i, key := range keys {
			keys[i] = naiveString(key) + ":" + naive(t, v[key])
		}
		return "{" + strings.Join(keys, ",") + "}"
	}
	t.Fatalf("no JSON value: %T", v)
	return ""
}

func naiveString(s string) string {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(s); err != nil {
		panic(err)
	}
	return strings.NewReplacer(`\u2028`, "\u2028", `\u2029`, "\u2029").Replace(strings.TrimSuffix(b.String(), "\n"))
}

// naiveNumber prints decimals between 1e-6 and 1e21, which is all that a plan has, without exponents.
func naiveNumber(t testing.TB, n json.Number) string {
	f, err := n.Float64()
	if err != nil {
		t.Fatal(err)
	}
	exact, ok := new(big.Rat).SetString(strconv.FormatFloat(f, 'g', -1, 64))
	if !ok {
		t.Fatalf("%s is no number", n)
	}
	s := exact.FloatString(20)
	return strings.TrimSuffix(strings.TrimRight(s, "0"), ".")
}

func utf16Less(a, b string) bool {
	x, y := utf16.Encode([]rune(a)), utf16.Encode([]rune(b))
	for i := 0; i < len(x) && i < len(y); i++ {
		if x[i] != y[i] {
			return x[i] < y[i]
		}
	}
	return len(x) < len(y)
}

// naiveDigest is the digest that a stranger with a JSON library would take of the plan's file.
func naiveDigest(t testing.TB, file []byte) canon.Digest {
	decoder := json.NewDecoder(bytes.NewReader(file))
	decoder.UseNumber()
	var document map[string]any
	if err := decoder.Decode(&document); err != nil {
		t.Fatalf("%v in\n%s", err, file)
	}
	delete(document, "digest")
	return canon.Digest(fmt.Sprintf("sha256:%x", sha256.Sum256([]byte(naive(t, document)))))
}

func TestTheDigestIsThatOfTheFileWithoutItsDigest(t *testing.T) {
	for name, p := range map[string]*plan.Plan{"example": example(), "empty": {}} {
		p.Seal()
		if want := naiveDigest(t, p.JSON()); p.Digest != want {
			t.Errorf("%s: the plan says %s, the file %s\n%s", name, p.Digest, want, p.JSON())
		}
	}
}

func drawPlan(t *rapid.T) *plan.Plan {
	name := rapid.String()
	instant := rapid.Map(rapid.Int64Range(0, 4e9), func(n int64) calendar.Instant { return calendar.Instant(n) })
	length := rapid.Map(rapid.Int64Range(-1<<53, 1<<53), func(n int64) calendar.Seconds { return calendar.Seconds(n) })
	p := &plan.Plan{
		Fleet: canon.Digest(name.Draw(t, "fleet")), Policy: canon.Digest(name.Draw(t, "policy")),
		Start: instant.Draw(t, "start"), Finish: instant.Draw(t, "finish"), Makespan: length.Draw(t, "makespan"),
		Seed: rapid.Uint64Range(0, 1<<53).Draw(t, "seed"), Steps: rapid.Int64Range(0, 1<<53).Draw(t, "steps"),
		Bound: plan.Bound{Seconds: length.Draw(t, "bound"), Binding: name.Draw(t, "binding")}, GapMillionths: rapid.Int64Range(0, 1e15).Draw(t, "gap"),
	}
	if rapid.Bool().Draw(t, "embargo") {
		deadline, margin, latest := instant.Draw(t, "deadline"), length.Draw(t, "margin"), instant.Draw(t, "latest")
		p.Deadline, p.Margin, p.LatestSafeStart = &deadline, &margin, &latest
	}
	for range rapid.IntRange(0, 3).Draw(t, "items") {
		p.Advisories = append(p.Advisories, plan.AdvisoryRef{ID: name.Draw(t, "advisory"), Digest: "sha256:0"})
		p.Outages = append(p.Outages, plan.Outage{Host: name.Draw(t, "host"), Start: instant.Draw(t, "from"), End: instant.Draw(t, "to"),
			Canary: rapid.Bool().Draw(t, "canary"), Window: calendar.Span{From: instant.Draw(t, "w"), To: instant.Draw(t, "w")}})
		p.Moves = append(p.Moves, plan.Move{Guest: name.Draw(t, "guest"), From: "a", To: "b", At: instant.Draw(t, "at")})
		p.Excluded = append(p.Excluded, plan.Excluded{Host: name.Draw(t, "excluded"), Reason: plan.Fixed})
		b := plan.Blocked{Host: name.Draw(t, "blocked"), Group: name.Draw(t, "group"), Reason: name.Draw(t, "reason")}
		for range rapid.IntRange(0, 2).Draw(t, "proposed") {
			b.Proposal = append(b.Proposal, plan.Proposed{Guest: name.Draw(t, "guest"), To: name.Draw(t, "to")})
		}
		p.Blocked = append(p.Blocked, b)
	}
	return p
}

func TestTheDigestOfAnyPlanIsThatOfItsFile(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		p := drawPlan(rt)
		p.Seal()
		if want := naiveDigest(t, p.JSON()); p.Digest != want {
			rt.Fatalf("the plan says %s, the file %s\n%s", p.Digest, want, p.JSON())
		}
	})
}

func TestEveryFieldCountsInTheDigest(t *testing.T) {
	sealed := example().ContentDigest()
	for name, change := range map[string]func(*plan.Plan){
		"fleet":    func(p *plan.Plan) { p.Fleet += "0" },
		"advisory": func(p *plan.Plan) { p.Advisories[0].Digest += "0" },
		"id":       func(p *plan.Plan) { p.Advisories[0].ID = "XSA-109" },
		"policy":   func(p *plan.Plan) { p.Policy += "0" },
		"start":    func(p *plan.Plan) { p.Start++ },
		"finish":   func(p *plan.Plan) { p.Finish++ },
		"deadline": func(p *plan.Plan) { p.Deadline = nil },
		"margin":   func(p *plan.Plan) { *p.Margin++ },
		"latest":   func(p *plan.Plan) { *p.LatestSafeStart++ },
		"makespan": func(p *plan.Plan) { p.Makespan++ },
		"seed":     func(p *plan.Plan) { p.Seed++ },
		"steps":    func(p *plan.Plan) { p.Steps++ },
		"bound":    func(p *plan.Plan) { p.Bound.Seconds++ },
		"binding":  func(p *plan.Plan) { p.Bound.Binding += "." },
		"gap":      func(p *plan.Plan) { p.GapMillionths++ },
		"host":     func(p *plan.Plan) { p.Outages[0].Host += "x" },
		"outage":   func(p *plan.Plan) { p.Outages[1].Start++ },
		"end":      func(p *plan.Plan) { p.Outages[1].End++ },
		"canary":   func(p *plan.Plan) { p.Outages[1].Canary = true },
		"from":     func(p *plan.Plan) { p.Outages[1].Window.From++ },
		"to":       func(p *plan.Plan) { p.Outages[1].Window.To++ },
		"order":    func(p *plan.Plan) { p.Outages[0], p.Outages[1] = p.Outages[1], p.Outages[0] },
		"fewer":    func(p *plan.Plan) { p.Outages = p.Outages[:1] },
		"move":     func(p *plan.Plan) { p.Moves[0].To = "c-9" },
		"guest":    func(p *plan.Plan) { p.Moves[0].Guest = "vm-9" },
		"leaves":   func(p *plan.Plan) { p.Moves[0].From = "c-9" },
		"at":       func(p *plan.Plan) { p.Moves[0].At++ },
		"proposed": func(p *plan.Plan) { p.Blocked[0].Proposal[0].Guest = "vm-9" },
		"target":   func(p *plan.Plan) { p.Blocked[0].Proposal[1].To = "c-9" },
		"proposal": func(p *plan.Plan) { p.Blocked[0].Proposal = nil },
		"excluded": func(p *plan.Plan) { p.Excluded[0].Reason = plan.Fixed },
		"blocked":  func(p *plan.Plan) { p.Blocked[0].Group = "acme/db" },
		"reason":   func(p *plan.Plan) { p.Blocked[0].Reason = "" },
	} {
		p := example()
		if change(p); p.ContentDigest() == sealed {
			t.Errorf("a changed %s leaves the digest as it was", name)
		}
	}
	p := example()
	if p.Seal(); p.ContentDigest() != sealed {
		t.Error("sealing a plan changes the digest of its content")
	}
}

func TestAFileHasALineForEachOutageInReadingOrder(t *testing.T) {
	p := example()
	p.Digest = "sha256:d"
	const want = `{
"version":1,
"digest":"sha256:d",
"fleet":"sha256:f"`
	p.Fleet = "sha256:f"
	file := string(p.JSON())
	if !strings.HasPrefix(file, want) {
		t.Errorf("the file starts\n%s", file[:100])
	}
	for _, line := range []string{
		`"gap":0.004689,`,
		`"moves":[`,
		`{"host":"c-😀","start":"2014-09-28T11:10:00Z","end":"2014-09-28T11:25:00Z","canary":false,"window":{"from":"2014-09-28T11:10:00Z","to":"2014-09-28T11:31:40Z"}}`,
		`{"host":"c-3","reason":"protected"},`,
		`"steps":12,`,
		`{"guest":"vm-1","from":"c-1","to":"c-2","at":"2014-09-28T11:00:00Z"}`,
		`{"host":"c-8","group":"","reason":"vm-9 fits nowhere"}`,
	} {
		if !strings.Contains(file, "\n"+line+"\n") {
			t.Errorf("no line %s in\n%s", line, file)
		}
	}
	if empty := string((&plan.Plan{}).JSON()); !strings.Contains(empty, "\"outages\":[],\n") || !strings.Contains(empty, "\"deadline\":null,\n") {
		t.Errorf("an empty plan is\n%s", empty)
	}
}

func TestTheGapIsRoundedHalfUpToMillionths(t *testing.T) {
	for _, example := range []struct{ makespan, bound, want calendar.Seconds }{
		{100, 0, 0}, {0, 0, 0}, {100, 100, 0}, {1500, 1493, 4689}, {1_000_001, 1_000_000, 1}, {2_000_001, 2_000_000, 1},
		{4_000_001, 4_000_000, 0}, {2, 1, 1_000_000}, {4, 3, 333333}, {5, 3, 666667},
	} {
		if got := plan.Gap(example.makespan, example.bound); got != int64(example.want) {
			t.Errorf("makespan %d over bound %d: %d millionths, want %d", example.makespan, example.bound, got, example.want)
		}
	}
}

func benchmarkPlan() *plan.Plan {
	p := example()
	p.Outages = make([]plan.Outage, 100_000)
	for i := range p.Outages {
		from := start.Add(calendar.Seconds(i * 3))
		p.Outages[i] = plan.Outage{Host: fmt.Sprintf("host-%06d.rack-%02d", i, i%40), Start: from, End: from.Add(720), Window: calendar.Span{From: from, To: from.Add(2000)}}
	}
	return p
}

func BenchmarkContentDigest100kOutages(b *testing.B) {
	p := benchmarkPlan()
	b.ReportAllocs()
	for b.Loop() {
		p.Seal()
	}
}

func BenchmarkJSON100kOutages(b *testing.B) {
	p := benchmarkPlan()
	b.ReportAllocs()
	for b.Loop() {
		b.SetBytes(int64(len(p.JSON())))
	}
}
