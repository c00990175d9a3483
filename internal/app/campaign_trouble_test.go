package app

import (
	"bytes"
	"database/sql"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/evenkeel-project/evenkeel/internal/cli"
	"github.com/evenkeel-project/evenkeel/internal/clock"
	"github.com/evenkeel-project/evenkeel/internal/core/chance"
	"github.com/evenkeel-project/evenkeel/internal/datadir"
)

var flips = flag.Int("flips", 10, "how many bytes TestAFlippedByteOfTheDatabaseIsFoundOrChangesNothing flips")

// troubled returns the stage of a small fleet.
func troubled(t *testing.T) *stage {
	t.Helper()
	fleet := synthetic(t, cli.Shape{Hosts: 60, Guests: 300, Tenants: 20, Regions: 2, Zones: 2, Seed: 1})
	return newStage(t, fleet, "testdata/crash/policy.yaml", "testdata/crash/scenario.yaml")
}

// start runs evenkeel campaign start in this process and returns its exit code and all that it printed.
func (s *stage) start(data string) (code int, printed string) {
	var out bytes.Buffer
	return cli.Run(s.carrying(data), s.desk, cli.Streams{Out: &out, Err: &out, Program: []string{"evenkeel"}, Zone: time.UTC}), out.String()
}

// TestADatabaseThatCannotBeTrustedIsRefusedBeforeAnythingIsDone changes the database of a campaign in mid-course.
func TestADatabaseThatCannotBeTrustedIsRefusedBeforeAnythingIsDone(t *testing.T) {
	s := troubled(t)
	halfway := s.halfway(s.data())
	for _, c := range []struct{ name, statement, code string }{
		{"a record of a newer version", "UPDATE journal SET version = 99 WHERE seq = 9", "[journal-newer]"},
		{"a database of a newer form", "INSERT INTO goose_db_version (version_id, is_applied) VALUES (99, 1)", "[store-newer]"},
		{"a record that was altered", "UPDATE journal SET body = CAST(replace(body, 't-00', 't-01') AS BLOB) WHERE seq = 9", "[journal-damaged]"},
		{"a record of another kind", "UPDATE journal SET kind = 'notice-failed' WHERE seq = 9", "[journal-damaged]"},
		{"a record of another time", "UPDATE journal SET at = at + 1 WHERE seq = 9", "[journal-damaged]"},
		{"a chain value that was altered", "UPDATE journal SET chain = (SELECT chain FROM journal WHERE seq = 8) WHERE seq = 9", "[journal-damaged]"},
		{"a record that was taken out", "DELETE FROM journal WHERE seq = 9", "[journal-damaged]"},
		{"a last record that was cut off", "DELETE FROM journal WHERE seq = (SELECT max(seq) FROM journal)", "[journal-damaged]"},
		{"a tail that was cut off with its count", "DELETE FROM journal WHERE seq > 50; UPDATE campaign SET last_seq = 50", "[journal-older]"},
		{"an order that was forgotten", "UPDATE orders SET state = 'closed' WHERE state = 'open'", "[journal-damaged]"},
		{"a deadline that was moved", "UPDATE deadlines SET at = at + 60", "[journal-damaged]"},
	} {
		data := s.copied(halfway)
		s.change(data, c.statement)
		world, letters := s.read(datadir.At(data).World()), len(s.letters(data))
		code, printed := s.start(data)
		if code != cli.ExitFailed || !strings.Contains(printed, c.code) {
			t.Errorf("%s: exit code %d, want %s: %s", c.name, code, c.code, printed)
		}
		if s.read(datadir.At(data).World()) != world || len(s.letters(data)) != letters {
			t.Errorf("%s: something was done all the same", c.name)
		}
	}
}

// TestAFlippedByteOfTheDatabaseIsFoundOrChangesNothing flips single bytes of the file.
func TestAFlippedByteOfTheDatabaseIsFoundOrChangesNothing(t *testing.T) {
	s := troubled(t)
	halfway := s.halfway(s.data())
	whole := s.copied(halfway)
	if code, printed := s.start(whole); code != 0 {
		t.Fatalf("exit code %d: %s", code, printed)
	}
	want := s.judged(whole, "the whole file")
	const seed = 20141001
	lot, found := chance.New(seed), 0
	for flip := range *flips {
		data := s.copied(halfway)
		path := datadir.At(data).Database()
		content := []byte(s.read(path))
		at := lot.Below(uint64(len(content)))
		content[at] ^= 1 << lot.Below(8)
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		why := fmt.Sprintf("seed %d, flip %d at %d", seed, flip, at)
		code, printed := s.start(data)
		if code == 0 {
			for _, difference := range want.differences(s.judged(data, why)) {
				t.Errorf("%s: %s", why, difference)
			}
			continue
		}
		found++
		told := func(code string) bool { return strings.Contains(printed, code) }
		if !slices.ContainsFunc([]string{"[journal-damaged]", "[journal-older]", "[journal-newer]", "[store-damaged]", "[store-newer]"}, told) {
			t.Errorf("%s: exit code %d: %s", why, code, printed)
		}
	}
	t.Logf("%d of %d flips were refused, and the others were in unused places", found, *flips)
}

