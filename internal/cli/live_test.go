package cli

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/campaign"
	"github.com/evenkeel-project/evenkeel/internal/core/guard"
	"github.com/evenkeel-project/evenkeel/internal/core/notice"
)

// redraw rewrites the golden pictures; read the diff before it is committed.
var redraw = flag.Bool("redraw", false, "rewrite the golden pictures")

const noon = calendar.Instant(1411905600) // 2014-09-28T12:00:00Z

// busyOverview is a campaign in which everything that a picture can show happens at once.
func busyOverview() campaign.Overview {
	deadline, opens := noon.Add(60*calendar.Hour), noon.Add(90*calendar.Minute)
	o := campaign.Overview{Campaign: "c-0123456789ab", Status: campaign.Running, At: noon, Start: noon.Add(-calendar.Hour), Finish: noon.Add(50 * calendar.Hour),
		Estimate: noon.Add(51 * calendar.Hour), Deadline: &deadline, Counts: campaign.Counts{Pending: 1471, InFlight: 6, Done: 210, Failed: 1, SetAside: 122}}
	waits := guard.Hold{Code: "region-order", Sentence: "region lon goes first: 101 of its 240 hosts are not through", Lifter: guard.Time}
	o.Regions = []campaign.DomainView{
		{Region: "syd", Counts: campaign.Counts{Done: 100}},
		{Region: "lon", Counts: campaign.Counts{Pending: 101, InFlight: 6, Done: 10, Failed: 1, SetAside: 122}, Down: 7},
		{Region: "dfw", Counts: campaign.Counts{Pending: 1370, Done: 100}, Holds: []guard.Hold{waits}},
	}
	o.Zones = []campaign.DomainView{
		{Region: "syd", Zone: "syd-1", Counts: campaign.Counts{Done: 100}},
		{Region: "lon", Zone: "lon-1", Counts: campaign.Counts{Pending: 50, InFlight: 6, Done: 10, Failed: 1, SetAside: 60}, Down: 7},
		{Region: "lon", Zone: "lon-2", Counts: campaign.Counts{Pending: 51, SetAside: 62}},
		{Region: "dfw", Zone: "dfw-1", Counts: campaign.Counts{Pending: 1370}},
	}
	o.Limits = []guard.Check{{Scope: "tenant", Name: "acme", Down: 1, Allowed: 1}, {Scope: "rack", Name: "r10 of lon-1", Down: 1, Allowed: 2},
		{Scope: "zone", Name: "lon-1", Down: 7, Allowed: 13}, {Scope: "fleet", Down: 7, Allowed: 200}}
	o.Notices = []campaign.NoticeCount{{Kind: notice.Planned, Accepted: 1484}, {Kind: notice.Courtesy, Accepted: 565, Queued: 3}, {Kind: notice.Late, Failed: 1}}
	o.Holds = []campaign.HoldCount{{Hold: waits, Hosts: 1363},
		{Hold: guard.Hold{Code: "before-window", Sentence: "their windows are not open yet", Until: &opens, Lifter: guard.Time}, Hosts: 69},
		{Hold: guard.Hold{Code: "no-contact", Sentence: "tenant zest has no contact", Lifter: guard.Operator}, Hosts: 2}}
	o.InFlight = []campaign.HostView{
		{Host: "lon-1-r01-h01", Zone: "lon-1", Phase: campaign.Acting, Since: noon.Add(-600), Estimate: noon.Add(120), Down: true, Canary: true},
		{Host: "lon-1-r02-h05", Zone: "lon-1", Phase: campaign.Acting, Since: noon.Add(-1800), Estimate: noon.Add(-300), Down: true, Late: true}}
	o.Stopped = []campaign.StoppedCohort{{Cohort: "generation=standard, region=lon", Canary: "lon-1-r02-h05", Fault: campaign.FaultUnpatched, Hosts: 121}}
	o.Troubles = []campaign.HostView{{Host: "lon-1-r02-h05", Zone: "lon-1", Phase: campaign.Failed, Fault: campaign.FaultUnpatched, Down: true,
		Reason: "for advisory XSA-108 it is vulnerable-running"}}
	return o
}

