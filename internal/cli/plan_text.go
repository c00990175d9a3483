package cli

import (
	"fmt"
	"strings"

	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/exposure"
	"github.com/evenkeel-project/evenkeel/internal/core/plan"
	"github.com/evenkeel-project/evenkeel/internal/core/problem"
)

// field prints one line of a plan's head: a name and what there is to say, wrapped.
func (s *session) field(name, format string, args ...any) {
	fmt.Fprint(s.Out, wrapped(fmt.Sprintf("  %-10s ", name), fmt.Sprintf(format, args...)))
}

func (s *session) printScale(v planView) {
	ids := make([]string, len(v.plan.Advisories))
	for i, a := range v.plan.Advisories {
		ids[i] = a.ID
	}
	fmt.Fprintf(s.Out, "Plan for %s\n", listed(ids))
	t := touchedBy(v.plan, v.material.fleet)
	s.field("touches", "%s (%s first), %s and %s", counted(t.hosts, "host"), counted(t.canaries, "canary"),
		counted(t.down+t.moved, "guest"), counted(t.tenants, "tenant"))
	s.field("guests", "%s %s down with %s host, %s must be moved off first (on_reboot: migrate)", grouped(t.down),
		verb(t.down, "goes", "go"), verb(t.down, "its", "their"), grouped(t.moved))
	s.printMoves(v.plan)
	s.printKept(v)
	s.printLeftOut(v.plan)
	s.field("digest", "%s", v.plan.Digest)
}

// printMoves counts what the plan moves; a guest that goes to a host before its outage is moved again.
func (s *session) printMoves(p *plan.Plan) {
	if len(p.Moves) == 0 {
		return
	}
	times := map[string]int{}
	again := 0
	for _, m := range p.Moves {
		if times[m.Guest]++; times[m.Guest] == 2 {
			again++
		}
	}
	more := ""
	if again > 0 {
		more = fmt.Sprintf(", %s of them more than once", grouped(again))
	}
	s.field("moves", "%s of %s%s; the plan says where to and when", counted(len(p.Moves), "move"), counted(len(times), "guest"), more)
}

// printKept counts the promised starts that stand, and those that do not.
func (s *session) printKept(v planView) {
	if v.kept == nil {
		return
	}
	promised := make(map[string]calendar.Instant, len(v.kept.Outages))
	for _, o := range v.kept.Outages {
		promised[o.Host] = o.Start
	}
	in, kept := 0, 0
	for _, o := range v.plan.Outages {
		if at, ok := promised[o.Host]; ok {
			in++
			if at == o.Start {
				kept++
			}
		}
	}
	if in == 0 {
		s.field("kept", "nothing: %s has an outage of none of these hosts; is it a plan of this fleet?", problem.Printable(v.options.keep))
		return
	}
	s.field("kept", "%s of %s that %s has too; add --compare %s for what changed", grouped(kept), counted(in, "start"),
		problem.Printable(v.options.keep), problem.Printable(v.options.keep))
}

// printLeftOut counts the hosts without an outage by the reason.
func (s *session) printLeftOut(p *plan.Plan) {
	reasons := map[plan.Reason]int{}
	for _, e := range p.Excluded {
		reasons[e.Reason]++
	}
	var parts []string
	for _, known := range []struct {
		reason plan.Reason
		words  string
	}{{plan.NotAffected, "not affected"}, {plan.Fixed, "fixed"}, {plan.Protected, "protected though exposed"}} {
		if n := reasons[known.reason]; n > 0 {
			parts = append(parts, grouped(n)+" "+known.words)
		}
	}
	if len(parts) > 0 {
		s.field("left out", "%s", listed(parts))
	}
}

