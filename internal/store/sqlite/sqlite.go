// Package sqlite keeps a store in one SQLite file on a local disk: one process writes, any number read. Here live
// the form of the file, the statements, and the refusal of what would make the file unsafe: a second writer, a
// network file system, a foreign, damaged or newer file. What the kept bytes mean is known elsewhere.
package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"

	"github.com/evenkeel-project/evenkeel/internal/store"
)

// Store is the one hold on a file that can write. It may be used by several goroutines.
type Store struct {
	*reader
	held   *os.File // the lock file
	pool   *sql.DB  // of the one connection that writes
	writer *sql.Conn
	kept   statements

	mu      sync.Mutex // one batch at a time
	reached func(point) error
}

// Open opens the file at path for writing, and makes it when it is not there; its directory must exist. The file
// "lock" beside it is locked until Close. Refusals wrap store.ErrBusy, store.ErrNewer and store.ErrDamaged.
func Open(ctx context.Context, path string) (*Store, error) {
	return open(ctx, path, fileSystem)
}

func open(ctx context.Context, path string, kind func(dir string) (uint32, error)) (*Store, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	if err := refuseNetwork(filepath.Dir(path), kind); err != nil {
		return nil, err
	}
	held, err := hold(filepath.Dir(path))
	if err != nil {
		return nil, err
	}
	s := &Store{held: held}
	if err := s.open(ctx, path); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// open does what Open does once the lock is held. After an error the caller closes what is open.
func (s *Store) open(ctx context.Context, path string) error {
	if err := create(ctx, path); err != nil {
		return err
	}
	var err error
	if s.pool, err = sql.Open("sqlite", address(path, "rw")); err != nil {
		return explain(path, err)
	}
	if s.writer, err = s.pool.Conn(ctx); err != nil {
		return explain(path, err)
	}
	if err := examine(ctx, s.writer, path); err != nil {
		return err
	}
	if err := check(ctx, s.writer, path); err != nil {
		return err
	}
	if err := migrate(ctx, path); err != nil {
		return explain(path, err)
	}
	if err := keepLog(ctx, s.writer, path); err != nil {
		return err
	}
	if s.kept, err = prepare(ctx, s.writer); err != nil {
		return explain(path, err)
	}
	s.reader, err = look(path)
	return err
}

// OpenReader opens the file at path for reading, whether or not a process writes to it. An error wraps
// fs.ErrNotExist when there is no such file, and store.ErrNewer or store.ErrDamaged.
func OpenReader(ctx context.Context, path string) (store.Reader, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	if _, err := os.Stat(path); err != nil {
		return nil, err
	}
	if err := refuseNetwork(filepath.Dir(path), fileSystem); err != nil {
		return nil, err
	}
	r, err := look(path)
	if err != nil {
		return nil, err
	}
	if err := r.examine(ctx); err != nil {
		return nil, errors.Join(err, r.Close())
	}
	return r, nil
}

// Close ends all use of the file and lets another process have it.
func (s *Store) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	var faults []error
	if s.reader != nil {
		faults = append(faults, s.reader.Close())
	}
	faults = append(faults, s.kept.close())
	if s.writer != nil {
		faults = append(faults, s.writer.Close())
	}
	if s.pool != nil {
		faults = append(faults, s.pool.Close())
	}
	faults = append(faults, s.held.Close())
	if err := errors.Join(faults...); err != nil {
		return fmt.Errorf("closing the store: %w", err)
	}
	return nil
}
