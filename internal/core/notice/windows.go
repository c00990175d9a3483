package notice

import (
	"cmp"
	"slices"

	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/fleet"
	"github.com/evenkeel-project/evenkeel/internal/core/ident"
)

// turn is what lies ahead of one guest.
type turn struct {
	guest    ident.Guest
	region   ident.Region
	window   calendar.Span
	length   calendar.Seconds // expected, of the outage
	onReboot fleet.OnReboot
}

// turnsOf returns what lies ahead of a tenant's guests, region after region in the order in which their first
// windows open, within a region in order of time.
func (d *Desk) turnsOf(guests []ident.Guest) []turn {
	f := d.brief.Fleet
	opens := map[ident.Region]calendar.Instant{}
	turns := make([]turn, 0, len(guests))
	for _, g := range guests {
		o := &d.brief.Plan.Outages[d.outage[f.HostOf(g)]]
		t := turn{guest: g, region: d.regionOf(g), window: o.Window, length: o.End.Sub(o.Start), onReboot: f.OnReboot(g)}
		if first, ok := opens[t.region]; !ok || t.window.From < first {
			opens[t.region] = t.window.From
		}
		turns = append(turns, t)
	}
	slices.SortFunc(turns, func(a, b turn) int {
		return cmp.Or(cmp.Compare(opens[a.region], opens[b.region]), cmp.Compare(a.region, b.region),
			cmp.Compare(a.window.From, b.window.From), cmp.Compare(a.window.To, b.window.To), cmp.Compare(a.length, b.length),
			cmp.Compare(a.rank(), b.rank()), cmp.Compare(a.guest, b.guest))
	})
	return turns
}

// rank puts guests that are moved behind those that are stopped: a window whose first guest is moved stops none.
func (t turn) rank() int {
	return slices.Index([]fleet.OnReboot{fleet.Restart, fleet.Pinned, fleet.Migrate}, t.onReboot)
}

// sameWindow reports whether two guests are told of in one place.
func sameWindow(a, b turn) bool {
	return a.region == b.region && a.window == b.window && a.length == b.length
}

// runs cuts turns where two neighbours are not alike.
func runs(turns []turn, alike func(a, b turn) bool) [][]turn {
	var all [][]turn
	for i, start := 0, 0; i < len(turns); i++ {
		if i+1 == len(turns) || !alike(turns[i], turns[i+1]) {
			all = append(all, turns[start:i+1])
			start = i + 1
		}
	}
	return all
}

// table writes every window of the turns, with all the guests in it.
func (w *writer) table(turns []turn) {
	for i, run := range runs(turns, sameWindow) {
		if i == 0 || run[0].region != w.lastRegion {
			w.lastRegion = run[0].region
			w.line("Region %s", regionSlot(w.desk, w.lastRegion))
			w.gap()
		}
		w.line("  from  %s", w.clock.momentSlot(run[0].window.From))
		w.line("  to    %s", w.clock.momentSlot(run[0].window.To))
		if run[0].onReboot != fleet.Migrate {
			w.line("  down  %s expected, %s at worst", minutesSlot(run[0].length), minutesSlot(w.worst(run[0])))
		}
		for _, alike := range runs(run, func(a, b turn) bool { return a.onReboot == b.onReboot }) {
			w.heading(alike[0].onReboot, len(alike))
			w.list(w.namesOf(alike))
		}
		w.gap()
	}
}

// heading says what becomes of the guests that follow.
func (w *writer) heading(kind fleet.OnReboot, guests int) {
	switch count := countSlot(guests, "guest"); kind {
	case fleet.Migrate:
		w.line("  %s, moved while running, no interruption expected:", count)
	case fleet.Pinned:
		w.line("  %s, stopped and started again, never on another server:", count)
	default:
		w.line("  %s, stopped and started again:", count)
	}
}

// worst returns how long a guest may be down before its server is given up; the whole window when servers are not
// given up.
func (w *writer) worst(t turn) calendar.Seconds {
	if stuck := w.desk.brief.Policy.StuckAfter; stuck > 0 {
		return t.length + stuck
	}
	return max(t.length, t.window.To.Sub(t.window.From))
}

// meaning explains the table: what "at worst" is, and what becomes of guests whose server does not come back.
func (w *writer) meaning(turns []turn) {
	stopped := slices.ContainsFunc(turns, func(t turn) bool { return t.onReboot != fleet.Migrate })
	restart := slices.ContainsFunc(turns, func(t turn) bool { return t.onReboot == fleet.Restart })
	pinned := slices.ContainsFunc(turns, func(t turn) bool { return t.onReboot == fleet.Pinned })
	stuck := w.desk.brief.Policy.StuckAfter > 0
	switch {
	case !stopped:
		return
	case stuck:
		w.say("\"At worst\" is how long we wait for a server that does not come back.")
	default:
		w.say("\"At worst\" is the whole window. If it takes longer than that, we write to you.")
	}
	if stuck && restart {
		w.say("If a server does not come back in that time, its guests are started on another one. That takes some minutes more.")
	}
	if pinned {
		w.say("Guests marked \"never on another server\" have their disk on the server itself: if it does not come back, " +
			"they stay down until it is repaired.")
	}
}

func (w *writer) namesOf(turns []turn) []slot {
	names := make([]slot, len(turns))
	for i, t := range turns {
		names[i] = guestSlot(w.desk, t.guest)
	}
	return names
}
