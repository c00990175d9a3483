package spool

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/evenkeel-project/evenkeel/internal/request"
)

func TestWhatCannotBePrintedIsNotAskedFor(t *testing.T) {
	dir := t.TempDir()
	s, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	for name, hostile := range map[string]string{"an escape": "a\x1b[31mb", "a line": "a\nb", "a direction": "a\u202eb", "nothing": "a\x00b", "a line of Unicode": "a\u2028b"} {
		for _, r := range []request.Request{
			{ID: "1", Verb: request.Pause, By: hostile, Reason: "a disk is loud"},
			{ID: "1", Verb: request.Pause, By: "ops", Reason: hostile},
		} {
			if err := Ask(t.Context(), dir, r); err == nil {
				t.Errorf("%s: it can be asked", name)
			}
			if err := s.write("1"+requestEnd, r); err != nil {
				t.Fatal(err)
			}
			if pending, err := s.Pending(t.Context()); len(pending) != 0 || err == nil {
				t.Errorf("%s: it is taken from the directory: %v, %v", name, pending, err)
			}
		}
	}
}

func TestEveryBadFileIsPutAsideWhateverItsName(t *testing.T) {
	dir := t.TempDir()
	s, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{strings.Repeat("a", 250) + requestEnd, "taken" + requestEnd} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("{}"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.MkdirAll(filepath.Join(dir, "taken"+requestEnd+badEnd, "full"), 0o700); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Pending(t.Context()); err == nil {
		t.Error("the bad files are not told of")
	}
	if pending, err := s.Pending(t.Context()); len(pending) != 0 || err != nil {
		t.Errorf("they are told of again: %v, %v", pending, err)
	}
}

func TestAFloodOfBadFilesIsTakenInPieces(t *testing.T) {
	dir := t.TempDir()
	s, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	const flood = 2*pendingMost + 1
	for i := range flood {
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("b%04d%s", i, requestEnd)), []byte("{}"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := Ask(t.Context(), dir, request.Request{ID: "c", Verb: request.Abort, By: "ops", Reason: "now"}); err != nil {
		t.Fatal(err)
	}
	for look, want := range []int{pendingMost, pendingMost, 1} {
		pending, err := s.Pending(t.Context())
		if told := strings.Count(fmt.Sprint(err), "[request-malformed]"); told != want {
			t.Errorf("look %d tells of %d bad files, want %d", look, told, want)
		}
		if len(pending) > 0 != (want == 1) {
			t.Errorf("look %d finds %v", look, pending)
		}
	}
}

func TestTheFileOfAnotherUserIsNoRequest(t *testing.T) {
	dir := t.TempDir()
	s, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := Ask(t.Context(), dir, request.Request{ID: "1", Verb: request.Abort, By: "ops", Reason: "now"}); err != nil {
		t.Fatal(err)
	}
	s.user++
	if pending, err := s.Pending(t.Context()); len(pending) != 0 || !strings.Contains(fmt.Sprint(err), "may ask here") {
		t.Errorf("it is taken: %v, %v", pending, err)
	}
}
