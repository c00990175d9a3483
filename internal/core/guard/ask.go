package guard

import (
	"fmt"

	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/ident"
)

// Question asks whether one host may go down now. The zero value of every field is the answer no.
type Question struct {
	Host   ident.Host
	Now    calendar.Instant
	Length calendar.Seconds // how long it will be down, at least 1
	Window calendar.Span    // promised to the owners of its guests

	Planned  bool // the host has an outage in the plan
	Approved bool // that very plan is approved
	Running  bool // the campaign runs
	Stopped  Hold // when it does not: why

	Clear bool // the order of regions, zones, last hosts and canaries lets it go
	Ahead Hold // when it does not: what is ahead

	Told   bool // the notices of its region are on record, early enough
	Untold Hold // when they are not: why

	// Taken says that the host is counted in the ledger already: the question is asked again right before it
	// goes down (law S19).
	Taken bool
}

// Verdict is the answer: allowed, with every limit that was looked at; or not, with every reason.
type Verdict struct {
	Allowed bool
	Checks  []Check
	Holds   []Hold
}

// Ask answers. A verdict is allowed exactly when it has no hold.
func (l *Ledger) Ask(q Question) Verdict {
	v := Verdict{Holds: l.guard.standing(q)}
	v.Holds = append(v.Holds, l.guard.hours(q)...)
	checks, over := l.limits(q)
	v.Checks = checks
	v.Holds = append(v.Holds, over...)
	v.Allowed = len(v.Holds) == 0
	return v
}

// standing looks at what does not depend on the hour or on what is down.
func (g *Guard) standing(q Question) []Hold {
	var holds []Hold
	id := g.fleet.HostID(q.Host)
	no := func(is bool, hold Hold) {
		if !is {
			holds = append(holds, hold)
		}
	}
	no(q.Planned, Hold{Code: "not-in-plan", Sentence: "host " + id + " has no outage in the plan", Objects: []string{id}, Lifter: Operator,
		Lift: "make a plan that has it"})
	no(!g.protected[q.Host], Hold{Code: "protected", Sentence: "host " + id + " is protected: automation must not touch it", Objects: []string{id},
		Lifter: Nobody})
	no(q.Approved, Hold{Code: "not-approved", Sentence: "the plan is not approved", Lifter: Approver, Lift: "approve it: evenkeel campaign approve"})
	no(q.Running, orElse(q.Stopped, Hold{Code: "not-running", Sentence: "the campaign does not run", Lifter: Operator, Lift: "start it"}))
	no(q.Told, orElse(q.Untold, Hold{Code: "notice-missing", Sentence: "nothing is known of the notices of its region", Lifter: Operator}))
	no(q.Clear, orElse(q.Ahead, Hold{Code: "order-unknown", Sentence: "nothing is known of what goes before it", Lifter: Operator}))
	return holds
}

// orElse returns the hold that the asker gave, and the general one when it gave none.
func orElse(given, general Hold) Hold {
	if given.Code == "" {
		return general
	}
	return given
}

// hours looks at the window and the freezes. The whole outage must fit, as far as anybody can tell now.
func (g *Guard) hours(q Question) []Hold {
	var holds []Hold
	end := q.Now.Add(q.Length)
	id := g.fleet.HostID(q.Host)
	if q.Length < 1 {
		holds = append(holds, Hold{Code: "length-unknown", Sentence: "nobody knows how long host " + id + " is down", Objects: []string{id}, Lifter: Operator})
	}
	if q.Now < q.Window.From {
		from := q.Window.From
		holds = append(holds, Hold{Code: "before-window", Until: &from, Objects: []string{id}, Lifter: Time,
			Sentence: fmt.Sprintf("the window of host %s opens at %s", id, from)})
	}
	if end > q.Window.To {
		holds = append(holds, Hold{Code: "window-missed", Objects: []string{id}, Lifter: Operator, Lift: "plan the hosts that are left anew, and tell their tenants",
			Sentence: fmt.Sprintf("host %s would be down until %s, past the end of its window at %s", id, end, q.Window.To)})
	}
	for _, z := range g.freezes {
		if z.hosts[q.Host] && z.Span.Overlaps(calendar.Span{From: q.Now, To: end}) {
			until := z.Span.To
			holds = append(holds, Hold{Code: "freeze", Until: &until, Objects: []string{id}, Lifter: Time,
				Sentence: fmt.Sprintf("a freeze from %s to %s covers host %s: %s", z.Span.From, until, id, z.Reason)})
		}
	}
	return holds
}

// limits looks at every limit that the host counts against.
func (l *Ledger) limits(q Question) ([]Check, []Hold) {
	var checks []Check
	var over []Hold
	l.measure(q.Host)
	for _, r := range l.need.met {
		allowed := l.guard.allowed[r]
		if allowed == unlimited {
			continue
		}
		kind, name := l.guard.scope(r)
		c := Check{Scope: kind, Name: name, Down: int(l.down[r]), More: int(l.need.of[r]), Allowed: int(allowed)}
		if q.Taken {
			c.Down -= c.More
		}
		checks = append(checks, c)
		if c.Down+c.More > c.Allowed {
			over = append(over, c.hold())
		}
	}
	l.need.clear()
	return checks, over
}

// hold says that a limit leaves no room.
func (c Check) hold() Hold {
	what := "host"
	if c.Scope == "tenant" || c.Scope == "group" {
		what = "guest"
	}
	if c.Allowed != 1 {
		what += "s"
	}
	hold := Hold{Code: "limit", Lifter: Time, Lift: "it ends when enough of them are back; one that failed has to be repaired",
		Sentence: fmt.Sprintf("the limit of %s allows %d %s down; down are %d, and this would add %d", c.scopeName(), c.Allowed, what, c.Down, c.More)}
	if c.Name != "" {
		hold.Objects = []string{c.Name}
	}
	return hold
}

func (c Check) scopeName() string {
	switch {
	case c.Scope == "last":
		return "the last hosts, one at a time,"
	case c.Name == "":
		return "the " + c.Scope
	}
	return c.Scope + " " + c.Name
}

// FreezeAhead returns the start of the first freeze that covers the host and begins at t or later.
func (g *Guard) FreezeAhead(h ident.Host, t calendar.Instant) (calendar.Instant, bool) {
	first, found := calendar.Instant(0), false
	for _, z := range g.freezes {
		if z.hosts[h] && z.Span.From >= t && (!found || z.Span.From < first) {
			first, found = z.Span.From, true
		}
	}
	return first, found
}
