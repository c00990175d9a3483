package cli

import (
	"strings"

	"github.com/evenkeel-project/evenkeel/internal/core/campaign"
)

// mark is one way in which hosts stand, as bars show it: by a character, and by a colour where there are colours.
type mark struct {
	sign   byte
	colour string
	count  func(campaign.Counts) int
}

// marks are in the order in which a bar shows them: what is over first.
var marks = []mark{
	{'#', "32", func(c campaign.Counts) int { return c.Done }},
	{'x', "31", func(c campaign.Counts) int { return c.Failed }},
	{'-', "33", func(c campaign.Counts) int { return c.SetAside }},
	{'>', "36", func(c campaign.Counts) int { return c.InFlight }},
	{'.', "2", func(c campaign.Counts) int { return c.Pending }},
}

// barLegend says what the characters of a bar mean.
const barLegend = "# done  > in flight  x failed  - set aside  . pending"

// shares divides width cells among the marks. Whatever has a host has a cell, as far as there are cells: one failed
// host among thousands must be seen. The rest goes by the largest remainder, ties to the earlier mark.
func shares(c campaign.Counts, width int) []int {
	cells := make([]int, len(marks))
	total := c.Total()
	if total == 0 || width <= 0 {
		return cells
	}
	left := width
	for i, m := range marks {
		if m.count(c) > 0 && left > 0 {
			cells[i], left = 1, left-1
		}
	}
	for ; left > 0; left-- {
		best, most := 0, 0
		for i, m := range marks {
			if lack := m.count(c)*width - cells[i]*total; i == 0 || lack > most {
				best, most = i, lack
			}
		}
		cells[best]++
	}
	return cells
}

// bar draws the counts in brackets, width columns in all.
func (p *painter) bar(c campaign.Counts, width int) string {
	var b strings.Builder
	b.WriteByte('[')
	cells := shares(c, width-2)
	drawn := 0
	for i, m := range marks {
		drawn += cells[i]
		b.WriteString(p.coloured(m.colour, strings.Repeat(string(m.sign), cells[i])))
	}
	b.WriteString(strings.Repeat(" ", max(0, width-2-drawn)))
	b.WriteByte(']')
	return b.String()
}

// painter knows whether the reader's terminal shows colours.
type painter struct {
	colour bool
}

// coloured sets a text in a colour (the parameters of SGR, ECMA-48), where there are colours.
func (p *painter) coloured(colour, text string) string {
	if !p.colour || colour == "" || text == "" {
		return text
	}
	return "\x1b[" + colour + "m" + text + "\x1b[0m"
}
