package cli

import (
	"fmt"
	"time"

	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
)

// moment prints an instant in UTC and, where the reader's zone shows another time, in that zone:
// "Sun 28 Sep 2014 11:00 UTC (06:00 CDT)".
func moment(t calendar.Instant, zone *time.Location) string {
	utc, local := t.Time(), t.Time().In(zone)
	text := utc.Format("Mon 2 Jan 2006 ") + clockTime(utc) + " UTC"
	if _, offset := local.Zone(); offset == 0 {
		return text
	}
	day := ""
	if local.YearDay() != utc.YearDay() {
		day = local.Format("Mon 2 Jan ")
	}
	return fmt.Sprintf("%s (%s%s %s)", text, day, clockTime(local), local.Format("MST"))
}

// shortMoment is moment for a column of a table, without year and weekday: "28 Sep 11:00 (06:00)".
func shortMoment(t calendar.Instant, zone *time.Location) string {
	utc, local := t.Time(), t.Time().In(zone)
	text := utc.Format("_2 Jan ") + clockTime(utc)
	if _, offset := local.Zone(); offset == 0 {
		return text
	}
	day := ""
	if local.YearDay() != utc.YearDay() {
		day = local.Format("2 ")
	}
	return fmt.Sprintf("%s (%s%s)", text, day, clockTime(local))
}

func clockTime(t time.Time) string {
	if t.Second() == 0 {
		return t.Format("15:04")
	}
	return t.Format("15:04:05")
}

// zoneFlag is a flag that names a time zone.
type zoneFlag struct {
	zone **time.Location
}

// String returns the zone's name when the flag is printed.
func (z zoneFlag) String() string {
	if z.zone == nil || *z.zone == nil {
		return ""
	}
	return (*z.zone).String()
}

// Set takes the name of a zone from the IANA data base.
func (z zoneFlag) Set(name string) error {
	zone, err := time.LoadLocation(name)
	if err != nil || name == "" {
		return fmt.Errorf("%q is not a time zone; write it as America/Chicago or UTC", name)
	}
	*z.zone = zone
	return nil
}

// Type names the flag's value in help.
func (z zoneFlag) Type() string { return "NAME" }
