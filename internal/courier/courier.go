// Package courier is the port through which letters leave. A letter is delivered at least once; a courier makes
// it once by the letter's ID wherever its medium allows. What every courier must keep to is in couriertest.
package courier

import (
	"context"

	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
)

// Letter is one message to one tenant.
type Letter struct {
	ID      string   // the same letter always has the same ID
	To      []string // addresses; at least one
	Subject string
	Date    calendar.Instant
	Text    string // lines end in \n
	Thread  string // letters of one thread belong together; may be empty
}

// Receipt is what became of one letter.
type Receipt struct {
	ID      string
	Refused string // why nobody was told; empty when the courier has the letter safe
}

// Courier delivers letters.
type Courier interface {
	// Deliver takes letters and returns a receipt for each, in order, once they are safe: a crash after it does
	// not lose them. An error means that nothing is known of any of them; they will be handed over again.
	Deliver(ctx context.Context, letters []Letter) ([]Receipt, error)
}
