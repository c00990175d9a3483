package cli

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/evenkeel-project/evenkeel/internal/core/campaign"
	"github.com/evenkeel-project/evenkeel/internal/core/evidence"
	"github.com/evenkeel-project/evenkeel/internal/core/problem"
)

type evidenceVerifyOptions struct {
	EvidenceSource
	json      bool
	nextShown bool // leaves out the command that comes next
}

func (s *session) evidenceVerifyCommand(desk EvidenceDesk) *cobra.Command {
	var o evidenceVerifyOptions
	command := &cobra.Command{
		Use: "verify FILE", Short: "Check a record: is it whole, as signed, and were the rules kept", Args: s.operands("FILE"),
		Example: examples("evidence verify evidence.ndjson --key evidence.pub",
			"evidence verify evidence.ndjson --key evidence.pub \\\n      --allowed-signers allowed_signers --json"),
		Long: wrapped("", "It needs the file and the public key and nothing else: no data directory, no network. Any line that was "+
			"altered, taken out, moved, doubled or cut off is named. Then the record itself is held against the rules: approvals, "+
			"limits, windows, notices and the proof of every host. It ends with 1 when it finds anything."),
		RunE: func(command *cobra.Command, args []string) error {
			o.File = args[0]
			if err := s.required(command, "key FILE"); err != nil {
				return err
			}
			return s.verifyEvidence(desk, o)
		},
	}
	evidenceFlags(command, &o.EvidenceSource)
	command.Flags().BoolVar(&o.json, "json", false, "print the result as JSON")
	return command
}

func (s *session) verifyEvidence(desk EvidenceDesk, o evidenceVerifyOptions) error {
	verified, err := s.readEvidence(desk, o.EvidenceSource)
	if err != nil {
		return err
	}
	if o.json {
		err = s.printJSON(describeEvidence(verified))
	} else {
		s.printEvidence(verified)
	}
	if verified.Intact() && !o.json && !o.nextShown {
		fmt.Fprintf(s.Out, "\nNext\n  %s\n", s.paste("evidence", "report", o.File, "--key", o.Key, "--html", "report.html"))
	}
	if err == nil && !verified.Kept() {
		err = errTold
	}
	return err
}

// printEvidence opens with the verdict. Of a file that is not intact nothing else is told: nobody can rely on it.
func (s *session) printEvidence(v VerifiedEvidence) {
	switch {
	case !v.Intact():
		fmt.Fprintf(s.Out, "Refused: the file is not what was signed; %s.\n", counted(v.Faults.Errors(), "fault"))
	case !v.Kept():
		fmt.Fprint(s.Out, wrapped("", fmt.Sprintf("Intact, but not in order: the file is as it was signed, and its record shows %s.",
			counted(v.Findings.Errors(), "finding"))))
	default:
		fmt.Fprintln(s.Out, "Accepted: the file is whole and as it was signed, and its record keeps the rules.")
	}
	if v.Key != "" {
		fmt.Fprintf(s.Out, "key %s\n", v.Key)
	}
	if !v.Intact() {
		s.printFindings("Faults", v.Faults)
		return
	}
	s.printAccount(v.Account)
	if !v.Kept() {
		s.printFindings("Findings", v.Findings)
	}
}

func (s *session) printFindings(title string, list problem.List) {
	fmt.Fprintf(s.Out, "\n%s\n", title)
	for _, p := range list.Items() {
		fmt.Fprintf(s.Out, "  %s\n", p.Error())
	}
	if hidden := list.Dropped(); hidden > 0 {
		fmt.Fprintf(s.Out, "  and %s more\n", grouped(hidden))
	}
}

// printAccount prints what the record proves.
func (s *session) printAccount(a *evidence.Account) {
	row := func(name, format string, args ...any) {
		fmt.Fprint(s.Out, wrapped(fmt.Sprintf("  %-9s", name), problem.Printable(fmt.Sprintf(format, args...))))
	}
	fmt.Fprintln(s.Out, "\nRecorded")
	row("campaign", "%s, %s from %s to %s", a.Opening.Campaign, counted(a.Records, "record"), a.From, a.To)
	row("proposed", "%s by %s (%s)", a.Proposed, a.Proposal.Proposer.Principal, a.Proposal.Proposer.Key)
	for _, approval := range a.Approvals {
		row("approved", "%s by %s (%s)", approval.At, approval.Principal, approval.Key)
	}
	switch {
	case a.Started == 0:
		row("status", "never started: the record ends before")
		return
	case a.Ended == 0:
		row("status", "%s: the record ends before the campaign does", a.Status)
	default:
		row("status", "%s at %s, started %s", a.Status, a.Ended, a.Started)
	}
	row("hosts", "%s planned: %s done, %s failed, %s set aside", grouped(len(a.Hosts)), grouped(a.Summary.Done),
		grouped(a.Summary.Failed), grouped(a.Summary.SetAside))
	if n := len(a.Hosts) - a.Summary.Done - a.Summary.Failed - a.Summary.SetAside; n > 0 {
		row("", "%s not at an end", grouped(n))
	}
	for _, kind := range noticeTotals(a) {
		row("notices", "%s: %s accepted, %s failed, of %s queued", kind.Kind, grouped(kind.Accepted), grouped(kind.Failed), grouped(kind.Queued))
	}
	s.printTroubles(a)
}

// noticeTotals adds the regions of each kind up.
func noticeTotals(a *evidence.Account) []evidence.Tally {
	var totals []evidence.Tally
	for _, tally := range a.Notices {
		if n := len(totals); n == 0 || totals[n-1].Kind != tally.Kind {
			totals = append(totals, evidence.Tally{Kind: tally.Kind})
		}
		last := &totals[len(totals)-1]
		last.Queued += tally.Queued
		last.Accepted += tally.Accepted
		last.Failed += tally.Failed
	}
	return totals
}

// guestsBack says how many guests of a host were back when it came to its end.
func guestsBack(h *evidence.Host) string {
	switch {
	case h.Proof != nil:
		return fmt.Sprintf("%d of %d", h.Proof.Guests, h.Proof.Expected)
	case len(h.Missing) > 0:
		return "all but " + grouped(len(h.Missing))
	}
	return "-"
}

// notDoneShown is how many hosts that came to another end than done are named; the report has them all.
const notDoneShown = 10

// printTroubles names the hosts that were touched and are not done, and counts those that were never touched.
func (s *session) printTroubles(a *evidence.Account) {
	listing := newTable("host", "end", "why", "ended", "guests back")
	untouched := map[string]int{}
	for _, h := range a.Hosts {
		switch {
		case h.Phase != campaign.Failed && h.Phase != campaign.SetAside:
		case !h.Touched():
			untouched[h.Fault]++
		default:
			listing.add(problem.Printable(h.ID), string(h.Phase), problem.Printable(h.Fault), shortMoment(h.Ended, time.UTC), guestsBack(h))
		}
	}
	if len(listing.rows)+len(untouched) > 0 {
		fmt.Fprintln(s.Out, "\nNot done")
	}
	if len(listing.rows) > 0 {
		listing.print(s.Out, notDoneShown)
	}
	for _, fault := range slices.Sorted(maps.Keys(untouched)) {
		fmt.Fprintf(s.Out, "  %s never touched: %s\n", counted(untouched[fault], "host"), problem.Printable(fault))
	}
}
