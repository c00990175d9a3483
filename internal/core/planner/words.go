package planner

import (
	"fmt"
	"strings"

	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/policy"
)

// shownMax is how many names a sentence lists before it only counts.
const shownMax = 5

// naming returns the words for a resource: its limit, how many hosts need it, and the longest of them.
func (p *prover) naming(resource uint32, list []piece, prefix string) func(bool) string {
	hosts := len(list)
	shown := make([]int32, 0, shownMax)
	for _, piece := range list[:min(hosts, shownMax)] {
		shown = append(shown, piece.place)
	}
	return func(detail bool) string {
		text := fmt.Sprintf("%s%s, %s", prefix, p.ledger.name(resource), hostCount(hosts))
		if detail {
			text += ": " + firstNames(hosts, func(i int) string { return p.hostID(shown[i]) })
		}
		return text
	}
}

// legWords says what the bound of a leg is made of.
func (p *prover) legWords(rules *policy.Policy, c *course, l leg, stages []bound, detail bool) string {
	f := p.ledger.fleet
	region := f.RegionID(l.region)
	if len(l.stages) == 1 {
		return "region " + region + ": " + stages[l.stages[0]].words(detail)
	}
	var parts []string
	zones := 0
	for _, n := range l.stages {
		name := "last hosts"
		if s := c.stages[n]; !s.last {
			name = "all others"
			if c.zonesOrdered {
				zones++
				name = f.ZoneID(s.zone)
			}
		}
		parts = append(parts, fmt.Sprintf("%s %s (%s)", name, clock(stages[n].seconds), stages[n].words(false)))
	}
	parts = append(parts[:min(len(parts), domainsMax)], abridged(len(parts)))
	if bakes := int64(zones-1) * int64(rules.Order.BakeZone); bakes > 0 {
		parts = append(parts, "bakes "+clock(bakes))
	}
	text := "region " + region + " in order: "
	if zones > 1 {
		text = "zones of region " + region + " one at a time: "
	}
	return text + joinParts(parts, ", ")
}

// domainsMax is how many regions of a plan, or zones of a region, are named one by one.
const domainsMax = 12

// abridged says how many of n regions or zones are not shown.
func abridged(n int) string {
	if n <= domainsMax {
		return ""
	}
	return fmt.Sprintf("and %d more", n-domainsMax)
}

// joinParts joins the parts that are not empty.
func joinParts(parts []string, separator string) string {
	kept := parts[:0]
	for _, part := range parts {
		if part != "" {
			kept = append(kept, part)
		}
	}
	return strings.Join(kept, separator)
}

// inTurnWords says what regions one after another are made of.
func (p *prover) inTurnWords(c *course, legs []bound, bakes int64) string {
	var parts []string
	for k, l := range legs[:min(len(legs), domainsMax)] {
		parts = append(parts, fmt.Sprintf("%s %s [%s]", p.ledger.fleet.RegionID(c.legs[k].region), clock(l.seconds), l.words(false)))
	}
	parts = append(parts, abridged(len(legs)))
	if bakes > 0 {
		parts = append(parts, "bakes "+clock(bakes))
	}
	return "regions one after another: " + joinParts(parts, "; ")
}

// firstNames joins the first few of n names and counts the rest.
func firstNames(n int, name func(int) string) string {
	shown := make([]string, min(n, shownMax))
	for i := range shown {
		shown[i] = name(i)
	}
	text := strings.Join(shown, ", ")
	if n > shownMax {
		text += fmt.Sprintf(" and %d more", n-shownMax)
	}
	return text
}

// hostCount prints how many hosts.
func hostCount(n int) string {
	if n == 1 {
		return "1 host"
	}
	return fmt.Sprintf("%d hosts", n)
}

// canaryCount prints how many canaries.
func canaryCount(n int) string {
	if n == 1 {
		return "1 canary"
	}
	return fmt.Sprintf("%d canaries", n)
}

// clock prints seconds as people write durations.
func clock(seconds int64) string { return calendar.Seconds(seconds).String() }
