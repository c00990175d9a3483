package sqlite

import (
	"errors"
	"fmt"
	"syscall"

	library "modernc.org/sqlite"
	codes "modernc.org/sqlite/lib"

	"github.com/evenkeel-project/evenkeel/internal/core/problem"
	"github.com/evenkeel-project/evenkeel/internal/store"
)

// refusal is a problem whose kind callers can ask for with errors.Is.
type refusal struct {
	problem.Problem
	kind error // one of the errors of package store, or nil
}

// Unwrap gives both what people read and what programs ask for.
func (r refusal) Unwrap() []error {
	if r.kind == nil {
		return []error{r.Problem}
	}
	return []error{r.Problem, r.kind}
}

func refuse(code problem.Code, kind error, sentence, fix string) error {
	return refusal{problem.Problem{Code: code, Sentence: sentence, Fix: fix}, kind}
}

func busy(dir, holder string) error {
	who := "another process"
	if holder != "" {
		who = "process " + holder
	}
	return refuse("store-busy", store.ErrBusy, fmt.Sprintf("%s is at work on %s", who, dir),
		"wait until it has ended, or look on with evenkeel campaign status")
}

func newer(path string, found int) error {
	return refuse("store-newer", store.ErrNewer,
		fmt.Sprintf("%s was written by a newer version of evenkeel: it has form %d, this program knows forms up to %d", path, found, form),
		"use that version")
}

func damaged(path, how string) error {
	return refuse("store-damaged", store.ErrDamaged, path+" "+how,
		"put back a copy of it and of its -wal file from before, or use another data directory")
}

func full(path string) error {
	return refuse("store-full", store.ErrFull, "there is no room left for "+path, "make room and try again")
}

// explain says what kind of error the library met. What it does not know, it returns as it is.
func explain(path string, err error) error {
	if errors.Is(err, syscall.ENOSPC) {
		return full(path)
	}
	var found *library.Error
	if !errors.As(err, &found) {
		return err
	}
	if found.Code() == codes.SQLITE_IOERR_SHMSIZE { // the index of the log cannot grow, and without it nothing is kept
		return full(path)
	}
	switch primary := found.Code() & 0xff; primary {
	case codes.SQLITE_FULL:
		return full(path)
	case codes.SQLITE_BUSY:
		return refuse("store-busy", store.ErrBusy, "another program has "+path+" locked", "end it and try again")
	case codes.SQLITE_READONLY, codes.SQLITE_CANTOPEN, codes.SQLITE_PERM:
		return refuse("store-access", nil, fmt.Sprintf("%s cannot be opened: %v", path, found),
			"use the account under which campaigns run, or copy the file and its -wal file to a directory of yours")
	case codes.SQLITE_NOTADB:
		return damaged(path, "is not an SQLite file")
	case codes.SQLITE_CORRUPT:
		return damaged(path, "cannot be read: "+found.Error())
	}
	return fmt.Errorf("%s: %w", path, err)
}
