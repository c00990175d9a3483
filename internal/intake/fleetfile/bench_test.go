package fleetfile

import (
	"bufio"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"
)

// The size of the fleet that the speed of reading is measured with.
const (
	benchHosts   = 100_000
	benchTenants = 50_000
	benchGroups  = 125_000
	benchGuests  = 1_000_000
)

// writeLargeFleet writes a fleet of the size above as NDJSON and returns the path and the size of the file.
// Guests stand in no order, as an inventory gives them.
func writeLargeFleet(b *testing.B) (string, int64) {
	b.Helper()
	path := filepath.Join(b.TempDir(), "large.ndjson")
	file, err := os.Create(path)
	if err != nil {
		b.Fatal(err)
	}
	w := bufio.NewWriterSize(file, 1<<20)
	r := rand.New(rand.NewPCG(1, 2))
	line := func(format string, args ...any) { fmt.Fprintf(w, format+"\n", args...) }
	generations := []string{"standard", "performance-1", "performance-2"}
	for region := range 6 {
		line(`{"kind":"region","id":"r%d"}`, region)
		for zone := range 4 {
			line(`{"kind":"zone","id":"r%d-%d","region":"r%d"}`, region, zone, region)
		}
	}
	for h := range benchHosts {
		line(`{"kind":"host","id":"host-%06d","zone":"r%d-%d","rack":"k%d","labels":{"generation":"%s","hardware":"h%d"},"facts":{"arch":"x86_64","hypervisor":"xen","xen":"4.%d.%d","patches":["XSA-1","XSA-%d"]},"outage":"%dm"}`,
			h, h%6, h/6%4, h/24%400, generations[h%3], h%7, h%5, h%4, h%11, 10+h%9)
	}
	for t := range benchTenants {
		line(`{"kind":"tenant","id":"tenant-%05d","name":"Tenant %d","time_zone":"America/Chicago","contacts":[{"role":"operations","email":"ops@t%d.example"}]}`, t, t, t)
	}
	for g := range benchGroups {
		line(`{"kind":"group","id":"tenant-%05d/g%d","tenant":"tenant-%05d","max_down":%d}`, g%benchTenants, g/benchTenants, g%benchTenants, 1+g%2)
	}
	for _, n := range r.Perm(benchGuests) {
		t := n % benchTenants
		groups := ""
		if n%2 == 0 {
			groups = fmt.Sprintf(`"groups":["tenant-%05d/g%d"],`, t, n/benchTenants%2)
		}
		line(`{"kind":"guest","id":"vm-%07d","host":"host-%06d","tenant":"tenant-%05d",%s"labels":{"virt":"%s","os":"linux-%d"},"on_reboot":"%s"}`,
			n, r.IntN(benchHosts), t, groups, []string{"hvm", "pv"}[n%2], n%5, []string{"restart", "migrate", "pinned"}[n%3])
	}
	if err := w.Flush(); err != nil {
		b.Fatal(err)
	}
	info, err := file.Stat()
	if err != nil {
		b.Fatal(err)
	}
	if err := file.Close(); err != nil {
		b.Fatal(err)
	}
	return path, info.Size()
}

// BenchmarkReadMillionGuests reads and builds a fleet of a million guests and prints the speed, the memory
// that is kept for each guest (all other objects included) and the most that was in use at once.
func BenchmarkReadMillionGuests(b *testing.B) {
	path, size := writeLargeFleet(b)
	var before, after, peak runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	b.SetBytes(size)
	b.ResetTimer()
	for range b.N {
		start := time.Now()
		most := uint64(0)
		calls := 0
		f, problems := Read(path, func(_, _ int64) {
			if calls++; calls%64 == 0 {
				runtime.ReadMemStats(&peak)
				most = max(most, peak.Sys-peak.HeapReleased)
			}
		})
		if problems.Failed() {
			b.Fatal(problems.Err())
		}
		b.ReportMetric(time.Since(start).Seconds(), "s/file")
		runtime.ReadMemStats(&peak)
		most = max(most, peak.Sys-peak.HeapReleased)
		runtime.GC()
		runtime.ReadMemStats(&after)
		b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/float64(f.Guests()), "B/guest")
		b.ReportMetric(float64(most)/(1<<20), "peak-MiB")
		runtime.KeepAlive(f)
	}
}
