package notice

import (
	"slices"

	"github.com/evenkeel-project/evenkeel/internal/core/fleet"
	"github.com/evenkeel-project/evenkeel/internal/core/ident"
)

// writer writes one letter.
type writer struct {
	page
	desk       *Desk
	occasion   Occasion
	tenant     ident.Tenant
	region     ident.Region // of the notices of one region, and of a late host
	guests     []ident.Guest
	clock      clockFace
	lastRegion ident.Region
}

// Compose writes the letter of an occasion. An occasion that concerns no guest of the tenant gives a letter to
// nobody, without text.
func (d *Desk) Compose(o Occasion) Message {
	m := Message{ID: o.ID, Date: o.At, Thread: d.thread(o.Tenant)}
	w, ok := d.writerOf(o)
	if !ok {
		return m
	}
	m.To = d.addresses(w.tenant)
	w.line("For: %s", tenantSlot(d, w.tenant))
	w.gap()
	switch o.Kind {
	case Planned:
		m.Subject = w.planned()
	case Courtesy:
		m.Subject = w.courtesy()
	case Started:
		m.Subject = w.started()
	case Late:
		m.Subject = w.late()
	case Ended:
		m.Subject = w.ended()
	}
	w.signature()
	m.Text = w.text.String()
	return m
}

// writerOf looks up whom and what an occasion is about.
func (d *Desk) writerOf(o Occasion) (*writer, bool) {
	f := d.brief.Fleet
	t, ok := f.FindTenant(o.Tenant)
	if !ok {
		return nil, false
	}
	w := &writer{desk: d, occasion: o, tenant: t, clock: clockOf(d, t)}
	region, inFleet := f.FindRegion(o.Region)
	host, hosted := f.FindHost(o.Host)
	switch o.Kind {
	case Planned:
		w.guests = d.GuestsOf(t)
	case Courtesy, Started, Ended:
		w.region = region
		w.guests = d.guestsWhere(t, func(g ident.Guest) bool { return inFleet && d.regionOf(g) == region })
	case Late:
		w.guests = d.guestsWhere(t, func(g ident.Guest) bool { return hosted && f.HostOf(g) == host })
	}
	if len(w.guests) == 0 {
		return nil, false
	}
	if o.Kind == Late {
		w.region = d.regionOf(w.guests[0])
	}
	return w, true
}

// guestsWhere returns those of a tenant's guests on hosts with an outage that which picks, in order of name.
func (d *Desk) guestsWhere(t ident.Tenant, which func(ident.Guest) bool) []ident.Guest {
	var picked []ident.Guest
	for _, g := range d.GuestsOf(t) {
		if which(g) {
			picked = append(picked, g)
		}
	}
	return picked
}

// addresses returns where a tenant is told: its contacts for operations, else all it has. Each address is named once.
func (d *Desk) addresses(t ident.Tenant) []string {
	var operations, all []string
	for _, c := range d.brief.Fleet.Contacts(t) {
		if !slices.Contains(all, c.Email) {
			all = append(all, c.Email)
		}
		if c.Role == "operations" && !slices.Contains(operations, c.Email) {
			operations = append(operations, c.Email)
		}
	}
	if len(operations) > 0 {
		return operations
	}
	return all
}

// subject begins every subject with the same words, so that the letters of a campaign stand together.
func subject(rest phrase, slots ...slot) string { return "Security maintenance: " + fill(rest, slots) }

// zone says which zones the times are in.
func (w *writer) zone() {
	switch {
	case w.clock.zone != nil:
		w.say("Times are in your time zone, %s, and in UTC.", w.clock.zoneSlot())
	case w.clock.known:
		w.say("Times are in UTC, your time zone.")
	default:
		w.say("Times are in UTC: we do not know the time zone that is on record for you.")
	}
}

// groups says what protects guests that stand in for each other, where there are such.
func (w *writer) groups() {
	grouped := func(g ident.Guest) bool { return len(w.desk.brief.Fleet.GroupsOf(g)) > 0 }
	if slices.ContainsFunc(w.guests, grouped) {
		w.say("Of guests that you put into one redundancy group, this work never takes down more at once than the limit " +
			"you set for the group, even where their windows overlap.")
	}
}

// signature says who wrote, and how to reach them.
func (w *writer) signature() {
	w.say("This letter was written by evenkeel, which carries out the maintenance for your provider. Your answer to it "+
		"reaches the people in charge. Please name the reference %s.", campaignSlot(w.desk))
}

// stopped reports whether a guest is down while its server is.
func (w *writer) stopped(g ident.Guest) bool { return w.desk.brief.Fleet.OnReboot(g) != fleet.Migrate }
