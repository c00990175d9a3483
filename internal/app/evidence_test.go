package app

import (
	"bytes"
	"context"
	"errors"
	"testing"

	"github.com/evenkeel-project/evenkeel/internal/core/evidence"
	"github.com/evenkeel-project/evenkeel/internal/core/problem"
	"github.com/evenkeel-project/evenkeel/internal/store"
)

// kept is a store that holds one journal.
type kept struct {
	store.Reader
	records []store.Record
}

// Journal shows every record.
func (k kept) Journal(_ context.Context, _ string, _ uint64, each func(store.Record) error) error {
	for _, r := range k.records {
		if err := each(r); err != nil {
			return err
		}
	}
	return nil
}

func chained(bodies ...string) []store.Record {
	var out []store.Record
	chain := evidence.Root("c-1")
	for i, body := range bodies {
		r := evidence.Record{Seq: uint64(i + 1), At: 1411902000, Version: 1, Kind: "host-drained", Body: []byte(body)}
		r.Chain = evidence.Chain(chain, r)
		chain = r.Chain
		out = append(out, store.Record(r))
	}
	return out
}

func TestAJournalThatWasAlteredInTheStoreIsNotSigned(t *testing.T) {
	for name, alter := range map[string]func(r []store.Record) []store.Record{
		"a body":        func(r []store.Record) []store.Record { r[1].Body = []byte("{}"); return r },
		"a time":        func(r []store.Record) []store.Record { r[1].At++; return r },
		"a kind":        func(r []store.Record) []store.Record { r[1].Kind = "host-done"; return r },
		"a chain":       func(r []store.Record) []store.Record { r[1].Chain = r[0].Chain; return r },
		"a missing one": func(r []store.Record) []store.Record { return append(r[:1], r[2]) },
		"a first one":   func(r []store.Record) []store.Record { return r[1:] },
	} {
		var out bytes.Buffer
		_, _, err := writeRecords(context.Background(), kept{records: alter(chained(`{"a":1}`, `{"a":2}`, `{"a":3}`))}, "c-1", &out)
		var refused problem.Problem
		if !errors.As(err, &refused) || refused.Code != "journal-damaged" {
			t.Errorf("%s: %v", name, err)
		}
	}
	var out bytes.Buffer
	records, chain, err := writeRecords(context.Background(), kept{records: chained(`{"a":1}`, `{"a":2}`)}, "c-1", &out)
	if want := chained(`{"a":1}`, `{"a":2}`)[1].Chain; err != nil || records != 2 || chain != want || bytes.Count(out.Bytes(), []byte("\n")) != 2 {
		t.Errorf("%d records, chain %s, %v:\n%s", records, chain, err, out.String())
	}
}
