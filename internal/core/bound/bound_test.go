package bound

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/ident"
	"github.com/evenkeel-project/evenkeel/internal/core/instance"
	"github.com/evenkeel-project/evenkeel/internal/core/policy"
)

// numbered names everything by its number.
type numbered struct{}

func (numbered) Host(place int32) string      { return fmt.Sprintf("h%d", place) }
func (numbered) Resource(r uint32) string     { return fmt.Sprintf("limit %d", r) }
func (numbered) Kind(uint32) string           { return "zone" }
func (numbered) Cohort(c uint32) string       { return fmt.Sprintf("cohort %d", c) }
func (numbered) Region(instance.Leg) string   { return "r" }
func (numbered) Zone(s instance.Stage) string { return fmt.Sprintf("z%d", s.Zone) }

// problemOf is one stage of one cohort: hosts with lengths, and limits with what each host takes of them.
func problemOf(lengths []int64, allowed []int64, takes [][]uint32) *instance.Instance {
	n := len(lengths)
	r := instance.NewRoster(make([]ident.Host, n), make([]uint32, n))
	r.Length = lengths
	stage := instance.Stage{}
	starts, uses := []uint32{0}, []instance.Use{}
	for i := range n {
		for g, weights := range takes {
			if weights[i] > 0 {
				uses = append(uses, instance.Use{Resource: uint32(g), Weight: weights[i]})
			}
		}
		starts = append(starts, uint32(len(uses)))
		stage.Members = append(stage.Members, int32(i))
	}
	return &instance.Instance{Policy: &policy.Policy{}, Roster: r, Cohorts: 1, Names: numbered{},
		Demand: instance.NewDemand(allowed, starts, uses),
		Course: &instance.Course{Stages: []instance.Stage{stage}, Legs: []instance.Leg{{Stages: []int{0}}}}}
}

// deepest takes steps until nothing is left to prove.
func deepest(in *instance.Instance) Proof {
	d := Open(in, Prove(in))
	for !d.Step() {
	}
	return d.Proof()
}

// ring is five hosts of which each excludes the next, by a limit for every pair.
func ring(length int64) *instance.Instance {
	lengths, allowed, takes := make([]int64, 5), make([]int64, 5), make([][]uint32, 5)
	for g := range takes {
		lengths[g], allowed[g], takes[g] = length, 1, make([]uint32, 5)
		takes[g][g], takes[g][(g+1)%5] = 1, 1
	}
	return problemOf(lengths, allowed, takes)
}

func TestHostsOfWhichNoTwoMayBeDownTogetherAreAddedUp(t *testing.T) {
	in := problemOf([]int64{60, 70, 80}, []int64{1, 1, 1}, [][]uint32{{1, 1, 0}, {0, 1, 1}, {1, 0, 1}})
	if got := Prove(in).Best.Seconds; got != 150 {
		t.Errorf("pair by pair: %d seconds, want 150", got)
	}
	proof := deepest(in)
	if proof.Best.Seconds != 210 || proof.Stage[0] != 210 {
		t.Errorf("%d seconds, the stage %d, want 210", proof.Best.Seconds, proof.Stage[0])
	}
	if text := proof.Best.Words(true); !strings.Contains(text, "3 hosts of which no two may be down together: h") {
		t.Errorf("said %q", text)
	}
}

func TestHostsThatHardlyFitBesideEachOtherAreWeighed(t *testing.T) {
	proof := deepest(ring(60))
	if proof.Best.Seconds != 180 {
		t.Errorf("%d seconds (%s), want 180: at most 2 of 5 are down together", proof.Best.Seconds, proof.Best.Words(true))
	}
	if text := proof.Best.Words(true); !strings.Contains(text, "5 hosts of which no more than 2 may be down together") {
		t.Errorf("said %q", text)
	}
}

func TestTheCanariesBakeAddsToWhatTheHostsOfACohortTake(t *testing.T) {
	in := ring(60)
	in.Policy.Canary = policy.Canary{Hosts: 1, Bake: 100}
	if got := deepest(in).Best.Seconds; got != 280 {
		t.Errorf("%d seconds, want 280: a canary of 60, bake 100, two of the rest at once", got)
	}
	serial := problemOf([]int64{60, 60, 60}, []int64{1}, [][]uint32{{1, 1, 1}})
	serial.Policy.Canary = policy.Canary{Hosts: 2, Bake: 100}
	if got := Prove(serial).Best.Seconds; got != 280 {
		t.Errorf("%d seconds, want 280: no host of the cohort is down during the bake", got)
	}
}

func TestTimeLeftBetweenFreezesAddsUpToWhatALimitNeeds(t *testing.T) {
	in := problemOf([]int64{60, 60, 60}, []int64{1}, [][]uint32{{1, 1, 1}})
	freeze := instance.NewTimetable([]calendar.Span{{From: 100, To: 500}})
	for i := range in.Roster.Frozen {
		in.Roster.Frozen[i] = freeze
	}
	if got := Prove(in).Best.Seconds; got != 620 {
		t.Errorf("%d seconds, want 620: one outage before the freeze, two after it", got)
	}
}

func TestABoundIsRaisedToASumOfWholeOutages(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		lengths := rapid.SliceOfN(rapid.Int64Range(1, 9), 1, 8).Draw(rt, "lengths")
		unit := rapid.Int64Range(1, 60).Draw(rt, "unit")
		least := rapid.Int64Range(0, 80*unit).Draw(rt, "least")
		var list []piece
		for _, length := range lengths {
			list = append(list, piece{length: length * unit})
		}
		longestFirst(list)
		got, best := reachable(list, least), int64(-1)
		for set := range 1 << len(list) {
			sum := int64(0)
			for k, x := range list {
				sum += int64(set>>k&1) * x.length
			}
			if sum >= least && (best < 0 || sum < best) {
				best = sum
			}
		}
		if best >= 0 && (got > best || got < least) {
			rt.Fatalf("lengths %v times %d: %d was raised to %d, but %d can be reached", lengths, unit, least, got, best)
		}
	})
}

func longestFirst(list []piece) {
	for i := range list {
		for j := i; j > 0 && list[j].length > list[j-1].length; j-- {
			list[j], list[j-1] = list[j-1], list[j]
		}
	}
}
