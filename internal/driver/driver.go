// Package driver is the port to the hosts: orders go in, observations come out. What every driver must keep to
// is in drivertest. A driver decides nothing about a campaign, and refuses what it cannot vouch for.
package driver

import (
	"context"

	"github.com/evenkeel-project/evenkeel/internal/core/dispatch"
)

// The codes with which a driver refuses or fails an order (dispatch.Outcome.Code).
const (
	UnknownHost = "unknown-host" // there is no such host, or not in the zone of the order
	Stale       = "stale-order"  // the fence is older than one that was seen
	Expired     = "expired"      // NotAfter has passed
	WrongBoot   = "wrong-boot"   // the host runs another boot than the order was decided about
	WrongStep   = "wrong-step"   // the step does not fit what the host was told before
	StepFailed  = "step-failed"  // it was tried and did not succeed
)

// Driver has power over hosts. It is used by one goroutine at a time.
type Driver interface {
	// Begin hands over orders. It does not wait for them to be carried out, and an order whose key it has seen
	// changes nothing. What became of an order, refusals included, is told by observations; a refusal only by a
	// host that does nothing else, and never of an order that was taken: what a replaced conductor says too late must
	// not hide what the host does. An error means that nothing is known of any of the orders; they will be handed
	// over again.
	Begin(ctx context.Context, orders []dispatch.Order) error
	// Observe looks at hosts now, in the order asked. A host that is not known is returned as one of which
	// nothing is known.
	Observe(ctx context.Context, hosts []string) ([]dispatch.Observation, error)
	// Changed returns the hosts that may have something new since it was last called. It is a hint: a host
	// missing from it costs latency only, since all hosts in flight are looked at now and then.
	Changed() []string
	// News is sent to, without waiting, when Changed has something; it may be nil.
	News() <-chan struct{}
}
