package notice

import (
	"slices"

	"github.com/evenkeel-project/evenkeel/internal/core/fleet"
	"github.com/evenkeel-project/evenkeel/internal/core/ident"
)

// planned writes the first letter: every window of the tenant's guests.
func (w *writer) planned() string {
	w.say("We have to do maintenance on servers that your guests run on. It concerns %s of yours. Each of them has a "+
		"window below; the work on it is planned once, inside that window.", countSlot(len(w.guests), "guest"))
	w.reason(w.desk.brief.Advisories, w.occasion.At)
	w.zone()
	turns := w.desk.turnsOf(w.guests)
	w.table(turns)
	w.meaning(turns)
	w.groups()
	w.say("What you can do: before a window opens, bring your work to guests with another window, or shut the guests of " +
		"that window down yourself in good order. If somebody else should get these letters, or a window would harm you, " +
		"answer this letter now.")
	if lead := w.desk.brief.Policy.NoticeLead; lead > 0 {
		w.say("When you hear from us next: at least %s before the work in a region starts. Then when it starts, when guests "+
			"of yours take longer than we said, and when the region is complete.", leadSlot(lead))
	} else {
		w.say("When you hear from us next: before the work in a region starts. Then when it starts, when guests " +
			"of yours take longer than we said, and when the region is complete.")
	}
	return subject("planned windows of your guests")
}

// courtesy writes the letter before a region starts.
func (w *writer) courtesy() string {
	region, turns := regionSlot(w.desk, w.region), w.desk.turnsOf(w.guests)
	w.say("The maintenance that we wrote to you about comes to region %s next. It concerns %s of yours there.",
		region, countSlot(len(w.guests), "guest"))
	w.reason(w.desk.brief.Advisories, w.occasion.At)
	w.zone()
	w.table(turns)
	w.meaning(turns)
	w.groups()
	w.say("We write again when the work in the region starts, when guests of yours take longer than we said, and when " +
		"the region is complete.")
	return subject("region %s is next", region)
}

// started writes the letter at the start of a region.
func (w *writer) started() string {
	region, turns := regionSlot(w.desk, w.region), w.desk.turnsOf(w.guests)
	w.say("The maintenance in region %s has started. These are the windows of the %s of yours that it concerns.",
		region, countSlot(len(w.guests), "guest"))
	w.zone()
	w.table(turns)
	w.meaning(turns)
	w.say("We write again when guests of yours take longer than we said, and when the region is complete.")
	return subject("region %s has started", region)
}

// late writes the letter about a server that takes longer than was said.
func (w *writer) late() string {
	region := regionSlot(w.desk, w.region)
	w.say("The maintenance of a server in region %s takes longer than we said. It concerns %s of yours.",
		region, countSlot(len(w.guests), "guest"))
	w.named("On that server", w.guests, w.stopped)
	w.named("Moved while running, or about to be; no interruption is expected", w.guests,
		func(g ident.Guest) bool { return !w.stopped(g) })
	switch {
	case !slices.ContainsFunc(w.guests, w.stopped):
	case w.occasion.Until == nil:
		w.say("We cannot say yet when the guests on that server will be back.")
	default:
		w.say("We now expect the guests on that server to be back by this time at the latest:")
		w.line("  %s", w.clock.momentSlot(*w.occasion.Until))
		w.gap()
		w.otherwise()
	}
	w.zone()
	w.say("We write again when the region is complete, and say then of each guest whether it is done.")
	return subject("guests in region %s take longer", region)
}

// otherwise says what happens when a late server does not come back in time.
func (w *writer) otherwise() {
	of := func(kind fleet.OnReboot) func(ident.Guest) bool {
		return func(g ident.Guest) bool { return w.desk.brief.Fleet.OnReboot(g) == kind }
	}
	switch {
	case w.desk.brief.Policy.StuckAfter == 0:
		w.say("If they are not back by then, we keep working on that server until they are.")
		return
	case slices.ContainsFunc(w.guests, of(fleet.Restart)):
		w.say("If that server does not come back, we power it off before that time and start its guests on another one.")
	default:
		w.say("If that server does not come back, we power it off before that time and repair it.")
	}
	w.named("In that case down until the server is repaired, for their disk is on it", w.guests, of(fleet.Pinned))
}

// ended writes the letter at the end of a region: each guest concerned stands in it once.
func (w *writer) ended() string {
	region := regionSlot(w.desk, w.region)
	down, undone := w.among(w.occasion.Down), w.among(w.occasion.Undone)
	open := w.among(slices.Concat(w.occasion.Down, w.occasion.Undone))
	isDown := func(g ident.Guest) bool { return down[g] }
	isUndone := func(g ident.Guest) bool { return undone[g] && !down[g] }
	isDone := func(g ident.Guest) bool { return !open[g] }
	w.say("The maintenance in region %s has ended. It concerned %s of yours.", region, countSlot(len(w.guests), "guest"))
	w.named("Still down; we are working on it", w.guests, isDown)
	w.named("Not done; we write again before we try again", w.guests, isUndone)
	w.named("Done", w.guests, isDone)
	if slices.ContainsFunc(w.guests, isDown) {
		w.say("Guests that are still down come first for us. Answer this letter to ask about them.")
	}
	switch len(open) {
	case 0:
	case len(w.guests):
		return subject("region %s has ended, and none of your guests is done", region)
	default:
		return subject("region %s has ended, but not all of your guests are done", region)
	}
	w.say("In this region there is nothing left to do for your guests.")
	return subject("region %s is complete", region)
}

// among returns those of the letter's own guests that a list names. What a list names beside them, such as
// another tenant's guest on the same server, is nobody's business here.
func (w *writer) among(names []string) map[ident.Guest]bool {
	marked := map[ident.Guest]bool{}
	for _, name := range names {
		g, ok := w.desk.brief.Fleet.FindGuest(name)
		if _, ours := slices.BinarySearch(w.guests, g); ok && ours {
			marked[g] = true
		}
	}
	return marked
}

// named writes a heading and those of the guests that which picks, all of them; nothing when it picks none.
func (w *writer) named(heading phrase, guests []ident.Guest, which func(ident.Guest) bool) {
	var names []slot
	for _, g := range guests {
		if which(g) {
			names = append(names, guestSlot(w.desk, g))
		}
	}
	if len(names) == 0 {
		return
	}
	w.line(heading+" (%s):", countSlot(len(names), "guest"))
	w.list(names)
	w.gap()
}
