// Package spool passes requests from one process to another through a directory: a file for each request, and a
// file for its answer beside it. Both outlive the processes. It decides nothing, and it trusts nothing that it finds
// in the directory.
//
//	ID.json     a request that waits
//	ID.answer   what became of a request; the request's own file is gone, or is about to go
//	NAME.bad    a file that could not be read as a request and was put aside
package spool

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/evenkeel-project/evenkeel/internal/clock"
	"github.com/evenkeel-project/evenkeel/internal/core/problem"
	"github.com/evenkeel-project/evenkeel/internal/request"
)

// The endings of the names in a spool.
const (
	requestEnd = ".json"
	answerEnd  = ".answer"
	badEnd     = ".bad"
)

// pendingMost bounds how many files are read at a time. The others wait until these are answered or put aside.
const pendingMost = 100

// Spool is the directory as the conductor of a campaign sees it. It may be used by several goroutines at once.
type Spool struct {
	dir  string
	user uint32 // whose requests count
}

// Open returns the spool in a directory, which it makes when it is not there. Only the owner can ask for anything.
func Open(dir string) (*Spool, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, trouble("spool-failed", dir, err)
	}
	return &Spool{dir, uint32(os.Geteuid())}, nil
}

// NewID returns an id for a request. Ids sort in the order of their making, and no two are the same.
func NewID() string {
	var random [6]byte
	_, _ = rand.Read(random[:]) // it never fails
	return fmt.Sprintf("%019d-%s", clock.Stamp(), hex.EncodeToString(random[:]))
}

// Ask puts a request into the spool in a directory; when it returns, the request is on disk. The same request may be
// put there again.
func Ask(ctx context.Context, dir string, r request.Request) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := check(r); err != nil {
		return problem.Problem{Code: "request-malformed", Sentence: err.Error(), Fix: "shorten it, and leave out what cannot be printed"}
	}
	s, err := Open(dir)
	if err != nil {
		return err
	}
	return s.write(r.ID+requestEnd, r)
}

// answerEvery is how often Await looks.
const answerEvery = 50 * time.Millisecond

// Await waits for the answer to a request. When ctx is done first, the request still stands.
func Await(ctx context.Context, dir, id string) (request.Answer, error) {
	var a request.Answer
	if !validID(id) {
		return a, problem.Problem{Code: "request-malformed", Sentence: fmt.Sprintf("%q is no id of a request", id)}
	}
	path := filepath.Join(dir, id+answerEnd)
	for {
		switch content, _, err := readSmall(path); {
		case err == nil:
			if err := strict(content, &a); err != nil || a.ID != id {
				return a, trouble("answer-damaged", path, errors.Join(err, errors.New("it is not the answer to this request")))
			}
			return a, nil
		case !errors.Is(err, fs.ErrNotExist):
			return a, trouble("spool-failed", path, err)
		}
		if err := clock.Pause(ctx, answerEvery); err != nil {
			return a, err
		}
	}
}

// Pending returns the requests that were not answered, in the order of their ids. A file that is no request is put
// aside and named in the error; the others are returned all the same.
func (s *Spool) Pending(ctx context.Context) ([]request.Request, error) {
	entries, err := os.ReadDir(s.dir) // in the order of the names
	if err != nil {
		return nil, trouble("spool-failed", s.dir, err)
	}
	var pending []request.Request
	var faults []error
	for _, entry := range entries {
		id, ok := strings.CutSuffix(entry.Name(), requestEnd)
		if !ok || strings.HasPrefix(id, ".") || ctx.Err() != nil || len(pending)+len(faults) == pendingMost {
			continue
		}
		r, err := s.take(id)
		switch {
		case err == nil:
			pending = append(pending, r)
		case errors.Is(err, fs.ErrNotExist), errors.Is(err, errAnswered):
		default:
			faults = append(faults, s.putAside(entry.Name(), err))
		}
	}
	return pending, errors.Join(append(faults, ctx.Err())...)
}

// errAnswered is a request whose answer is there already; a crash kept its file from going.
var errAnswered = errors.New("it was answered")

// take reads one request.
func (s *Spool) take(id string) (request.Request, error) {
	var r request.Request
	if !validID(id) {
		return r, errors.New("its name is no id of a request")
	}
	content, owner, err := readSmall(filepath.Join(s.dir, id+requestEnd))
	if err != nil {
		return r, err
	}
	if owner != s.user {
		return r, fmt.Errorf("it is the file of user %d, and only user %d may ask here", owner, s.user)
	}
	if err := strict(content, &r); err != nil {
		return r, err
	}
	if r.ID != id {
		return r, fmt.Errorf("its id is %q, which is not its name", r.ID)
	}
	if err := check(r); err != nil {
		return r, err
	}
	if _, err := os.Lstat(filepath.Join(s.dir, id+answerEnd)); err == nil {
		return r, errors.Join(errAnswered, os.Remove(filepath.Join(s.dir, id+requestEnd)))
	}
	return r, nil
}

// putAside takes a bad file out of the way and returns what to say about it. Where its name is too long for one more
// ending, or that name is taken by a directory, it gets a name of ours.
func (s *Spool) putAside(name string, why error) error {
	p := problem.Problem{Code: "request-malformed", Place: problem.Place{File: filepath.Join(s.dir, name)},
		Sentence: fmt.Sprintf("it is no request: %v", why)}
	var err error
	for _, aside := range []string{name + badEnd, NewID() + badEnd} {
		if err = os.Rename(filepath.Join(s.dir, name), filepath.Join(s.dir, aside)); err == nil {
			p.Fix = "it was put aside as " + aside
			return p
		}
	}
	p.Fix = fmt.Sprintf("take it away by hand: %v", err)
	return p
}

// Answer tells the asker. The answer is on disk before the request goes.
func (s *Spool) Answer(_ context.Context, a request.Answer) error {
	if !validID(a.ID) {
		return problem.Problem{Code: "request-malformed", Sentence: fmt.Sprintf("%q is no id of a request", a.ID)}
	}
	if err := s.write(a.ID+answerEnd, a); err != nil {
		return err
	}
	if err := os.Remove(filepath.Join(s.dir, a.ID+requestEnd)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return trouble("spool-failed", s.dir, err)
	}
	return nil
}

func trouble(code problem.Code, path string, err error) error {
	return problem.Problem{Code: code, Place: problem.Place{File: path}, Sentence: fmt.Sprintf("the spool of requests cannot be used: %v", err),
		Fix: "look at the directory's owner and permissions, and at the room on the disk"}
}
