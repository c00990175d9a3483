package app

import (
	"context"
	"errors"
	"net/mail"
	"time"

	"github.com/evenkeel-project/evenkeel/internal/cli"
	"github.com/evenkeel-project/evenkeel/internal/clock"
	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/campaign"
	"github.com/evenkeel-project/evenkeel/internal/core/evidence"
	"github.com/evenkeel-project/evenkeel/internal/courier"
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
	world, err := d.provenWorld(ctx, dir, proposal, kept)
	if err != nil {
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
	letters := newComposer(world)
	e, err := engine.Open(ctx, engine.Parts{Campaign: proposal.Campaign, World: world, Sources: c.Sources, Store: kept, Driver: hosts,
		Courier: patient{post, watched}, Clock: watched, Inbox: inbox, Compose: letters.compose, Watch: func(f engine.Frame) { watched.turn(c, f) }})
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
	overview, known := watched.look()
	if !known { // it was stopped while it did not know what the journal has
		f := &follower{dir: dir, reader: kept, world: world, chain: evidence.Root(proposal.Campaign)}
		err = errors.Join(err, f.Follow(context.WithoutCancel(ctx), func(campaign.Event) {}))
		overview = campaign.Look(f.state, world, hosts.Now())
	}
	return cli.Conducted{Overview: overview}, err
}

// provenWorld lays the campaign out, and proves again who signed for it.
func (d *desk) provenWorld(ctx context.Context, dir datadir.Dir, proposal datadir.Proposal, kept store.Reader) (*campaign.World, error) {
	world, err := d.openWorld(dir)
	if err != nil {
		return nil, err
	}
	written, err := papersOf(ctx, kept, proposal.Campaign)
	if err != nil {
		return nil, err
	}
	return world, stillSigned(dir, proposal, written)
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
// that nothing was asked of yet is made anew: the papers may have grown since. One that was asked must remember it.
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
		if err := simfleet.Forget(dir.World()); err != nil {
			return nil, err
		}
		paper, _ := paperClock(w)
		begin = paper.at
	}
	var ids []string
	for _, a := range w.Exposure.Advisories() {
		ids = append(ids, a.ID)
	}
	hosts, err := simfleet.Open(simfleet.Options{Fleet: w.Fleet, Policy: w.Policy, Advisories: ids, Scenario: scenario, Path: dir.World(),
		Begun: written.started, Start: begin, Pace: c.Pace})
	if err != nil {
		return nil, err
	}
	if err := samePast(ctx, s, dir, hosts.Memory(w.Campaign), w.Campaign); err != nil {
		return nil, errors.Join(err, hosts.Close())
	}
	return hosts, nil
}

func scenarioOf(path string) (*simfleet.Scenario, error) {
	if path == "" {
		return nil, nil
	}
	scenario, problems := simfleet.ReadScenario(path)
	return scenario, problems.Err()
}

// patient is a courier whose failures are those of the machine: the simulated world does not run away meanwhile.
type patient struct {
	courier.Courier
	clock *watchedClock
}

// Deliver hands letters over.
func (p patient) Deliver(ctx context.Context, letters []courier.Letter) ([]courier.Receipt, error) {
	receipts, err := p.Courier.Deliver(ctx, letters)
	p.clock.failing = err != nil
	return receipts, err
}

// watchedClock lets those who watch catch up before the campaign waits.
type watchedClock struct {
	clock.Clock
	failing bool // the last letters could not be delivered
	pace    int64
	look    cli.Look
	waiting func(atMost time.Duration, look cli.Look)
}

// Wait waits by the clock of the campaign.
func (w *watchedClock) Wait(ctx context.Context, until calendar.Instant, news <-chan struct{}) error {
	if w.failing {
		w.failing = false
		if err := clock.Pause(ctx, repair); err != nil {
			return err
		}
	}
	if w.waiting != nil {
		w.waiting(w.real(until.Sub(w.Now())), w.look)
	}
	return w.Clock.Wait(ctx, until, news)
}

// repair is how long the world stands still, by the steady clock, when the machine could not do its part: what people
// mend in minutes must not last for days of the campaign.
const repair = 2 * time.Second

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