func (s *session) printTimes(v planView) {
	p, zone := v.plan, v.options.zone
	s.field("start", "%s", moment(p.Start, zone))
	if p.Deadline == nil {
		s.field("finish", "%s, after %s; there is no deadline", moment(p.Finish, zone), lasting(p.Makespan))
		return
	}
	s.field("finish", "%s, after %s", moment(p.Finish, zone), lasting(p.Makespan))
	reserve := ""
	if d := v.material.policy.DeadlineReserve; d > 0 {
		reserve = fmt.Sprintf(", which is %s before the embargo ends", lasting(d))
	}
	s.field("deadline", "%s%s", moment(*p.Deadline, zone), reserve)
	if missed(p) {
		s.field("MISSED", "by %s; %s", lasting(-*p.Margin), late(v))
		s.field("latest", "a start at or before %s would have met it", moment(*p.LatestSafeStart, zone))
		// With one advisory all outages have this deadline, so the bound speaks for every plan.
		if len(p.Advisories) == 1 && p.Start.Add(p.Bound.Seconds) > *p.Deadline {
			s.field("proven", "no plan under this policy meets the deadline: start earlier, or loosen what binds")
		}
		return
	}
	s.field("margin", "%s%s", lasting(*p.Margin), leftExposed(p))
	held := ""
	if p.LatestSafeStart.Sub(p.Start) < *p.Margin {
		held = "; a later start would push an outage of this order into a freeze"
	}
	s.field("latest", "this plan may start as late as %s and still meet the deadline%s", moment(*p.LatestSafeStart, zone), held)
}

func (s *session) printBinding(v planView) {
	p := v.plan
	if len(p.Outages) == 0 {
		return
	}
	s.printBinds(p.Bound.Binding)
	defer s.printSearch(v)
	if p.Makespan == p.Bound.Seconds {
		s.field("bound", "proven optimal: no plan under this policy is shorter")
		return
	}
	unseen := ""
	if len(p.Moves) > 0 {
		unseen = "; the bound does not count the time that moves take"
	}
	s.field("bound", "no plan under this policy is shorter than %s; this one is %s longer (gap %s)%s",
		lasting(p.Bound.Seconds), lasting(p.Makespan-p.Bound.Seconds), plan.GapText(p.GapMillionths), unseen)
}

// printSearch says how to make the same plan again.
func (s *session) printSearch(v planView) {
	p, asked := v.plan, v.options.effort
	switch {
	case v.material.policy.Moves != nil && (asked.timed || asked.steps != defaultSteps):
		s.field("search", "none: a plan under a policy with moves is made at once; --budget and --steps change nothing")
	case p.Steps > 0:
		s.field("search", "%s; --steps %d --seed %d makes this plan again", counted(int(p.Steps), "step"), p.Steps, p.Seed)
	}
}

// outlineOver is the length from which what binds is told part by part.
const outlineOver = 320

// printBinds tells what binds; when that is too long to be read at a glance, first in outline and then each
// part that stands in brackets on lines of its own.
func (s *session) printBinds(text string) {
	if len(text) <= outlineOver {
		s.field("binds", "%s", problem.Printable(text))
		return
	}
	outline, parts := plan.Outlined(text)
	s.field("binds", "%s", problem.Printable(outline))
	for _, part := range parts {
		fmt.Fprint(s.Out, wrapped("             - ", problem.Printable(part)))
	}
}

// blockedShown bounds the blocked hosts that are told one by one; the JSON plan has them all.
const blockedShown = 10

func (s *session) printBlocked(p *plan.Plan) {
	if len(p.Blocked) == 0 {
		s.field("blocked", "none")
		return
	}
	fmt.Fprint(s.Out, "\n", wrapped("", fmt.Sprintf("%s blocked, with no outage in this plan", counted(len(p.Blocked), "host"))))
	remedy := ""
	for i, b := range p.Blocked {
		if i == blockedShown {
			fmt.Fprintf(s.Out, "  and %s more, which plan --json lists\n", grouped(len(p.Blocked)-blockedShown))
			break
		}
		// A reason is a sentence, a semicolon, and what to do: no id holds a space.
		sentence, fix, _ := strings.Cut(b.Reason, "; ")
		if fix != remedy && remedy != "" {
			sentence = b.Reason
		} else {
			remedy = fix
		}
		fmt.Fprint(s.Out, wrapped("  - ", problem.Printable(b.Host+": "+sentence)))
		if len(b.Proposal) > 0 {
			fmt.Fprint(s.Out, wrapped("    proposed: ", problem.Printable(proposalText(b.Proposal))))
		}
	}
	if remedy != "" {
		fmt.Fprint(s.Out, wrapped("  to do: ", problem.Printable(remedy)))
	}
}

