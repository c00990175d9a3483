// Package policy holds what the operator allows: when, in which order, how many at once, and what is never
// touched. It says what the words of a policy mean for one host; it schedules nothing. Planner, checker,
// guard and simulator share these words.
package policy

import (
	"fmt"

	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/canon"
	"github.com/evenkeel-project/evenkeel/internal/core/limit"
	"github.com/evenkeel-project/evenkeel/internal/core/problem"
)

// RegionOrder says in which order regions go.
type RegionOrder uint8

// The region orders. The zero value is the safest that needs no list.
const (
	SmallestFirst RegionOrder = iota // by exposed hosts, ties by id
	Listed                           // as Order.RegionList says
	FreeRegions                      // no order
)

// Order is the order of failure domains and the bake times between them.
type Order struct {
	Regions    RegionOrder
	RegionList []string      // with Listed: the ids in order, each once
	ListPlace  problem.Place // with Listed: where the list stands
	FreeZones  bool          // false: within a region one zone at a time (law S15)
	BakeZone   calendar.Seconds
	BakeRegion calendar.Seconds
}

// Limits bounds the hosts down at once in each scope, counted among all hosts of the scope. Tenant bounds
// a tenant's guests down at once. A limit that is not set bounds nothing; none is zero.
type Limits struct {
	Fleet, Region, Zone, Rack, Cohort, Tenant limit.Limit
}

// Canary says how many hosts of each cohort go first and how long they bake.
type Canary struct {
	Per   []string // labels, or "zone" or "region": the value combination is the cohort
	Hosts int
	Bake  calendar.Seconds
}

// Halt says which share of failed hosts stops a campaign. Limits that are not set never do.
type Halt struct {
	Campaign, Region, Zone, Cohort limit.Limit
	AtLeast                        int
}

// OutageRule gives the hosts whose label, zone or region Key has the value Value the outage Outage.
type OutageRule struct {
	Key, Value string
	Outage     calendar.Seconds
}

// Freeze is a time in which no outage may run. Scope fields that are set must all match; with none set the
// freeze is for the whole fleet.
type Freeze struct {
	Span                 calendar.Span
	Reason               string
	Region, Zone, Tenant string
	Place                problem.Place
}

// Words names the freeze: its reason in quotes, and its times.
func (z Freeze) Words() string {
	return fmt.Sprintf("%q from %s to %s", z.Reason, z.Span.From, z.Span.To)
}

// Policy is one policy as written. It is immutable.
type Policy struct {
	File            string // where it was read from, for messages
	Start           calendar.Instant
	NoticeLead      calendar.Seconds
	Order           Order
	Limits          Limits
	Canary          Canary
	Halt            Halt
	DefaultOutage   calendar.Seconds // 0 when none is written
	OutageBy        []OutageRule
	StuckAfter      calendar.Seconds // 0 when none is written
	DeadlineReserve calendar.Seconds
	Freezes         []Freeze
	Protected       []Selector
	Last            []Selector
	Moves           *Moves       // nil: no moves are planned
	Digest          canon.Digest // of the document as it was written
}

// DefaultCanary is the canary of a policy that does not speak of canaries.
func DefaultCanary() Canary {
	return Canary{Per: []string{"generation", "region"}, Hosts: 1, Bake: 30 * calendar.Minute}
}
