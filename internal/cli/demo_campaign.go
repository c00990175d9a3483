package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/evenkeel-project/evenkeel/internal/core/evidence"
	"github.com/evenkeel-project/evenkeel/internal/core/problem"
	"github.com/evenkeel-project/evenkeel/internal/request"
)

// The people of the demo: one proposes, the others approve.
const (
	demoProposer = "proposer"
	demoFirst    = "approver-1"
	demoSecond   = "approver-2"
)

// sign brings the plan from checked to approved: made by one, approved by two others.
func (d *demonstration) sign() error {
	if err := d.step("Three people sign: one proposes, two others approve"); err != nil {
		return err
	}
	if err := d.makeKeys(); err != nil {
		return err
	}
	propose := append([]string{"campaign", "propose", d.files.plan}, d.from.arguments()...)
	key := filepath.Join(d.files.keys, demoProposer)
	err := d.command(append(propose, "--data", d.files.data, "--allowed-signers", d.files.signers, "--key", key)...)
	if err == nil {
		err = d.propose(proposeOptions{sources: d.from, plan: d.files.plan, data: d.files.data, allowed: d.files.signers, by: Signing{Key: key}, nextShown: true})
	}
	if err == nil {
		err = d.approveBy(Signing{Key: filepath.Join(d.files.keys, demoFirst)})
	}
	if err == nil {
		err = d.refusedApproval(Signing{Key: key})
	}
	if err == nil {
		err = d.secondApproval()
	}
	return err
}

// makeKeys makes a key for each of the people, and the file that says whose keys count.
func (d *demonstration) makeKeys() error {
	const private = 0o700
	if err := os.MkdirAll(d.files.keys, private); err != nil {
		return cannotWrite(d.files.keys, err)
	}
	var allowed strings.Builder
	for _, name := range []string{demoProposer, demoFirst, demoSecond} {
		public, err := d.desk.MakeKey(filepath.Join(d.files.keys, name), name+" of the demo")
		if err != nil {
			return inAnotherDirectory(err)
		}
		fmt.Fprintf(&allowed, "%s@example.com %s\n", name, public)
	}
	if err := d.toFile(d.files.signers, false, content([]byte(allowed.String()))); err != nil {
		return inAnotherDirectory(err)
	}
	fmt.Fprint(d.Out, "\n", wrapped("  ", "Three sample keys were made in "+problem.Printable(d.files.keys)+
		", and the file allowed_signers that says whose they are. Real keys belong to people, each to one."))
	return nil
}

func (d *demonstration) approveBy(by Signing) error {
	words := []string{"campaign", "approve", "--data", d.files.data}
	if by.Key != "" {
		words = append(words, "--key", by.Key)
	} else {
		words = append(words, "--signature", by.Signature)
	}
	if err := d.command(words...); err != nil {
		return err
	}
	return d.approve(approveOptions{data: d.files.data, by: by, nextShown: true})
}

// refusedApproval shows that nobody can approve what he proposed.
func (d *demonstration) refusedApproval(by Signing) error {
	fmt.Fprintln(d.Out, "\n  The proposer tries to be an approver too:")
	err := d.approveBy(by)
	refused, ok := errors.AsType[problem.Problem](err)
	if !ok || refused.Code != "proposer-approves" {
		return errors.Join(err, problem.Problem{Code: "demo-failed", Sentence: "the approval of the proposer was not refused as it must be"})
	}
	fmt.Fprint(d.Out, wrapped("", "Refused, as it must be: "+refused.Error()))
	return nil
}

