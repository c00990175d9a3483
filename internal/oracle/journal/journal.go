// Package journal is test support: it reads the journal of a campaign a second time, by itself. It takes
// nothing of what the product thinks: it parses the raw text of the events into forms of its own, replays
// them in the most naive way, and holds every grant, outage and end against the documents that the campaign
// was made of. What it finds is a rule that was broken on the way, or a number that was written down wrong.
//
// It shares no code with the guard, the campaign, the checker, the notices or the evidence, so an error has
// to be made twice, by two readings of the rules, to go unseen. Chains and signatures are not its business.
// No product code may import this package.
package journal

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
)

// Record is the journal of one campaign: what happened, in order.
type Record struct {
	campaign string
	entries  []entry
}

// entry is one event with its place in the journal.
type entry struct {
	seq   uint64
	at    calendar.Instant
	event event
}

// New returns the empty record of a campaign.
func New(campaign string) *Record { return &Record{campaign: campaign} }

// Append adds one event as the journal keeps it: its number, its time and its JSON. It fails on text that is
// no event, and on one whose own time is not that of the entry.
func (r *Record) Append(seq uint64, at calendar.Instant, body []byte) error {
	e := entry{seq: seq, at: at}
	if err := json.Unmarshal(body, &e.event); err != nil {
		return fmt.Errorf("entry %d is not an event: %w", seq, err)
	}
	if e.event.At != at {
		return fmt.Errorf("entry %d is of %s and its event of %s", seq, at, e.event.At)
	}
	r.entries = append(r.entries, e)
	return nil
}

// Len returns the number of events.
func (r *Record) Len() int { return len(r.entries) }

// lineMax bounds a line of an evidence file, in bytes: an opening carries whole documents.
const lineMax = 256 << 20

// row is a line of an evidence file: an opening, an event or a head. A head has the digest of the opening where the
// opening has itself.
type row struct {
	N       *uint64          `json:"n"`
	Kind    string           `json:"kind"`
	At      calendar.Instant `json:"at"`
	Event   json.RawMessage  `json:"event"`
	Opening json.RawMessage  `json:"opening"`
}

// Read reads an evidence file: the events and the name of the campaign, past opening, chains and head. It
// fails at the first line that cannot be read, naming it.
func Read(in io.Reader) (*Record, error) {
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, lineMax)
	r := New("")
	n := 0
	for lines.Scan() {
		n++
		if err := r.readLine(lines.Bytes()); err != nil {
			return nil, fmt.Errorf("line %d: %w", n, err)
		}
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("line %d: %w", n+1, err)
	}
	if r.campaign == "" {
		return nil, errors.New("no opening names the campaign")
	}
	return r, nil
}

func (r *Record) readLine(line []byte) error {
	var l row
	if err := json.Unmarshal(line, &l); err != nil {
		return err
	}
	if l.Kind == "opening" && l.Opening != nil {
		var opening struct {
			Campaign string `json:"campaign"`
		}
		if err := json.Unmarshal(l.Opening, &opening); err != nil {
			return err
		}
		r.campaign = opening.Campaign
	}
	if l.Event == nil {
		return nil
	}
	if l.N == nil {
		return errors.New("the event has no number")
	}
	return r.Append(*l.N, l.At, l.Event)
}
