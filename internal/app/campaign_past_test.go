package app

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/evenkeel-project/evenkeel/internal/cli"
	"github.com/evenkeel-project/evenkeel/internal/clock"
	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/dispatch"
	"github.com/evenkeel-project/evenkeel/internal/courier"
	"github.com/evenkeel-project/evenkeel/internal/datadir"
	"github.com/evenkeel-project/evenkeel/internal/driver/simfleet"
	"github.com/evenkeel-project/evenkeel/internal/store/sqlite"
)

// withdraw takes the database out of a data directory, with all that stands beside it.
func (s *stage) withdraw(data string) {
	s.Helper()
	paths, err := filepath.Glob(datadir.At(data).Database() + "*")
	if err != nil {
		s.Fatal(err)
	}
	for _, path := range paths {
		if err := os.Remove(path); err != nil {
			s.Fatal(err)
		}
	}
}

// bring puts a file of one data directory into another.
func (s *stage) bring(from, to string, path func(datadir.Dir) string) {
	s.Helper()
	if err := os.WriteFile(path(datadir.At(to)), []byte(s.read(path(datadir.At(from)))), 0o600); err != nil {
		s.Fatal(err)
	}
}

// TestAJournalAndAFleetThatDoNotRememberTheSameAreNotBroughtTogether brings back one of them from a copy, or loses it. The
// one that has forgotten an outage would order it, or carry it out, again.
func TestAJournalAndAFleetThatDoNotRememberTheSameAreNotBroughtTogether(t *testing.T) {
	s := troubled(t)
	early := s.halfway(s.data())
	late := s.copied(early)
	if code, printed := s.start(late); code != 0 {
		t.Fatalf("exit code %d: %s", code, printed)
	}
	s.change(late, "PRAGMA wal_checkpoint(TRUNCATE)")
	for _, c := range []struct {
		name, code string
		base       string
		change     func(data string)
	}{
		{"an older journal", "[journal-older]", late, func(data string) { s.withdraw(data); s.bring(early, data, datadir.Dir.Database) }},
		{"a journal from before the start", "[journal-older]", early, func(data string) { s.withdraw(data); s.bring(s.approved, data, datadir.Dir.Database) }},
		{"no journal", "[store-missing]", early, s.withdraw},
		{"an older fleet", "[world-older]", late, func(data string) { s.bring(early, data, datadir.Dir.World) }},
		{"no fleet", "[world-missing]", early, func(data string) {
			if err := os.Remove(datadir.At(data).World()); err != nil {
				t.Fatal(err)
			}
		}},
		{"a fleet of which nothing is left", "[world-missing]", early, func(data string) {
			if err := os.Truncate(datadir.At(data).World(), 10); err != nil {
				t.Fatal(err)
			}
		}},
	} {
		data := s.copied(c.base)
		c.change(data)
		before := s.remembered(data)
		code, printed := s.start(data)
		if code != cli.ExitFailed || !strings.Contains(printed, c.code) {
			t.Errorf("%s: exit code %d, want %s: %s", c.name, code, c.code, printed)
		}
		if s.remembered(data) != before {
			t.Errorf("%s: the fleet was told something, or forgot", c.name)
		}
	}
}

// TestEachThingThatAFleetRemembersIsComparedWithTheJournal lets a fleet remember one thing too much, or too little.
func TestEachThingThatAFleetRemembersIsComparedWithTheJournal(t *testing.T) {
	s := troubled(t)
	data := s.halfway(s.data())
	dir := datadir.At(data)
	world, err := s.desk.openWorld(dir)
	if err != nil {
		t.Fatal(err)
	}
	reader, err := sqlite.OpenReader(t.Context(), dir.Database())
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close() // it was only read
	hosts, err := openSimulated(t.Context(), dir, reader, world, cli.Conducting{Scenario: s.scenario})
	if err != nil {
		t.Fatal(err)
	}
	defer hosts.Close() // nothing was asked of it
	host := world.Plan.Outages[0].Host
	for _, c := range []struct {
		name, code string
		change     func(*simfleet.Memory)
	}{
		{"what happened", "", func(*simfleet.Memory) {}},
		{"an outage more", "[journal-older]", func(m *simfleet.Memory) {
			m.Taken = append(m.Taken, dispatch.Order{Host: host, Step: dispatch.Act, Attempt: 2})
		}},
		{"a later conductor", "[journal-older]", func(m *simfleet.Memory) { m.Fence += 9 }},
		{"an earlier end", "[world-older]", func(m *simfleet.Memory) { m.Latest = m.Latest.Add(-calendar.Hour) }},
	} {
		memory := hosts.Memory(world.Campaign)
		c.change(&memory)
		err := samePast(t.Context(), reader, dir, memory, world.Campaign)
		if (err == nil) != (c.code == "") || err != nil && !strings.Contains(err.Error(), c.code) {
			t.Errorf("%s: got %v, want %q", c.name, err, c.code)
		}
	}
}

// remembered returns the memory of the simulated fleet, empty when there is none.
func (s *stage) remembered(data string) string {
	s.Helper()
	content, err := os.ReadFile(datadir.At(data).World())
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		s.Fatal(err)
	}
	return string(content)
}

