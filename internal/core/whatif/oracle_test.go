package whatif_test

import (
	"reflect"
	"strconv"
	"strings"
	"testing"

	"github.com/evenkeel-project/evenkeel/internal/core/exposure"
	"github.com/evenkeel-project/evenkeel/internal/core/limit"
	"github.com/evenkeel-project/evenkeel/internal/core/planner"
	"github.com/evenkeel-project/evenkeel/internal/core/policy"
	"github.com/evenkeel-project/evenkeel/internal/core/whatif"
	"github.com/evenkeel-project/evenkeel/internal/oracle"
)

// dropped returns the policy without the rule that a question names by its code.
func dropped(t testing.TB, in policy.Policy, code string) *policy.Policy {
	t.Helper()
	switch name, freeze := strings.CutPrefix(code, "freezes["); {
	case freeze:
		n, err := strconv.Atoi(strings.TrimSuffix(name, "]"))
		if err != nil {
			t.Fatal(err)
		}
		in.Freezes = append(append([]policy.Freeze{}, in.Freezes[:n]...), in.Freezes[n+1:]...)
	case code == "order.zones":
		in.Order.FreeZones = true
	case code == "order.regions":
		in.Order.Regions = policy.FreeRegions
	case code == "order.bake.zone":
		in.Order.BakeZone = 0
	case code == "order.bake.region":
		in.Order.BakeRegion = 0
	case code == "canary":
		in.Canary.Hosts = 0
	case code == "last":
		in.Last = nil
	case code == "deadline.reserve":
		in.DeadlineReserve = 0
	default:
		scope, ok := strings.CutPrefix(code, "limits.")
		if !ok {
			t.Fatalf("no rule is called %s", code)
		}
		reflect.ValueOf(&in.Limits).Elem().FieldByName(strings.ToUpper(scope[:1]) + scope[1:]).Set(reflect.ValueOf(limit.Limit{}))
	}
	return &in
}

// TestPricesStandOnTheRightSideOfTheOptimum tries every plan of small fleets under each policy that lacks one rule.
func TestPricesStandOnTheRightSideOfTheOptimum(t *testing.T) {
	asked := map[string]int{}
	for seed := range uint64(1500) {
		in := oracle.Generate(seed)
		input := planner.Input{Fleet: in.Fleet, Exposure: exposure.Judge(in.Fleet, in.Advisories), Policy: in.Policy}
		kept := made(t, input)
		before := *in.Policy
		for _, q := range whatif.Questions(input, kept) {
			if q.Code == "max_down" {
				continue
			}
			price := whatif.Answer(q, kept)
			optimum := oracle.Optimum(oracle.New(in.Fleet, in.Advisories, dropped(t, *in.Policy, q.Code))).Finish.Sub(in.Policy.Start)
			if price.Refused != "" || price.Bound > optimum || optimum > price.Makespan || price.Saves != kept.Makespan-price.Makespan {
				t.Errorf("seed %d without %s: %+v, optimum %s", seed, q.Code, price, optimum)
			}
			if price.SavesNothing() && optimum < kept.Makespan {
				t.Errorf("seed %d: %s is said to save nothing, but %s is possible instead of %s", seed, q.Code, optimum, kept.Makespan)
			}
			if q.Code != "last" && price.Margin != nil && *price.Margin < *kept.Margin && *price.Margin < 0 {
				t.Errorf("seed %d without %s: margin %s, with it %s", seed, q.Code, *price.Margin, *kept.Margin)
			}
			asked[q.Code]++
		}
		if !reflect.DeepEqual(before, *in.Policy) {
			t.Errorf("seed %d: asking changed the policy", seed)
		}
	}
	for _, code := range []string{"order.zones", "order.regions", "order.bake.zone", "order.bake.region", "canary", "last", "deadline.reserve",
		"limits.fleet", "limits.region", "limits.zone", "limits.rack", "limits.cohort", "limits.tenant", "freezes[0]", "freezes[1]"} {
		if asked[code] == 0 {
			t.Errorf("no instance was asked about %s", code)
		}
	}
}
