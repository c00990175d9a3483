package fleetfile

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/evenkeel-project/evenkeel/internal/core/fleet"
	"github.com/evenkeel-project/evenkeel/internal/core/problem"
)

// faults prints the problems of a list, one a line.
func faults(l problem.List) string {
	var lines []string
	for _, p := range l.Items() {
		lines = append(lines, p.Error())
	}
	return strings.Join(lines, "\n")
}

func readText(name, text string) (*fleet.Fleet, problem.List) {
	return ReadFrom(name, strings.NewReader(text), int64(len(text)), nil)
}

func mustRead(t *testing.T, path string) *fleet.Fleet {
	t.Helper()
	f, list := Read(path, nil)
	if list.Failed() {
		t.Fatal(faults(list))
	}
	return f
}

func sample(t *testing.T, format string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", "sample."+format))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestTheSameContentHasOneDigestInEveryFormatAndOrder(t *testing.T) {
	want := mustRead(t, "testdata/sample.yaml").Digest()
	if got := mustRead(t, "testdata/sample.ndjson").Digest(); got != want {
		t.Errorf("NDJSON has digest %s, YAML %s", got, want)
	}
	lines := strings.Split(strings.TrimSpace(sample(t, "ndjson")), "\n")
	for seed := range uint64(20) {
		r := rand.New(rand.NewPCG(seed, 0))
		r.Shuffle(len(lines), func(i, j int) { lines[i], lines[j] = lines[j], lines[i] })
		for _, end := range []string{"\n", "\r\n", "\n \t\r\n\n"} {
			f, list := readText("f.ndjson", strings.Join(lines, end))
			if list.Failed() {
				t.Fatalf("seed %d, end %q: %s", seed, end, faults(list))
			}
			if f.Digest() != want {
				t.Errorf("seed %d, end %q: digest %s, want %s", seed, end, f.Digest(), want)
			}
		}
	}
}

func TestTheFormatOfAFileWithoutAKnownNameIsSeenFromItsStart(t *testing.T) {
	for _, format := range []string{"yaml", "ndjson"} {
		for _, start := range []string{"", "\uFEFF", "\n  \n"} {
			if _, list := readText("standard input", start+sample(t, format)); list.Failed() {
				t.Errorf("%s after %q: %s", format, start, faults(list))
			}
		}
	}
}

func TestWritingAndReadingGivesTheSameFleet(t *testing.T) {
	was := mustRead(t, "testdata/sample.yaml")
	var first, second bytes.Buffer
	if err := Write(&first, was); err != nil {
		t.Fatal(err)
	}
	again, list := readText("f.ndjson", first.String())
	if list.Failed() {
		t.Fatalf("%s\nin\n%s", faults(list), first.String())
	}
	if again.Digest() != was.Digest() {
		t.Errorf("the digest was %s and is %s after\n%s", was.Digest(), again.Digest(), first.String())
	}
	if err := Write(&second, again); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(first.Bytes(), second.Bytes()) {
		t.Error("writing the same fleet twice gives different bytes")
	}
	if !strings.HasPrefix(first.String(), `{"kind":"region","id":"dfw"}`) || strings.Count(first.String(), "\n") != 16 {
		t.Errorf("written as\n%s", first.String())
	}
}

type failingWriter struct{}

func (failingWriter) Write([]byte) (int, error) { return 0, fmt.Errorf("no space left") }

func TestAWriterThatFailsIsReported(t *testing.T) {
	if err := Write(failingWriter{}, mustRead(t, "testdata/sample.yaml")); err == nil {
		t.Error("nothing was said")
	}
}

func TestAFileThatCannotBeOpenedIsOneClearError(t *testing.T) {
	for _, path := range []string{filepath.Join(t.TempDir(), "none.yaml"), t.TempDir()} {
		f, list := Read(path, nil)
		if f != nil || list.Errors() != 1 || list.Items()[0].Code != "cannot-read" || list.Items()[0].Place.File != path {
			t.Errorf("%s: %s", path, faults(list))
		}
	}
}

func TestProgressReachesTheSizeOfTheFile(t *testing.T) {
	path := "testdata/sample.ndjson"
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	var done, total int64
	if _, list := Read(path, func(d, t int64) { done, total = d, t }); list.Failed() {
		t.Fatal(faults(list))
	}
	if done != info.Size() || total != info.Size() {
		t.Errorf("the last progress was %d of %d, the file has %d bytes", done, total, info.Size())
	}
}
