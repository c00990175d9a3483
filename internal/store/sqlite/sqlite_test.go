package sqlite

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"pgregory.net/rapid"

	"github.com/evenkeel-project/evenkeel/internal/store"
	"github.com/evenkeel-project/evenkeel/internal/store/storetest"
)

// TestMain lets a test start this program again as the process that is to be killed or to run out of room.
func TestMain(m *testing.M) {
	if run, path, ok := asked(); ok {
		if err := run(path); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

var errInjected = errors.New("the test stops the transaction here")

// place returns a place in a directory of its own.
func place(t *testing.T) storetest.Place {
	path := filepath.Join(t.TempDir(), "evenkeel.db")
	return storetest.Place{
		Open: func() (store.Store, error) { return Open(t.Context(), path) },
		Read: func() (store.Reader, error) {
			if _, err := os.Stat(path); err != nil { // a reader makes no file
				s, err := Open(t.Context(), path)
				if err != nil {
					return nil, err
				}
				if err := s.Close(); err != nil {
					return nil, err
				}
			}
			return OpenReader(t.Context(), path)
		},
		Fail: func(s store.Store, kept bool) {
			at := map[bool]point{false: uncommitted, true: committed}[kept]
			s.(*Store).reached = func(p point) error {
				if p != at {
					return nil
				}
				s.(*Store).reached = nil
				return errInjected
			}
		},
	}
}

func TestSQLiteKeepsToWhatEveryStoreMust(t *testing.T) { storetest.Run(t, place) }

func TestSQLiteBehavesAsTheModel(t *testing.T) {
	p, n := place(t), 0
	rapid.Check(t, func(t *rapid.T) {
		n++
		storetest.Walk(t, p, fmt.Sprint("c-", n), func(n int) int { return rapid.IntRange(0, n-1).Draw(t, "pick") })
	})
}

// begin opens a new store with a claimed campaign, and returns its path.
func begin(t *testing.T) (*Store, uint64, string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "evenkeel.db")
	s, err := Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() }) // fails when the test has closed it
	epoch, err := s.Claim(t.Context(), linked)
	if err != nil {
		t.Fatal(err)
	}
	return s, epoch, path
}
