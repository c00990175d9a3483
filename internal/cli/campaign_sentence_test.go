package cli

import (
	"go/ast"
	"go/parser"
	"go/token"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/campaign"
	"github.com/evenkeel-project/evenkeel/internal/core/guard"
)

// everyKind reads the kinds of events from the source that declares them, so that a new one cannot be forgotten.
func everyKind(t *testing.T) []campaign.Kind {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "../core/campaign/event.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var kinds []campaign.Kind
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok {
			return true
		}
		if name, ok := spec.Type.(*ast.Ident); !ok || name.Name != "Kind" {
			return true
		}
		text, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
		if err != nil {
			t.Fatal(err)
		}
		kinds = append(kinds, campaign.Kind(text))
		return true
	})
	return kinds
}

// fullEvent has something in every field that a sentence may tell.
func fullEvent(kind campaign.Kind) campaign.Event {
	until := noon
	who := campaign.Identity{Principal: "ops@acme.example", Key: "SHA256:abc"}
	return campaign.Event{Kind: kind, At: noon, Host: "c-1", Region: "dfw", Cohort: "generation=standard", By: "operator", Epoch: 3, Boot: "b-2", Attempt: 2,
		Fault: campaign.FaultStuck, Reason: "the reason", Until: &until, Guests: []string{"vm-1", "vm-2", "vm-3", "vm-4"}, NoticeID: "n-1",
		Proposal: &campaign.Proposal{Proposer: who}, Approval: &who, Grant: &campaign.Grant{Canary: true, Guests: 3, Estimate: noon, Checks: []guard.Check{{}, {}}},
		Proof: &campaign.Proof{After: "b-2", Guests: 3, Expected: 4, Fixed: []campaign.Verdict{{Advisory: "XSA-108", State: "fixed"}}},
		Halt:  &campaign.Halt{Reason: "3 of 50 failed"}, Notice: &campaign.NoticeRef{Kind: "courtesy", Tenant: "acme", Region: "dfw"},
		Hold: &guard.Hold{Sentence: "the campaign is over"}, Summary: &campaign.Summary{Done: 3, Failed: 1, SetAside: 2, Down: 1}}
}

func TestEveryKindOfEventHasASentenceOfItsOwn(t *testing.T) {
	kinds := everyKind(t)
	if len(kinds) < 30 {
		t.Fatalf("only %d kinds were found", len(kinds))
	}
	said := map[string]campaign.Kind{}
	for _, kind := range kinds {
		full := sentence(fullEvent(kind))
		if full == string(kind) || (strings.HasSuffix(full, ".") && !strings.HasSuffix(full, "...")) || strings.Contains(full, "%!") {
			t.Errorf("%s is told as %q", kind, full)
		}
		if other, ok := said[full]; ok {
			t.Errorf("%s and %s are both told as %q", kind, other, full)
		}
		said[full] = kind
		if bare := sentence(campaign.Event{Kind: kind}); bare == "" || strings.Contains(bare, "%!") {
			t.Errorf("an empty %s is told as %q", kind, bare)
		}
	}
}

func TestASentenceTellsTheNumbersOfItsEvent(t *testing.T) {
	for kind, want := range map[campaign.Kind]string{
		campaign.HostGranted:      "c-1 may go down as the canary of its cohort with 3 guests: all 2 limits hold; it should be over at 12:00",
		campaign.HostDone:         "c-1 is done: new boot b-2, XSA-108 fixed, 3 of 4 guests back",
		campaign.HostFailed:       "c-1 FAILED (stuck): the reason; 4 guests down: vm-1 vm-2 vm-3 ...",
		campaign.CampaignFinished: "finished: 3 done, 1 failed, 2 set aside; 1 still down",
		campaign.NoticeFailed:     "the courtesy notice to acme about region dfw FAILED: the reason",
		campaign.CampaignApproved: "approved by ops@acme.example with key SHA256:abc",
		campaign.HostLate:         "c-1 is late; it may take until 12:00",
	} {
		if got := sentence(fullEvent(kind)); got != want {
			t.Errorf("%s is told as %q, want %q", kind, got, want)
		}
	}
}

