package campaign

import (
	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/guard"
	"github.com/evenkeel-project/evenkeel/internal/core/ident"
)

// dispatch grants every host that may go now, in the order of the plan. A look that found nothing more to
// grant is not repeated until something has happened or time has opened something.
func (d *decision) dispatch() {
	if d.s.settled && (d.s.opens == 0 || d.now < d.s.opens) {
		return
	}
	l := look{decision: d}
	l.regions()
	d.s.settled, d.s.opens = true, l.opens
}

// look is one look for hosts to grant. It skips whole scopes that are full or shut, and notes when time
// alone may change that.
type look struct {
	*decision
	opens calendar.Instant // earliest of the times noted; 0 for none
}

func (l *look) note(at calendar.Instant) {
	if at > l.now && (l.opens == 0 || at < l.opens) {
		l.opens = at
	}
}

func (l *look) noteHold(hold *guard.Hold) {
	if hold.Until != nil {
		l.note(*hold.Until)
	}
}

func (l *look) regions() {
	for n := range l.w.regions {
		r := &l.s.regions[n]
		if r.through == l.w.regions[n].size {
			continue
		}
		if l.s.ledger.FleetFull() {
			return
		}
		if hold := l.s.regionHold(l.w, n, l.now); hold != nil {
			l.noteHold(hold)
			if l.w.regionsOrdered() {
				return
			}
			continue
		}
		if hold := l.s.noticeHold(l.w, n, l.now); hold != nil {
			l.noteHold(hold)
			continue
		}
		if !l.s.ledger.RegionFull(l.w.regions[n].region) {
			l.region(n)
		}
	}
}

func (l *look) region(n int) {
	for _, k := range l.w.regions[n].zones {
		if l.s.zones[k].through == len(l.w.zones[k].places) {
			continue
		}
		if hold := l.s.zoneHold(l.w, k, l.now); hold != nil {
			l.noteHold(hold)
			return
		}
		if !l.s.ledger.ZoneFull(l.w.zones[k].zone) {
			l.hosts(l.w.zones[k].places, l.w.zones[k].zone)
		}
	}
	if l.s.othersThrough(l.w, n) {
		for _, i := range l.w.regions[n].last {
			l.host(i)
		}
	}
}

// hosts tries the places of a zone, which are in the order of their windows.
func (l *look) hosts(places []int32, zone ident.Zone) {
	for _, i := range places {
		if l.s.hosts[i].phase != Pending {
			continue
		}
		if from := l.w.places[i].window.From; l.now < from {
			l.note(from)
			return
		}
		l.host(i)
		if l.s.ledger.ZoneFull(zone) || l.s.ledger.FleetFull() {
			return
		}
	}
}

// host asks the guard for one host. What Fits and canaryOpen say only saves asking.
func (l *look) host(i int32) {
	if l.s.hosts[i].phase != Pending || !l.s.ledger.Fits(l.w.places[i].host) {
		return
	}
	if open, until := l.canaryOpen(i); !open {
		l.note(until)
		return
	}
	verdict := l.s.ledger.Ask(l.question(i))
	if !verdict.Allowed {
		for k := range verdict.Holds {
			l.noteHold(&verdict.Holds[k])
		}
		return
	}
	l.startRegion(l.w.places[i].region)
	l.grant(i, verdict.Checks)
}

// canaryOpen reports whether the canaries of a host's cohort let it go, and when time alone will.
func (l *look) canaryOpen(i int32) (bool, calendar.Instant) {
	c := &l.s.cohorts[l.w.places[i].cohort]
	if c.fault != "" || l.w.places[i].canary {
		return c.fault == "", 0
	}
	until := c.baking.Add(l.w.Policy.Canary.Bake)
	return c.canaries == 0 && (c.baking == 0 || l.now >= until), until
}

// question puts together what the guard wants to know of a host.
func (d *decision) question(i int32) guard.Question {
	p := &d.w.places[i]
	q := guard.Question{Host: p.host, Now: d.now, Length: p.length, Window: p.window, Planned: true,
		Approved: d.s.proposal != nil && len(d.s.approvals) >= d.s.proposal.Needed, Running: d.s.status == Running, Clear: true, Told: true}
	if !q.Running {
		q.Stopped = d.s.stopHold()
	}
	if ahead := d.s.ahead(d.w, i, d.now); len(ahead) > 0 {
		q.Clear, q.Ahead = false, ahead[0]
	}
	if hold := d.s.noticeHold(d.w, p.region, d.now); hold != nil {
		q.Told, q.Untold = false, *hold
	}
	return q
}

// outageProper is the part of a host's length for which its guests may be down: cordon and drain have the first
// quarter, and a host that took longer for them is not taken down when the rest does not fit any more.
func outageProper(length calendar.Seconds) calendar.Seconds { return length - length/4 }

func (d *decision) grant(i int32, checks []guard.Check) {
	p := &d.w.places[i]
	r := &d.s.regions[p.region]
	end := p.window.To
	if freeze, ok := d.w.guard.FreezeAhead(p.host, d.now); ok {
		end = min(end, freeze)
	}
	g := &Grant{Zone: d.w.zoneID(i), Region: d.w.regionID(p.region), Cohort: d.w.guard.CohortName(p.cohort), Canary: p.canary,
		Window: Window{p.window.From, p.window.To}, Estimate: d.now.Add(p.length), Checks: checks, Notices: r.told, NoticedBy: r.toldBy,
		NotAfter: end.Add(-outageProper(p.length)), Guests: len(p.expected)}
	for _, n := range p.touching {
		g.Advisory = append(g.Advisory, d.w.Exposure.Advisories()[n].ID)
	}
	d.emit(Event{Kind: HostGranted, Host: d.w.id(i), Grant: g})
}

// NextWake returns when a tick is due even if nothing else comes in; it reports false when there is nothing to
// wait for but people and hosts.
func NextWake(s *State, w *World, now calendar.Instant) (calendar.Instant, bool) {
	if !s.status.moving() {
		return 0, false
	}
	l := look{decision: &decision{s: s, w: w, now: now}}
	switch {
	case s.status == Running && s.settled:
		l.note(s.opens)
	case s.status == Running: // something has happened since the last look, and nobody has looked what it opened
		l.note(now + 1)
	}
	for n := range w.regions {
		if r := &s.regions[n]; s.status == Running && !r.completed && !r.asked(w, n) {
			l.note(w.courtesyAt(n))
		}
	}
	if s.clockDoubted() {
		return l.opens, l.opens != 0
	}
	for _, i := range s.active {
		if h := &s.hosts[i]; !h.late && h.phase != Granted && h.phase != Cordoned && h.phase != Undoing {
			l.note(l.lateAt(i) + 1)
		}
		l.note(l.patienceEnd(i) + 1)
	}
	for k := s.due; k < len(w.byLatest); k++ {
		if i := w.byLatest[k]; s.hosts[i].phase == Pending {
			l.note(w.places[i].latest() + 1)
			break
		}
	}
	return l.opens, l.opens != 0
}
