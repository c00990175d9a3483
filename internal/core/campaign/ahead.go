package campaign

import (
	"fmt"

	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/guard"
	"github.com/evenkeel-project/evenkeel/internal/core/ident"
	"github.com/evenkeel-project/evenkeel/internal/core/problem"
)

// ahead returns what the order of the plan still puts before a host: regions, zones, last hosts, canaries.
func (s *State) ahead(w *World, i int32, now calendar.Instant) []guard.Hold {
	p := &w.places[i]
	var out []guard.Hold
	add := func(hold *guard.Hold) {
		if hold != nil {
			out = append(out, *hold)
		}
	}
	add(s.regionHold(w, p.region, now))
	if p.zone != noPlace {
		add(s.zoneHold(w, p.zone, now))
	} else if !s.othersThrough(w, p.region) {
		out = append(out, guard.Hold{Code: "last-order", Objects: []string{w.regionID(p.region)}, Lifter: guard.Time,
			Sentence: fmt.Sprintf("it goes last: other hosts of region %s are not through", w.regionID(p.region))})
	}
	add(s.canaryHold(w, i, now))
	return out
}

// regionHold says why no host of a region may start by the order of regions; nil when one may.
func (s *State) regionHold(w *World, n int, now calendar.Instant) *guard.Hold {
	if !w.regionsOrdered() {
		return nil
	}
	end := calendar.Instant(0)
	for k := range n {
		if left := w.regions[k].size - s.regions[k].through; left > 0 {
			return &guard.Hold{Code: "region-order", Objects: []string{w.regionID(k)}, Lifter: guard.Time,
				Sentence: fmt.Sprintf("region %s goes first: %d of its %d hosts are not through", w.regionID(k), left, w.regions[k].size)}
		}
		end = max(end, s.regions[k].lastEnd)
	}
	return baking("region-bake", "region "+w.regionID(n), "the region before it", end, w.Policy.Order.BakeRegion, now)
}

// baking says that something must prove itself for a while before the next may start.
func baking(code, what, after string, end calendar.Instant, bake calendar.Seconds, now calendar.Instant) *guard.Hold {
	open := end.Add(bake)
	if end == 0 || now >= open {
		return nil
	}
	return &guard.Hold{Code: problem.Code(code), Until: &open, Lifter: guard.Time,
		Sentence: fmt.Sprintf("%s waits until %s: %s ended at %s and bakes for %s", what, open, after, end, bake)}
}

// zoneHold says why no host of a zone may start by the order of zones; nil when one may.
func (s *State) zoneHold(w *World, k int, now calendar.Instant) *guard.Hold {
	if !w.zonesOrdered() {
		return nil
	}
	end := calendar.Instant(0)
	for _, earlier := range w.regions[w.zones[k].region].zones {
		if earlier == k {
			break
		}
		name := w.Fleet.ZoneID(w.zones[earlier].zone)
		if left := len(w.zones[earlier].places) - s.zones[earlier].through; left > 0 {
			return &guard.Hold{Code: "zone-order", Objects: []string{name}, Lifter: guard.Time,
				Sentence: fmt.Sprintf("zone %s goes first: %d of its %d hosts are not through", name, left, len(w.zones[earlier].places))}
		}
		end = max(end, s.zones[earlier].lastEnd)
	}
	return baking("zone-bake", "zone "+w.Fleet.ZoneID(w.zones[k].zone), "the zone before it", end, w.Policy.Order.BakeZone, now)
}

// othersThrough reports whether every host of a region but its last ones is through.
func (s *State) othersThrough(w *World, n int) bool {
	for _, k := range w.regions[n].zones {
		if s.zones[k].through < len(w.zones[k].places) {
			return false
		}
	}
	return true
}

// canaryHold says why a host may not start for the sake of its cohort's canaries; nil for a canary.
func (s *State) canaryHold(w *World, i int32, now calendar.Instant) *guard.Hold {
	p := &w.places[i]
	c := &s.cohorts[p.cohort]
	name := w.guard.CohortName(p.cohort)
	switch {
	case c.fault != "":
		return &guard.Hold{Code: "canary-failed", Objects: []string{c.canary}, Lifter: guard.Operator, Lift: "mend the patch for this cohort and plan it anew",
			Sentence: fmt.Sprintf("canary %s of cohort %s did not come through: %s", c.canary, name, c.fault)}
	case p.canary:
		return nil
	case c.canaries > 0:
		return &guard.Hold{Code: "canary-order", Objects: s.canariesLeft(w, p.cohort), Lifter: guard.Time,
			Sentence: fmt.Sprintf("of cohort %s, canaries that are not done: %d", name, c.canaries)}
	}
	return baking("canary-bake", "cohort "+name, "its last canary", c.baking, w.Policy.Canary.Bake, now)
}

