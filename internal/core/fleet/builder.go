package fleet

import (
	"encoding/binary"
	"math"
	"strings"

	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/ident"
	"github.com/evenkeel-project/evenkeel/internal/core/label"
	"github.com/evenkeel-project/evenkeel/internal/core/limit"
	"github.com/evenkeel-project/evenkeel/internal/core/problem"
)

// Region, Zone, Host, Tenant, Group and Guest are the objects of a fleet as a file writes them, with the
// line they stand on (0 when there is none). They are what a Builder takes.
type (
	// Region is a region.
	Region struct {
		ID   string
		Line int
	}
	// Zone is a zone of a region.
	Zone struct {
		ID, Region string
		Line       int
	}
	// Host is a host. An empty Rack means a rack of its own; an Outage of 0 means that none is written.
	Host struct {
		ID, Zone, Rack   string
		Labels           label.Set
		Facts, Installed label.Set
		Capacity         label.Set
		Outage           calendar.Seconds
		Line             int
	}
	// Tenant is a customer.
	Tenant struct {
		ID, Name, TimeZone string
		Contacts           []Contact
		Line               int
	}
	// Group is a redundancy group of a tenant.
	Group struct {
		ID, Tenant string
		MaxDown    limit.Limit
		Line       int
	}
	// Guest is a guest on a host.
	Guest struct {
		ID, Host, Tenant string
		Groups           []string
		Labels, Demand   label.Set
		OnReboot         OnReboot
		Line             int
	}
)

// kind gathers the objects of one kind while a fleet is being built. Objects may be named before they are
// defined: a number is given at the first mention.
type kind struct {
	word    string
	table   intern
	defined []uint32 // by number: 1 + index of its definition, 0 while it is only mentioned
	mention []uint32 // by number: the line that first mentioned it
	numbers []uint32 // by definition: its number
}

func (k *kind) mentionOf(id string, line int) uint32 {
	n := k.table.number(id)
	if int(n) == len(k.defined) {
		k.defined = append(k.defined, 0)
		k.mention = append(k.mention, uint32(line))
	}
	return n
}

// namesMax bounds the names of one kind together, in bytes: the offsets of the arena are 32 bits wide. The
// names are at least a byte each, so that this bounds the handles too.
const namesMax = math.MaxUint32 - ident.LengthMax

// Builder gathers the objects of a fleet in any order and then builds it. Faults (duplicate ids, dangling
// references, a region without zones) are collected and returned all at once by Build. The strings it is
// given may be reused by the caller: it keeps copies.
type Builder struct {
	file     string
	problems problem.List
	namesMax uint64 // the constant, or what a test can reach

	regions, zones, hosts, tenants, groups, guests kind

	zoneRegion []uint32
	hostZone   []uint32
	hostRack   []string
	rackNames  map[string]string
	hostSpec   []hostColumns
	tenantInfo []tenant
	group      []groupColumns
	guest      []guestColumns
	memberOf   []uint32 // numbers of groups, guest after guest
	sets       setTable
}

type hostColumns struct {
	outage                             calendar.Seconds
	labels, facts, installed, capacity uint32
}

type groupColumns struct {
	tenant  uint32
	maxDown limit.Limit
	line    uint32
}

type guestColumns struct {
	host, tenant, labels, demand, memberEnd, line uint32
	onReboot                                      OnReboot
}

// NewBuilder returns an empty builder; file names the source in the places of faults.
func NewBuilder(file string) *Builder {
	b := &Builder{file: file, namesMax: namesMax, rackNames: map[string]string{}}
	b.regions.word, b.zones.word, b.hosts.word = "region", "zone", "host"
	b.tenants.word, b.groups.word, b.guests.word = "tenant", "group", "guest"
	b.sets.handle(nil)
	return b
}

// Problems returns the list that faults go to, for a reader to add the faults it finds itself. A reader adds a
// faulty object all the same, with the references it could read and "" for the others: Build refuses the
// fleet, but what names the object is not reported as dangling.
func (b *Builder) Problems() *problem.List { return &b.problems }

func (b *Builder) place(line int) problem.Place { return problem.Place{File: b.file, Line: line} }

// define records the definition of an object and reports whether it is the first of that name.
func (b *Builder) define(k *kind, id string, line int) bool {
	if fault := ident.Check(id); fault != "" {
		b.problems.Addf("bad-id", b.place(line), "use letters, digits and punctuation without quotes or spaces",
			"the id %q of a %s cannot be used: %s", clip(id), k.word, fault)
		return false
	}
	n, ok := b.mention(k, id, line)
	if !ok {
		return false
	}
	if k.defined[n] != 0 {
		b.problems.Addf("duplicate-id", b.place(line), "remove or rename one of the two", "%s %s is defined twice", k.word, id)
		return false
	}
	k.numbers = append(k.numbers, n)
	k.defined[n] = uint32(len(k.numbers))
	return true
}

