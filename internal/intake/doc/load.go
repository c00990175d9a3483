package doc

import (
	"errors"
	"io"
	"io/fs"
	"os"

	"github.com/evenkeel-project/evenkeel/internal/core/problem"
)

// loadMax bounds a document that is read whole, in bytes: a plan of a million outages has a quarter of it.
const loadMax = 1 << 30

// Load returns the content of a file that is to be read whole; what says what it should be, such as "the
// policy". A file that cannot be opened, or that no reader would accept for its size, is one problem
// (cannot-read, too-large), and no more of it is read than its bound.
func Load(path, what string) ([]byte, problem.List) {
	var problems problem.List
	file, err := os.Open(path)
	if err != nil {
		return nil, Unreadable(path, what, err)
	}
	// The file is only read: closing it can lose nothing.
	defer func() { _ = file.Close() }()
	info, err := file.Stat()
	if err != nil {
		return nil, Unreadable(path, what, err)
	}
	var data []byte
	if info.Size() <= loadMax {
		// A pipe has no size to go by.
		if data, err = io.ReadAll(io.LimitReader(file, loadMax+1)); err != nil {
			return nil, Unreadable(path, what, err)
		}
	}
	if info.Size() > loadMax || len(data) > loadMax {
		problems.Addf("too-large", problem.Place{File: path}, "name the right file", "%s has more than %d bytes", what, loadMax)
		return nil, problems
	}
	return data, problems
}

// Unreadable returns the one problem of a file that cannot be read, cause said without repeating its name.
func Unreadable(path, what string, cause error) problem.List {
	if inner, ok := errors.AsType[*fs.PathError](cause); ok {
		cause = inner.Err
	}
	var problems problem.List
	problems.Addf("cannot-read", problem.Place{File: path}, "check the name and the permissions", "%s cannot be read: %v", what, cause)
	return problems
}
