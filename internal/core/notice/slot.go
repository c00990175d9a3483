package notice

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/ident"
	"github.com/evenkeel-project/evenkeel/internal/core/problem"
)

// A letter is made of phrases and slots and of nothing else: a page takes no string. A constant becomes a phrase
// by itself, a variable does not; slots are made by the functions whose names end in Slot alone. Whatever has no
// such function is never told (law S25).
type (
	phrase string
	slot   string
)

func regionSlot(d *Desk, r ident.Region) slot { return slot(d.brief.Fleet.RegionID(r)) }

func guestSlot(d *Desk, g ident.Guest) slot { return slot(d.brief.Fleet.GuestID(g)) }

// campaignSlot names the campaign by its opaque id.
func campaignSlot(d *Desk) slot { return slot(d.campaign) }

// tenantNameMax bounds the name that a letter calls a tenant by, in characters: it stays on one line, so that
// no name can pass for a sentence of ours.
const tenantNameMax = 60

func tenantSlot(d *Desk, t ident.Tenant) slot {
	name := problem.Printable(d.brief.Fleet.TenantName(t))
	if utf8.RuneCountInString(name) <= tenantNameMax {
		return slot(name)
	}
	return slot(string([]rune(name)[:tenantNameMax]) + "...")
}

// countSlot writes a number with the noun it counts: "1 guest", "12 guests".
func countSlot(n int, noun phrase) slot {
	if n == 1 {
		return slot("1 " + noun)
	}
	return slot(strconv.Itoa(n) + " " + string(noun) + "s")
}

// minutesSlot writes a duration as whole minutes, rounded up: nobody is promised less than it takes.
func minutesSlot(length calendar.Seconds) slot {
	return countSlot(int((max(length, 0)+calendar.Minute-1)/calendar.Minute), "minute")
}

// leadSlot writes a duration in the largest units: "1 hour", "1 hour 30 minutes".
func leadSlot(length calendar.Seconds) slot {
	var words []string
	for _, unit := range []struct {
		size calendar.Seconds
		noun phrase
	}{{calendar.Day, "day"}, {calendar.Hour, "hour"}, {calendar.Minute, "minute"}, {1, "second"}} {
		if n := length / unit.size; n > 0 {
			words = append(words, string(countSlot(int(n), unit.noun)))
			length -= n * unit.size
		}
	}
	return slot(strings.Join(words, " "))
}

// joinedSlot writes slots one after the other: "a, b and c".
func joinedSlot(slots []slot) slot {
	var b strings.Builder
	for i, s := range slots {
		switch {
		case i > 0 && i == len(slots)-1:
			b.WriteString(" and ")
		case i > 0:
			b.WriteString(", ")
		}
		b.WriteString(string(s))
	}
	return slot(b.String())
}
