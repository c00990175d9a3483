package inspect

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/ident"
)

// event is a host going down or coming back.
type event struct {
	at   calendar.Instant
	host ident.Host
	up   bool
}

// timeline returns the starts and ends of all outages in order of time. At one instant the ends come
// first, because outages are half-open.
func (n *inspection) timeline() []event {
	events := make([]event, 0, 2*len(n.outages))
	for _, o := range n.outages {
		if o.span.From < o.span.To {
			events = append(events, event{o.span.From, o.host, false}, event{o.span.To, o.host, true})
		}
	}
	slices.SortFunc(events, func(a, b event) int {
		if a.at != b.at {
			return cmp.Compare(a.at, b.at)
		}
		if a.up != b.up {
			if a.up {
				return -1
			}
			return 1
		}
		return cmp.Compare(a.host, b.host)
	})
	return events
}

// excess is the worst moment of one resource that was overdrawn.
type excess struct {
	resource uint32
	at       calendar.Instant
	down     int
}

// gauge keeps how much of every resource of a scope is taken as time goes on.
type gauge struct {
	scope
	now      event
	down     []int32 // by resource
	looked   int
	excesses []excess
	excessOf []uint32 // by resource: 1 + index in excesses; nil while there is none
}

// take adds or takes back one of a resource, as the present event says.
func (g *gauge) take(r uint32) {
	if g.now.up {
		g.down[r]--
		return
	}
	g.looked++
	g.down[r]++
	if int(g.down[r]) > g.allowed[r] {
		g.noteExcess(r)
	}
}

func (g *gauge) noteExcess(r uint32) {
	if g.excessOf == nil {
		g.excessOf = make([]uint32, len(g.allowed))
	}
	if g.excessOf[r] == 0 {
		g.excesses = append(g.excesses, excess{resource: r})
		g.excessOf[r] = uint32(len(g.excesses))
	}
	if worst := &g.excesses[g.excessOf[r]-1]; int(g.down[r]) > worst.down {
		worst.at, worst.down = g.now.at, int(g.down[r])
	}
}

// sweep walks the timeline once and reports each resource of which more was taken than is allowed, at its
// worst moment, in order of the resources.
func (n *inspection) sweep(events []event, s scope) {
	g := &gauge{scope: s, down: make([]int32, len(s.allowed))}
	take := g.take
	for _, g.now = range events {
		s.taken(g.now.host, take)
	}
	n.tell(g, func(e excess) []string { return n.takers(s, e) }, func(e excess, name string) string {
		return fmt.Sprintf("at %s %d %s of %s are down, limit %d (%s of %d)", e.at, e.down, s.unit, name, s.allowed[e.resource],
			s.limits(e.resource), s.whole(e.resource))
	})
}

// tell reports every resource of a gauge of which too much was taken, in order of the resources. takers returns the
// ids of those who took of it at its worst moment; say makes the sentence, of the excess and the name of the resource.
func (n *inspection) tell(g *gauge, takers func(e excess) []string, say func(e excess, name string) string) {
	n.looked(g.rule, g.looked)
	slices.SortFunc(g.excesses, func(a, b excess) int { return cmp.Compare(a.resource, b.resource) })
	for i, e := range g.excesses {
		if i >= keptMax {
			n.find(g.rule, nil, "")
			continue
		}
		id, objects := g.id(e.resource), takers(e)
		if id != "" {
			objects = append([]string{id}, objects...)
		}
		n.find(g.rule, objects, "%s", say(e, strings.TrimSpace(g.kind+" "+id)))
	}
}

// takersMax bounds the hosts that one finding names.
const takersMax = 10

// takers returns the ids of the first hosts that take of the resource at its worst moment.
func (n *inspection) takers(s scope, e excess) []string {
	var ids []string
	moment := calendar.Span{From: e.at, To: e.at + 1}
	for _, o := range n.outages {
		if len(ids) == takersMax || !o.span.Overlaps(moment) {
			continue
		}
		takes := false
		s.taken(o.host, func(r uint32) { takes = takes || r == e.resource })
		if takes {
			ids = append(ids, n.Fleet.HostID(o.host))
		}
	}
	return ids
}
