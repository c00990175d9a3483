package cli

import (
	"fmt"
	"strings"
	"time"

	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/plan"
	"github.com/evenkeel-project/evenkeel/internal/core/problem"
)

// olderPlan reads the plan to compare with, nil when none is named.
func (s *session) olderPlan(path string) (*plan.Plan, problem.List) {
	if path == "" {
		return nil, problem.List{}
	}
	return s.desk.ReadPlan(path)
}

// printComparison tells what became of an older plan, the figures first; path is where that plan stood.
func (s *session) printComparison(path string, c plan.Comparison, zone *time.Location) {
	if c.Same {
		fmt.Fprint(s.Out, wrapped("", "Nothing changed: the new plan is the one in "+problem.Printable(path)+"."))
		s.field("digest", "%s", c.New.Digest)
		return
	}
	fmt.Fprintf(s.Out, "Compared with %s\n", problem.Printable(path))
	s.field("old", "%s", problem.Printable(string(c.Old.Digest)))
	s.field("new", "%s", c.New.Digest)
	s.field("made from", "%s", problem.Printable(madeFrom(c)))
	fmt.Fprintln(s.Out)
	figuresTable(c, zone).print(s.Out, 0)
	fmt.Fprintln(s.Out)
	if missed(c.New) {
		s.field("MISSED", "the new plan misses its deadline by %s", lasting(-*c.New.Margin))
	}
	s.printMoved(c)
	s.printCanaryChanges(c.Canaries)
	if c.Moves != (plan.MoveChanges{}) {
		s.field("guests", "%s new, %s dropped", counted(c.Moves.Added, "move"), grouped(c.Moves.Dropped))
	}
	s.printTransfers(c.Transfers)
	s.printChanges(c.Changes, zone)
}

// madeFrom says which of the documents behind a plan are others than before.
func madeFrom(c plan.Comparison) string {
	which := func(changed bool, name string) string {
		if changed {
			return "another " + name
		}
		return "the same " + name
	}
	parts := []string{which(c.Fleet, "fleet"), which(c.Policy, "policy")}
	if len(c.Advisories) == 0 {
		parts = append(parts, "the same advisories")
	}
	for _, a := range c.Advisories {
		word := "with another text"
		if a.Old == "" {
			word = "added"
		} else if a.New == "" {
			word = "taken out"
		}
		parts = append(parts, "advisory "+a.ID+" "+word)
	}
	return listed(parts)
}

// figuresTable shows the figures side by side; those that hardly ever change are shown when they do.
func figuresTable(c plan.Comparison, zone *time.Location) *table {
	t := newTable("", "old", "new", "change")
	old, now := c.Old, c.New
	numbers := func(name string, was, is int) {
		t.add(name, grouped(was), grouped(is), signed(is-was, grouped(max(is-was, was-is))))
	}
	lengths := func(name string, was, is calendar.Seconds) {
		t.add(name, lasting(was), lasting(is), signed(int(is-was), lasting(max(is-was, was-is))))
	}
	instants := func(name string, was, is calendar.Instant) {
		t.add(name, shortMoment(was, zone), shortMoment(is, zone), shifted(is.Sub(was)))
	}
	numbers("outages", len(old.Outages), len(now.Outages))
	numbers("blocked", len(old.Blocked), len(now.Blocked))
	if old.Start != now.Start {
		instants("start", old.Start, now.Start)
	}
	instants("finish", old.Finish, now.Finish)
	optionalRow(t, "deadline", old.Deadline, now.Deadline, instants)
	optionalRow(t, "margin", old.Margin, now.Margin, lengths)
	optionalRow(t, "latest start", old.LatestSafeStart, now.LatestSafeStart, instants)
	lengths("lasts", old.Makespan, now.Makespan)
	lengths("bound", old.Bound.Seconds, now.Bound.Seconds)
	t.add("gap", plan.GapText(old.GapMillionths), plan.GapText(now.GapMillionths), "")
	if old.Seed != now.Seed {
		t.add("seed", fmt.Sprint(old.Seed), fmt.Sprint(now.Seed), "")
	}
	return t
}

// optionalRow adds a figure that a plan without an embargo lacks.
func optionalRow[T any](t *table, name string, was, is *T, row func(string, T, T)) {
	switch {
	case was != nil && is != nil:
		row(name, *was, *is)
	case was != nil:
		t.add(name, "set", "none", "gone")
	case is != nil:
		t.add(name, "none", "set", "new")
	}
}

// signed puts the sign of n before the text of its amount; no change is "".
func signed(n int, amount string) string {
	switch {
	case n > 0:
		return "+" + amount
	case n < 0:
		return "-" + amount
	}
	return ""
}

// shifted says how an instant moved; not at all is "".
func shifted(by calendar.Seconds) string {
	switch {
	case by > 0:
		return lasting(by) + " later"
	case by < 0:
		return lasting(-by) + " earlier"
	}
	return ""
}

