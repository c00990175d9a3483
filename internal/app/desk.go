package app

import (
	"io"
	"os"

	"github.com/evenkeel-project/evenkeel/internal/cli"
	"github.com/evenkeel-project/evenkeel/internal/core/advisory"
	"github.com/evenkeel-project/evenkeel/internal/core/fleet"
	"github.com/evenkeel-project/evenkeel/internal/core/label"
	"github.com/evenkeel-project/evenkeel/internal/core/plan"
	"github.com/evenkeel-project/evenkeel/internal/core/policy"
	"github.com/evenkeel-project/evenkeel/internal/core/predicate"
	"github.com/evenkeel-project/evenkeel/internal/core/problem"
	"github.com/evenkeel-project/evenkeel/internal/intake/advisoryfile"
	"github.com/evenkeel-project/evenkeel/internal/intake/dlrm"
	"github.com/evenkeel-project/evenkeel/internal/intake/doc"
	"github.com/evenkeel-project/evenkeel/internal/intake/fleetfile"
	"github.com/evenkeel-project/evenkeel/internal/intake/planfile"
	"github.com/evenkeel-project/evenkeel/internal/intake/policyfile"
	"github.com/evenkeel-project/evenkeel/internal/intake/roadef"
	"github.com/evenkeel-project/evenkeel/internal/intake/synth"
	"github.com/evenkeel-project/evenkeel/internal/predicate/cel"
	"github.com/evenkeel-project/evenkeel/internal/version/scalibr"
)

// desk serves the command line from files.
type desk struct {
	compiler predicate.Compiler
}

var _ cli.Desk = (*desk)(nil)

func newDesk() (*desk, error) {
	compiler, err := cel.NewCompiler(scalibr.Reader{})
	return &desk{compiler: compiler}, err
}

// ReadFleet reads a fleet file.
func (d *desk) ReadFleet(path string, watch func(done, total int64)) (*fleet.Fleet, problem.List) {
	return fleetfile.Read(path, watch)
}

// ReadAdvisory reads an advisory and compiles its expressions.
func (d *desk) ReadAdvisory(path string) (*advisory.Advisory, problem.List) {
	return advisoryfile.Read(path, d.compiler)
}

// ReadPolicy reads a policy.
func (d *desk) ReadPolicy(path string) (*policy.Policy, problem.List) { return policyfile.Read(path) }

// ReadPlan reads a plan document.
func (d *desk) ReadPlan(path string) (*plan.Plan, problem.List) { return planfile.Read(path) }

// WriteFleet writes a fleet as NDJSON.
func (d *desk) WriteFleet(out io.Writer, f *fleet.Fleet) error { return fleetfile.Write(out, f) }

// ImportRoadef opens both files and reads them as a fleet.
func (d *desk) ImportRoadef(source cli.Roadef) (*fleet.Fleet, problem.List) {
	var problems problem.List
	model, closeModel := open(source.Model, &problems)
	defer closeModel()
	assignment, closeAssignment := open(source.Assignment, &problems)
	defer closeAssignment()
	if problems.Failed() {
		return nil, problems
	}
	return roadef.Read(model, assignment, roadef.Options{MaxDown: source.MaxDown, Contact: source.Contact,
		Facts: label.NewSet(source.Facts), GuestLabels: label.NewSet(source.GuestLabels)})
}

// ImportDlrm opens the trace and reads it as a fleet.
func (d *desk) ImportDlrm(source cli.Dlrm) (*fleet.Fleet, problem.List) {
	file, err := os.Open(source.Trace)
	if err != nil {
		return nil, doc.Unreadable(source.Trace, "the file", err)
	}
	defer file.Close()
	return dlrm.Read(dlrm.Source{Name: source.Trace, Bytes: file}, dlrm.Options{
		MaxDown: source.MaxDown, Contact: source.Contact, Zones: source.Zones, Racks: source.Racks,
		Plain: dlrm.Size{CPU: source.CPU, MemoryGiB: source.MemoryGiB},
		GPU:   dlrm.Size{CPU: source.GPUCPU, GPU: source.GPUs, MemoryGiB: source.GPUMemoryGiB},
		Facts: label.NewSet(source.Facts), GuestLabels: label.NewSet(source.GuestLabels)})
}

// open returns the file as a source and what closes it.
func open(path string, problems *problem.List) (roadef.Source, func()) {
	file, err := os.Open(path)
	if err != nil {
		problems.Merge(doc.Unreadable(path, "the file", err))
		return roadef.Source{}, func() {}
	}
	return roadef.Source{Name: path, Bytes: file}, func() { _ = file.Close() }
}

// Synthesise makes up a fleet with racks of the usual size.
func (d *desk) Synthesise(shape cli.Shape) (*fleet.Fleet, error) {
	const hostsPerRack = 20
	return synth.Fleet(synth.Shape{Hosts: shape.Hosts, Guests: shape.Guests, Tenants: shape.Tenants,
		Regions: shape.Regions, ZonesPerRegion: shape.Zones, HostsPerRack: hostsPerRack, Seed: shape.Seed,
		Capacity: shape.Capacity, Use: shape.Use, Migrate: shape.Migrate})
}

// Sample returns the case of 2014.
func (d *desk) Sample() (cli.Sample, error) {
	f, err := synth.Fleet(synth.Case2014())
	return cli.Sample{Fleet: f, Advisory: []byte(synth.Case2014Advisory()), Policy: []byte(synth.Case2014Policy()),
		Scenario: []byte(synth.Case2014Scenario())}, err
}
