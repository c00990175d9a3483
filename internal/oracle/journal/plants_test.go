package journal

import (
	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/fleet"
	"github.com/evenkeel-project/evenkeel/internal/core/limit"
	"github.com/evenkeel-project/evenkeel/internal/core/policy"
)

func plantedCourse() []planted {
	proposes := func(change func(p *proposal)) func(*stage) {
		return edit(campaignProposed, "", func(e *event) { change(e.Proposal) })
	}
	approves := func(name, key string) func(*stage) {
		return edit(campaignApproved, "", func(e *event) { e.Approval = &identity{name, key} })
	}
	return []planted{
		{name: "time goes back", want: Clock, after: edit(hostRetried, "e-5", func(e *event) { e.At = at(3) })},
		{name: "an event of no known kind", want: Kind, after: add(91, event{Kind: "host-blessed", Host: "w-1"})},
		{name: "a grant without a grant", want: Kind, after: edit(hostGranted, "w-2", func(e *event) { e.Grant = nil })},
		{name: "another plan", want: Documents, says: "plan", after: proposes(func(p *proposal) { p.Plan = anotherDigest() })},
		{name: "another fleet", want: Documents, says: "fleet", after: proposes(func(p *proposal) { p.Fleet = anotherDigest() })},
		{name: "another policy", want: Documents, says: "policy", after: proposes(func(p *proposal) { p.Policy = anotherDigest() })},
		{name: "another advisory", want: Documents, says: "advisory XSA-108", after: proposes(func(p *proposal) { p.Advisories[0].Digest = anotherDigest() })},
		{name: "no advisory", want: Documents, says: "0 advisories", after: proposes(func(p *proposal) { p.Advisories = nil })},
		{name: "another campaign", want: Documents, says: "campaign", after: proposes(func(p *proposal) { p.Campaign = "c-1" })},
		{name: "one person approves twice", want: Approval, says: "who approved before", after: approves("second", "SHA256:other")},
		{name: "one key approves twice", want: Approval, says: "who approved before", after: approves("other", "SHA256:second")},
		{name: "the proposer approves", want: Approval, says: "who proposed", after: approves("planner", "SHA256:other")},
		{name: "the proposer's key approves", want: Approval, says: "who proposed", after: approves("other", "SHA256:planner")},
		{name: "nobody approves", want: Approval, says: "nobody's", after: approves("", "")},
		{name: "one approval is enough", want: Approval, says: "with 1 approvals", after: all(drop(campaignApproved, ""), proposes(func(p *proposal) { p.Needed = 1 }))},
		{name: "an approval is missing", want: Status, says: campaignStarted, after: drop(campaignApproved, "")},
		{name: "a start before the approvals", want: Approval, says: "with 1 approvals", after: move(campaignApproved, "", 3)},
		{name: "a second start", want: Status, says: campaignStarted, after: again(campaignStarted, "", 5)},
		{name: "a resume of what runs", want: Status, says: campaignResumed, after: add(200, event{Kind: campaignResumed})},
		{name: "a second end", want: Status, says: campaignFinished, after: again(campaignFinished, "", 790)},
		{name: "a host after the end", want: Status, says: "after the end", after: move(hostDone, "w-1", 790)},
		{name: "an old conductor", want: Epochs, after: edit(conductorTook, "", func(e *event) { e.Epoch = 2 })},
		{name: "a request answered twice", want: Requests, after: edit(requestRefused, "", func(e *event) { e.Request = "r-1" })},
		{name: "a forgotten host", want: Unended, says: "n-6", after: drop(hostSetAside, "n-6")},
		{name: "too many done", want: Counts, after: edit(campaignFinished, "", func(e *event) { e.Summary.Done++ })},
		{name: "too few failed", want: Counts, after: edit(campaignFinished, "", func(e *event) { e.Summary.Failed-- })},
		{name: "too few set aside", want: Counts, after: edit(campaignFinished, "", func(e *event) { e.Summary.SetAside-- })},
		{name: "one said to be down", want: Counts, after: edit(campaignFinished, "", func(e *event) { e.Summary.Down = 1 })},
		{name: "a failed host not said to be down", want: Counts, after: drop(hostFreed, "n-2")},
		{name: "a guest not said to be down", want: Counts, after: drop(hostFreed, "e-3")},
	}
}

