package outbox

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/evenkeel-project/evenkeel/internal/courier"
)

// witness is a disk that remembers what was done to it.
type witness struct {
	machine
	guard sync.Mutex
	steps []string
}

func (w *witness) saw(step, path string) {
	w.guard.Lock()
	defer w.guard.Unlock()
	w.steps = append(w.steps, step+" "+filepath.Base(path))
}

func (w *witness) create(path string) (file, error) {
	f, err := w.machine.create(path)
	return witnessedFile{f, w, path}, err
}

func (w *witness) rename(from, to string) error {
	w.saw("rename", to)
	return w.machine.rename(from, to)
}

func (w *witness) sync(dir string) error {
	w.saw("sync", dir)
	return w.machine.sync(dir)
}

type witnessedFile struct {
	file
	disk *witness
	path string
}

func (f witnessedFile) Write(content []byte) (int, error) {
	f.disk.saw("write", f.path)
	return f.file.Write(content)
}

func (f witnessedFile) Sync() error {
	f.disk.saw("flush", f.path)
	return f.file.Sync()
}

func TestReceiptsComeAfterTheDiskHasTheLetters(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "outbox")
	o, seen := open(t, dir), &witness{}
	o.disk = seen
	var letters []courier.Letter
	for i := range 50 {
		letter := plain
		letter.ID = fmt.Sprintf("t-%02d", i)
		letters = append(letters, letter)
	}
	if _, err := o.Deliver(t.Context(), letters); err != nil {
		t.Fatal(err)
	}
	if last := len(seen.steps) - 1; last != 150 || seen.steps[last] != "sync outbox" {
		t.Fatalf("%d steps, the last of them %q", last+1, seen.steps[last])
	}
	for _, letter := range letters {
		at := func(step string) int { return slices.Index(seen.steps, step) }
		write, flush, name := at("write ."+letter.ID+".tmp"), at("flush ."+letter.ID+".tmp"), at("rename "+letter.ID+".eml")
		if write < 0 || flush < write || name < flush {
			t.Fatalf("letter %s is written at step %d, flushed at %d and named at %d", letter.ID, write, flush, name)
		}
	}
	names := slices.DeleteFunc(slices.Clone(seen.steps), func(step string) bool { return !strings.HasPrefix(step, "rename") })
	if !slices.IsSorted(names) {
		t.Fatalf("the letters are named in the order %v", names)
	}
	seen.steps = nil
	if _, err := o.Deliver(t.Context(), letters); err != nil || !slices.Equal(seen.steps, []string{"sync outbox"}) {
		t.Fatalf("letters that are there: steps %v, error %v", seen.steps, err)
	}
}
