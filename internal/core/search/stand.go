package search

import "math/bits"

// window is where a host may run: from slot from until slot to.
type window struct{ from, to int }

// windowOf returns where a host may run: from when its stage and its cohort are open until its stage has to end
// and its deadline.
func (l *layout) windowOf(i int32) window {
	g := &l.stages[l.in.Roster.Stage[i]]
	from := g.base
	if c := l.behind[i]; c >= 0 {
		from = max(from, l.open[c])
	}
	return window{int(from), min(int(g.end), int(l.latest[i]), l.cross.ends())}
}

// closed returns the slots of a word in which the host cannot run.
func (l *layout) closed(i int32, g *grid, word int) uint64 {
	busy := uint64(0)
	if l.shut != nil {
		if t := l.in.Roster.Frozen[i]; t != nil {
			busy = l.shut[t][word]
		}
	}
	for _, u := range l.own.of(i) {
		if busy == ^uint64(0) {
			return busy
		}
		busy |= g.busy(u, word)
	}
	for _, u := range l.shared.of(i) {
		if busy == ^uint64(0) {
			return busy
		}
		busy |= l.cross.busy(u, word)
	}
	return busy
}

// gridOf returns the grid of the host's stage.
func (l *layout) gridOf(i int32) *grid { return l.stages[l.in.Roster.Stage[i]].grid }

// take stands the host at a slot. There must be room.
func (l *layout) take(i int32, at int) {
	g, end := l.gridOf(i), at+int(l.length[i])
	for _, u := range l.own.of(i) {
		g.take(u, at, end)
	}
	for _, u := range l.shared.of(i) {
		l.cross.take(u, at, end)
	}
	l.at[i] = int32(at)
}

// give takes the host off the grids.
func (l *layout) give(i int32) {
	g, at := l.gridOf(i), int(l.at[i])
	end := at + int(l.length[i])
	for _, u := range l.own.of(i) {
		g.give(u, at, end)
	}
	for _, u := range l.shared.of(i) {
		l.cross.give(u, at, end)
	}
	l.at[i] = nowhere
}

// earliest returns the first slot of the window at which the host fits, nowhere when there is none.
func (l *layout) earliest(i int32, w window) int {
	g, length := l.gridOf(i), int(l.length[i])
	run := 0 // open slots just before the word
	for word := w.from >> 6; word<<6 < w.to; word++ {
		open := ^l.closed(i, g, word) & maskOf(word, w.from, w.to)
		if run+bits.TrailingZeros64(^open) >= length {
			return word<<6 - run
		}
		if open == ^uint64(0) {
			run += 64
			continue
		}
		if at := firstRun(open, length); at >= 0 {
			return word<<6 + at
		}
		run = bits.LeadingZeros64(^open)
	}
	return nowhere
}

// latestFit returns the last slot of the window at which the host fits, nowhere when there is none.
func (l *layout) latestFit(i int32, w window) int {
	g, length := l.gridOf(i), int(l.length[i])
	run := 0 // open slots just after the word
	for word := (w.to - 1) >> 6; word >= w.from>>6 && w.to > w.from; word-- {
		open := ^l.closed(i, g, word) & maskOf(word, w.from, w.to)
		if run+bits.LeadingZeros64(^open) >= length {
			return (word+1)<<6 + run - length
		}
		if open == ^uint64(0) {
			run += 64
			continue
		}
		if at := firstRun(bits.Reverse64(open), length); at >= 0 {
			return word<<6 + 64 - at - length
		}
		run = bits.TrailingZeros64(^open)
	}
	return nowhere
}
