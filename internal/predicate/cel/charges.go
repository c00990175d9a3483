package cel

import (
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/common/types/traits"
)

// charges tells what calls cost that CEL takes to cost one unit because it does not know the kinds of their
// arguments before the expression is evaluated.
type charges struct{}

// CallCost implements cost.ActualCostEstimator.
func (charges) CallCost(function, overload string, args []ref.Val, result ref.Val) *uint64 {
	var units uint64
	switch {
	case function == versionName:
		units = versionUnits
	case function == operators.In:
		units = 1 + comparisons(args[1])
	case function == operators.Add && overload == "":
		units = 1 + length(result)/10
	case function == operators.Equals || function == operators.NotEquals:
		if _, ok := args[0].(traits.Lister); !ok {
			return nil
		}
		units = 1 + comparisons(args[0])
	default:
		return nil
	}
	return &units
}

// length returns the bytes of a text or the elements of a list.
func length(v ref.Val) uint64 {
	switch v := v.(type) {
	case types.String:
		return uint64(len(v))
	case traits.Lister:
		size, _ := v.Size().(types.Int)
		return uint64(max(0, size))
	}
	return 0
}

// comparisons returns how many values are looked at when the value is compared with another. It counts no
// further than the limit, which ends the evaluation.
func comparisons(v ref.Val) uint64 {
	list, ok := v.(traits.Lister)
	if !ok {
		return 1
	}
	size := length(list)
	if size > CostMax {
		return size
	}
	if _, flat := list.Value().([]string); flat {
		return size
	}
	sum := size
	for i := types.Int(0); uint64(i) < size && sum <= CostMax; i++ {
		if _, nested := list.Get(i).(traits.Lister); nested {
			sum += comparisons(list.Get(i))
		}
	}
	return sum
}