func plantedGrants() []planted {
	return []planted{
		{name: "a grant before the start", want: NotRunning, says: "granted", after: move(campaignStarted, "", 100)},
		{name: "a grant while paused", want: NotRunning, says: "host e-2 is granted", after: drop(campaignResumed, "r-4")},
		{name: "a host taken down while paused", want: NotRunning, says: "host e-2 is taken down", after: all(add(561, event{Kind: campaignPaused}), move(hostActing, "e-2", 562))},
		{name: "a grant while halted", want: NotRunning, says: "host e-1 is granted", after: drop(campaignResumed, "r-1")},
		{name: "a grant while aborting", want: NotRunning, says: "host e-1 is granted", after: add(401, event{Kind: campaignAborting})},
		{name: "a host without outage", want: NotPlanned, says: "e-guarded", after: edit(hostGranted, "w-2", func(e *event) { e.Host = "e-guarded" })},
		{name: "a host of another fleet", want: NotPlanned, says: "c-17", after: edit(hostDone, "w-2", func(e *event) { e.Host = "c-17" })},
		{name: "a protected host", want: ProtectedHost, says: "w-2", before: func(w *world) { w.policy.Protected = append(w.policy.Protected, policy.Selector{HostID: "w-2"}) }},
		{name: "another zone", want: Misstated, says: "zone", after: grantOf(func(g *grant) { g.Zone = "e1" })},
		{name: "another region", want: Misstated, says: "region", after: grantOf(func(g *grant) { g.Region = "east" })},
		{name: "another cohort", want: Misstated, says: "cohort", after: grantOf(func(g *grant) { g.Cohort = "all" })},
		{name: "not a canary", want: Misstated, says: "canary", after: grantOf(func(g *grant) { g.Canary = true })},
		{name: "another window", want: Misstated, says: "window", after: grantOf(func(g *grant) { g.Window.To++ })},
		{name: "another estimate", want: Misstated, says: "estimate", after: grantOf(func(g *grant) { g.Estimate++ })},
		{name: "other guests", want: Misstated, says: "guests", after: grantOf(func(g *grant) { g.Guests = 9 })},
		{name: "no advisory touches it", want: Misstated, says: "advisories", after: grantOf(func(g *grant) { g.Advisories = nil })},
		{name: "more tenants told than were", want: Misstated, says: "were told", after: grantOf(func(g *grant) { g.Notices++ })},
		{name: "told earlier than they were", want: Misstated, says: "were told", after: grantOf(func(g *grant) { g.NoticedBy-- })},
		{name: "a grant past its window", want: Misstated, says: "lasts until", after: grantOf(func(g *grant) { g.NotAfter = g.Window.To })},
		{name: "a grant that is over", want: Misstated, says: "lasts until", after: grantOf(func(g *grant) { g.NotAfter = at(139) })},
		{name: "a grant before its window", want: Window, says: "before its window", before: func(w *world) { w.windowOf("w-2").From++ }},
		{name: "a grant before the policy's start", want: Window, says: "before its window", before: func(w *world) { w.policy.Start++ }},
		{name: "an estimate past the window", want: Window, says: "after its window", before: func(w *world) { w.windowOf("w-2").To = at(160) - 1 }},
		{name: "a host taken down when its grant is over", want: Window, says: "its grant ends", after: grantOf(func(g *grant) { g.NotAfter = at(140) - 1 })},
		{name: "a freeze that holds", want: Freeze, says: "host w-2 is granted", before: func(w *world) { w.policy.Freezes[0].Span = calendar.Span{From: at(139), To: at(140) + 1} }},
		{name: "a freeze that comes", want: Freeze, says: "host w-2 is granted", before: func(w *world) { w.policy.Freezes[0].Span = calendar.Span{From: at(160) - 1, To: at(161)} }},
		{name: "a freeze of a tenant whose guest only moves", want: Freeze, says: "host w-1 is granted", before: func(w *world) {
			w.policy.Freezes[0] = policy.Freeze{Span: calendar.Span{From: at(95), To: at(96)}, Tenant: "bolt"}
		}},
		{name: "a late start in a freeze", want: Freeze, says: "host e-2 is taken down", before: func(w *world) { w.policy.Freezes[1].Span = calendar.Span{From: at(560), To: at(563)} },
			after: move(hostActing, "e-2", 562)},
	}
}

// pairUp makes a guest of e-3, which stays down when its host is set aside, and one of e-4 stand in for each other.
func pairUp(w *world) {
	w.groups = append(w.groups, fleet.Group{ID: "cargo/db", Tenant: "cargo", MaxDown: limit.Count(1)})
	for i := range w.guests {
		if g := &w.guests[i]; g.ID == "e-3-3" || g.ID == "e-4-2" {
			g.Groups, g.OnReboot = []string{"cargo/db"}, fleet.Pinned
		}
	}
}

