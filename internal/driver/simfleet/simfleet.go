// Package simfleet is a fleet that is not there: hosts that cordon, drain, reboot, come back and fail as a scenario
// says, in a time of their own. It is a driver.Driver and the clock.Clock of the world that it is. It knows nothing of
// campaigns, and it is the witness against them: it never hides that a host was taken down twice.
//
// The world is a pure function of the fleet, the policy, the scenario and the orders it was given with their times. Every
// order that changes something, and every step of the time, is appended to a log before the call returns. Opening
// the log again makes the same world, whatever became of the process.
//
// A scenario is a file of YAML:
//
//	seed: 7                                        # everything that is drawn follows from it
//	spread: 20                                     # percent by which an outage may be shorter than planned; 25 when left out
//	patch: {xen: 4.4.1}                            # facts that acting sets, beside the advisories' ids in the list "patches"
//	faults:
//	  - {fault: dead, hosts: [c-17]}               # never comes back from acting
//	  - {fault: slow, where: {generation: old}, factor: 3}
//	  - {fault: unpatched, share: 1.5%}            # of all hosts, or of those that where picks
//	  - {fault: cordon-fails, count: 2, times: 1}  # two hosts, on the first try only
//	clock: [{at: 2014-09-28T14:00:00Z, by: -10m}]  # the clock is set; at is counted as if it never had been
//
// The words for faults are at FaultKind.
package simfleet

import (
	"slices"
	"sync"

	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/chance"
	"github.com/evenkeel-project/evenkeel/internal/core/dispatch"
	"github.com/evenkeel-project/evenkeel/internal/core/fleet"
	"github.com/evenkeel-project/evenkeel/internal/core/ident"
	"github.com/evenkeel-project/evenkeel/internal/core/label"
	"github.com/evenkeel-project/evenkeel/internal/core/policy"
)

// Options say what world it is. Fleet and Policy must be there.
type Options struct {
	Fleet      *fleet.Fleet
	Policy     *policy.Policy // says how long the outage of a host is planned to be
	Advisories []string       // the ids that acting adds to the list "patches" of a host's facts
	Scenario   *Scenario      // nil: no faults, seed 0
	Path       string         // of the log; empty: the world is forgotten with the process
	// Begun says that the world lived before: a log that is not there, or holds nothing, is refused. A fleet that has
	// forgotten what it was told would do it again.
	Begun bool
	Start calendar.Instant
	// Pace is how many seconds of the world go into one second of the machine; 0 is as fast as possible. A world that
	// is opened again may go at another pace.
	Pace int64
}

// Fleet is a simulated fleet and its clock. Several goroutines may use it.
type Fleet struct {
	mutex    sync.Mutex
	fleet    *fleet.Fleet
	policy   *policy.Policy
	patches  []string
	scenario Scenario
	pace     int64
	chance   *chance.Source
	faults   map[ident.Host][]*Fault
	jumps    []Jump

	// now never jumps: the clock shows now plus offset. Everything planned and logged is by now.
	now       calendar.Instant
	latest    calendar.Instant // that the clock has shown
	offset    calendar.Seconds
	jumpsPast int              // jumps that happened
	jumped    calendar.Seconds // by all of them
	told      calendar.Seconds // of jumped: what Jumped has returned
	kept      calendar.Seconds // of told: what the log has

	hosts     []host
	guests    []place // by guest
	strangers map[string]dispatch.Outcome
	fences    map[string]uint64 // by campaign: the newest seen
	events    events
	sequence  uint64
	changed   []ident.Host
	fresh     bool // something was told that neither Changed nor Wait has answered for
	boots     []Boot
	patched   map[uint64]label.Set // by fleet.FactsKey: what a host runs once it is patched
	log       *worldLog            // nil without a path, and while the log is being read
}

// Open returns the world that the options describe: a new one, or the one that the log at Path tells of, at the very
// time it was left. Names in the scenario that the fleet does not have are refused, and so is the log of another world
// or one that is damaged. A last line that was not written whole is cut off.
func Open(o Options) (*Fleet, error) {
	scenario := Scenario{Spread: defaultSpread}
	if o.Scenario != nil {
		scenario = *o.Scenario
	}
	problems := scenario.CheckNames(o.Fleet)
	if err := problems.Err(); err != nil {
		return nil, err
	}
	f := &Fleet{
		fleet: o.Fleet, policy: o.Policy, patches: slices.Clone(o.Advisories), scenario: scenario, pace: o.Pace,
		chance: chance.New(scenario.Seed), now: o.Start, latest: o.Start,
		hosts: make([]host, o.Fleet.Hosts()), guests: make([]place, o.Fleet.Guests()),
		strangers: map[string]dispatch.Outcome{}, fences: map[string]uint64{}, patched: map[uint64]label.Set{},
	}
	f.faults = scenario.assign(o.Fleet)
	f.jumps = slices.SortedStableFunc(slices.Values(scenario.Clock), func(a, b Jump) int { return int(a.At.Sub(b.At)) })
	if o.Path == "" {
		return f, nil
	}
	log, err := f.remember(o.Path, headerOf(o, scenario), o.Begun)
	if err != nil {
		return nil, err
	}
	f.log, f.fresh = log, false
	return f, nil
}

// Close lets go of the log. The world must not be used any more.
func (f *Fleet) Close() error {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	if f.log == nil {
		return nil
	}
	return f.log.file.Close()
}
