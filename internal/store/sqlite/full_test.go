package sqlite

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/evenkeel-project/evenkeel/internal/store"
)

func TestAFullStoreKeepsNothingUntilThereIsRoom(t *testing.T) {
	s, epoch, _ := begin(t)
	n := uint64(0)
	for range 20 {
		if err := s.Apply(t.Context(), linkedBatch(epoch, n)); err != nil {
			t.Fatal(err)
		}
		n = next(n)
	}
	limit := func(pages string) {
		if _, err := s.writer.ExecContext(t.Context(), "PRAGMA max_page_count="+pages); err != nil {
			t.Fatal(err)
		}
	}
	limit("1") // SQLite takes the present size for a limit below it
	var err error
	for tries := 0; err == nil; tries++ {
		if err = s.Apply(t.Context(), linkedBatch(epoch, n)); err == nil {
			n = next(n)
		}
		if tries > 100 {
			t.Fatal("the store is never full")
		}
	}
	for range 3 {
		if !errors.Is(err, store.ErrFull) {
			t.Fatalf("got %v, want %v", err, store.ErrFull)
		}
		if last, fault := torn(t.Context(), s); fault != "" || last != n {
			t.Fatalf("a full store ends at %d, want %d: %s", last, n, fault)
		}
		err = s.Apply(t.Context(), linkedBatch(epoch, n))
	}
	limit("1000000")
	if err := s.Apply(t.Context(), linkedBatch(epoch, n)); err != nil {
		t.Fatalf("the store does not go on when there is room again: %v", err)
	}
	if last, fault := torn(t.Context(), s); fault != "" || last != next(n) {
		t.Fatalf("the store ends at %d, want %d: %s", last, next(n), fault)
	}
}

func TestAWriteThatTheSystemRefusesLosesNothing(t *testing.T) {
	path := filepath.Join(t.TempDir(), "evenkeel.db")
	if out, err := child(t, "cramped", path).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
}

// runOutOfRoom writes until the system lets no file grow further, looks at what was kept, and goes on when files
// may grow again.
func runOutOfRoom(path string) error {
	ctx := context.Background()
	s, err := Open(ctx, path)
	if err != nil {
		return err
	}
	epoch, err := s.Claim(ctx, linked)
	if err != nil {
		return err
	}
	var limits syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &limits); err != nil {
		return err
	}
	cramped := limits
	cramped.Cur = 1 << 20
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &cramped); err != nil {
		return err
	}
	n, refused := uint64(0), 0
	for tries := 0; refused < 3 && tries < 10_000; tries++ {
		if s.Apply(ctx, linkedBatch(epoch, n)) != nil {
			refused++
		} else {
			n = next(n)
		}
		if last, fault := torn(ctx, s); fault != "" || last != n {
			return fmt.Errorf("after %d refused writes the journal ends at %d, want %d: %s", refused, last, n, fault)
		}
	}
	if refused == 0 {
		return errors.New("no write was refused")
	}
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limits); err != nil {
		return err
	}
	if err := s.Apply(ctx, linkedBatch(epoch, n)); err != nil {
		return fmt.Errorf("the store does not go on: %w", err)
	}
	return s.Close()
}

func TestALogWhoseIndexFindsNoRoomIsAFullStore(t *testing.T) {
	path := filepath.Join(t.TempDir(), "evenkeel.db")
	if out, err := child(t, "indexless", path).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
}

// openWithoutIndex opens a store whose index of the log cannot be made for want of room.
func openWithoutIndex(path string) error {
	ctx := context.Background()
	s, err := Open(ctx, path)
	if err != nil {
		return err
	}
	if err := s.Close(); err != nil { // the index goes with the last who used it
		return err
	}
	var limits syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &limits); err != nil {
		return err
	}
	limits.Cur = 1 << 13
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limits); err != nil {
		return err
	}
	if _, err := Open(ctx, path); !errors.Is(err, store.ErrFull) {
		return fmt.Errorf("got %v, want %v", err, store.ErrFull)
	}
	return nil
}