// TestALostJournalIsNotReplacedByAnEmptyOne runs every command that opens the journal for writing.
func TestALostJournalIsNotReplacedByAnEmptyOne(t *testing.T) {
	s := troubled(t)
	data := s.data()
	s.withdraw(data)
	for _, command := range append(s.papers(data), s.carrying(data)) {
		var printed bytes.Buffer
		code := cli.Run(command, s.desk, cli.Streams{Out: &printed, Err: &printed, Program: []string{"evenkeel"}, Zone: time.UTC})
		if code != cli.ExitFailed || !strings.Contains(printed.String(), "[store-missing]") {
			t.Errorf("%s: exit code %d: %s", strings.Join(command[:2], " "), code, printed.String())
		}
	}
	if _, err := os.Stat(datadir.At(data).Database()); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a new journal stands there: %v", err)
	}
}

// TestTheJournalOfAnotherCampaignIsRefused swaps the databases of two campaigns.
func TestTheJournalOfAnotherCampaignIsRefused(t *testing.T) {
	s, other := troubled(t), newStage(t, synthetic(t, cli.Shape{Hosts: 30, Guests: 90, Tenants: 9, Regions: 1, Zones: 2, Seed: 2}),
		"testdata/crash/policy.yaml", "testdata/crash/scenario.yaml")
	data := s.data()
	s.withdraw(data)
	s.bring(other.approved, data, datadir.Dir.Database)
	for _, command := range [][]string{s.papers(data)[1], s.carrying(data)} {
		var printed bytes.Buffer
		code := cli.Run(command, s.desk, cli.Streams{Out: &printed, Err: &printed, Program: []string{"evenkeel"}, Zone: time.UTC})
		if code != cli.ExitFailed || !strings.Contains(printed.String(), "[store-of-another]") {
			t.Errorf("%s: exit code %d: %s", strings.Join(command[:2], " "), code, printed.String())
		}
	}
}

// TestAStoppedConductorKeepsTheFleetEvenWithoutItsLock stops a process, takes its lock away, and tries to take over: what
// the process writes when it wakes up must not fall into the memory of another.
func TestAStoppedConductorKeepsTheFleetEvenWithoutItsLock(t *testing.T) {
	s := troubled(t)
	data := s.data()
	first := exec.Command("evenkeel", append(s.carrying(data), "--pace", "600")...)
	if err := first.Start(); err != nil {
		t.Fatal(err)
	}
	for datadir.At(data).Conductor() != first.Process.Pid || strings.Count(s.remembered(data), "\n") < 2 {
		if err := clock.Pause(t.Context(), 5*time.Millisecond); err != nil {
			t.Fatal(err)
		}
	}
	if err := first.Process.Signal(syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(data, "lock")); err != nil {
		t.Fatal(err)
	}
	code, printed := s.start(data)
	if code != cli.ExitFailed || !strings.Contains(printed, "[world-busy]") && !strings.Contains(printed, "[store-busy]") {
		t.Errorf("exit code %d: %s", code, printed)
	}
	_ = first.Process.Kill()
	_ = first.Wait()
	if code, printed := s.start(data); code != 0 {
		t.Fatalf("exit code %d: %s", code, printed)
	}
	s.judged(data, "after a conductor that had been stopped")
}

// failingPost is a courier that fails as often as it is told.
type failingPost int

func (p *failingPost) Deliver(context.Context, []courier.Letter) ([]courier.Receipt, error) {
	if *p--; *p >= 0 {
		return nil, errors.New("there is no room")
	}
	return nil, nil
}

// hasty is a clock that never waits.
type hasty struct{ frozen }

func (hasty) Wait(context.Context, calendar.Instant, <-chan struct{}) error { return nil }

// TestTheSimulatedWorldDoesNotRunAwayWhileThePostIsBroken lets letters fail: what people mend in minutes must not last
// for days of the campaign.
func TestTheSimulatedWorldDoesNotRunAwayWhileThePostIsBroken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const failures = 3
		broken, watched := failingPost(failures), &watchedClock{Clock: hasty{}}
		post, began := patient{&broken, watched}, clock.Start()
		for range failures + 5 {
			_, _ = post.Deliver(t.Context(), nil)
			for range 2 {
				if err := watched.Wait(t.Context(), 0, nil); err != nil {
					t.Fatal(err)
				}
			}
		}
		if took := began.Elapsed(); took != failures*repair {
			t.Errorf("the world stood still for %s, want %s", took, failures*repair)
		}
	})
}

// TestACampaignThatIsStoppedWhileThereIsNoRoomSaysWhereItStands interrupts a process that cannot write its journal.
func TestACampaignThatIsStoppedWhileThereIsNoRoomSaysWhereItStands(t *testing.T) {
	s := troubled(t)
	cramped := exec.Command("prlimit", append([]string{"--fsize=160000", "evenkeel"}, s.carrying(s.data())...)...)
	var printed bytes.Buffer
	cramped.Stdout = &printed
	told, err := cramped.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cramped.Start(); err != nil {
		t.Fatal(err)
	}
	narration := bufio.NewReader(told)
	for line := ""; !strings.Contains(line, "TROUBLE"); {
		if line, err = narration.ReadString('\n'); err != nil {
			t.Fatalf("it ended without a word on the room: %v", err)
		}
	}
	if err := cramped.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	rest, _ := io.ReadAll(narration)
	_ = cramped.Wait()
	if !strings.Contains(printed.String(), ": running\n") || !strings.Contains(printed.String(), " pending\n") ||
		strings.Contains(printed.String(), " 0 pending\n") || !strings.Contains(string(rest), "the campaign is not over (running)") {
		t.Errorf("it says\n%s%s", printed.String(), rest)
	}
}
