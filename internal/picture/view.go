package picture

import (
	"fmt"
	"html/template"

	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/plan"
	"github.com/evenkeel-project/evenkeel/internal/core/problem"
)

// view is all that the body shows without its script, in words.
type view struct {
	Title, Verdict string
	Digest         string
	Good           bool
	Answers        []answer
	Outline        string   // of what binds
	Parts          []string // of what binds
	Regions        []stretch
	Drawing        template.HTML
	Planned        int
	Tail           []hostLine
	TailHosts      string
	TailMore       string // empty when all are shown
	TailLonger     string
	BoundAt        moments
	Blocked        []blockedLine
	BlockedMore    string // empty when all are shown
	BlockedAll     string
	Excluded       []string
	Moves          string
	Studied        bool
	LoadsHidden    string // empty when none is
	Documents      []document
	Version        string
}

// answer is one question that the first screen answers.
type answer struct {
	Question string
	Short    string
	At       *moments // when the answer is an instant
	Long     string
	Bad      bool
}

// moments is an instant in the two forms that an element for a time has.
type moments struct{ Machine, Text string }

func when(t calendar.Instant) moments { return moments{t.String(), moment(t)} }

func shortly(t calendar.Instant) moments { return moments{t.String(), short(t)} }

// stretch is a region or one of its parts in the table.
type stretch struct {
	Name, Hosts, Length, Peak, Limit string
	First, Last                      moments
	IsRegion                         bool
}

type hostLine struct {
	Host, Place, Why string
	Start, End       moments
	Past             string
}

type blockedLine struct{ Host, Reason string }

type document struct{ Name, Digest string }

// The rows that the body shows of a list; the script shows the rest on demand.
const (
	tailShown    = 10
	blockedShown = 20
)

// proposedShown is how many guests of a proposal are named: a few lines of the table; the plan has them all.
const proposedShown = 10

// whyBlocked says why the host has no outage, and which of its guests a person could move first, and where to.
func whyBlocked(b plan.Blocked) string {
	if len(b.Proposal) == 0 {
		return b.Reason
	}
	var moves []string
	for _, m := range b.Proposal[:min(proposedShown, len(b.Proposal))] {
		moves = append(moves, m.Guest+" to "+m.To)
	}
	if more := len(b.Proposal) - len(moves); more > 0 {
		moves = append(moves, grouped(more)+" more")
	}
	return b.Reason + "; proposed to move: " + listed(moves)
}

func (s *scene) describe() view {
	p := s.Plan
	v := view{Title: s.title(), Digest: string(p.Digest), Answers: s.answers(), Planned: len(s.rows), BoundAt: when(s.bound), Version: s.Version,
		Documents: []document{{"plan", string(p.Digest)}, {"fleet", string(p.Fleet)}, {"policy", string(p.Policy)}}}
	v.Verdict, v.Good = s.verdict()
	v.Outline, v.Parts = plan.Outlined(p.Bound.Binding)
	v.Outline = problem.Printable(v.Outline)
	for i, part := range v.Parts {
		v.Parts[i] = problem.Printable(part)
	}
	if len(s.rows) > 0 {
		v.Drawing = template.HTML(s.svg(inPage))
	}
	for i, r := range s.regions {
		v.Regions = append(v.Regions, s.stretch(r, true))
		for _, part := range s.parts {
			if part.region == i {
				v.Regions = append(v.Regions, s.stretch(part, false))
			}
		}
	}
	s.describeTail(&v)
	for _, b := range p.Blocked[:min(blockedShown, len(p.Blocked))] {
		v.Blocked = append(v.Blocked, blockedLine{problem.Printable(b.Host), problem.Printable(whyBlocked(b))})
	}
	v.BlockedMore, v.BlockedAll = someOf(len(p.Blocked)-len(v.Blocked)), counted(len(p.Blocked), "host")
	v.Excluded = excluded(p)
	if len(p.Moves) > 0 {
		v.Moves = counted(len(p.Moves), "move") + " of guests " + verb(len(p.Moves), "comes", "come") + " before the outages"
	}
	if s.Study != nil && len(s.Study.Loads) > 0 {
		v.Studied = true
		_, _, hidden := keptLoads(s.Study.Loads)
		v.LoadsHidden = someOf(hidden)
	}
	for _, a := range p.Advisories {
		v.Documents = append(v.Documents, document{"advisory " + problem.Printable(a.ID), string(a.Digest)})
	}
	return v
}

// someOf prints how many there are, nothing when there are none.
func someOf(n int) string {
	if n == 0 {
		return ""
	}
	return grouped(n)
}

func (s *scene) stretch(x section, isRegion bool) stretch {
	limit := ""
	if x.limit > 0 {
		limit = " of " + grouped(x.limit)
	}
	return stretch{Name: problem.Printable(x.name), Hosts: grouped(x.hosts()), Length: lasting(x.last.Sub(x.first)),
		Peak: grouped(x.peak) + limit, First: shortly(x.first), Last: shortly(x.last), IsRegion: isRegion}
}

