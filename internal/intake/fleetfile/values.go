package fleetfile

import (
	"strings"
	"time"
	_ "time/tzdata" // the time zones of the world, for machines that have none installed
	"unicode"

	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/fleet"
	"github.com/evenkeel-project/evenkeel/internal/core/label"
	"github.com/evenkeel-project/evenkeel/internal/intake/doc"
)

// The bounds of an outage that is written at a host. No reboot takes no time, and none takes more than a week.
const (
	outageMin = calendar.Seconds(1)
	outageMax = 7 * calendar.Day
)

func outage(o *doc.Object) calendar.Seconds {
	d, ok := o.Seconds("outage")
	if ok && (d < outageMin || d > outageMax) {
		o.Fault("outage", "out-of-range", "write how long the host is down, from 1s to 168h", "%s is outside 1s to 168h", d)
	}
	return d
}

// nameMax bounds a tenant's name in bytes; it stands in the subject of a mail.
const nameMax = 253

func name(o *doc.Object) string {
	text, ok := o.Text("name")
	switch {
	case !ok:
	case text == "" || len(text) > nameMax:
		o.Fault("name", "out-of-range", "write a name, or leave the key out", "it has %d bytes, outside 1 to %d", len(text), nameMax)
	case strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsPrint(r) }):
		o.Fault("name", "bad-value", "write it with characters that can be printed", "%q has a character that cannot be printed", shown(text))
	}
	return text
}

// timeZone returns the time zone of a tenant. Every zone is looked up once.
func (d *decoder) timeZone(o *doc.Object) string {
	zone, ok := o.Text("time_zone")
	if !ok {
		return ""
	}
	legal, seen := d.timeZones[zone]
	if !seen {
		_, err := time.LoadLocation(zone)
		legal = err == nil && zone != "" && zone != "Local"
		d.timeZones[strings.Clone(zone)] = legal
	}
	if !legal {
		o.Fault("time_zone", "bad-value", "write an IANA name such as America/Chicago", "%q is no time zone", shown(zone))
	}
	return zone
}

// addressMax is the longest mail address in bytes (RFC 5321 section 4.5.3.1.3).
const addressMax = 254

func contact(o *doc.Object) fleet.Contact {
	c := fleet.Contact{Role: o.RequiredText("role"), Email: o.RequiredText("email")}
	switch c.Role {
	case "operations", "security", "billing", "":
	default:
		o.Fault("role", "bad-value", "write operations, security or billing", "%q is no role", shown(c.Role))
	}
	if c.Email != "" && !isAddress(c.Email) {
		o.Fault("email", "bad-value", "write it as ops@acme.example", "%q is not a mail address", shown(c.Email))
	}
	o.Done()
	return c
}

// isAddress reports whether a text can be a mail address: something on both sides of its one @, and nothing
// that could end the address in a header of a mail.
func isAddress(text string) bool {
	local, domain, _ := strings.Cut(text, "@")
	forbidden := func(r rune) bool {
		return !unicode.IsPrint(r) || unicode.IsSpace(r) || strings.ContainsRune("<>()[]\\,;:\"", r)
	}
	return local != "" && domain != "" && len(text) <= addressMax && !strings.Contains(domain, "@") && !strings.ContainsFunc(text, forbidden)
}

func onReboot(o *doc.Object) fleet.OnReboot {
	word, ok := o.Text("on_reboot")
	if !ok {
		return fleet.Restart
	}
	for _, known := range []fleet.OnReboot{fleet.Restart, fleet.Migrate, fleet.Pinned} {
		if word == known.String() {
			return known
		}
	}
	o.Fault("on_reboot", "bad-value", "write restart, migrate or pinned", "%q is not what a guest does on a reboot", shown(word))
	return fleet.Restart
}

// texts returns pairs of which none is a list.
func texts(o *doc.Object, key string) label.Set {
	set := o.Pairs(key)
	for _, p := range set {
		if p.Value.IsList {
			o.Fault(key, "bad-type", "write one text; lists belong into facts", "%s is a list", p.Key)
		}
	}
	return set
}

// amountDigits bounds an amount: below 10^15 every sum over a fleet stays exact.
const amountDigits = 15

// amounts returns pairs of which every value is a whole number, 0 or more.
func amounts(o *doc.Object, key string) label.Set {
	set := o.Pairs(key)
	for _, p := range set {
		text := p.Value.Text
		if text == "" || len(text) > amountDigits || strings.Trim(text, "0123456789") != "" || (text[0] == '0' && text != "0") {
			o.Fault(key, "bad-value", "write a whole number such as 64", "%s is %q, which is no whole number from 0 to 999999999999999", p.Key, shown(p.Value.String()))
		}
	}
	return set
}

// shown shortens a value for a message.
func shown(s string) string {
	const most = 60
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "") + "..."
}
