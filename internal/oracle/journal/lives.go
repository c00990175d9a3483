package journal

import (
	"maps"
	"slices"

	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/fleet"
	"github.com/evenkeel-project/evenkeel/internal/core/ident"
)

// Where a host stands.
const (
	pending   = "pending"
	granted   = "granted"
	cordoned  = "cordoned"
	drained   = "drained"
	acting    = "acting"
	verifying = "verifying"
	returning = "returning"
	fencing   = "fencing"
	rehoming  = "rehoming"
	undoing   = "undoing"
	done      = "done"
	failed    = "failed"
	setAside  = "set-aside"
)

// The reasons for setting a host aside that was never touched.
const (
	faultCanary  = "canary-failed"
	faultWindow  = "window-missed"
	faultAborted = "campaign-aborted"
)

// life is what has become of one host.
type life struct {
	phase    string
	started  bool // granted, and not taken back since
	down     bool // counts against every limit
	late     bool
	acted    int
	ruinedIn uint64 // the entry in which it counted as failed; 0 when it has not
	fault    string

	granted  calendar.Instant
	estimate calendar.Instant
	notAfter calendar.Instant
	acting   calendar.Instant
	ended    calendar.Instant
	boot     string
	newBoot  string
}

func (l *life) terminal() bool { return l.phase == done || l.phase == failed || l.phase == setAside }

func (l *life) inFlight() bool { return l.phase != pending && !l.terminal() }

// grammar says, for each event of a host, after which phases it may come and which phase it makes; an empty
// phase stays as it is.
var grammar = map[string]struct {
	after []string
	next  string
}{
	hostGranted:   {[]string{pending}, granted},
	hostCordoned:  {[]string{granted}, cordoned},
	hostDrained:   {[]string{cordoned}, drained},
	hostActing:    {[]string{drained}, acting},
	hostVerifying: {[]string{acting, fencing}, verifying}, // from fencing: it came back before it was powered off
	hostReturning: {[]string{acting, verifying}, returning},
	hostDone:      {[]string{returning}, done},
	hostFailed:    {[]string{acting, verifying, returning, fencing, rehoming, undoing}, failed},
	hostLate:      {[]string{acting, verifying, returning, fencing, rehoming}, ""},
	hostStuck:     {[]string{acting, verifying, returning}, fencing},
	hostFenced:    {[]string{fencing}, rehoming},
	hostSetAside:  {[]string{pending, rehoming}, setAside},
	hostUndoing:   {[]string{granted, cordoned, drained}, undoing},
	hostUndone:    {[]string{undoing}, pending},
	hostRetried:   {[]string{granted, cordoned, verifying, returning, fencing, rehoming, undoing}, ""},
	hostFreed:     {[]string{failed, setAside}, ""},
}

// readHost reads the events of one host; it reports whether the event is one.
func (a *auditor) readHost(e *event) bool {
	rule, known := grammar[e.Kind]
	if !known {
		return false
	}
	h, ok := a.fleet.FindHost(e.Host)
	if !ok || a.outages[h] == nil {
		a.find(NotPlanned, "%s is about host %q, which has no outage in the plan", e.Kind, e.Host)
		return true
	}
	l := &a.lives[h]
	if !slices.Contains(rule.after, l.phase) {
		a.find(Life, "%s comes while host %s is %s", e.Kind, e.Host, l.phase)
	}
	before := l.phase
	if rule.next != "" {
		l.phase = rule.next
	}
	switch e.Kind {
	case hostGranted:
		return a.grantHost(h, e.Grant)
	case hostActing:
		a.actHost(h, e)
	case hostVerifying:
		l.newBoot = e.Boot
	case hostLate:
		a.lateHost(h, e)
	case hostStuck:
		a.stuckHost(h)
	case hostUndone:
		l.started = false
		a.bringUp(h)
	case hostDone:
		return a.doneHost(h, e.Proof)
	case hostFailed:
		a.endHost(h)
		l.fault = e.Fault
		a.ruin(h)
	case hostSetAside:
		a.setHostAside(h, e, before)
	case hostFreed:
		return a.freeHost(h, e.Proof)
	}
	return true
}

// actHost checks the one moment after which there is no way back.
func (a *auditor) actHost(h ident.Host, e *event) {
	l, id := &a.lives[h], a.fleet.HostID(h)
	l.acted++
	l.boot, l.acting = e.Boot, a.at
	if l.acted > 1 {
		a.find(ActedTwice, "host %s is taken down for the time number %d", id, l.acted)
	}
	if a.status != running {
		a.find(NotRunning, "host %s is taken down while the campaign is %q", id, a.status)
	}
	if a.at > l.notAfter {
		a.find(Window, "host %s is taken down at %s, and its grant ends at %s", id, a.at, l.notAfter)
	}
	for _, z := range a.policy.Freezes {
		if z.Span.From <= a.at && a.at < z.Span.To && z.Covers(a.fleet, h) {
			a.find(Freeze, "host %s is taken down at %s, in the freeze from %s to %s", id, a.at, z.Span.From, z.Span.To)
		}
	}
	a.checkFailures(h, "taken down")
	a.checkCanaryStands(h, "taken down")
	a.checkLimits(h, e.Checks)
}

