package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/evenkeel-project/evenkeel/internal/core/campaign"
	"github.com/evenkeel-project/evenkeel/internal/core/evidence"
	"github.com/evenkeel-project/evenkeel/internal/core/problem"
	"github.com/evenkeel-project/evenkeel/internal/request"
)

// demoDesk is a desk on which everything goes as a test says.
type demoDesk struct {
	Desk
	asked   []request.Request
	approve error
	kill    error
	killed  bool
	seen    Witnessed
}

func (d *demoDesk) AskCampaign(_ context.Context, _ string, r request.Request, _ time.Duration) (Reply, error) {
	d.asked = append(d.asked, r)
	return Reply{}, nil
}

func (d *demoDesk) KeptCampaign(string) (Kept, error) { return Kept{}, d.approve }

func (d *demoDesk) RunKilled(context.Context, []string, time.Duration, io.Writer, io.Writer) (bool, error) {
	return d.killed, d.kill
}

func (d *demoDesk) CallWitnesses(context.Context, string, string) (Witnessed, error) {
	return d.seen, nil
}

func (d *demoDesk) VerifyEvidence(EvidenceSource, func(done, total int64)) (VerifiedEvidence, problem.List) {
	return VerifiedEvidence{Verdict: &evidence.Verdict{Account: &evidence.Account{}}}, problem.List{}
}

// demoAt returns a demo in a directory, and what it prints on both streams.
func demoAt(desk *demoDesk, dir string) (*demonstration, *bytes.Buffer) {
	var out bytes.Buffer
	s := &session{Streams: Streams{Out: &out, Err: &out, Program: []string{"evenkeel"}, Zone: time.UTC}, desk: desk, output: newResultWriter(io.Discard)}
	return &demonstration{session: s, files: filesIn(dir)}, &out
}

// doneHosts are n events of hosts that are done.
func doneHosts(n int) []campaign.Event {
	return slices.Repeat([]campaign.Event{{Kind: campaign.HostDone, Host: "h"}}, n)
}

func TestTheGuidePausesInTheThirdRegionAndResumesWhenNothingIsInFlight(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		desk := &demoDesk{}
		d, _ := demoAt(desk, "d")
		g := &guide{demonstration: d}
		see := g.startBeside(d.spectate())
		flying := 3
		look := func() (campaign.Overview, bool) {
			return campaign.Overview{Regions: []campaign.DomainView{{Region: "a"}, {Region: "b"}, {Region: "c"}},
				Counts: campaign.Counts{InFlight: flying}}, true
		}
		starts := func(region string) []campaign.Event {
			return []campaign.Event{{Kind: campaign.RegionStarted, Region: region}}
		}
		for i, step := range []struct {
			events []campaign.Event
			flying int
			asked  []request.Verb
		}{
			{starts("a"), 3, nil},
			{doneHosts(doneBefore), 3, nil},
			{starts("b"), 3, nil},
			{doneHosts(doneBefore), 0, nil},
			{starts("c"), 3, nil},
			{doneHosts(doneBefore - 1), 3, nil},
			{doneHosts(1), 3, []request.Verb{request.Pause}},
			{nil, 0, []request.Verb{request.Pause}}, // it is not paused yet
			{doneHosts(1), 0, []request.Verb{request.Pause}},
			{[]campaign.Event{{Kind: campaign.CampaignPaused}}, 3, []request.Verb{request.Pause}},
			{doneHosts(2), 1, []request.Verb{request.Pause}},
			{doneHosts(1), 0, []request.Verb{request.Pause, request.Resume}},
			{doneHosts(doneBefore), 0, []request.Verb{request.Pause, request.Resume}},
		} {
			flying = step.flying
			see(Turn{Events: step.events}, look)
			var asked []request.Verb
			for _, r := range desk.asked {
				asked = append(asked, r.Verb)
			}
			if !slices.Equal(asked, step.asked) {
				t.Fatalf("step %d: asked for %v, want %v", i, asked, step.asked)
			}
		}
	})
}

func TestTheGuideSaysEachThingOnceUnderItsLine(t *testing.T) {
	d, out := demoAt(&demoDesk{}, "d")
	see := (&guide{demonstration: d}).startBeside(d.spectate())
	look := func() (campaign.Overview, bool) { return campaign.Overview{}, true }
	for _, host := range []string{"h-1", "h-2"} {
		for _, e := range []campaign.Event{
			{Kind: campaign.HostLate, Host: host}, {Kind: campaign.HostStuck, Host: host}, {Kind: campaign.CohortStopped, Host: host},
			{Kind: campaign.HostSetAside, Host: host, Fault: campaign.FaultWindow}, {Kind: campaign.HostSetAside, Host: host, Fault: campaign.FaultStuck},
		} {
			see(Turn{Events: []campaign.Event{e}}, look)
		}
	}
	for text, want := range map[string]int{"\n                 Host h-1 takes longer": 1, "\n                 Canary h-1 came back": 1,
		"\n                 Host h-1 never came back": 1, "\n                 Host h-1 is set aside": 1, "\n                 Host h-2": 0} {
		if got := strings.Count(out.String(), text); got != want {
			t.Errorf("%q is said %d times, want %d:\n%s", text, got, want, out)
		}
	}
}

