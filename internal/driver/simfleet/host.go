package simfleet

import (
	"fmt"
	"slices"

	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/dispatch"
	"github.com/evenkeel-project/evenkeel/internal/core/fleet"
	"github.com/evenkeel-project/evenkeel/internal/core/ident"
	"github.com/evenkeel-project/evenkeel/internal/core/label"
)

// place is where a guest is.
type place uint8

const (
	atHome place = iota
	stopped
	elsewhere
)

// stage is how far a host has come with what it was told.
type stage uint8

const (
	open     stage = iota // nothing was asked of it, or it was undone
	cordoned              // takes no new guests
	drained               // and the guests that migrate are gone
	acted                 // was told to act, whatever came of it
	returned              // its guests were started
	off                   // fenced
)

// steps lists the steps in the order by which tries are counted.
var steps = [...]dispatch.Step{dispatch.Cordon, dispatch.Drain, dispatch.Act, dispatch.Verify, dispatch.Return,
	dispatch.Undo, dispatch.Fence, dispatch.Rehome}

// taken is an order that was accepted.
type taken struct {
	campaign string
	step     dispatch.Step
	attempt  int
}

// host is one host's state. Its zero value is a host that runs its first boot and was told nothing.
type host struct {
	stage    stage
	down     bool // it does not answer
	off      bool
	cordoned bool
	patched  bool // its facts say so
	changed  bool // it is in Fleet.changed
	spoken   bool // it has an outcome
	boot     uint64
	outcome  dispatch.Outcome
	job      job
	tries    [len(steps)]int
	taken    []taken
}

// job is the order that a host is carrying out. Its step is empty while the host is idle.
type job struct {
	dispatch.Order
	from, to calendar.Instant
	never    bool   // it has no end
	mark     uint64 // tells its end from that of a job that was broken off
	fails    bool
	boots    bool // the host goes down for it
	patches  bool // what it runs is fixed by it
	try      int
}

// fits reports whether the step can begin on the host as it stands. An outage that is told to start while one is
// running does: a machine that is told twice to reboot reboots twice.
func (d *host) fits(step dispatch.Step) bool {
	doing := d.job.Step
	switch step {
	case dispatch.Cordon:
		return doing == "" && (d.stage == open || d.stage == cordoned || d.stage == returned)
	case dispatch.Drain:
		return doing == "" && (d.stage == cordoned || d.stage == drained)
	case dispatch.Act:
		return (doing == "" || doing == dispatch.Act) && (d.stage == drained || d.stage == acted)
	case dispatch.Verify:
		return doing == "" && !d.down
	case dispatch.Return:
		return doing == "" && (d.stage == acted || d.stage == returned)
	case dispatch.Undo:
		return d.stage < acted && doing != dispatch.Fence
	case dispatch.Fence:
		return true
	case dispatch.Rehome:
		return doing == "" && d.stage == off
	}
	return false
}

// says returns what a host is doing or has done, for the sentence of a refusal.
func (d *host) says() string {
	if d.job.Step != "" {
		return "it is carrying out " + string(d.job.Step)
	}
	return [...]string{"it is open", "it is cordoned", "it is drained", "it has acted", "it has returned", "it is off"}[d.stage]
}

// bootID returns the name of a boot of a host: of the form that machines use, and made of seed, host and count alone.
func (f *Fleet) bootID(h ident.Host, boot uint64) string {
	source := f.chance.Child("boot", boot).Child(f.fleet.HostID(h), 0)
	a, b := source.Uint64(), source.Uint64()
	return fmt.Sprintf("%08x-%04x-4%03x-%04x-%012x", a>>32, a>>16&0xffff, a&0xfff, b>>48&0x3fff|0x8000, b&0xffffffffffff)
}

// facts returns what a host runs.
func (f *Fleet) facts(h ident.Host) label.Set {
	if !f.hosts[h].patched {
		return f.fleet.Facts(h)
	}
	key := f.fleet.FactsKey(h)
	facts, ok := f.patched[key]
	if !ok {
		facts = f.fleet.Facts(h).Overlay(f.fleet.Installed(h)).Overlay(f.scenario.Patch)
		facts = facts.Overlay(label.Set{{Key: patchList, Value: withPatches(facts, f.patches)}})
		f.patched[key] = facts
	}
	return facts
}

// patchList is the fact that names the patches of a host.
const patchList = "patches"

func withPatches(facts label.Set, patches []string) label.Value {
	have, _ := facts.Get(patchList)
	list := slices.Clone(have.List)
	if have.Text != "" {
		list = append(list, have.Text)
	}
	for _, patch := range patches {
		if !slices.Contains(list, patch) {
			list = append(list, patch)
		}
	}
	return label.TextList(list...)
}

// move moves the guests of a host that are at one place to another, those apart for which stay says so.
func (f *Fleet) move(h ident.Host, from, to place, stay func(ident.Guest) bool) {
	for _, n := range f.fleet.GuestsOn(h) {
		if g := ident.Guest(n); f.guests[g] == from && !stay(g) {
			f.guests[g] = to
		}
	}
}

func nobody(ident.Guest) bool { return false }

func (f *Fleet) isPinned(g ident.Guest) bool { return f.fleet.OnReboot(g) == fleet.Pinned }

func (f *Fleet) staysAtDrain(g ident.Guest) bool { return f.fleet.OnReboot(g) != fleet.Migrate }
