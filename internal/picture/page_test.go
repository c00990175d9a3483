package picture_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"html"
	"regexp"
	"strings"
	"testing"

	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/plan"
	"github.com/evenkeel-project/evenkeel/internal/picture"
)

// visible returns the text of a page without style, script and data, with white space folded.
func visible(page []byte) string {
	text := regexp.MustCompile(`(?s)<style>.*?</style>|<script.*?</script>|<noscript>.*?</noscript>|<[^>]*>`).ReplaceAllString(string(page), " ")
	return html.UnescapeString(strings.Join(strings.Fields(text), " "))
}

func mustSay(t *testing.T, page []byte, sentences ...string) {
	t.Helper()
	text := visible(page)
	for _, s := range sentences {
		if !strings.Contains(text, s) {
			t.Errorf("the page does not say %q", s)
		}
	}
}

func TestThePageAnswersInOrderWhatPeopleAsk(t *testing.T) {
	text := visible(page(t, made(t, small)))
	at := 0
	for _, sentence := range []string{
		"Plan for XSA-108", "Meets the deadline with 3h to spare", "sha256:p", "Start Sun 28 Sep 2014 11:00 UTC", "Finish ", "Deadline ", "12h before the embargo ends",
		"Latest safe start ", "Bound ", "Could it be shorter? By 10m at most", "Touches 48 hosts 2 first as canaries; 48 guests go down, 48 are moved off first",
		"Stays exposed 2 hosts 1 blocked and 1 protected by the policy",
		"When does which host go down", "Regions and zones", "r1 24 ", "r1-z1 12 ", "2 of 2", "What binds", "zones of region r1 one at a time",
		"The tail past the bound", "This one takes 10m longer", "is at its limit until then",
		"Blocked hosts", "blocked-1 its outage takes down 2 of the 2 members of group acme/db", "Left out, and moved", "1 host fixed already", "1 move of guests comes before the outages",
	} {
		next := strings.Index(text[at:], sentence)
		if next < 0 {
			t.Fatalf("the page does not say %q after %q", sentence, text[max(0, at-60):at])
		}
		at += next
	}
}

func TestABlockedHostSaysWhichGuestsCouldBeMovedFirstAndWhereTo(t *testing.T) {
	in := made(t, small)
	blocked := &in.Plan.Blocked[0]
	blocked.Proposal = []plan.Proposed{{Guest: "db-1", To: "c"}, {Guest: "db-2", To: "d"}}
	want := blocked.Reason + "; proposed to move: db-1 to c and db-2 to d"
	text := page(t, in)
	mustSay(t, text, want)
	if got := decode(t, text).refused; len(got) != 1 || got[0] != want {
		t.Errorf("the data says %q", got)
	}
	for range 10 {
		blocked.Proposal = append(blocked.Proposal, plan.Proposed{Guest: "db-3", To: "e"})
	}
	mustSay(t, page(t, in), strings.Repeat("db-3 to e, ", 7)+"db-3 to e and 2 more")
}

func TestAMissedDeadlineAndAProvenPlanAreSaid(t *testing.T) {
	in := made(t, small)
	margin := -90 * calendar.Minute
	in.Plan.Margin, in.Plan.Bound.Seconds = &margin, in.Plan.Makespan
	mustSay(t, page(t, in), "Misses the deadline by 1h 30m", "a start as late as this would have met the deadline", "No: proven", "None: this plan is as short as any can be.")
	earlier := start.Add(calendar.Hour)
	margin, in.Plan.LatestSafeStart = 3*calendar.Hour, &earlier
	mustSay(t, page(t, in), "started later still, an outage of this order would meet a freeze")
	in.Plan.Margin, in.Plan.Deadline, in.Plan.LatestSafeStart = nil, nil, nil
	mustSay(t, page(t, in), "there is no deadline")
}

func TestAPlanWithoutOutagesIsAPageToo(t *testing.T) {
	in := made(t, small)
	in.Plan = &plan.Plan{Start: start, Finish: start, Excluded: []plan.Excluded{{Host: "a", Reason: plan.Fixed}}}
	in.Study = nil
	mustSay(t, page(t, in), "Nothing to do", "1 host fixed already")
	if !bytes.Contains(drawing(t, in), []byte("Nothing to do")) {
		t.Error("the drawing does not say that there is nothing to do")
	}
}

