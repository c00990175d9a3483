package engine

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/evenkeel-project/evenkeel/internal/core/campaign"
	"github.com/evenkeel-project/evenkeel/internal/core/evidence"
	"github.com/evenkeel-project/evenkeel/internal/core/problem"
	"github.com/evenkeel-project/evenkeel/internal/store"
)

// tampered is a store that somebody else wrote into.
type tampered struct {
	store.Store
	journal  func(seq int, r *store.Record) bool // whether the record is still there
	snapshot func(*store.Snapshot)
	claims   int
}

func (s *tampered) Journal(ctx context.Context, name string, after uint64, each func(store.Record) error) error {
	return s.Store.Journal(ctx, name, after, func(r store.Record) error {
		if s.journal != nil && !s.journal(int(r.Seq), &r) {
			return nil
		}
		return each(r)
	})
}

func (s *tampered) Snapshot(ctx context.Context, name string) (store.Snapshot, error) {
	snapshot, err := s.Store.Snapshot(ctx, name)
	if s.snapshot != nil {
		s.snapshot(&snapshot)
	}
	return snapshot, err
}

func (s *tampered) Claim(ctx context.Context, name string) (uint64, error) {
	s.claims++
	return s.Store.Claim(ctx, name)
}

// inFlight returns a rig whose process died while a host was acting and a notice waited.
func inFlight(t *testing.T, w *campaign.World) *rig {
	t.Helper()
	r := started(t, w)
	f := &fuse{dies: func(int) bool { return false }}
	r.wrap = f.wrap
	f.dies = func(int) bool { return r.count(campaign.HostActing) > 0 }
	if r.runOnce() == nil {
		t.Fatal("it did not die")
	}
	r.wrap = nil
	return r
}

// refusal opens an engine that must refuse, and returns why.
func refusal(t *testing.T, r *rig, s *tampered) problem.Problem {
	t.Helper()
	parts := r.parts()
	s.Store = parts.Store
	parts.Store = s
	_, err := Open(t.Context(), parts)
	p, ok := errors.AsType[problem.Problem](err)
	if !ok {
		t.Fatalf("Open gives %v, want a problem", err)
	}
	if s.claims > 0 {
		t.Errorf("%s: the campaign was claimed although its journal is refused", p.Code)
	}
	return p
}

// rechained makes the journal whole again from a record on, as somebody does who knows how it is chained.
func rechained(journal func(seq int, r *store.Record) bool) func(seq int, r *store.Record) bool {
	chain := evidence.Root(campaignID)
	return func(seq int, r *store.Record) bool {
		if !journal(seq, r) {
			return false
		}
		r.Chain = evidence.Chain(chain, recordOf(*r))
		chain = r.Chain
		return true
	}
}

func TestAJournalThatCannotBeTrustedIsRefusedBeforeAnythingIsDone(t *testing.T) {
	w := newWorld(t, fleetOf(1, 1), plain)
	edit := func(at int, change func(*store.Record)) func(int, *store.Record) bool {
		return func(seq int, r *store.Record) bool {
			if seq == at {
				change(r)
			}
			return true
		}
	}
	for what, c := range map[string]struct {
		journal func(int, *store.Record) bool
		code    problem.Code
		words   string
	}{
		"a changed body":  {edit(3, func(r *store.Record) { r.Body = []byte(strings.Replace(string(r.Body), "second", "third!", 1)) }), "journal-damaged", "record 3 of the journal (campaign-approved) was altered"},
		"a changed time":  {edit(3, func(r *store.Record) { r.At++ }), "journal-damaged", "record 3"},
		"a changed kind":  {edit(3, func(r *store.Record) { r.Kind = "campaign-started" }), "journal-damaged", "record 3"},
		"a changed chain": {edit(4, func(r *store.Record) { r.Chain = evidence.Root("another") }), "journal-damaged", "record 4"},
		"a gap":           {func(seq int, _ *store.Record) bool { return seq != 5 }, "journal-damaged", "record 6 of the journal follows record 4"},
		"a cut tail":      {func(seq int, _ *store.Record) bool { return seq < 6 }, "journal-damaged", "the journal ends at record 5"},
		"a newer version": {rechained(edit(2, func(r *store.Record) { r.Version = campaign.EventVersion + 1 })), "journal-newer", "record 2 of the journal (campaign-approved) has version 2"},
		"an older form":   {rechained(edit(2, func(r *store.Record) { r.Version = 0 })), "journal-damaged", "record 2 of the journal (campaign-approved) cannot be read"},
		"no event":        {rechained(edit(2, func(r *store.Record) { r.Body = []byte("{}") })), "journal-damaged", "cannot be read"},
		"another kind":    {rechained(edit(2, func(r *store.Record) { r.Kind = "host-done" })), "journal-damaged", "is filed as host-done"},
		"what never was": {rechained(edit(2, func(r *store.Record) {
			r.Kind = string(campaign.HostUndone)
			r.Body = campaign.Encode(campaign.Event{Kind: campaign.HostUndone, At: r.At, Host: "h110"})
		})), "journal-damaged", "record 2 of the journal (host-undone) does not fit"},
	} {
		r := inFlight(t, w)
		p := refusal(t, r, &tampered{journal: c.journal})
		if p.Code != c.code || !strings.Contains(p.Sentence, c.words) || p.Fix == "" {
			t.Errorf("%s: refused with %v, want %s: %q", what, p, c.code, c.words)
		}
	}
}

