package planner

import "github.com/evenkeel-project/evenkeel/internal/core/instance"

// names tells an instance what its numbers are called in the fleet.
type names struct {
	ledger *ledger
	roster *instance.Roster
}

func (n names) Host(place int32) string      { return n.ledger.fleet.HostID(n.roster.Host[place]) }
func (n names) Resource(r uint32) string     { return n.ledger.name(r) }
func (n names) Kind(r uint32) string         { return n.ledger.kind(r) }
func (n names) Cohort(c uint32) string       { return n.ledger.cohorts.names[c] }
func (n names) Region(l instance.Leg) string { return n.ledger.fleet.RegionID(l.Region) }
func (n names) Zone(s instance.Stage) string { return n.ledger.fleet.ZoneID(s.Zone) }
