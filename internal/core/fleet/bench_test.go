package fleet

import (
	"fmt"
	"runtime"
	"testing"

	"github.com/evenkeel-project/evenkeel/internal/core/label"
	"github.com/evenkeel-project/evenkeel/internal/core/limit"
)

// BenchmarkGuestBytes builds a fleet of a million guests and prints what a guest costs in memory: all of it,
// and without its name and without the groups it is in.
func BenchmarkGuestBytes(b *testing.B) {
	const guests, hosts, nameBytes, groupBytes = 1_000_000, 1000, 10, 4
	labels := label.Set{{Key: "virt", Value: label.Text("hvm")}}
	for range b.N {
		build := func(guests int) (*Fleet, uint64) {
			var before, after runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&before)
			builder := NewBuilder("benchmark")
			builder.AddRegion(Region{ID: "r"})
			builder.AddZone(Zone{ID: "z", Region: "r"})
			for h := range hosts {
				builder.AddHost(Host{ID: fmt.Sprintf("h-%04d", h), Zone: "z"})
			}
			builder.AddTenant(Tenant{ID: "t"})
			builder.AddGroup(Group{ID: "g", Tenant: "t", MaxDown: limit.Count(1)})
			for g := range guests {
				builder.AddGuest(Guest{ID: fmt.Sprintf("vm-%07d", (g*7919)%guests), Host: fmt.Sprintf("h-%04d", g%hosts), Tenant: "t", Groups: []string{"g"}, Labels: labels})
			}
			f, problems := builder.Build()
			if problems.Failed() {
				b.Fatal(problems.Err())
			}
			builder = nil
			runtime.GC()
			runtime.ReadMemStats(&after)
			return f, after.HeapAlloc - before.HeapAlloc
		}
		empty, without := build(0)
		full, with := build(guests)
		each := float64(with-without) / guests
		b.ReportMetric(each, "B/guest")
		b.ReportMetric(each-nameBytes-groupBytes, "B/guest-beside-name-and-groups")
		runtime.KeepAlive(empty)
		runtime.KeepAlive(full)
	}
}

// BenchmarkBuild measures building and digesting a fleet of 100,000 guests in no order.
func BenchmarkBuild(b *testing.B) {
	for range b.N {
		b.StopTimer()
		builder := NewBuilder("benchmark")
		builder.AddRegion(Region{ID: "r"})
		builder.AddZone(Zone{ID: "z", Region: "r"})
		builder.AddTenant(Tenant{ID: "t"})
		const guests = 100_000
		for g := range guests {
			host := fmt.Sprintf("h-%05d", g/10)
			if g%10 == 0 {
				builder.AddHost(Host{ID: host, Zone: "z"})
			}
			builder.AddGuest(Guest{ID: fmt.Sprintf("vm-%06d", (g*7919)%guests), Host: host, Tenant: "t"})
		}
		b.StartTimer()
		if _, problems := builder.Build(); problems.Failed() {
			b.Fatal(problems.Err())
		}
	}
}
