package journal

func plantedLives() []planted {
	return []planted{
		{name: "taken down without being cordoned", want: Life, says: hostDrained, after: drop(hostCordoned, "w-1")},
		{name: "taken down without being drained", want: Life, says: hostActing, after: drop(hostDrained, "w-1")},
		{name: "back without having gone", want: Life, says: hostVerifying, after: drop(hostActing, "w-1")},
		{name: "done without guests started", want: Life, says: hostDone, after: drop(hostReturning, "w-1")},
		{name: "granted twice", want: Life, says: hostGranted, after: again(hostGranted, "w-1", 91)},
		{name: "pending again without being open", want: Life, says: "e-2 is cordoned", after: drop(hostUndoing, "e-2")},
		{name: "taken back after it went down", want: Life, says: hostUndoing, after: add(91, event{Kind: hostUndoing, Host: "w-1"})},
		{name: "free although it never failed", want: Life, says: hostFreed, after: add(91, event{Kind: hostFreed, Host: "w-1", Proof: &proof{}})},
		{name: "set aside while it is down", want: Life, says: hostSetAside, after: add(91, event{Kind: hostSetAside, Host: "w-1", Fault: "stuck"})},
		{name: "guests moved without proof of power off", want: Life, says: hostSetAside, after: drop(hostFenced, "e-3")},
		{name: "fenced although it was not stuck", want: Life, says: hostFenced, after: drop(hostStuck, "e-3")},
		{name: "late before it went down", want: Life, says: hostLate, after: add(89, event{Kind: hostLate, Host: "w-1"})},
		{name: "taken down once more", want: ActedTwice, says: "number 2", after: again(hostActing, "w-1", 100)},
		{name: "the outage tried again", want: Life, says: hostRetried, after: add(100, event{Kind: hostRetried, Host: "w-1"})},
		{name: "the boot it ran before", want: ProofMissing, says: "as before", after: proofOf(func(p *proof) { p.After = p.Before })},
		{name: "no boot at all", want: ProofMissing, says: "without proof of a new boot", after: proofOf(func(p *proof) { p.After = "" })},
		{name: "no boot before", want: ProofMissing, says: "without proof of a new boot", after: proofOf(func(p *proof) { p.Before = "" })},
		{name: "another boot before", want: ProofMissing, says: "when it was taken down", after: proofOf(func(p *proof) { p.Before = "x" })},
		{name: "another boot than it came back with", want: ProofMissing, says: "came back with", after: proofOf(func(p *proof) { p.After = "x" })},
		{name: "seen before the outage", want: ProofMissing, says: "was seen at", after: proofOf(func(p *proof) { p.SeenAt = at(139) })},
		{name: "seen in the future", want: ProofMissing, says: "was seen at", after: proofOf(func(p *proof) { p.SeenAt = at(159) })},
		{name: "no verdict", want: ProofMissing, says: "XSA-108", after: proofOf(func(p *proof) { p.Fixed = nil })},
		{name: "fixed and not running", want: ProofMissing, says: "XSA-108", after: proofOf(func(p *proof) { p.Fixed[0].State = "fixed-not-running" })},
		{name: "nobody knows whether it is fixed", want: ProofMissing, says: "XSA-108", after: proofOf(func(p *proof) { p.Fixed[0].State = "unknown" })},
		{name: "two verdicts of one advisory", want: ProofMissing, says: "XSA-108", after: proofOf(func(p *proof) { p.Fixed = append(p.Fixed, verdict{"XSA-108", "unknown"}) })},
		{name: "a guest short", want: ProofMissing, says: "with 1 of 2 guests", after: proofOf(func(p *proof) { p.Guests = 1 })},
		{name: "a guest named as missing", want: ProofMissing, says: "with 2 of 2 guests", after: proofOf(func(p *proof) { p.Missing = []string{"w-2-1"} })},
		{name: "a guest forgotten", want: ProofMissing, says: "2 went down", after: proofOf(func(p *proof) { p.Guests, p.Expected = 1, 1 })},
		{name: "free with a guest short", want: ProofMissing, says: "counts as up again", after: edit(hostFreed, "n-2", func(e *event) { e.Proof.Guests-- })},
		{name: "canaries blamed that did well", want: SetAside, says: "none of cohort", after: edit(hostSetAside, "n-6", func(e *event) { e.Fault = faultCanary })},
		{name: "a window missed that was not", want: SetAside, says: "could still be over", after: edit(hostSetAside, "n-4", func(e *event) { e.Fault = faultWindow })},
		{name: "an abort that was not", want: SetAside, says: "aborted", after: edit(hostSetAside, "n-4", func(e *event) { e.Fault = faultAborted })},
		{name: "set aside for no reason", want: SetAside, says: "never touched", after: edit(hostSetAside, "n-4", func(e *event) { e.Fault = "" })},
		{name: "a pinned guest moved", want: SetAside, says: "pinned guest e-3-3", after: edit(hostSetAside, "e-3", func(e *event) { e.Guests = nil })},
		{name: "a guest left down that it never had", want: SetAside, says: "e-2-1", after: edit(hostSetAside, "e-3", func(e *event) { e.Guests = append(e.Guests, "e-2-1") })},
		{name: "a cohort stopped without need", want: SetAside, says: "is stopped", after: add(300, event{Kind: cohortStopped, Cohort: "generation=old, region=north"})},
		{name: "late and nobody said so", want: LateTold, says: "nobody was told", after: drop(hostLate, "e-2")},
		{name: "past its window and nobody said so", want: LateTold, says: "w-3 ends", before: func(w *world) { w.windowOf("w-3").To = at(160) }, after: move(hostDone, "w-3", 162)},
		{name: "late before its estimate", want: LateTold, says: "before its estimate", after: move(hostLate, "e-2", 559)},
		{name: "late twice", want: LateTold, says: "second time", after: again(hostLate, "e-2", 567)},
		{name: "late without a new time", want: LateTold, says: "no time to come", after: edit(hostLate, "e-2", func(e *event) { e.Until = nil })},
		{name: "late until what is past", want: LateTold, says: "no time to come", after: edit(hostLate, "e-2", func(e *event) { *e.Until = at(565) })},
		{name: "stuck too soon", want: StuckEarly, says: "has 17m more", before: func(w *world) { w.policy.StuckAfter = 17 * minute }},
		{name: "stuck where none is", want: StuckEarly, says: "knows no stuck hosts", before: func(w *world) { w.policy.StuckAfter = 0 }},
	}
}

