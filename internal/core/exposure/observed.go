package exposure

import (
	"github.com/evenkeel-project/evenkeel/internal/core/advisory"
	"github.com/evenkeel-project/evenkeel/internal/core/fleet"
	"github.com/evenkeel-project/evenkeel/internal/core/ident"
	"github.com/evenkeel-project/evenkeel/internal/core/label"
	"github.com/evenkeel-project/evenkeel/internal/core/predicate"
)

// StateOf returns what an advisory means for a host that was just seen to run these facts, with the guests that
// the fleet says it has. Nothing is installed that does not run: FixedNotRunning is never the answer.
func StateOf(a *advisory.Advisory, f *fleet.Fleet, h ident.Host, facts label.Set) State {
	var guests []label.Set
	if a.Affected.ReadsGuests() || a.Fixed.ReadsGuests() {
		for _, g := range f.GuestsOn(h) {
			guests = append(guests, f.GuestLabels(ident.Guest(g)))
		}
	}
	seen := predicate.Subject{Facts: facts, Guests: guests}
	state := stateOf(a, seen, seen)
	if state == FixedNotRunning {
		return VulnerableRunning
	}
	return state
}
