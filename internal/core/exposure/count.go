package exposure

import (
	"slices"

	"github.com/evenkeel-project/evenkeel/internal/core/ident"
)

// Count counts hosts by state.
type Count struct {
	VulnerableRunning int
	Unknown           int
	FixedNotRunning   int
	Fixed             int
	NotAffected       int
}

func (c *Count) add(s State) {
	switch s {
	case Unknown:
		c.Unknown++
	case VulnerableRunning:
		c.VulnerableRunning++
	case FixedNotRunning:
		c.FixedNotRunning++
	case Fixed:
		c.Fixed++
	case NotAffected:
		c.NotAffected++
	}
}

// Hosts returns the number of hosts counted.
func (c Count) Hosts() int {
	return c.VulnerableRunning + c.Unknown + c.FixedNotRunning + c.Fixed + c.NotAffected
}

// NamedCount is the count of a region, zone or cohort.
type NamedCount struct {
	Name string
	Count
}

// Counts counts the hosts of a fleet by their overall state. Each list is in order of name; a region or
// zone without hosts is in it with zeros.
type Counts struct {
	Total   Count
	Regions []NamedCount
	Zones   []NamedCount
	Cohorts []NamedCount
}

// Counts counts the hosts by region, zone and cohort; cohort returns the name of a host's cohort.
func (r *Report) Counts(cohort func(ident.Host) string) Counts {
	f := r.fleet
	c := Counts{Regions: make([]NamedCount, f.Regions()), Zones: make([]NamedCount, f.Zones())}
	for i := range c.Regions {
		c.Regions[i].Name = f.RegionID(ident.Region(i))
	}
	for i := range c.Zones {
		c.Zones[i].Name = f.ZoneID(ident.Zone(i))
	}
	cohorts := make([]string, f.Hosts())
	for h := range cohorts {
		cohorts[h] = cohort(ident.Host(h))
	}
	names := slices.Clone(cohorts)
	slices.Sort(names)
	for _, name := range slices.Compact(names) {
		c.Cohorts = append(c.Cohorts, NamedCount{Name: name})
	}
	number := make(map[string]int, len(c.Cohorts))
	for i := range c.Cohorts {
		number[c.Cohorts[i].Name] = i
	}
	for i := range cohorts {
		h := ident.Host(i)
		s := r.Overall(h)
		zone := f.ZoneOf(h)
		c.Total.add(s)
		c.Zones[zone].add(s)
		c.Regions[f.RegionOf(zone)].add(s)
		c.Cohorts[number[cohorts[i]]].add(s)
	}
	return c
}
