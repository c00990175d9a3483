package inspect

import (
	"github.com/evenkeel-project/evenkeel/internal/core/exposure"
	"github.com/evenkeel-project/evenkeel/internal/core/fleet"
	"github.com/evenkeel-project/evenkeel/internal/core/ident"
)

// place is where a host belongs in a plan.
type place uint8

const (
	planned place = iota // it must have an outage
	blocked              // its outage alone would break a group
	fixed
	notAffected
	protected
)

// standing is what the rules make of one host.
type standing struct {
	place place
	group ident.Group // the first group it would break, when blocked
	lost  int32       // how many members of that group it carries
}

// todoCounts counts the hosts that are exposed and not protected: planned and blocked ones. Regions and
// zones are ordered by these.
type todoCounts struct {
	byRegion, byZone []int
}

// stand works out where every host of the fleet belongs.
func (n *inspection) stand() {
	f := n.Fleet
	n.stands = make([]standing, f.Hosts())
	n.todo = todoCounts{make([]int, f.Regions()), make([]int, f.Zones())}
	loss := newTally(f.Groups())
	protectedHosts := n.Policy.ProtectedHosts(f)
	for i := range n.stands {
		h := ident.Host(i)
		exposed, isFixed := n.exposedOrFixed(h)
		switch {
		case !exposed && isFixed:
			n.stands[h].place = fixed
		case !exposed:
			n.stands[h].place = notAffected
		case protectedHosts[h]:
			n.stands[h].place = protected
		default:
			n.stands[h] = n.plannedOrBlocked(h, loss)
			n.todo.byZone[f.ZoneOf(h)]++
			n.todo.byRegion[f.RegionOf(f.ZoneOf(h))]++
		}
	}
	n.groupCohorts()
}

// exposedOrFixed reports whether any advisory asks for an outage of the host (what is not known asks for
// one), and whether any says that it runs the fix.
func (n *inspection) exposedOrFixed(h ident.Host) (exposed, isFixed bool) {
	for i := range n.advisories {
		switch n.Exposure.Of(i, h) {
		case exposure.Fixed:
			isFixed = true
		case exposure.NotAffected:
		default:
			exposed = true
		}
	}
	return exposed, isFixed
}

// plannedOrBlocked counts, for each group, the members that go down with the host.
func (n *inspection) plannedOrBlocked(h ident.Host, loss *tally) standing {
	f := n.Fleet
	for _, guest := range f.GuestsOn(h) {
		if f.OnReboot(ident.Guest(guest)) == fleet.Migrate {
			continue
		}
		for _, group := range f.GroupsOf(ident.Guest(guest)) {
			loss.add(group)
		}
	}
	out := standing{place: planned, group: ident.Group(ident.None)}
	for _, group := range loss.touched {
		g := ident.Group(group)
		if limit := f.MaxDown(g); limit.Set() && int(loss.counts[g]) > limit.Of(f.GroupSize(g)) && g < out.group {
			out = standing{place: blocked, group: g, lost: loss.counts[g]}
		}
	}
	loss.clear()
	return out
}

// groupCohorts numbers the cohorts in order of their first host.
func (n *inspection) groupCohorts() {
	n.cohortOf = make([]uint32, n.Fleet.Hosts())
	numbers := map[string]uint32{}
	for h := range n.cohortOf {
		name := n.Policy.CohortOf(n.Fleet, ident.Host(h))
		number, ok := numbers[name]
		if !ok {
			number = uint32(len(n.cohortNames))
			numbers[name] = number
			n.cohortNames = append(n.cohortNames, name)
			n.cohortSizes = append(n.cohortSizes, 0)
		}
		n.cohortOf[h] = number
		n.cohortSizes[number]++
	}
}

// tally counts by handle and is cleared in time proportional to what was counted.
type tally struct {
	counts  []int32
	touched []uint32
}

func newTally(size int) *tally { return &tally{counts: make([]int32, size)} }

func (t *tally) add(at uint32) {
	if t.counts[at] == 0 {
		t.touched = append(t.touched, at)
	}
	t.counts[at]++
}

func (t *tally) clear() {
	for _, at := range t.touched {
		t.counts[at] = 0
	}
	t.touched = t.touched[:0]
}
