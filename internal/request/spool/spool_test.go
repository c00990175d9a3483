package spool

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/evenkeel-project/evenkeel/internal/clock"
	"github.com/evenkeel-project/evenkeel/internal/core/problem"
	"github.com/evenkeel-project/evenkeel/internal/request"
)

func asked(id string) request.Request {
	return request.Request{ID: id, Verb: request.Pause, By: "operator", Reason: "a disk is loud"}
}

// put writes a file into the spool as somebody who does not know the rules would.
func put(t *testing.T, dir, name, content string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

func open(t *testing.T) (*Spool, string) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "requests")
	s, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	return s, dir
}

// pending returns the ids of the requests that wait, and the error that came with them.
func pending(t *testing.T, s *Spool) (string, error) {
	t.Helper()
	requests, err := s.Pending(t.Context())
	var ids []string
	for _, r := range requests {
		ids = append(ids, r.ID)
	}
	return strings.Join(ids, " "), err
}

func TestARequestIsFoundUntilItIsAnswered(t *testing.T) {
	s, dir := open(t)
	want := asked("1-a")
	if err := Ask(t.Context(), dir, want); err != nil {
		t.Fatal(err)
	}
	got, err := s.Pending(t.Context())
	if err != nil || len(got) != 1 || got[0] != want {
		t.Fatalf("Pending() = %v, %v; want what was asked: %v", got, err, want)
	}
	answer := request.Answer{ID: want.ID, Refused: "it is paused already", Code: "already-stopped"}
	for range 2 { // a crash may make the conductor say it again
		if err := s.Answer(t.Context(), answer); err != nil {
			t.Fatal(err)
		}
	}
	if ids, err := pending(t, s); ids != "" || err != nil {
		t.Errorf("after the answer %q waits, %v", ids, err)
	}
	if back, err := Await(t.Context(), dir, want.ID); err != nil || back != answer {
		t.Errorf("Await() = %v, %v; want %v", back, err, answer)
	}
}

func TestRequestsComeInTheOrderOfAsking(t *testing.T) {
	s, dir := open(t)
	var ids []string
	for range 20 {
		ids = append(ids, NewID())
	}
	for i := range ids {
		if err := Ask(t.Context(), dir, asked(ids[len(ids)-1-i])); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := pending(t, s); err != nil || got != strings.Join(ids, " ") {
		t.Errorf("Pending() = %s, %v; want the order of NewID: %v", got, err, ids)
	}
}

func TestABadFileIsNamedAndPutAsideAndBlocksNobody(t *testing.T) {
	for name, content := range map[string]string{
		"2-empty.json":    "",
		"2-cut.json":      `{"id":"2-cut","verb":"pause"`,
		"2-key.json":      `{"id":"2-key","verb":"pause","by":"","reason":"","force":true}`,
		"2-after.json":    `{"id":"2-after","verb":"pause","by":"","reason":""}{}`,
		"2-verb.json":     `{"id":"2-verb","verb":"reboot","by":"","reason":""}`,
		"2-name.json":     `{"id":"2-other","verb":"pause","by":"","reason":""}`,
		"2-utf.json":      "{\"id\":\"2-utf\",\"verb\":\"pause\",\"by\":\"\xff\",\"reason\":\"\"}",
		"2-large.json":    `{"id":"2-large","verb":"pause","by":"","reason":""}` + strings.Repeat(" ", fileBytesMax),
		"2-reason.json":   `{"id":"2-reason","verb":"pause","by":"","reason":"` + strings.Repeat("x", reasonBytesMax+1) + `"}`,
		"2-by.json":       `{"id":"2-by","verb":"pause","by":"` + strings.Repeat("x", byBytesMax+1) + `","reason":""}`,
		"UPPER.json":      `{"id":"UPPER","verb":"pause","by":"","reason":""}`,
		"2 \x1b[31m.json": `{}`,
	} {
		s, dir := open(t)
		put(t, dir, name, content)
		for _, id := range []string{"1-before", "3-after"} {
			if err := Ask(t.Context(), dir, asked(id)); err != nil {
				t.Fatal(err)
			}
		}
		ids, err := pending(t, s)
		if ids != "1-before 3-after" {
			t.Errorf("%q: %q are pending, want the two good ones", name, ids)
		}
		if p, ok := errors.AsType[problem.Problem](err); !ok || p.Code != "request-malformed" || filepath.Base(p.Place.File) != name {
			t.Errorf("%q: the error is %v, want a problem that names the file", name, err)
		}
		if strings.Contains(err.Error(), "\x1b") {
			t.Errorf("%q: the error sends an escape sequence: %q", name, err)
		}
		if _, err := os.Stat(filepath.Join(dir, name+badEnd)); err != nil {
			t.Errorf("%q was not put aside: %v", name, err)
		}
		if _, err := pending(t, s); err != nil {
			t.Errorf("%q: it is told twice: %v", name, err)
		}
	}
}

func TestOnlyAnOrdinaryFileIsRead(t *testing.T) {
	s, dir := open(t)
	outside := filepath.Join(t.TempDir(), "outside")
	put(t, filepath.Dir(outside), "outside", `{"id":"1-link","verb":"abort","by":"","reason":""}`)
	if err := os.Symlink(outside, filepath.Join(dir, "1-link.json")); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(dir, "2-dir.json"), 0o700); err != nil {
		t.Fatal(err)
	}
	ids, err := pending(t, s)
	if ids != "" || err == nil || strings.Count(err.Error(), "not an ordinary file") != 2 {
		t.Errorf("Pending() = %q, %v; want both refused as no ordinary files", ids, err)
	}
}