func TestAPlanOfAnotherFleetIsRefused(t *testing.T) {
	in := made(t, small)
	in.Plan.Outages[3].Host = "stranger"
	for name, err := range map[string]error{"page": picture.Page(&bytes.Buffer{}, in), "drawing": picture.SVG(&bytes.Buffer{}, in)} {
		if err == nil || !strings.Contains(err.Error(), `"stranger"`) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// torn fails after some bytes.
type torn struct{ left int }

func (w *torn) Write(b []byte) (int, error) {
	if w.left -= len(b); w.left < 0 {
		return 0, errors.New("the disk is full")
	}
	return len(b), nil
}

func TestAFullDiskIsNoticedWhereverItStrikes(t *testing.T) {
	in := made(t, small)
	whole := len(page(t, in))
	for left := 0; left < whole; left += whole / 40 {
		if picture.Page(&torn{left}, in) == nil {
			t.Errorf("nothing was said of a disk with %d of %d bytes", left, whole)
		}
	}
}

func TestTheSamePlanGivesTheSameBytes(t *testing.T) {
	one, two := made(t, small), made(t, small)
	if !bytes.Equal(page(t, one), page(t, two)) || !bytes.Equal(drawing(t, one), drawing(t, two)) {
		t.Error("two pictures of one plan differ")
	}
}

func TestThePageAllowsItsOwnScriptAndStyleAndNothingElse(t *testing.T) {
	text := string(page(t, made(t, small)))
	hash := func(opening, closing string) string {
		_, rest, _ := strings.Cut(text, opening)
		inside, _, _ := strings.Cut(rest, closing)
		sum := sha256.Sum256([]byte(inside))
		return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
	}
	want := fmt.Sprintf("default-src 'none'; script-src '%s'; style-src '%s'; base-uri 'none'; form-action 'none'", hash("\n<script>", "</script>"), hash("<style>", "</style>"))
	if !strings.Contains(text, `content="`+want+`"`) {
		t.Errorf("the page does not allow exactly %s", want)
	}
	for _, stray := range []string{"http:", "https:", " src=", "@import", "<link", "<img", " style=", "onclick", "innerHTML", "eval(", "javascript:"} {
		if body := strings.ReplaceAll(text, "http://www.w3.org/2000/svg", ""); strings.Contains(body, stray) {
			t.Errorf("the page has %q", stray)
		}
	}
	for _, wanted := range []string{"prefers-color-scheme: dark", "forced-colors: active", "@media print", "<noscript>", `<html lang="en">`} {
		if !strings.Contains(text, wanted) {
			t.Errorf("the page lacks %q", wanted)
		}
	}
	if tables, captions := strings.Count(text, "<table"), strings.Count(text, "<caption>"); tables < 4 || tables != captions {
		t.Errorf("%d tables, %d captions", tables, captions)
	}
}

// hostileNames are legal ids, and words of a study, that would break out of markup that is not escaped.
func hostileNames(t *testing.T) picture.Input {
	in := made(t, shape{regions: 2, zones: 2, racks: 3, hosts: 4, together: 2, name: func(zone string, n int) string {
		return fmt.Sprintf("</script><img/src=x>&%s-%d", zone, n)
	}})
	in.Study.Reasons[0].Words = "</script><script>document.documentElement.dataset.broken=1</script>\u2028'\"<!--"
	in.Study.Loads[0].Name = "<b>\u2029</b>"
	in.Plan.Blocked[0].Reason = "<script>document.documentElement.dataset.broken=1</script>\u202e\x1b[2J"
	in.Plan.Blocked[0].Proposal = []plan.Proposed{{Guest: "<img/src=x>\u202e", To: "<script>\x1b[2J</script>"}}
	in.Plan.Bound.Binding = "<svg/onload=1> [</li><script>document.documentElement.dataset.broken=1</script>]"
	in.Plan.Advisories[0].ID = "</title><script>document.documentElement.dataset.broken=1</script>"
	return in
}

func TestAHostileNameStaysText(t *testing.T) {
	in := hostileNames(t)
	text := page(t, in)
	if n := bytes.Count(text, []byte("<script")); n != 2 {
		t.Errorf("the page has %d scripts and data, not 2", n)
	}
	for _, stray := range []string{"<img", "<svg/", "\u2028", "\u2029", "\u202e", "\x1b", "<title></title>"} {
		if bytes.Contains(text, []byte(stray)) || bytes.Contains(drawing(t, in), []byte(stray)) {
			t.Errorf("%q became part of a picture", stray)
		}
	}
	if d := decode(t, text); len(d.outages) != len(in.Plan.Outages) {
		t.Errorf("%d hosts in the data, %d in the plan", len(d.outages), len(in.Plan.Outages))
	}
}
