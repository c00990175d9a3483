package sqlite

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
)

// childVariable tells this program, started again, what to be: the name of a child and the path of a store.
const childVariable = "EVENKEEL_SQLITE_CHILD"

// asked returns what this process is to do instead of running tests.
func asked() (run func(path string) error, path string, ok bool) {
	name, path, ok := strings.Cut(os.Getenv(childVariable), ":")
	return map[string]func(string) error{"writer": writeForEver, "cramped": runOutOfRoom, "indexless": openWithoutIndex}[name], path, ok
}

// child returns the command that starts this program as a child.
func child(t *testing.T, name, path string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), childVariable+"="+name+":"+path)
	return cmd
}

// writeForEver writes linked batches and says the number of the last record after each that was kept.
func writeForEver(path string) error {
	ctx := context.Background()
	s, err := Open(ctx, path)
	if err != nil {
		return err
	}
	epoch, err := s.Claim(ctx, linked)
	if err != nil {
		return err
	}
	n, fault := torn(ctx, s)
	if fault != "" {
		return fmt.Errorf("%s", fault)
	}
	for {
		if err := s.Apply(ctx, linkedBatch(epoch, n)); err != nil {
			return err
		}
		n = next(n)
		if _, err := fmt.Println(n); err != nil {
			return err
		}
	}
}

func TestAKilledProcessLosesNothingThatWasAcknowledged(t *testing.T) {
	const seed, kills = 20141001, 20
	chance := rand.New(rand.NewPCG(seed, 0))
	path := filepath.Join(t.TempDir(), "evenkeel.db")
	for kill := range kills {
		lines := chance.IntN(25)
		acknowledged := killAfter(t, path, lines)
		s, err := Open(t.Context(), path)
		if err != nil {
			t.Fatalf("seed %d, kill %d after %d lines: %v", seed, kill, lines, err)
		}
		last, fault := torn(t.Context(), s)
		if fault != "" {
			t.Fatalf("seed %d, kill %d after %d lines: %s", seed, kill, lines, fault)
		}
		if last != acknowledged && last != next(acknowledged) {
			t.Fatalf("seed %d, kill %d after %d lines: the journal ends at %d, but %d was acknowledged last", seed, kill, lines, last, acknowledged)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// killAfter starts a writer, kills it when it has written that many lines and more, and returns the number in
// the last whole line that it wrote, or that of the last record before.
func killAfter(t *testing.T, path string, lines int) uint64 {
	t.Helper()
	acknowledged := uint64(0)
	if _, err := os.Stat(path); err == nil {
		r, err := OpenReader(t.Context(), path)
		if err != nil {
			t.Fatal(err)
		}
		acknowledged, _ = torn(t.Context(), r)
		if err := r.Close(); err != nil {
			t.Fatal(err)
		}
	}
	var complaint bytes.Buffer
	cmd := child(t, "writer", path)
	cmd.Stderr = &complaint
	output, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	said := bufio.NewReader(output)
	for n := 0; ; n++ {
		if n == lines {
			if err := cmd.Process.Kill(); err != nil {
				t.Fatalf("the writer ended by itself: %v\n%s", err, complaint.String())
			}
		}
		line, err := said.ReadString('\n')
		if err == io.EOF {
			break // what stands before it is half a line
		}
		if err != nil {
			t.Fatal(err)
		}
		if _, err := fmt.Sscan(line, &acknowledged); err != nil {
			t.Fatalf("the writer says %q: %v", line, err)
		}
	}
	err = cmd.Wait()
	if status, ok := cmd.ProcessState.Sys().(syscall.WaitStatus); !ok || !status.Signaled() {
		t.Fatalf("the writer was not killed but ended: %v\n%s", err, complaint.String())
	}
	return acknowledged
}

func TestAPowerCutAtAnyPointLeavesAWholeBatchOrNone(t *testing.T) {
	s, epoch, path := begin(t)
	var stopped []string
	n, number := uint64(0), 0
	for range 4 {
		s.reached = func(p point) error {
			number++
			stopped = append(stopped, string(p))
			copied := filepath.Join(t.TempDir(), fmt.Sprint(number))
			if err := os.Mkdir(copied, 0o700); err != nil {
				return err
			}
			// By another program: were this process to close the file, it would lose its locks on it.
			if out, err := exec.Command("cp", path, path+"-wal", copied).CombinedOutput(); err != nil {
				return fmt.Errorf("%w: %s", err, out)
			}
			after, err := Open(t.Context(), filepath.Join(copied, filepath.Base(path)))
			if err != nil {
				return err
			}
			want := n
			if p == committed {
				want = next(n)
			}
			last, fault := torn(t.Context(), after)
			if fault != "" || last != want {
				t.Errorf("power cut at point %q of the batch after %d: the journal ends at %d, want %d: %s", p, n, last, want, fault)
			}
			return after.Close()
		}
		if err := s.Apply(t.Context(), linkedBatch(epoch, n)); err != nil {
			t.Fatal(err)
		}
		n = next(n)
	}
	want := []string{string(recorded), string(changed), string(uncommitted), string(committed)}
	if got := stopped[:4]; !slices.Equal(got, want) {
		t.Fatalf("the points were %q, want %q", got, want)
	}
}

func TestAFailureAtAnyPointLeavesAWholeBatchOrNone(t *testing.T) {
	s, epoch, _ := begin(t)
	n := uint64(0)
	for _, at := range []point{recorded, changed, uncommitted, committed, recorded} {
		s.reached = func(p point) error {
			if p == at {
				return errInjected
			}
			return nil
		}
		if err := s.Apply(t.Context(), linkedBatch(epoch, n)); err == nil {
			t.Fatalf("the failure at point %q is not told", at)
		}
		if at == committed {
			n = next(n)
		}
		if last, fault := torn(t.Context(), s); fault != "" || last != n {
			t.Fatalf("failure at point %q: the journal ends at %d, want %d: %s", at, last, n, fault)
		}
	}
	s.reached = nil
	if err := s.Apply(t.Context(), linkedBatch(epoch, n)); err != nil {
		t.Fatalf("the store does not work after failures: %v", err)
	}
}
