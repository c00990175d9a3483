// Package datadir lays out the directory in which a campaign lives: where each part of it stands, and the copies of
// the documents that were proposed. It keeps bytes and paths; it decides nothing, and what is written into the store,
// the outbox or the spool is not its business.
//
//	evenkeel.db      the store, with the file lock beside it
//	documents/       what was proposed: plan, fleet, policy, advisories, allowed signers, and where they came from
//	outbox/          letters
//	requests/        what operators ask of the running campaign
//	evidence.key     the key of this installation, with evidence.pub
//	world.log        the memory of a simulated fleet
package datadir

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"

	"github.com/evenkeel-project/evenkeel/internal/core/problem"
)

// Dir is one data directory.
type Dir struct {
	path string
}

// At names a data directory, which may be there or not.
func At(path string) Dir { return Dir{path} }

// Path returns the directory itself.
func (d Dir) Path() string { return d.path }

// Database returns the path of the store.
func (d Dir) Database() string { return filepath.Join(d.path, "evenkeel.db") }

// Outbox returns the directory of letters.
func (d Dir) Outbox() string { return filepath.Join(d.path, "outbox") }

// Requests returns the directory of the spool.
func (d Dir) Requests() string { return filepath.Join(d.path, "requests") }

// EvidenceKey returns the path of the private key of the installation; that of the public one ends in .pub.
func (d Dir) EvidenceKey() string { return filepath.Join(d.path, "evidence.key") }

// EvidencePublic returns the path of the public key of the installation.
func (d Dir) EvidencePublic() string { return filepath.Join(d.path, "evidence.pub") }

// World returns the path of the log of a simulated fleet.
func (d Dir) World() string { return filepath.Join(d.path, "world.log") }

// directoryMode keeps what is in the directory, embargoed advisories among it, to its owner.
const directoryMode = 0o700

// Make makes the directory when it is not there, readable by its owner only. One that is there keeps its permissions.
// It is refused with data-directory-open when everybody may write in it, for whoever writes there can put another key
// or other documents in the place of ours, and with not-a-data-directory when it holds anything that no campaign has
// put there.
func (d Dir) Make() error {
	entries, err := os.ReadDir(d.path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return d.wrote(os.MkdirAll(d.path, directoryMode))
	case err != nil:
		return d.wrote(err)
	}
	if err := d.closed(); err != nil {
		return err
	}
	for _, entry := range entries {
		if !ours(entry.Name()) {
			return problem.Problem{Code: "not-a-data-directory", Place: problem.Place{File: d.path},
				Sentence: fmt.Sprintf("the directory holds %q, which is no part of a campaign", entry.Name()),
				Fix:      "name a directory that is empty or does not exist"}
		}
	}
	return nil
}

// closed refuses a directory in which everybody may write.
func (d Dir) closed() error {
	const othersWrite = 0o002
	info, err := os.Stat(d.path)
	if err != nil {
		return d.wrote(err)
	}
	if info.Mode().Perm()&othersWrite == 0 {
		return nil
	}
	return problem.Problem{Code: "data-directory-open", Place: problem.Place{File: d.path},
		Sentence: "everybody may write in the directory", Fix: "chmod o-w it, or name a directory that does not exist"}
}

// ours reports whether a campaign puts a file of this name into its directory. The store has files beside it.
func ours(name string) bool {
	switch name {
	case "lock", "documents", "outbox", "requests", "evidence.key", "evidence.pub", "evidence.key.pub", "world.log":
		return true
	}
	return strings.HasPrefix(name, "evenkeel.db") || strings.HasPrefix(name, ".documents.")
}

// Conductor returns the process that holds the directory: 0 when none does, UnknownProcess when it did not say which
// it is. A process that is about to take the directory may be missed by a moment.
func (d Dir) Conductor() int {
	file, err := os.OpenFile(filepath.Join(d.path, "lock"), os.O_RDONLY|syscall.O_NONBLOCK, 0) // a pipe would keep us for ever
	if err != nil {
		return 0
	}
	defer func() { _ = file.Close() }() // it was only looked at
	if info, err := file.Stat(); err != nil || !info.Mode().IsRegular() {
		return 0
	}
	if syscall.Flock(int(file.Fd()), syscall.LOCK_SH|syscall.LOCK_NB) == nil {
		return 0 // the lock goes with the file
	}
	const digitsMax = 20
	text, err := io.ReadAll(io.LimitReader(file, digitsMax))
	if err != nil {
		return UnknownProcess
	}
	process, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil || process <= 0 {
		return UnknownProcess
	}
	return process
}

// UnknownProcess stands for a process that holds a directory and did not say which it is: its number did not fit
// the disk any more.
const UnknownProcess = -1

// wrote turns what went wrong with a file into a problem.
func (d Dir) wrote(err error) error {
	if err == nil {
		return nil
	}
	var known problem.Problem
	if errors.As(err, &known) {
		return known
	}
	return problem.Problem{Code: "data-directory-failed", Place: problem.Place{File: d.path},
		Sentence: fmt.Sprintf("the data directory cannot be used: %v", err), Fix: "look at its owner, its permissions and the room on the disk"}
}
