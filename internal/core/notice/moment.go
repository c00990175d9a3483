package notice

import (
	"time"

	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/ident"
)

// clockFace is how one tenant reads the time.
type clockFace struct {
	zone  *time.Location // nil: in UTC alone
	known bool           // whether the tenant's zone was found
}

// clockOf returns the clock of a tenant. A tenant in UTC needs no second time.
func clockOf(d *Desk, t ident.Tenant) clockFace {
	name := d.brief.Fleet.TenantTimeZone(t)
	if name == "UTC" {
		return clockFace{known: true}
	}
	if d.brief.Zones == nil {
		return clockFace{}
	}
	zone := d.brief.Zones(name)
	return clockFace{zone: zone, known: zone != nil}
}

// momentSlot writes an instant so that it can be taken for no other: weekday, date, zone and offset in the
// tenant's zone, then the same in UTC.
func (c clockFace) momentSlot(t calendar.Instant) slot {
	utc := slot(dayTime(t.Time()) + " UTC")
	if c.zone == nil {
		return utc
	}
	local := t.Time().In(c.zone)
	return slot(dayTime(local)+offset(local)+", ") + utc
}

// zoneSlot names the tenant's zone. It is a name of the data base of zones, for one was found under it.
func (c clockFace) zoneSlot() slot { return slot(c.zone.String()) }

// dateSlot writes the day of an instant in UTC.
func dateSlot(t calendar.Instant) slot { return slot(t.Time().Format("Mon 2 Jan 2006")) }

// dayTime writes weekday, date and time, with seconds where there are some. The day has two places, so that the
// times of a table stand below one another.
func dayTime(t time.Time) string {
	if t.Second() == 0 {
		return t.Format("Mon 02 Jan 2006 15:04")
	}
	return t.Format("Mon 02 Jan 2006 15:04:05")
}

// offset writes the zone's abbreviation, where it is a word, and its distance from UTC.
func offset(t time.Time) string {
	layout := "-07:00"
	name, seconds := t.Zone()
	if seconds%60 != 0 {
		layout = "-07:00:00"
	}
	distance := "(UTC" + t.Format(layout) + ")"
	if name == "" || name[0] == '+' || name[0] == '-' {
		return " " + distance
	}
	return " " + name + " " + distance
}