// printMoved says how many outages start at another time, how far they moved, and whom that concerns.
func (s *session) printMoved(c plan.Comparison) {
	if len(c.Changes) == 0 {
		s.field("moved", "no outage that both plans have")
		return
	}
	var parts []string
	for _, way := range []struct {
		word string
		plan.Spread
	}{{"earlier", c.Earlier}, {"later", c.Later}} {
		if way.Count > 0 {
			parts = append(parts, fmt.Sprintf("%s %s %s by %s", counted(way.Count, "outage"), verb(way.Count, "starts", "start"), way.word, spreadText(way.Spread)))
		}
	}
	if c.Lengths > 0 {
		parts = append(parts, counted(c.Lengths, "outage")+" "+verb(c.Lengths, "has", "have")+" another length")
	}
	if len(parts) > 0 {
		s.field("moved", "%s", strings.Join(parts, "; "))
	}
	w := c.Windows
	if w.Earlier+w.Later+w.Within == 0 {
		return
	}
	anew := w.Earlier + w.Later
	if anew == 0 {
		s.field("windows", "%s narrower than was promised before; no tenant needs a new notice", counted(w.Within, "window")+verb(w.Within, " is", " are"))
		return
	}
	s.field("windows", "%s outside what was promised before (%s %s earlier): those tenants need a new notice",
		counted(anew, "window")+verb(anew, " reaches", " reach"), grouped(w.Earlier), verb(w.Earlier, "opens", "open"))
}

// spreadText prints how far starts moved: "5m", or "1m to 2h, median 5m".
func spreadText(s plan.Spread) string {
	if s.Least == s.Greatest {
		return lasting(s.Least)
	}
	return fmt.Sprintf("%s to %s, median %s", lasting(s.Least), lasting(s.Greatest), lasting(s.Median))
}

func (s *session) printCanaryChanges(c plan.CanaryChanges) {
	var parts []string
	if len(c.Became) > 0 {
		parts = append(parts, counted(len(c.Became), "new canary")+" ("+firstOf(c.Became)+")")
	}
	if len(c.Ceased) > 0 {
		parts = append(parts, grouped(len(c.Ceased))+verb(len(c.Ceased), " is", " are")+" none any more ("+firstOf(c.Ceased)+")")
	}
	if len(parts) > 0 {
		s.field("canaries", "%s", problem.Printable(strings.Join(parts, ", ")))
	}
}

// namesShown bounds the names that a line of a summary lists.
const namesShown = 3

// firstOf lists the first names and counts the others.
func firstOf(names []string) string {
	text := strings.Join(names[:min(len(names), namesShown)], ", ")
	if more := len(names) - namesShown; more > 0 {
		text += fmt.Sprintf(" and %s more", grouped(more))
	}
	return text
}

// standingOrder is the order in which a summary tells where hosts stand.
var standingOrder = []plan.Standing{plan.Planned, plan.IsBlocked, plan.Standing(plan.Protected),
	plan.Standing(plan.Fixed), plan.Standing(plan.NotAffected), plan.Absent}

// printTransfers tells which hosts stand elsewhere, those of one way together.
func (s *session) printTransfers(all []plan.Transfer) {
	if len(all) == 0 {
		return
	}
	type way struct{ old, now plan.Standing }
	names := map[way][]string{}
	for _, x := range all {
		key := way{x.Old.Standing, x.New.Standing}
		names[key] = append(names[key], x.Host)
	}
	t := newTable("hosts that were", "are now", ">hosts", "which")
	for _, old := range standingOrder {
		for _, now := range standingOrder {
			if hosts := names[way{old, now}]; len(hosts) > 0 {
				t.add(standingWords(old), becameWords(old, now), grouped(len(hosts)), clipped(problem.Printable(firstOf(hosts)), 40))
			}
		}
	}
	fmt.Fprintln(s.Out)
	t.print(s.Out, 0)
}

// becameWords says where hosts stand now; those that are blocked as before are blocked by another group.
func becameWords(old, now plan.Standing) string {
	if old == now {
		return standingWords(now) + " by another group"
	}
	return standingWords(now)
}

func standingWords(standing plan.Standing) string {
	switch standing {
	case plan.Absent:
		return "not in the fleet"
	case plan.Standing(plan.NotAffected):
		return "not affected"
	}
	return string(standing)
}

// movedShown bounds the outages of a comparison that are told one by one; --json has them all.
const movedShown = 10

// printChanges tells the outages that moved furthest.
func (s *session) printChanges(all []plan.Change, zone *time.Location) {
	t := newTable("moved most", "started", "starts now", "change")
	for _, c := range all {
		if c.By() != 0 {
			t.add(problem.Printable(c.Host), shortMoment(c.Old.Start, zone), shortMoment(c.New.Start, zone), shifted(c.By()))
		}
	}
	if len(t.rows) == 0 {
		return
	}
	fmt.Fprintln(s.Out)
	t.print(s.Out, movedShown)
}
