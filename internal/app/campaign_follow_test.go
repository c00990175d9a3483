package app

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/evenkeel-project/evenkeel/internal/cli"
	"github.com/evenkeel-project/evenkeel/internal/core/campaign"
	"github.com/evenkeel-project/evenkeel/internal/core/problem"
	"github.com/evenkeel-project/evenkeel/internal/sshsig"
	"github.com/evenkeel-project/evenkeel/internal/store"
)

// proposed makes a data directory in which the sample plan is proposed, and returns what follows it.
func proposed(t *testing.T) *follower {
	t.Helper()
	d, err := newDesk()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	in := func(name string) string { return filepath.Join(dir, name) }
	key, err := sshsig.NewKey(in("key"), "proposer")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(in("signers"), []byte("ops@acme.example "+key.PublicLine()+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	sample := []string{"--fleet", "testdata/sample/fleet.yaml", "--advisory", "testdata/sample/XSA-108.yaml", "--policy", "testdata/sample/policy.yaml"}
	for _, words := range [][]string{{"plan", "-o", in("plan.json")},
		{"campaign", "propose", in("plan.json"), "--data", in("data"), "--allowed-signers", in("signers"), "--key", in("key")}} {
		var out bytes.Buffer
		if code := cli.Run(append(words, sample...), d, cli.Streams{Out: &out, Err: &out, Zone: time.UTC}); code != cli.ExitDone {
			t.Fatalf("%v ends with %d:\n%s", words, code, out.String())
		}
	}
	reader, err := d.FollowCampaign(t.Context(), in("data"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := reader.Close(); err != nil {
			t.Error(err)
		}
	})
	return reader.(*follower)
}

// altered is a journal that somebody changed.
type altered struct {
	store.Reader
	change func(*store.Record)
}

func (a altered) Journal(ctx context.Context, id string, after uint64, each func(store.Record) error) error {
	return a.Reader.Journal(ctx, id, after, func(r store.Record) error {
		a.change(&r)
		return each(r)
	})
}

func TestAJournalThatSomebodyChangedIsNotFollowed(t *testing.T) {
	f := proposed(t)
	honest := f.reader
	for name, change := range map[string]struct {
		code   problem.Code
		change func(*store.Record)
	}{
		"body":    {"journal-damaged", func(r *store.Record) { r.Body = bytes.Replace(r.Body, []byte("ops@"), []byte("sop@"), 1) }},
		"time":    {"journal-damaged", func(r *store.Record) { r.At++ }},
		"chain":   {"journal-damaged", func(r *store.Record) { r.Chain = "sha256:" }},
		"number":  {"journal-damaged", func(r *store.Record) { r.Seq++ }},
		"version": {"journal-newer", func(r *store.Record) { r.Version = campaign.EventVersion + 1 }},
	} {
		f.reader = altered{honest, change.change}
		err := f.Follow(t.Context(), func(e campaign.Event) { t.Errorf("%s: %s was shown", name, e.Kind) })
		if p, ok := errors.AsType[problem.Problem](err); !ok || p.Code != change.code {
			t.Errorf("%s: %v, want %s", name, err, change.code)
		}
	}
	f.reader = honest
	seen := ""
	if err := f.Follow(t.Context(), func(e campaign.Event) { seen += fmt.Sprint(e.Kind, " ") }); err != nil || seen != "campaign-proposed " {
		t.Errorf("the journal itself: %q, %v", seen, err)
	}
	if err := f.Follow(t.Context(), func(e campaign.Event) { t.Errorf("%s was shown again", e.Kind) }); err != nil {
		t.Error(err)
	}
}