// TestASecondProcessOnTheSameDataIsRefusedAndTheFirstGoesOn starts the campaign a second time while it is carried out.
func TestASecondProcessOnTheSameDataIsRefusedAndTheFirstGoesOn(t *testing.T) {
	s := troubled(t)
	data := s.data()
	var out bytes.Buffer
	first := exec.Command("evenkeel", append(s.carrying(data), "--pace", "1")...)
	first.Stdout, first.Stderr = &out, &out
	if err := first.Start(); err != nil {
		t.Fatal(err)
	}
	const looks, between = 4000, 5 * time.Millisecond
	for look := 0; datadir.At(data).Conductor() != first.Process.Pid; look++ {
		if err := clock.Pause(t.Context(), between); err != nil || look == looks {
			t.Fatalf("process %d does not hold the data directory: %v\n%s", first.Process.Pid, err, s.read(filepath.Join(data, "lock")))
		}
	}
	for _, command := range append(s.papers(data), s.carrying(data)) {
		var printed bytes.Buffer
		code := cli.Run(command, s.desk, cli.Streams{Out: &printed, Err: &printed, Program: []string{"evenkeel"}, Zone: time.UTC})
		if code != cli.ExitFailed || !strings.Contains(printed.String(), fmt.Sprintf("process %d is at work", first.Process.Pid)) {
			t.Errorf("%s: exit code %d: %s", strings.Join(command[:2], " "), code, printed.String())
		}
	}
	_ = first.Process.Kill()
	_ = first.Wait()
	if code, printed := s.start(data); code != 0 {
		t.Fatalf("exit code %d: %s", code, printed)
	}
	s.judged(data, "after a second process was refused")
}

// TestACampaignThatRanOutOfRoomGoesOnWhenThereIsSome lets no file grow beyond a bound, as a full disk does, and then
// carries the campaign on without it.
func TestACampaignThatRanOutOfRoomGoesOnWhenThereIsSome(t *testing.T) {
	s := troubled(t)
	whole := s.data()
	if code, printed := s.start(whole); code != 0 {
		t.Fatalf("exit code %d: %s", code, printed)
	}
	want := s.judged(whole, "with room")
	data := s.data()
	cramped := exec.Command("prlimit", append([]string{"--fsize=160000", "evenkeel"}, s.carrying(data)...)...)
	told, err := cramped.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cramped.Start(); err != nil {
		t.Fatal(err)
	}
	seen := make([]byte, 0, 1<<20)
	for !bytes.Contains(seen, []byte("TROUBLE")) {
		part := make([]byte, 1<<12)
		n, err := told.Read(part)
		seen = append(seen, part[:n]...)
		if err != nil {
			t.Fatalf("it ended without a word on the room: %v\n%s", err, seen)
		}
	}
	_ = cramped.Process.Kill()
	_ = cramped.Wait()
	if code, printed := s.start(data); code != 0 {
		t.Fatalf("exit code %d: %s", code, printed)
	}
	for _, difference := range want.differences(s.judged(data, "after there was no room")) {
		t.Error(difference)
	}
}

// halfway carries a campaign out by a process that is killed when the first host has failed, and returns its data, with
// all of the database in its one file.
func (s *stage) halfway(data string) string {
	s.Helper()
	command := exec.Command("evenkeel", s.carrying(data)...)
	told, err := command.StderrPipe()
	if err != nil {
		s.Fatal(err)
	}
	if err := command.Start(); err != nil {
		s.Fatal(err)
	}
	seen := make([]byte, 0, 1<<20)
	for !bytes.Contains(seen, []byte("FAILED")) {
		part := make([]byte, 1<<12)
		n, err := told.Read(part)
		seen = append(seen, part[:n]...)
		if err != nil {
			s.Fatalf("no host failed: %v\n%s", err, seen)
		}
	}
	_ = command.Process.Kill()
	_ = command.Wait()
	s.change(data, "PRAGMA wal_checkpoint(TRUNCATE)")
	return data
}

// change changes a database behind the back of the program.
func (s *stage) change(data, statements string) {
	s.Helper()
	db, err := sql.Open("sqlite", datadir.At(data).Database())
	if err != nil {
		s.Fatal(err)
	}
	if _, err := db.Exec(statements); err != nil {
		s.Fatal(err)
	}
	if err := db.Close(); err != nil {
		s.Fatal(err)
	}
}

func (s *stage) read(path string) string {
	s.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		s.Fatal(err)
	}
	return string(content)
}
