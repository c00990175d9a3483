package journal

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/fleet"
	"github.com/evenkeel-project/evenkeel/internal/core/ident"
	"github.com/evenkeel-project/evenkeel/internal/core/limit"
	"github.com/evenkeel-project/evenkeel/internal/core/plan"
)

// sampleCampaign is named after the digest of the sample plan, which is the digest of the word plan.
const sampleCampaign = "c-64879f7d6b96"

// stage writes a journal by hand: each method adds the events of one thing that happens, with the numbers that were
// so then, counted in the plainest way.
type stage struct {
	*world
	fleet  *fleet.Fleet
	events []event
	now    calendar.Instant
	down   map[string]bool // hosts
	left   map[string]bool // guests
	boots  map[string]int
	acts   map[string]calendar.Instant
	since  map[string]calendar.Instant // when a host was granted
	told   map[string]calendar.Instant // courtesy notices, by region: when the last was accepted
	notify map[string]int              // by region: tenants
	on     map[string][]string         // tenants, by host
}

func newStage(t testing.TB, w *world) *stage {
	s := &stage{world: w, fleet: w.build(t), down: map[string]bool{}, left: map[string]bool{}, boots: map[string]int{},
		acts: map[string]calendar.Instant{}, since: map[string]calendar.Instant{}, told: map[string]calendar.Instant{}, notify: map[string]int{}, on: map[string][]string{}}
	for _, g := range w.guests {
		if !slices.Contains(s.on[g.Host], g.Tenant) {
			s.on[g.Host] = append(s.on[g.Host], g.Tenant)
		}
	}
	w.plan.Fleet = s.fleet.Digest()
	return s
}

// to sets the clock.
func (s *stage) to(minutes int) { s.now = at(minutes) }

func (s *stage) emit(e event) {
	e.At = s.now
	s.events = append(s.events, e)
}

func (s *stage) host(id string) ident.Host {
	h, ok := s.fleet.FindHost(id)
	if !ok {
		panic("the sample fleet has no host " + id)
	}
	return h
}

func (s *stage) zoneOf(id string) string { return s.fleet.ZoneID(s.fleet.ZoneOf(s.host(id))) }

func (s *stage) regionOf(id string) string {
	return s.fleet.RegionID(s.fleet.RegionOf(s.fleet.ZoneOf(s.host(id))))
}

func (s *stage) cohortOf(id string) string { return s.policy.CohortOf(s.fleet, s.host(id)) }

// open proposes, approves and starts the campaign.
func (s *stage) open() {
	s.to(0)
	s.emit(event{Kind: campaignProposed, Proposal: &proposal{Campaign: sampleCampaign, Plan: string(s.plan.Digest), Fleet: string(s.plan.Fleet),
		Policy: string(s.plan.Policy), Advisories: []reference{{"XSA-108", string(s.advisories[0].Digest)}},
		Proposer: identity{"planner", "SHA256:planner"}, Needed: 2}})
	s.emit(event{Kind: campaignApproved, Approval: &identity{"first", "SHA256:first"}})
	s.to(1)
	s.emit(event{Kind: campaignApproved, Approval: &identity{"second", "SHA256:second"}})
	s.to(2)
	s.emit(event{Kind: campaignStarted})
	s.emit(event{Kind: conductorTook, Epoch: 1})
	s.tell(notice{Kind: kindPlanned}, s.tenantsIn("")...)
	s.accept()
}

