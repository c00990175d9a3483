// Package study looks at a finished plan from within: what keeps every outage from starting earlier, and how
// full every limit is as time goes on. It explains plans to people; it neither makes them nor checks them, and
// nothing that decides may lean on what it says.
package study

import "github.com/evenkeel-project/evenkeel/internal/core/calendar"

// Study is a plan seen from within.
type Study struct {
	Reasons []Reason // in the order of the plan's outages
	Loads   []Load   // every limit that could be overdrawn, fullest first (peak of the allowance, then pressure)
}

// The kinds of reasons: which sort of rule keeps an outage where it is.
const (
	AtStart     = "start"        // the plan itself starts then
	Freeze      = "freeze"       // a freeze covers the host before
	RegionOrder = "region-order" // another region, or its bake, comes first
	ZoneOrder   = "zone-order"   // another zone of the region, or its bake, comes first
	LastOrder   = "last-order"   // the host is under last: everything else of its region comes first
	Canary      = "canary"       // the canaries of its cohort, or their bake, come first
	Moves       = "moves"        // guests of the host are being moved off it before
	Limit       = "limit"        // a limit is too full before
	Free        = "free"         // nothing: alone it could start earlier
)

// Reason is the first rule that one outage would break if it alone started a second earlier.
type Reason struct {
	Kind  string // one of the constants above
	Words string // one sentence without a full stop, with the names of what holds it
	Limit int    // place in Loads for Kind Limit, else -1
}

// Load is how much of one limit is taken as time goes on.
type Load struct {
	Name    string // as the plan's bound names it
	Kind    string // fleet, region, zone, rack, cohort, tenant, group or last
	Allowed int64  // hosts or guests that may be down at once
	Steps   []Step // in order of time; before the first and after the last nothing is taken
}

// Step says that from At on, until the next step, Used of the allowance is taken.
type Step struct {
	At   calendar.Instant
	Used int64
}