func plantedLimits() []planted {
	wrong := func(change func(c *check)) func(*stage) { return grantOf(func(g *grant) { change(&g.Checks[0]) }) }
	return []planted{
		{name: "too many of the fleet", want: Limit, says: "the fleet", before: func(w *world) { w.policy.Limits.Fleet = limit.Count(1) }},
		{name: "a failed host that counts as down", want: Limit, says: "host e-3 makes 3 down in the fleet", before: func(w *world) { w.policy.Limits.Fleet = limit.Count(2) }},
		{name: "too many of a region", want: Limit, says: "region", before: func(w *world) { w.policy.Limits.Region = limitOf("10%") }},
		{name: "too many of a zone", want: Limit, says: "zone", before: func(w *world) { w.policy.Limits.Zone = limit.Count(1) }},
		{name: "too many of a rack", want: Limit, says: "rack", before: func(w *world) { w.hosts[1].Rack, w.hosts[2].Rack = "r1", "r1" }},
		{name: "too many of a cohort", want: Limit, says: "cohort", before: func(w *world) { w.policy.Limits.Cohort = limit.Count(1) }},
		{name: "too many guests of a tenant", want: TenantLimit, says: "acme", before: func(w *world) { w.policy.Limits.Tenant = limit.Count(1) }},
		{name: "too many members of a group", want: GroupLimit, says: "acme/web", before: func(w *world) { w.groups[0].MaxDown = limit.Count(1) }},
		{name: "a guest that stayed down", want: GroupLimit, says: "host e-4 makes 2 down in group cargo/db", before: pairUp, after: drop(hostFreed, "e-3")},
		{name: "fewer down than were", want: CheckWrong, after: edit(hostGranted, "w-3", func(e *event) { e.Grant.Checks[0].Down = 0 })},
		{name: "less added than is", want: CheckWrong, after: wrong(func(c *check) { c.More = 0 })},
		{name: "more allowed than is", want: CheckWrong, after: wrong(func(c *check) { c.Allowed++ })},
		{name: "a limit nobody has", want: CheckWrong, says: "limits written down", after: grantOf(func(g *grant) { g.Checks = append(g.Checks, check{Scope: "galaxy"}) })},
		{name: "a limit not looked at again", want: CheckMissing, after: edit(hostActing, "w-2", func(e *event) { e.Checks = e.Checks[1:] })},
		{name: "a limit not looked at", want: CheckMissing, after: grantOf(func(g *grant) { g.Checks = g.Checks[1:] })},
		{name: "a limit looked at twice", want: CheckMissing, says: "2 times", after: grantOf(func(g *grant) { g.Checks = append(g.Checks, g.Checks[0]) })},
		{name: "a limit of another", want: CheckMissing, says: "zone w1", after: grantOf(func(g *grant) { g.Checks[2].Name = "e1" })},
	}
}

