package outbox

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"net/mail"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"pgregory.net/rapid"

	"github.com/evenkeel-project/evenkeel/internal/core/problem"
	"github.com/evenkeel-project/evenkeel/internal/courier"
)

var plain = courier.Letter{ID: "c-1.planned.acme", To: []string{"ops@acme.example", "night@acme.example"}, Subject: "Größe =?utf-8?q?=41?=",
	Date: 1_411_765_320, Text: "Größe\n\n.dot\nFrom us\n", Thread: "c-1.acme"}

// deliver hands one letter over and returns its receipt.
func deliver(t testing.TB, o *Outbox, letter courier.Letter) courier.Receipt {
	t.Helper()
	receipts, err := o.Deliver(t.Context(), []courier.Letter{letter})
	if err != nil {
		t.Fatal(err)
	}
	return receipts[0]
}

func read(t testing.TB, path string) string {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

func TestALetterHasTheHeadersThatMailWants(t *testing.T) {
	dir := t.TempDir()
	deliver(t, open(t, dir), plain)
	want := strings.Join([]string{
		"Mime-Version: 1.0",
		"From: =?utf-8?q?Gr=C3=B6=C3=9Fe_Hosting?= <maintenance@provider.example>",
		"To: <ops@acme.example>, <night@acme.example>",
		"Date: Fri, 26 Sep 2014 21:02:00 +0000",
		"Subject: =?utf-8?b?R3LDtsOfZSA9P3V0Zi04P3E/PTQxPz0=?=",
		"Message-Id: <85c823f9ea76178d2c45dc77603acc70@provider.example>",
		"In-Reply-To: <a4f37431de9680c5d781073191f38652@provider.example>",
		"References: <a4f37431de9680c5d781073191f38652@provider.example>",
		"Auto-Submitted: auto-generated",
		"X-Auto-Response-Suppress: All",
		"Content-Type: text/plain; charset=utf-8",
		"Content-Transfer-Encoding: quoted-printable",
		"",
		"Gr=C3=B6=C3=9Fe",
		"",
		".dot",
		"From us",
		"",
	}, "\r\n")
	if got := read(t, filepath.Join(dir, plain.ID+".eml")); got != want {
		t.Fatalf("got\n%s\nwant\n%s", got, want)
	}
}

func TestALetterThatIsThereIsNotWrittenAgain(t *testing.T) {
	dir := t.TempDir()
	o, path := open(t, dir), filepath.Join(dir, plain.ID+".eml")
	deliver(t, o, plain)
	if err := os.WriteFile(path, []byte("first"), 0o600); err != nil {
		t.Fatal(err)
	}
	if r := deliver(t, o, plain); r.Refused != "" || read(t, path) != "first" {
		t.Fatalf("receipt %+v, and the file is now %q", r, read(t, path))
	}
}

func TestTheSameLetterHasTheSameBytesInEveryOutbox(t *testing.T) {
	one, two := t.TempDir(), t.TempDir()
	deliver(t, open(t, one), plain)
	deliver(t, open(t, two), plain)
	if a, b := read(t, filepath.Join(one, plain.ID+".eml")), read(t, filepath.Join(two, plain.ID+".eml")); a != b {
		t.Fatalf("got\n%s\nand\n%s", a, b)
	}
}

// full is a disk that has no room for a letter with a mark in it.
type full struct{ machine }

type fullFile struct{ file }

func (full) create(path string) (file, error) {
	f, err := machine{}.create(path)
	return fullFile{f}, err
}

func (f fullFile) Write(content []byte) (int, error) {
	if bytes.Contains(content, []byte("tenant 7.")) {
		n, err := f.file.Write(content[:10])
		return n, errors.Join(syscall.ENOSPC, err)
	}
	return f.file.Write(content)
}

func TestAFullDiskIsAnErrorAndLeavesNothing(t *testing.T) {
	dir := t.TempDir()
	o := open(t, dir)
	o.disk = full{}
	var letters []courier.Letter
	for i := range 40 {
		letter := plain
		letter.ID, letter.Text = fmt.Sprintf("c-1.planned.t-%d", i), fmt.Sprintf("To tenant %d.\n", i)
		letters = append(letters, letter)
	}
	receipts, err := o.Deliver(t.Context(), letters)
	entries, problem := os.ReadDir(dir)
	if problem != nil || err == nil || receipts != nil || len(entries) != 0 || !strings.Contains(err.Error(), syscall.ENOSPC.Error()) {
		t.Fatalf("receipts %v, error %v, files %v (%v)", receipts, err, entries, problem)
	}
	o.disk = machine{}
	if receipts, err := o.Deliver(t.Context(), letters); err != nil || len(receipts) != 40 {
		t.Fatalf("with room again: %d receipts, error %v", len(receipts), err)
	}
}

func TestWhatACrashLeftUnfinishedIsRemoved(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, ".c-1.planned.acme.tmp"), []byte("half"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "notes.tmp"), []byte("of somebody else"), 0o600); err != nil {
		t.Fatal(err)
	}
	open(t, dir)
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 1 || entries[0].Name() != "notes.tmp" {
		t.Fatalf("there is %v (%v)", entries, err)
	}
}

