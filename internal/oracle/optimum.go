package oracle

import (
	"slices"

	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/ident"
	"github.com/evenkeel-project/evenkeel/internal/core/policy"
)

// Run is one host's outage in a schedule.
type Run struct {
	Host   ident.Host
	Span   calendar.Span
	Canary bool
}

// Schedule is a choice of outages and canaries.
type Schedule struct {
	Finish calendar.Instant // the last end; the policy's start when there is none
	Runs   []Run            // in order of host
}

// Optimum returns a schedule with the earliest finish under all rules, over all choices of canaries.
//
// It is exact. Fix the canaries; then every rule is a limit on what is down together, a least time between
// the end of one outage and the start of another, or a freeze, and the finish never gets worse when an
// outage moves earlier. So among the best schedules there is one in which no outage alone can start
// earlier. Take its outages in order of start. Placing them one after another, each as early as those
// before it allow, makes this very schedule: an earlier place for one of them would be free of the outages
// after it too, since these start later and meet it only where it already was. The search places outages
// in every order, but only where each starts no earlier than the one before it: every such schedule comes
// up in its own order of start (of equal starts, by host). A branch is left when a chain of outages that
// have to follow each other cannot end before the best finish known.
func Optimum(in Instance) Schedule {
	var hosts []ident.Host
	for _, h := range in.hosts() {
		if in.place(h) == planned {
			hosts = append(hosts, h)
		}
	}
	s := newSearch(in, hosts)
	if len(hosts) > 0 {
		s.chooseCanaries(0)
	}
	return s.best
}

// search is a branch and bound. Hosts are numbered by their place in the list of planned ones.
type search struct {
	in        Instance
	hosts     []ident.Host
	length    []calendar.Seconds
	frozen    [][]calendar.Span // by host: the freezes that cover it
	resources []resource
	cohorts   [][]int
	canary    []bool
	rules     [][]calendar.Seconds // by pair: from the end of one to the start of the other; never when free

	lag     [][]calendar.Seconds // rules, with the canaries' bakes
	tail    []calendar.Seconds   // from the start of a host to the end of all that must follow it
	placed  []int
	isDone  []bool
	start   []calendar.Instant
	best    Schedule
	hasBest bool
}

// resource is what outages take of while they run.
type resource struct {
	allowed int
	taken   []int // by host
}

// never stands for no rule between two outages.
const never = calendar.Seconds(-1)

func newSearch(in Instance, hosts []ident.Host) *search {
	n := len(hosts)
	s := &search{in: in, hosts: hosts, canary: make([]bool, n), isDone: make([]bool, n),
		start: make([]calendar.Instant, n), tail: make([]calendar.Seconds, n), best: Schedule{Finish: in.Policy.Start}}
	byCohort := map[string]int{}
	for i, h := range hosts {
		length, ok := in.Policy.OutageOf(in.Fleet, h)
		if !ok {
			panic("oracle: a host without an outage length")
		}
		s.length = append(s.length, length)
		var frozen []calendar.Span
		for _, z := range in.Policy.Freezes {
			if z.Covers(in.Fleet, h) {
				frozen = append(frozen, z.Span)
			}
		}
		s.frozen = append(s.frozen, frozen)
		name := in.cohort(h)
		if _, ok := byCohort[name]; !ok {
			byCohort[name] = len(s.cohorts)
			s.cohorts = append(s.cohorts, nil)
		}
		s.cohorts[byCohort[name]] = append(s.cohorts[byCohort[name]], i)
	}
	s.findRules()
	s.findResources()
	return s
}

// findRules writes down the orders as least times between outages.
func (s *search) findRules() {
	in, order := s.in, s.in.Policy.Order
	for _, a := range s.hosts {
		row := make([]calendar.Seconds, len(s.hosts))
		for j, b := range s.hosts {
			row[j] = never
			regionA, regionB := in.region(a), in.region(b)
			if regionA != regionB {
				if order.Regions != policy.FreeRegions && in.regionBefore(regionA, regionB) {
					row[j] = order.BakeRegion
				}
				continue
			}
			zoneA, zoneB := in.Fleet.ZoneOf(a), in.Fleet.ZoneOf(b)
			switch {
			case !in.isLast(a) && in.isLast(b):
				row[j] = 0
			case in.isLast(a) || in.isLast(b) || order.FreeZones || zoneA == zoneB:
			case in.zoneBefore(zoneA, zoneB):
				row[j] = order.BakeZone
			}
		}
		s.rules = append(s.rules, row)
	}
}

// chooseCanaries tries every choice of canaries for the cohorts from c on, and schedules each.
func (s *search) chooseCanaries(c int) {
	if c == len(s.cohorts) {
		if s.join() {
			s.placeNext(s.in.Policy.Start, -1)
		}
		return
	}
	hosts := s.cohorts[c]
	s.pick(hosts, min(s.in.Policy.Canary.Hosts, len(hosts)), func() { s.chooseCanaries(c + 1) })
}

// pick makes each choice of so many of the hosts canaries in turn.
func (s *search) pick(hosts []int, many int, chosen func()) {
	if many == 0 {
		chosen()
		return
	}
	for i, h := range hosts {
		if len(hosts)-i < many {
			return
		}
		s.canary[h] = true
		s.pick(hosts[i+1:], many-1, chosen)
		s.canary[h] = false
	}
}

// join adds the canaries' bakes to the rules and measures the chains. It reports false when the rules go
// round in a circle.
func (s *search) join() bool {
	s.lag = s.lag[:0]
	for _, row := range s.rules {
		s.lag = append(s.lag, slices.Clone(row))
	}
	for _, cohort := range s.cohorts {
		for _, i := range cohort {
			for _, j := range cohort {
				if s.canary[i] && !s.canary[j] {
					s.lag[i][j] = max(s.lag[i][j], s.in.Policy.Canary.Bake)
				}
			}
		}
	}
	copy(s.tail, s.length)
	for range s.hosts {
		longer := false
		for i := range s.hosts {
			for j := range s.hosts {
				if s.lag[i][j] != never && s.length[i]+s.lag[i][j]+s.tail[j] > s.tail[i] {
					s.tail[i], longer = s.length[i]+s.lag[i][j]+s.tail[j], true
				}
			}
		}
		if !longer {
			return true
		}
	}
	return false
}
