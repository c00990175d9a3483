package search

import (
	"math/bits"

	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/instance"
)

// layout is a schedule on grids: every host stands in some slots of time, and the grids know what is left of
// each limit in every slot.
//
// A resource that one stage alone uses, or stages that never overlap, is counted on a grid of that stage, which
// covers the stage's time only. The others, shared by legs that run side by side, are counted on one grid that
// covers the whole plan. So the memory grows with what can really meet.
type layout struct {
	in    *instance.Instance
	unit  int64 // seconds of a slot
	slots int   // of the plan, at most

	length   []int32 // by place: slots of its outage
	at       []int32 // by place: its first slot, nowhere while it has none
	canaries []int32 // places

	stages []ground
	own    rows     // uses of the stage's grid, by place
	shared rows     // uses of the common grid, by place
	common []uint32 // allowances on the common grid
	cross  *grid    // the common grid

	behind []int32                          // by place: the cohort whose canaries it waits for, -1 for none
	open   []int32                          // by cohort: the slot from which hosts behind its canaries may start
	latest []int32                          // by place: the slot by which it must have ended; noSlot when none is set
	shut   map[*instance.Timetable][]uint64 // by freezes: the slots that they touch
}

// ground is a stage on its grid.
type ground struct {
	members []int32
	allowed []uint32 // by own resource
	grid    *grid    // nil before the stage is opened
	before  int32    // the stage that must have ended, -1 for none
	bake    int32    // slots from its end to the start of this one
	base    int32    // the first slot in which a host may run
	end     int32    // the first slot in which all must have ended
	room    int32    // slots that it may take when it is laid for the first time
}

// nowhere is the slot of a host that stands nowhere.
const nowhere = -1

// noSlot is a slot later than all others.
const noSlot = 1<<31 - 1

// slack is how much longer than the first schedule a layout may be: one part in so many.
const slack = 4

// newLayout lays out nothing yet, on grids that have room for the first schedule, for what was promised, and something
// more. Instants that were promised lie on slots too.
func newLayout(in *instance.Instance, first Schedule, promised []calendar.Instant) *layout {
	n := in.Roster.Size()
	l := &layout{in: in, length: make([]int32, n), at: make([]int32, n), behind: make([]int32, n),
		open: make([]int32, in.Cohorts), latest: make([]int32, n), stages: make([]ground, len(in.Course.Stages))}
	for k, s := range in.Course.Stages {
		l.stages[k].members = s.Members
	}
	l.splitUses()
	took := tookWith(in, first, promised)
	horizon := int64(first.Finish-in.Start) + int64(first.Finish-in.Start)/slack + in.Roster.Length[0]
	l.unit = l.unitFor(horizon, took, promised)
	l.slots = int(ceilDiv(horizon, l.unit)) + 1
	for i := range n {
		l.length[i], l.at[i] = int32(ceilDiv(in.Roster.Length[i], l.unit)), nowhere
		l.latest[i] = noSlot
		if due := in.Roster.Due[i]; due != instance.NoDeadline {
			l.latest[i] = int32(min(max(due+first.Late-int64(in.Start), 0)/l.unit, noSlot))
		}
		if in.Roster.Canary[i] {
			l.canaries = append(l.canaries, int32(i))
		}
	}
	l.setCohorts()
	l.setOrder()
	for k := range l.stages {
		l.stages[k].room = int32(ceilDiv(took[k]+took[k]/2, l.unit)) + 64
	}
	l.setFreezes()
	return l
}

// lastEnds returns when the last host of every stage ends.
func lastEnds(in *instance.Instance, s Schedule) []calendar.Instant {
	out := make([]calendar.Instant, len(in.Course.Stages))
	for n, stage := range in.Course.Stages {
		for _, i := range stage.Members {
			out[n] = max(out[n], in.Roster.Span(i, s.Start[i]).To)
		}
	}
	return out
}

// stageTimes returns how many seconds every stage takes, from when it can begin to its last end: freezes that keep all
// of it waiting count, for its grid covers them too.
func stageTimes(in *instance.Instance, ends []calendar.Instant) []int64 {
	out := make([]int64, len(ends))
	begin := in.Start
	for _, leg := range in.Course.Legs {
		if !in.Course.RegionsOrdered {
			begin = in.Start
		}
		for _, n := range leg.Stages {
			out[n] = max(0, int64(ends[n]-begin))
			begin = max(begin, ends[n])
		}
	}
	return out
}

// wordsMax bounds the words of all grids: with more, slots get longer and lengths are rounded up.
const wordsMax = 10 << 20

// slotsMost bounds the slots of a plan, and with them the work of one move: it looks at every slot of a stage. Three
// days have as many seconds; a plan behind a freeze of years gets slots of many minutes instead of taking hours a step.
const slotsMost = 1 << 18