func TestOtherFilesInTheSpoolAreLeftAlone(t *testing.T) {
	s, dir := open(t)
	for _, name := range []string{".1-a.json.123", "notes.txt", "0-a.answer", "0-b.json.bad"} {
		put(t, dir, name, "?")
	}
	if ids, err := pending(t, s); ids != "" || err != nil {
		t.Errorf("Pending() = %q, %v; want nothing", ids, err)
	}
	if entries, _ := os.ReadDir(dir); len(entries) != 4 {
		t.Errorf("%d files are left of 4", len(entries))
	}
}

func TestARequestWhoseFileOutlivedItsAnswerIsNotFoundAgain(t *testing.T) {
	s, dir := open(t)
	if err := s.Answer(t.Context(), request.Answer{ID: "1-a"}); err != nil {
		t.Fatal(err)
	}
	if err := Ask(t.Context(), dir, asked("1-a")); err != nil {
		t.Fatal(err)
	}
	if ids, err := pending(t, s); ids != "" || err != nil {
		t.Errorf("Pending() = %q, %v; want nothing", ids, err)
	}
	if _, err := os.Stat(filepath.Join(dir, "1-a.json")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the file is still there: %v", err)
	}
}

func TestAnUnusableIDNamesNoFile(t *testing.T) {
	s, dir := open(t)
	over, cancel := context.WithCancel(t.Context())
	cancel()
	for _, id := range []string{"", "../x", "a/b", ".hidden", "-a", "a b", "A", "ä", strings.Repeat("a", idBytesMax+1), "a\x00"} {
		if err := Ask(t.Context(), dir, asked(id)); err == nil {
			t.Errorf("Ask takes the id %q", id)
		}
		if err := s.Answer(t.Context(), request.Answer{ID: id}); err == nil {
			t.Errorf("Answer takes the id %q", id)
		}
		if _, err := Await(over, dir, id); errors.Is(err, context.Canceled) {
			t.Errorf("Await takes the id %q", id)
		}
	}
	if entries, _ := os.ReadDir(dir); len(entries) != 0 {
		t.Errorf("files were made: %v", entries)
	}
}

func TestManyRequestsAreTakenAPortionAtATime(t *testing.T) {
	s, dir := open(t)
	for range pendingMost + 1 {
		if err := Ask(t.Context(), dir, asked(NewID())); err != nil {
			t.Fatal(err)
		}
	}
	first, err := s.Pending(t.Context())
	if err != nil || len(first) != pendingMost {
		t.Fatalf("Pending() returns %d requests, %v; want %d", len(first), err, pendingMost)
	}
	for _, r := range first {
		if err := s.Answer(t.Context(), request.Answer{ID: r.ID}); err != nil {
			t.Fatal(err)
		}
	}
	if rest, err := s.Pending(t.Context()); err != nil || len(rest) != 1 {
		t.Errorf("then %d are left, %v; want 1", len(rest), err)
	}
}

func TestAwaitingTakesAsLongAsTheAnswer(t *testing.T) {
	_, dir := open(t)
	synctest.Test(t, func(t *testing.T) {
		s := &Spool{dir: dir}
		go func() {
			_ = clock.Pause(t.Context(), time.Minute)
			_ = s.Answer(t.Context(), request.Answer{ID: "1-a"})
		}()
		watch := clock.Start()
		a, err := Await(t.Context(), dir, "1-a")
		if err != nil || a.ID != "1-a" || watch.Elapsed() < time.Minute {
			t.Errorf("Await() = %v, %v after %v; want the answer after a minute", a, err, watch.Elapsed())
		}
	})
}

func TestAwaitingEndsWithTheContextAndTheRequestStands(t *testing.T) {
	s, dir := open(t)
	if err := Ask(t.Context(), dir, asked("1-a")); err != nil {
		t.Fatal(err)
	}
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		if _, err := Await(ctx, dir, "1-a"); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Await() gives %v, want the end of the context", err)
		}
	})
	if ids, _ := pending(t, s); ids != "1-a" {
		t.Errorf("%q is pending, want 1-a", ids)
	}
}

func TestADamagedAnswerIsAnErrorThatNamesTheFile(t *testing.T) {
	for _, content := range []string{"", "{", `{"id":"2-b"}`, `{"id":"1-a","more":1}`} {
		_, dir := open(t)
		put(t, dir, "1-a.answer", content)
		if a, err := Await(t.Context(), dir, "1-a"); err == nil || !strings.Contains(err.Error(), "1-a.answer") {
			t.Errorf("Await() of %q = %v, %v; want an error that names the file", content, a, err)
		}
	}
}

func TestASpoolThatCannotBeReadSaysWhere(t *testing.T) {
	s, dir := open(t)
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	if _, err := pending(t, s); err == nil || !strings.Contains(err.Error(), dir) {
		t.Errorf("Pending() says %v, want the directory", err)
	}
	put(t, filepath.Dir(dir), "requests", "a file in its place")
	if err := Ask(t.Context(), dir, asked("1-a")); err == nil || !strings.Contains(err.Error(), dir) {
		t.Errorf("Ask() says %v, want the directory", err)
	}
}
