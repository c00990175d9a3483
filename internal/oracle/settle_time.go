package oracle

import "github.com/evenkeel-project/evenkeel/internal/core/calendar"

// runningAt returns the outages started that run at an instant.
func (w *walk) runningAt(at calendar.Instant) set {
	var out set
	for j := range w.hosts {
		if w.started.has(j) && w.start[j] <= at && at < w.end(j) {
			out |= 1 << j
		}
	}
	return out
}

// fits reports whether an outage may run from an instant on, beside what has started.
func (w *walk) fits(i int, at calendar.Instant) bool {
	if w.afterFreeze(i, at) != at || !w.together[w.runningAt(at)|1<<i] {
		return false
	}
	for j := range w.hosts {
		if w.started.has(j) && at < w.start[j] && w.start[j] < at.Add(w.length[i]) && !w.together[w.runningAt(w.start[j])|1<<i] {
			return false
		}
	}
	return true
}

// first returns the first instant from at on, itself or one at which something ends, at which an outage fits.
func (w *walk) first(i int, at calendar.Instant) calendar.Instant {
	for !w.fits(i, at) {
		later := w.afterFreeze(i, at)
		for j := range w.hosts {
			if e := w.end(j); w.started.has(j) && e > at && (later == at || e < later) {
				later = e
			}
		}
		if later == at {
			panic("oracle: an outage fits nowhere")
		}
		at = later
	}
	return at
}

// next returns the next instant at which an outage that has not started may find its time.
func (w *walk) next(now calendar.Instant) (calendar.Instant, bool) {
	found, ok := calendar.Instant(0), false
	offer := func(at calendar.Instant) {
		if at > now && (!ok || at < found) {
			found, ok = at, true
		}
	}
	for i := range w.hosts {
		if w.started.has(i) {
			offer(w.end(i))
			continue
		}
		offer(w.opens(i))
		for _, z := range w.frozen[i] {
			offer(z.To)
		}
	}
	return found, ok
}

// isLate reports whether some outage that has not started could have run to its end by now, whatever starts
// later. Who may yet become a canary is not asked: as one it would not have to wait as it does now.
func (w *walk) isLate(now calendar.Instant, t trace) bool {
	for i := range w.hosts {
		c := w.cohortOf[i]
		if w.started.has(i) || w.before[i]&^w.started != 0 || w.chosen[c] < w.quota[c] {
			continue
		}
		if at := w.opens(i); at.Add(w.length[i]) <= now && w.first(i, at).Add(w.length[i]) <= now {
			return true
		}
	}
	return false
}

// trace writes down what has started leaves for the time after now.
func (w *walk) trace(now calendar.Instant) trace {
	t := trace{now: now, free: make([]calendar.Instant, 0, len(w.hosts)+len(w.gate))}
	for i := range w.hosts {
		if w.started.has(i) {
			t.free = append(t.free, w.end(i))
			t.sum += w.start[i].Sub(w.in.Policy.Start)
			continue
		}
		t.free = append(t.free, w.ready(i))
	}
	t.free = append(t.free, w.gate...)
	return t
}

// isKnown reports whether a branch searched before makes this one needless.
func (w *walk) isKnown(t trace) bool {
	for _, other := range w.known[w.started] {
		if other.covers(t) {
			return true
		}
	}
	return false
}

// covers reports whether everything that can follow the other can follow t.
func (t trace) covers(other trace) bool {
	if t.now > other.now || t.sum > other.sum {
		return false
	}
	for k, at := range t.free {
		if at > max(other.free[k], other.now) {
			return false
		}
	}
	return true
}