func (s *State) canariesLeft(w *World, cohort int) []string {
	var out []string
	for _, i := range w.cohorts[cohort] {
		if w.places[i].canary && s.hosts[i].phase != Done {
			out = append(out, w.id(i))
		}
	}
	return out
}

// noticeHold says why no host of a region may start for want of notices; nil when all are on record, early
// enough (promise G2). Tenants that nobody could tell keep it shut.
func (s *State) noticeHold(w *World, n int, now calendar.Instant) *guard.Hold {
	r, touched := &s.regions[n], len(w.regions[n].tenants)
	open := r.toldBy.Add(w.Policy.NoticeLead)
	switch {
	case r.told >= touched && (now >= open || touched == 0):
		return nil
	case len(r.untold) > 0:
		return &guard.Hold{Code: "tenant-untold", Objects: r.untold[:min(len(r.untold), namedMax)], Lifter: guard.Operator,
			Lift:     "give them a contact in the fleet, and plan anew",
			Sentence: fmt.Sprintf("%d of %d tenants of region %s could not be told", len(r.untold), touched, w.regionID(n))}
	case r.told < touched:
		hold := &guard.Hold{Code: "notice-missing", Objects: []string{w.regionID(n)}, Lifter: guard.Time,
			Sentence: fmt.Sprintf("%d of %d tenants of region %s have their notice on record", r.told, touched, w.regionID(n))}
		if at := w.courtesyAt(n); now < at {
			hold.Until = &at
		}
		return hold
	}
	return &guard.Hold{Code: "notice-lead", Objects: []string{w.regionID(n)}, Until: &open, Lifter: guard.Time,
		Sentence: fmt.Sprintf("the tenants of region %s were told by %s and have %s until it starts", w.regionID(n), r.toldBy, w.Policy.NoticeLead)}
}

// namedMax is how many objects a hold names.
const namedMax = 8

// stopHold says why the campaign as a whole does not go on.
func (s *State) stopHold() guard.Hold {
	switch s.status {
	case Paused:
		return guard.Hold{Code: "paused", Lifter: guard.Operator, Lift: "evenkeel campaign resume",
			Sentence: fmt.Sprintf("%s paused the campaign at %s: %s", s.stopped.by, s.stopped.at, s.stopped.reason)}
	case Halted:
		return guard.Hold{Code: s.halt.Code, Lifter: guard.Operator, Lift: "look at what failed, then evenkeel campaign resume or abort",
			Sentence: fmt.Sprintf("the campaign halted at %s: %s", s.stopped.at, s.halt.Reason)}
	case Aborting, Aborted:
		return guard.Hold{Code: "aborted", Lifter: guard.Nobody, Sentence: fmt.Sprintf("%s aborted the campaign: %s", s.stopped.by, s.stopped.reason)}
	case Proposed:
		return guard.Hold{Code: "approvals-missing", Lifter: guard.Approver, Lift: "evenkeel campaign approve",
			Sentence: fmt.Sprintf("%d of %d approvals are there", len(s.approvals), s.proposal.Needed)}
	case Approved:
		return guard.Hold{Code: "not-started", Lifter: guard.Operator, Lift: "evenkeel campaign start", Sentence: "the campaign is approved and was not started"}
	case Finished:
		return guard.Hold{Code: "finished", Lifter: guard.Nobody, Sentence: "the campaign is finished"}
	}
	return guard.Hold{Code: "not-proposed", Lifter: guard.Operator, Lift: "evenkeel campaign propose", Sentence: "there is no campaign"}
}

// Why returns every reason for which a host does not move now, the most general first; none for a host that is
// in flight or through. It asks the guard the very question that a grant asks.
func Why(s *State, w *World, now calendar.Instant, h ident.Host) []guard.Hold {
	i := w.placeOf[h]
	if i == noPlace {
		return []guard.Hold{s.unplanned(w, h)}
	}
	if s.hosts[i].phase != Pending {
		return nil
	}
	d := &decision{s: s, w: w, now: now}
	holds := s.ledger.Ask(d.question(i)).Holds
	if ahead := s.ahead(w, i, now); len(ahead) > 1 {
		holds = append(holds, ahead[1:]...)
	}
	for k := range holds {
		if holds[k].Code == "limit" {
			holds[k].Objects = append(holds[k].Objects, s.holders(w, i, holds[k].Objects)...)
		}
	}
	return holds
}

// firstHold returns the first reason for which a pending host does not move, as a sentence.
func (d *decision) firstHold(i int32) string {
	q := d.question(i)
	q.Now = min(d.now, d.w.places[i].latest())
	for _, hold := range d.s.ledger.Ask(q).Holds {
		return hold.Sentence
	}
	return "nobody came to it in time"
}
