package spool

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"unicode"
	"unicode/utf8"

	"github.com/evenkeel-project/evenkeel/internal/request"
)

// The bounds of what is read.
const (
	fileBytesMax   = 16 << 10
	idBytesMax     = 64
	byBytesMax     = 200
	reasonBytesMax = 2000
)

// validID reports whether an id can be the name of a file in every directory without meaning anything else.
func validID(id string) bool {
	for i := range len(id) {
		c := id[i]
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && (c != '-' || i == 0) {
			return false
		}
	}
	return id != "" && len(id) <= idBytesMax
}

// check says what is wrong with a request.
func check(r request.Request) error {
	switch {
	case !validID(r.ID):
		return fmt.Errorf("%q is no id of a request", r.ID)
	case r.Verb != request.Pause && r.Verb != request.Resume && r.Verb != request.Abort:
		return fmt.Errorf("a campaign cannot be asked to %q", r.Verb)
	case len(r.By) > byBytesMax:
		return fmt.Errorf("the name of who asks has %d bytes, more than %d", len(r.By), byBytesMax)
	case len(r.Reason) > reasonBytesMax:
		return fmt.Errorf("the reason has %d bytes, more than %d", len(r.Reason), reasonBytesMax)
	case !utf8.ValidString(r.By), !utf8.ValidString(r.Reason):
		return errors.New("it is not UTF-8")
	case strings.ContainsFunc(r.By+r.Reason, unprintable):
		return errors.New("who asks, or the reason, has a character that cannot be printed")
	}
	return nil
}

// unprintable reports whether a character shows nothing, or makes what stands beside it look like something else: what
// people asked for is kept for ever, and read on screens and pages.
func unprintable(r rune) bool { return !unicode.IsPrint(r) }

// strict reads one JSON object that has no key too many and nothing after it.
func strict(content []byte, into any) error {
	if !utf8.Valid(content) {
		return errors.New("it is not UTF-8")
	}
	decoder := json.NewDecoder(bytes.NewReader(content))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(into); err != nil {
		return err
	}
	if _, err := decoder.Token(); err != io.EOF {
		return errors.New("something follows the object")
	}
	return nil
}

// errNoFile is what a link, a pipe, a socket or a device is.
var errNoFile = errors.New("it is not an ordinary file")

// readSmall reads a file that is small and a file: not a link that leads elsewhere, nor a pipe that never ends. It is
// looked at after it was opened, so that nothing can take its place in between. It returns whose file it is too.
func readSmall(path string) (content []byte, owner uint32, err error) {
	file, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NOFOLLOW|syscall.O_NONBLOCK, 0)
	if errors.Is(err, syscall.ELOOP) || errors.Is(err, syscall.ENXIO) {
		return nil, 0, errNoFile
	}
	if err != nil {
		return nil, 0, err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return nil, 0, err
	}
	if !info.Mode().IsRegular() {
		return nil, 0, errNoFile
	}
	content, err = io.ReadAll(io.LimitReader(file, fileBytesMax+1))
	if err == nil && len(content) > fileBytesMax {
		err = fmt.Errorf("it has more than %d bytes", fileBytesMax)
	}
	if about, ok := info.Sys().(*syscall.Stat_t); ok {
		owner = about.Uid
	}
	return content, owner, err
}

// write puts a file there, whole or not at all, and on disk before it returns.
func (s *Spool) write(name string, value any) error {
	content, err := json.Marshal(value)
	if err != nil {
		return err
	}
	if err := s.place(name, append(content, '\n')); err != nil {
		return trouble("spool-failed", filepath.Join(s.dir, name), err)
	}
	return nil
}

func (s *Spool) place(name string, content []byte) (err error) {
	file, err := os.CreateTemp(s.dir, "."+name+".*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = os.Remove(file.Name())
		}
	}()
	_, err = file.Write(content)
	if err = errors.Join(err, file.Sync(), file.Close()); err != nil {
		return err
	}
	if err := os.Rename(file.Name(), filepath.Join(s.dir, name)); err != nil {
		return err
	}
	dir, err := os.Open(s.dir)
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}
