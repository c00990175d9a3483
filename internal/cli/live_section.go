package cli

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/campaign"
	"github.com/evenkeel-project/evenkeel/internal/core/guard"
)

// limitsShown bounds the limits of the picture, and wideShown those among them that count hosts of large scopes: a
// tenant of one guest is at its limit as soon as that is down, and such limits are many.
const limitsShown, wideShown = 8, 5

func limitSection(v scene) section {
	var wide, narrow, cells []string
	for _, c := range v.overview.Limits {
		switch c.Scope {
		case "tenant", "group":
			narrow = append(narrow, limitText(c))
		default:
			wide = append(wide, limitText(c))
		}
	}
	cells = append(cells, wide[:min(wideShown, len(wide))]...)
	cells = append(cells, narrow[:min(limitsShown-len(cells), len(narrow))]...)
	if hidden := len(v.overview.Limits) - len(cells); hidden > 0 {
		cells = append(cells, fmt.Sprintf("and %s more", grouped(hidden)))
	}
	return section{label: "limits", least: leastLimits, flows: true, lines: packed(cells, v.width-labelWidth)}
}

func limitText(c guard.Check) string {
	name := c.Scope
	if c.Name != "" {
		name += " " + fitted(c.Name, 28)
	}
	text := fmt.Sprintf("%s %s/%s", name, grouped(c.Down), grouped(c.Allowed))
	if c.Down >= c.Allowed {
		text += " full"
	}
	return text
}

// packed sets cells side by side, as many on a line as fit.
func packed(cells []string, width int) []string {
	var lines []string
	for _, cell := range cells {
		cell = fitted(cell, width)
		last := len(lines) - 1
		if last >= 0 && columns(lines[last])+2+columns(cell) <= width {
			lines[last] += "  " + cell
			continue
		}
		lines = append(lines, cell)
	}
	return lines
}

func noticeSection(v scene) section {
	return section{label: "notices", least: 1, flows: true, lines: packed(noticeCells(v.overview), v.width-labelWidth)}
}

// noticeCells tells how far the notices of each kind have come.
func noticeCells(o campaign.Overview) []string {
	var cells []string
	for _, n := range o.Notices {
		text := fmt.Sprintf("%s %s sent", n.Kind, grouped(n.Accepted))
		if n.Queued > 0 {
			text += fmt.Sprintf(" %s queued", grouped(n.Queued))
		}
		if n.Failed > 0 {
			text += fmt.Sprintf(" %s FAILED", grouped(n.Failed))
		}
		cells = append(cells, text)
	}
	return cells
}

func holdSection(v scene) section {
	s := section{label: "waiting", least: leastHolds}
	for _, h := range v.overview.Holds {
		s.lines = append(s.lines, fitted(fmt.Sprintf("%s, %s: %s", counted(h.Hosts, "host"), liftedBy(h.Hold, v.zone), h.Hold.Sentence), v.width-labelWidth))
	}
	return s
}

// liftedBy says when a hold ends, or who can end it.
func liftedBy(h guard.Hold, zone *time.Location) string {
	switch {
	case h.Until != nil:
		return "until " + strings.TrimSpace(shortMoment(*h.Until, zone))
	case h.Lifter == guard.Operator:
		return "for an operator"
	case h.Lifter == guard.Approver:
		return "for an approver"
	case h.Lifter == guard.Nobody:
		return "for good"
	}
	return "for now"
}

// flightsShown bounds the hosts in flight that are listed; the late ones come first.
const flightsShown = 20

func flightSection(v scene) section {
	list := slices.Clone(v.overview.InFlight)
	rank := func(h campaign.HostView) int {
		if h.Late {
			return 0
		}
		return 1
	}
	slices.SortStableFunc(list, func(a, b campaign.HostView) int {
		return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(a.Estimate, b.Estimate))
	})
	s := section{label: "at work", least: leastFlights}
	for i, h := range list {
		if i == flightsShown {
			s.lines = append(s.lines, fmt.Sprintf("and %s more", grouped(len(list)-flightsShown)))
			break
		}
		s.lines = append(s.lines, fitted(flightText(h, v.overview.At), v.width-labelWidth))
	}
	return s
}

func flightText(h campaign.HostView, now calendar.Instant) string {
	text := fmt.Sprintf("%s %s in zone %s since %s", h.Host, h.Phase, h.Zone, clockTime(h.Since.Time()))
	if h.Canary {
		text = h.Host + " (canary)" + strings.TrimPrefix(text, h.Host)
	}
	switch {
	case h.Late && now > h.Estimate:
		return fmt.Sprintf("LATE %s, expected at %s, %s ago", text, clockTime(h.Estimate.Time()), lasting(now.Sub(h.Estimate)))
	case h.Late:
		return fmt.Sprintf("LATE %s, now expected at %s", text, clockTime(h.Estimate.Time()))
	}
	return fmt.Sprintf("%s, expected at %s", text, clockTime(h.Estimate.Time()))
}

// troublesShown bounds the failed hosts that are listed on one screen.
const troublesShown = 50

func troubleSection(v scene) section {
	s := section{label: "trouble", least: leastTroubles, alarm: "31"}
	for _, line := range troubleLines(v.overview) {
		s.lines = append(s.lines, fitted(line, v.width-labelWidth))
	}
	return s
}

// troubleLines tells what did not come through, one line each.
func troubleLines(o campaign.Overview) []string {
	var lines []string
	for _, c := range o.Stopped {
		lines = append(lines, fmt.Sprintf("%s set aside untouched: canary %s (%s) stopped cohort %s",
			counted(c.Hosts, "host"), c.Canary, c.Fault, c.Cohort))
	}
	for i, h := range o.Troubles {
		if i == troublesShown {
			return append(lines, fmt.Sprintf("and %s more", grouped(len(o.Troubles)-troublesShown)))
		}
		lines = append(lines, troubleText(h))
	}
	return lines
}

func troubleText(h campaign.HostView) string {
	text := fmt.Sprintf("%s %s (%s)", h.Host, h.Phase, h.Fault)
	if h.Down {
		text += ", still down"
	}
	return text + because(h.Reason)
}

func latestSection(v scene) section {
	s := section{label: "latest", least: leastLatest, newer: true}
	for _, line := range v.latest {
		s.lines = append(s.lines, fitted(line, v.width-labelWidth))
	}
	return s
}
