package engine

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/evenkeel-project/evenkeel/internal/driver/simfleet"
)

// BenchmarkRun carries a whole campaign out on a simulated fleet without faults, with the store in memory: the engine,
// the campaign's judgement and the simulated fleet, without a disk.
func BenchmarkRun(b *testing.B) {
	wide := strings.NewReplacer("50%", "5%", "fleet: 5%", "fleet: 10%").Replace(plain)
	for _, hosts := range []int{400, 2_000, 20_000} {
		b.Run(fmt.Sprintf("hosts=%d", hosts), func(b *testing.B) {
			w := newWorld(b, fleetOf(hosts/4, 4), wide)
			b.ReportAllocs()
			for b.Loop() {
				r := newRig(b, w)
				turns, events := 0, 0
				r.wrap = func(p *Parts) {
					world, err := simfleet.Open(simfleet.Options{Fleet: w.Fleet, Policy: w.Policy, Advisories: []string{"XSA-108"}, Start: morning})
					if err != nil {
						b.Fatal(err)
					}
					p.Driver, p.Clock = world, world
					p.Watch = func(f Frame) { turns, events = turns+1, events+len(f.Events) }
				}
				if status, err := r.start().Run(context.Background()); err != nil || !status.Ended() {
					b.Fatal(status, err)
				}
				b.ReportMetric(float64(turns), "turns")
				b.ReportMetric(float64(events), "events")
			}
		})
	}
}

// BenchmarkOpen reads the journal of a campaign that has ended.
func BenchmarkOpen(b *testing.B) {
	w := newWorld(b, fleetOf(100, 4), plain)
	r := started(b, w)
	r.finish(r.open())
	b.ReportAllocs()
	for b.Loop() {
		r.open()
	}
	b.ReportMetric(float64(len(r.journal())), "records")
}