func plantedOrder() []planted {
	blocked := func(zone string, hosts ...string) func(*world) {
		return func(w *world) {
			for _, id := range hosts {
				w.host(zone, id, "old", false, guest("cargo"))
			}
		}
	}
	return []planted{
		{name: "a last host before the rest", want: LastOrder, says: "w-2", before: func(w *world) { w.policy.Last = append(w.policy.Last, policy.Selector{HostID: "w-2"}) }},
		{name: "two last hosts together", want: LastTogether, before: func(w *world) {
			w.policy.Last = append(w.policy.Last, policy.Selector{HostID: "w-2"}, policy.Selector{HostID: "w-3"})
		}},
		{name: "regions against the list", want: RegionOrder, says: "not through", before: func(w *world) {
			w.policy.Order.Regions, w.policy.Order.RegionList = policy.Listed, []string{"north", "west", "east"}
		}},
		{name: "the larger region first", want: RegionOrder, says: "host n-", before: blocked("w1", "w-5", "w-6", "w-7")},
		{name: "a region before the other has baked", want: RegionOrder, says: "bakes", before: func(w *world) { w.policy.Order.BakeRegion = 50*minute + 1 }},
		{name: "the larger zone first", want: ZoneOrder, says: "not through", before: blocked("e1", "e-8", "e-9")},
		{name: "a zone before the other has baked", want: ZoneOrder, says: "bakes", before: func(w *world) { w.policy.Order.BakeZone = 60*minute + 1 }},
		{name: "a region that never started", want: RegionEvents, says: "not between", after: drop(regionStarted, "west")},
		{name: "a region said to start before it does", want: RegionEvents, says: "host w-1 is the first", after: move(regionStarted, "west", 89)},
		{name: "a region said to start that does not", want: RegionEvents, says: "no host of it was granted", after: func(s *stage) {
			s.events = s.events[:s.where(regionStarted, "north", 0)+1]
			s.put(250, event{Kind: conductorTook, Epoch: 3})
		}},
		{name: "a region that starts twice", want: RegionEvents, says: "starts a second time", after: again(regionStarted, "west", 90)},
		{name: "a region that completes twice", want: RegionEvents, says: "completes a second time", after: again(regionCompleted, "west", 190)},
		{name: "a region that completes before its hosts", want: RegionEvents, says: "w-last is not through", after: move(regionCompleted, "west", 170)},
		{name: "a grant in a region that is complete", want: RegionEvents, says: "host w-last", after: move(regionCompleted, "west", 170)},
		{name: "a region that never completes", want: RegionEvents, says: "never said", after: drop(regionCompleted, "east")},
		{name: "a region without planned hosts", want: RegionEvents, says: "no planned host", after: add(91, event{Kind: regionStarted, Region: "south"})},
		{name: "a region of another fleet", want: RegionEvents, says: "no planned host", after: add(91, event{Kind: regionStarted, Region: "mars"})},
		{name: "two canaries for one", want: CanaryCount, says: "2 canaries", before: func(w *world) { w.plan.Outages[1].Canary = true }},
		{name: "no canary", want: CanaryCount, says: "0 canaries", before: func(w *world) { w.plan.Outages[0].Canary = false }},
		{name: "a canary that has not baked", want: CanaryOrder, says: "w-2", before: func(w *world) { w.policy.Canary.Bake = 30*minute + 1 }},
		{name: "a canary that is not done", want: CanaryOrder, says: "canary w-2 is pending", before: func(w *world) {
			w.policy.Canary.Hosts, w.plan.Outages[1].Canary = 2, true
		}, after: drop(hostGranted, "w-2")},
		{name: "a cohort that goes on", want: CanaryFailed, says: "n-4 is granted", after: func(s *stage) {
			e := s.events[s.where(hostGranted, "n-2", 0)]
			e.Host = "n-4"
			s.put(295, e)
		}},
		{name: "a cohort that goes on down", want: CanaryFailed, says: "n-4 is taken down", after: add(295, event{Kind: hostActing, Host: "n-4"})},
	}
}

func plantedFailures() []planted {
	wrong := func(change func(h *halt)) func(*stage) {
		return edit(campaignHalted, "", func(e *event) { change(e.Halt) })
	}
	return []planted{
		{name: "too many of the campaign failed", want: HaltShare, says: "the campaign", before: func(w *world) { w.policy.Halt = policy.Halt{Campaign: limitOf("10%"), AtLeast: 1} }},
		{name: "too many of a region failed", want: HaltShare, says: "region north", before: func(w *world) { w.policy.Halt = policy.Halt{Region: limitOf("10%"), AtLeast: 1} }},
		{name: "too many of a zone failed", want: HaltShare, says: "zone n1", before: func(w *world) { w.policy.Halt = policy.Halt{Zone: limit.Count(0), AtLeast: 1} }},
		{name: "too many of a cohort failed", want: HaltShare, says: "cohort generation=new", before: func(w *world) { w.policy.Halt = policy.Halt{Cohort: limitOf("99%"), AtLeast: 1} }},
		{name: "nobody resumed", want: HaltShare, says: "e-1", after: all(drop(campaignHalted, ""), drop(campaignResumed, "r-1"))},
		{name: "a share that grew as a host was taken back", want: HaltShare, says: "host e-1 is granted although 2 of 7", before: func(w *world) {
			w.policy.Halt = policy.Halt{Campaign: limitOf("27%"), AtLeast: 2}
		}, after: all(drop(campaignHalted, ""), drop(campaignResumed, "r-1"), func(s *stage) {
			e := s.events[s.where(hostGranted, "n-2", 0)]
			e.Host = "n-6"
			s.put(295, e)
			s.put(315, event{Kind: hostUndoing, Host: "n-6"})
			s.put(316, event{Kind: hostUndone, Host: "n-6"})
		})},
		{name: "a halt for more failures than there were", want: HaltWrong, says: "it is 2 of 3", after: wrong(func(h *halt) { h.Failed = 3 })},
		{name: "a halt for fewer starts than there were", want: HaltWrong, says: "it is 2 of 3", after: wrong(func(h *halt) { h.Started = 2 })},
		{name: "a halt of another zone", want: HaltWrong, says: "no planned host", after: wrong(func(h *halt) { h.Name = "s1" })},
		{name: "a halt without need", want: HaltWrong, says: "are not", before: func(w *world) { w.policy.Halt.Zone = limit.Count(2) }},
	}
}