// hostileOverview has names that would act on a terminal, and names of wide characters.
func hostileOverview() campaign.Overview {
	o := busyOverview()
	o.Status = campaign.Halted
	o.Halt = &campaign.Halt{Reason: "3 of 50 hosts of zone \x1b[2J\u6771\u4eac failed, more than 5%"}
	o.Regions[1].Region, o.Zones[1].Zone = "\u6771\u4eac\u30c7\u30fc\u30bf\u30bb\u30f3\u30bf\u30fc\u7b2c\u4e00\u5730\u57df", "e\u0301te\u0301-\u6771\u4eac-1"
	o.InFlight[0].Host = strings.Repeat("\U0001f600", 60)
	o.Troubles[0].Host = "c-1\x1b]0;owned\x07\u202e"
	o.Troubles[0].Reason = "line\nforged line"
	o.Campaign = "c-\x1b[31m"
	return o
}

func latestLines() []string {
	var lines []string
	for i := range 30 {
		lines = append(lines, fmt.Sprintf("11:%02d:00 c-%d is done: new boot b-%d, XSA-108 fixed, 3 of 3 guests back", 30+i%30, i, i))
	}
	return lines
}

func TestAPictureOfACampaignIsAsItsGoldenFileShows(t *testing.T) {
	chicago := time.FixedZone("CDT", -5*3600)
	overviews := map[string]campaign.Overview{"busy": busyOverview(), "hostile": hostileOverview(), "empty": {Campaign: "c-0", Status: campaign.Finished, At: noon}}
	for name, o := range overviews {
		for _, size := range []struct{ width, height int }{{80, 24}, {120, 40}, {40, 10}, {80, 0}} {
			picture := (&painter{}).renderOverview(scene{overview: o, latest: latestLines(), trouble: "", zone: chicago, width: size.width, height: size.height})
			compareGolden(t, fmt.Sprintf("%s-%dx%d.txt", name, size.width, size.height), strings.Join(picture, "\n")+"\n")
		}
	}
}

func compareGolden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", "live", name)
	if *redraw {
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s:\n%s\nwant:\n%s", name, got, want)
	}
}

func TestColoursChangeNothingButTheColour(t *testing.T) {
	v := scene{overview: busyOverview(), latest: latestLines(), zone: time.UTC, width: 80, height: 24}
	plain := strings.Join((&painter{}).renderOverview(v), "\n")
	coloured := strings.Join((&painter{colour: true}).renderOverview(v), "\n")
	if !strings.Contains(coloured, "\x1b[") {
		t.Error("there is no colour")
	}
	for _, code := range []string{"0", "2", "31", "32", "33", "36"} {
		coloured = strings.ReplaceAll(coloured, "\x1b["+code+"m", "")
	}
	if coloured != plain {
		t.Errorf("without its colours the picture is\n%s\nwant\n%s", coloured, plain)
	}
}

// drawnCounts are counts of any size.
func drawnCounts(t *rapid.T, label string) campaign.Counts {
	n := func(what string) int {
		return rapid.OneOf(rapid.Just(0), rapid.IntRange(0, 5), rapid.IntRange(0, 200_000)).Draw(t, label+what)
	}
	return campaign.Counts{Pending: n("pending"), InFlight: n("flight"), Done: n("done"), Failed: n("failed"), SetAside: n("aside")}
}