func TestAStoreThatDisagreesWithItsJournalIsRefused(t *testing.T) {
	w := newWorld(t, fleetOf(1, 1), plain)
	for what, c := range map[string]struct {
		snapshot func(*store.Snapshot)
		words    string
	}{
		"a lost order":       {func(s *store.Snapshot) { s.Orders = nil }, "order c-0123456789ab/h110/act/1 is open in the journal and not in the store"},
		"a foreign order":    {func(s *store.Snapshot) { s.Orders = append(s.Orders, store.OrderRow{Key: "x"}) }, "order x is open in the store and not in the journal"},
		"a foreign notice":   {func(s *store.Snapshot) { s.Notices = append(s.Notices, store.NoticeRow{ID: "x"}) }, "notice x is open in the store and not in the journal"},
		"a lost deadline":    {func(s *store.Snapshot) { s.Deadlines = nil }, "deadlines"},
		"a shifted deadline": {func(s *store.Snapshot) { s.Deadlines[0].At++ }, "deadlines"},
		"a longer journal":   {func(s *store.Snapshot) { s.Last++ }, "the journal ends at record"},
	} {
		p := refusal(t, inFlight(t, w), &tampered{snapshot: c.snapshot})
		if p.Code != "journal-damaged" || !strings.Contains(p.Sentence, c.words) {
			t.Errorf("%s: refused with %v, want %q", what, p, c.words)
		}
	}
}

func TestReplayingTheJournalGivesTheStateByteForByte(t *testing.T) {
	w := newWorld(t, fleetOf(1, 2), plain)
	r := eventful(t, w)
	e := r.open()
	compared := 0
	r.watch = func(f Frame) {
		if len(f.Events) == 0 {
			return
		}
		again := &Engine{Parts: r.parts(), ranks: e.ranks}
		if err := again.read(t.Context()); err != nil {
			t.Fatalf("at %v: %v", f.At, err)
		}
		if again.State().Digest(w) != e.State().Digest(w) {
			t.Fatalf("at %v the journal gives another state than the one that wrote it", f.At)
		}
		compared++
	}
	r.finish(e)
	if compared < 20 {
		t.Errorf("only %d states were compared", compared)
	}
}

func TestDocumentsThatChangedKeepAConductorOut(t *testing.T) {
	r := inFlight(t, newWorld(t, fleetOf(1, 1), plain))
	r.sources.Fleet = "sha256:0000"
	r.sources.Changes = []string{"host h999 was added"}
	orders := len(r.hosts.log)
	_, err := Open(t.Context(), r.parts())
	p, ok := errors.AsType[problem.Problem](err)
	if !ok || p.Code != "sources-changed" || !strings.Contains(p.Sentence, "h999") {
		t.Errorf("Open gives %v, want sources-changed and what changed", err)
	}
	if len(r.hosts.log) != orders {
		t.Errorf("orders were given: %v", r.hosts.log[orders:])
	}
}
