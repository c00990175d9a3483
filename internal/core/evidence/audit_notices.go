package evidence

import (
	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/campaign"
	"github.com/evenkeel-project/evenkeel/internal/core/notice"
)

// gate is what the record tells of the courtesy notices of one region.
type gate struct {
	waiting  int // queued and neither accepted nor given up
	accepted int
	failed   int
	latest   calendar.Instant // of the acceptances
}

// told is one notice.
type told struct {
	ref  campaign.NoticeRef
	over bool // accepted or given up
}

func (u *auditor) gate(region string) *gate {
	if u.courtesy[region] == nil {
		u.courtesy[region] = &gate{}
	}
	return u.courtesy[region]
}

// seeNotice keeps count of the notices: each is queued once and comes to one end.
func (u *auditor) seeNotice(e campaign.Event) {
	if e.Kind == campaign.NoticeQueued {
		u.seeQueued(e)
		return
	}
	known := u.notices[e.NoticeID]
	switch {
	case known == nil:
		u.found("notice-unknown", e.NoticeID, "notice %s was accepted or given up, and never queued", e.NoticeID)
		return
	case known.over:
		u.found("notice-doubled", e.NoticeID, "notice %s was accepted or given up twice", e.NoticeID)
		return
	}
	known.over = true
	if known.ref.Kind != string(notice.Courtesy) {
		return
	}
	g := u.gate(known.ref.Region)
	g.waiting--
	if e.Kind == campaign.NoticeFailed {
		g.failed++
		return
	}
	g.accepted, g.latest = g.accepted+1, e.At
}

func (u *auditor) seeQueued(e campaign.Event) {
	if u.notices[e.Notice.ID] != nil {
		u.found("notice-doubled", e.Notice.ID, "notice %s was queued twice", e.Notice.ID)
		return
	}
	u.notices[e.Notice.ID] = &told{ref: *e.Notice}
	if e.Notice.Kind == string(notice.Courtesy) {
		u.gate(e.Notice.Region).waiting++
	}
}

// checkGate asks that at a grant every courtesy notice of the region was accepted, the policy's lead before; and
// that the guard saw the same.
func (u *auditor) checkGate(e campaign.Event, g *campaign.Grant) {
	seen := u.gate(g.Region)
	if seen.waiting+seen.failed > 0 {
		u.found("notice-missing", e.Host, "host %s was granted while %d courtesy notices of region %s were not accepted", e.Host, seen.waiting+seen.failed, g.Region)
	}
	if g.Guests > 0 && seen.accepted == 0 {
		u.found("notice-missing", e.Host, "host %s was granted with %d guests, and nobody of region %s was told before", e.Host, g.Guests, g.Region)
	}
	if g.Notices > seen.accepted {
		u.found("notice-missing", e.Host, "host %s was granted by %d notices, and the record has %d for region %s", e.Host, g.Notices, seen.accepted, g.Region)
	}
	if seen.accepted > 0 && g.NoticedBy != seen.latest {
		u.found("notice-late", e.Host, "host %s was granted by notices until %s, and the latest of region %s is of %s", e.Host, g.NoticedBy, g.Region, seen.latest)
	}
	if p := u.documents.Policy; p != nil && seen.accepted > 0 && e.At < seen.latest.Add(p.NoticeLead) {
		u.found("notice-late", e.Host, "host %s was granted at %s, and the notices of region %s were accepted at %s, less than %s before",
			e.Host, e.At, g.Region, seen.latest, p.NoticeLead)
	}
}