func TestNoPictureIsLargerThanItsTerminal(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		o := rapid.SampledFrom([]campaign.Overview{busyOverview(), hostileOverview()}).Draw(t, "overview")
		o.Counts = drawnCounts(t, "all ")
		name := rapid.StringN(0, 20, 80)
		for i := range rapid.IntRange(0, 40).Draw(t, "regions") {
			o.Regions = append(o.Regions, campaign.DomainView{Region: name.Draw(t, "region"), Counts: drawnCounts(t, "region "), Down: i})
			o.Limits = append(o.Limits, guard.Check{Scope: "zone", Name: name.Draw(t, "zone"), Down: i, Allowed: 3})
			o.Troubles = append(o.Troubles, campaign.HostView{Host: name.Draw(t, "host"), Phase: campaign.Failed, Reason: name.Draw(t, "reason")})
		}
		v := scene{overview: o, latest: latestLines(), trouble: name.Draw(t, "trouble"), zone: time.UTC,
			width: rapid.IntRange(20, 300).Draw(t, "width"), height: rapid.IntRange(1, 100).Draw(t, "height")}
		lines := (&painter{}).renderOverview(v)
		if len(lines) > v.height {
			t.Fatalf("%d lines on a terminal of %d", len(lines), v.height)
		}
		for _, line := range lines {
			if columns(line) > v.width || strings.ContainsAny(line, "\x1b\n\r\x07") {
				t.Fatalf("on %d columns: %q has %d", v.width, line, columns(line))
			}
		}
	})
}

func TestABarHasACellForEverythingThatIsThere(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c, width := drawnCounts(t, ""), rapid.IntRange(len(marks), 200).Draw(t, "width")
		sum := 0
		for i, n := range shares(c, width) {
			sum += n
			if there := marks[i].count(c) > 0; there != (n > 0) {
				t.Fatalf("%+v on %d cells: %c has %d", c, width, marks[i].sign, n)
			}
		}
		if c.Total() > 0 && sum != width {
			t.Fatalf("%+v fills %d of %d cells", c, sum, width)
		}
	})
}

func TestATerminalIsGivenBackAsItWas(t *testing.T) {
	var out bytes.Buffer
	size := [2]int{80, 24}
	s := &screen{out: &out, size: func() (int, int) { return size[0], size[1] }}
	s.close()
	if out.Len() > 0 {
		t.Errorf("a screen that was never drawn wrote %q", out.String())
	}
	v := scene{overview: busyOverview(), zone: time.UTC}
	s.draw(v)
	size = [2]int{40, 10}
	before := out.Len()
	s.draw(v)
	if lines := strings.Count(out.String()[before:], "\r\n") + 1; lines > 10 {
		t.Errorf("%d lines after the terminal shrank to 10", lines)
	}
	s.close()
	s.close()
	for _, sequence := range []string{screenOpen, screenClose} {
		if n := strings.Count(out.String(), sequence); n != 1 {
			t.Errorf("%q was written %d times", sequence, n)
		}
	}
	if strings.Count(out.String(), cursorHome) != 2 || !strings.HasSuffix(out.String(), screenClose) {
		t.Errorf("it was drawn as %q", out.String())
	}
}

func TestTheColumnsOfATextAreThoseOfATerminal(t *testing.T) {
	for text, want := range map[string]int{"": 0, "c-1": 3, "\u6771\u4eac": 4, "e\u0301": 1, "\uac00\uff21": 4, "\U0001f600": 2, "\u00e9": 1} {
		if got := columns(text); got != want {
			t.Errorf("columns(%q) = %d, want %d", text, got, want)
		}
	}
	for _, c := range []struct {
		text, want string
		width      int
	}{{"abcdef", "abcdef", 6}, {"abcdef", "ab...", 5}, {"\u6771\u4eac\u90fd", "\u6771...", 5}, {"abcdef", "", 0}, {"abcdef", "a..", 3}, {"a\x1bb", `a\u001bb`, 20}} {
		if got := fitted(c.text, c.width); got != c.want {
			t.Errorf("fitted(%q, %d) = %q, want %q", c.text, c.width, got, c.want)
		}
	}
}
