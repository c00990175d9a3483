// Package storetest says what every store must keep to, as tests that are run on each. It knows stores by their
// port alone; how one is opened, and made to fail, it is told by a Place.
package storetest

import (
	"context"
	"fmt"
	"testing"

	"github.com/evenkeel-project/evenkeel/internal/store"
)

// Place is where stores keep their data: what a disk is to the processes of a machine.
type Place struct {
	// Open returns a store as a new process finds it. The suite closes it before it opens the next.
	Open func() (store.Store, error)
	// Read returns a reader of another process.
	Read func() (store.Reader, error)
	// Fail makes the next Apply of a store fail, before it has kept the batch or after.
	Fail func(s store.Store, kept bool)
}

// Run runs the suite. Fresh is called at the start of every test and returns a place without data.
func Run(t *testing.T, fresh func(t *testing.T) Place) {
	for _, test := range []struct {
		name string
		run  func(*testing.T, Place)
	}{
		{"AnEmptyStoreHasNoCampaign", emptyStore},
		{"WhatWasKeptIsReadAgain", readAgain},
		{"AnOlderEpochIsFenced", fenced},
		{"ABatchAfterTheWrongRecordIsRefused", moved},
		{"AGapInTheJournalIsRefused", gaps},
		{"WhatWasThereOnceNeverComesAgain", onceForEver},
		{"OnlyWhatIsOpenIsClosed", closeOpen},
		{"ABatchWithAFaultChangesNothing", allOrNothing},
		{"RowsAreInTheOrderOfTheirKeys", keyOrder},
		{"ADeadlineReplacesThatOfItsHost", deadlines},
		{"TheJournalIsReadFromAnyRecordOn", resume},
		{"CampaignsAreKeptApart", apart},
		{"AFailureBeforeOrAfterTheCommitLeavesAWholeBatchOrNone", failures},
		{"AnEndedContextKeepsNothing", ended},
		{"ReadersSeeOnlyWholeBatches", wholeBatches},
		{"AReaderMayUseTheStoreInsideTheJournal", nested},
		{"TheCallerMayChangeWhatItHandedOver", ownership},
	} {
		t.Run(test.name, func(t *testing.T) { test.run(t, fresh(t)) })
	}
}

// campaign is the one that most tests work on.
const campaign = "c-0123456789ab"

// must ends the test unless err is nil.
func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// claimed opens a place, claims the campaign, and closes the store when the test ends.
func claimed(t *testing.T, p Place) (store.Store, uint64) {
	t.Helper()
	s, err := p.Open()
	must(t, err)
	t.Cleanup(func() { must(t, s.Close()) })
	epoch, err := s.Claim(t.Context(), campaign)
	must(t, err)
	return s, epoch
}

// records returns n records that follow the given one; each differs from every other.
func records(after uint64, n int) []store.Record {
	var all []store.Record
	for i := range n {
		seq := after + 1 + uint64(i)
		all = append(all, store.Record{Seq: seq, At: 1412078400 + 60*sec(seq), Version: 1 + int(seq%3), Kind: fmt.Sprintf("kind-%d", seq%5),
			Body: fmt.Appendf(nil, "{\"n\":%d,\"text\":\"a\\u0000ü\x00\xff\"}", seq), Chain: fmt.Sprintf("chain-%d", seq)})
	}
	return all
}

// batch returns a batch of n records for the campaign.
func batch(epoch, after uint64, n int) store.Batch {
	return store.Batch{Campaign: campaign, Epoch: epoch, After: after, Records: records(after, n)}
}

// order and notice return rows that are told apart by their name.
func order(key string) store.OrderRow {
	return store.OrderRow{Key: key, Host: "host of " + key, Step: "act", Attempt: 2, NotAfter: 1412078400}
}

func notice(id string) store.NoticeRow {
	return store.NoticeRow{ID: id, Tenant: "tenant of " + id, Kind: "planned", At: 1412078400}
}

// journal returns the records of a campaign after the given one.
func journal(t *testing.T, r store.Reader, name string, after uint64) []store.Record {
	t.Helper()
	var all []store.Record
	must(t, r.Journal(t.Context(), name, after, func(record store.Record) error { all = append(all, record); return nil }))
	return all
}

// state is all that a reader tells of a campaign.
type state struct {
	Snapshot store.Snapshot
	Journal  []store.Record
}

func stateOf(t *testing.T, r store.Reader, name string) state {
	t.Helper()
	snapshot, err := r.Snapshot(t.Context(), name)
	must(t, err)
	return state{snapshot, journal(t, r, name, 0)}
}

// same ends the test unless both are equal; an empty list equals none.
func same(t *testing.T, what string, got, want any) {
	t.Helper()
	if fault := differ(what, got, want); fault != "" {
		t.Fatal(fault)
	}
}

// differ says how two values differ, or "". It compares them as they are printed: so an empty list equals none.
func differ(what string, got, want any) string {
	g, w := fmt.Sprintf("%+v", got), fmt.Sprintf("%+v", want)
	if g == w {
		return ""
	}
	return fmt.Sprintf("%s\nis   %s\nwant %s", what, g, w)
}

// reader opens a reader and closes it when the test ends.
func reader(t *testing.T, p Place) store.Reader {
	t.Helper()
	r, err := p.Read()
	must(t, err)
	t.Cleanup(func() { must(t, r.Close()) })
	return r
}

// cancelled returns a context that has ended.
func cancelled(t *testing.T) context.Context {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	return ctx
}
