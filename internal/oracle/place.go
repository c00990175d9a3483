package oracle

import "github.com/evenkeel-project/evenkeel/internal/core/calendar"

// placeNext places every outage that may come next, none before now; last is the one placed before.
func (s *search) placeNext(now calendar.Instant, last int) {
	if len(s.placed) == len(s.hosts) {
		s.keep()
		return
	}
	for i := range s.hosts {
		if !s.isDone[i] && s.hasBest && max(now, s.ready(i)).Add(s.tail[i]) >= s.best.Finish {
			return
		}
	}
	for i := range s.hosts {
		if s.isDone[i] || s.waits(i) {
			continue
		}
		at := s.earliest(i)
		if at < now || (at == now && i < last) {
			continue
		}
		s.isDone[i], s.start[i] = true, at
		s.placed = append(s.placed, i)
		s.placeNext(at, i)
		s.placed = s.placed[:len(s.placed)-1]
		s.isDone[i] = false
	}
}

// waits reports whether an outage has to follow one that is not placed yet.
func (s *search) waits(i int) bool {
	for j := range s.hosts {
		if !s.isDone[j] && s.lag[j][i] != never {
			return true
		}
	}
	return false
}

// ready returns the earliest start that the orders allow after the outages placed.
func (s *search) ready(i int) calendar.Instant {
	at := s.in.Policy.Start
	for _, j := range s.placed {
		if s.lag[j][i] != never {
			at = max(at, s.end(j).Add(s.lag[j][i]))
		}
	}
	return at
}

func (s *search) end(i int) calendar.Instant { return s.start[i].Add(s.length[i]) }

// earliest returns the first time at which an outage fits among those placed.
func (s *search) earliest(i int) calendar.Instant {
	at := s.ready(i)
	for {
		later := s.afterFreeze(i, at)
		if later == at {
			later = s.afterLimits(i, at)
		}
		if later == at {
			return at
		}
		at = later
	}
}

func (s *search) afterFreeze(i int, at calendar.Instant) calendar.Instant {
	for _, z := range s.frozen[i] {
		if at < z.To && z.From < at.Add(s.length[i]) {
			return z.To
		}
	}
	return at
}

// afterLimits returns at when no limit is broken at any time of the outage, else the next end of an
// outage placed that it meets.
func (s *search) afterLimits(i int, at calendar.Instant) calendar.Instant {
	end := at.Add(s.length[i])
	broken := s.overdrawn(i, at)
	for _, j := range s.placed {
		broken = broken || (at < s.start[j] && s.start[j] < end && s.overdrawn(i, s.start[j]))
	}
	if !broken {
		return at
	}
	next := calendar.Instant(0)
	for _, j := range s.placed {
		if e := s.end(j); e > at && (next == 0 || e < next) {
			next = e
		}
	}
	if next == 0 {
		panic("oracle: an outage breaks a limit by itself")
	}
	return next
}

// overdrawn reports whether what runs at an instant, together with outage i, takes too much of anything.
func (s *search) overdrawn(i int, at calendar.Instant) bool {
	for _, r := range s.resources {
		if r.taken[i] == 0 {
			continue
		}
		sum := r.taken[i]
		for _, j := range s.placed {
			if s.start[j] <= at && at < s.end(j) {
				sum += r.taken[j]
			}
		}
		if sum > r.allowed {
			return true
		}
	}
	return false
}

// keep makes the schedule the best one when it is.
func (s *search) keep() {
	finish := s.in.Policy.Start
	for i := range s.hosts {
		finish = max(finish, s.end(i))
	}
	if s.hasBest && finish >= s.best.Finish {
		return
	}
	s.hasBest, s.best = true, Schedule{Finish: finish}
	for i, h := range s.hosts {
		s.best.Runs = append(s.best.Runs, Run{Host: h, Span: calendar.Span{From: s.start[i], To: s.end(i)}, Canary: s.canary[i]})
	}
}
