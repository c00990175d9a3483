package app

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/campaign"
	"github.com/evenkeel-project/evenkeel/internal/core/dispatch"
	"github.com/evenkeel-project/evenkeel/internal/core/problem"
	"github.com/evenkeel-project/evenkeel/internal/datadir"
	"github.com/evenkeel-project/evenkeel/internal/driver/simfleet"
	"github.com/evenkeel-project/evenkeel/internal/store"
)

// asks says which step a host is told to do by an event; a retry asks for the same step again.
var asks = map[campaign.Kind]dispatch.Step{
	campaign.HostGranted: dispatch.Cordon, campaign.HostCordoned: dispatch.Drain, campaign.HostActing: dispatch.Act,
	campaign.HostVerifying: dispatch.Verify, campaign.HostReturning: dispatch.Return, campaign.HostUndoing: dispatch.Undo,
	campaign.HostStuck: dispatch.Fence, campaign.HostFenced: dispatch.Rehome,
}

// past is what a journal says of what the hosts were told.
type past struct {
	last    calendar.Instant // when the last event happened
	present map[string]dispatch.Step
	asked   map[stepOf]int // how often
}

type stepOf struct {
	host string
	step dispatch.Step
}

// note takes a record in.
func (p *past) note(r store.Record) error {
	p.last = max(p.last, r.At)
	step := asks[campaign.Kind(r.Kind)]
	if step == "" && campaign.Kind(r.Kind) != campaign.HostRetried {
		return nil
	}
	var of struct {
		Host string `json:"host"`
	}
	if err := json.Unmarshal(r.Body, &of); err != nil {
		return alteredRecord(r)
	}
	if step == "" {
		step = p.present[of.Host]
	}
	p.present[of.Host] = step
	p.asked[stepOf{of.Host, step}]++
	return nil
}

// samePast refuses to go on when journal and fleet do not remember the same campaign: one of them was brought back from
// a copy that is older than what happened since. A journal that has forgotten an outage would order it again, and a
// fleet that has forgotten one would carry it out again (promise G9).
func samePast(ctx context.Context, s store.Reader, dir datadir.Dir, memory simfleet.Memory, id string) error {
	snapshot, err := s.Snapshot(ctx, id)
	if err != nil {
		return err
	}
	p := past{present: map[string]dispatch.Step{}, asked: map[stepOf]int{}}
	if err := s.Journal(ctx, id, 0, p.note); err != nil {
		return err
	}
	for _, o := range memory.Taken {
		if o.Attempt > p.asked[stepOf{o.Host, o.Step}] {
			return olderJournal(dir, o.Host, fmt.Sprintf("host %s was told to %s, and the journal does not know of it", o.Host, o.Step))
		}
	}
	if memory.Fence > snapshot.Epoch {
		return olderJournal(dir, id, fmt.Sprintf("the fleet has seen conductor %d, and the journal knows of %d", memory.Fence, snapshot.Epoch))
	}
	if memory.Latest < p.last {
		return problem.Problem{Code: "world-older", Place: problem.Place{File: dir.World()}, Objects: []string{id},
			Sentence: fmt.Sprintf("the memory of the simulated fleet ends at %s and the journal at %s: the fleet would do again what it has forgotten", memory.Latest, p.last),
			Fix:      "bring the newest copy of the file back, or start again in another data directory"}
	}
	return nil
}

func olderJournal(dir datadir.Dir, object, sentence string) error {
	return problem.Problem{Code: "journal-older", Place: problem.Place{File: dir.Database()}, Objects: []string{object},
		Sentence: "the journal is older than what happened: " + sentence,
		Fix:      "bring the newest copy of the file back, with its -wal file; what is lost for good must be planned anew, in another data directory"}
}
