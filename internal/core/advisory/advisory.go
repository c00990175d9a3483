// Package advisory holds what is known of one security problem: whom it affects, what proves the fix, what
// has to be done, and until when it must stay unsaid. It judges no host; exposure does.
package advisory

import (
	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/canon"
	"github.com/evenkeel-project/evenkeel/internal/core/predicate"
)

// Action is what makes an installed fix take effect.
type Action string

// The actions, from least to most disruptive.
const (
	None      Action = "none"       // nothing has to stop
	Restart   Action = "restart"    // a service restarts; guests keep running
	Reboot    Action = "reboot"     // the host reboots
	StopStart Action = "stop-start" // the host is powered off and on
)

// TakesHostDown reports whether the action needs an outage of the host. Anything but None and Restart does:
// an action that is not known is taken for the worse one.
func (a Action) TakesHostDown() bool { return a != None && a != Restart }

// Permission says whether the advisory's source allows an act during the embargo. The zero value is Forbidden: a
// permission that is not written is not given (law S26).
type Permission uint8

// The permissions.
const (
	Forbidden Permission = iota
	Ask
	Allowed
)

// Embargo is the time until which an advisory must stay among those who need to know.
type Embargo struct {
	Until            calendar.Instant
	TLP              string // a Traffic Light Protocol 2.0 label: RED, AMBER+STRICT, AMBER, GREEN or CLEAR
	DeployPatch      Permission
	DeployMitigation Permission
	Distribute       Permission
}

// Advisory is one security problem. It is immutable.
type Advisory struct {
	ID       string
	Aliases  []string
	Embargo  *Embargo // nil when there is none
	Affected predicate.Predicate
	Fixed    predicate.Predicate
	Action   Action
	Digest   canon.Digest // of the document as it was written
}
