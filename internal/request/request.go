// Package request is the port through which a person reaches a running campaign from another process: pause,
// resume, abort. Requests outlive the process that was asked. It decides nothing.
package request

import (
	"context"
)

// Verb is what is asked for.
type Verb string

// The verbs.
const (
	Pause  Verb = "pause"
	Resume Verb = "resume"
	Abort  Verb = "abort"
)

// Request is what one person asked for.
type Request struct {
	ID     string `json:"id"` // made by the asker; the same request is carried out once
	Verb   Verb   `json:"verb"`
	By     string `json:"by"`
	Reason string `json:"reason"`
}

// Answer is what became of a request, once it is in the journal.
type Answer struct {
	ID      string `json:"id"`
	Refused string `json:"refused,omitempty"` // why not; empty when it was done
	Code    string `json:"code,omitempty"`
}

// Inbox is where the conductor of a campaign finds what people asked for. It is asked by two goroutines at a time.
type Inbox interface {
	// Pending returns what was asked and not answered, in the order of asking. What cannot be read is left
	// out and named in the error, which comes with the rest.
	Pending(ctx context.Context) ([]Request, error)
	// Answer tells the asker. It may be called again after a crash.
	Answer(ctx context.Context, a Answer) error
}
