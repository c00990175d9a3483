package journal

import (
	"slices"

	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/ident"
)

// grantHost checks everything that must hold when a host is granted its outage, and takes it down in the books.
func (a *auditor) grantHost(h ident.Host, g *grant) bool {
	if g == nil {
		return false
	}
	l, o, id := &a.lives[h], a.outages[h], a.fleet.HostID(h)
	length := o.End.Sub(o.Start)
	if a.grants == 0 {
		a.checkPlannedTold()
	}
	a.grants++
	a.checkFailures(h, "granted")
	l.started, l.late = true, false
	l.granted, l.estimate, l.notAfter = a.at, a.at.Add(length), g.NotAfter
	if a.status != running {
		a.find(NotRunning, "host %s is granted while the campaign is %q", id, a.status)
	}
	if a.policy.IsProtected(a.fleet, h) {
		a.find(ProtectedHost, "host %s is granted and is protected", id)
	}
	a.checkHours(h)
	a.checkRegionOrder(h)
	a.checkZoneOrder(h)
	a.checkLast(h)
	a.checkCanaries(h)
	a.checkGate(h, g)
	a.checkGrant(h, g)
	a.checkLimits(h, g.Checks)
	a.takeDown(h)
	return true
}

// checkHours checks the window and the freezes: the whole outage must fit, as far as can be told.
func (a *auditor) checkHours(h ident.Host) {
	l, o, id := &a.lives[h], a.outages[h], a.fleet.HostID(h)
	if a.at < o.Window.From || a.at < a.policy.Start {
		a.find(Window, "host %s is granted at %s, before its window at %s", id, a.at, max(o.Window.From, a.policy.Start))
	}
	if l.estimate > o.Window.To {
		a.find(Window, "host %s should be over at %s, after its window at %s", id, l.estimate, o.Window.To)
	}
	for _, z := range a.policy.Freezes {
		if a.at < z.Span.To && z.Span.From < l.estimate && z.Covers(a.fleet, h) {
			a.find(Freeze, "host %s is granted from %s to %s, and a freeze covers it from %s to %s", id, a.at, l.estimate, z.Span.From, z.Span.To)
		}
	}
}

// checkGrant checks what the grant says of its host.
func (a *auditor) checkGrant(h ident.Host, g *grant) {
	o, id := a.outages[h], a.fleet.HostID(h)
	same := func(what string, wrote, is any) {
		if wrote != is {
			a.find(Misstated, "the grant of host %s says %s %v, and it is %v", id, what, wrote, is)
		}
	}
	same("zone", g.Zone, a.fleet.ZoneID(a.fleet.ZoneOf(h)))
	same("region", g.Region, a.fleet.RegionID(a.regionOf[h]))
	same("cohort", g.Cohort, a.cohortOf[h])
	same("canary", g.Canary, o.Canary)
	same("window", g.Window, window{o.Window.From, o.Window.To})
	same("estimate", g.Estimate, a.lives[h].estimate)
	same("guests", g.Guests, len(a.lost[h]))
	wrote, is := slices.Sorted(slices.Values(g.Advisories)), slices.Sorted(slices.Values(a.touching[h]))
	if !slices.Equal(wrote, is) {
		a.find(Misstated, "the grant of host %s says advisories %q, and %q touch it", id, wrote, is)
	}
	if last := o.Window.To.Add(-1); g.NotAfter < a.at || g.NotAfter > last {
		a.find(Misstated, "the grant of host %s lasts until %s, not between %s and %s", id, g.NotAfter, a.at, last)
	}
}

// checkCanaryCounts checks that the plan has the canaries of each cohort.
func (a *auditor) checkCanaryCounts() {
	size := map[string]int{}
	var cohorts []string
	for _, h := range a.planned {
		if size[a.cohortOf[h]] == 0 {
			cohorts = append(cohorts, a.cohortOf[h])
		}
		size[a.cohortOf[h]]++
	}
	for _, cohort := range cohorts {
		if want := min(a.policy.Canary.Hosts, size[cohort]); len(a.canaries[cohort]) != want {
			a.find(CanaryCount, "cohort %s has %d canaries among %d planned hosts, not %d", cohort, len(a.canaries[cohort]), size[cohort], want)
		}
	}
}

// checkCanaries checks that a host that is no canary comes after those of its cohort are done and have baked.
func (a *auditor) checkCanaries(h ident.Host) {
	a.checkCanaryStands(h, "granted")
	if a.outages[h].Canary {
		return
	}
	for _, canary := range a.canaries[a.cohortOf[h]] {
		l, open := &a.lives[canary], calendar.Instant(0)
		if l.phase == done {
			open = l.ended.Add(a.policy.Canary.Bake)
		}
		if l.phase != done || a.at < open {
			a.find(CanaryOrder, "host %s is granted at %s, and canary %s is %s since %s and bakes for %s",
				a.fleet.HostID(h), a.at, a.fleet.HostID(canary), l.phase, l.ended, a.policy.Canary.Bake)
		}
	}
}

// checkCanaryStands checks that no canary of the host's cohort has come to another end than done.
func (a *auditor) checkCanaryStands(h ident.Host, doing string) {
	if canary := a.failedCanary(a.cohortOf[h]); canary != "" {
		a.find(CanaryFailed, "host %s is %s although canary %s did not come through", a.fleet.HostID(h), doing, canary)
	}
}

// failedCanary returns a canary of the cohort that did not come through, or "". One that was stuck did not,
// whatever becomes of it later.
func (a *auditor) failedCanary(cohort string) string {
	for _, h := range a.canaries[cohort] {
		if l := &a.lives[h]; l.ruinedIn > 0 || l.phase == setAside {
			return a.fleet.HostID(h)
		}
	}
	return ""
}
