package engine

import (
	"errors"
	"fmt"

	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/campaign"
	"github.com/evenkeel-project/evenkeel/internal/core/guard"
	"github.com/evenkeel-project/evenkeel/internal/core/problem"
	"github.com/evenkeel-project/evenkeel/internal/store"
)

// fault is an error after which an engine does not go on: what people are told, and the error behind it.
type fault struct {
	problem.Problem
	cause error
}

// Unwrap lets callers ask for either.
func (f fault) Unwrap() []error { return []error{f.Problem, f.cause} }

// damaged is a journal that cannot be trusted.
func damaged(format string, args ...any) error {
	return fault{problem.Problem{Code: "journal-damaged", Sentence: fmt.Sprintf(format, args...),
		Fix: "nothing was done; put the data directory back from a copy, and keep this one to find out who changed it"}, store.ErrDamaged}
}

// newer is a journal that a newer version of the program wrote.
func newer(r store.Record) error {
	return fault{problem.Problem{Code: "journal-newer",
		Sentence: fmt.Sprintf("record %d of the journal (%s) has version %d, and this evenkeel reads versions up to %d",
			r.Seq, r.Kind, r.Version, campaign.EventVersion),
		Fix: "nothing was done; go on with the newer evenkeel"}, store.ErrNewer}
}

// refused turns a hold on the engine's own signals into a problem.
func refused(h *guard.Hold) error {
	return problem.Problem{Code: h.Code, Sentence: h.Sentence, Fix: h.Lift, Objects: h.Objects}
}

// early is a clock that stands before the last event.
func early(name string, by calendar.Seconds) error {
	return problem.Problem{Code: "clock-behind", Sentence: fmt.Sprintf("the clock stands %v before the last event of campaign %s", by, name),
		Fix: "set the clock of the machine right, or wait until it has caught up"}
}

// explained says what an error of the store means for the campaign; other errors it leaves as they are.
func explained(err error, name string) error {
	tell := func(code problem.Code, sentence, fix string) error {
		return fault{problem.Problem{Code: code, Sentence: fmt.Sprintf(sentence, name), Fix: fix}, err}
	}
	if _, ok := errors.AsType[problem.Problem](err); ok || err == nil {
		return err
	}
	switch {
	case errors.Is(err, store.ErrFenced):
		return tell("taken-over", "another process has taken campaign %s over; this one has stopped and gives no more orders",
			"watch the campaign there: evenkeel campaign watch")
	case errors.Is(err, store.ErrFull):
		return tell("disk-full", "there is no room for the journal of campaign %s; nothing was kept", "make room and run the command again")
	}
	return fmt.Errorf("campaign %s: %w", name, err)
}

// hopeless reports whether trying again is of no use. A store that is busy or full may not be so for long.
func hopeless(err error) bool {
	if errors.Is(err, store.ErrBusy) || errors.Is(err, store.ErrFull) {
		return false
	}
	_, told := errors.AsType[problem.Problem](err)
	return told || errors.Is(err, store.ErrFenced) || errors.Is(err, store.ErrNewer) || errors.Is(err, store.ErrDamaged)
}
