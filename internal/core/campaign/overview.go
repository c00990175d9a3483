package campaign

import (
	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/guard"
	"github.com/evenkeel-project/evenkeel/internal/core/notice"
)

// Counts is how many hosts of a scope stand where. Every host of the plan is in exactly one.
type Counts struct {
	Pending  int `json:"pending"`
	InFlight int `json:"in_flight"`
	Done     int `json:"done"`
	Failed   int `json:"failed"`
	SetAside int `json:"set_aside"`
}

// Total returns the hosts of the plan in the scope.
func (c Counts) Total() int { return c.Pending + c.InFlight + c.Done + c.Failed + c.SetAside }

// Through returns the hosts that the campaign is through with.
func (c Counts) Through() int { return c.Done + c.Failed + c.SetAside }

// DomainView is how far one region or zone has come.
type DomainView struct {
	Region string `json:"region"`
	Zone   string `json:"zone,omitempty"` // empty for a region as a whole
	Counts Counts `json:"counts"`
	Down   int    `json:"down"` // hosts down now, failed ones that are not freed included
	// Holds says why the domain's next host does not start; empty while something can.
	Holds []guard.Hold `json:"holds,omitempty"`
}

// HostView is one host that people look at.
type HostView struct {
	Host     string           `json:"host"`
	Zone     string           `json:"zone"`
	Phase    Phase            `json:"phase"`
	Since    calendar.Instant `json:"since"`              // when it was granted, or came to its end
	Estimate calendar.Instant `json:"estimate,omitempty"` // of a host in flight: when it should be over
	Late     bool             `json:"late,omitempty"`     // its tenants were told that it takes longer
	Canary   bool             `json:"canary,omitempty"`
	Down     bool             `json:"down"` // it, or a guest of it, counts against limits
	Fault    string           `json:"fault,omitempty"`
	Reason   string           `json:"reason,omitempty"`
}

// NoticeCount is how far the notices of one kind have come.
type NoticeCount struct {
	Kind     notice.Kind `json:"kind"`
	Queued   int         `json:"queued"` // not yet accepted
	Accepted int         `json:"accepted"`
	Failed   int         `json:"failed"`
}

// HoldCount is one reason with the number of pending hosts that have it as their first.
type HoldCount struct {
	Hold  guard.Hold `json:"hold"`
	Hosts int        `json:"hosts"`
}

// Overview is what people watch: the whole campaign on one screen.
type Overview struct {
	Campaign string            `json:"campaign"`
	Status   Status            `json:"status"`
	At       calendar.Instant  `json:"at"`
	Start    calendar.Instant  `json:"start"`    // planned
	Finish   calendar.Instant  `json:"finish"`   // planned
	Estimate calendar.Instant  `json:"estimate"` // of the finish as things stand; the real one once ended
	Deadline *calendar.Instant `json:"deadline"`
	Counts   Counts            `json:"counts"`
	Regions  []DomainView      `json:"regions"` // in the order of the plan
	Zones    []DomainView      `json:"zones"`   // in the order of the plan
	Limits   []guard.Check     `json:"limits"`  // every limit something is down against, most used first; More is 0
	Notices  []NoticeCount     `json:"notices"` // by kind, in the order of their sending
	Holds    []HoldCount       `json:"holds"`   // why pending hosts wait: what a person must lift first, then most hosts first
	InFlight []HostView        `json:"hosts_in_flight"`
	Troubles []HostView        `json:"troubles"` // failed and set aside, but not those that were never touched
	Stopped  []StoppedCohort   `json:"stopped_cohorts"`
	Halt     *Halt             `json:"halt,omitempty"` // while halted
}

// StoppedCohort is a cohort whose canary did not come through.
type StoppedCohort struct {
	Cohort string `json:"cohort"`
	Canary string `json:"canary"` // the host
	Fault  string `json:"fault"`
	Hosts  int    `json:"hosts"` // that were set aside untouched
}
