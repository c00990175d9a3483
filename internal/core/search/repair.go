package search

import "github.com/evenkeel-project/evenkeel/internal/core/chance"

// repair finds room for hosts that stand nowhere, by moving others out of their way.
//
// It is a tabu search on partial schedules, as Bloechliger and Zufferey's PartialCol (2008) is one on partial
// colourings: a host without a place is put where least stands in its way, what stands there is taken off and
// waits for its turn, and a host that was put stays for a while. Nobody ever breaks a limit.
type repair struct {
	*layout
	draw     *chance.Source
	users    *userBook
	homeless []int32
	stays    []int64 // by place: the number of the move up to which it may not be taken off
	moved    int64   // moves so far
	taken    []int32 // by place: where it stood when it was taken off

	cost [planesOfCost][]uint64 // of the slots of a window, in planes of bits
	fit  []uint64               // the slots of a window where a host could start
	mask []uint64
}

func newRepair(l *layout, draw *chance.Source) *repair {
	return &repair{layout: l, users: newUserBook(l), draw: draw, stays: make([]int64, len(l.at)), taken: make([]int32, len(l.at))}
}

// begin takes up the hosts that have no place.
func (r *repair) begin(homeless []int32) { r.homeless = append(r.homeless[:0], homeless...) }

// pin keeps a host where it stands for so many moves.
func (r *repair) pin(i int32, moves int) { r.stays[i] = r.moved + int64(moves) }

// run makes up to so many moves and reports whether every host has a place.
func (r *repair) run(moves int) bool {
	for ; moves > 0 && len(r.homeless) > 0; moves-- {
		k, last := int(r.draw.Below(uint64(len(r.homeless)))), len(r.homeless)-1
		i := r.homeless[k]
		r.homeless[k] = r.homeless[last]
		r.homeless = r.homeless[:last]
		r.moved++
		if !r.house(i) && !r.force(i) {
			r.homeless = append(r.homeless, i)
		}
	}
	return len(r.homeless) == 0
}

// house gives a host a place where it fits: the first or the last, as chance says.
func (r *repair) house(i int32) bool {
	at, w := nowhere, r.windowOf(i)
	if r.draw.Below(2) == 0 {
		at = r.earliest(i, w)
	} else {
		at = r.latestFit(i, w)
	}
	if at == nowhere {
		return false
	}
	r.take(i, at)
	return true
}

// A host that was forced in stays for stayLeast moves, up to stayMore more, and one for every two hosts without
// a place.
const (
	stayLeast = 8
	stayMore  = 10
)

// slotsTried is how many slots are tried when somebody in the way has to stay.
const slotsTried = 4

// force puts a host where least stands in its way and takes off what stands there.
func (r *repair) force(i int32) bool {
	w := r.windowOf(i)
	if w.to-w.from < int(r.length[i]) {
		return false
	}
	r.price(i, w)
	first := w.from &^ 63
	for range slotsTried {
		offset := r.cheapest()
		if offset < 0 {
			return false
		}
		if r.evict(i, first+offset) {
			r.take(i, first+offset)
			r.stays[i] = r.moved + stayLeast + int64(r.draw.Below(stayMore)) + int64(len(r.homeless)/2)
			return true
		}
		r.fit[offset>>6] &^= 1 << uint(offset&63)
	}
	return false
}

// evict takes off the hosts in the way of one that is to stand at a slot; it reports false, and takes nobody
// off, when one of them has to stay.
func (r *repair) evict(i int32, at int) bool {
	mark, end := len(r.homeless), at+int(r.length[i])
	g, stage := r.gridOf(i), r.in.Roster.Stage[i]
	for _, u := range r.own.of(i) {
		if !r.makeRoom(g, u, at, end, r.users.own[stage].of(u.resource)) {
			r.putBack(mark)
			return false
		}
	}
	for _, u := range r.shared.of(i) {
		if !r.makeRoom(r.cross, u, at, end, r.users.common.of(u.resource)) {
			r.putBack(mark)
			return false
		}
	}
	return true
}

// putBack returns the hosts taken off since the mark to where they stood.
func (r *repair) putBack(mark int) {
	for _, i := range r.homeless[mark:] {
		r.take(i, int(r.taken[i]))
	}
	r.homeless = r.homeless[:mark]
}

// makeRoom takes users of a resource off until enough is left of it from slot at until slot end.
func (r *repair) makeRoom(g *grid, u gridUse, at, end int, users []int32) bool {
	for g.lacks(u, at, end) {
		best, least := int32(nowhere), int64(0)
		for _, j := range users {
			from := int(r.at[j])
			if from == nowhere || r.in.Roster.Canary[j] || r.stays[j] > r.moved || !g.lacks(u, max(at, from), min(end, from+int(r.length[j]))) {
				continue
			}
			// Short hosts with few limits find another place most easily.
			weight := int64(r.length[j])*int64(len(r.own.of(j))+len(r.shared.of(j))+1)*64 + int64(r.draw.Below(512))
			if best == nowhere || weight < least {
				best, least = j, weight
			}
		}
		if best == nowhere {
			return false
		}
		r.taken[best] = r.at[best]
		r.give(best)
		r.homeless = append(r.homeless, best)
	}
	return true
}
