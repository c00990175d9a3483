package bound

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/evenkeel-project/evenkeel/internal/core/instance"
	"github.com/evenkeel-project/evenkeel/internal/core/policy"
)

// drawn is a random problem of up to nine hosts and six limits, each of which bears every host alone.
func drawn(rt *rapid.T) *instance.Instance {
	n := rapid.IntRange(1, 9).Draw(rt, "hosts")
	lengths := rapid.SliceOfN(rapid.Int64Range(1, 5), n, n).Draw(rt, "lengths")
	allowed := rapid.SliceOfN(rapid.Int64Range(1, 4), 0, 6).Draw(rt, "allowed")
	takes := make([][]uint32, len(allowed))
	for g, a := range allowed {
		takes[g] = rapid.SliceOfN(rapid.Uint32Range(0, uint32(a)), n, n).Draw(rt, "takes")
	}
	return problemOf(lengths, allowed, takes)
}

// fits reports whether hosts may be down together.
func fits(in *instance.Instance, set int) bool {
	taken := make([]int64, len(in.Demand.Allowed))
	for i := range in.Roster.Size() {
		for _, u := range in.Demand.Row(int32(i)) {
			taken[u.Resource] += int64(u.Weight) * int64(set>>i&1)
		}
	}
	for g, sum := range taken {
		if sum > in.Demand.Allowed[g] {
			return false
		}
	}
	return true
}

func TestTheHeaviestSetThatMayBeDownTogetherIsFound(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		in := drawn(rt)
		p := Open(in, Prove(in)).prover
		crowd := p.crowdOf(p.exclusions(p.everyone()), crowdMax)
		n := len(crowd.place)
		weight := rapid.SliceOfN(rapid.Int64Range(1, 20), n, n).Draw(rt, "weights")
		heaviest := int64(0)
		for set := range 1 << n {
			places, sum := 0, int64(0)
			for v := range n {
				if set>>v&1 == 1 {
					places |= 1 << crowd.place[v]
					sum += weight[v]
				}
			}
			if sum > heaviest && fits(in, places) {
				heaviest = sum
			}
		}
		floor := rapid.Int64Range(0, 60).Draw(rt, "floor")
		search := newPacking(crowd, weight, floor)
		for !search.run(3) {
		}
		if search.most != max(floor, heaviest) {
			rt.Fatalf("found %d above a floor of %d, the heaviest weighs %d", search.most, floor, heaviest)
		}
	})
}

func TestAStepNeverMakesAProofWorse(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		in := drawn(rt)
		total := int64(0)
		for _, length := range in.Roster.Length {
			total += length
		}
		d, again := Open(in, Prove(in)), Open(in, Prove(in))
		before := d.Proof()
		for done := false; !done; {
			done = d.Step()
			again.Step()
			after := d.Proof()
			if after.Best.Seconds < before.Best.Seconds || after.Stage[0] < before.Stage[0] {
				rt.Fatalf("a step took the bound from %d to %d", before.Best.Seconds, after.Best.Seconds)
			}
			if after.Best.Seconds > total {
				rt.Fatalf("%d seconds are proven, but one after another all take %d", after.Best.Seconds, total)
			}
			if again.Proof().Best.Seconds != after.Best.Seconds || again.Proof().Best.Words(true) != after.Best.Words(true) {
				rt.Fatal("the same steps proved two things")
			}
			before = after
		}
	})
}

// The canary takes ten minutes and bakes five; the four that are left take twenty, two and two.
func TestAHostThatMayBeTheCanaryDoesNotWaitForItself(t *testing.T) {
	in := ring(600)
	in.Policy.Canary = policy.Canary{Hosts: 1, Bake: 300}
	if got := deepest(in).Best; got.Seconds != 2100 {
		t.Errorf("%d seconds are proven, the shortest schedule takes 2100: %s", got.Seconds, got.Words(true))
	}
}
