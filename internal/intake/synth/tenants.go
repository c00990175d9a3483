package synth

import (
	"fmt"
	"strconv"

	"github.com/evenkeel-project/evenkeel/internal/core/chance"
	"github.com/evenkeel-project/evenkeel/internal/core/fleet"
	"github.com/evenkeel-project/evenkeel/internal/core/limit"
)

// tenant is what the guests of a tenant need to know of it.
type tenant struct {
	id     string
	home   int // its region
	groups int
}

// makeTenants adds the tenants, each at home in one region and called by its number.
func (m *maker) makeTenants() {
	regions := m.regionTable()
	m.tenants = make([]tenant, m.Tenants)
	for n := range m.tenants {
		source := m.root.Child("tenant", uint64(n))
		t := tenant{id: fmt.Sprintf("t-%06d", n+1), home: source.Child("home", 0).Pick(regions)}
		m.tenants[n] = t
		domain := t.id + ".example"
		contacts := []fleet.Contact{{Role: "operations", Email: "ops@" + domain}}
		if source.Child("security", 0).Chance(60, 100) {
			contacts = append(contacts, fleet.Contact{Role: "security", Email: "security@" + domain})
		}
		if source.Child("billing", 0).Chance(50, 100) {
			contacts = append(contacts, fleet.Contact{Role: "billing", Email: "billing@" + domain})
		}
		m.build.AddTenant(fleet.Tenant{
			ID: t.id, Name: fmt.Sprintf("Tenant %04d", n+1), TimeZone: m.regions[t.home].timeZone, Contacts: contacts,
		})
	}
	m.owners = m.ownerTable()
}

// ownerTable draws tenants by weights that follow a power law: few tenants own much, most own little.
func (m *maker) ownerTable() chance.Table {
	const largest = 1000
	law, weights := chance.PowerLaw(largest, 21, 10), make([]uint64, m.Tenants)
	for n := range weights {
		weights[n] = 1 + uint64(m.root.Child("weight", uint64(n)).Pick(law))
	}
	return chance.NewTable(weights)
}

// One redundancy group is made for every groupEvery guests. With sizes of 1 + a power law of exponent 1.9
// that puts about four guests in five into a group.
const groupEvery = 8

// makeGroups adds the redundancy groups with their guests, as long as guests are left.
func (m *maker) makeGroups() {
	sizes := chance.PowerLaw(m.largestGroup-1, 19, 10)
	for n := range m.Guests / groupEvery {
		source := m.root.Child("group", uint64(n))
		size := min(2+source.Child("size", 0).Pick(sizes), m.Guests-m.guestNo)
		if size < 2 {
			return
		}
		t := &m.tenants[source.Child("tenant", 0).Pick(m.owners)]
		m.makeGroup(source, n, t, size)
	}
}

func (m *maker) makeGroup(source *chance.Source, n int, t *tenant, size int) {
	maxDown := m.maxDown(source.Child("max-down", 0), size)
	t.groups++
	id := t.id + "/g" + strconv.Itoa(t.groups)
	m.build.AddGroup(fleet.Group{ID: id, Tenant: t.id, MaxDown: maxDown})
	quorum, inner := 0, ""
	if source.Child("quorum", 0).Chance(1, 20) && size > quorumSize {
		quorum, inner = quorumSize, id+"/quorum"
		m.build.AddGroup(fleet.Group{ID: inner, Tenant: t.id, MaxDown: limit.Count(1)})
	}
	spread := m.newSpread(source.Child("place", 0), t, n, size, maxDown.Of(size))
	for member := range size {
		groups := []string{id}
		if member < quorum {
			groups = append(groups, inner)
		}
		m.makeGuest(t, spread.next(), groups)
	}
}

// quorumSize is the number of members that keep the state of a larger group and form a group of their own.
const quorumSize = 5

// maxDown draws a group's limit: half of the groups are strict, the others allow 10% or 33%.
func (m *maker) maxDown(source *chance.Source, size int) limit.Limit {
	if source.Chance(1, 2) {
		return limit.Count((size + m.strictStep - 1) / m.strictStep)
	}
	share := "10%"
	if source.Chance(1, 2) {
		share = "33%"
	}
	out, err := limit.Parse(share)
	if err != nil {
		panic("synth: " + err.Error())
	}
	return out
}

// makeLoners adds the guests that are in no group. Tenants get one each first, so that few own nothing.
func (m *maker) makeLoners() {
	for n := 0; m.guestNo < m.Guests; n++ {
		source := m.root.Child("loner", uint64(n))
		t := &m.tenants[n%m.Tenants]
		if n >= m.Tenants {
			t = &m.tenants[source.Child("tenant", 0).Pick(m.owners)]
		}
		m.makeGuest(t, m.anyHost(source, m.regions[t.home]), nil)
	}
}