func plantedNotices() []planted {
	strange := func(change func(n *notice)) func(*stage) {
		return func(s *stage) {
			n := *s.events[s.where(noticeQueued, "started.acme.west", 0)].Notice
			n.ID += "2"
			change(&n)
			s.put(90, event{Kind: noticeQueued, Notice: &n})
		}
	}
	return []planted{
		{name: "a tenant without notice", want: NoticeGate, says: "tenant bolt has no notice", after: all(drop(noticeQueued, "courtesy.bolt.west"), drop(noticeAccepted, "courtesy.bolt.west"))},
		{name: "a notice that did not arrive", want: NoticeGate, says: "tenant bolt has no notice", after: edit(noticeAccepted, "courtesy.bolt.west", func(e *event) { e.Kind = noticeFailed })},
		{name: "a notice that arrived too late", want: NoticeGate, says: "less than 1h before", after: move(noticeAccepted, "courtesy.bolt.west", 31)},
		{name: "a longer lead", want: NoticeGate, says: "less than 1h9m1s before", before: func(w *world) { w.policy.NoticeLead = 69*minute + 1 }},
		{name: "a tenant whose guest only moves is told too", want: NoticeGate, says: "tenant cargo", before: func(w *world) {
			w.guests[1].Tenant = "cargo"
		}, after: drop(noticeAccepted, "courtesy.cargo.west")},
		{name: "queued twice", want: NoticeTwice, says: "queued a second time", after: again(noticeQueued, "courtesy.acme.west", 30)},
		{name: "told twice", want: NoticeTwice, says: "what", after: strange(func(*notice) {})},
		{name: "accepted twice", want: NoticeTwice, says: "accepted or given up a second time", after: again(noticeAccepted, "courtesy.acme.west", 30)},
		{name: "accepted before it was queued", want: NoticeUnknown, after: move(noticeAccepted, "courtesy.acme.west", 19)},
		{name: "accepted and never queued", want: NoticeUnknown, after: add(30, event{Kind: noticeAccepted, NoticeID: "n"})},
		{name: "to a tenant without a guest there", want: NoticeAstray, says: "no guest there", after: strange(func(n *notice) { n.Tenant = "cargo" })},
		{name: "to nobody", want: NoticeAstray, says: "whom the fleet does not know", after: strange(func(n *notice) { n.Tenant = "umbra" })},
		{name: "of a region nobody has", want: NoticeAstray, says: "about a region", after: strange(func(n *notice) { n.Region = "mars" })},
		{name: "of a host nobody has", want: NoticeAstray, says: "about a host", after: strange(func(n *notice) { n.Kind, n.Host = kindLate, "c-17" })},
		{name: "of no occasion", want: NoticeAstray, says: "occasion", after: strange(func(n *notice) { n.Kind = "spam" })},
		{name: "under another name", want: NoticeAstray, says: "not named after", after: strange(func(n *notice) { n.ID = "n" })},
		{name: "before the campaign starts", want: NoticeAstray, says: "before the campaign starts", after: move(noticeQueued, "planned.acme", 1)},
		{name: "said to be over before it is", want: NoticeAstray, says: "nothing of that kind", after: move(noticeQueued, "ended.acme.west", 180)},
		{name: "said to be late and it is not", want: NoticeAstray, says: "nothing of that kind", after: strange(func(n *notice) { n.Kind, n.Host = kindLate, "w-1" })},
		{name: "not told of the plan", want: NoticeMissing, says: "tenant acme was not told of the plan", after: drop(noticeQueued, "planned.acme")},
		{name: "not told that it starts", want: NoticeMissing, says: "started", after: drop(noticeQueued, "started.acme.west")},
		{name: "told of the start a minute later", want: NoticeMissing, says: "started", after: move(noticeQueued, "started.acme.west", 91)},
		{name: "not told that it is over", want: NoticeMissing, says: "ended", after: drop(noticeQueued, "ended.bolt.north")},
		{name: "not told that it is late", want: NoticeMissing, says: "late", after: drop(noticeQueued, "late.cargo.east")},
		{name: "told another time", want: NoticeMissing, says: "another time", after: edit(noticeQueued, "late.cargo.east", func(e *event) {
			until := at(600)
			e.Notice.Until = &until
		})},
		{name: "a notice still waiting", want: NoticeLost, says: "ended.acme.east", after: drop(noticeAccepted, "ended.acme.east")},
	}
}
