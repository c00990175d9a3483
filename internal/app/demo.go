package app

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/evenkeel-project/evenkeel/internal/cli"
	"github.com/evenkeel-project/evenkeel/internal/core/campaign"
	"github.com/evenkeel-project/evenkeel/internal/core/canon"
	"github.com/evenkeel-project/evenkeel/internal/core/evidence"
	"github.com/evenkeel-project/evenkeel/internal/core/problem"
	"github.com/evenkeel-project/evenkeel/internal/datadir"
	"github.com/evenkeel-project/evenkeel/internal/sshsig"
	"github.com/evenkeel-project/evenkeel/internal/store"
	"github.com/evenkeel-project/evenkeel/internal/store/sqlite"
)

// MakeKey makes an ed25519 key without a passphrase.
func (d *desk) MakeKey(path, comment string) (public string, err error) {
	key, err := sshsig.NewKey(path, comment)
	if err != nil {
		return "", err
	}
	return key.PublicLine(), nil
}

// SignOutside looks for ssh-keygen where a shell does.
func (d *desk) SignOutside(ctx context.Context, key, purpose string, plan canon.Digest) (signature string, ok bool, err error) {
	program, err := exec.LookPath("ssh-keygen")
	if err != nil {
		return "", false, nil
	}
	var out, faults bytes.Buffer
	command := exec.CommandContext(ctx, program, "-Y", "sign", "-n", purpose, "-f", key)
	command.Stdin, command.Stdout, command.Stderr = bytes.NewReader(evidence.ApprovalMessage(plan)), &out, &faults
	if err := command.Run(); err != nil {
		return "", true, problem.Problem{Code: "signing-failed",
			Sentence: fmt.Sprintf("ssh-keygen did not sign: %v: %s", err, strings.TrimSpace(faults.String()))}
	}
	return out.String(), true, nil
}

// RunKilled uses the signal that no process can catch.
func (d *desk) RunKilled(ctx context.Context, args []string, after time.Duration, out, narration io.Writer) (killed bool, err error) {
	program, err := os.Executable()
	if err != nil {
		return false, fmt.Errorf("finding the program: %w", err)
	}
	mortal, stop := context.WithTimeout(ctx, after)
	defer stop()
	command := exec.CommandContext(mortal, program, args...) // which kills by SIGKILL when the time is over
	command.Args[0] = os.Args[0]
	command.Stdout, command.Stderr = out, narration
	err = command.Run()
	var ended *exec.ExitError
	if errors.As(err, &ended) {
		status, ok := ended.Sys().(syscall.WaitStatus)
		if ok && status.Signaled() && status.Signal() == syscall.SIGKILL && ctx.Err() == nil {
			return true, nil
		}
		err = problem.Problem{Code: "campaign-failed", Sentence: fmt.Sprintf("the process of the campaign failed: %v", err), Fix: "see what it said"}
	}
	if ctx.Err() != nil {
		err = ctx.Err()
	}
	return false, err
}

// CallWitnesses opens the world as the conductor left it, and reads the names of the letters.
func (d *desk) CallWitnesses(ctx context.Context, data, scenario string) (seen cli.Witnessed, err error) {
	dir := datadir.At(data)
	reader, err := sqlite.OpenReader(ctx, dir.Database())
	if err != nil {
		return seen, err
	}
	defer func() { err = errors.Join(err, reader.Close()) }()
	world, err := d.openWorld(dir)
	if err != nil {
		return seen, err
	}
	hosts, err := openSimulated(ctx, dir, reader, world, cli.Conducting{Scenario: scenario})
	if err != nil {
		return seen, err
	}
	defer func() { err = errors.Join(err, hosts.Close()) }()
	downs := map[string]int{}
	for _, boot := range hosts.Witness() {
		downs[boot.Host]++
	}
	seen.Rebooted, seen.Again = len(downs), moreThanOnce(downs)
	return seen, countLetters(ctx, reader, world.Campaign, dir, &seen)
}

// countLetters compares the notices that the journal says were accepted with the letters there are.
func countLetters(ctx context.Context, reader store.Reader, id string, dir datadir.Dir, seen *cli.Witnessed) error {
	accepted := map[string]int{}
	err := reader.Journal(ctx, id, 0, func(r store.Record) error {
		if r.Kind != string(campaign.NoticeAccepted) {
			return nil
		}
		e, err := campaign.Decode(r.Version, r.Body)
		accepted[e.NoticeID]++
		return err
	})
	if err != nil {
		return err
	}
	entries, err := os.ReadDir(dir.Outbox())
	if err != nil {
		return err
	}
	letters := map[string]bool{}
	for _, entry := range entries {
		name, _ := strings.CutSuffix(entry.Name(), ".eml")
		letters[name] = true
		if accepted[name] == 0 {
			seen.Stray = append(seen.Stray, entry.Name())
		}
	}
	for notice := range accepted {
		if !letters[notice] {
			seen.Lost = append(seen.Lost, notice)
		}
	}
	slices.Sort(seen.Lost)
	seen.Accepted, seen.Doubled = len(accepted), moreThanOnce(accepted)
	return nil
}

func moreThanOnce(counts map[string]int) []string {
	var names []string
	for name, n := range counts {
		if n > 1 {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}
