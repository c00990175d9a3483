package journal

import (
	"slices"

	"github.com/evenkeel-project/evenkeel/internal/core/ident"
)

// The states in which an advisory asks for nothing more of a host.
var settled = []string{"fixed", "not-affected"}

// doneHost checks that a host that is done has proven it: another boot than before, no advisory that touches it
// left open, and every guest that went down back again.
func (a *auditor) doneHost(h ident.Host, p *proof) bool {
	if p == nil {
		return false
	}
	a.endHost(h)
	l, id := &a.lives[h], a.fleet.HostID(h)
	a.bringUp(h)
	switch {
	case p.After == "" || p.Before == "":
		a.find(ProofMissing, "host %s is done without proof of a new boot", id)
	case p.After == p.Before:
		a.find(ProofMissing, "host %s is done and runs boot %s as before", id, p.After)
	case p.Before != l.boot:
		a.find(ProofMissing, "host %s ran boot %s when it was taken down, and its proof says %s", id, l.boot, p.Before)
	case p.After != l.newBoot:
		a.find(ProofMissing, "host %s came back with boot %s, and its proof says %s", id, l.newBoot, p.After)
	}
	if p.SeenAt < l.acting || p.SeenAt > a.at {
		a.find(ProofMissing, "host %s was seen at %s, not between %s, when it was taken down, and now", id, p.SeenAt, l.acting)
	}
	for _, advisory := range a.touching[h] {
		ok := slices.ContainsFunc(p.Fixed, func(v verdict) bool { return v.Advisory == advisory && slices.Contains(settled, v.State) })
		open := slices.ContainsFunc(p.Fixed, func(v verdict) bool { return v.Advisory == advisory && !slices.Contains(settled, v.State) })
		if !ok || open {
			a.find(ProofMissing, "host %s is done without proof that advisory %s asks for nothing more", id, advisory)
		}
	}
	if p.Guests != p.Expected || len(p.Missing) > 0 || p.Expected < len(a.lost[h]) {
		a.find(ProofMissing, "host %s is done with %d of %d guests, and %d went down with it", id, p.Guests, p.Expected, len(a.lost[h]))
	}
	return true
}
