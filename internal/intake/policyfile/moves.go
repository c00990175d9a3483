package policyfile

import (
	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/limit"
	"github.com/evenkeel-project/evenkeel/internal/core/policy"
	"github.com/evenkeel-project/evenkeel/internal/intake/doc"
)

// moveMax bounds the least length of a move: a day.
const moveMax = calendar.Day

// readMoves reads how guests are moved. No limit may be 0: guests that must not be moved are not marked migrate.
func readMoves(o *doc.Object) *policy.Moves {
	moves := policy.DefaultMoves()
	if n, ok := o.Int("host", 1, policy.MovesOfAHostMax); ok {
		moves.Host = int(n)
	}
	for _, scope := range []struct {
		key  string
		into *limit.Limit
	}{{"group", &moves.Group}, {"tenant", &moves.Tenant}, {"fleet", &moves.Fleet}} {
		l, _ := o.Limit(scope.key)
		if l.Zero() {
			o.Fault(scope.key, "zero-limit", "write at least 1, or leave it out; to move no guest leave moves out",
				"a limit of %s would let no guest be moved", l)
			continue
		}
		*scope.into = l
	}
	moves.Bandwidth, _ = o.Int("bandwidth", 1, policy.BandwidthMax)
	if length, ok := o.Seconds("length"); ok {
		if length < 1 || length > moveMax {
			o.Fault("length", "out-of-range", "write how long a move takes at the least", "a length of %s is not within 1s and %s", length, moveMax)
		}
		moves.Length = length
	}
	return &moves
}
