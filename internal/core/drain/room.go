package drain

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/fleet"
	"github.com/evenkeel-project/evenkeel/internal/core/ident"
	"github.com/evenkeel-project/evenkeel/internal/core/label"
	"github.com/evenkeel-project/evenkeel/internal/core/policy"
)

// ResourcesMax is how many different resources the hosts and guests of a fleet may name together: room is kept
// for each of them at every host.
const ResourcesMax = 32

// notNamed stands for a resource that a host's capacity or a guest's demand does not name.
const notNamed = math.MinInt64

// amountMax is more than any amount that a fleet file takes, and small enough that sums stay far inside 63 bits.
const amountMax = 1 << 50

// loadMax is the load from which a host is never a target: more would leave 63 bits.
const loadMax = 1 << 62

// room is what every host can still carry and what every guest needs, in columns. Resources are numbered in byte
// order of their names.
type room struct {
	fleet *fleet.Fleet
	names []string
	free  []int64 // by host and resource; below 0 when the host carries more than it can, notNamed when it names none
	needs []int64 // demand after demand, by resource; notNamed when it names none
	known []int32 // by demand key: the number of the demand in needs, -1 when it is not read yet

	policy  *policy.Policy
	lengths []calendar.Seconds // by number of the demand: how long a move takes
}

// Resources returns the names of the resources that the hosts or guests of the fleet speak of, in order; when there are
// more than ResourcesMax, only so many that this shows.
func Resources(f *fleet.Fleet) []string {
	var names []string
	note := func(s label.Set) {
		for _, p := range s {
			if i, found := slices.BinarySearch(names, p.Key); !found && len(names) <= ResourcesMax {
				names = slices.Insert(names, i, p.Key)
			}
		}
	}
	for h := range f.Hosts() {
		note(f.Capacity(ident.Host(h)))
	}
	var read []bool // by demand key
	for g := range f.Guests() {
		k := int(f.DemandKey(ident.Guest(g)))
		if k >= len(read) {
			read = append(read, make([]bool, k+1-len(read))...)
		}
		if !read[k] {
			read[k] = true
			note(f.Demand(ident.Guest(g)))
		}
	}
	return names
}

// openRoom reads the capacities and takes off them what the guests of the fleet file need.
func openRoom(f *fleet.Fleet, p *policy.Policy) *room {
	r := &room{fleet: f, names: Resources(f), policy: p}
	if len(r.names) == 0 {
		return r
	}
	r.free = make([]int64, f.Hosts()*len(r.names))
	for h := range f.Hosts() {
		row := r.of(ident.Host(h))
		r.read(row, f.Capacity(ident.Host(h)))
		for _, g := range f.GuestsOn(ident.Host(h)) {
			need := r.need(ident.Guest(g))
			for d := range row {
				if need[d] != notNamed && row[d] > -loadMax {
					row[d] -= need[d]
				}
			}
		}
	}
	return r
}

// read writes the amounts of a set into a row.
func (r *room) read(row []int64, s label.Set) {
	for d, name := range r.names {
		row[d] = notNamed
		if v, ok := s.Get(name); ok {
			row[d] = int64(min(policy.Amount(v), amountMax))
		}
	}
}

// of returns the row of a host.
func (r *room) of(h ident.Host) []int64 {
	n := len(r.names)
	return r.free[int(h)*n : (int(h)+1)*n]
}

// need returns what a guest takes of every resource.
func (r *room) need(g ident.Guest) []int64 {
	k, n := r.demand(g), len(r.names)
	return r.needs[k*n : (k+1)*n]
}

// length returns how long a move of the guest takes; only its demand decides that.
func (r *room) length(g ident.Guest) calendar.Seconds { return r.lengths[r.demand(g)] }

// demand returns the number of the guest's demand, reading it the first time.
func (r *room) demand(g ident.Guest) int {
	k := int(r.fleet.DemandKey(g))
	for k >= len(r.known) {
		r.known = append(r.known, -1)
	}
	if r.known[k] < 0 {
		r.known[k] = int32(len(r.lengths))
		from := len(r.needs)
		r.needs = append(r.needs, make([]int64, len(r.names))...)
		r.read(r.needs[from:], r.fleet.Demand(g))
		for d := range r.names {
			if r.needs[from+d] == 0 {
				r.needs[from+d] = notNamed // who needs none of it needs no host that names it
			}
		}
		length := calendar.Seconds(0)
		if r.policy.Moves != nil {
			length = r.policy.MoveLength(r.fleet, g)
		}
		r.lengths = append(r.lengths, length)
	}
	return int(r.known[k])
}

// fits reports whether the host has room for the need: every resource that the need names is one that the host
// names and has enough of, and the host carries no more than it can of any other.
func (r *room) fits(need []int64, h ident.Host) bool {
	for d, free := range r.of(h) {
		if need[d] == notNamed {
			if free < 0 && free != notNamed {
				return false
			}
		} else if free < need[d] {
			return false
		}
	}
	return true
}

// take takes a need off what the host can carry; give gives it back.
func (r *room) take(need []int64, h ident.Host) { r.change(need, h, -1) }
func (r *room) give(need []int64, h ident.Host) { r.change(need, h, 1) }

func (r *room) change(need []int64, h ident.Host, sign int64) {
	row := r.of(h)
	for d := range row {
		if need[d] != notNamed && row[d] > -loadMax {
			row[d] += sign * need[d]
		}
	}
}

// words prints a row: "cpu 4, memory_mib 8192", "nothing that is written" when it names nothing.
func (r *room) words(row []int64) string {
	var parts []string
	for d, name := range r.names {
		if row[d] != notNamed {
			parts = append(parts, name+" "+strconv.FormatInt(max(row[d], 0), 10))
		}
	}
	if len(parts) == 0 {
		return "nothing that is written"
	}
	return strings.Join(parts, ", ")
}