func TestAnIDThatIsNoFileNameIsRefused(t *testing.T) {
	dir := t.TempDir()
	o := open(t, dir)
	for _, id := range []string{"", ".", "..", "../escape", "a/b", `a\b`, ".hidden", "a\x00b", "a\nb", "ü", strings.Repeat("x", 201), "a b", "a:b"} {
		letter := plain
		letter.ID = id
		if r := deliver(t, o, letter); r.Refused == "" || r.ID != id || strings.ContainsAny(r.Refused, "\n\x00") {
			t.Errorf("the receipt of %q is %+q", id, r)
		}
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 0 {
		t.Fatalf("there is %v (%v)", entries, err)
	}
}

func TestAnAddressThatIsNoMailboxIsLeftOutOrRefused(t *testing.T) {
	dir := t.TempDir()
	o := open(t, dir)
	bad := []string{"", "ops", "@acme.example", "ops@", "a b@acme.example", "ops@acme.example, x@else.example", "<ops@acme.example>",
		"Ops <ops@acme.example>", "ops@acme.example (night)", "a..b@acme.example", "ö@acme.example", "ops@größe.example",
		"ops@acme.example\r\nBcc: x@else.example", "undisclosed:;", strings.Repeat("x", 250) + "@acme.example"}
	for i, address := range bad {
		letter := plain
		letter.ID, letter.To = fmt.Sprintf("bad-%d", i), []string{address}
		if r := deliver(t, o, letter); r.Refused == "" {
			t.Errorf("mail was sent to %q", address)
		}
	}
	letter := plain
	letter.To = append(bad, "ops@acme.example", "ops@acme.example")
	if r := deliver(t, o, letter); r.Refused != "" {
		t.Fatalf("a good address beside bad ones: %+v", r)
	}
	kept, err := readAll(dir)
	if err != nil || len(kept) != 1 || !slices.Equal(kept[0].To, []string{"ops@acme.example"}) {
		t.Fatalf("there is %+q (%v)", kept, err)
	}
}

func TestAnOutboxNeedsASender(t *testing.T) {
	for _, address := range []string{"", "maintenance", "a@b.example\r\nBcc: x@else.example"} {
		if _, err := Open(t.TempDir(), mail.Address{Address: address}); err == nil || strings.ContainsAny(err.Error(), "\r\n") {
			t.Errorf("the sender %q gave %v", address, err)
		}
	}
}

func TestNothingInALetterForgesAHeader(t *testing.T) {
	outbox := &Outbox{from: sender}
	sane, err := outbox.compose(plain)
	if err != nil {
		t.Fatal(err)
	}
	want := headerNames(t, sane)
	hostile := rapid.Custom(func(t *rapid.T) string {
		parts := []string{"\r\n", "\n", "\r", "Bcc: x@else.example", "=?utf-8?q?", "?=", " ", "\t", "\u2028", "\u202e", "\xff", "a", "漢字", ".", "=", ",", "<>"}
		return strings.Join(rapid.SliceOfN(rapid.SampledFrom(parts), 0, rapid.SampledFrom([]int{5, 60, 1200}).Draw(t, "most")).Draw(t, "parts"), "")
	})
	rapid.Check(t, func(t *rapid.T) {
		letter := courier.Letter{ID: plain.ID, To: append([]string{hostile.Draw(t, "to")}, plain.To...), Subject: hostile.Draw(t, "subject"),
			Date: plain.Date, Text: hostile.Draw(t, "text"), Thread: "t" + hostile.Draw(t, "thread")}
		content, err := outbox.compose(letter)
		if err != nil {
			t.Fatalf("%+q: %v", letter, err)
		}
		if got := headerNames(t, content); !slices.Equal(got, want) {
			t.Fatalf("%+q has the headers %q, want %q", letter, got, want)
		}
		for line := range bytes.Lines(content) {
			if len(line) > 998 || !bytes.HasSuffix(line, []byte("\r\n")) && bytes.HasSuffix(line, []byte("\n")) || bytes.ContainsAny(bytes.TrimSuffix(line, []byte("\r\n")), "\r\n") {
				t.Fatalf("%+q has the line %q", letter, line)
			}
		}
		if slices.ContainsFunc(content, func(b byte) bool { return b >= 0x80 || b < ' ' && b != '\r' && b != '\n' && b != '\t' }) {
			t.Fatalf("%+q is not plain ASCII:\n%q", letter, content)
		}
		read, err := readLetter(content)
		if err != nil || read.Subject != strings.Trim(problem.Printable(letter.Subject), " ") && read.Subject != problem.Printable(letter.Subject) {
			t.Fatalf("the subject %+q is read as %+q (%v)", letter.Subject, read.Subject, err)
		}
	})
}

// headerNames returns the names of a letter's headers, sorted, one for each value.
func headerNames(t interface{ Fatal(...any) }, content []byte) []string {
	m, err := mail.ReadMessage(bytes.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, name := range slices.Sorted(maps.Keys(m.Header)) {
		names = append(names, slices.Repeat([]string{name}, len(m.Header[name]))...)
	}
	return names
}

// BenchmarkDeliver measures what a courtesy to 15,000 tenants costs, on disk when it returns.
func BenchmarkDeliver(b *testing.B) {
	const tenants = 15_000
	text := strings.Repeat("  from  Sun 28 Sep 2014 06:00 CDT (UTC-05:00), Sun 28 Sep 2014 11:00 UTC\n", 40)
	for b.Loop() {
		b.StopTimer()
		o, letters := open(b, b.TempDir()), make([]courier.Letter, tenants)
		for i := range letters {
			letters[i] = plain
			letters[i].ID, letters[i].Text = fmt.Sprintf("c-1.courtesy.t-%d", i), text
		}
		b.StartTimer()
		if _, err := o.Deliver(b.Context(), letters); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)*tenants/b.Elapsed().Seconds(), "letters/s")
}
