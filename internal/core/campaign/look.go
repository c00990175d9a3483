package campaign

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/evenkeel-project/evenkeel/internal/core/advisory"
	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/fleet"
	"github.com/evenkeel-project/evenkeel/internal/core/guard"
	"github.com/evenkeel-project/evenkeel/internal/core/ident"
	"github.com/evenkeel-project/evenkeel/internal/core/label"
	"github.com/evenkeel-project/evenkeel/internal/core/notice"
	"github.com/evenkeel-project/evenkeel/internal/core/problem"
)

// Look returns the whole campaign as people watch it.
func Look(s *State, w *World, now calendar.Instant) Overview {
	o := Overview{Campaign: w.Campaign, Status: s.status, At: now, Start: w.Plan.Start, Finish: w.Plan.Finish, Deadline: w.Plan.Deadline,
		Estimate: s.finishAt(w, now), Limits: s.ledger.Usage()}
	if s.status == Halted {
		o.Halt = s.halt
	}
	zones, regions := make([]Counts, len(w.zones)), make([]Counts, len(w.regions))
	for i := range s.hosts {
		p := &w.places[i]
		s.hosts[i].count(&o.Counts)
		s.hosts[i].count(&regions[p.region])
		if p.zone != noPlace {
			s.hosts[i].count(&zones[p.zone])
		}
		s.lookAtHost(w, int32(i), &o)
	}
	for n := range w.regions {
		o.Regions = append(o.Regions, DomainView{Region: w.regionID(n), Counts: regions[n], Down: s.ledger.DownInRegion(w.regions[n].region),
			Holds: s.regionHolds(w, n, now)})
	}
	for k := range w.zones {
		z := &w.zones[k]
		view := DomainView{Region: w.regionID(z.region), Zone: w.Fleet.ZoneID(z.zone), Counts: zones[k], Down: s.ledger.DownInZone(z.zone)}
		if hold := s.zoneHold(w, k, now); hold != nil && zones[k].Pending > 0 {
			view.Holds = append(view.Holds, *hold)
		}
		o.Zones = append(o.Zones, view)
	}
	o.Notices = s.countNotices()
	o.Holds = s.countHolds(w, now)
	o.Stopped = s.stoppedCohorts(w)
	return o
}

func (h *host) count(c *Counts) {
	switch {
	case h.phase == Pending:
		c.Pending++
	case h.phase == Done:
		c.Done++
	case h.phase == Failed:
		c.Failed++
	case h.phase == SetAside:
		c.SetAside++
	default:
		c.InFlight++
	}
}

func (s *State) lookAtHost(w *World, i int32, o *Overview) {
	h := &s.hosts[i]
	if h.phase == Pending || h.phase == Done {
		return
	}
	view := HostView{Host: w.id(i), Zone: w.zoneID(i), Phase: h.phase, Since: h.granted, Late: h.late, Canary: w.places[i].canary, Down: h.owes(),
		Fault: h.fault, Reason: h.reason}
	switch {
	case h.phase.InFlight():
		view.Estimate = h.granted.Add(w.places[i].length)
		o.InFlight = append(o.InFlight, view)
	case h.granted != 0:
		view.Since = h.ended
		o.Troubles = append(o.Troubles, view)
	}
}

// regionHolds says why nothing of a region with pending hosts starts.
func (s *State) regionHolds(w *World, n int, now calendar.Instant) []guard.Hold {
	if s.regions[n].through == w.regions[n].size {
		return nil
	}
	var out []guard.Hold
	if s.status != Running {
		out = append(out, s.stopHold())
	}
	for _, hold := range []*guard.Hold{s.regionHold(w, n, now), s.noticeHold(w, n, now)} {
		if hold != nil {
			out = append(out, *hold)
		}
	}
	return out
}

