package journal

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/ident"
)

// The occasions of notices.
const (
	kindPlanned  = "planned"
	kindCourtesy = "courtesy"
	kindStarted  = "started"
	kindLate     = "late"
	kindEnded    = "ended"
)

// subject is what a notice is about: the same campaign never tells a tenant the same thing twice.
type subject struct{ kind, tenant, region, host string }

// told is what has become of one notice.
type told struct {
	notice
	queued   calendar.Instant
	accepted calendar.Instant
	settled  bool // accepted, or given up
	landed   bool // accepted
	seq      uint64
}

// occasion is something that tenants must be told of the moment it happens.
type occasion struct {
	notice
	at  calendar.Instant
	seq uint64
}

// notices is what was told, and what had to be.
type notices struct {
	byID      map[string]*told
	bySubject map[subject]*told
	occasions []occasion
	gates     map[ident.Region]gate
}

// gate is when the tenants of a region had their courtesy notice.
type gate struct {
	tenants int
	by      calendar.Instant
}

func newNotices() notices {
	return notices{byID: map[string]*told{}, bySubject: map[subject]*told{}, gates: map[ident.Region]gate{}}
}

// due remembers that tenants have to be told of something that happens now.
func (a *auditor) due(what notice) {
	a.notices.occasions = append(a.notices.occasions, occasion{notice: what, at: a.at, seq: a.seq})
}

// readNotice reads the events of notices; it reports whether the event is one.
func (a *auditor) readNotice(e *event) bool {
	switch e.Kind {
	case noticeQueued:
		return a.queueNotice(e.Notice)
	case noticeAccepted, noticeFailed:
	default:
		return false
	}
	t := a.notices.byID[e.NoticeID]
	switch {
	case t == nil:
		a.find(NoticeUnknown, "notice %q was never queued", e.NoticeID)
		return true
	case t.settled:
		a.find(NoticeTwice, "notice %s is accepted or given up a second time", e.NoticeID)
	}
	t.settled = true
	if e.Kind == noticeAccepted && !t.landed {
		t.landed, t.accepted = true, a.at
	}
	return true
}

func (a *auditor) queueNotice(n *notice) bool {
	if n == nil {
		return false
	}
	about := subject{n.Kind, n.Tenant, n.Region, n.Host}
	if a.notices.byID[n.ID] != nil {
		a.find(NoticeTwice, "notice %s is queued a second time", n.ID)
		return true
	}
	if other := a.notices.bySubject[about]; other != nil {
		a.find(NoticeTwice, "notice %s tells tenant %s what %s told it", n.ID, n.Tenant, other.ID)
	}
	if !a.hasStarted {
		a.find(NoticeAstray, "notice %s is queued before the campaign starts", n.ID)
	}
	if !strings.HasPrefix(n.ID, a.campaign+"."+n.Kind+".") {
		a.find(NoticeAstray, "notice %q is not named after campaign %s and its kind %s", n.ID, a.campaign, n.Kind)
	}
	t := &told{notice: *n, queued: a.at, seq: a.seq}
	a.notices.byID[n.ID], a.notices.bySubject[about] = t, t
	if why := a.strays(n); why != "" {
		a.find(NoticeAstray, "notice %s goes to tenant %s, %s", n.ID, n.Tenant, why)
	}
	return true
}

// strays returns why a notice does not concern its tenant, or "".
func (a *auditor) strays(n *notice) string {
	tenant, ok := a.fleet.FindTenant(n.Tenant)
	if !ok {
		return "whom the fleet does not know"
	}
	var tenants []ident.Tenant
	switch n.Kind {
	case kindPlanned:
		tenants = a.tenantsInPlan
	case kindCourtesy, kindStarted, kindEnded:
		region, found := a.fleet.FindRegion(n.Region)
		if !found {
			return "about a region that the fleet does not know"
		}
		tenants = a.tenantsIn[region]
	case kindLate:
		host, found := a.fleet.FindHost(n.Host)
		if !found {
			return "about a host that the fleet does not know"
		}
		tenants = a.tenantsOn(host)
	default:
		return "on an occasion that does not exist: " + n.Kind
	}
	if !slices.Contains(tenants, tenant) {
		return "which has no guest there"
	}
	return ""
}