// endHost keeps the time of an end and checks that its tenants were told when it came late.
func (a *auditor) endHost(h ident.Host) {
	l := &a.lives[h]
	l.ended = a.at
	if due := max(a.lateFrom(h), a.trusted); l.acted > 0 && !l.late && !a.doubted && a.at > due.Add(latenessGrace) {
		a.find(LateTold, "host %s ends at %s, late since %s, and nobody was told", a.fleet.HostID(h), a.at, due)
	}
}

// latenessGrace is how long it may take until a late host is seen to be late.
const latenessGrace = calendar.Minute

// lateFrom returns the last instant at which a host in flight is not late: a quarter of its length past its
// estimate, and never past the end of its window.
func (a *auditor) lateFrom(h ident.Host) calendar.Instant {
	o, l := a.outages[h], &a.lives[h]
	return min(l.estimate.Add(o.End.Sub(o.Start)/4), o.Window.To)
}

func (a *auditor) lateHost(h ident.Host, e *event) {
	l, id := &a.lives[h], a.fleet.HostID(h)
	if l.late {
		a.find(LateTold, "host %s is said to be late a second time", id)
	}
	if l.inFlight() && a.at < min(l.estimate, a.outages[h].Window.To) {
		a.find(LateTold, "host %s is said to be late before its estimate %s", id, l.estimate)
	}
	if (e.Until == nil && a.policy.StuckAfter > 0) || (e.Until != nil && *e.Until < a.at) {
		a.find(LateTold, "host %s is late, and no time to come is given for its return", id)
	}
	l.late = true
	a.due(notice{Kind: kindLate, Host: id, Until: e.Until})
}

func (a *auditor) stuckHost(h ident.Host) {
	l, after := &a.lives[h], a.policy.StuckAfter
	if after == 0 {
		a.find(StuckEarly, "host %s is stuck, and the policy knows no stuck hosts", a.fleet.HostID(h))
	} else if a.at < l.estimate.Add(after) {
		a.find(StuckEarly, "host %s is stuck before %s: its estimate is %s and it has %s more", a.fleet.HostID(h), l.estimate.Add(after), l.estimate, after)
	}
	a.ruin(h)
}

// leaves reports whether guests of the host stay down although it no longer counts.
func (a *auditor) leaves(h ident.Host) bool {
	return slices.Contains(slices.Collect(maps.Values(a.left)), h)
}

// freeHost checks that a host that failed counts as up again only when it is proven up with all its guests.
func (a *auditor) freeHost(h ident.Host, p *proof) bool {
	if p == nil {
		return false
	}
	if p.Guests < p.Expected || len(p.Missing) > 0 {
		a.find(ProofMissing, "host %s counts as up again with %d of %d guests", a.fleet.HostID(h), p.Guests, p.Expected)
	}
	a.bringUp(h)
	for guest, host := range a.left {
		if host == h {
			delete(a.left, guest)
		}
	}
	return true
}

// setHostAside checks the reason, and keeps the guests that stay down.
func (a *auditor) setHostAside(h ident.Host, e *event, before string) {
	l, id := &a.lives[h], a.fleet.HostID(h)
	l.fault = e.Fault
	if before == pending {
		l.ended = a.at
		a.checkUntouched(h, e.Fault)
		return
	}
	a.endHost(h)
	a.bringUp(h)
	for _, name := range e.Guests {
		guest, ok := a.fleet.FindGuest(name)
		if !ok || !slices.Contains(a.lost[h], guest) {
			a.find(SetAside, "host %s leaves guest %q down, which did not go down with it", id, name)
			continue
		}
		a.left[guest] = h
	}
	for _, guest := range a.lost[h] {
		if _, stays := a.left[guest]; !stays && a.fleet.OnReboot(guest) == fleet.Pinned {
			a.find(SetAside, "host %s is set aside and pinned guest %s is not said to stay down", id, a.fleet.GuestID(guest))
		}
	}
	a.ruin(h)
}

// checkUntouched checks why a host was given up that nobody has touched.
func (a *auditor) checkUntouched(h ident.Host, fault string) {
	o, id := a.outages[h], a.fleet.HostID(h)
	length := o.End.Sub(o.Start)
	switch fault {
	case faultCanary:
		if a.failedCanary(a.cohortOf[h]) == "" {
			a.find(SetAside, "host %s is set aside for its canaries, and none of cohort %s has failed", id, a.cohortOf[h])
		}
	case faultWindow:
		if a.at.Add(length) <= o.Window.To {
			a.find(SetAside, "host %s is set aside for its window, and could still be over at %s, before %s", id, a.at.Add(length), o.Window.To)
		}
	case faultAborted:
		if a.status != aborting {
			a.find(SetAside, "host %s is set aside because the campaign is aborted, and it is %q", id, a.status)
		}
	default:
		a.find(SetAside, "host %s was never touched and is set aside for %q", id, fault)
	}
}
