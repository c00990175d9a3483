package outbox

import (
	"errors"
	"os"
)

// disk is what the outbox does to files, so that tests can let each step fail or be the last before a crash.
type disk interface {
	create(path string) (file, error)
	rename(from, to string) error
	remove(path string) error
	// sync brings the names in a directory to the disk.
	sync(dir string) error
}

// file is a file that is being written.
type file interface {
	Write(content []byte) (int, error)
	Sync() error
	Close() error
}

// machine is the disk of this machine.
type machine struct{}

func (machine) create(path string) (file, error) {
	return os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
}

func (machine) rename(from, to string) error { return os.Rename(from, to) }

func (machine) remove(path string) error { return os.Remove(path) }

func (machine) sync(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
