package journal

import (
	"fmt"

	"github.com/evenkeel-project/evenkeel/internal/core/ident"
	"github.com/evenkeel-project/evenkeel/internal/core/limit"
)

// failures is what stands against going on.
type failures struct {
	seen    uint64 // the entry in which a person resumed last: failures before it were seen
	latest  uint64 // the entry of the latest failure
	tripped string // the share that was exceeded since; empty for none
}

// share is how many hosts of a scope were started, how many of these failed, and in which entry the latest did.
type share struct {
	started, failed int
	latest          uint64
}

// breaker is one share of failed hosts that stops the campaign.
type breaker struct {
	scope, name string
	limit       limit.Limit
	in          func(ident.Host) bool
}

func (b breaker) String() string {
	if b.name == "" {
		return "the " + b.scope
	}
	return b.scope + " " + b.name
}

// breakersOf returns the shares that a host counts in.
func (a *auditor) breakersOf(h ident.Host) []breaker {
	limits, zone := a.policy.Halt, a.fleet.ZoneOf(h)
	return []breaker{
		{"campaign", "", limits.Campaign, func(ident.Host) bool { return true }},
		{"region", a.fleet.RegionID(a.regionOf[h]), limits.Region, func(o ident.Host) bool { return a.regionOf[o] == a.regionOf[h] }},
		{"zone", a.fleet.ZoneID(zone), limits.Zone, func(o ident.Host) bool { return a.fleet.ZoneOf(o) == zone }},
		{"cohort", a.cohortOf[h], limits.Cohort, func(o ident.Host) bool { return a.cohortOf[o] == a.cohortOf[h] }},
	}
}

// shareOf counts the planned hosts of a scope that were granted and not taken back before they acted.
func (a *auditor) shareOf(b breaker) share {
	var s share
	for _, h := range a.planned {
		l := &a.lives[h]
		if !b.in(h) || !l.started {
			continue
		}
		s.started++
		if l.ruinedIn > 0 {
			s.failed++
			s.latest = max(s.latest, l.ruinedIn)
		}
	}
	return s
}

// exceeded reports whether so many have failed that everything has to stop.
func (a *auditor) exceeded(b breaker, s share) bool {
	return s.failed > 0 && s.failed >= a.policy.Halt.AtLeast && b.limit.Exceeds(s.failed, s.started)
}

// ruin counts a failure, once a host. When it is one too many, nothing may go on until a person resumes.
func (a *auditor) ruin(h ident.Host) {
	if a.lives[h].ruinedIn > 0 {
		return
	}
	a.lives[h].ruinedIn, a.failures.latest = a.seq, a.seq
	for _, b := range a.breakersOf(h) {
		if s := a.shareOf(b); a.exceeded(b, s) {
			a.failures.tripped = fmt.Sprintf("%d of %d started hosts of %s have failed", s.failed, s.started, b)
		}
	}
}

// checkFailures checks that no share is exceeded that nobody has looked at since.
func (a *auditor) checkFailures(h ident.Host, doing string) {
	if a.failures.latest <= a.failures.seen {
		return
	}
	why := a.failures.tripped
	for _, b := range a.breakersOf(h) {
		if why != "" || !b.limit.Set() {
			continue
		}
		if s := a.shareOf(b); s.latest > a.failures.seen && a.exceeded(b, s) {
			why = fmt.Sprintf("%d of %d started hosts of %s have failed", s.failed, s.started, b)
		}
	}
	if why != "" {
		a.find(HaltShare, "host %s is %s although %s and nobody has resumed since", a.fleet.HostID(h), doing, why)
	}
}

// tooManyFailed is the code of a halt for failures; others are not for the journal to judge.
const tooManyFailed = "too-many-failed"

// readHalt checks the numbers of a halt for failures.
func (a *auditor) readHalt(is *halt) bool {
	if is == nil {
		return false
	}
	a.doubted = is.Code == "clock-jumped"
	if is.Code != tooManyFailed {
		return true
	}
	for _, h := range a.planned {
		for _, b := range a.breakersOf(h) {
			if b.scope != is.Scope || b.name != is.Name {
				continue
			}
			s := a.shareOf(b)
			if s.failed != is.Failed || s.started != is.Started {
				a.find(HaltWrong, "the halt says that %d of %d hosts of %s failed, and it is %d of %d", is.Failed, is.Started, b, s.failed, s.started)
			}
			if !a.exceeded(b, s) {
				a.find(HaltWrong, "the halt says that too many hosts of %s failed, and %d of %d are not", b, s.failed, s.started)
			}
			return true
		}
	}
	a.find(HaltWrong, "the halt is about %s %q, which has no planned host", is.Scope, is.Name)
	return true
}
