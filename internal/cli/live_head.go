package cli

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/evenkeel-project/evenkeel/internal/core/campaign"
)

// head is what a reader asks first: how far, when over, in time or not, and what stands still.
func (p *painter) head(v scene) []string {
	o := v.overview
	room := v.width - labelWidth
	labelled := func(label, text string) string { return padded(label, labelWidth) + fitted(text, room) }
	lines := []string{
		p.title(v),
		p.hostsLine(o.Counts, room),
		labelled("", countsText(o.Counts)),
		labelled("", barLegend),
		labelled("finish", finishText(o, v.zone)),
	}
	lines = append(lines, p.caption(v)...)
	if o.Halt != nil {
		lines = append(lines, p.coloured("31", labelled("HALTED", o.Halt.Reason+"; a person must resume it")))
	}
	if v.trouble != "" {
		lines = append(lines, p.coloured("31", labelled("TROUBLE", v.trouble)))
	}
	return lines
}

// title names the campaign, its status and the time by its own clock.
func (p *painter) title(v scene) string {
	o := v.overview
	name, status := fitted(o.Campaign, 20), strings.ToUpper(string(o.Status))
	return name + "  " + p.coloured(statusColour(o.Status), status) + "  " +
		fitted(moment(o.At, v.zone), v.width-columns(name)-len(status)-4)
}

// hostsLine draws the whole campaign: the bar, how much of it is over, and of how many hosts.
func (p *painter) hostsLine(c campaign.Counts, room int) string {
	text := " " + percent(c.Through(), c.Total()) + " of " + counted(c.Total(), "host")
	return padded("hosts", labelWidth) + p.bar(c, max(4, room-len(text))) + text
}

func statusColour(s campaign.Status) string {
	switch s {
	case campaign.Running, campaign.Finished:
		return "32"
	case campaign.Halted, campaign.Aborting, campaign.Aborted:
		return "31"
	}
	return "33"
}

func countsText(c campaign.Counts) string {
	return fmt.Sprintf("%s done, %s failed, %s set aside, %s in flight, %s pending",
		grouped(c.Done), grouped(c.Failed), grouped(c.SetAside), grouped(c.InFlight), grouped(c.Pending))
}

// finishText tells when the campaign is over, as things stand, and how that compares with the deadline.
func finishText(o campaign.Overview, zone *time.Location) string {
	text := strings.TrimSpace(shortMoment(o.Estimate, zone))
	if o.Status.Ended() {
		text = "was " + text
		if open := o.Counts.Total() - o.Counts.Done; open > 0 {
			text += fmt.Sprintf(" with %s NOT done", counted(open, "host"))
		}
	}
	switch {
	case o.Deadline == nil:
		return text + "; there is no deadline"
	case o.Estimate > *o.Deadline:
		return fmt.Sprintf("%s, MISSES the deadline by %s: %s UTC", text, lasting(o.Estimate.Sub(*o.Deadline)), o.Deadline.Time().Format("2 Jan 15:04"))
	}
	return fmt.Sprintf("%s, %s before the deadline, %s UTC", text, lasting(o.Deadline.Sub(o.Estimate)), o.Deadline.Time().Format("2 Jan 15:04"))
}

// nameWidth is the columns that names of regions and zones take: those of the longest, as far as there is room.
func nameWidth(views []campaign.DomainView, total int, name func(campaign.DomainView) string) int {
	const least, share = 6, 5 // at most a fifth of the picture
	width, most := least, total/share
	for _, d := range views {
		width = max(width, columns(fitted(name(d), most)))
	}
	return width
}

// domainLine draws one region or zone.
func (p *painter) domainLine(d campaign.DomainView, name string, nameColumns int, v scene) string {
	const barLeast, barMost, countColumns = 6, 64, 13
	room := v.width - labelWidth - nameColumns - countColumns - 2 // for the bar and the state, half each
	cells := min(barMost, max(barLeast, room/2))
	text := padded(name, nameColumns) + " " + p.bar(d.Counts, cells) + " " +
		padded(grouped(d.Counts.Through())+"/"+grouped(d.Counts.Total()), countColumns)
	return text + fitted(domainState(d), room-cells)
}

func domainState(d campaign.DomainView) string {
	var parts []string
	if d.Down > 0 {
		parts = append(parts, grouped(d.Down)+" down")
	}
	switch {
	case d.Counts.Through() == d.Counts.Total():
		parts = append(parts, "over")
	case len(d.Holds) > 0:
		parts = append(parts, "waits: "+d.Holds[0].Sentence)
	}
	return strings.Join(parts, ", ")
}

func (p *painter) regions(v scene) section {
	name := func(d campaign.DomainView) string { return d.Region }
	width := nameWidth(v.overview.Regions, v.width, name)
	s := section{label: "regions", least: leastRegions, drawn: true}
	for _, d := range byNeed(v.overview.Regions) {
		s.lines = append(s.lines, p.domainLine(d, d.Region, width, v))
	}
	return s
}

// zones shows the zones in which there is work, and counts nothing twice: the rest is told by their region.
func (p *painter) zones(v scene) section {
	name := func(d campaign.DomainView) string { return d.Zone }
	var busy []campaign.DomainView
	for _, d := range v.overview.Zones {
		if d.Counts.Through() < d.Counts.Total() && d.Counts.Pending < d.Counts.Total() {
			busy = append(busy, d)
		}
	}
	width := nameWidth(busy, v.width, name)
	s := section{label: "zones", drawn: true}
	for _, d := range busy {
		s.lines = append(s.lines, p.domainLine(d, d.Zone, width, v))
	}
	return s
}

// byNeed keeps the order of the plan, but moves what is over behind the rest: it needs no eye any more.
func byNeed(views []campaign.DomainView) []campaign.DomainView {
	out := slices.Clone(views)
	over := func(d campaign.DomainView) int {
		if d.Counts.Through() == d.Counts.Total() {
			return 1
		}
		return 0
	}
	slices.SortStableFunc(out, func(a, b campaign.DomainView) int { return cmp.Compare(over(a), over(b)) })
	return out
}
