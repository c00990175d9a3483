package cli

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/evenkeel-project/evenkeel/internal/core/campaign"
	"github.com/evenkeel-project/evenkeel/internal/core/notice"
	"github.com/evenkeel-project/evenkeel/internal/core/problem"
)

// finding is what the journal of the demo's campaign has to show: hosts, and a notice, "" for none.
type finding struct {
	dead, spared, slow, letter string
}

// find reads the journal for what is worth a look.
func (d *demonstration) find() error {
	reader, err := d.desk.FollowCampaign(context.Background(), d.files.data)
	if err != nil {
		return err
	}
	defer reader.Close()
	first := func(known *string, name string) {
		if *known == "" {
			*known = name
		}
	}
	return reader.Follow(context.Background(), func(e campaign.Event) {
		switch {
		case e.Kind == campaign.HostLate:
			first(&d.found.slow, e.Host)
		case e.Kind == campaign.HostStuck:
			first(&d.found.dead, e.Host)
		case e.Kind == campaign.HostSetAside && e.Fault == campaign.FaultCanary:
			first(&d.found.spared, e.Host)
		case e.Kind == campaign.NoticeQueued && e.Notice != nil && notice.Kind(e.Notice.Kind) == notice.Late:
			first(&d.found.letter, e.Notice.ID)
		}
	})
}

// explain asks why two hosts ended as they did.
func (d *demonstration) explain() error {
	if err := d.find(); err != nil {
		return err
	}
	if err := d.step("Why? Every host can say what became of it"); err != nil {
		return err
	}
	for _, host := range []string{d.found.dead, d.found.spared} {
		if host == "" {
			continue
		}
		if err := d.command("why", host, "--data", d.files.data); err != nil {
			return err
		}
		if err := d.why(whyOptions{data: d.files.data, host: host}); err != nil {
			return err
		}
	}
	return nil
}

// prove takes the record out of the campaign and holds it against the rules, against a forgery, and against what
// others remember.
func (d *demonstration) prove() error {
	if err := d.step("The evidence: a signed record that needs no trust in who keeps it"); err != nil {
		return err
	}
	if err := d.command("evidence", "export", "--data", d.files.data, "-o", d.files.evidence); err != nil {
		return err
	}
	if err := d.exportEvidence(d.desk, evidenceExportOptions{data: d.files.data, output: d.files.evidence, nextShown: true}); err != nil {
		return inAnotherDirectory(err)
	}
	if err := d.verified(d.files.evidence); err != nil {
		return err
	}
	if err := d.forged(); err != nil {
		return err
	}
	if err := d.command("evidence", "report", d.files.evidence, "--key", d.publicKey(), "--html", d.files.report); err != nil {
		return err
	}
	if err := d.reportEvidence(d.desk, evidenceReportOptions{EvidenceSource: d.source(d.files.evidence), html: d.files.report}); err != nil {
		return inAnotherDirectory(err)
	}
	return d.witnessed()
}

func (d *demonstration) publicKey() string { return filepath.Join(d.files.data, "evidence.pub") }

func (d *demonstration) source(file string) EvidenceSource {
	return EvidenceSource{File: file, Key: d.publicKey()}
}

func (d *demonstration) verified(file string) error {
	if err := d.command("evidence", "verify", file, "--key", d.publicKey()); err != nil {
		return err
	}
	return d.verifyEvidence(d.desk, evidenceVerifyOptions{EvidenceSource: d.source(file), nextShown: true})
}

// forged changes one bit of a copy in the middle, the second of a time where there is one, and shows that it is
// found.
func (d *demonstration) forged() error {
	text, err := os.ReadFile(d.files.evidence)
	if err != nil {
		return fmt.Errorf("reading the record again: %w", err)
	}
	at := len(text) / 2
	if next := bytes.Index(text[at:], []byte("Z\"")); next >= 0 {
		at += next - 1
	}
	line := 1 + bytes.Count(text[:at], []byte("\n"))
	text[at] ^= 1
	if err := d.toFile(d.files.altered, false, content(text)); err != nil {
		return inAnotherDirectory(err)
	}
	fmt.Fprintf(d.Out, "\n  One bit is changed in line %s of a copy. It must be found:\n", grouped(line))
	if err := d.verified(d.files.altered); err != errTold {
		return problem.Problem{Code: "demo-failed", Place: problem.Place{File: d.files.altered}, Sentence: "a changed bit was not found as it must be"}
	}
	return nil
}

// witnessed asks those who remember the campaign apart from its journal.
func (d *demonstration) witnessed() error {
	w, err := d.desk.CallWitnesses(context.Background(), d.files.data, d.files.scenario)
	if err != nil {
		return err
	}
	if !w.Clean() {
		return problem.Problem{Code: "demo-failed", Place: problem.Place{File: d.files.data},
			Sentence: fmt.Sprintf("%s went down more than once, and of the notices %s are doubled, %s lost and %s unknown",
				counted(len(w.Again), "host"), grouped(len(w.Doubled)), grouped(len(w.Lost)), grouped(len(w.Stray)))}
	}
	fmt.Fprint(d.Out, "\n", wrapped("  ", fmt.Sprintf("Two more witnesses, apart from the journal. The simulated fleet remembers %s that went down, each "+
		"exactly once. The outbox has %s, one for each notice of the journal: none lost, none doubled.",
		counted(w.Rebooted, "host"), counted(w.Accepted, "letter"))))
	return nil
}

// tryNext ends the demo with commands that work as they stand.
func (d *demonstration) tryNext() error {
	p, list := d.desk.ReadPlan(d.files.plan)
	if err := d.check(list); err != nil {
		return err
	}
	next := func(why string, words ...string) {
		fmt.Fprintf(d.Out, "  # %s\n  %s\n", why, d.paste(words...))
	}
	fmt.Fprintln(d.Out, "\n== Look further")
	fmt.Fprintln(d.Out)
	next("where the campaign stands, for people and for machines", "campaign", "status", "--data", d.files.data, "--json")
	if d.found.slow != "" {
		next("what the slow host did", "why", d.found.slow, "--data", d.files.data)
	}
	if len(p.Blocked) > 0 {
		next("why a host is blocked: its guests and their groups", "fleet", "show", d.files.fleet, "--host", p.Blocked[0].Host)
	}
	if len(p.Outages) > 0 {
		next("why a host is exposed", append([]string{"exposure", "--host", p.Outages[0].Host}, d.from.arguments()...)...)
	}
	next("the plan for machines; it ends with 3 when the deadline is missed",
		append([]string{"plan", "--json", "--exit-code"}, d.from.arguments()...)...)
	if d.found.letter != "" {
		fmt.Fprintf(d.Out, "  # what a customer was told about the slow host\n  cat %s\n", quoted(filepath.Join(d.files.data, "outbox", d.found.letter+".eml")))
	}
	fmt.Fprint(d.Out, "\n", wrapped("", fmt.Sprintf("The report is in %s, everything else beside it. Change a limit or a date in %s and plan again.",
		problem.Printable(d.files.report), problem.Printable(d.files.policy))))
	return nil
}
