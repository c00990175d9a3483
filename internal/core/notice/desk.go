package notice

import (
	"slices"
	"time"

	"github.com/evenkeel-project/evenkeel/internal/core/advisory"
	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/fleet"
	"github.com/evenkeel-project/evenkeel/internal/core/ident"
	"github.com/evenkeel-project/evenkeel/internal/core/plan"
	"github.com/evenkeel-project/evenkeel/internal/core/policy"
)

// Brief is all that a desk is told. Whom to tell needs no advisories and no zones, so that both may be left out
// where nothing is composed.
type Brief struct {
	Campaign   string
	Fleet      *fleet.Fleet
	Plan       *plan.Plan
	Policy     *policy.Policy
	Advisories []*advisory.Advisory
	// Zones returns the time zone of a name, or nil when there is none; the same name always gives the same
	// zone. Without it every time is told in UTC alone.
	Zones func(name string) *time.Location
}

// unplanned stands for the outage of a host that has none.
const unplanned = -1

// Desk knows who has a guest where in one plan, and writes to them. It is immutable.
type Desk struct {
	brief    Brief
	campaign string           // safe to be shown
	salt     string           // what makes a host's part of an ID impossible to guess
	outage   []int32          // by host: index into the plan's outages, or unplanned
	first    []uint32         // by tenant: where its guests start in guests; one entry more than tenants
	guests   []ident.Guest    // on hosts with an outage, tenant by tenant, in order of name
	tenants  [][]ident.Tenant // by region: with a guest on a planned host, in order of name
}

// New returns the desk of a brief. It takes time in proportion to the fleet, once.
func New(b Brief) *Desk {
	f := b.Fleet
	d := &Desk{brief: b, campaign: plainPart(b.Campaign), salt: saltOf(b)}
	d.outage = slices.Repeat([]int32{unplanned}, f.Hosts())
	for i := range b.Plan.Outages {
		if h, ok := f.FindHost(b.Plan.Outages[i].Host); ok {
			d.outage[h] = int32(i)
		}
	}
	d.placeGuests()
	d.placeTenants()
	return d
}

// placeGuests sorts the guests on planned hosts by tenant.
func (d *Desk) placeGuests() {
	f := d.brief.Fleet
	d.first = make([]uint32, f.Tenants()+1)
	for g := range ident.Guest(f.Guests()) {
		if d.outage[f.HostOf(g)] != unplanned {
			d.first[f.TenantOf(g)+1]++
		}
	}
	for t := range f.Tenants() {
		d.first[t+1] += d.first[t]
	}
	next := slices.Clone(d.first)
	d.guests = make([]ident.Guest, d.first[f.Tenants()])
	for g := range ident.Guest(f.Guests()) {
		if d.outage[f.HostOf(g)] != unplanned {
			t := f.TenantOf(g)
			d.guests[next[t]] = g
			next[t]++
		}
	}
}

// placeTenants finds, for each region, the tenants concerned.
func (d *Desk) placeTenants() {
	f := d.brief.Fleet
	d.tenants = make([][]ident.Tenant, f.Regions())
	for t := range ident.Tenant(f.Tenants()) {
		for _, g := range d.GuestsOf(t) {
			r := d.regionOf(g)
			if n := len(d.tenants[r]); n == 0 || d.tenants[r][n-1] != t {
				d.tenants[r] = append(d.tenants[r], t)
			}
		}
	}
}

// GuestsOf returns a tenant's guests on hosts with an outage, in order of name. The slice must not be changed.
func (d *Desk) GuestsOf(t ident.Tenant) []ident.Guest {
	return d.guests[d.first[t]:d.first[t+1]]
}

func (d *Desk) regionOf(g ident.Guest) ident.Region {
	f := d.brief.Fleet
	return f.RegionOf(f.ZoneOf(f.HostOf(g)))
}

// Tenants returns the tenants with at least one guest, of whatever kind, on a host of the region that has an
// outage, in order of name. The slice must not be changed.
func (d *Desk) Tenants(r ident.Region) []ident.Tenant { return d.tenants[r] }

// TenantsOfHost returns the tenants with at least one guest, of whatever kind, on a host, in order of name.
func (d *Desk) TenantsOfHost(h ident.Host) []ident.Tenant {
	f := d.brief.Fleet
	var all []ident.Tenant
	for _, g := range f.GuestsOn(h) {
		all = append(all, f.TenantOf(ident.Guest(g)))
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// Occasion is one notice that has to be written.
type Occasion struct {
	ID     string // as ID returned it
	Kind   Kind
	Tenant string
	Region string            // of all kinds but Planned and Late
	Host   string            // of Late; it says which guests are meant and is never told
	At     calendar.Instant  // when the notice was queued
	Until  *calendar.Instant // of Late: when the guests should be back; nil when that cannot be said
	Undone []string          // of Ended: guests for which the work was not done
	Down   []string          // of Ended: guests that are still down
}

// Message is one letter, ready to be sent. It has the shape of courier.Letter, and converts into one.
type Message struct {
	ID      string
	To      []string // addresses; none when the tenant has no contact
	Subject string
	Date    calendar.Instant
	Text    string // lines end in \n
	Thread  string // the same for all letters of one campaign to one tenant
}