func TestASentenceOfHostileNamesIsOneHarmlessLine(t *testing.T) {
	for _, kind := range everyKind(t) {
		e := fullEvent(kind)
		e.Host, e.Region, e.By, e.Reason, e.NoticeID = "c\x1b[2J", "r\n", "b\r", "x\u202ey", "n\x07"
		e.Notice.Tenant, e.Proposal.Proposer.Principal, e.Approval.Principal = "t\x1b", "p\n", "p\n"
		if got := sentence(e); strings.ContainsAny(got, "\x1b\n\r\x07\u202e") {
			t.Errorf("%s is told as %q", kind, got)
		}
	}
}

func TestHostsThatWereNeverTouchedAreCountedNotListed(t *testing.T) {
	turn := Turn{At: noon, Trouble: "no room\nleft"}
	aside := func(host, fault string) {
		turn.Events = append(turn.Events, campaign.Event{Kind: campaign.HostSetAside, At: noon, Host: host, Fault: fault})
	}
	for _, host := range []string{"c-1", "c-2", "c-3"} {
		aside(host, campaign.FaultCanary)
	}
	aside("c-4", campaign.FaultWindow)
	aside("c-5", campaign.FaultStuck)
	turn.Events = append(turn.Events, campaign.Event{Kind: campaign.HostDrained, At: noon, Host: "c-6"})
	want := []string{
		"28 Sep 12:00:00  c-5 is set aside (stuck)",
		"28 Sep 12:00:00  3 hosts set aside untouched (canary-failed)",
		"28 Sep 12:00:00  c-4 is set aside (window-missed)",
		`28 Sep 12:00:00  TROUBLE: no room\u000aleft`,
	}
	if got := plainLines(turn); strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestThePictureCountsHostsThatWereNeverTouched(t *testing.T) {
	turn := Turn{At: noon, Events: []campaign.Event{{Kind: campaign.CampaignAborting, At: noon, By: "kim", Reason: "enough"}}}
	for range 1000 {
		turn.Events = append(turn.Events, campaign.Event{Kind: campaign.HostSetAside, At: noon, Host: "c-1", Fault: campaign.FaultAborted})
	}
	want := "12:00:00 aborting by kim: enough\n12:00:00 1,000 hosts set aside untouched (campaign-aborted)"
	if got := strings.Join(pictureLines(turn), "\n"); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestAHostThatDidNotComeThroughSaysWhatIsNext(t *testing.T) {
	view := func(fault string, down bool) campaign.HostView {
		return campaign.HostView{Host: "c-1", Fault: fault, Down: down}
	}
	for _, c := range []struct {
		w    story
		want string
	}{
		{story{phase: campaign.Done}, ""},
		{story{phase: campaign.Pending}, ""},
		{story{phase: campaign.SetAside}, "it was never touched"},
		{story{phase: campaign.SetAside, end: view(campaign.FaultStuck, true)}, "it is powered off"},
		{story{phase: campaign.Failed, end: view(campaign.FaultGuestsMissing, true)}, "the campaign sees by itself"},
		{story{phase: campaign.Failed, end: view(campaign.FaultGuestsMissing, true), ended: true}, "it is not proven to be up"},
		{story{phase: campaign.Failed, end: view(campaign.FaultUnpatched, false)}, "find out why it failed"},
	} {
		if got := c.w.next(); !strings.Contains(got, c.want) || (c.want == "") != (got == "") {
			t.Errorf("%s, %+v: %q does not say %q", c.w.phase, c.w.end, got, c.want)
		}
	}
}

func TestTheFinishIsComparedWithTheDeadline(t *testing.T) {
	o := busyOverview()
	if got, want := finishText(o, time.UTC), "30 Sep 15:00, 9h before the deadline, 1 Oct 00:00 UTC"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	o.Estimate = o.Deadline.Add(5 * calendar.Minute)
	if got, want := finishText(o, time.UTC), "1 Oct 00:05, MISSES the deadline by 5m: 1 Oct 00:00 UTC"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	o.Deadline, o.Status = nil, campaign.Finished
	if got, want := finishText(o, time.UTC), "was 1 Oct 00:05 with 1,600 hosts NOT done; there is no deadline"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	o.Counts = campaign.Counts{Done: 3}
	if got, want := finishText(o, time.UTC), "was 1 Oct 00:05; there is no deadline"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