// unitFor returns the greatest length of a slot with which all lengths, bakes and ends of freezes are whole
// numbers of slots, and promises too, or, where that needs too much memory, a longer one.
func (l *layout) unitFor(horizon int64, took []int64, promised []calendar.Instant) int64 {
	unit := int64(0)
	for _, length := range l.in.Roster.Length {
		unit = gcd(unit, length)
	}
	for _, g := range l.in.Gates {
		unit = gcd(unit, int64(g.Bake))
	}
	tables := map[*instance.Timetable]bool{nil: true} // every freeze has a mask of the whole plan; and slots fit 31 bits
	for _, t := range l.in.Roster.Frozen {
		if tables[t] {
			continue
		}
		tables[t] = true
		for _, span := range t.Spans() {
			unit = gcd(gcd(unit, abs(int64(span.From-l.in.Start))), abs(int64(span.To-l.in.Start)))
		}
	}
	words := func(unit int64) int64 {
		total := (horizon/unit/64 + 1) * (planesOf(l.common) + int64(len(tables)))
		for k := range l.stages {
			total += ((took[k]+took[k]/2)/unit/64 + 3) * planesOf(l.stages[k].allowed)
		}
		return total
	}
	unit = max(unit, 1)
	finer := unit
	for _, at := range promised {
		finer = gcd(finer, int64(max(at, l.in.Start)-l.in.Start))
	}
	if words(finer) <= wordsMax && horizon/finer <= slotsMost {
		return finer
	}
	for (words(unit) > wordsMax || horizon/unit > slotsMost) && unit < horizon {
		unit *= 2
	}
	return unit
}

// planesOf returns the planes of a grid of those allowances.
func planesOf(allowed []uint32) int64 {
	total := int64(0)
	for _, a := range allowed {
		total += int64(bits.Len32(a))
	}
	return total
}

func gcd(a, b int64) int64 {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}

func abs(a int64) int64 { return max(a, -a) }

func ceilDiv(a, b int64) int64 { return (a + b - 1) / b }

// setCohorts notes who waits for canaries.
func (l *layout) setCohorts() {
	r := l.in.Roster
	has := make([]bool, l.in.Cohorts)
	for _, i := range l.canaries {
		has[r.Cohort[i]] = true
	}
	for i, canary := range r.Canary {
		l.behind[i] = -1
		if c := r.Cohort[i]; has[c] && !canary {
			l.behind[i] = int32(c)
		}
	}
}

// setOrder notes which stage comes before which.
func (l *layout) setOrder() {
	c := l.in.Course
	for k, leg := range c.Legs {
		before := int32(-1)
		if k > 0 && c.RegionsOrdered {
			previous := c.Legs[k-1].Stages
			before = int32(previous[len(previous)-1])
		}
		for j, n := range leg.Stages {
			bake := int64(0)
			switch {
			case j == 0 && before >= 0:
				bake = int64(l.in.Policy.Order.BakeRegion)
			case j > 0 && !c.Stages[n].Last:
				bake = int64(l.in.Policy.Order.BakeZone)
			}
			l.stages[n].before, l.stages[n].bake = before, int32(ceilDiv(bake, l.unit))
			before = int32(n)
		}
	}
}

// setFreezes marks the slots that freezes touch.
func (l *layout) setFreezes() {
	words := (l.slots+63)>>6 + 1
	for _, t := range l.in.Roster.Frozen {
		if t == nil || l.shut[t] != nil {
			continue
		}
		mask := make([]uint64, words)
		for _, span := range t.Spans() {
			from := max(0, int64(span.From-l.in.Start)/l.unit)
			to := min(ceilDiv(max(0, int64(span.To-l.in.Start)), l.unit), int64(words)<<6)
			for word := int(from >> 6); int64(word)<<6 < to; word++ {
				mask[word] |= maskOf(word, int(from), int(to))
			}
		}
		if l.shut == nil {
			l.shut = map[*instance.Timetable][]uint64{}
		}
		l.shut[t] = mask
	}
}

// chainsOf returns the stages that follow one another, chain by chain: those of all legs, or of each.
func chainsOf(c *instance.Course) [][]int32 {
	var chains [][]int32
	for k, leg := range c.Legs {
		if k == 0 || !c.RegionsOrdered {
			chains = append(chains, nil)
		}
		last := len(chains) - 1
		for _, n := range leg.Stages {
			chains[last] = append(chains[last], int32(n))
		}
	}
	return chains
}

// cohortsMeet reports whether hosts of one chain wait for canaries of another: then no chain can be laid before
// the others.
func (l *layout) cohortsMeet(chains [][]int32) bool {
	chainOf := make([]int32, len(l.stages))
	for k, chain := range chains {
		for _, n := range chain {
			chainOf[n] = int32(k)
		}
	}
	of := make([]int32, l.in.Cohorts) // 1 + the chain of its canaries, several when they stand in more than one
	for _, i := range l.canaries {
		c, chain := l.in.Roster.Cohort[i], 1+chainOf[l.in.Roster.Stage[i]]
		if of[c] != 0 && of[c] != chain {
			chain = several
		}
		of[c] = chain
	}
	for i, c := range l.behind {
		if c >= 0 && of[c] != 1+chainOf[l.in.Roster.Stage[i]] {
			return true
		}
	}
	return false
}
