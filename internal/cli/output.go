package cli

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/evenkeel-project/evenkeel/internal/core/problem"
)

// resultWriter gathers results and remembers the first failure to write them, so that no printing function
// has to look: a full disk must not look like success.
type resultWriter struct {
	buffer *bufio.Writer
	failed error
}

func newResultWriter(out io.Writer) *resultWriter {
	return &resultWriter{buffer: bufio.NewWriterSize(out, 1<<16)}
}

// Write implements io.Writer. It returns the first failure again and again.
func (w *resultWriter) Write(p []byte) (int, error) {
	if w.failed != nil {
		return 0, w.failed
	}
	n, err := w.buffer.Write(p)
	w.failed = err
	return n, err
}

// flush writes what is left. A reader that went away, as head does, has ended the process by then: that is
// what the runtime does for standard output.
func (w *resultWriter) flush() error {
	if w.failed == nil {
		w.failed = w.buffer.Flush()
	}
	if w.failed == nil {
		return nil
	}
	return problem.Problem{Code: "write-failed", Sentence: fmt.Sprintf("the result could not be written: %v", w.failed)}
}

// toFile writes a file whole or not at all: into a temporary file beside it, which then takes its name. A
// different file of that name is kept unless force is set; the same content again is no change. Devices and
// pipes are written as they are.
func (s *session) toFile(path string, force bool, write func(io.Writer) error) error {
	return s.toFileOf(newFileMode, path, force, write)
}

// toPrivateFile is toFile for what only the writer may read: a record carries advisories that are under embargo.
func (s *session) toPrivateFile(path string, force bool, write func(io.Writer) error) error {
	return s.toFileOf(privateFileMode, path, force, write)
}

// privateFileMode lets nobody in but the owner.
const privateFileMode = 0o600

func (s *session) toFileOf(mode fs.FileMode, path string, force bool, write func(io.Writer) error) error {
	if path == "-" {
		return write(s.Out)
	}
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real
	}
	old, err := os.Stat(path)
	if err == nil && !old.Mode().IsRegular() {
		return toDevice(path, old, write)
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return cannotWrite(path, err)
	}
	return replaceFile(mode, path, old, force, write)
}

func toDevice(path string, info fs.FileInfo, write func(io.Writer) error) error {
	if info.IsDir() {
		return problem.Problem{Code: "write-failed", Place: problem.Place{File: path},
			Sentence: "it is a directory", Fix: "name a file in it"}
	}
	device, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return cannotWrite(path, err)
	}
	if err := errors.Join(write(device), device.Close()); err != nil {
		return cannotWrite(path, err)
	}
	return nil
}

// replaceFile writes the file; old is nil when there is none. The new file has the permissions of the old one
// from the first byte on: what was private stays so.
func replaceFile(mode fs.FileMode, path string, old fs.FileInfo, force bool, write func(io.Writer) error) error {
	if old != nil {
		mode = old.Mode().Perm()
	}
	name := fmt.Sprintf(".%s.%d.part", filepath.Base(path), os.Getpid())
	temporary, err := os.OpenFile(filepath.Join(filepath.Dir(path), name), os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return cannotWrite(path, err)
	}
	defer func() { _ = os.Remove(temporary.Name()) }()
	if old != nil {
		err = temporary.Chmod(mode) // the umask had its say in the mode of the file just made
	}
	buffered := bufio.NewWriterSize(temporary, 1<<16)
	if err == nil {
		err = write(buffered)
	}
	err = errors.Join(err, buffered.Flush(), temporary.Sync(), temporary.Close())
	if err != nil {
		return cannotWrite(path, err)
	}
	if force {
		err = os.Rename(temporary.Name(), path)
	} else {
		err = nameOnce(temporary.Name(), path)
	}
	if errors.Is(err, fs.ErrExist) && !force {
		return keepFile(path, temporary.Name())
	}
	if err != nil {
		return cannotWrite(path, err)
	}
	return nil
}

// nameOnce gives a file a name that is free, and fails with fs.ErrExist when it is not. A link cannot replace
// what another process wrote a moment ago; where the file system has no links, a look must do.
func nameOnce(temporary, path string) error {
	err := os.Link(temporary, path)
	if err == nil || errors.Is(err, fs.ErrExist) {
		return err
	}
	if _, err := os.Lstat(path); err == nil {
		return fs.ErrExist
	}
	return os.Rename(temporary, path)
}

// newFileMode leaves it to the reader's umask who may read and write a new file.
const newFileMode = 0o666

// keepFile accepts a file that already has the new content and refuses to replace any other.
func keepFile(path, temporary string) error {
	same, err := sameContent(path, temporary)
	if err != nil {
		return cannotWrite(path, err)
	}
	if same {
		return nil
	}
	return problem.Problem{Code: "file-exists", Place: problem.Place{File: path},
		Sentence: "the file exists and has other content", Fix: "name another file, or replace it with --force"}
}

func sameContent(a, b string) (bool, error) {
	one, err := os.Open(a)
	if err != nil {
		return false, err
	}
	defer one.Close()
	other, err := os.Open(b)
	if err != nil {
		return false, err
	}
	defer other.Close()
	pieceA, pieceB := make([]byte, 1<<16), make([]byte, 1<<16)
	for {
		n, errA := io.ReadFull(one, pieceA)
		m, errB := io.ReadFull(other, pieceB)
		if !bytes.Equal(pieceA[:n], pieceB[:m]) {
			return false, nil
		}
		if errA != nil || errB != nil {
			return ended(errA) && ended(errB), nil
		}
	}
}

func ended(err error) bool { return err == io.EOF || err == io.ErrUnexpectedEOF }

func cannotWrite(path string, err error) error {
	var known problem.Problem
	if errors.As(err, &known) {
		return known
	}
	var detail *fs.PathError
	if errors.As(err, &detail) {
		err = detail.Err
	}
	return problem.Problem{Code: "write-failed", Place: problem.Place{File: path},
		Sentence: fmt.Sprintf("the file could not be written: %v", err)}
}
