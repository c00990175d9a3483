package simfleet

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"syscall"

	"github.com/evenkeel-project/evenkeel/internal/core/advisory"
	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/dispatch"
	"github.com/evenkeel-project/evenkeel/internal/core/problem"
)

// logVersion is the version of the form of the log.
const logVersion = 1

// header is the first line of the log: all that the world follows from beside the orders.
type header struct {
	World      int              `json:"world"`
	Fleet      string           `json:"fleet"`
	Policy     string           `json:"policy"`
	Scenario   string           `json:"scenario"`
	Advisories []string         `json:"advisories"`
	Start      calendar.Instant `json:"start"`
}

func headerOf(o Options, s Scenario) header {
	return header{World: logVersion, Fleet: string(o.Fleet.Digest()), Policy: string(o.Policy.Digest), Scenario: s.digest(),
		Advisories: append([]string{}, o.Advisories...), Start: o.Start}
}

// entry is any other line: a time that it was, in seconds since 1970, and with an order what the world was told then.
type entry struct {
	At    int64            `json:"at"`
	Told  calendar.Seconds `json:"told,omitempty"` // by how much the clock was set, as far as anybody was told
	Order *orderEntry      `json:"order,omitempty"`
}

// orderEntry is an order without the digest of its plan, which the world does not look at. Its expiry is a number, for
// one that no calendar can write must be kept too.
type orderEntry struct {
	Campaign string          `json:"campaign"`
	Host     string          `json:"host"`
	Zone     string          `json:"zone"`
	Step     dispatch.Step   `json:"step"`
	Attempt  int             `json:"attempt"`
	Fence    uint64          `json:"fence"`
	BootID   string          `json:"boot,omitempty"`
	NotAfter int64           `json:"not_after"`
	Action   advisory.Action `json:"action,omitempty"`
	Closed   bool            `json:"closed,omitempty"`
}

func toLog(o dispatch.Order) *orderEntry {
	return &orderEntry{o.Campaign, o.Host, o.Zone, o.Step, o.Attempt, o.Fence, o.BootID, int64(o.NotAfter), o.Action, o.Closed}
}

func (e *orderEntry) order() dispatch.Order {
	return dispatch.Order{Campaign: e.Campaign, Host: e.Host, Zone: e.Zone, Step: e.Step, Attempt: e.Attempt, Fence: e.Fence,
		BootID: e.BootID, NotAfter: calendar.Instant(e.NotAfter), Action: e.Action, Closed: e.Closed}
}

// worldLog is the file that the world is remembered by. Every line is one write: a process that is killed leaves whole
// lines and at most one part of a line, at the end.
type worldLog struct {
	file *os.File
	size int64 // bytes of whole lines
}

// write appends a line, or nothing. A nil log forgets everything.
func (l *worldLog) write(line any) error {
	if l == nil {
		return nil
	}
	data, err := json.Marshal(line)
	if err != nil {
		return err
	}
	n, err := l.file.WriteAt(append(data, '\n'), l.size)
	if err != nil {
		// A part of a line that cannot be taken away is written over by the next one.
		return errors.Join(err, l.file.Truncate(l.size))
	}
	l.size += int64(n)
	return nil
}

// wholeLines returns what was written whole of a log.
func wholeLines(file *os.File) ([]byte, error) {
	data, err := io.ReadAll(file)
	return data[:bytes.LastIndexByte(data, '\n')+1], err
}

// remember reads the log of this world into f and returns it for writing on. The file is held before it is read, so
// that no other process writes to it, be it one that was stopped and wakes up.
func (f *Fleet) remember(path string, want header, begun bool) (*worldLog, error) {
	flags := os.O_RDWR | os.O_CREATE
	if begun {
		flags = os.O_RDWR
	}
	file, err := os.OpenFile(path, flags, 0o600)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, forgotten(path)
	}
	if err != nil {
		return nil, err
	}
	log := &worldLog{file: file}
	if err := f.resume(log, want, begun); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return log, nil
}