// checkGate checks that every tenant with a guest on a planned host of the region was told long enough before the
// region's first grant, and that the grant counts them.
func (a *auditor) checkGate(h ident.Host, g *grant) {
	region := a.regionOf[h]
	is, known := a.notices.gates[region]
	if !known {
		is = a.openGate(region)
		a.notices.gates[region] = is
	}
	if g.Notices != is.tenants || g.NoticedBy != is.by {
		a.find(Misstated, "the grant of host %s says that %d tenants were told by %s, and it is %d by %s",
			a.fleet.HostID(h), g.Notices, g.NoticedBy, is.tenants, is.by)
	}
}

// openGate looks at the notices of a region at its first grant.
func (a *auditor) openGate(region ident.Region) gate {
	var is gate
	id, lead := a.fleet.RegionID(region), a.policy.NoticeLead
	for _, tenant := range a.tenantsIn[region] {
		t := a.notices.bySubject[subject{kind: kindCourtesy, tenant: a.fleet.TenantID(tenant), region: id}]
		if t == nil || !t.landed {
			a.find(NoticeGate, "region %s starts, and tenant %s has no notice", id, a.fleet.TenantID(tenant))
			continue
		}
		if a.at < t.accepted.Add(lead) {
			a.find(NoticeGate, "region %s starts at %s, and tenant %s was told at %s, less than %s before", id, a.at, a.fleet.TenantID(tenant), t.accepted, lead)
		}
		is.tenants++
		is.by = max(is.by, t.accepted)
	}
	return is
}

// checkPlannedTold checks, before anything is granted, that every tenant with a guest on a planned host was told
// of the plan. A tenant without contacts cannot be told.
func (a *auditor) checkPlannedTold() {
	for _, tenant := range a.tenantsInPlan {
		id := a.fleet.TenantID(tenant)
		if a.notices.bySubject[subject{kind: kindPlanned, tenant: id}] == nil && len(a.fleet.Contacts(tenant)) > 0 {
			a.find(NoticeMissing, "the first host is granted, and tenant %s was not told of the plan", id)
		}
	}
}

// finishNotices checks that what happened was told at once to all whom it concerns, that what was told had
// happened, and that no notice is forgotten at the end.
func (a *auditor) finishNotices() {
	n := &a.notices
	happened := map[subject]calendar.Instant{}
	for _, o := range n.occasions {
		a.seq = o.seq
		var tenants []ident.Tenant
		if o.Kind == kindLate {
			host, _ := a.fleet.FindHost(o.Host)
			o.Region = a.fleet.RegionID(a.regionOf[host])
			tenants = a.tenantsHit(host)
		} else {
			region, _ := a.fleet.FindRegion(o.Region)
			tenants = a.tenantsIn[region]
		}
		a.checkTold(o, tenants)
		happened[subject{kind: o.Kind, region: o.Region, host: o.Host}] = o.at
	}
	ordered := slices.SortedFunc(maps.Values(n.byID), func(x, y *told) int { return cmp.Compare(x.seq, y.seq) })
	for _, t := range ordered {
		a.seq = t.seq
		a.checkTrue(t, happened)
		if a.ended && !t.settled {
			a.find(NoticeLost, "notice %s still waits when the campaign has ended", t.ID)
		}
	}
}

// checkTold checks that each of the tenants was told of what happened, at the time it did. A tenant without
// contacts cannot be told.
func (a *auditor) checkTold(o occasion, tenants []ident.Tenant) {
	for _, tenant := range tenants {
		id := a.fleet.TenantID(tenant)
		t := a.notices.bySubject[subject{o.Kind, id, o.Region, o.Host}]
		switch {
		case len(a.fleet.Contacts(tenant)) == 0:
		case t == nil:
			a.find(NoticeMissing, "tenant %s was not told (%s) of what happened at %s in region %q host %q", id, o.Kind, o.at, o.Region, o.Host)
		case t.queued != o.at:
			a.find(NoticeMissing, "tenant %s was told (%s) at %s of what happened at %s", id, o.Kind, t.queued, o.at)
		case o.Kind == kindLate && (t.Until == nil || o.Until == nil || *t.Until != *o.Until):
			a.find(NoticeMissing, "tenant %s was told another time for host %s than the event says", id, o.Host)
		}
	}
}

// checkTrue checks that a notice of something that happens was queued when it happened.
func (a *auditor) checkTrue(t *told, happened map[subject]calendar.Instant) {
	if t.Kind == kindPlanned || t.Kind == kindCourtesy {
		return
	}
	if at, ok := happened[subject{kind: t.Kind, region: t.Region, host: t.Host}]; !ok || at != t.queued {
		a.find(NoticeAstray, "notice %s was queued at %s, when nothing of that kind happened", t.ID, t.queued)
	}
}
