package app

import (
	"context"
	"errors"
	"io/fs"
	"net/mail"
	"os"
	"time"

	"github.com/evenkeel-project/evenkeel/internal/cli"
	"github.com/evenkeel-project/evenkeel/internal/clock"
	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/campaign"
	"github.com/evenkeel-project/evenkeel/internal/courier/outbox"
	"github.com/evenkeel-project/evenkeel/internal/datadir"
	"github.com/evenkeel-project/evenkeel/internal/driver/simfleet"
	"github.com/evenkeel-project/evenkeel/internal/engine"
	"github.com/evenkeel-project/evenkeel/internal/request/spool"
	"github.com/evenkeel-project/evenkeel/internal/store"
)

// ConductCampaign puts the parts of a campaign together and runs it.
func (d *desk) ConductCampaign(ctx context.Context, c cli.Conducting) (cli.Conducted, error) {
	dir := datadir.At(c.Data)
	proposal, err := dir.Proposal()
	if err != nil {
		return cli.Conducted{}, err
	}
	kept, err := openStore(ctx, dir)
	if err != nil {
		return cli.Conducted{}, err
	}
	defer kept.Close() // whatever was kept is on the disk
	world, err := d.openWorld(dir)
	if err != nil {
		return cli.Conducted{}, err
	}
	written, err := papersOf(ctx, kept, proposal.Campaign)
	if err != nil {
		return cli.Conducted{}, err
	}
	if err := stillSigned(dir, proposal, written); err != nil {
		return cli.Conducted{}, err
	}
	hosts, err := openSimulated(ctx, dir, kept, world, c)
	if err != nil {
		return cli.Conducted{}, err
	}
	defer hosts.Close() // what happened in the world is in its log
	post, err := outbox.Open(dir.Outbox(), mail.Address{Name: "evenkeel", Address: c.From})
	if err != nil {
		return cli.Conducted{}, err
	}
	inbox, err := spool.Open(dir.Requests())
	if err != nil {
		return cli.Conducted{}, err
	}
	watched := &watchedClock{Clock: hosts, pace: c.Pace}
	letters := newComposer(world, kept)
	e, err := engine.Open(ctx, engine.Parts{Campaign: proposal.Campaign, World: world, Sources: c.Sources, Store: kept, Driver: hosts, Courier: post,
		Clock: watched, Inbox: inbox, Compose: letters.compose, Watch: func(f engine.Frame) { watched.turn(c, f) }})
	if err != nil {
		return cli.Conducted{}, err
	}
	watched.look = func() (campaign.Overview, bool) {
		s := e.State()
		if s == nil {
			return campaign.Overview{}, false
		}
		return campaign.Look(s, world, hosts.Now()), true
	}
	watched.waiting = c.Waiting
	if !e.Status().Ended() && !moving(e.Status()) {
		if err := held(e.Signal(ctx, campaign.Signal{Kind: campaign.Start, By: c.By})); err != nil {
			return cli.Conducted{}, err
		}
	}
	_, err = e.Run(ctx)
	overview, _ := watched.look()
	return cli.Conducted{Overview: overview}, err
}

// moving reports whether a campaign was started and is not over.
func moving(s campaign.Status) bool {
	switch s {
	case campaign.Running, campaign.Paused, campaign.Halted, campaign.Aborting:
		return true
	}
	return false
}

// openSimulated opens the world in which a simulated campaign happens. Its clock begins with the papers, and a world
// that nothing was asked of yet is made anew: the papers may have grown since.
func openSimulated(ctx context.Context, dir datadir.Dir, s store.Reader, w *campaign.World, c cli.Conducting) (*simfleet.Fleet, error) {
	scenario, err := scenarioOf(c.Scenario)
	if err != nil {
		return nil, err
	}
	written, err := papersOf(ctx, s, w.Campaign)
	if err != nil {
		return nil, err
	}
	begin := written.startedAt
	if !written.started {
		if err := os.Remove(dir.World()); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
		paper, _ := paperClock(w)
		begin = paper.at
	}
	var ids []string
	for _, a := range w.Exposure.Advisories() {
		ids = append(ids, a.ID)
	}
	return simfleet.Open(simfleet.Options{Fleet: w.Fleet, Policy: w.Policy, Advisories: ids, Scenario: scenario, Path: dir.World(), Start: begin,
		Pace: c.Pace})
}

func scenarioOf(path string) (*simfleet.Scenario, error) {
	if path == "" {
		return nil, nil
	}
	scenario, problems := simfleet.ReadScenario(path)
	return scenario, problems.Err()
}

// watchedClock lets those who watch catch up before the campaign waits.
type watchedClock struct {
	clock.Clock
	pace    int64
	look    cli.Look
	waiting func(atMost time.Duration, look cli.Look)
}

// Wait waits by the clock of the campaign.
func (w *watchedClock) Wait(ctx context.Context, until calendar.Instant, news <-chan struct{}) error {
	if w.waiting != nil {
		w.waiting(w.real(until.Sub(w.Now())), w.look)
	}
	return w.Clock.Wait(ctx, until, news)
}

// real returns how long a wait takes for those who watch.
func (w *watchedClock) real(d calendar.Seconds) time.Duration {
	const longest = calendar.Hour
	if w.pace <= 0 || d <= 0 {
		return 0
	}
	return time.Duration(min(d, longest)) * time.Second / time.Duration(w.pace)
}

// turn shows a turn of the engine.
func (w *watchedClock) turn(c cli.Conducting, f engine.Frame) {
	look := w.look
	if f.Overview == nil || look == nil {
		look = func() (campaign.Overview, bool) { return campaign.Overview{}, false }
	}
	c.Watch(cli.Turn{At: f.At, Events: f.Events, Trouble: f.Trouble}, look)
}
