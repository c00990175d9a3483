package cli

import (
	"context"
	"io"
	"time"

	"github.com/evenkeel-project/evenkeel/internal/core/canon"
)

// DemoDesk hands the demo what its people would bring along, and what its doubters would look at.
type DemoDesk interface {
	// MakeKey makes a key that signs, with its public half in path.pub, and returns the line of the public half. It
	// replaces no key.
	MakeKey(path, comment string) (public string, err error)
	// SignOutside signs the digest of a plan with the program ssh-keygen, and returns the signature. ok is false on a
	// machine without that program.
	SignOutside(ctx context.Context, key, purpose string, plan canon.Digest) (signature string, ok bool, err error)
	// RunKilled carries out a command line of this program in a process of its own, and kills that process without
	// a warning when it still runs after a while.
	RunKilled(ctx context.Context, args []string, after time.Duration, out, narration io.Writer) (killed bool, err error)
	// CallWitnesses asks what happened of those who remember it apart from the journal: the simulated fleet and the outbox. No
	// process may conduct the campaign meanwhile.
	CallWitnesses(ctx context.Context, data, scenario string) (Witnessed, error)
}

// Witnessed is a campaign as it looks from outside.
type Witnessed struct {
	Rebooted int      // hosts that went down
	Again    []string // those of them that went down more than once
	Accepted int      // notices that the journal says were accepted for delivery
	Doubled  []string // those of them that it says so of more than once
	Lost     []string // those of them without a letter in the outbox
	Stray    []string // letters that the journal does not know
}

// Clean reports whether every host that went down did so once, and every notice became one letter.
func (w Witnessed) Clean() bool { return len(w.Again)+len(w.Doubled)+len(w.Lost)+len(w.Stray) == 0 }
