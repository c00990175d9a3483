package exposure

import (
	"bytes"
	"encoding/binary"
	"slices"

	"github.com/evenkeel-project/evenkeel/internal/core/advisory"
	"github.com/evenkeel-project/evenkeel/internal/core/fleet"
	"github.com/evenkeel-project/evenkeel/internal/core/ident"
	"github.com/evenkeel-project/evenkeel/internal/core/label"
	"github.com/evenkeel-project/evenkeel/internal/core/predicate"
)

// judge judges the hosts of a fleet by one advisory. Fleets hold many more hosts than kinds of hosts, so
// hosts are sorted into classes by the facts and guest labels that the advisory asks about, and a class is
// judged once. How often a class of guests stands on a host belongs to the class of the host: a predicate
// may count.
type judge struct {
	fleet    *fleet.Fleet
	advisory *advisory.Advisory
	facts    []string // that either predicate reads, sorted
	labels   []string

	byFacts map[uint64]uint32 // fleet.FactsKey to class of facts
	classes map[string]uint32 // projected facts to class of facts

	guestClass []uint32    // by fleet.GuestLabelsKey: 1 + class of guest, 0 where no guest has it
	guestSets  []label.Set // by class of guest: one of its label sets

	states map[string]State // by class of host
	key    []byte
	row    []uint32
}

// column returns the state of every host.
func column(f *fleet.Fleet, a *advisory.Advisory) []State {
	j := &judge{
		fleet: f, advisory: a, facts: union(a.Affected.HostFacts(), a.Fixed.HostFacts()),
		byFacts: map[uint64]uint32{}, classes: map[string]uint32{}, states: map[string]State{},
	}
	guests := a.Affected.ReadsGuests() || a.Fixed.ReadsGuests()
	if guests {
		j.labels = union(a.Affected.GuestLabels(), a.Fixed.GuestLabels())
		j.classifyGuests()
	}
	out := make([]State, f.Hosts())
	for h := range out {
		out[h] = j.state(ident.Host(h), guests)
	}
	return out
}

func union(a, b []string) []string {
	out := slices.Concat(a, b)
	slices.Sort(out)
	return slices.Compact(out)
}

func (j *judge) state(h ident.Host, guests bool) State {
	class := j.classOfFacts(h)
	j.row = j.row[:0]
	if guests {
		for _, g := range j.fleet.GuestsOn(h) {
			j.row = append(j.row, j.guestClass[j.fleet.GuestLabelsKey(ident.Guest(g))]-1)
		}
		slices.Sort(j.row)
	}
	j.key = binary.LittleEndian.AppendUint32(j.key[:0], class)
	for _, guest := range j.row {
		j.key = binary.LittleEndian.AppendUint32(j.key, guest)
	}
	if s, ok := j.states[string(j.key)]; ok {
		return s
	}
	sets := make([]label.Set, len(j.row))
	for i, guest := range j.row {
		sets[i] = j.guestSets[guest]
	}
	s := stateOf(j.advisory, running(j.fleet, h, sets), installed(j.fleet, h, sets))
	j.states[string(j.key)] = s
	return s
}

// running is the host as it is.
func running(f *fleet.Fleet, h ident.Host, guests []label.Set) predicate.Subject {
	return predicate.Subject{Facts: f.Facts(h), Guests: guests}
}

// installed is the host as it would be after a restart.
func installed(f *fleet.Fleet, h ident.Host, guests []label.Set) predicate.Subject {
	return predicate.Subject{Facts: f.Facts(h).Overlay(f.Installed(h)), Guests: guests}
}

// classOfFacts returns the number of the host's class by the facts asked about, running and installed.
func (j *judge) classOfFacts(h ident.Host) uint32 {
	known := j.fleet.FactsKey(h)
	if class, ok := j.byFacts[known]; ok {
		return class
	}
	j.key = project(j.key[:0], j.fleet.Facts(h), j.facts)
	j.key = project(j.key, j.fleet.Installed(h), j.facts)
	class, ok := j.classes[string(j.key)]
	if !ok {
		class = uint32(len(j.classes))
		j.classes[string(j.key)] = class
	}
	j.byFacts[known] = class
	return class
}

// classifyGuests numbers the classes of guests in order of what they are, not of where they stand: what a
// predicate sees of a host must not depend on the rest of the fleet.
func (j *judge) classifyGuests() {
	type class struct {
		key []byte
		set label.Set
	}
	var classes []class
	number := map[string]uint32{}
	for g := range j.fleet.Guests() {
		key := j.fleet.GuestLabelsKey(ident.Guest(g))
		for int(key) >= len(j.guestClass) {
			j.guestClass = append(j.guestClass, 0)
		}
		if j.guestClass[key] != 0 {
			continue
		}
		set := j.fleet.GuestLabels(ident.Guest(g))
		j.key = project(j.key[:0], set, j.labels)
		n, ok := number[string(j.key)]
		if !ok {
			n = uint32(len(classes))
			number[string(j.key)] = n
			classes = append(classes, class{slices.Clone(j.key), set})
		}
		j.guestClass[key] = n + 1
	}
	order := make([]uint32, len(classes))
	for i := range order {
		order[i] = uint32(i)
	}
	slices.SortFunc(order, func(a, b uint32) int { return bytes.Compare(classes[a].key, classes[b].key) })
	rank := make([]uint32, len(classes))
	for i, n := range order {
		rank[n] = uint32(i)
		j.guestSets = append(j.guestSets, classes[n].set)
	}
	for key, n := range j.guestClass {
		if n != 0 {
			j.guestClass[key] = rank[n-1] + 1
		}
	}
}

// project appends the values of the keys to b. Two sets give the same bytes exactly when they agree on all
// the keys.
func project(b []byte, s label.Set, keys []string) []byte {
	for _, key := range keys {
		v, ok := s.Get(key)
		switch {
		case !ok:
			b = append(b, '-')
		case !v.IsList:
			b = text(append(b, 't'), v.Text)
		default:
			b = binary.AppendUvarint(append(b, 'l'), uint64(len(v.List)))
			for _, item := range v.List {
				b = text(b, item)
			}
		}
	}
	return b
}

func text(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}
