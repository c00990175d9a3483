package notice

import (
	"cmp"
	"slices"
	"strings"

	"github.com/evenkeel-project/evenkeel/internal/core/advisory"
	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
)

// numberSlot returns the id of an advisory when it is one that the Xen project's policy lets everybody know: XSA
// and a number. No other id is told: it may say what the advisory is about.
func numberSlot(a *advisory.Advisory) (slot, bool) {
	digits, ok := strings.CutPrefix(a.ID, "XSA-")
	if !ok || digits == "" || strings.Trim(digits, "0123456789") != "" {
		return "", false
	}
	return slot(a.ID), true
}

// reason writes why the work is done: that a security issue exists, its number, and when it is planned to be
// made public. It says no more after that day either: a date alone discloses nothing (law S27).
func (p *page) reason(advisories []*advisory.Advisory, now calendar.Instant) {
	var numbers, dates []slot
	var until []calendar.Instant
	for _, a := range advisories {
		if number, ok := numberSlot(a); ok {
			numbers = append(numbers, number)
		}
		if a.Embargo != nil && now < a.Embargo.Until {
			until = append(until, a.Embargo.Until)
		}
	}
	slices.SortFunc(numbers, func(a, b slot) int { return cmp.Or(cmp.Compare(len(a), len(b)), cmp.Compare(a, b)) })
	slices.Sort(until)
	for _, t := range until {
		dates = append(dates, dateSlot(t))
	}
	switch {
	case len(numbers) == 0:
		p.say("The work corrects a security issue.")
	default:
		p.say("The work corrects a security issue: %s.", joinedSlot(slices.Compact(numbers)))
	}
	if len(dates) > 0 {
		p.say("Details are planned to be made public on %s (UTC). Until then we may not say more about it.", joinedSlot(slices.Compact(dates)))
	}
}
