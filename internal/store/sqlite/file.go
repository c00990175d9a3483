package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	library "modernc.org/sqlite"

	"github.com/evenkeel-project/evenkeel/internal/store"
)

// applicationID stands in the header of every file that is ours: "EvKl".
const applicationID = 0x45764b6c

// libraryMin is the oldest SQLite that is trusted: older ones could lose what was written when two processes began
// to use a log at the same moment.
var libraryMin = [3]int{3, 51, 3}

// The bounds of what waits and of what stays on disk.
const (
	busyMilliseconds = 5000     // how long to wait for another program that has the file locked
	logBytesMax      = 16 << 20 // what the write-ahead log keeps of its size once it is emptied
)

// address returns the name by which the library opens a file. The mode is rw or ro; neither makes a file.
func address(path, mode string) string {
	settings := url.Values{
		"mode":          {mode},
		"_busy_timeout": {strconv.Itoa(busyMilliseconds)},
		"_defensive":    {"1"}, // no statement can damage the file
		"_dqs":          {"0"}, // a misspelt column is an error, not a string
		"_error_rc":     {"1"},
		"_foreign_keys": {"on"},
		"_synchronous":  {"FULL"},
		"_txlock":       {"immediate"},
		"_pragma":       {"mmap_size(0)", "cell_size_check(1)", "trusted_schema(0)"},
	}
	return (&url.URL{Scheme: "file", Path: path, RawQuery: settings.Encode()}).String()
}

// query is what asks one question of a file: a connection, a transaction or a pool.
type query interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// examine refuses a file that is not ours or is of a newer form.
func examine(ctx context.Context, q query, path string) error {
	var version string
	var id, tables int
	if err := q.QueryRowContext(ctx, "SELECT sqlite_version()").Scan(&version); err != nil {
		return explain(path, err)
	}
	if err := refuseLibrary(version); err != nil {
		return err
	}
	if err := q.QueryRowContext(ctx, "PRAGMA application_id").Scan(&id); err != nil {
		return explain(path, err)
	}
	if id != applicationID {
		return damaged(path, "is not a store of evenkeel")
	}
	err := q.QueryRowContext(ctx, "SELECT count(*) FROM sqlite_schema WHERE name = 'goose_db_version'").Scan(&tables)
	if err != nil {
		return explain(path, err)
	}
	if tables == 0 {
		return damaged(path, "does not say of which form it is")
	}
	var found int
	err = q.QueryRowContext(ctx, "SELECT coalesce(max(version_id), 0) FROM goose_db_version WHERE is_applied").Scan(&found)
	switch {
	case err != nil:
		return explain(path, err)
	case found < 1:
		return damaged(path, "does not say of which form it is")
	case found > form:
		return newer(path, found)
	}
	return nil
}

// check reads the whole file and refuses one that contradicts itself.
func check(ctx context.Context, q query, path string) error {
	var found string
	if err := q.QueryRowContext(ctx, "PRAGMA integrity_check(1)").Scan(&found); err != nil {
		return explain(path, err)
	}
	if found != "ok" {
		return damaged(path, "contradicts itself: "+found)
	}
	return nil
}

// keepLog has changes written to a log beside the file, so that readers and the writer do not wait for each other.
// The log stays when the last process closes the file: a reader that may not write in the directory could not
// make it.
func keepLog(ctx context.Context, writer *sql.Conn, path string) error {
	var mode string
	if err := writer.QueryRowContext(ctx, "PRAGMA journal_mode=WAL").Scan(&mode); err != nil {
		return explain(path, err)
	}
	if mode != "wal" {
		return fmt.Errorf("%s: SQLite keeps no write-ahead log here but works by %q", path, mode)
	}
	if _, err := writer.ExecContext(ctx, fmt.Sprintf("PRAGMA journal_size_limit=%d", logBytesMax)); err != nil {
		return explain(path, err)
	}
	return writer.Raw(func(connection any) error {
		control, ok := connection.(library.FileControl)
		if !ok {
			return errors.New("the SQLite driver cannot keep the write-ahead log")
		}
		_, err := control.FileControlPersistWAL("main", 1)
		return err
	})
}

// refuseLibrary refuses a version of SQLite that is too old.
func refuseLibrary(version string) error {
	parts := strings.Split(version, ".")
	for i, least := range libraryMin {
		n := -1
		if i < len(parts) {
			n, _ = strconv.Atoi(parts[i])
		}
		if n > least {
			return nil
		}
		if n < least {
			return fmt.Errorf("SQLite %s is too old: it must be %d.%d.%d or newer", version, libraryMin[0], libraryMin[1], libraryMin[2])
		}
	}
	return nil
}

// create makes an empty store at path unless there is a file. The file appears whole or not at all.
func create(ctx context.Context, path string) error {
	switch at, err := os.Stat(path); {
	case err == nil && at.Size() == 0:
		return damaged(path, "is empty, which it never is by itself")
	case err == nil:
		return nil
	case !errors.Is(err, fs.ErrNotExist):
		return err
	}
	if log, err := os.Stat(path + "-wal"); err == nil && log.Size() > 0 {
		return damaged(path, "is not there, but its log "+log.Name()+" is")
	}
	draft := path + ".new"
	for _, end := range []string{"", "-journal", "-wal", "-shm"} {
		if err := os.Remove(draft + end); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	file, err := os.OpenFile(draft, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return explain(path, err)
	}
	if err := file.Close(); err != nil {
		return explain(path, err)
	}
	if err := migrate(ctx, draft); err != nil {
		return explain(path, err)
	}
	if err := os.Rename(draft, path); err != nil {
		return err
	}
	return syncDirectory(filepath.Dir(path))
}

// syncDirectory makes sure that a new name in a directory outlives a power cut.
func syncDirectory(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

var _ store.Store = (*Store)(nil)
