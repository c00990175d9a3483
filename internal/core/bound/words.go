package bound

import (
	"fmt"
	"strings"

	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/instance"
	"github.com/evenkeel-project/evenkeel/internal/core/policy"
)

// naming returns the words for a resource: its limit, how many hosts need it, and the longest of them.
func (p *prover) naming(resource uint32, list []piece, prefix string) func(bool) string {
	hosts := len(list)
	shown := make([]int32, 0, instance.ShownMax)
	for _, piece := range list[:min(hosts, instance.ShownMax)] {
		shown = append(shown, piece.place)
	}
	return func(detail bool) string {
		text := fmt.Sprintf("%s%s, %s", prefix, p.instance.Names.Resource(resource), instance.HostCount(hosts))
		if detail {
			text += ": " + instance.FirstNames(hosts, func(i int) string { return p.instance.Names.Host(shown[i]) })
		}
		return text
	}
}

// legWords says what the bound of a leg is made of.
func (p *prover) legWords(rules *policy.Policy, c *instance.Course, l instance.Leg, stages []Bound, detail bool) string {
	names := p.instance.Names
	region := names.Region(l)
	if len(l.Stages) == 1 {
		return "region " + region + ": " + stages[l.Stages[0]].Words(detail)
	}
	var parts []string
	zones := 0
	for _, n := range l.Stages {
		name := "last hosts"
		if s := c.Stages[n]; !s.Last {
			name = "all others"
			if c.ZonesOrdered {
				zones++
				name = names.Zone(s)
			}
		}
		parts = append(parts, fmt.Sprintf("%s %s (%s)", name, clock(stages[n].Seconds), stages[n].Words(false)))
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
func (p *prover) inTurnWords(c *instance.Course, legs []Bound, bakes int64) string {
	var parts []string
	for k, l := range legs[:min(len(legs), domainsMax)] {
		parts = append(parts, fmt.Sprintf("%s %s [%s]", p.instance.Names.Region(c.Legs[k]), clock(l.Seconds), l.Words(false)))
	}
	parts = append(parts, abridged(len(legs)))
	if bakes > 0 {
		parts = append(parts, "bakes "+clock(bakes))
	}
	return "regions one after another: " + joinParts(parts, "; ")
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
