package search

import (
	"math"

	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/instance"
)

// season is a class of hosts that the same freezes cover. While none of them can start they stay parked, all at once,
// and only the resources that had something left for them are looked at when the freeze is over. Were each
// woken by itself, many freezes would cost as many tries as there are hosts, each time.
type season struct {
	freezes  *instance.Timetable
	shortest int64 // the least length of its hosts

	asked   calendar.Instant // when shut and tooLong were worked out
	shut    bool             // not even the shortest fits before the next freeze
	tooLong int              // hosts that were tried and did not fit before it

	opens bool     // an event is under way that has its resources woken
	wakes []uint32 // them
}

// seasonsMax is how many classes are told apart: whoever wakes a resource looks at each of them. Hosts of others belong
// to class 0, as hosts without freezes do, and wait for the end of a freeze one by one.
const seasonsMax = 32

// longMax is how many hosts of a class are passed over at one instant because they do not fit before the next freeze, so
// that shorter ones behind them can start.
const longMax = 256

// seasonsOf returns the classes of freezes, and by place the class of each host.
func seasonsOf(r *instance.Roster) ([]season, []uint8) {
	seasons, class := make([]season, 1), make([]uint8, r.Size())
	known := map[*instance.Timetable]uint8{nil: 0}
	for i, freezes := range r.Frozen {
		c, ok := known[freezes]
		if !ok && len(seasons) < seasonsMax {
			c = uint8(len(seasons))
			known[freezes] = c
			seasons = append(seasons, season{freezes: freezes, shortest: math.MaxInt64, asked: math.MinInt64})
		}
		class[i] = c
		seasons[c].shortest = min(seasons[c].shortest, r.Length[i])
	}
	return seasons, class
}

// isShut reports whether none of the class is to be tried now; a resource that asks is woken when a freeze is over.
func (s *dispatcher) isShut(resource uint32, class uint8, now calendar.Instant) bool {
	if class == 0 {
		return false
	}
	c := &s.seasons[class]
	if c.asked != now {
		c.asked, c.tooLong = now, 0
		c.shut = c.freezes.Earliest(now, c.shortest) > now
	}
	if !c.shut && c.tooLong < longMax {
		return false
	}
	s.awaitOpening(resource, class, now)
	return true
}

// awaitOpening has the resource woken when the freeze that is on, or else the next, is over.
func (s *dispatcher) awaitOpening(resource uint32, class uint8, now calendar.Instant) {
	c := &s.seasons[class]
	if l := s.parked.lotOf(resource, class); !l.kept {
		l.kept = true
		c.wakes = append(c.wakes, resource)
	}
	if !c.opens {
		c.opens = true
		s.events.push(entry{int64(c.freezes.EndAfter(now)), int32(2*s.roster.Size()+len(s.gates)) + int32(class)})
	}
}

// openSeason has those tried who waited for a freeze to be over.
func (s *dispatcher) openSeason(class uint8) {
	c := &s.seasons[class]
	c.opens = false
	for _, resource := range c.wakes {
		if s.parked.release(resource, class) {
			s.giveBack(resource)
		}
	}
	c.wakes = c.wakes[:0]
}

// passOver sets a host that does not fit before the next freeze aside, at the resource that woke it, and
// tries the next. It reports false when the host has to wait by itself.
func (s *dispatcher) passOver(i int32, by int64, now calendar.Instant) bool {
	class := s.class[i]
	if class == 0 || by == nobody || s.emptying != nil && by >= int64(s.emptying.rooms) {
		return false
	}
	s.seasons[class].tooLong++
	s.awaitOpening(uint32(by), class, now)
	s.aside = append(s.aside, reparked{uint32(by), s.rank[i]})
	s.wakeNext(by, now)
	return true
}
