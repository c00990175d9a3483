package cli

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/evenkeel-project/evenkeel/internal/core/campaign"
	"github.com/evenkeel-project/evenkeel/internal/core/evidence"
	"github.com/evenkeel-project/evenkeel/internal/core/problem"
)

// evidenceShelf is a desk with one record on it.
type evidenceShelf struct {
	verdict  *evidence.Verdict
	rendered bool
}

func (e *evidenceShelf) ExportEvidence(_, _ string, out io.Writer) (ExportedEvidence, error) {
	return ExportedEvidence{}, errors.New("the disk is gone")
}

func (e *evidenceShelf) VerifyEvidence(EvidenceSource, func(done, total int64)) (VerifiedEvidence, problem.List) {
	return VerifiedEvidence{Verdict: e.verdict, Key: "SHA256:key"}, problem.List{}
}

func (e *evidenceShelf) RenderEvidence(io.Writer, EvidenceSource, VerifiedEvidence) error {
	e.rendered = true
	return nil
}

// troubled is a finished campaign with a failed host of a hostile name and hosts that were never touched.
func troubled() *evidence.Verdict {
	a := &evidence.Account{Records: 1200, Started: 1411902000, Ended: 1411905600, From: 1411902000, To: 1411905600, Status: campaign.Finished,
		Opening: evidence.Opening{Campaign: "c-1"}, Summary: campaign.Summary{Done: 1, Failed: 1, SetAside: 3}}
	a.Hosts = append(a.Hosts, &evidence.Host{ID: "h-3", Phase: campaign.SetAside, Grants: 1, Fault: campaign.FaultStuck, Ended: 1411905000, Missing: []string{"vm-1"}})
	a.Hosts = append(a.Hosts, &evidence.Host{ID: "h-1", Phase: campaign.Done, Grants: 1},
		&evidence.Host{ID: "h-\x1b[31m2", Phase: campaign.Failed, Grants: 1, Fault: campaign.FaultUnpatched, Ended: 1411905000,
			Proof: &campaign.Proof{Guests: 2, Expected: 3}})
	for n := range 3 {
		a.Hosts = append(a.Hosts, &evidence.Host{ID: fmt.Sprint("u-", n), Phase: campaign.SetAside, Fault: campaign.FaultCanary})
	}
	return &evidence.Verdict{Account: a}
}

func evidenceSession() (*session, *bytes.Buffer) {
	var out bytes.Buffer
	return &session{Streams: Streams{Out: &out, Err: io.Discard, Program: []string{"evenkeel"}, Zone: time.UTC}}, &out
}

func TestWhatIsNotDoneIsNamedOrCounted(t *testing.T) {
	s, out := evidenceSession()
	if err := s.verifyEvidence(&evidenceShelf{verdict: troubled()}, evidenceVerifyOptions{EvidenceSource: EvidenceSource{File: "e", Key: "k"}}); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"Accepted: ", "hosts    6 planned: 1 done, 1 failed, 3 set aside", "1,200 records",
		"2  failed     unpatched  28 Sep 11:50  2 of 3", "set-aside  stuck      28 Sep 11:50  all but 1", "3 hosts never touched: canary-failed", "evenkeel evidence report e --key k --html report.html"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("it does not say %q:\n%s", want, out)
		}
	}
	if strings.Contains(out.String(), "\x1b") {
		t.Error("a name acts on the terminal")
	}
}

func TestOfAFileThatIsNotIntactNothingIsTold(t *testing.T) {
	v := troubled()
	v.Faults.Addf("evidence-chain", problem.Place{File: "e", Line: 7}, "ask again", "record 6 does not fit the chain")
	for _, json := range []bool{false, true} {
		s, out := evidenceSession()
		err := s.verifyEvidence(&evidenceShelf{verdict: v}, evidenceVerifyOptions{json: json})
		if err != errTold || !strings.Contains(out.String(), "record 6 does not fit") || strings.Contains(out.String(), "unpatched") {
			t.Errorf("json %v: %v\n%s", json, err, out)
		}
	}
	s, _ := evidenceSession()
	shelf := &evidenceShelf{verdict: v}
	if err := s.reportEvidence(shelf, evidenceReportOptions{html: "-"}); err != errTold || shelf.rendered {
		t.Errorf("a page was made: %v", err)
	}
}

func TestFindingsEndWithAFailureAndAreListed(t *testing.T) {
	v := troubled()
	v.Findings.Addf("acted-twice", problem.Place{File: "e", Line: 9}, "", "host h-1 was taken down twice")
	s, out := evidenceSession()
	err := s.verifyEvidence(&evidenceShelf{verdict: v}, evidenceVerifyOptions{})
	if err != errTold || !strings.Contains(out.String(), "Intact, but not in order") || !strings.Contains(out.String(), "e:9: host h-1 was taken down twice [acted-twice]") {
		t.Errorf("%v\n%s", err, out)
	}
	shelf := &evidenceShelf{verdict: v}
	if err := s.reportEvidence(shelf, evidenceReportOptions{html: "-"}); err != errTold || !shelf.rendered {
		t.Errorf("report: %v, rendered %v", err, shelf.rendered)
	}
}

func TestAnExportThatFailsSaysSoAndPointsNowhere(t *testing.T) {
	s, out := evidenceSession()
	if err := s.exportEvidence(&evidenceShelf{}, evidenceExportOptions{data: "d"}); err == nil || out.Len() > 0 {
		t.Errorf("%v\n%s", err, out)
	}
}
