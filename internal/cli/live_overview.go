package cli

import (
	"fmt"
	"slices"
	"time"

	"github.com/evenkeel-project/evenkeel/internal/core/campaign"
)

// scene is a campaign at one moment with all that its picture is made of.
type scene struct {
	overview campaign.Overview
	latest   []string // what happened last, oldest first, one sentence each
	trouble  string   // what keeps the conductor itself from its work
	caption  string   // what somebody has to say beside
	zone     *time.Location
	width    int // columns
	height   int // lines; 0 for as many as there is something to say
}

// section is one part of the picture: lines beside a label. Of the lines beyond the least it gives way to others.
type section struct {
	label string
	lines []string
	least int
	newer bool   // the last lines matter more than the first
	drawn bool   // the lines hold bars, and cannot be cut
	flows bool   // the lines are one text
	alarm string // colour of the lines, where there are colours
}

// labelWidth is the columns that labels take.
const labelWidth = 9

// leastLines bounds, by section, what is shown on the smallest screen.
const (
	leastRegions, leastLimits, leastHolds = 3, 1, 1
	leastFlights, leastTroubles           = 1, 2
	leastLatest                           = 2
)

// renderOverview draws a campaign on width columns and at most height lines. No line is wider, every name is
// escaped, and no meaning is carried by colour alone.
func (p *painter) renderOverview(v scene) []string {
	if v.width < narrowest {
		return squeezed(v)
	}
	head := p.head(v)
	sections := []section{
		p.regions(v), p.zones(v), limitSection(v), noticeSection(v), holdSection(v), flightSection(v), troubleSection(v), latestSection(v),
	}
	sections = slices.DeleteFunc(sections, func(s section) bool { return len(s.lines) == 0 })
	room := v.height - len(head)
	given := shareLines(sections, room)
	used := 0
	for _, n := range given {
		used += n
	}
	apart := v.height == 0 || room-used >= len(sections)
	lines := head
	for i, s := range sections {
		if apart {
			lines = append(lines, "")
		}
		lines = append(lines, p.show(s, given[i], v.width)...)
	}
	if v.height > 0 && len(lines) > v.height {
		lines = lines[:v.height]
	}
	return lines
}

// narrowest is the columns below which there is no room for bars beside names.
const narrowest = 40

// squeezed cuts the narrowest picture down to a terminal that is narrower still.
func squeezed(v scene) []string {
	width := v.width
	v.width = narrowest
	lines := (&painter{}).renderOverview(v)
	for i, line := range lines {
		lines[i] = fitted(line, width)
	}
	return lines
}

// shareLines says how many lines each section gets: first the least of each from the top, then some more each in
// turn. A room of 0 or less bounds nothing when the height is not bounded either; then all get all they have.
func shareLines(sections []section, room int) []int {
	given := make([]int, len(sections))
	if room < 0 {
		for i, s := range sections {
			given[i] = len(s.lines)
		}
		return given
	}
	for i, s := range sections {
		given[i] = min(s.least, len(s.lines), room)
		room -= given[i]
	}
	for again := true; room > 0 && again; {
		again = false
		for i, s := range sections {
			if more := s.more(given[i]); more > 0 && more <= room {
				given[i], room, again = given[i]+more, room-more, true
			}
		}
	}
	return given
}

// more returns how many lines the section takes next: one, but bars not one alone, which would have to say only that
// there are others.
func (s section) more(given int) int {
	left := len(s.lines) - given
	if s.drawn && given == 0 {
		return min(2, left)
	}
	return min(1, left)
}

// show returns n lines of a section. Those that are left out are counted in the last one.
func (p *painter) show(s section, n, width int) []string {
	if n == 0 {
		return nil
	}
	lines := s.lines
	if hidden := len(lines) - n; hidden > 0 {
		switch {
		case s.newer:
			lines = lines[hidden:]
		case s.flows:
			lines = slices.Clone(lines[:n])
			lines[n-1] = fitted(lines[n-1]+" ...", width-labelWidth)
		case n > 1:
			lines = append(slices.Clone(lines[:n-1]), fmt.Sprintf("and %s more", grouped(hidden+1)))
		case s.drawn:
			lines = []string{fmt.Sprintf("%s, too many for this screen", grouped(len(lines)))}
		default:
			more := fmt.Sprintf(" (and %s more)", grouped(hidden))
			lines = []string{fitted(lines[0], width-labelWidth-len(more)) + more}
		}
	}
	out := make([]string, len(lines))
	for i, line := range lines {
		label := ""
		if i == 0 {
			label = s.label
		}
		out[i] = padded(label, labelWidth) + p.coloured(s.alarm, line)
	}
	return out
}
