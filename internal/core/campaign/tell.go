package campaign

import (
	"slices"

	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/ident"
	"github.com/evenkeel-project/evenkeel/internal/core/notice"
)

// The kinds of notices as the journal writes them.
const (
	planned  = string(notice.Planned)
	courtesy = string(notice.Courtesy)
	started  = string(notice.Started)
	late     = string(notice.Late)
	ended    = string(notice.Ended)
)

// noRegion is the region of a notice about the whole plan.
const noRegion = -1

// notify is one notice about to be queued.
type notify struct {
	kind   string
	tenant ident.Tenant
	region int // index into World.regions, or noRegion
	host   string
	until  *calendar.Instant
}

// tell queues a notice unless it was queued before: an ID is used once.
func (d *decision) tell(n notify) {
	ref := NoticeRef{Kind: n.kind, Tenant: d.w.Fleet.TenantID(n.tenant), Host: n.host, Until: n.until}
	if n.region != noRegion {
		ref.Region = d.w.regionID(n.region)
	}
	ref.ID = d.w.notices.ID(notice.Kind(n.kind), ref.Tenant, ref.Region, ref.Host)
	if _, queued := d.s.byID[ref.ID]; queued {
		return
	}
	d.emit(Event{Kind: NoticeQueued, Notice: &ref})
}

// tellPlanned tells every tenant the whole plan, once, when the campaign starts.
func (d *decision) tellPlanned() {
	if len(d.s.notices) > 0 || d.s.status != Running {
		return
	}
	for n := range d.w.regions {
		for _, t := range d.w.regions[n].tenants {
			d.tell(notify{kind: planned, tenant: t, region: noRegion})
		}
	}
}

// courtesyAt returns when the courtesy notices of a region are queued. No host of it can start before its
// planned start, so they are in time unless the campaign was started too late for that; then the region waits.
func (w *World) courtesyAt(n int) calendar.Instant {
	return w.regions[n].start.Add(-w.Policy.NoticeLead - courtesySlack)
}

// tellCourtesies tells the tenants of every region that comes up.
func (d *decision) tellCourtesies() {
	for n := range d.w.regions {
		r := &d.s.regions[n]
		if d.now < d.w.courtesyAt(n) || r.completed || r.asked(d.w, n) {
			continue
		}
		for _, t := range d.w.regions[n].tenants {
			d.tell(notify{kind: courtesy, tenant: t, region: n})
		}
	}
}

// asked reports whether the courtesy notices of a region were queued.
func (r *domain) asked(w *World, n int) bool { return r.courtesies >= len(w.regions[n].tenants) }

// startRegion tells the tenants of a region that it starts.
func (d *decision) startRegion(n int) {
	if d.s.regions[n].open {
		return
	}
	d.emit(Event{Kind: RegionStarted, Region: d.w.regionID(n)})
	for _, t := range d.w.regions[n].tenants {
		d.tell(notify{kind: started, tenant: t, region: n})
	}
}

// guestsUndone returns the guests of a tenant in a region whose hosts are not done, and those of them that are
// down.
func guestsUndone(s *State, w *World, tenant ident.Tenant, n int) (undone, down []string) {
	for _, g := range w.notices.GuestsOf(tenant) {
		i := w.placeOf[w.Fleet.HostOf(g)]
		h := &s.hosts[i]
		if w.places[i].region != n || h.phase == Done {
			continue
		}
		id := w.Fleet.GuestID(g)
		undone = append(undone, id)
		if slices.Contains(h.missing, id) || slices.Contains(h.left, g) {
			down = append(down, id)
		}
	}
	return undone, down
}

// Occasion returns what a queued notice is written from, as things stand.
func (q Queued) Occasion(s *State, w *World) notice.Occasion {
	o := notice.Occasion{ID: q.ID, Kind: notice.Kind(q.Kind), Tenant: q.Tenant, Region: q.Region, Host: q.Host, At: q.At, Until: q.Until}
	tenant, known := w.Fleet.FindTenant(q.Tenant)
	if o.Kind == notice.Ended && known {
		o.Undone, o.Down = guestsUndone(s, w, tenant, w.regionNamed(q.Region))
	}
	return o
}
