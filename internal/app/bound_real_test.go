//go:build real

package app

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/evenkeel-project/evenkeel/internal/core/advisory"
	"github.com/evenkeel-project/evenkeel/internal/core/bound"
	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/exposure"
	"github.com/evenkeel-project/evenkeel/internal/core/fleet"
	"github.com/evenkeel-project/evenkeel/internal/core/label"
	"github.com/evenkeel-project/evenkeel/internal/core/limit"
	"github.com/evenkeel-project/evenkeel/internal/core/planner"
	"github.com/evenkeel-project/evenkeel/internal/core/policy"
	"github.com/evenkeel-project/evenkeel/internal/intake/roadef"
)

// boundSteps is how many steps the benchmark deepens a bound for.
const boundSteps = 3000

// BenchmarkBoundsOfPublishedPlacements proves bounds for ROADEF/EURO 2012 instances below EVENKEEL_DATA, groups
// being the only limits, outages of 12 minutes, and prints the quick bound, the deep one, the seconds and the steps
// that took, and the plan, in minutes.
func BenchmarkBoundsOfPublishedPlacements(b *testing.B) {
	desk, err := newDesk()
	if err != nil {
		b.Fatal(err)
	}
	question, list := desk.ReadAdvisory("testdata/sample/XSA-108.yaml")
	if list.Failed() {
		b.Fatal(list.Err())
	}
	for _, name := range []string{"a2_5", "b_1", "b_4"} {
		for _, maxDown := range []string{"10%", "34%"} {
			for _, canaries := range []int{0, 1} {
				rules := &policy.Policy{Start: calendar.Instant(1411902000), DefaultOutage: 12 * calendar.Minute,
					Order:  policy.Order{Regions: policy.FreeRegions, FreeZones: canaries == 0, BakeZone: 15 * calendar.Minute},
					Canary: policy.Canary{Per: []string{"zone"}, Hosts: canaries, Bake: 30 * calendar.Minute}}
				b.Run(fmt.Sprintf("%s/%s/canaries-%d", name, maxDown, canaries), func(b *testing.B) {
					f := publishedFleet(b, name, maxDown)
					benchmarkBounds(b, planner.Input{Fleet: f, Policy: rules, Exposure: exposure.Judge(f, []*advisory.Advisory{question})})
				})
			}
		}
	}
}

func benchmarkBounds(b *testing.B, in planner.Input) {
	whole, problems := planner.Instance(in)
	if problems.Failed() {
		b.Fatal(problems.Err())
	}
	whole.Demand.Trim(whole.Course)
	made, problems := planner.Make(in)
	if problems.Failed() {
		b.Fatal(problems.Err())
	}
	var quick, deep bound.Proof
	steps, began := 0, time.Now()
	for b.Loop() {
		quick = bound.Prove(whole)
		deeper := bound.Open(whole, quick)
		for steps = 0; steps < boundSteps && !deeper.Step(); steps++ {
			if deeper.Proof().Best.Seconds > deep.Best.Seconds {
				deep = deeper.Proof()
				b.ReportMetric(time.Since(began).Seconds(), "best-after-s")
			}
		}
	}
	b.ReportMetric(float64(quick.Best.Seconds)/60, "quick-min")
	b.ReportMetric(float64(deep.Best.Seconds)/60, "deep-min")
	b.ReportMetric(float64(made.Makespan)/60, "plan-min")
	b.ReportMetric(100*(float64(made.Makespan)/float64(deep.Best.Seconds)-1), "gap%")
	b.ReportMetric(float64(steps), "steps")
	b.Log(deep.Best.Words(true))
}

func publishedFleet(b *testing.B, name, maxDown string) *fleet.Fleet {
	open := func(kind string) roadef.Source {
		file, err := os.Open(filepath.Join(os.Getenv("EVENKEEL_DATA"), "roadef2012", kind+"_"+name+".txt"))
		if err != nil {
			b.Fatal(err)
		}
		b.Cleanup(func() { file.Close() })
		return roadef.Source{Name: file.Name(), Bytes: file}
	}
	share, err := limit.Parse(maxDown)
	if err != nil {
		b.Fatal(err)
	}
	text := func(key, value string) label.Pair { return label.Pair{Key: key, Value: label.Text(value)} }
	f, problems := roadef.Read(open("model"), open("assignment"), roadef.Options{MaxDown: share,
		Facts:       label.NewSet([]label.Pair{text("arch", "x86_64"), text("hypervisor", "xen"), text("xen", "4.3.2")}),
		GuestLabels: label.NewSet([]label.Pair{text("virt", "hvm")})})
	if problems.Failed() {
		b.Fatal(problems.Err())
	}
	return f
}