func (s *scene) describeTail(v *view) {
	tail := s.tail()
	v.TailHosts = counted(len(tail), "host") + verb(len(tail), " ends", " end")
	v.TailMore = someOf(len(tail) - min(tailShown, len(tail)))
	v.TailLonger = lasting(s.Plan.Makespan - s.Plan.Bound.Seconds)
	for _, r := range tail[:min(tailShown, len(tail))] {
		zone := s.Fleet.ZoneOf(r.host)
		line := hostLine{Host: problem.Printable(r.outage.Host), Start: shortly(r.outage.Start), End: shortly(r.outage.End),
			Place: problem.Printable(s.Fleet.RegionID(s.Fleet.RegionOf(zone)) + " / " + s.Fleet.ZoneID(zone)), Past: lasting(r.outage.End.Sub(s.bound))}
		if s.Study != nil && r.reason < len(s.Study.Reasons) {
			line.Why = problem.Printable(s.Study.Reasons[r.reason].Words)
		}
		v.Tail = append(v.Tail, line)
	}
}

// verdict answers the first question: is it in time, and by how much.
func (s *scene) verdict() (string, bool) {
	p := s.Plan
	switch {
	case len(p.Outages) == 0:
		return "Nothing to do: no host needs an outage that may be planned", true
	case p.Margin == nil:
		return "Done after " + lasting(p.Makespan) + "; there is no deadline", true
	case *p.Margin < 0:
		return "Misses the deadline by " + lasting(-*p.Margin), false
	}
	return "Meets the deadline with " + lasting(*p.Margin) + " to spare", true
}

func (s *scene) answers() []answer {
	p := s.Plan
	finish, start := when(p.Finish), when(p.Start)
	out := []answer{{Question: "Start", At: &start, Long: "of the policy; no outage is earlier"}, {Question: "Finish", At: &finish, Long: "after " + lasting(p.Makespan)}}
	if p.Deadline != nil {
		deadline, latest := when(*p.Deadline), when(*p.LatestSafeStart)
		long := "which is when the embargo ends"
		if d := s.Policy.DeadlineReserve; d > 0 {
			long = lasting(d) + " before the embargo ends"
		}
		out = append(out, answer{Question: "Deadline", At: &deadline, Long: long})
		late := answer{Question: "Latest safe start", At: &latest, Long: "this very plan, started later, still in time"}
		switch {
		case *p.Margin >= 0 && p.LatestSafeStart.Sub(p.Start) < *p.Margin:
			late.Long = "started later still, an outage of this order would meet a freeze"
		case *p.Margin < 0:
			late.Long, late.Bad = "a start as late as this would have met the deadline", true
		}
		out = append(out, late)
	}
	out = append(out, s.howGood()...)
	return append(out, s.whom(), s.leftOut())
}

// howGood says what no plan can beat, and how far this one is from it.
func (s *scene) howGood() []answer {
	p := s.Plan
	if len(s.rows) == 0 {
		return nil
	}
	bound := when(s.bound)
	a := answer{Question: "Could it be shorter?", Short: "No: proven", Long: "it takes exactly what the bound proves"}
	if p.Makespan > p.Bound.Seconds {
		a.Short, a.Long = "By "+lasting(p.Makespan-p.Bound.Seconds)+" at most", "the gap to the bound is "+plan.GapText(p.GapMillionths)
	}
	return []answer{{Question: "Bound", At: &bound, Long: "no plan under this policy is done before, " + lasting(p.Bound.Seconds) + " after the start"}, a}
}

func (s *scene) whom() answer {
	down, moved, canaries := 0, 0, 0
	for _, r := range s.rows {
		down += r.down
		moved += r.moved
		if r.outage.Canary {
			canaries++
		}
	}
	long := counted(down, "guest") + " " + verb(down, "goes", "go") + " down"
	if moved > 0 {
		long += ", " + grouped(moved) + " " + verb(moved, "is", "are") + " moved off first"
	}
	return answer{Question: "Touches", Short: counted(len(s.rows), "host"), Long: fmt.Sprintf("%s first as canaries; %s", grouped(canaries), long)}
}

// leftOut says which exposed hosts the plan leaves as they are.
func (s *scene) leftOut() answer {
	protected := 0
	for _, e := range s.Plan.Excluded {
		if e.Reason == plan.Protected {
			protected++
		}
	}
	n := len(s.Plan.Blocked) + protected
	if n == 0 {
		return answer{Question: "Stays exposed", Short: "None", Long: "every exposed host has its outage"}
	}
	var parts []string
	if b := len(s.Plan.Blocked); b > 0 {
		parts = append(parts, grouped(b)+" blocked")
	}
	if protected > 0 {
		parts = append(parts, grouped(protected)+" protected by the policy")
	}
	return answer{Question: "Stays exposed", Short: counted(n, "host"), Bad: true, Long: listed(parts)}
}

// excluded counts the hosts without an outage by their reason.
func excluded(p *plan.Plan) []string {
	counts := map[plan.Reason]int{}
	for _, e := range p.Excluded {
		counts[e.Reason]++
	}
	var out []string
	for _, known := range []struct {
		reason plan.Reason
		words  string
	}{{plan.NotAffected, "not affected"}, {plan.Fixed, "fixed already"}, {plan.Protected, "protected by the policy, though exposed"}} {
		if n := counts[known.reason]; n > 0 {
			out = append(out, counted(n, "host")+" "+known.words)
		}
	}
	return out
}
