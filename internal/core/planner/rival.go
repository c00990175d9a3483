package planner

import (
	"slices"

	"github.com/evenkeel-project/evenkeel/internal/core/instance"
)

// rivalHosts is the size of the largest fleet whose canaries are chosen anew: in greater ones a cohort has so many hosts
// that some canaries cost hardly less than others.
const rivalHosts = 2000

// Each step tries rivalsMost other choices of canaries, of large fleets fewer, with so many steps of search each.
const (
	rivalsMost  = 16
	rivalPasses = 16
)

// challenge tries other canaries than those of the best schedule, and takes them over when they make it better. No
// bound leans on the choice, so the proof holds for all of them.
func (s *Search) challenge() {
	if s.whole.Roster.Size() > rivalHosts || s.in.Policy.Canary.Hosts <= 0 {
		return
	}
	for range min(max(stepHosts/(rivalPasses*max(s.whole.Roster.Size(), 1)), 1), rivalsMost) {
		if s.search.Done() {
			return
		}
		other := s.otherCanaries()
		if other == nil {
			continue
		}
		rival := s.search.Rival(other, s.draw.Below(seedMax))
		for range rivalPasses {
			rival.Step()
		}
		if rival.Best().Better(s.search.Best()) {
			s.whole, s.search = other, rival
		}
	}
}

// otherCanaries returns the instance with one canary passed on to another host of its cohort, sometimes several; nil
// when no host could take its place. Both lie at one position of the course, so what chooseCanaries says of barriers holds.
func (s *Search) otherCanaries() *instance.Instance {
	position, r := s.whole.Course.Positions(), *s.whole.Roster
	r.Canary = slices.Clone(r.Canary)
	changed := false
	for again := true; again; again = s.draw.Below(2) == 0 {
		from := int(s.draw.Below(uint64(r.Size())))
		var heirs []int
		for i, c := range r.Cohort {
			if c == r.Cohort[from] && r.Canary[i] != r.Canary[from] && position[r.Stage[i]] == position[r.Stage[from]] {
				heirs = append(heirs, i)
			}
		}
		if len(heirs) > 0 {
			to := heirs[s.draw.Below(uint64(len(heirs)))]
			r.Canary[from], r.Canary[to], changed = r.Canary[to], r.Canary[from], true
		}
	}
	if !changed {
		return nil
	}
	other := *s.whole
	other.Roster, other.Gates = &r, instance.NewGates(s.in.Policy, other.Course, &r)
	return &other
}