// proposedShown is how many guests of a proposal are named: a line or so; the JSON plan has them all.
const proposedShown = 3

// proposalText says which guests a person could move where.
func proposalText(list []plan.Proposed) string {
	parts := make([]string, 0, proposedShown+1)
	for i, m := range list {
		if i == proposedShown {
			parts = append(parts, grouped(len(list)-i)+" more")
			break
		}
		parts = append(parts, m.Guest+" to "+m.To)
	}
	return listed(parts)
}

// late says how many outages end after the deadline of their host.
func late(v planView) string {
	n := 0
	for _, o := range v.plan.Outages {
		h, _ := v.material.fleet.FindHost(o.Host)
		for i, a := range v.report.Advisories() {
			if a.Embargo != nil && v.report.Touches(i, h) && o.End > a.Embargo.Until.Add(-v.material.policy.DeadlineReserve) {
				n++
				break
			}
		}
	}
	return fmt.Sprintf("%s of %s %s after the deadline of %s host", grouped(n), counted(len(v.plan.Outages), "outage"),
		verb(n, "ends", "end"), verb(n, "its", "their"))
}

// leftExposed says how many exposed hosts the plan leaves as they are, whatever its margin.
func leftExposed(p *plan.Plan) string {
	n := len(p.Blocked)
	for _, e := range p.Excluded {
		if e.Reason == plan.Protected {
			n++
		}
	}
	if n == 0 {
		return ""
	}
	return fmt.Sprintf(" for the planned hosts; %s blocked or protected and %s exposed", counted(n, "host")+verb(n, " is", " are"), verb(n, "stays", "stay"))
}

// cautions says what an approver should know before a signature: the planner's warnings, and hosts that are
// planned because nobody knows better.
func cautions(v planView) []string {
	var out []string
	for _, p := range v.warnings {
		out = append(out, strings.TrimSuffix(p.Sentence+"; "+p.Fix, "; "))
	}
	if n := unknownOutages(v); n > 0 {
		out = append(out, fmt.Sprintf("%s cannot be judged, by a missing or unreadable fact, and %s planned as exposed; "+
			"exposure --hosts says why", counted(n, "host"), verb(n, "is", "are")))
	}
	return out
}

func (s *session) printCautions(v planView) {
	list := cautions(v)
	if len(list) == 0 {
		return
	}
	fmt.Fprintln(s.Out, "\nMind")
	for _, caution := range list {
		fmt.Fprint(s.Out, wrapped("  - ", problem.Printable(caution)))
	}
}

func (s *session) printSchedule(v planView) {
	if len(v.plan.Outages) == 0 {
		return
	}
	zone := v.options.zone
	note := "UTC"
	if local := v.plan.Start.Time().In(zone); local.Format("-07") != "+00" {
		note = "UTC (" + local.Format("MST") + ")"
	}
	t := newTable("region, zone", ">hosts", "first start", "last end", ">peak")
	add := func(indent string, x stretch) {
		t.add(indent+x.name, grouped(x.hosts), shortMoment(x.first, zone), shortMoment(x.last, zone), grouped(x.peakDown))
	}
	for _, region := range scheduleOf(v.plan, v.material.fleet, v.material.policy) {
		add("", region)
		for _, z := range region.parts {
			add("  ", z)
		}
	}
	fmt.Fprintf(s.Out, "\nRegions and zones, %s; peak is hosts down at once\n", note)
	t.print(s.Out, scheduleRowsMax)
}

// scheduleRowsMax bounds the schedule: it fits a screen or two; the JSON plan has every outage.
const scheduleRowsMax = 60

// unknownOutages counts the planned hosts of which it is not known whether they are exposed.
func unknownOutages(v planView) int {
	n := 0
	for _, o := range v.plan.Outages {
		if h, ok := v.material.fleet.FindHost(o.Host); ok && v.report.Overall(h) == exposure.Unknown {
			n++
		}
	}
	return n
}
