package app

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/evenkeel-project/evenkeel/internal/cli"
	"github.com/evenkeel-project/evenkeel/internal/core/campaign"
	"github.com/evenkeel-project/evenkeel/internal/datadir"
	"github.com/evenkeel-project/evenkeel/internal/store"
	"github.com/evenkeel-project/evenkeel/internal/store/memory"
)

func TestLettersThatTheJournalDoesNotBearOutAreNamed(t *testing.T) {
	kept := memory.New()
	dir := datadir.At(t.TempDir())
	if err := os.Mkdir(dir.Outbox(), 0o700); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"n-1.eml", "n-2.eml", "n-9.eml", "note.txt"} {
		if err := os.WriteFile(filepath.Join(dir.Outbox(), name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var records []store.Record
	for i, id := range []string{"n-1", "n-2", "n-1", "n-3"} {
		e := campaign.Event{Kind: campaign.NoticeAccepted, NoticeID: id}
		records = append(records, store.Record{Seq: uint64(i + 1), Version: campaign.EventVersion, Kind: string(e.Kind), Body: campaign.Encode(e)})
	}
	epoch, err := kept.Claim(t.Context(), "c-1")
	if err != nil {
		t.Fatal(err)
	}
	if err := kept.Apply(t.Context(), store.Batch{Campaign: "c-1", Epoch: epoch, Records: records}); err != nil {
		t.Fatal(err)
	}
	var seen cli.Witnessed
	if err := countLetters(t.Context(), kept, "c-1", dir, &seen); err != nil {
		t.Fatal(err)
	}
	if seen.Accepted != 3 || !slices.Equal(seen.Doubled, []string{"n-1"}) || !slices.Equal(seen.Lost, []string{"n-3"}) ||
		!slices.Equal(seen.Stray, []string{"n-9.eml", "note.txt"}) || seen.Clean() {
		t.Errorf("seen %+v", seen)
	}
}
