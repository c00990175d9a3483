package app

import (
	"context"
	"net/mail"
	"os/exec"
	"syscall"
	"testing"
	"time"

	"github.com/evenkeel-project/evenkeel/internal/cli"
	"github.com/evenkeel-project/evenkeel/internal/clock"
	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/campaign"
	"github.com/evenkeel-project/evenkeel/internal/core/dispatch"
	"github.com/evenkeel-project/evenkeel/internal/courier"
	"github.com/evenkeel-project/evenkeel/internal/courier/outbox"
	"github.com/evenkeel-project/evenkeel/internal/datadir"
	"github.com/evenkeel-project/evenkeel/internal/driver"
	"github.com/evenkeel-project/evenkeel/internal/engine"
	"github.com/evenkeel-project/evenkeel/internal/store"
)

// BenchmarkCampaignTwoThousand carries out a campaign of 2,000 hosts with 20,000 guests and 1,000 tenants.
func BenchmarkCampaignTwoThousand(b *testing.B) { benchmarkCampaign(b, 2_000) }

// BenchmarkCampaignTwentyThousand carries out a campaign of 20,000 hosts with 200,000 guests and 10,000 tenants.
func BenchmarkCampaignTwentyThousand(b *testing.B) { benchmarkCampaign(b, 20_000) }

// benchmarkCampaign measures a campaign twice: as the process that people start, and in this process by its parts.
func benchmarkCampaign(b *testing.B, hosts int) {
	fleet := synthetic(b, cli.Shape{Hosts: hosts, Guests: 10 * hosts, Tenants: hosts / 2, Regions: 5, Zones: 3, Seed: 1})
	s := newStage(b, fleet, "testdata/bench/policy.yaml", "testdata/bench/scenario.yaml")
	b.Run("process", func(b *testing.B) {
		for b.Loop() {
			b.StopTimer()
			data := s.data()
			b.StartTimer()
			runMeasured(b, s.carrying(data))
			b.StopTimer()
			events := len(s.events(data))
			b.ReportMetric(float64(events), "events")
			b.ReportMetric(float64(len(s.letters(data))), "letters")
			b.StartTimer()
		}
	})
	b.Run("parts", func(b *testing.B) {
		for b.Loop() {
			b.StopTimer()
			p := &parts{stage: s}
			data := s.data()
			b.StartTimer()
			p.conduct(b, data)
		}
	})
}

// runMeasured runs evenkeel as a process of its own and reports what it took.
func runMeasured(b *testing.B, words []string) {
	b.Helper()
	began := clock.Start()
	command := exec.Command("evenkeel", words...)
	if out, err := command.CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	const megabyte, kilobyte = 1e6, 1024
	b.ReportMetric(began.Elapsed().Seconds(), "wall-s")
	b.ReportMetric(command.ProcessState.UserTime().Seconds(), "user-s")
	b.ReportMetric(command.ProcessState.SystemTime().Seconds(), "system-s")
	used := command.ProcessState.SysUsage().(*syscall.Rusage)
	b.ReportMetric(float64(used.Maxrss)*kilobyte/megabyte, "peak-MB")
}

// parts carries a campaign out with a stopwatch on every part of it.
type parts struct {
	*stage
	store.Store
	driver.Driver
	post  courier.Courier
	hands clock.Clock

	keeping, driving, posting, composing, waiting time.Duration
	turns                                         int
}

// conduct carries the campaign out and reports what each part took. What is left over is deciding, with the loop.
func (p *parts) conduct(b *testing.B, data string) {
	ctx := b.Context()
	dir := datadir.At(data)
	opening := clock.Start()
	proposal, err := dir.Proposal()
	must(b, err)
	world, err := p.desk.openWorld(dir)
	must(b, err)
	kept, err := openStore(ctx, dir)
	must(b, err)
	defer kept.Close()
	hosts, err := openSimulated(ctx, dir, kept, world, cli.Conducting{Scenario: p.scenario})
	must(b, err)
	defer hosts.Close()
	p.post, err = outbox.Open(dir.Outbox(), mail.Address{Address: "evenkeel@localhost"})
	must(b, err)
	p.Store, p.Driver, p.hands = kept, hosts, hosts
	letters := newComposer(world)
	e, err := engine.Open(ctx, engine.Parts{Campaign: proposal.Campaign, World: world, Store: p, Driver: p, Courier: p, Clock: ticking{p},
		Sources: campaign.Sources{Plan: world.Plan.Digest, Fleet: world.Plan.Fleet, Policy: world.Plan.Policy,
			Advisories: cli.References(world.Exposure.Advisories())},
		Watch: func(engine.Frame) { p.turns++ },
		Compose: func(n campaign.NoticeRef, s *campaign.State, queued calendar.Instant) courier.Letter {
			defer p.took(&p.composing)()
			return letters.compose(n, s, queued)
		}})
	must(b, err)
	must(b, held(e.Signal(ctx, campaign.Signal{Kind: campaign.Start, By: "ops"})))
	b.ReportMetric(opening.Elapsed().Seconds(), "open-s")
	running := clock.Start()
	_, err = e.Run(ctx)
	must(b, err)
	whole := running.Elapsed()
	rest := whole
	for name, took := range map[string]time.Duration{"persist": p.keeping, "driver": p.driving, "courier": p.posting, "compose": p.composing, "clock": p.waiting} {
		b.ReportMetric(took.Seconds(), name+"-s")
		rest -= took
	}
	b.ReportMetric(rest.Seconds(), "decide-s")
	b.ReportMetric(float64(p.turns), "turns")
	b.ReportMetric(float64(len(p.events(data)))/whole.Seconds(), "events/s")
}

func must(b *testing.B, err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
}

// took starts a stopwatch and returns what adds its time.
func (p *parts) took(to *time.Duration) func() {
	watch := clock.Start()
	return func() { *to += watch.Elapsed() }
}

// Apply is timed.
func (p *parts) Apply(ctx context.Context, batch store.Batch) error {
	defer p.took(&p.keeping)()
	return p.Store.Apply(ctx, batch)
}

// Begin is timed.
func (p *parts) Begin(ctx context.Context, orders []dispatch.Order) error {
	defer p.took(&p.driving)()
	return p.Driver.Begin(ctx, orders)
}

// Observe is timed.
func (p *parts) Observe(ctx context.Context, hosts []string) ([]dispatch.Observation, error) {
	defer p.took(&p.driving)()
	return p.Driver.Observe(ctx, hosts)
}

// Deliver is timed.
func (p *parts) Deliver(ctx context.Context, letters []courier.Letter) ([]courier.Receipt, error) {
	defer p.took(&p.posting)()
	return p.post.Deliver(ctx, letters)
}

// ticking is the clock of parts.
type ticking struct {
	parts *parts
}

// Now is what the clock says.
func (t ticking) Now() calendar.Instant { return t.parts.hands.Now() }

// Jumped is what the clock says.
func (t ticking) Jumped() calendar.Seconds { return t.parts.hands.Jumped() }

// Wait is timed.
func (t ticking) Wait(ctx context.Context, until calendar.Instant, news <-chan struct{}) error {
	defer t.parts.took(&t.parts.waiting)()
	return t.parts.hands.Wait(ctx, until, news)
}
