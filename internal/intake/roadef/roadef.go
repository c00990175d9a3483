// Package roadef reads the instances of the ROADEF/EURO 2012 machine reassignment challenge as fleets: the
// best published placements of services on machines. A machine becomes host m0, m1, ..., its location a
// rack, its neighbourhood a zone; a process becomes guest p0, p1, ..., its service a tenant s0, s1, ... with
// a redundancy group of the same name. Rules about where a process may be moved, such as a service's least spread over
// locations and the resources taken on both ends of a move, are checked and dropped: a fleet file has no word for
// them, and a placement that never moves keeps its spread. Nothing is added that the data does not say, but for what the
// options give. The files themselves carry no licence and are not part of the project.
package roadef

import (
	"io"
	"net/mail"
	"strconv"

	"github.com/evenkeel-project/evenkeel/internal/core/fleet"
	"github.com/evenkeel-project/evenkeel/internal/core/label"
	"github.com/evenkeel-project/evenkeel/internal/core/limit"
	"github.com/evenkeel-project/evenkeel/internal/core/problem"
)

// Source is one file: its name for messages, and its bytes.
type Source struct {
	Name  string
	Bytes io.Reader
}

// Options says what the data does not.
type Options struct {
	MaxDown     limit.Limit // of every service; must be set
	Region      string      // the id of the one region; "roadef" when empty
	Contact     string      // the mail address of every service's operations; none when empty
	Facts       label.Set   // of every host
	GuestLabels label.Set   // of every guest
}

// Read returns the fleet of a model and an initial assignment. Reading stops at the first fault, because
// numbers after a wrong one mean nothing; the fleet is nil then and the list names the place.
func Read(model, assignment Source, options Options) (*fleet.Fleet, problem.List) {
	var problems problem.List
	if !options.MaxDown.Set() {
		problems.Addf("no-max-down", problem.Place{}, "give one, such as 10% or 1",
			"the data does not say how many processes of a service may be down")
		return nil, problems
	}
	if at, err := mail.ParseAddress(options.Contact); options.Contact != "" && (err != nil || at.Address != options.Contact) {
		problems.Addf("bad-contact", problem.Place{}, "write it as ops@example.com", "%q is not a mail address", options.Contact)
		return nil, problems
	}
	if options.Region == "" {
		options.Region = "roadef"
	}
	in := newScanner(model, &problems)
	m := readModel(in)
	in.end("the model")
	if problems.Failed() {
		return nil, problems
	}
	hosts := readAssignment(newScanner(assignment, &problems), m)
	if problems.Failed() {
		return nil, problems
	}
	return m.fleet(model.Name, hosts, options)
}

// readAssignment returns the machine of every process.
func readAssignment(in *scanner, m *model) []uint32 {
	hosts := make([]uint32, 0, len(m.processes))
	for i := range m.processes {
		in.begin("process", i)
		host := in.number("a machine index", uint64(len(m.machines)-1))
		if in.failed() {
			return nil
		}
		hosts = append(hosts, uint32(host))
	}
	in.begin("the assignment", noIndex)
	in.endLine()
	in.end("the assignment")
	return hosts
}

// fleet builds the fleet of the model with every process on its host.
func (m *model) fleet(file string, hosts []uint32, options Options) (*fleet.Fleet, problem.List) {
	b := fleet.NewBuilder(file)
	b.AddRegion(fleet.Region{ID: options.Region})
	zones := map[uint64]bool{}
	for i, machine := range m.machines {
		zone := "n" + strconv.FormatUint(machine.neighbourhood, 10)
		if !zones[machine.neighbourhood] {
			zones[machine.neighbourhood] = true
			b.AddZone(fleet.Zone{ID: zone, Region: options.Region, Line: machine.line})
		}
		b.AddHost(fleet.Host{
			ID: numbered('m', i), Zone: zone, Rack: "l" + strconv.FormatUint(machine.location, 10),
			Facts: options.Facts, Capacity: m.amounts(machine.capacity), Line: machine.line,
		})
	}
	var contacts []fleet.Contact
	if options.Contact != "" {
		contacts = []fleet.Contact{{Role: "operations", Email: options.Contact}}
	}
	for i := range m.services {
		id := numbered('s', i)
		b.AddTenant(fleet.Tenant{ID: id, Contacts: contacts})
		b.AddGroup(fleet.Group{ID: id, Tenant: id, MaxDown: options.MaxDown})
	}
	for i, process := range m.processes {
		service := numbered('s', int(process.service))
		b.AddGuest(fleet.Guest{
			ID: numbered('p', i), Host: numbered('m', int(hosts[i])), Tenant: service, Groups: []string{service},
			Labels: options.GuestLabels, Demand: m.amounts(process.demand), Line: process.line,
		})
	}
	return b.Build()
}

// amounts returns numbers as a set under the names of the resources.
func (m *model) amounts(numbers []uint64) label.Set {
	pairs := make([]label.Pair, len(numbers))
	for i, n := range numbers {
		pairs[i] = label.Pair{Key: m.resources[i], Value: label.Text(strconv.FormatUint(n, 10))}
	}
	return label.NewSet(pairs)
}

func numbered(kind byte, n int) string {
	return string(strconv.AppendInt([]byte{kind}, int64(n), 10))
}
