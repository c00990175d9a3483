package datadir_test

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/evenkeel-project/evenkeel/internal/core/canon"
	"github.com/evenkeel-project/evenkeel/internal/core/problem"
	"github.com/evenkeel-project/evenkeel/internal/datadir"
)

func example() (datadir.Proposal, datadir.Content) {
	p := datadir.Proposal{Campaign: "c-0123456789ab", Plan: canon.Of([]byte("plan")), PlanFile: "/srv/plan.json", Fleet: "/srv/fleet <&>.yaml",
		Policy: "/srv/policy.yaml", Advisories: []string{"/srv/a.yaml", "/srv/b.yaml"}, AllowedSigners: "/srv/signers"}
	return p, datadir.Content{Plan: []byte("plan"), Policy: []byte("policy"), AllowedSigners: []byte("signers"), Advisories: [][]byte{[]byte("a"), []byte("b")},
		Fleet: func(out io.Writer) error { _, err := out.Write([]byte("fleet")); return err }}
}

func made(t *testing.T) datadir.Dir {
	t.Helper()
	d := datadir.At(filepath.Join(t.TempDir(), "one", "data"))
	if err := d.Make(); err != nil {
		t.Fatal(err)
	}
	return d
}

func wantCode(t *testing.T, err error, code problem.Code) {
	t.Helper()
	if p, ok := errors.AsType[problem.Problem](err); !ok || p.Code != code {
		t.Errorf("got %v, want a problem %s", err, code)
	}
}

func TestAProposalReadsBackAsItselfWithItsCopies(t *testing.T) {
	d := made(t)
	p, content := example()
	if err := d.Keep(p, content); err != nil {
		t.Fatal(err)
	}
	back, err := d.Proposal()
	if err != nil || !reflect.DeepEqual(back, p) {
		t.Errorf("got %+v, %v; want %+v", back, err, p)
	}
	copies := d.Copies(back)
	for path, want := range map[string]string{copies.Plan: "plan", copies.Fleet: "fleet", copies.Policy: "policy", copies.AllowedSigners: "signers",
		copies.Advisories[0]: "a", copies.Advisories[1]: "b"} {
		if text, err := os.ReadFile(path); err != nil || string(text) != want {
			t.Errorf("%s holds %q, %v; want %q", path, text, err, want)
		}
	}
}

func TestNobodyButTheOwnerCanReadWhatIsKept(t *testing.T) {
	d := made(t)
	if err := d.Keep(example()); err != nil {
		t.Fatal(err)
	}
	err := filepath.Walk(d.Path(), func(path string, info os.FileInfo, err error) error {
		if err == nil && info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s has the permissions %o", path, info.Mode().Perm())
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestDocumentsThatCannotAllBeKeptLeaveTheOldOnes(t *testing.T) {
	d := made(t)
	p, content := example()
	if err := d.Keep(p, content); err != nil {
		t.Fatal(err)
	}
	other := p
	other.Campaign = "c-ffffffffffff"
	content.Fleet = func(io.Writer) error { return errors.New("the disk is full") }
	wantCode(t, d.Keep(other, content), "data-directory-failed")
	if back, err := d.Proposal(); err != nil || back.Campaign != p.Campaign {
		t.Errorf("after a failure the proposal is %+v, %v", back, err)
	}
	content.Fleet = func(io.Writer) error { return nil }
	if err := d.Keep(other, content); err != nil {
		t.Fatal(err)
	}
	if back, err := d.Proposal(); err != nil || back.Campaign != other.Campaign {
		t.Errorf("the second try gave %+v, %v", back, err)
	}
}

func TestADirectoryThatHoldsSomethingElseIsRefused(t *testing.T) {
	path := t.TempDir()
	if err := datadir.At(path).Make(); err != nil {
		t.Errorf("an empty directory: %v", err)
	}
	if err := os.WriteFile(filepath.Join(path, "letters.txt"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	wantCode(t, datadir.At(path).Make(), "not-a-data-directory")
	wantCode(t, datadir.At(filepath.Join(path, "letters.txt")).Make(), "data-directory-failed")
	d := made(t)
	if err := d.Keep(example()); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{d.Database(), d.Database() + "-wal", d.EvidenceKey(), d.EvidencePublic(), d.World(), d.Outbox(), d.Requests()} {
		if err := os.WriteFile(name, nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := d.Make(); err != nil {
		t.Errorf("a directory of a campaign: %v", err)
	}
}

func TestAProposalThatIsNotAsItWasWrittenIsRefused(t *testing.T) {
	empty := made(t)
	_, err := empty.Proposal()
	wantCode(t, err, "no-campaign")
	p, content := example()
	for _, change := range [][2]string{{`"version": 1`, `"version": 2`}, {`"version": 1,`, ``}, {`"campaign"`, `"campain"`}, {`"/srv/policy.yaml"`, `[]`},
		{`{`, ``}, {`"plan_file": "/srv/plan.json",`, ``}, {"\"/srv/a.yaml\",\n    \"/srv/b.yaml\"", ``}} {
		d := made(t)
		if err := d.Keep(p, content); err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(filepath.Dir(d.Copies(p).Plan), "proposal.json")
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		changed := strings.Replace(string(text), change[0], change[1], 1)
		if changed == string(text) {
			t.Fatalf("%q does not stand in %s", change[0], text)
		}
		if err := os.WriteFile(path, []byte(changed), 0o600); err != nil {
			t.Fatal(err)
		}
		if got, err := d.Proposal(); err == nil {
			t.Errorf("%q instead of %q is read as %+v", change[1], change[0], got)
		} else if _, ok := errors.AsType[problem.Problem](err); !ok {
			t.Errorf("%q instead of %q: %v", change[1], change[0], err)
		}
	}
}

func TestTheProcessThatHoldsADirectoryIsNamed(t *testing.T) {
	d := made(t)
	if got := d.Conductor(); got != 0 {
		t.Errorf("of a directory that nobody ever held: %d", got)
	}
	lock, err := os.OpenFile(filepath.Join(d.Path(), "lock"), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	defer lock.Close()
	if got := d.Conductor(); got != 0 {
		t.Errorf("of a lock that nobody holds: %d", got)
	}
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX); err != nil {
		t.Fatal(err)
	}
	if got := d.Conductor(); got != datadir.UnknownProcess {
		t.Errorf("of a process that does not name itself: %d", got)
	}
	if _, err := lock.WriteString(strconv.Itoa(os.Getpid()) + "\n"); err != nil {
		t.Fatal(err)
	}
	if got := d.Conductor(); got != os.Getpid() {
		t.Errorf("got process %d, want %d", got, os.Getpid())
	}
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_UN); err != nil {
		t.Fatal(err)
	}
	if got := d.Conductor(); got != 0 {
		t.Errorf("after it let go: %d", got)
	}
}
