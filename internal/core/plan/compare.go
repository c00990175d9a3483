package plan

import (
	"cmp"
	"maps"
	"slices"

	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
)

// Comparison is what changed from one plan to another.
type Comparison struct {
	Old, New   *Plan
	Same       bool // the two are one plan: every byte of the documents is the same but, perhaps, the digest they claim
	Fleet      bool // made from another fleet
	Policy     bool // made from another policy
	Advisories []AdvisoryChange
	Transfers  []Transfer // hosts that stand elsewhere in the new plan, by host
	Changes    []Change   // hosts with an outage in both that differs: the furthest moved first, then by host
	Earlier    Spread     // outages that start earlier
	Later      Spread     // outages that start later
	Lengths    int        // outages that last longer or shorter
	Windows    WindowChanges
	Canaries   CanaryChanges
	Moves      MoveChanges
}

// AdvisoryChange is one advisory that only one of the plans answers, or both by another text; the digest of the
// plan that does not answer it is empty.
type AdvisoryChange struct {
	ID       string
	Old, New string
}

// Standing says where a host stands in a plan.
type Standing string

// The standings beside those of Reason: fixed, not-affected and protected.
const (
	Planned   Standing = "planned"
	IsBlocked Standing = "blocked"
	Absent    Standing = "absent" // the plan does not name the host
)

// Place is where a host stands, and for a blocked one the group that blocks it.
type Place struct {
	Standing Standing
	Group    string
}

// Transfer is one host that stands elsewhere.
type Transfer struct {
	Host     string
	Old, New Place
}

// Change is one host whose outage differs: in its start, length or window, or in being a canary.
type Change struct {
	Host     string
	Old, New Outage
}

// By returns how much later the outage starts; below zero when it starts earlier.
func (c Change) By() calendar.Seconds { return c.New.Start.Sub(c.Old.Start) }

// Spread says of how many outages the start moved, and how far. The median of an even number is the lower of
// the two in the middle. All are zero when none moved.
type Spread struct {
	Count                   int
	Least, Median, Greatest calendar.Seconds
}

// WindowChanges counts the hosts whose window differs in both plans, each once. Whoever was told the old window
// must be told anew, unless the new one lies within it.
type WindowChanges struct {
	Earlier int // it opens before the old one
	Later   int // it does not, but it closes after the old one
	Within  int // it lies within the old one
}

// CanaryChanges names the hosts that are a canary in one plan only, by host.
type CanaryChanges struct {
	Became, Ceased []string
}

// MoveChanges counts the moves of guests that are in one plan only.
type MoveChanges struct {
	Added, Dropped int
}

// Compare says what changed from one plan to another. It takes both documents as they stand and judges neither.
func Compare(older, newer *Plan) Comparison {
	out := Comparison{Old: older, New: newer, Same: older.ContentDigest() == newer.ContentDigest(),
		Fleet: older.Fleet != newer.Fleet, Policy: older.Policy != newer.Policy}
	out.Advisories = advisoryChanges(older, newer)
	before, after := register(older), register(newer)
	for len(before)+len(after) > 0 {
		was, is := entry{place: Place{Standing: Absent}}, entry{place: Place{Standing: Absent}}
		host := firstHost(before, after)
		if len(before) > 0 && before[0].host == host {
			was, before = before[0], before[1:]
		}
		if len(after) > 0 && after[0].host == host {
			is, after = after[0], after[1:]
		}
		out.addHost(host, was, is)
	}
	out.Earlier, out.Later = spreads(out.Changes)
	slices.SortStableFunc(out.Changes, func(a, b Change) int { return cmp.Compare(distance(b), distance(a)) })
	out.Moves = moveChanges(older.Moves, newer.Moves)
	return out
}

// entry is where a host stands in a plan, with its outage when it is planned.
type entry struct {
	host   string
	place  Place
	outage Outage
}

