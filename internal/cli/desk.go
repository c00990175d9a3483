package cli

import (
	"io"

	"github.com/evenkeel-project/evenkeel/internal/core/advisory"
	"github.com/evenkeel-project/evenkeel/internal/core/fleet"
	"github.com/evenkeel-project/evenkeel/internal/core/label"
	"github.com/evenkeel-project/evenkeel/internal/core/limit"
	"github.com/evenkeel-project/evenkeel/internal/core/plan"
	"github.com/evenkeel-project/evenkeel/internal/core/policy"
	"github.com/evenkeel-project/evenkeel/internal/core/problem"
)

// Desk hands the command line what stands in files, and writes fleets. Every method that reads reports all
// faults of its source at once; a list that failed comes with nothing to use.
type Desk interface {
	CampaignDesk
	EvidenceDesk
	DemoDesk
	PictureDesk

	// ReadFleet reads a fleet file, YAML or NDJSON. watch is told now and then how many bytes of how many
	// are read; it may be nil.
	ReadFleet(path string, watch func(done, total int64)) (*fleet.Fleet, problem.List)
	// ReadAdvisory reads one advisory.
	ReadAdvisory(path string) (*advisory.Advisory, problem.List)
	// ReadPolicy reads a policy.
	ReadPolicy(path string) (*policy.Policy, problem.List)
	// ReadPlan reads a plan document.
	ReadPlan(path string) (*plan.Plan, problem.List)
	// WriteFleet writes a fleet as NDJSON.
	WriteFleet(out io.Writer, f *fleet.Fleet) error
	// ImportRoadef reads a machine reassignment instance as a fleet.
	ImportRoadef(source Roadef) (*fleet.Fleet, problem.List)
	// ImportDlrm reads a trace of recommendation models as a fleet.
	ImportDlrm(source Dlrm) (*fleet.Fleet, problem.List)
	// Synthesise makes up a fleet; the same shape always makes the same one. It fails when the shape is
	// impossible.
	Synthesise(shape Shape) (*fleet.Fleet, error)
	// Sample returns the material of the demo: a fleet of the shape of 2014, and what was known of it.
	Sample() (Sample, error)
}

// Roadef names an instance of the ROADEF/EURO 2012 challenge and says what its files do not: how many guests
// of a service may be down at once, whom to write to, and facts and guest labels to give to all.
type Roadef struct {
	Model, Assignment  string // paths
	MaxDown            limit.Limit
	Contact            string // the mail address of every service; "" for none
	Facts, GuestLabels []label.Pair
}

// Dlrm names Alibaba's trace of recommendation models and says what it does not: how many guests of a group may be
// down at once, whom to write to, where hosts stand and what they can carry, and facts and guest labels to give to
// all. A host without GPUs has CPU processors, one with GPUs has GPUCPU.
type Dlrm struct {
	Trace                      string // a path
	MaxDown                    limit.Limit
	Contact                    string // the mail address of every tenant; "" for none
	Zones, Racks               int    // zones, and racks of each; no racks: every host is its own
	CPU, MemoryGiB             int
	GPUs, GPUCPU, GPUMemoryGiB int
	Facts, GuestLabels         []label.Pair
}

// Shape says how large a made-up fleet is. Zones are counted in each region. With Capacity hosts and guests say what
// they can carry and what they need, so that the fleet uses the share Use of its memory; Migrate is the share of
// guests that move away while their host is down.
type Shape struct {
	Hosts, Guests, Tenants, Regions, Zones int
	Seed                                   uint64
	Capacity                               bool
	Use, Migrate                           limit.Limit
}

// Sample is a fleet with an advisory, a policy and a scenario of what goes wrong, the three as the text of a file.
type Sample struct {
	Fleet                      *fleet.Fleet
	Advisory, Policy, Scenario []byte
}
