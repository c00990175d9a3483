package instance

import (
	"math"

	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/ident"
)

// Roster is the planned hosts as columns. A planned host is known by its place in the roster; places are in
// order of host id, so comparing places compares ids.
type Roster struct {
	Host   []ident.Host
	Length []int64  // seconds the host is down, at least 1
	Down   []uint32 // guests that go down with it
	Moving []uint32 // guests that the plan moves off it first; 0 when the policy plans no moves
	Cohort []uint32
	Due    []int64 // when it must be over, in seconds since 1970; NoDeadline when no embargo concerns it
	Last   []bool  // it goes after everything else of its region, and with no other such host
	Canary []bool
	Stage  []int32      // number of its stage in the course
	Frozen []*Timetable // freezes that cover it; nil when none does
}

// NoDeadline is the deadline of a host that has none: later than all others.
const NoDeadline = math.MaxInt64

// NewRoster returns a roster of the hosts with everything else still to be filled in.
func NewRoster(hosts []ident.Host, down []uint32) *Roster {
	n := len(hosts)
	return &Roster{Host: hosts, Down: down, Moving: make([]uint32, n), Length: make([]int64, n), Cohort: make([]uint32, n), Due: make([]int64, n),
		Last: make([]bool, n), Canary: make([]bool, n), Stage: make([]int32, n), Frozen: make([]*Timetable, n)}
}

// Size returns the number of planned hosts.
func (r *Roster) Size() int { return len(r.Host) }

// Span returns the outage of place i when it starts at t.
func (r *Roster) Span(i int32, t calendar.Instant) calendar.Span {
	return calendar.Span{From: t, To: t.Add(calendar.Seconds(r.Length[i]))}
}