func TestOnATerminalTheGuideIsReadInThePicture(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d, out := demoAt(&demoDesk{}, "d")
		d.ErrIsTerminal = true
		d.Size = func() (int, int) { return 60, 20 }
		show := d.spectate()
		see := (&guide{demonstration: d}).startBeside(show)
		before := time.Now()
		see(Turn{Events: []campaign.Event{{Kind: campaign.HostLate, Host: "h-1"}}}, func() (campaign.Overview, bool) { return busyOverview(), true })
		if !strings.Contains(out.String(), "demo     Host h-1 takes longer than planned.") || time.Since(before) != readingTime {
			t.Errorf("after %v:\n%s", time.Since(before), out)
		}
		show.draw(func() (campaign.Overview, bool) { return busyOverview(), true })
		if strings.Count(out.String(), "takes longer") != 1 {
			t.Errorf("it stays:\n%s", out)
		}
	})
}

func TestTheDemoFailsWhenWhatMustBeRefusedIsNot(t *testing.T) {
	for _, err := range []error{errors.New("another fault"), problem.Problem{Code: "already-approved"}} {
		d, _ := demoAt(&demoDesk{approve: err}, "d")
		if got := d.refusedApproval(Signing{Key: "k"}); !hasCode(got, "demo-failed") {
			t.Errorf("for %v: %v", err, got)
		}
	}
	d, out := demoAt(&demoDesk{approve: problem.Problem{Code: "proposer-approves", Sentence: "it was he"}}, "d")
	if err := d.refusedApproval(Signing{Key: "k"}); err != nil || !strings.Contains(out.String(), "Refused, as it must be: it was he") {
		t.Errorf("%v\n%s", err, out)
	}
}

func TestOneBitOfTheRecordIsChangedInTheSecondOfATimeAndAnAcceptedForgeryFailsTheDemo(t *testing.T) {
	for record, forged := range map[string]string{"record\n": "recnrd\n", "a time: 11:12:10Z\"": "a time: 11:12:11Z\"", "10Z\"\n": "11Z\"\n"} {
		dir := t.TempDir()
		d, _ := demoAt(&demoDesk{}, dir)
		if err := os.WriteFile(d.files.evidence, []byte(record), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := d.forged(); !hasCode(err, "demo-failed") {
			t.Errorf("a forgery that is accepted: %v", err)
		}
		copied, err := os.ReadFile(filepath.Join(dir, "altered.ndjson"))
		if err != nil || string(copied) != forged {
			t.Errorf("the copy of %q is %q, %v", record, copied, err)
		}
	}
}

func TestTheDemoFailsWhenAWitnessSaysOtherwise(t *testing.T) {
	for _, seen := range []Witnessed{{Again: []string{"h-1"}}, {Doubled: []string{"n-1"}}, {Lost: []string{"n-1"}}, {Stray: []string{"x.eml"}}} {
		d, _ := demoAt(&demoDesk{seen: seen}, "d")
		if err := d.witnessed(); !hasCode(err, "demo-failed") {
			t.Errorf("for %+v: %v", seen, err)
		}
	}
	d, out := demoAt(&demoDesk{seen: Witnessed{Rebooted: 12, Accepted: 34}}, "d")
	text := func() string { return strings.Join(strings.Fields(out.String()), " ") }
	if err := d.witnessed(); err != nil || !strings.Contains(text(), "12 hosts") || !strings.Contains(text(), "34 letters") {
		t.Errorf("%v\n%s", err, out)
	}
}

func TestACampaignThatWasOverBeforeItsKillEndsTheStepAndSaysSo(t *testing.T) {
	for _, c := range []struct {
		desk demoDesk
		over bool
		code problem.Code
		says string
	}{
		{demoDesk{}, true, "", "The campaign was over before 7s had passed: there was nothing to kill"},
		{demoDesk{kill: context.Canceled}, false, "stopped", ""},
		{demoDesk{kill: problem.Problem{Code: "campaign-failed"}}, false, "campaign-failed", ""},
		{demoDesk{killed: true, approve: nil}, false, "", "After 7s the process was killed (SIGKILL)"},
	} {
		d, out := demoAt(&c.desk, "d")
		d.options.killAfter = 7
		over, err := d.cutShort([]string{"campaign", "start"})
		if over != c.over || (c.code == "" && err != nil) || (c.code != "" && !hasCode(err, c.code)) ||
			!strings.Contains(strings.Join(strings.Fields(out.String()), " "), c.says) {
			t.Errorf("%+v: over %v, %v\n%s", c, over, err, out)
		}
	}
}

// hasCode reports whether an error has a problem with that code somewhere.
func hasCode(err error, code problem.Code) bool {
	return strings.Contains(fmt.Sprint(err), fmt.Sprintf("[%s]", code))
}
