package sqlite

import (
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/evenkeel-project/evenkeel/internal/core/problem"
	"github.com/evenkeel-project/evenkeel/internal/store"
)

// closed returns the path of a store with a few batches that no process has open.
func closed(t *testing.T) string {
	t.Helper()
	s, epoch, path := begin(t)
	for n := uint64(0); n < 2000; n = next(n) {
		if err := s.Apply(t.Context(), linkedBatch(epoch, n)); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

// alter carries out a statement behind the back of the store.
func alter(t *testing.T, path, statement string) {
	t.Helper()
	pool, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := pool.Exec(statement); err != nil {
		t.Fatal(err)
	}
	if err := pool.Close(); err != nil {
		t.Fatal(err)
	}
}

// refused checks that err is of a kind and a problem that says all the texts.
func refused(t *testing.T, err, kind error, texts ...string) {
	t.Helper()
	if err == nil || kind != nil && !errors.Is(err, kind) {
		t.Fatalf("got %v, want %v", err, kind)
	}
	var told problem.Problem
	if !errors.As(err, &told) || told.Code == "" || told.Fix == "" {
		t.Fatalf("%v is no problem with a code and a fix", err)
	}
	for _, text := range texts {
		if !strings.Contains(err.Error(), text) {
			t.Fatalf("%q does not say %q", err, text)
		}
	}
}

func TestASecondProcessIsRefusedAndToldOfTheFirst(t *testing.T) {
	s, _, path := begin(t)
	_, err := Open(t.Context(), path)
	refused(t, err, store.ErrBusy, fmt.Sprintf("process %d is at work on %s", os.Getpid(), filepath.Dir(path)))
	if _, fault := torn(t.Context(), s); fault != "" {
		t.Fatalf("the attempt harmed the first: %s", fault)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	next, err := Open(t.Context(), path)
	if err != nil {
		t.Fatalf("the store stays locked after it was closed: %v", err)
	}
	if err := next.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestAForeignProgramThatLocksTheFileIsTold(t *testing.T) {
	s, epoch, path := begin(t)
	if _, err := s.writer.ExecContext(t.Context(), "PRAGMA busy_timeout=1"); err != nil {
		t.Fatal(err)
	}
	pool, err := sql.Open("sqlite", address(path, "rw"))
	if err != nil {
		t.Fatal(err)
	}
	foreign, err := pool.Begin()
	if err != nil {
		t.Fatal(err)
	}
	refused(t, s.Apply(t.Context(), linkedBatch(epoch, 0)), store.ErrBusy, path)
	if err := errors.Join(foreign.Rollback(), pool.Close()); err != nil {
		t.Fatal(err)
	}
	if err := s.Apply(t.Context(), linkedBatch(epoch, 0)); err != nil {
		t.Fatalf("the store does not go on: %v", err)
	}
}

func TestAStoreOfANewerVersionIsLeftAlone(t *testing.T) {
	path := closed(t)
	alter(t, path, "INSERT INTO goose_db_version (version_id, is_applied) VALUES (41, 1)")
	for _, open := range []func() error{
		func() error { _, err := Open(t.Context(), path); return err },
		func() error { _, err := OpenReader(t.Context(), path); return err },
	} {
		refused(t, open(), store.ErrNewer, "form 41", fmt.Sprintf("up to %d", form))
	}
}

func TestAFileThatIsNoStoreIsRefusedAndNotChanged(t *testing.T) {
	for what, c := range map[string]struct {
		make func(path string)
		says string
	}{
		"a text":             {func(path string) { put(t, path, strings.Repeat("not a database\n", 1000)) }, "is not an SQLite file"},
		"a short text":       {func(path string) { put(t, path, "x") }, "is not a store of evenkeel"},
		"a foreign database": {func(path string) { alter(t, path, "CREATE TABLE bookmarks (url TEXT)") }, "is not a store of evenkeel"},
		"a database that only bears the number": {func(path string) {
			alter(t, path, fmt.Sprintf("PRAGMA application_id=%d", applicationID))
			alter(t, path, "CREATE TABLE journal (seq INTEGER)")
		}, "does not say of which form it is"},
		"an empty file": {func(path string) { put(t, path, "") }, "is empty"},
	} {
		path := filepath.Join(t.TempDir(), "evenkeel.db")
		c.make(path)
		before := get(t, path)
		_, err := Open(t.Context(), path)
		refused(t, err, store.ErrDamaged, path, c.says)
		if get(t, path) != before {
			t.Fatalf("%s was changed", what)
		}
		if what == "an empty file" {
			continue // to a reader it is a foreign database
		}
		_, err = OpenReader(t.Context(), path)
		refused(t, err, store.ErrDamaged, path, c.says)
	}
}

func TestADamagedStoreIsRefused(t *testing.T) {
	path := closed(t)
	content := []byte(get(t, path))
	const page = 4096
	if len(content) < 20*page {
		t.Fatalf("the store has only %d bytes", len(content))
	}
	for _, damage := range []struct {
		what string
		do   func(b []byte) []byte
	}{
		{"a page of zeros", func(b []byte) []byte { clear(b[10*page : 11*page]); return b }},
		{"a flipped bit in the head of a page", func(b []byte) []byte { b[10*page+3] ^= 0x10; return b }},
		{"a cut tail", func(b []byte) []byte { return b[:len(b)/2/page*page] }},
	} {
		put(t, path, string(damage.do([]byte(string(content)))))
		_, err := Open(t.Context(), path)
		if !errors.Is(err, store.ErrDamaged) {
			t.Errorf("%s: got %v, want %v", damage.what, err, store.ErrDamaged)
			continue
		}
		refused(t, err, store.ErrDamaged, path, "put back a copy")
	}
	put(t, path, string(content))
	s, err := Open(t.Context(), path)
	if err != nil {
		t.Fatalf("the copy from before is refused: %v", err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestALogWithoutItsStoreIsNotTakenForANewOne(t *testing.T) {
	path := closed(t)
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	put(t, path+"-wal", "what was written last")
	_, err := Open(t.Context(), path)
	refused(t, err, store.ErrDamaged, path, "evenkeel.db-wal")
}

func TestAStoreThatWasHalfMadeIsMadeAgain(t *testing.T) {
	path := filepath.Join(t.TempDir(), "evenkeel.db")
	for _, end := range []string{".new", ".new-journal", ".new-wal", ".new-shm"} {
		put(t, path+end, "what a power cut left")
	}
	s, err := Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if left, err := filepath.Glob(path + ".new*"); err != nil || len(left) > 0 {
		t.Fatalf("%q was left behind (%v)", left, err)
	}
}

func TestAReaderMakesNoFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "evenkeel.db")
	if _, err := OpenReader(t.Context(), path); !errors.Is(err, fs.ErrNotExist) {
		t.Fatalf("got %v, want %v", err, fs.ErrNotExist)
	}
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		t.Fatalf("the reader made the file (%v)", err)
	}
}

func TestAReaderCannotWrite(t *testing.T) {
	_, _, path := begin(t)
	r, err := look(path)
	if err != nil {
		t.Fatal(err)
	}
	_, err = r.pool.Exec("DELETE FROM campaign")
	refused(t, explain(path, err), nil, path, "cannot be opened")
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestANetworkFileSystemIsRefused(t *testing.T) {
	dir := t.TempDir()
	for number, name := range networks {
		_, err := open(t.Context(), filepath.Join(dir, "evenkeel.db"), func(string) (uint32, error) { return number, nil })
		refused(t, err, nil, "is on a network file system ("+name+")", dir)
	}
	if made, err := os.ReadDir(dir); err != nil || len(made) > 0 {
		t.Fatalf("something was written there: %v (%v)", made, err)
	}
}

func TestTheLogStaysForReadersWithoutAccessToTheDirectory(t *testing.T) {
	path := closed(t)
	for _, end := range []string{"-wal", "-shm"} {
		if _, err := os.Stat(path + end); err != nil {
			t.Errorf("a reader that may not write in the directory cannot read: %v", err)
		}
	}
}

func TestClosingMovesTheLogIntoTheFile(t *testing.T) {
	log, err := os.Stat(closed(t) + "-wal")
	if err != nil {
		t.Fatal(err)
	}
	if log.Size() != 0 {
		t.Fatalf("the log still has %d bytes: a connection is open", log.Size())
	}
}

func TestNobodyElseMayReadTheFiles(t *testing.T) {
	_, _, path := begin(t)
	for _, name := range []string{path, path + "-wal", path + "-shm", filepath.Join(filepath.Dir(path), "lock")} {
		at, err := os.Stat(name)
		if err != nil {
			t.Fatal(err)
		}
		if at.Mode().Perm() != 0o600 {
			t.Errorf("%s has mode %v", name, at.Mode())
		}
	}
}

func TestAPathIsTakenAsItIsWritten(t *testing.T) {
	for _, name := range []string{"a b", "a?mode=memory", "a#b", "a%41", "ü", "a&b=c", ":memory:"} {
		dir := filepath.Join(t.TempDir(), name)
		if err := os.Mkdir(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		s, err := Open(t.Context(), filepath.Join(dir, name))
		if err != nil {
			t.Fatalf("%q: %v", name, err)
		}
		if err := s.Close(); err != nil {
			t.Fatalf("%q: %v", name, err)
		}
		if at, err := os.Stat(filepath.Join(dir, name)); err != nil || at.Size() == 0 {
			t.Fatalf("%q is not the file: %v", name, err)
		}
	}
}

func TestEverySettingOfTheConnectionHolds(t *testing.T) {
	s, _, _ := begin(t)
	for setting, want := range map[string]string{"journal_mode": "wal", "synchronous": "2", "foreign_keys": "1", "mmap_size": "0",
		"busy_timeout": "5000", "trusted_schema": "0", "cell_size_check": "1", "journal_size_limit": fmt.Sprint(logBytesMax)} {
		var got string
		err := s.writer.QueryRowContext(t.Context(), "PRAGMA "+setting).Scan(&got)
		if errors.Is(err, sql.ErrNoRows) && setting == "mmap_size" {
			continue // this SQLite cannot map files
		}
		if err != nil || got != want {
			t.Errorf("%s is %q (%v), want %q", setting, got, err, want)
		}
	}
}

func TestAnOldSQLiteIsRefused(t *testing.T) {
	for version, good := range map[string]bool{"3.51.3": true, "3.51.10": true, "3.53.0": true, "4.0.0": true, "3.51.2": false,
		"3.50.9": false, "2.99.99": false, "3.51": false, "": false, "x": false} {
		if err := refuseLibrary(version); (err == nil) != good {
			t.Errorf("SQLite %q: %v", version, err)
		}
	}
}

func TestTheFormIsTheNumberOfTheNewestMigration(t *testing.T) {
	files, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil {
		t.Fatal(err)
	}
	if want := fmt.Sprintf("migrations/%05d_", form); !strings.HasPrefix(files[len(files)-1], want) {
		t.Fatalf("the newest migration is %s, want %s", files[len(files)-1], want)
	}
}

func put(t *testing.T, path, content string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

func get(t *testing.T, path string) string {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}
