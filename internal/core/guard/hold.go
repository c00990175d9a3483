package guard

import (
	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/problem"
)

// Lifter says who can lift a hold.
type Lifter string

// Those who can lift holds.
const (
	Time     Lifter = "time"     // it ends by itself at Until, or when the work in flight ends
	Operator Lifter = "operator" // a person must act: resume, repair, replan
	Approver Lifter = "approver" // approvals are missing
	Nobody   Lifter = "nobody"   // it stands for this campaign
)

// Hold is one named reason why something does not move. It is a value so that every surface tells the same.
type Hold struct {
	Code     problem.Code      `json:"code"`
	Sentence string            `json:"sentence"`          // what holds, with the numbers, without a full stop
	Objects  []string          `json:"objects,omitempty"` // ids of the objects that hold it
	Until    *calendar.Instant `json:"until,omitempty"`   // when it ends by itself, where that is known
	Lifter   Lifter            `json:"lifter"`
	Lift     string            `json:"lift,omitempty"` // what that one can do, in words
}

// Check is one limit that was looked at for a grant, with the numbers.
type Check struct {
	Scope   string `json:"scope"`          // fleet, region, zone, rack, cohort, tenant, group or last
	Name    string `json:"name,omitempty"` // which one; empty for the fleet
	Down    int    `json:"down"`           // down already, for whatever reason
	More    int    `json:"more"`           // what the grant adds: hosts, or guests of the tenant or group
	Allowed int    `json:"allowed"`
}
