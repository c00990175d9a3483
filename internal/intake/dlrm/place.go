package dlrm

import (
	"fmt"
	"strconv"

	"github.com/evenkeel-project/evenkeel/internal/core/fleet"
	"github.com/evenkeel-project/evenkeel/internal/core/label"
	"github.com/evenkeel-project/evenkeel/internal/core/problem"
)

// amounts is what an instance needs, and what a host has of it.
type amounts struct {
	cpu, gpu, memoryMiB int
}

func (s Size) amounts() amounts { return amounts{s.CPU, s.GPU, s.MemoryGiB * mebibytesPerGibibyte} }

// String lists the amounts for people.
func (a amounts) String() string {
	return fmt.Sprintf("%d processors, %d GPUs and %d MiB", a.cpu, a.gpu, a.memoryMiB)
}

// set returns amounts as capacity or demand; GPUs only where there are some.
func (a amounts) set() label.Set {
	pairs := []label.Pair{{Key: "cpu", Value: label.Text(strconv.Itoa(a.cpu))}, {Key: "memory_mib", Value: label.Text(strconv.Itoa(a.memoryMiB))}}
	if a.gpu > 0 {
		pairs = append(pairs, label.Pair{Key: "gpu", Value: label.Text(strconv.Itoa(a.gpu))})
	}
	return label.NewSet(pairs)
}

// region is the id of the one region; the trace names none.
const region = "dlrm"

// host is a host that was made for an instance, with what is left of it.
type host struct {
	id     string
	zone   string
	rack   string
	size   amounts
	left   amounts
	groups map[string]crowd
}

// crowd is the instances of a group on a host, and how many the strictest of them allows; 0: any number.
type crowd struct {
	here, most int
}

// room reports whether an instance may go to the host.
func (h *host) room(r row) bool {
	c := h.groups[r.group()]
	most := stricter(c.most, r.most)
	return r.need.cpu <= h.left.cpu && r.need.gpu <= h.left.gpu && r.need.memoryMiB <= h.left.memoryMiB &&
		(most == 0 || c.here < most)
}

func stricter(a, b int) int {
	if a == 0 || b == 0 {
		return max(a, b)
	}
	return min(a, b)
}

func (h *host) take(r row) {
	h.left.cpu -= r.need.cpu
	h.left.gpu -= r.need.gpu
	h.left.memoryMiB -= r.need.memoryMiB
	c := h.groups[r.group()]
	h.groups[r.group()] = crowd{c.here + 1, stricter(c.most, r.most)}
}

// alike are instances for which a host that has had no room never has it again.
type alike struct {
	group string
	need  amounts
	most  int
}

// placing is the hosts made so far; those with GPUs bear the instances that need one, and no others.
type placing struct {
	options    Options
	plain, gpu []*host
	all        []*host
	tried      map[alike]int // how many hosts of its kind have no room
}

// place puts every instance on the first host with room, and returns the host of each.
func place(file string, rows []row, options Options, problems *problem.List) []*host {
	p := &placing{options: options, tried: map[alike]int{}}
	var hosts []*host
	for _, r := range rows {
		kind, size := &p.plain, options.Plain.amounts()
		if r.need.gpu > 0 {
			kind, size = &p.gpu, options.GPU.amounts()
		}
		if r.need.cpu > size.cpu || r.need.gpu > size.gpu || r.need.memoryMiB > size.memoryMiB {
			problems.Addf("too-large", problem.Place{File: file, Line: r.line}, "give larger hosts",
				"%s needs %s, and a host has %s", problem.Printable(r.name), r.need, size)
			continue
		}
		hosts = append(hosts, p.put(r, kind, size))
	}
	return hosts
}

func (p *placing) put(r row, kind *[]*host, size amounts) *host {
	key := alike{r.group(), r.need, r.most}
	from := p.tried[key]
	for from < len(*kind) && !(*kind)[from].room(r) {
		from++
	}
	p.tried[key] = from
	if from == len(*kind) {
		*kind = append(*kind, p.newHost(len(*kind), size))
	}
	h := (*kind)[from]
	h.take(r)
	return h
}

// newHost makes the next host of its kind. Hosts go to the zones in turn, and within a zone to its racks.
func (p *placing) newHost(number int, size amounts) *host {
	prefix := "c"
	if size.gpu > 0 {
		prefix = "g"
	}
	n := len(p.all)
	h := &host{id: prefix + strconv.Itoa(number), zone: zoneID(n % p.options.Zones), size: size, left: size, groups: map[string]crowd{}}
	if p.options.Racks > 0 {
		h.rack = "r" + strconv.Itoa(n/p.options.Zones%p.options.Racks)
	}
	p.all = append(p.all, h)
	return h
}

func zoneID(n int) string { return region + "-" + strconv.Itoa(n) }

// build makes the fleet of instances on their hosts.
func build(file string, rows []row, hosts []*host, options Options) (*fleet.Fleet, problem.List) {
	b := fleet.NewBuilder(file)
	b.AddRegion(fleet.Region{ID: region})
	for z := range options.Zones {
		b.AddZone(fleet.Zone{ID: zoneID(z), Region: region})
	}
	var contacts []fleet.Contact
	if options.Contact != "" {
		contacts = []fleet.Contact{{Role: "operations", Email: options.Contact}}
	}
	seen, tenants, groups, demands := map[*host]bool{}, map[string]bool{}, map[string]bool{}, map[amounts]label.Set{}
	for i, r := range rows {
		if h := hosts[i]; !seen[h] {
			seen[h] = true
			b.AddHost(fleet.Host{ID: h.id, Zone: h.zone, Rack: h.rack, Facts: options.Facts, Capacity: h.size.set(), Line: r.line})
		}
		if !tenants[r.app] {
			tenants[r.app] = true
			b.AddTenant(fleet.Tenant{ID: r.app, Contacts: contacts, Line: r.line})
		}
		group := r.group()
		if !groups[group] {
			groups[group] = true
			b.AddGroup(fleet.Group{ID: group, Tenant: r.app, MaxDown: options.MaxDown, Line: r.line})
		}
		if demands[r.need] == nil {
			demands[r.need] = r.need.set()
		}
		b.AddGuest(fleet.Guest{ID: r.name, Host: hosts[i].id, Tenant: r.app, Groups: []string{group},
			Labels: options.GuestLabels, Demand: demands[r.need], Line: r.line})
	}
	return b.Build()
}