// tenantsIn returns the tenants with a guest on a planned host of the region, or of any, in order of name.
func (s *stage) tenantsIn(region string) []string {
	var out []string
	for _, o := range s.plan.Outages {
		if region == "" || s.regionOf(o.Host) == region {
			out = append(out, s.on[o.Host]...)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// tell queues a notice to each tenant.
func (s *stage) tell(n notice, tenants ...string) {
	for _, tenant := range tenants {
		told := n
		told.Tenant = tenant
		told.ID = sampleCampaign + "." + n.Kind + "." + tenant + "." + n.Region + "." + n.Host
		s.emit(event{Kind: noticeQueued, Notice: &told})
	}
}

// accept accepts every notice that waits.
func (s *stage) accept() {
	waits := map[string]bool{}
	for _, e := range s.events {
		switch e.Kind {
		case noticeQueued:
			waits[e.Notice.ID] = true
		case noticeAccepted:
			delete(waits, e.NoticeID)
		}
	}
	for _, e := range slices.Clone(s.events) {
		if e.Kind == noticeQueued && waits[e.Notice.ID] {
			s.emit(event{Kind: noticeAccepted, NoticeID: e.Notice.ID})
			if e.Notice.Kind == kindCourtesy {
				s.told[e.Notice.Region] = s.now
			}
		}
	}
}

// courtesy tells a region's tenants at one minute and has the notices accepted at the next.
func (s *stage) courtesy(minutes int, region string) {
	s.to(minutes)
	s.tell(notice{Kind: kindCourtesy, Region: region}, s.tenantsIn(region)...)
	s.notify[region] = len(s.tenantsIn(region))
	s.to(minutes + 1)
	s.accept()
}

func (s *stage) startRegion(region string) {
	s.emit(event{Kind: regionStarted, Region: region})
	s.tell(notice{Kind: kindStarted, Region: region}, s.tenantsIn(region)...)
}

func (s *stage) completeRegion(region string) {
	s.emit(event{Kind: regionCompleted, Region: region})
	s.tell(notice{Kind: kindEnded, Region: region}, s.tenantsIn(region)...)
}

// checks counts what is down against each limit beside the host.
func (s *stage) checks(id string) []check {
	limits := s.policy.Limits
	var out []check
	hosts := func(scope, name string, l limit.Limit, of func(string) string) {
		if !l.Set() {
			return
		}
		c := check{Scope: scope, Name: name, More: 1}
		whole := 0
		for _, other := range s.hosts {
			if of(other.ID) == of(id) {
				whole++
				if s.down[other.ID] && other.ID != id {
					c.Down++
				}
			}
		}
		c.Allowed = l.Of(whole)
		out = append(out, c)
	}
	hosts("fleet", "", limits.Fleet, func(string) string { return "" })
	hosts("region", s.regionOf(id), limits.Region, s.regionOf)
	hosts("zone", s.zoneOf(id), limits.Zone, s.zoneOf)
	hosts("rack", "its own", limits.Rack, func(h string) string { return h })
	hosts("cohort", s.cohortOf(id), limits.Cohort, s.cohortOf)
	return append(out, s.guestChecks(id)...)
}

func (s *stage) guestChecks(id string) []check {
	var out []check
	guests := func(scope, name string, l limit.Limit, is func(fleet.Guest) bool) {
		c := check{Scope: scope, Name: name}
		whole, most := 0, map[string]int{}
		for _, g := range s.guests {
			if !is(g) {
				continue
			}
			whole++
			if g.OnReboot == fleet.Migrate {
				continue
			}
			most[g.Host]++
			switch {
			case g.Host == id:
				c.More++
			case s.down[g.Host], s.left[g.ID]:
				c.Down++
			}
		}
		c.Allowed = l.Of(whole)
		if scope == "tenant" {
			for _, n := range most {
				c.Allowed = max(c.Allowed, n)
			}
		}
		if c.More > 0 {
			out = append(out, c)
		}
	}
	for _, t := range s.tenants {
		guests("tenant", t.ID, s.policy.Limits.Tenant, func(g fleet.Guest) bool { return g.Tenant == t.ID })
	}
	for _, x := range s.groups {
		guests("group", x.ID, x.MaxDown, func(g fleet.Guest) bool { return slices.Contains(g.Groups, x.ID) })
	}
	if s.policy.IsLast(s.fleet, s.host(id)) {
		out = append(out, check{Scope: "last", More: 1, Allowed: 1})
	}
	return out
}

func (s *stage) lost(id string) int {
	n := 0
	for _, g := range s.guests {
		if g.Host == id && g.OnReboot != fleet.Migrate {
			n++
		}
	}
	return n
}

// grant grants each host its outage.
func (s *stage) grant(hosts ...string) {
	for _, id := range hosts {
		n := slices.IndexFunc(s.plan.Outages, func(o plan.Outage) bool { return o.Host == id })
		o, region := s.plan.Outages[n], s.regionOf(id)
		s.emit(event{Kind: hostGranted, Host: id, Grant: &grant{Zone: s.zoneOf(id), Region: region, Cohort: s.cohortOf(id), Canary: o.Canary,
			Window: window{o.Window.From, o.Window.To}, Estimate: s.now.Add(20 * minute), Checks: s.checks(id), Notices: s.notify[region],
			NoticedBy: s.told[region], NotAfter: o.Window.To.Add(-20 * minute), Advisories: []string{"XSA-108"}, Guests: s.lost(id)}})
		s.down[id], s.since[id] = true, s.now
	}
}

func (s *stage) boot(id string) string { return id + " boot " + string(rune('a'+s.boots[id])) }

// act cordons, drains and takes down each host.
func (s *stage) act(hosts ...string) {
	for _, id := range hosts {
		s.emit(event{Kind: hostCordoned, Host: id, Boot: s.boot(id)})
		s.emit(event{Kind: hostDrained, Host: id})
		s.emit(event{Kind: hostActing, Host: id, Boot: s.boot(id), Checks: s.checks(id)})
		s.acts[id] = s.now
	}
}

// proof says that a host is back with another boot, the fix and all its guests.
func (s *stage) proof(id string) *proof {
	return &proof{SeenAt: s.now, Before: s.boot(id), After: s.boot(id) + "b", Fixed: []verdict{{"XSA-108", "fixed"}}, Guests: s.lost(id), Expected: s.lost(id)}
}

// back brings hosts back with a new boot.
func (s *stage) back(hosts ...string) {
	for _, id := range hosts {
		s.emit(event{Kind: hostVerifying, Host: id, Boot: s.boot(id) + "b"})
	}
}

// finish brings hosts back and to their end.
func (s *stage) finish(hosts ...string) {
	s.back(hosts...)
	for _, id := range hosts {
		s.emit(event{Kind: hostReturning, Host: id})
		s.emit(event{Kind: hostDone, Host: id, Proof: s.proof(id)})
		delete(s.down, id)
	}
}

func (s *stage) late(id string, until int) {
	to := at(until)
	s.emit(event{Kind: hostLate, Host: id, Until: &to})
	s.tell(notice{Kind: kindLate, Region: s.regionOf(id), Host: id, Until: &to}, s.on[id]...)
}

// west is a region in which all goes well.
func (s *stage) west() {
	s.courtesy(20, "west")
	s.to(90)
	s.startRegion("west")
	s.grant("w-1")
	s.act("w-1")
	s.courtesy(100, "north")
	s.to(110)
	s.finish("w-1")
	s.to(140)
	s.grant("w-2", "w-3")
	s.act("w-2", "w-3")
	s.to(158)
	s.finish("w-2")
	s.to(160)
	s.finish("w-3")
	s.to(175)
	s.grant("w-last")
	s.act("w-last")
	s.to(190)
	s.finish("w-last")
	s.completeRegion("west")
	s.courtesy(200, "east")
}

// north has a canary that comes back unpatched, a host that comes back without a guest, a halt, and a window missed.
func (s *stage) north() {
	s.to(240)
	s.startRegion("north")
	s.grant("n-1", "n-3")
	s.act("n-1", "n-3")
	s.to(260)
	s.finish("n-1")
	s.back("n-3")
	s.emit(event{Kind: hostReturning, Host: "n-3", Fault: "unpatched"})
	open := s.proof("n-3")
	open.Fixed[0].State = "vulnerable-running"
	s.emit(event{Kind: hostFailed, Host: "n-3", Fault: "unpatched", Proof: open})
	s.emit(event{Kind: cohortStopped, Cohort: s.cohortOf("n-3"), Host: "n-3", Fault: "unpatched"})
	s.emit(event{Kind: hostSetAside, Host: "n-4", Fault: faultCanary})
	s.emit(event{Kind: hostSetAside, Host: "n-5", Fault: faultCanary})
	s.to(280)
	s.emit(event{Kind: hostFreed, Host: "n-3", Proof: s.proof("n-3")})
	delete(s.down, "n-3")
	s.to(295)
	s.grant("n-2")
	s.act("n-2")
	s.to(314)
	s.back("n-2")
	s.emit(event{Kind: hostReturning, Host: "n-2"})
	missing := s.proof("n-2")
	missing.Guests, missing.Missing = 1, []string{"n-2-2"}
	s.emit(event{Kind: hostFailed, Host: "n-2", Fault: "guests-missing", Proof: missing, Guests: missing.Missing})
	s.emit(event{Kind: campaignHalted, Halt: &halt{Code: tooManyFailed, Scope: "zone", Name: "n1", Failed: 2, Started: 3}})
	s.to(321)
	s.emit(event{Kind: hostSetAside, Host: "n-6", Fault: faultWindow})
	s.completeRegion("north")
	s.to(330)
	s.emit(event{Kind: campaignResumed, Request: "r-1"})
	s.accept()
	s.to(400)
	s.emit(event{Kind: conductorTook, Epoch: 2})
	s.emit(event{Kind: requestRefused, Request: "r-2"})
}

// eastFirst is the first zone of the last region: two hosts are taken back by a pause, one is late, one is stuck. A
// failed host of the region before still counts.
func (s *stage) eastFirst() {
	s.to(480)
	s.startRegion("east")
	s.grant("e-1")
	s.act("e-1")
	s.to(500)
	s.finish("e-1")
	s.to(530)
	s.grant("e-2", "e-3")
	s.emit(event{Kind: hostCordoned, Host: "e-2", Boot: s.boot("e-2")})
	s.to(532)
	s.emit(event{Kind: campaignPaused, Request: "r-3"})
	for _, id := range []string{"e-2", "e-3"} {
		s.emit(event{Kind: hostUndoing, Host: id})
	}
	s.to(534)
	for _, id := range []string{"e-2", "e-3"} {
		s.emit(event{Kind: hostUndone, Host: id})
		delete(s.down, id)
	}
	s.to(540)
	s.emit(event{Kind: hostFreed, Host: "n-2", Proof: s.proof("n-2")})
	delete(s.down, "n-2")
	s.emit(event{Kind: campaignResumed, Request: "r-4"})
	s.grant("e-2", "e-3")
	s.act("e-2", "e-3")
	s.to(566)
	s.late("e-2", 575)
	s.late("e-3", 575)
	s.to(570)
	s.finish("e-2")
	s.to(576)
	s.emit(event{Kind: hostStuck, Host: "e-3"})
	s.to(577)
	s.emit(event{Kind: hostFenced, Host: "e-3"})
	s.to(580)
	s.emit(event{Kind: hostSetAside, Host: "e-3", Fault: "stuck", Guests: []string{"e-3-3"}})
	delete(s.down, "e-3")
	s.left["e-3-3"] = true
	s.to(600)
	s.emit(event{Kind: hostFreed, Host: "e-3", Proof: s.proof("e-3")})
	delete(s.left, "e-3-3")
}

// eastSecond is the second zone, with a step that is tried again, and the last host of all.
func (s *stage) eastSecond() {
	s.to(640)
	s.grant("e-4")
	s.act("e-4")
	s.to(660)
	s.finish("e-4")
	s.to(690)
	s.grant("e-5", "e-6")
	s.emit(event{Kind: hostRetried, Host: "e-5"})
	s.act("e-5", "e-6")
	s.to(710)
	s.finish("e-5", "e-6")
	s.to(760)
	s.grant("e-last")
	s.act("e-last")
	s.to(780)
	s.finish("e-last")
	s.completeRegion("east")
	s.to(781)
	s.accept()
	s.emit(event{Kind: campaignFinished, Summary: &summary{Done: 11, Failed: 2, SetAside: 4}})
}

// goodStage is a campaign in which every rule is kept, whatever goes wrong.
func goodStage(t testing.TB, w *world) *stage {
	s := newStage(t, w)
	s.open()
	s.west()
	s.north()
	s.eastFirst()
	s.eastSecond()
	return s
}

// record numbers the first n events, writes them as a journal does and reads them back.
func (s *stage) record(t testing.TB, n int) *Record {
	t.Helper()
	r := New(sampleCampaign)
	for i, e := range s.events[:n] {
		body, err := json.Marshal(e)
		if err != nil {
			t.Fatalf("event %d cannot be written: %v", i+1, err)
		}
		if err := r.Append(uint64(i+1), e.At, body); err != nil {
			t.Fatal(err)
		}
	}
	return r
}

// audit holds the whole journal against the documents.
func (s *stage) audit(t testing.TB) []Finding {
	t.Helper()
	return s.record(t, len(s.events)).Audit(s.fleet, s.policy, s.plan, s.advisories)
}

// abortedStage is a campaign that a person aborts while a host is down: what is in flight comes to its end, the rest is
// set aside.
func abortedStage(t testing.TB) *stage {
	s := newStage(t, newWorld())
	s.open()
	s.courtesy(20, "west")
	s.to(90)
	s.startRegion("west")
	s.grant("w-1")
	s.act("w-1")
	s.to(100)
	s.emit(event{Kind: campaignAborting, Request: "r-1"})
	s.to(110)
	s.finish("w-1")
	for _, o := range s.plan.Outages {
		if o.Host != "w-1" {
			s.emit(event{Kind: hostSetAside, Host: o.Host, Fault: faultAborted})
		}
	}
	for _, region := range []string{"west", "north", "east"} {
		s.completeRegion(region)
	}
	s.to(111)
	s.accept()
	s.emit(event{Kind: campaignAborted, Summary: &summary{Done: 1, SetAside: 16}})
	return s
}

func TestAJournalThatKeepsEveryRuleHasNoFindings(t *testing.T) {
	for _, f := range goodStage(t, newWorld()).audit(t) {
		t.Error(f)
	}
}

func TestAnAbortedCampaignThatKeepsEveryRuleHasNoFindings(t *testing.T) {
	for _, f := range abortedStage(t).audit(t) {
		t.Error(f)
	}
}

func TestACampaignThatIsAbortedBeforeItStartsLeavesItsHostsAlone(t *testing.T) {
	s := newStage(t, newWorld())
	s.open()
	s.events = s.events[:2]
	s.emit(event{Kind: campaignAborting})
	s.emit(event{Kind: campaignAborted, Summary: &summary{}})
	for _, f := range s.audit(t) {
		t.Error(f)
	}
}
