package simfleet_test

import (
	"fmt"
	"path/filepath"
	"testing"

	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/dispatch"
	"github.com/evenkeel-project/evenkeel/internal/driver/simfleet"
)

// BenchmarkCampaign takes 20,000 hosts through their lives, 1,000 at a time, with the log on disk: what the simulated
// fleet costs a campaign.
func BenchmarkCampaign(b *testing.B) {
	const hosts, atOnce = 20_000, 1_000
	f := newFleet(b, hosts)
	for n := range b.N {
		o := options(f, nil)
		o.Path = filepath.Join(b.TempDir(), fmt.Sprintf("world-%d.log", n))
		world := open(b, o)
		for first := 0; first < hosts; first += atOnce {
			for h := first; h < first+atOnce; h++ {
				begin(b, world, notExpiring(orderTo(f, fmt.Sprintf("h-%04d", h), dispatch.Cordon, 1)))
			}
			for flying := atOnce; flying > 0; wait(b, world, world.Now().Add(calendar.Hour)) {
				flying -= goOn(b, world, world.Changed())
			}
		}
		if reboots := len(world.Witness()); reboots != hosts {
			b.Fatalf("%d hosts rebooted", reboots)
		}
	}
}

func notExpiring(o dispatch.Order) dispatch.Order {
	o.NotAfter = 1 << 40
	return o
}

// goOn gives each host its next order and returns how many have had their last.
func goOn(b *testing.B, world *simfleet.Fleet, changed []string) (over int) {
	seen, err := world.Observe(b.Context(), changed)
	if err != nil {
		b.Fatal(err)
	}
	next := map[dispatch.Step]dispatch.Step{dispatch.Cordon: dispatch.Drain, dispatch.Drain: dispatch.Act, dispatch.Act: dispatch.Verify,
		dispatch.Verify: dispatch.Return}
	var orders []dispatch.Order
	for _, o := range seen {
		step, ok := next[o.Outcome.Step]
		if !ok {
			over++
			continue
		}
		given := dispatch.Order{Campaign: "c-0123456789ab", Host: o.Host, Zone: "dfw-1", Step: step, Attempt: 1, Fence: 1, BootID: o.BootID,
			NotAfter: 1 << 40, Action: "reboot"}
		if (o.Host[len(o.Host)-1]-'0')%2 == 1 {
			given.Zone = "dfw-2"
		}
		orders = append(orders, given)
	}
	if err := world.Begin(b.Context(), orders); err != nil {
		b.Fatal(err)
	}
	return over
}

// BenchmarkOpen reads the log of a campaign of 20,000 hosts again.
func BenchmarkOpen(b *testing.B) {
	const hosts = 20_000
	f := newFleet(b, hosts)
	o := options(f, nil)
	o.Path = filepath.Join(b.TempDir(), "world.log")
	world := open(b, o)
	for h := range hosts {
		begin(b, world, notExpiring(orderTo(f, fmt.Sprintf("h-%04d", h), dispatch.Cordon, 1)))
	}
	for flying := hosts; flying > 0; wait(b, world, world.Now().Add(calendar.Hour)) {
		flying -= goOn(b, world, world.Changed())
	}
	for b.Loop() {
		open(b, o)
	}
}