// register lists every host of a plan once, by its name. In a document that names a host twice its outage counts.
func register(p *Plan) []entry {
	out := make([]entry, 0, len(p.Outages)+len(p.Excluded)+len(p.Blocked))
	for _, o := range p.Outages {
		out = append(out, entry{host: o.Host, place: Place{Standing: Planned}, outage: o})
	}
	for _, b := range p.Blocked {
		out = append(out, entry{host: b.Host, place: Place{Standing: IsBlocked, Group: b.Group}})
	}
	for _, e := range p.Excluded {
		out = append(out, entry{host: e.Host, place: Place{Standing: Standing(e.Reason)}})
	}
	slices.SortStableFunc(out, func(a, b entry) int { return cmp.Compare(a.host, b.host) })
	return slices.CompactFunc(out, func(a, b entry) bool { return a.host == b.host })
}

// firstHost returns the least name at the heads of two registers, of which one at least is not empty.
func firstHost(a, b []entry) string {
	if len(a) == 0 || len(b) > 0 && b[0].host < a[0].host {
		return b[0].host
	}
	return a[0].host
}

// addHost notes what became of one host.
func (c *Comparison) addHost(host string, was, is entry) {
	if was.place != is.place {
		c.Transfers = append(c.Transfers, Transfer{Host: host, Old: was.place, New: is.place})
	}
	switch {
	case is.outage.Canary && !was.outage.Canary:
		c.Canaries.Became = append(c.Canaries.Became, host)
	case was.outage.Canary && !is.outage.Canary:
		c.Canaries.Ceased = append(c.Canaries.Ceased, host)
	}
	if was.place.Standing != Planned || is.place.Standing != Planned || was.outage == is.outage {
		return
	}
	c.Changes = append(c.Changes, Change{Host: host, Old: was.outage, New: is.outage})
	if was.outage.End.Sub(was.outage.Start) != is.outage.End.Sub(is.outage.Start) {
		c.Lengths++
	}
	c.Windows.add(was.outage.Window, is.outage.Window)
}

func (w *WindowChanges) add(was, is calendar.Span) {
	switch {
	case was == is:
	case is.From < was.From:
		w.Earlier++
	case is.To > was.To:
		w.Later++
	default:
		w.Within++
	}
}

// distance is how far a start moved, whichever way.
func distance(c Change) calendar.Seconds { return max(c.By(), -c.By()) }

// spreads says how far the starts moved, those that moved to an earlier time apart from the others.
func spreads(changes []Change) (earlier, later Spread) {
	var backward, forward []calendar.Seconds
	for _, c := range changes {
		switch by := c.By(); {
		case by < 0:
			backward = append(backward, -by)
		case by > 0:
			forward = append(forward, by)
		}
	}
	return spreadOf(backward), spreadOf(forward)
}

func spreadOf(moved []calendar.Seconds) Spread {
	if len(moved) == 0 {
		return Spread{}
	}
	slices.Sort(moved)
	return Spread{Count: len(moved), Least: moved[0], Median: moved[(len(moved)-1)/2], Greatest: moved[len(moved)-1]}
}

// advisoryChanges compares the advisories by id.
func advisoryChanges(older, newer *Plan) []AdvisoryChange {
	digests := map[string][2]string{}
	for side, p := range []*Plan{older, newer} {
		for _, a := range p.Advisories {
			both := digests[a.ID]
			both[side] = string(a.Digest)
			digests[a.ID] = both
		}
	}
	var out []AdvisoryChange
	for _, id := range slices.Sorted(maps.Keys(digests)) {
		if both := digests[id]; both[0] != both[1] {
			out = append(out, AdvisoryChange{ID: id, Old: both[0], New: both[1]})
		}
	}
	return out
}

func moveChanges(older, newer []Move) MoveChanges {
	left := map[Move]int{}
	for _, m := range older {
		left[m]++
	}
	out := MoveChanges{Dropped: len(older)}
	for _, m := range newer {
		if left[m] > 0 {
			left[m]--
			out.Dropped--
			continue
		}
		out.Added++
	}
	return out
}