func (s *State) countNotices() []NoticeCount {
	kinds := []notice.Kind{notice.Planned, notice.Courtesy, notice.Started, notice.Late, notice.Ended}
	out := make([]NoticeCount, len(kinds))
	for k, kind := range kinds {
		out[k].Kind = kind
	}
	for _, n := range s.notices {
		c := &out[slices.Index(kinds, notice.Kind(n.ref.Kind))]
		switch n.state {
		case noticeQueued:
			c.Queued++
		case noticeAccepted:
			c.Accepted++
		case noticeFailed:
			c.Failed++
		}
	}
	return out
}

// reason is why a pending host waits. Hosts with the same key are counted together, under the words of the first.
type reason struct {
	hold guard.Hold
	key  string
}

// countHolds gathers the first reason of every pending host, those that a person must lift before the others.
func (s *State) countHolds(w *World, now calendar.Instant) []HoldCount {
	var out []HoldCount
	at := map[string]int{}
	d := &decision{s: s, w: w, now: now}
	shut := make([]*reason, len(w.regions))
	for n := range shut {
		shut[n] = d.regionReason(n)
	}
	for i := range s.hosts {
		if s.hosts[i].phase != Pending {
			continue
		}
		why := shut[w.places[i].region]
		if why == nil {
			why = d.hostReason(int32(i))
		}
		k, known := at[why.key]
		if !known {
			k = len(out)
			at[why.key] = k
			out = append(out, HoldCount{Hold: why.hold})
		}
		out[k].Hosts++
	}
	slices.SortStableFunc(out, func(a, b HoldCount) int {
		return cmp.Or(cmp.Compare(liftedBy(a.Hold), liftedBy(b.Hold)), cmp.Compare(b.Hosts, a.Hosts))
	})
	return out
}

// liftedBy orders holds: first those that a person must lift.
func liftedBy(h guard.Hold) int {
	if h.Lifter == guard.Operator || h.Lifter == guard.Approver {
		return 0
	}
	return 1
}

// regionReason returns the first reason that all pending hosts of a region share, nil when they share none.
func (d *decision) regionReason(n int) *reason {
	s, w := d.s, d.w
	if s.status != Running {
		return &reason{s.stopHold(), "stopped"}
	}
	notices := s.noticeHold(w, n, d.now)
	if notices == nil || notices.Lifter == guard.Time { // else nobody waits in vain for what a person must lift
		if h := s.regionHold(w, n, d.now); h != nil {
			return &reason{*h, string(h.Code)}
		}
	}
	if notices != nil {
		return &reason{*notices, string(notices.Code) + w.regionID(n)}
	}
	return nil
}

// hostReason returns the first reason of a pending host whose region is open.
func (d *decision) hostReason(i int32) *reason {
	if ahead := d.s.ahead(d.w, i, d.now); len(ahead) > 0 {
		return &reason{ahead[0], string(ahead[0].Code) + strings.Join(ahead[0].Objects, " ")}
	}
	holds := d.s.ledger.Ask(d.question(i)).Holds
	if len(holds) == 0 {
		return &reason{guard.Hold{Code: "next", Sentence: "nothing holds them: they go next", Lifter: guard.Time}, "next"}
	}
	h := holds[0]
	if h.Code == "limit" {
		return &reason{h, "limit " + strings.Join(h.Objects, " ")}
	}
	return &reason{guard.Hold{Code: h.Code, Sentence: manyHosts(h.Code), Lifter: h.Lifter, Lift: h.Lift}, string(h.Code)}
}

// manyHosts says of several hosts what the guard says of one.
func manyHosts(code problem.Code) string {
	switch code {
	case "before-window":
		return "their windows are not open yet"
	case "freeze":
		return "a freeze covers them"
	case "window-missed":
		return "they can no longer be over within their windows"
	}
	return "the guard holds them: " + string(code)
}

func (s *State) stoppedCohorts(w *World) []StoppedCohort {
	var out []StoppedCohort
	for n := range s.cohorts {
		if c := &s.cohorts[n]; c.fault != "" {
			out = append(out, StoppedCohort{Cohort: w.guard.CohortName(n), Canary: c.canary, Fault: c.fault, Hosts: c.left})
		}
	}
	return out
}

