package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"github.com/evenkeel-project/evenkeel/internal/clock"
	"github.com/evenkeel-project/evenkeel/internal/core/advisory"
	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/campaign"
	"github.com/evenkeel-project/evenkeel/internal/core/evidence"
	"github.com/evenkeel-project/evenkeel/internal/core/exposure"
	"github.com/evenkeel-project/evenkeel/internal/core/plan"
	"github.com/evenkeel-project/evenkeel/internal/core/problem"
	"github.com/evenkeel-project/evenkeel/internal/datadir"
	"github.com/evenkeel-project/evenkeel/internal/store"
	"github.com/evenkeel-project/evenkeel/internal/store/sqlite"
)

// openStore takes the store of a data directory, and refuses one that is not of the campaign proposed there. The store
// is made before anything is proposed: when it is missing later it was lost, and a new one would know nothing of what
// was done.
func openStore(ctx context.Context, dir datadir.Dir) (*sqlite.Store, error) {
	p, err := dir.Proposal()
	proposed := err == nil
	if _, err := os.Stat(dir.Database()); proposed && errors.Is(err, fs.ErrNotExist) {
		return nil, storeMissing(dir)
	}
	s, err := takeStore(ctx, dir)
	if err != nil || !proposed {
		return s, err
	}
	taken, err := proposedIn(ctx, s)
	if err == nil && taken != "" && taken != p.Campaign {
		err = problem.Problem{Code: "store-of-another", Place: problem.Place{File: dir.Database()}, Objects: []string{taken},
			Sentence: fmt.Sprintf("the journal is that of campaign %s, and the documents beside it are those of campaign %s", taken, p.Campaign),
			Fix:      "bring the right file back, with its -wal file"}
	}
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// takeStore opens the store for writing. One that is held for a moment only, by a look whether anybody holds it, is
// waited for.
func takeStore(ctx context.Context, dir datadir.Dir) (*sqlite.Store, error) {
	const tries, between = 3, 50 * time.Millisecond
	for i := 1; ; i++ {
		s, err := sqlite.Open(ctx, dir.Database())
		if !errors.Is(err, store.ErrBusy) || i == tries {
			return s, err
		}
		if err := clock.Pause(ctx, between); err != nil {
			return nil, err
		}
	}
}

func storeMissing(dir datadir.Dir) error {
	return problem.Problem{Code: "store-missing", Place: problem.Place{File: dir.Database()}, Sentence: "the journal of the campaign is not there",
		Fix: "bring it back from a copy, with its -wal file"}
}

// proposedIn returns the campaign whose journal the store holds, "" while there is none.
func proposedIn(ctx context.Context, s store.Reader) (string, error) {
	ids, err := s.Campaigns(ctx)
	if err != nil {
		return "", err
	}
	for _, id := range ids {
		snapshot, err := s.Snapshot(ctx, id)
		if err != nil {
			return "", err
		}
		if snapshot.Last > 0 {
			return id, nil
		}
	}
	return "", nil
}

// openWorld lays out the campaign from the copies in the data directory, and refuses copies that are not what was
// proposed.
func (d *desk) openWorld(dir datadir.Dir) (*campaign.World, error) {
	p, err := dir.Proposal()
	if err != nil {
		return nil, err
	}
	copies := dir.Copies(p)
	made, problems := d.ReadPlan(copies.Plan)
	rules, list := d.ReadPolicy(copies.Policy)
	problems.Merge(list)
	var advisories []*advisory.Advisory
	for _, path := range copies.Advisories {
		a, list := d.ReadAdvisory(path)
		problems.Merge(list)
		advisories = append(advisories, a)
	}
	f, list := d.ReadFleet(copies.Fleet, nil)
	problems.Merge(list)
	if problems.Failed() {
		return nil, problems.Err()
	}
	if made.Digest != p.Plan || made.ContentDigest() != p.Plan || !answers(made, advisories) {
		return nil, problem.Problem{Code: "copies-changed", Place: problem.Place{File: dir.Path()},
			Sentence: "the documents in the data directory are not those that were proposed", Fix: "bring them back from a copy"}
	}
	world, problems := campaign.NewWorld(campaign.Material{Campaign: p.Campaign, Fleet: f, Policy: rules, Plan: made,
		Exposure: exposure.Judge(f, advisories)})
	if problems.Failed() {
		return nil, problems.Err()
	}
	return world, nil
}

// answers reports whether a plan was made for exactly these advisories, both in the order of their ids.
func answers(p *plan.Plan, advisories []*advisory.Advisory) bool {
	if len(p.Advisories) != len(advisories) {
		return false
	}
	for i, a := range advisories {
		if p.Advisories[i] != (plan.AdvisoryRef{ID: a.ID, Digest: a.Digest}) {
			return false
		}
	}
	return true
}

// frozen is a clock that stands: the time of one command that only writes a paper.
type frozen struct {
	at calendar.Instant
}

// Now returns the one time of the clock.
func (f frozen) Now() calendar.Instant { return f.at }

// Wait returns when ctx is done: there is nothing to wait for.
func (f frozen) Wait(ctx context.Context, _ calendar.Instant, _ <-chan struct{}) error {
	<-ctx.Done()
	return ctx.Err()
}

// Jumped returns 0: the clock stands.
func (f frozen) Jumped() calendar.Seconds { return 0 }

func wallNow() calendar.Instant { return clock.Wall().Now() }

// paperClock is the clock by which a plan is proposed and approved: the wall clock. The campaign of a plan that lies in
// the past can only be simulated; its papers are dated by the clock of the simulated world, which has not begun to run, and
// begin says so.
func paperClock(w *campaign.World) (paper frozen, begin *calendar.Instant) {
	now, first := wallNow(), simulatedBegin(w)
	if now > first {
		return frozen{first}, &first
	}
	return frozen{now}, nil
}

// papers are what the journal says of how a campaign came to be carried out.
type papers struct {
	proposals []campaign.Proposal // one, unless the journal was forged
	approvals []campaign.Identity
	started   bool
	startedAt calendar.Instant
}

// errStarted ends the walk through a journal: all papers come before the start.
var errStarted = errors.New("the campaign was started")

// papersOf reads the journal as far as the start of the campaign, and refuses it where it is not as it was written.
func papersOf(ctx context.Context, s store.Reader, id string) (papers, error) {
	var out papers
	last, chain := uint64(0), evidence.Root(id)
	err := s.Journal(ctx, id, 0, func(r store.Record) (err error) {
		if chain, err = follows(last, chain, r); err != nil {
			return err
		}
		last = r.Seq
		switch campaign.Kind(r.Kind) {
		case campaign.CampaignStarted:
			out.started, out.startedAt = true, r.At
			return errStarted
		case campaign.CampaignProposed, campaign.CampaignApproved:
			e, err := campaign.Decode(r.Version, r.Body)
			switch {
			case err != nil:
				return alteredRecord(r)
			case e.Proposal != nil:
				out.proposals = append(out.proposals, *e.Proposal)
			case e.Approval != nil:
				out.approvals = append(out.approvals, *e.Approval)
			}
		}
		return nil
	})
	if errors.Is(err, errStarted) {
		err = nil
	}
	return out, err
}

// simulatedBegin is when the clock of a simulated world begins at the latest: early enough for every notice.
func simulatedBegin(w *campaign.World) calendar.Instant {
	const early = calendar.Hour // for the courtesy notices, which leave somewhat before they must
	return w.Plan.Start.Add(-w.Policy.NoticeLead - early)
}
