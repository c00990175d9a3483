package app

import (
	"os"
	"path/filepath"
	"runtime/debug"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/evenkeel-project/evenkeel/internal/core/advisory"
	"github.com/evenkeel-project/evenkeel/internal/core/exposure"
	"github.com/evenkeel-project/evenkeel/internal/core/inspect"
	"github.com/evenkeel-project/evenkeel/internal/core/plan"
	"github.com/evenkeel-project/evenkeel/internal/core/planner"
	"github.com/evenkeel-project/evenkeel/internal/intake/fleetfile"
	"github.com/evenkeel-project/evenkeel/internal/intake/synth"
)

// BenchmarkHundredThousandHosts takes 100,000 hosts with 1,000,000 guests from a file to a checked plan and prints
// the seconds of each step, the gap to the bound, and the most memory the process had resident. The
// bar it is held against: 20 s and 1.5 GB on two cores.
func BenchmarkHundredThousandHosts(b *testing.B) {
	path := filepath.Join(b.TempDir(), "fleet.ndjson")
	writeSynthetic(b, path)
	desk, err := newDesk()
	if err != nil {
		b.Fatal(err)
	}
	question, list := desk.ReadAdvisory("testdata/sample/XSA-108.yaml")
	if list.Failed() {
		b.Fatal(list.Err())
	}
	rules, list := desk.ReadPolicy("testdata/bench/policy.yaml")
	if list.Failed() {
		b.Fatal(list.Err())
	}
	took := func(step string, began time.Time) time.Time {
		b.ReportMetric(time.Since(began).Seconds(), step+"-s")
		return time.Now()
	}
	forgetPeak(b)
	for b.Loop() {
		began := time.Now()
		at := began
		f, list := fleetfile.Read(path, nil)
		if list.Failed() {
			b.Fatal(list.Err())
		}
		at = took("load", at)
		report := exposure.Judge(f, []*advisory.Advisory{question})
		at = took("exposure", at)
		p, list := planner.Make(planner.Input{Fleet: f, Exposure: report, Policy: rules, Seed: 1})
		if list.Failed() {
			b.Fatal(list.Err())
		}
		at = took("plan", at)
		if found := inspect.Check(inspect.Input{Plan: p, Fleet: f, Exposure: report, Policy: rules}); !found.Accepted() {
			b.Fatal(found.Findings())
		}
		took("inspect", at)
		took("whole", began)
		reportPlan(b, p)
	}
}

func reportPlan(b *testing.B, p *plan.Plan) {
	b.ReportMetric(peakResident(b), "peak-MB")
	b.ReportMetric(float64(p.GapMillionths)/1e4, "gap-%")
	b.ReportMetric(float64(len(p.Outages)), "outages")
}

// writeSynthetic writes the fleet and lets go of it, so that its making is not counted.
func writeSynthetic(b *testing.B, path string) {
	f, err := synth.Fleet(synth.Shape{Hosts: 100_000, Guests: 1_000_000, Tenants: 50_000, Regions: 5,
		ZonesPerRegion: 3, HostsPerRack: 20, Seed: 1})
	if err != nil {
		b.Fatal(err)
	}
	out, err := os.Create(path)
	if err != nil {
		b.Fatal(err)
	}
	if err := fleetfile.Write(out, f); err != nil {
		b.Fatal(err)
	}
	if err := out.Close(); err != nil {
		b.Fatal(err)
	}
}

// forgetPeak makes the kernel count the most resident memory anew (proc(5), clear_refs).
func forgetPeak(b *testing.B) {
	debug.FreeOSMemory()
	if err := os.WriteFile("/proc/self/clear_refs", []byte("5"), 0o200); err != nil {
		b.Fatal(err)
	}
}

// peakResident returns the most memory that was resident since forgetPeak, in megabytes.
func peakResident(b *testing.B) float64 {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		b.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(status), "VmHWM:")
	line, _, _ := strings.Cut(rest, "kB")
	kilobytes, err := strconv.ParseFloat(strings.TrimSpace(line), 64)
	if err != nil {
		b.Fatal(err)
	}
	return kilobytes * 1024 / 1e6
}