// secondApproval is made by ssh-keygen where there is one: who approves need not trust evenkeel with his key.
func (d *demonstration) secondApproval() error {
	key := filepath.Join(d.files.keys, demoSecond)
	kept, err := d.desk.KeptCampaign(d.files.data)
	if err != nil {
		return err
	}
	signature, ok, err := d.desk.SignOutside(context.Background(), key, evidence.ApprovalNamespace, kept.Plan)
	if err != nil {
		return err
	}
	if !ok {
		fmt.Fprintln(d.Out, "\n  (With ssh-keygen on this machine, the second approver would sign without evenkeel.)")
		return d.approveBy(Signing{Key: key})
	}
	path := filepath.Join(d.files.dir, "approval-2.sig")
	if err := d.toFile(path, false, content([]byte(signature))); err != nil {
		return inAnotherDirectory(err)
	}
	fmt.Fprintln(d.Out, "\n  The second approver signs without evenkeel:")
	fmt.Fprintf(d.Out, "\n  $ printf '%%s\\n' %s | ssh-keygen -Y sign -n %s -f %s > %s\n", kept.Plan, evidence.ApprovalNamespace, quoted(key), quoted(path))
	return d.approveBy(Signing{Signature: path})
}

// conduct carries the campaign out, and has its process killed first when that was asked for.
func (d *demonstration) conduct() error {
	if err := d.step("The campaign: 52 hours on a simulated fleet, in which things go wrong"); err != nil {
		return err
	}
	o := startOptions{data: d.files.data, driver: simulated, scenario: d.files.scenario, pace: d.options.pace,
		by: demoProposer, from: "maintenance@example.com", nextShown: true}
	words := append([]string{"campaign", "start", "--data", o.data, "--driver", o.driver}, o.continued()...)
	words = append(words, "--by", o.by, "--from", o.from)
	if d.options.killAfter > 0 {
		over, err := d.killed(words)
		if over || err != nil {
			return err
		}
	}
	if err := d.command(words...); err != nil {
		return err
	}
	guide := &guide{demonstration: d}
	fmt.Fprintln(d.Out, "  On the way an operator asks from another terminal for a pause, and to go on:")
	fmt.Fprintf(d.Out, "\n  $ %s\n", d.paste(guide.words(request.Pause)...))
	if err := d.command(guide.words(request.Resume)...); err != nil {
		return err
	}
	o.guide = guide
	return d.start(o)
}

// killed carries the campaign out in another process, has it killed in the middle, and shows what it left. It reports
// whether the campaign was over before.
func (d *demonstration) killed(words []string) (over bool, err error) {
	if err := d.command(words...); err != nil {
		return false, err
	}
	if over, err = d.cutShort(words); over || err != nil {
		return over, err
	}
	if err := d.command("campaign", "status", "--data", d.files.data); err != nil {
		return false, err
	}
	if err := d.status(statusOptions{data: d.files.data, nextShown: true}); err != nil {
		return false, err
	}
	fmt.Fprintln(d.Out, "\n  The same command goes on where it stopped:")
	return false, nil
}

// cutShort has the campaign carried out by a process that is killed. It reports whether the campaign was over before.
func (d *demonstration) cutShort(words []string) (over bool, err error) {
	ctx, stop := d.interruptible()
	defer stop()
	after := time.Duration(d.options.killAfter) * time.Second
	killed, err := d.desk.RunKilled(ctx, words, after, d.Out, d.Err)
	if killed && d.ErrIsTerminal {
		(&screen{out: d.Err, open: true}).close() // the dead process could not
	}
	switch {
	case errors.Is(err, context.Canceled):
		return false, problem.Problem{Code: "stopped", Sentence: "the process was stopped; the campaign is not over", Fix: "go on with: " + d.paste(words...)}
	case err != nil:
		return false, err
	case !killed:
		fmt.Fprint(d.Out, "\n", wrapped("  ", fmt.Sprintf("The campaign was over before %s had passed: there was nothing to kill. Name fewer seconds, "+
			"or a slower pace with --pace.", after)))
		return true, nil
	}
	fmt.Fprint(d.Out, "\n", wrapped("  ", fmt.Sprintf("After %s the process was killed (SIGKILL): it could not tidy up. This is what its journal says:", after)))
	return false, nil
}
