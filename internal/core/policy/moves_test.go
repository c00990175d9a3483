package policy_test

import (
	"fmt"
	"math/big"
	"testing"

	"pgregory.net/rapid"

	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/fleet"
	"github.com/evenkeel-project/evenkeel/internal/core/ident"
	"github.com/evenkeel-project/evenkeel/internal/core/label"
	"github.com/evenkeel-project/evenkeel/internal/core/limit"
	"github.com/evenkeel-project/evenkeel/internal/core/policy"
)

// demanding is one host with a guest for each memory; "" is a guest that demands nothing. All are of the group
// acme/web, of which maxDown may be down.
func demanding(t testing.TB, maxDown limit.Limit, memories ...string) *fleet.Fleet {
	t.Helper()
	b := fleet.NewBuilder("")
	b.AddRegion(fleet.Region{ID: "r"})
	b.AddZone(fleet.Zone{ID: "z", Region: "r"})
	b.AddHost(fleet.Host{ID: "h", Zone: "z"})
	b.AddTenant(fleet.Tenant{ID: "acme"})
	b.AddGroup(fleet.Group{ID: "acme/web", Tenant: "acme", MaxDown: maxDown})
	for i, memory := range memories {
		guest := fleet.Guest{ID: fmt.Sprintf("vm-%02d", i), Host: "h", Tenant: "acme", Groups: []string{"acme/web"}}
		if memory != "" {
			guest.Demand = labels("cpu", "2", policy.MemoryKey, memory)
		}
		b.AddGuest(guest)
	}
	f, problems := b.Build()
	if problems.Failed() {
		t.Fatal(problems.Err())
	}
	return f
}

func TestAMoveLastsAsLongAsTheMemoryTakesAndNeverLessThanThePolicySays(t *testing.T) {
	f := demanding(t, limit.Count(1), "", "0", "1", "16384", "8192", "8193", "999999999999999")
	p := &policy.Policy{Moves: &policy.Moves{Host: 2, Bandwidth: 1024, Length: 20}}
	for g, want := range []calendar.Seconds{20, 20, 20, 40, 20, 21, 2441406250000} {
		if got := p.MoveLength(f, ident.Guest(g)); got != want {
			t.Errorf("a move of guest %d takes %d seconds, want %d", g, got, want)
		}
	}
	p.Moves.Bandwidth = 0
	if got := p.MoveLength(f, 3); got != 20 {
		t.Errorf("without a bandwidth a move takes %s", got)
	}
}

func TestTheLengthOfAMoveIsExact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		memory := rapid.Int64Range(0, 999_999_999_999_999).Draw(t, "memory")
		m := &policy.Moves{Host: rapid.IntRange(1, policy.MovesOfAHostMax).Draw(t, "host"),
			Bandwidth: rapid.Int64Range(1, policy.BandwidthMax).Draw(t, "bandwidth"),
			Length:    calendar.Seconds(rapid.Int64Range(1, 86400).Draw(t, "length"))}
		if rapid.Bool().Draw(t, "slow") {
			m.Bandwidth = m.Bandwidth%1000 + 1
		}
		b := fleet.NewBuilder("")
		b.AddRegion(fleet.Region{ID: "r"})
		b.AddZone(fleet.Zone{ID: "z", Region: "r"})
		b.AddHost(fleet.Host{ID: "h", Zone: "z"})
		b.AddTenant(fleet.Tenant{ID: "acme"})
		b.AddGuest(fleet.Guest{ID: "vm", Host: "h", Tenant: "acme", Demand: labels(policy.MemoryKey, fmt.Sprint(memory))})
		f, problems := b.Build()
		if problems.Failed() {
			t.Fatal(problems.Err())
		}
		got := (&policy.Policy{Moves: m}).MoveLength(f, 0)
		exact := big.NewRat(125, 100)
		exact.Mul(exact, big.NewRat(memory, m.Bandwidth)).Mul(exact, big.NewRat(int64(m.Host), 1))
		if got < m.Length || (got > m.Length && (big.NewRat(int64(got), 1).Cmp(exact) < 0 || big.NewRat(int64(got)-1, 1).Cmp(exact) >= 0)) ||
			(got == m.Length && exact.Cmp(big.NewRat(int64(got), 1)) > 0) {
			t.Fatalf("%d MiB by %+v takes %d seconds, exactly %s", memory, *m, got, exact.FloatString(3))
		}
	})
}

func TestLimitsOnMovesAreOfAllMembersAndAGroupAllowsWhatMayBeDown(t *testing.T) {
	half, err := limit.Parse("50%")
	if err != nil {
		t.Fatal(err)
	}
	for _, example := range []struct {
		maxDown              limit.Limit
		moves                policy.Moves
		group, tenant, whole int
	}{
		{limit.Count(2), policy.Moves{}, 2, 5, 5},
		{limit.Count(0), policy.Moves{}, 1, 5, 5}, // no member may be down, and yet one can be moved
		{half, policy.Moves{}, 2, 5, 5},
		{limit.Limit{}, policy.Moves{}, 5, 5, 5},
		{limit.Count(2), policy.Moves{Group: limit.Count(1), Tenant: half, Fleet: limit.Count(9)}, 1, 2, 9},
	} {
		f := demanding(t, example.maxDown, "", "", "", "", "")
		p := &policy.Policy{Moves: &example.moves}
		if group, tenant, whole := p.GroupMoves(f, 0), p.TenantMoves(f, 0), p.FleetMoves(f); group != example.group || tenant != example.tenant || whole != example.whole {
			t.Errorf("%+v of %s: %d, %d and %d", example.moves, example.maxDown, group, tenant, whole)
		}
	}
}

func TestAGroupIsSpreadEvenlyOverTheHostsOfAZone(t *testing.T) {
	for _, example := range [][3]int{{0, 5, 1}, {1, 5, 1}, {5, 5, 1}, {6, 5, 2}, {10, 5, 2}, {11, 5, 3}, {3, 1, 3}} {
		if got := policy.Spread(example[0], example[1]); got != example[2] {
			t.Errorf("%d members over %d hosts: %d, want %d", example[0], example[1], got, example[2])
		}
	}
}

func TestAnAmountThatIsNoNumberIsMoreThanCanBeHad(t *testing.T) {
	for text, want := range map[string]uint64{"0": 0, "64": 64, "999999999999999": 999999999999999, "": 1<<64 - 1, "-1": 1<<64 - 1, "many": 1<<64 - 1} {
		if got := policy.Amount(label.Text(text)); got != want {
			t.Errorf("%q is %d, want %d", text, got, want)
		}
	}
}
