// Package outbox is the courier that puts letters into a directory, one file of RFC 5322 a letter, for a mail
// server, a script or a person to take from there. It opens no connection and knows no tenant.
package outbox

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/mail"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/evenkeel-project/evenkeel/internal/courier"
)

// ending is that of a letter's file; the file of one that is being written begins with a dot and ends in unfinished.
const (
	ending     = ".eml"
	unfinished = ".tmp"
)

// writersMax is how many letters are written at once: most of the time goes into waiting for the disk.
const writersMax = 16

// Outbox is a directory of letters. One process at a time writes into it, one Deliver after the other; whoever
// takes letters out may do so at any time.
type Outbox struct {
	dir  string
	from mail.Address
	disk disk
}

// Open returns the outbox in a directory, which is made when it is not there. from is who the letters are from:
// answers go there, and its domain stands in the names of the letters. What a crash left unfinished is removed.
func Open(dir string, from mail.Address) (*Outbox, error) {
	if _, ok := mailbox(from.Address); !ok {
		return nil, fmt.Errorf("the sender %q is not a mail address", from.Address)
	}
	o := &Outbox{dir: dir, from: from, disk: machine{}}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("making the outbox: %w", err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("reading the outbox: %w", err)
	}
	for _, entry := range entries {
		if name := entry.Name(); strings.HasPrefix(name, ".") && strings.HasSuffix(name, unfinished) {
			if err := o.disk.remove(filepath.Join(dir, name)); err != nil {
				return nil, fmt.Errorf("tidying the outbox: %w", err)
			}
		}
	}
	if err := o.disk.sync(filepath.Dir(filepath.Clean(dir))); err != nil {
		return nil, fmt.Errorf("making the outbox: %w", err)
	}
	return o, nil
}

// draft is a letter that has no file yet.
type draft struct {
	unfinished, finished string // paths
	content              []byte
}

// Deliver keeps each letter in a file of its own, on disk before it returns. A letter whose file is there is not
// written again; a directory or a link of that name is no letter, and an error. A letter is refused when it has no address to which mail can be sent, or an ID that is no file
// name; addresses that are none are left out beside good ones. After an error a file has a whole letter or is not
// there.
func (o *Outbox) Deliver(ctx context.Context, letters []courier.Letter) ([]courier.Receipt, error) {
	receipts := make([]courier.Receipt, len(letters))
	var drafts []draft
	taken := map[string]bool{}
	for i, letter := range letters {
		receipts[i] = courier.Receipt{ID: letter.ID, Refused: refusal(letter)}
		if receipts[i].Refused != "" || taken[letter.ID] {
			continue
		}
		taken[letter.ID] = true
		path := filepath.Join(o.dir, letter.ID+ending)
		switch info, err := os.Lstat(path); {
		case err == nil && info.Mode().IsRegular():
			continue
		case err == nil:
			return nil, fmt.Errorf("letter %s is not there, and something that is no file has its name in the outbox: take it away", letter.ID)
		case !errors.Is(err, fs.ErrNotExist):
			return nil, fmt.Errorf("looking for letter %s in the outbox: %w", letter.ID, err)
		}
		content, err := o.compose(letter)
		if err != nil {
			return nil, fmt.Errorf("composing letter %s: %w", letter.ID, err)
		}
		drafts = append(drafts, draft{filepath.Join(o.dir, "."+letter.ID+unfinished), path, content})
	}
	if err := o.keep(ctx, drafts); err != nil {
		return nil, fmt.Errorf("writing %d letters to the outbox: %w", len(drafts), err)
	}
	return receipts, nil
}

// keep brings drafts to the disk: the contents first, then the names, then the directory. The directory is brought
// there even without drafts, for a crash may have come between the names and it.
func (o *Outbox) keep(ctx context.Context, drafts []draft) error {
	err := o.write(ctx, drafts)
	for i := 0; i < len(drafts) && err == nil; i++ {
		err = o.disk.rename(drafts[i].unfinished, drafts[i].finished)
	}
	if err != nil {
		for _, d := range drafts {
			if gone := o.disk.remove(d.unfinished); !errors.Is(gone, fs.ErrNotExist) {
				err = errors.Join(err, gone)
			}
		}
		return err
	}
	return o.disk.sync(o.dir)
}

// write writes the contents of all drafts, several at once.
func (o *Outbox) write(ctx context.Context, drafts []draft) error {
	faults := make([]error, len(drafts))
	var writers sync.WaitGroup
	for first := range min(writersMax, len(drafts)) {
		writers.Go(func() {
			for i := first; i < len(drafts); i += writersMax {
				faults[i] = ctx.Err()
				if faults[i] == nil {
					faults[i] = o.writeOne(drafts[i])
				}
				if faults[i] != nil {
					return
				}
			}
		})
	}
	writers.Wait()
	return errors.Join(faults...)
}

// writeOne writes the content of a draft, on disk before it returns. After an error the file may be there in part.
func (o *Outbox) writeOne(d draft) error {
	f, err := o.disk.create(d.unfinished)
	if err != nil {
		return err
	}
	_, err = f.Write(d.content)
	if err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}