// finishAt estimates when the last host is through. As many hosts as have left the pending ones would have been
// started by some time of the plan; the rest of the plan is late by what now is later than that.
func (s *State) finishAt(w *World, now calendar.Instant) calendar.Instant {
	gone, end := 0, w.Plan.Start
	for i := range s.hosts {
		h := &s.hosts[i]
		if h.phase != Pending {
			gone++
		}
		switch {
		case h.phase.Terminal():
			end = max(end, h.ended)
		case h.phase != Pending:
			end = max(end, h.granted.Add(w.places[i].length), now)
		}
	}
	if gone == len(s.hosts) || s.status.Ended() {
		return end
	}
	slip := max(0, now.Sub(w.starts[gone]))
	return max(end, w.Plan.Finish.Add(slip))
}

// holders returns the hosts in flight, or failed and not proven up, that a limit of these names counts.
func (s *State) holders(w *World, i int32, names []string) []string {
	var out []string
	for k := range s.hosts {
		h := &s.hosts[k]
		if !h.owes() || !s.shares(w, i, int32(k), names) {
			continue
		}
		if out = append(out, w.id(int32(k))); len(out) == namedMax {
			break
		}
	}
	return out
}

// shares reports whether two hosts count against one limit of these names.
func (s *State) shares(w *World, i, k int32, names []string) bool {
	if len(names) == 0 {
		return true
	}
	a, b := w.places[i].host, w.places[k].host
	f := w.Fleet
	for _, name := range names {
		switch {
		case name == w.guard.CohortName(w.places[k].cohort), name == f.ZoneID(f.ZoneOf(b)), name == f.RegionID(f.RegionOf(f.ZoneOf(b))),
			f.RackOf(a) == f.RackOf(b) && strings.HasPrefix(name, f.RackName(f.RackOf(b))+" of "):
			return true
		}
		for _, n := range f.GuestsOn(b) {
			g := ident.Guest(n)
			if f.OnReboot(g) != fleet.Migrate && (f.TenantID(f.TenantOf(g)) == name || memberOf(f, g, name)) {
				return true
			}
		}
	}
	return false
}

func memberOf(f *fleet.Fleet, g ident.Guest, group string) bool {
	for _, n := range f.GroupsOf(g) {
		if f.GroupID(ident.Group(n)) == group {
			return true
		}
	}
	return false
}

// unplanned says why a host has no outage.
func (s *State) unplanned(w *World, h ident.Host) guard.Hold {
	id := w.Fleet.HostID(h)
	for _, b := range w.Plan.Blocked {
		if b.Host == id {
			return guard.Hold{Code: "blocked", Sentence: b.Reason, Objects: []string{b.Group}, Lifter: guard.Operator,
				Lift: "move members of the group off the host, then plan anew"}
		}
	}
	for _, x := range w.Plan.Excluded {
		if x.Host == id {
			return guard.Hold{Code: problem.Code("excluded-" + string(x.Reason)), Lifter: guard.Nobody, Objects: []string{id},
				Sentence: fmt.Sprintf("the plan leaves host %s out: %s", id, w.Exposure.Reason(h))}
		}
	}
	return guard.Hold{Code: "not-in-plan", Sentence: "the plan does not know host " + id, Lifter: guard.Operator, Lift: "plan anew"}
}

// askedFacts writes the facts that an advisory asks about, as they were seen.
func askedFacts(a *advisory.Advisory, facts label.Set) string {
	var out []string
	for _, key := range slices.Concat(a.Fixed.HostFacts(), a.Affected.HostFacts()) {
		if value, ok := facts.Get(key); ok && !slices.Contains(out, key+"="+value.String()) {
			out = append(out, key+"="+value.String())
		}
	}
	return strings.Join(out, " ")
}
