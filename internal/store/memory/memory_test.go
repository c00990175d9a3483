package memory_test

import (
	"errors"
	"testing"

	"pgregory.net/rapid"

	"github.com/evenkeel-project/evenkeel/internal/store"
	"github.com/evenkeel-project/evenkeel/internal/store/memory"
	"github.com/evenkeel-project/evenkeel/internal/store/storetest"
)

// place returns a place in memory. What is opened there shares its data.
func place() storetest.Place {
	first := memory.New()
	return storetest.Place{
		Open: func() (store.Store, error) { return first.Reopen(), nil },
		Read: func() (store.Reader, error) { return first.Reopen(), nil },
		Fail: func(s store.Store, kept bool) {
			fault := memory.BeforeCommit
			if kept {
				fault = memory.AfterCommit
			}
			s.(*memory.Store).FailBy(once(fault))
		},
	}
}

// once returns a hook with which one batch goes wrong.
func once(fault memory.Fault) func(store.Batch) memory.Fault {
	return func(store.Batch) memory.Fault {
		defer func() { fault = memory.None }()
		return fault
	}
}

func TestTheMemoryKeepsToWhatEveryStoreMust(t *testing.T) {
	storetest.Run(t, func(*testing.T) storetest.Place { return place() })
}

func TestTheMemoryBehavesAsTheModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		storetest.Walk(t, place(), "c-1", func(n int) int { return rapid.IntRange(0, n-1).Draw(t, "pick") })
	})
}

func TestAFullMemoryKeepsNothingUntilThereIsRoom(t *testing.T) {
	s := memory.New()
	epoch, err := s.Claim(t.Context(), "c-1")
	if err != nil {
		t.Fatal(err)
	}
	b := store.Batch{Campaign: "c-1", Epoch: epoch, Records: []store.Record{{Seq: 1}}, Orders: []store.OrderRow{{Key: "k"}}}
	s.FailBy(once(memory.Full))
	if err := s.Apply(t.Context(), b); !errors.Is(err, store.ErrFull) {
		t.Fatalf("got %v, want %v", err, store.ErrFull)
	}
	if at, err := s.Snapshot(t.Context(), "c-1"); err != nil || at.Last != 0 || len(at.Orders) != 0 {
		t.Fatalf("something was kept: %+v, %v", at, err)
	}
	if err := s.Apply(t.Context(), b); err != nil {
		t.Fatalf("the batch is not taken when there is room again: %v", err)
	}
}

func TestAProcessThatStalledIsFencedByTheNext(t *testing.T) {
	old := memory.New()
	first, err := old.Claim(t.Context(), "c-1")
	if err != nil {
		t.Fatal(err)
	}
	next := old.Reopen()
	if err := old.Apply(t.Context(), store.Batch{Campaign: "c-1", Epoch: first, Records: []store.Record{{Seq: 1}}}); err != nil {
		t.Fatalf("nobody has taken over yet: %v", err)
	}
	if _, err := next.Claim(t.Context(), "c-1"); err != nil {
		t.Fatal(err)
	}
	err = old.Apply(t.Context(), store.Batch{Campaign: "c-1", Epoch: first, After: 1, Records: []store.Record{{Seq: 2}}})
	if !errors.Is(err, store.ErrFenced) {
		t.Fatalf("got %v, want %v", err, store.ErrFenced)
	}
}

func TestAClosedMemoryAnswersNothing(t *testing.T) {
	s := memory.New()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Campaigns(t.Context()); err == nil {
		t.Fatal("a closed store answers")
	}
	if _, err := s.Reopen().Campaigns(t.Context()); err != nil {
		t.Fatalf("the data is gone with the process: %v", err)
	}
}