// resume takes hold of an open log and reads it into f.
func (f *Fleet) resume(log *worldLog, want header, begun bool) error {
	path := log.file.Name()
	if err := hold(log.file); err != nil {
		return err
	}
	whole, err := wholeLines(log.file)
	if err != nil {
		return err
	}
	if begun && len(whole) == 0 {
		return forgotten(path)
	}
	if err := f.replay(path, whole, want); err != nil {
		return err
	}
	log.size = int64(len(whole))
	if err := log.file.Truncate(log.size); err != nil || len(whole) > 0 {
		return err
	}
	return log.write(want)
}

// hold keeps all other processes from a log until it is closed.
func hold(file *os.File) error {
	err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return problem.Problem{Code: "world-busy", Place: problem.Place{File: file.Name()},
			Sentence: "another process is at work on the simulated fleet", Fix: "end that process; it may be one that was stopped and not killed"}
	}
	if err != nil {
		return &os.PathError{Op: "flock", Path: file.Name(), Err: err}
	}
	return nil
}

// forgotten is a world that lived and has no memory.
func forgotten(path string) error {
	return problem.Problem{Code: "world-missing", Place: problem.Place{File: path},
		Sentence: "the memory of the simulated fleet is gone: it would do again what it was told before", Fix: "bring the file back, or start again in another data directory"}
}

// Forget removes the log of a world that was never told anything, so that it can be made anew. The log of one that
// lived is refused.
func Forget(path string) (err error) {
	file, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	if err := hold(file); err != nil {
		return err
	}
	whole, err := wholeLines(file)
	if err != nil {
		return err
	}
	if bytes.Count(whole, []byte{'\n'}) > 1 {
		return problem.Problem{Code: "journal-older", Place: problem.Place{File: path},
			Sentence: "the simulated fleet remembers a campaign that the journal does not know to have been started",
			Fix:      "bring the newest copy of evenkeel.db back, with its -wal file; what is lost for good must be planned anew, in another data directory"}
	}
	return os.Remove(path)
}

// replay lets the world live again through what the lines tell.
func (f *Fleet) replay(path string, lines []byte, want header) error {
	n := 0
	for line := range bytes.Lines(lines) {
		n++
		if n == 1 {
			if err := want.check(path, line); err != nil {
				return err
			}
			continue
		}
		var e entry
		if err := json.Unmarshal(line, &e); err != nil {
			return damaged(path, n, "the line cannot be read")
		}
		at := calendar.Instant(e.At)
		if at < f.now {
			return damaged(path, n, "the time goes back")
		}
		f.pass(at)
		if e.Order == nil {
			f.told, f.kept = e.Told, e.Told
			continue
		}
		o := e.Order.order()
		f.follow(o, f.judge(o))
	}
	return nil
}

func damaged(path string, line int, what string) error {
	return problem.Problem{Code: "world-damaged", Place: problem.Place{File: path, Line: line},
		Sentence: "the memory of the simulated fleet is damaged: " + what, Fix: "start again in another data directory"}
}

// check compares the first line of a log with what it should be.
func (want header) check(path string, line []byte) error {
	var got header
	if err := json.Unmarshal(line, &got); err != nil || got.World == 0 {
		return damaged(path, 1, "the first line cannot be read")
	}
	differs := ""
	switch {
	case got.World != want.World:
		differs = fmt.Sprintf("form %d of the log, and this program knows %d", got.World, want.World)
	case got.Fleet != want.Fleet:
		differs = "another fleet"
	case got.Policy != want.Policy:
		differs = "another policy"
	case got.Scenario != want.Scenario:
		differs = "another scenario"
	case !slices.Equal(got.Advisories, want.Advisories):
		differs = "other advisories"
	case got.Start != want.Start:
		differs = "another start, " + got.Start.String()
	default:
		return nil
	}
	return problem.Problem{Code: "another-world", Place: problem.Place{File: path, Line: 1},
		Sentence: "the memory of the simulated fleet is of " + differs,
		Fix:      "use the documents and the scenario it was begun with, or another data directory"}
}
