// Package dlrm reads Alibaba's trace of disaggregated recommendation models as a fleet: the best published
// sizes of services and of their parts. An application becomes a tenant, its instances of one role a
// redundancy group (app_0/HN), an instance a guest that needs processors, GPUs and memory. The trace does not
// say where an instance runs: hosts are made as they are needed, and each instance goes to the first that
// has room for it and for which the trace's most instances per node allows one more of its group.
//
// Only the instances that are there when the trace begins become guests; the others arrive later, and a fleet
// has no later. Network and disk requests are left out, because nothing says what a host has of them. The file
// itself may be used for study only and is not part of the project.
package dlrm

import (
	"fmt"
	"io"
	"net/mail"

	"github.com/evenkeel-project/evenkeel/internal/core/fleet"
	"github.com/evenkeel-project/evenkeel/internal/core/label"
	"github.com/evenkeel-project/evenkeel/internal/core/limit"
	"github.com/evenkeel-project/evenkeel/internal/core/problem"
)

// Source is the file: its name for messages, and its bytes.
type Source struct {
	Name  string
	Bytes io.Reader
}

// Options says what the data does not.
type Options struct {
	MaxDown     limit.Limit // of every group; must be set
	Contact     string      // the mail address of every tenant's operations; none when empty
	Zones       int         // how many zones the hosts are dealt to in turn, at least 1
	Racks       int         // how many racks of each zone; 0: every host is its own
	Plain, GPU  Size        // what a host without and one with GPUs has
	Facts       label.Set   // of every host
	GuestLabels label.Set   // of every guest
}

// Size is what a host has.
type Size struct {
	CPU, GPU, MemoryGiB int
}

// Usual returns the hosts that the instances of the trace fit: 192 processors and 1 TiB, or 128 processors, 1 TiB
// and 8 GPUs.
func Usual() (plain, gpu Size) {
	return Size{CPU: 192, MemoryGiB: 1024}, Size{CPU: 128, GPU: 8, MemoryGiB: 1024}
}

// The bounds of the options.
const (
	zonesMax = 1000
	racksMax = 100_000
	sizeMax  = 1_000_000_000 // times the MiB of a GiB it fits every amount
)

// Read returns the fleet of a trace. Every line with a fault is reported; the fleet is nil then.
func Read(trace Source, options Options) (*fleet.Fleet, problem.List) {
	problems := options.check()
	if problems.Failed() {
		return nil, problems
	}
	rows := readRows(trace, &problems)
	if problems.Failed() {
		return nil, problems
	}
	hosts := place(trace.Name, rows, options, &problems)
	if problems.Failed() {
		return nil, problems
	}
	return build(trace.Name, rows, hosts, options)
}

func (o Options) check() problem.List {
	var problems problem.List
	if !o.MaxDown.Set() {
		problems.Addf("no-max-down", problem.Place{}, "give one, such as 10% or 1",
			"the trace does not say how many instances of a group may be down")
	}
	if at, err := mail.ParseAddress(o.Contact); o.Contact != "" && (err != nil || at.Address != o.Contact) {
		problems.Addf("bad-contact", problem.Place{}, "write it as ops@example.com", "%q is not a mail address", o.Contact)
	}
	for _, n := range []struct {
		what             string
		value, from, top int
	}{
		{"zones", o.Zones, 1, zonesMax}, {"racks of a zone", o.Racks, 0, racksMax},
		{"processors of a host", o.Plain.CPU, 1, sizeMax}, {"GiB of a host", o.Plain.MemoryGiB, 1, sizeMax},
		{"processors of a host with GPUs", o.GPU.CPU, 1, sizeMax}, {"GiB of a host with GPUs", o.GPU.MemoryGiB, 1, sizeMax},
		{"GPUs of a host with GPUs", o.GPU.GPU, 1, sizeMax},
	} {
		if n.value < n.from || n.value > n.top {
			problems.Addf("bad-option", problem.Place{}, fmt.Sprintf("choose %d to %d", n.from, n.top),
				"%d is not a number of %s that hosts can be made with", n.value, n.what)
		}
	}
	return problems
}
