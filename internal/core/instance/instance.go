// Package instance holds the scheduling problem that a fleet, an exposure and a policy come to: hosts that
// each go down once, for a known time; limits that they share while they are down; and barriers between them.
//
// It is what package planner builds, package bound proves things about, and package search finds schedules for.
// A host is known by its place in the roster, an int32; a limit by its number among the resources. Nothing here
// decides, and nothing here knows the fleet but for names.
package instance

import (
	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/policy"
)

// Instance is one problem. It is not changed once it is made, so several searches may share it.
type Instance struct {
	Start  calendar.Instant // nothing starts before it
	Policy *policy.Policy   // bakes and canaries
	Roster *Roster
	Demand *Demand
	Course *Course
	Gates  []Gate

	Cohorts int // cohorts are numbered from 0
	Names   Names
}

// Names says for people what the numbers of an instance stand for.
type Names interface {
	// Host returns the id of the host at a place.
	Host(place int32) string
	// Resource says what a resource is and how much of it may be down.
	Resource(r uint32) string
	// Kind returns what a resource limits: fleet, region, zone, rack, cohort, tenant, group or last.
	Kind(r uint32) string
	// Cohort returns the name of a cohort.
	Cohort(c uint32) string
	// Region returns the id of a leg's region.
	Region(l Leg) string
	// Zone returns the id of a stage's zone; meaningful only for the stage of a zone.
	Zone(s Stage) string
}
