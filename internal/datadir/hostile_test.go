package datadir

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/evenkeel-project/evenkeel/internal/core/problem"
)

func TestADirectoryInWhichEverybodyMayWriteIsRefused(t *testing.T) {
	for mode, refused := range map[os.FileMode]bool{0o777: true, 0o703: true, 0o1777: true, 0o775: false, 0o755: false, 0o700: false} {
		path := filepath.Join(t.TempDir(), "data")
		if err := os.Mkdir(path, 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		err := At(path).Make()
		p, _ := errors.AsType[problem.Problem](err)
		if (p.Code == "data-directory-open") != refused || (err != nil) != refused {
			t.Errorf("mode %o: %v", mode, err)
		}
	}
}

func TestALockThatIsAPipeKeepsNobodyWaiting(t *testing.T) {
	d := At(t.TempDir())
	if err := syscall.Mkfifo(filepath.Join(d.Path(), "lock"), 0o600); err != nil {
		t.Fatal(err)
	}
	if process := d.Conductor(); process != 0 {
		t.Errorf("process %d holds a pipe", process)
	}
}
