package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/evenkeel-project/evenkeel/internal/cli"
	"github.com/evenkeel-project/evenkeel/internal/core/campaign"
	"github.com/evenkeel-project/evenkeel/internal/core/evidence"
	"github.com/evenkeel-project/evenkeel/internal/core/problem"
	"github.com/evenkeel-project/evenkeel/internal/datadir"
	"github.com/evenkeel-project/evenkeel/internal/request"
	"github.com/evenkeel-project/evenkeel/internal/request/spool"
	"github.com/evenkeel-project/evenkeel/internal/store"
	"github.com/evenkeel-project/evenkeel/internal/store/sqlite"
)

// follower reads a campaign beside the process that conducts it.
type follower struct {
	dir    datadir.Dir
	reader store.Reader
	world  *campaign.World
	state  *campaign.State
	last   uint64
	chain  string
}

// FollowCampaign opens a campaign for reading.
func (d *desk) FollowCampaign(ctx context.Context, data string) (cli.CampaignReader, error) {
	dir := datadir.At(data)
	p, err := dir.Proposal()
	if err != nil {
		return nil, err
	}
	reader, err := sqlite.OpenReader(ctx, dir.Database())
	if errors.Is(err, fs.ErrNotExist) {
		return nil, storeMissing(dir)
	}
	if err != nil {
		return nil, err
	}
	world, err := d.openWorld(dir)
	if err != nil {
		return nil, errors.Join(err, reader.Close())
	}
	return &follower{dir: dir, reader: reader, world: world, chain: evidence.Root(p.Campaign)}, nil
}

// Follow applies what is new. A journal whose chain is broken is not followed any further.
func (f *follower) Follow(ctx context.Context, each func(campaign.Event)) error {
	if f.state == nil {
		f.state = campaign.NewState(f.world)
	}
	err := f.reader.Journal(ctx, f.world.Campaign, f.last, func(r store.Record) error {
		chain, err := follows(f.last, f.chain, r)
		if err != nil {
			return err
		}
		event, err := campaign.Decode(r.Version, r.Body)
		if err != nil {
			return alteredRecord(r)
		}
		f.state.Apply(f.world, event)
		f.last, f.chain = r.Seq, chain
		each(event)
		return nil
	})
	if err == nil && f.last == 0 {
		err = problem.Problem{Code: "no-campaign", Place: problem.Place{File: f.dir.Path()}, Sentence: "the proposal in this directory was not finished",
			Fix: "run evenkeel campaign propose again"}
	}
	return err
}

// follows returns the chain value of a record that comes after the last one with its chain value. It refuses one of a
// newer version, and one that is not as it was written.
func follows(last uint64, chain string, r store.Record) (string, error) {
	if r.Version > campaign.EventVersion {
		return "", problem.Problem{Code: "journal-newer", Sentence: fmt.Sprintf("record %d of the journal was written by a newer version of evenkeel", r.Seq),
			Fix: "use that version"}
	}
	if r.Seq != last+1 || evidence.Chain(chain, evidence.Record(r)) != r.Chain {
		return "", alteredRecord(r)
	}
	return r.Chain, nil
}

func alteredRecord(r store.Record) error {
	return problem.Problem{Code: "journal-damaged", Sentence: fmt.Sprintf("record %d of the journal is not as it was written", r.Seq),
		Fix: "put the data directory back from a copy, and keep this one to find out who changed it"}
}

// World returns what does not change.
func (f *follower) World() *campaign.World { return f.world }

// State returns where the campaign stands.
func (f *follower) State() *campaign.State { return f.state }

// Conductor returns the process that holds the data directory.
func (f *follower) Conductor() int { return f.dir.Conductor() }

// Close frees the reader.
func (f *follower) Close() error { return f.reader.Close() }

// answerLook is how long an answer is waited for before a look whether anybody is still there to give it.
const answerLook = 500 * time.Millisecond

// AskCampaign leaves a request in the spool and waits for the answer while a process is there to give it.
func (d *desk) AskCampaign(ctx context.Context, data string, r request.Request, patience time.Duration) (cli.Reply, error) {
	dir := datadir.At(data)
	if _, err := dir.Proposal(); err != nil {
		return cli.Reply{}, err
	}
	r.ID = spool.NewID()
	if err := spool.Ask(ctx, dir.Requests(), r); err != nil {
		return cli.Reply{}, err
	}
	whole, stop := context.WithTimeout(ctx, patience)
	defer stop()
	for {
		process := dir.Conductor()
		look := answerLook
		if process == 0 {
			look = 0 // an answer that is there already is taken
		}
		part, stop := context.WithTimeout(whole, look)
		answer, err := spool.Await(part, dir.Requests(), r.ID)
		stop()
		switch {
		case err == nil:
			return cli.Reply{Conductor: process, Answer: answer, Answered: true}, nil
		case !errors.Is(err, context.DeadlineExceeded):
			return cli.Reply{}, err
		case process == 0 || whole.Err() != nil:
			return cli.Reply{Conductor: process}, nil
		}
	}
}
