package journal

import (
	"slices"

	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/ident"
	"github.com/evenkeel-project/evenkeel/internal/core/policy"
)

// stay is when a region was said to start and to complete.
type stay struct {
	started, completed bool
	at                 calendar.Instant // when it was said to start
	granted            bool             // a host of it was granted
}

// waits looks at hosts that have to be through before another may start. It returns when the last of those that
// were started ended, and one that is not through yet.
func (a *auditor) waits(hosts []ident.Host) (ended calendar.Instant, open string) {
	for _, h := range hosts {
		l := &a.lives[h]
		if !l.terminal() && open == "" {
			open = a.fleet.HostID(h)
		}
		if l.started && l.terminal() {
			ended = max(ended, l.ended)
		}
	}
	return ended, open
}

// earlier returns what comes before one in a list.
func earlier[T comparable](list []T, one T) []T { return list[:max(0, slices.Index(list, one))] }

// checkRegionOrder checks that the regions before that of the host are through and have baked.
func (a *auditor) checkRegionOrder(h ident.Host) {
	id := a.fleet.HostID(h)
	s, region := a.regions[a.regionOf[h]], a.fleet.RegionID(a.regionOf[h])
	switch {
	case s == nil || !s.started || s.completed:
		a.find(RegionEvents, "host %s is granted, and its region %s is not between its start and its completion", id, region)
	case !s.granted && s.at != a.at:
		a.find(RegionEvents, "region %s was said to start at %s, and host %s is the first of it that is granted", region, s.at, id)
	}
	if s != nil {
		s.granted = true
	}
	if a.policy.Order.Regions == policy.FreeRegions {
		return
	}
	a.checkRegionsBefore(a.regionOf[h], "host "+id+" is granted")
}

func (a *auditor) checkRegionsBefore(region ident.Region, what string) {
	for _, before := range earlier(a.regionsInOrder, region) {
		ended, open := a.waits(a.inRegion[before])
		if open != "" {
			a.find(RegionOrder, "%s, and host %s of region %s, which goes before, is not through", what, open, a.fleet.RegionID(before))
		}
		if bake := a.policy.Order.BakeRegion; a.at < ended.Add(bake) && ended > 0 {
			a.find(RegionOrder, "%s at %s: region %s ended at %s and bakes for %s", what, a.at, a.fleet.RegionID(before), ended, bake)
		}
	}
}

// checkZoneOrder checks that the zones before that of the host are through and have baked. Last hosts belong to no
// zone's turn.
func (a *auditor) checkZoneOrder(h ident.Host) {
	if a.policy.Order.FreeZones || a.last[h] {
		return
	}
	for _, before := range earlier(a.zonesInOrder[a.regionOf[h]], a.fleet.ZoneOf(h)) {
		ended, open := a.waits(a.inZone[before])
		if open != "" {
			a.find(ZoneOrder, "host %s is granted, and host %s of zone %s, which goes before, is not through", a.fleet.HostID(h), open, a.fleet.ZoneID(before))
		}
		if bake := a.policy.Order.BakeZone; a.at < ended.Add(bake) && ended > 0 {
			a.find(ZoneOrder, "host %s is granted at %s: zone %s ended at %s and bakes for %s", a.fleet.HostID(h), a.at, a.fleet.ZoneID(before), ended, bake)
		}
	}
}

// checkLast checks that a last host comes after everything else of its region.
func (a *auditor) checkLast(h ident.Host) {
	if !a.last[h] {
		return
	}
	for _, other := range a.inRegion[a.regionOf[h]] {
		if !a.last[other] && !a.lives[other].terminal() {
			a.find(LastOrder, "host %s goes last in its region and is granted, and host %s is not through", a.fleet.HostID(h), a.fleet.HostID(other))
			return
		}
	}
}

// readRegion reads the events of regions and cohorts; it reports whether the event is one.
func (a *auditor) readRegion(e *event) bool {
	switch e.Kind {
	case cohortStopped:
		if a.failedCanary(e.Cohort) == "" {
			a.find(SetAside, "cohort %q is stopped, and none of its canaries has failed", e.Cohort)
		}
		return true
	case regionStarted, regionCompleted:
	default:
		return false
	}
	region, ok := a.fleet.FindRegion(e.Region)
	if !ok || len(a.inRegion[region]) == 0 {
		a.find(RegionEvents, "%s is about region %q, which has no planned host", e.Kind, e.Region)
		return true
	}
	s := a.regions[region]
	if s == nil {
		s = &stay{}
		a.regions[region] = s
	}
	if e.Kind == regionStarted {
		a.startRegion(region, s)
	} else {
		a.completeRegion(region, s)
	}
	return true
}

func (a *auditor) startRegion(region ident.Region, s *stay) {
	id := a.fleet.RegionID(region)
	if s.started {
		a.find(RegionEvents, "region %s starts a second time", id)
	}
	s.started, s.at = true, a.at
	if a.policy.Order.Regions != policy.FreeRegions {
		a.checkRegionsBefore(region, "region "+id+" starts")
	}
	a.due(notice{Kind: kindStarted, Region: id})
}

func (a *auditor) completeRegion(region ident.Region, s *stay) {
	id := a.fleet.RegionID(region)
	if s.completed {
		a.find(RegionEvents, "region %s completes a second time", id)
	}
	if _, open := a.waits(a.inRegion[region]); open != "" {
		a.find(RegionEvents, "region %s completes, and host %s is not through", id, open)
	}
	s.completed = true
	a.due(notice{Kind: kindEnded, Region: id})
}

// finishRegions checks that a region was said to start because a host of it was granted, and was said to complete
// when the campaign came to its end.
func (a *auditor) finishRegions() {
	for _, region := range a.regionsInOrder {
		s := a.regions[region]
		if s == nil || !s.started {
			continue
		}
		if !s.granted && (a.ended || a.at > s.at) {
			a.find(RegionEvents, "region %s was said to start, and no host of it was granted", a.fleet.RegionID(region))
		}
		if !s.completed && a.status == finished {
			a.find(RegionEvents, "region %s started and was never said to complete", a.fleet.RegionID(region))
		}
	}
}
