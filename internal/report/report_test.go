package report_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"html"
	"io"
	"regexp"
	"strings"
	"testing"

	"github.com/evenkeel-project/evenkeel/internal/core/evidence"
	"github.com/evenkeel-project/evenkeel/internal/core/problem"
	"github.com/evenkeel-project/evenkeel/internal/report"
)

var source = report.Source{File: "evidence.ndjson", Key: "evidence.pub", Fingerprint: "SHA256:uNiVztksCsDhcc0u9e8BrrOSrEBfzF5kA"}

// written returns the page of a verdict. Findings of the made-up record are taken away: it is judged elsewhere.
func written(t testing.TB, v *evidence.Verdict) string {
	t.Helper()
	var b bytes.Buffer
	if err := report.Write(&b, v, source); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// visible returns the text of a page without its style, with white space folded.
func visible(page string) string {
	page = regexp.MustCompile(`(?s)<style>.*?</style>|<[^>]*>`).ReplaceAllString(page, " ")
	return html.UnescapeString(strings.Join(strings.Fields(page), " "))
}

func mustSay(t *testing.T, page string, sentences ...string) {
	t.Helper()
	text := visible(page)
	for _, s := range sentences {
		if !strings.Contains(text, s) {
			t.Errorf("the page does not say %q", s)
		}
	}
}

func TestTheFirstScreenAnswersWhatPeopleAskFirst(t *testing.T) {
	v := newRecord(8).verdict(t)
	v.Findings = problem.List{}
	page := written(t, v)
	mustSay(t, page, "10 hosts not done", "What was patched? 14 of 24 hosts planned Against XSA-108.", "In time? Only for 14 of 24 hosts", "6h 30m before the deadline, and the others are not done.",
		"The deadline was Sun 28 Sep 2014 21:00 UTC, the embargo lifts on Mon 29 Sep 2014 09:00 UTC.",
		"Were all rules kept? Yes, by the record 16 grants held against", "Who approved? ben@acme.example and cyd@acme.example Proposed by ada@acme.example",
		"What went wrong? 1 host failed Also: 9 hosts set aside, 1 host later than said, 1 cohort stopped by a canary, 1 failed host not yet proven up.")
	if first := strings.Index(page, "<h2"); strings.Index(page, `class="answers"`) > first {
		t.Error("something stands before the answers")
	}
}

func TestEveryHostAndItsReasonIsOnThePage(t *testing.T) {
	v := newRecord(8).verdict(t)
	page := written(t, v)
	mustSay(t, page, "8 hosts set aside, never touched: the canary of its cohort failed.", "it did not come back; proven off: it did not answer for 15m. Guests not back: vm-7 vm-8", "all but 2",
		"it rebooted and the fix does not run: XSA-108 is unknown", "not proven up", "cohort stopped", "dfw: 8 hosts, 6 done, 1 failed, 1 set aside",
		"00000001 → 00100001", "fleet 3+1 of 4", "7 of 7", "courtesy iad 2 2 0", source.Fingerprint, "evenkeel evidence verify")
	for _, h := range v.Account.Hosts {
		if !strings.Contains(page, ">"+h.ID+"<") {
			t.Errorf("host %s is not on the page", h.ID)
		}
	}
}

func TestFindingsStandOnThePageAndInItsAnswer(t *testing.T) {
	v := newRecord(4).verdict(t)
	if !v.Findings.Failed() {
		t.Fatal("the made-up record has no findings to show")
	}
	mustSay(t, written(t, v), "Were all rules kept? No: "+fmt.Sprint(v.Findings.Errors())+" findings", "Against the rules, by the record itself")
}

func TestThePageNeedsNothingFromOutside(t *testing.T) {
	page := written(t, newRecord(8).verdict(t))
	for _, stray := range []string{"<script", "http://", "https://", "src=", "url(", "@import", "<link", "<img", "onclick", "javascript:"} {
		if strings.Contains(page, stray) {
			t.Errorf("the page has %q", stray)
		}
	}
	for _, wanted := range []string{"default-src 'none'", "prefers-color-scheme: dark", `<html lang="en">`, "role=\"img\" aria-label="} {
		if !strings.Contains(page, wanted) {
			t.Errorf("the page lacks %q", wanted)
		}
	}
	if tables, captions := strings.Count(page, "<table"), strings.Count(page, "<caption>"); tables == 0 || tables != captions {
		t.Errorf("%d tables, %d captions", tables, captions)
	}
}

func TestThePageIsWellFormed(t *testing.T) {
	for _, r := range []*record{newRecord(8), {deadline: nil}} {
		page := written(t, r.verdict(t))
		decoder := xml.NewDecoder(strings.NewReader(page))
		decoder.Strict, decoder.AutoClose, decoder.Entity = false, []string{"meta"}, xml.HTMLEntity
		for {
			if _, err := decoder.Token(); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				t.Fatal(err)
			}
		}
	}
}

func TestAHostileNameStaysText(t *testing.T) {
	const hostile = `<script>alert(1)</script>" onload="x`
	v := newNamed(4, func(region string, n int) string { return hostile + region + fmt.Sprint(n) }).verdict(t)
	if page := written(t, v); strings.Contains(page, "<script") || !strings.Contains(page, "&lt;script&gt;alert(1)") {
		t.Error("a host's name became part of the page")
	}
}

func TestARecordThatEndsEarlyIsToldAsSuch(t *testing.T) {
	r := newRecord(4)
	for _, c := range []struct {
		events int
		want   string
	}{{0, "Not started"}, {3, "Not started"}, {5, "Not ended: the record stops while the campaign is running"}, {14, "Not ended"}} {
		short := *r
		short.events = r.events[:c.events]
		mustSay(t, written(t, short.verdict(t)), c.want)
	}
}

func TestALateCampaignAndOneWithoutDeadlineSaySo(t *testing.T) {
	r := newRecord(4)
	whole := r.verdict(t)
	whole.Account.Summary.Done = len(whole.Account.Hosts)
	mustSay(t, written(t, whole), "In time? Yes, 7h before the deadline")
	early := start.Add(60)
	r.deadline = &early
	mustSay(t, written(t, r.verdict(t)), "In time? No, 2h 59m late")
	r.deadline = nil
	mustSay(t, written(t, r.verdict(t)), "In time? No deadline")
	far := start.Add(90 * 24 * 3600)
	r.deadline = &far
	mustSay(t, written(t, r.verdict(t)), "lies 89d 21h to the right of what is drawn")
}

func TestARecordThatIsNotIntactGetsNoPage(t *testing.T) {
	v := newRecord(1).verdict(t)
	v.Faults.Addf("evidence-chain", problem.Place{}, "", "altered")
	var b bytes.Buffer
	if err := report.Write(&b, v, source); err == nil || b.Len() > 0 {
		t.Errorf("%d bytes written, %v", b.Len(), err)
	}
}

func TestAPageOfTwoThousandHostsStaysSmall(t *testing.T) {
	const most = 3 << 20
	if page := written(t, newRecord(1000).verdict(t)); len(page) > most {
		t.Errorf("%d bytes", len(page))
	}
}

func BenchmarkWrite(b *testing.B) {
	v := newRecord(1000).verdict(b)
	for b.Loop() {
		if err := report.Write(io.Discard, v, source); err != nil {
			b.Fatal(err)
		}
	}
}
