package search

import (
	"slices"
	"testing"

	"github.com/evenkeel-project/evenkeel/internal/core/bound"
	"github.com/evenkeel-project/evenkeel/internal/core/chance"
)

// filled returns a repair of three hosts of one slot each, the first two standing side by side in the only slot
// there is; all want everything of a limit of their own with the third.
func filled(canary bool) *repair {
	in := plain([]int64{60, 60, 60}, []int64{1, 1}, [][]uint32{{1, 0}, {0, 1}, {1, 1}})
	in.Roster.Canary[1] = canary
	l := newLayout(in, Open(in, bound.Prove(in), 1).Best(), nil)
	l.clean()
	l.openStage(0, 1)
	l.stand([]int32{0, 1}, nil)
	return newRepair(l, chance.New(1))
}

func TestAHostIsForcedInOverThoseInItsWay(t *testing.T) {
	r := filled(false)
	r.begin([]int32{2})
	if r.run(1) || r.at[2] != 0 || r.at[0] != nowhere || r.at[1] != nowhere {
		t.Errorf("hosts stand at %v, homeless %v", r.at, r.homeless)
	}
	if r.stays[2] < r.moved+stayLeast {
		t.Error("the host that was forced in may be taken off at once")
	}
}

func TestNobodyIsTakenOffForAHostThatFindsNoPlace(t *testing.T) {
	pinned := filled(false)
	pinned.pin(1, 100)
	for name, r := range map[string]*repair{"a canary stays": filled(true), "a pinned host stays": pinned} {
		r.begin([]int32{2})
		if r.run(3) || !slices.Equal(r.at, []int32{0, 0, nowhere}) || !slices.Equal(r.homeless, []int32{2}) {
			t.Errorf("%s: hosts stand at %v, homeless %v", name, r.at, r.homeless)
		}
	}
}

func TestOnlyThoseWhoAreInTheWayAreTakenOff(t *testing.T) {
	in := plain([]int64{60, 60, 120, 60}, []int64{3}, [][]uint32{{2}, {2}, {1}, {3}})
	l := newLayout(in, Open(in, bound.Prove(in), 1).Best(), nil)
	l.clean()
	l.openStage(0, 3)
	for i, at := range []int{0, 1, 1} {
		l.take(int32(i), at)
	}
	r := newRepair(l, chance.New(1))
	if !r.evict(3, 0) || !slices.Equal(r.at, []int32{nowhere, 1, 1, nowhere}) {
		t.Errorf("for slot 0: hosts stand at %v", r.at)
	}
	if !r.evict(3, 2) || !slices.Equal(r.at, []int32{nowhere, 1, nowhere, nowhere}) {
		t.Errorf("for slot 2: hosts stand at %v", r.at)
	}
}