// mention returns the number of a name, ident.None and a fault when there is no more room for names.
func (b *Builder) mention(k *kind, id string, line int) (uint32, bool) {
	if uint64(len(k.table.arena)) > b.namesMax {
		b.problems.Addf("too-many", b.place(line), "split the fleet", "the names of the %ss take more than %d bytes", k.word, b.namesMax)
		return ident.None, false
	}
	return k.mentionOf(id, line), true
}

// clip shortens a hostile name for a message.
func clip(s string) string {
	const shown = 40
	if len(s) <= shown {
		return s
	}
	return s[:shown] + "..."
}

// refer returns the number of an object of kind k that another object names, ident.None for a name that is
// empty. An empty name is a fault: the reader's, who has reported it, or else one that is reported here.
func (b *Builder) refer(k *kind, id string, line int) uint32 {
	if id != "" {
		n, _ := b.mention(k, id, line)
		return n
	}
	if !b.problems.Failed() {
		b.problems.Addf("missing-key", b.place(line), "name it", "an object names no %s", k.word)
	}
	return ident.None
}

// AddRegion adds a region.
func (b *Builder) AddRegion(r Region) { b.define(&b.regions, r.ID, r.Line) }

// AddZone adds a zone.
func (b *Builder) AddZone(z Zone) {
	if b.define(&b.zones, z.ID, z.Line) {
		b.zoneRegion = append(b.zoneRegion, b.refer(&b.regions, z.Region, z.Line))
	}
}

// AddHost adds a host.
func (b *Builder) AddHost(h Host) {
	if !b.define(&b.hosts, h.ID, h.Line) {
		return
	}
	rack, ok := b.rackNames[h.Rack]
	if !ok {
		rack = strings.Clone(h.Rack)
		b.rackNames[rack] = rack
	}
	b.hostZone = append(b.hostZone, b.refer(&b.zones, h.Zone, h.Line))
	b.hostRack = append(b.hostRack, rack)
	b.hostSpec = append(b.hostSpec, hostColumns{
		outage: h.Outage, labels: b.sets.handle(h.Labels), facts: b.sets.handle(h.Facts),
		installed: b.sets.handle(h.Installed), capacity: b.sets.handle(h.Capacity),
	})
}

// AddTenant adds a tenant. A name equal to the id and the time zone UTC are what stands when none is written,
// so writing them makes no other fleet.
func (b *Builder) AddTenant(t Tenant) {
	if !b.define(&b.tenants, t.ID, t.Line) {
		return
	}
	info := tenant{}
	if t.Name != t.ID {
		info.name = strings.Clone(t.Name)
	}
	if t.TimeZone != defaultTimeZone {
		info.timeZone = strings.Clone(t.TimeZone)
	}
	for _, c := range t.Contacts {
		info.contacts = append(info.contacts, Contact{Role: strings.Clone(c.Role), Email: strings.Clone(c.Email)})
	}
	b.tenantInfo = append(b.tenantInfo, info)
}

// AddGroup adds a redundancy group.
func (b *Builder) AddGroup(g Group) {
	if b.define(&b.groups, g.ID, g.Line) {
		b.group = append(b.group, groupColumns{b.refer(&b.tenants, g.Tenant, g.Line), g.MaxDown, uint32(g.Line)})
	}
}

// AddGuest adds a guest.
func (b *Builder) AddGuest(g Guest) {
	if !b.define(&b.guests, g.ID, g.Line) {
		return
	}
	for _, id := range g.Groups {
		b.memberOf = append(b.memberOf, b.refer(&b.groups, id, g.Line))
	}
	b.guest = append(b.guest, guestColumns{
		host: b.refer(&b.hosts, g.Host, g.Line), tenant: b.refer(&b.tenants, g.Tenant, g.Line),
		labels: b.sets.handle(g.Labels), demand: b.sets.handle(g.Demand),
		memberEnd: uint32(len(b.memberOf)), line: uint32(g.Line), onReboot: g.OnReboot,
	})
}

// setTable keeps each label set once.
type setTable struct {
	sets   []label.Set
	byText map[string]uint32
	key    []byte
}

func (t *setTable) handle(s label.Set) uint32 {
	t.key = t.key[:0]
	for _, p := range s {
		t.key = appendText(t.key, p.Key)
		if !p.Value.IsList {
			t.key = appendText(append(t.key, 't'), p.Value.Text)
			continue
		}
		t.key = binary.AppendUvarint(append(t.key, 'l'), uint64(len(p.Value.List)))
		for _, item := range p.Value.List {
			t.key = appendText(t.key, item)
		}
	}
	if h, ok := t.byText[string(t.key)]; ok {
		return h
	}
	if t.byText == nil {
		t.byText = map[string]uint32{}
	}
	h := uint32(len(t.sets))
	t.sets = append(t.sets, ownedCopy(s))
	t.byText[string(t.key)] = h
	return h
}

func appendText(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

func ownedCopy(s label.Set) label.Set {
	out := make(label.Set, len(s))
	for i, p := range s {
		v := label.Value{Text: strings.Clone(p.Value.Text), IsList: p.Value.IsList}
		for _, item := range p.Value.List {
			v.List = append(v.List, strings.Clone(item))
		}
		out[i] = label.Pair{Key: strings.Clone(p.Key), Value: v}
	}
	return out
}
