package policyfile

import (
	"github.com/evenkeel-project/evenkeel/internal/core/policy"
	"github.com/evenkeel-project/evenkeel/internal/intake/doc"
)

func readOrder(o *doc.Object, order *policy.Order) {
	readRegionOrder(o, order)
	zones, _ := o.Word("zones", "one-at-a-time", "free")
	order.FreeZones = zones == "free"
	section(o, "bake", func(bake *doc.Object) {
		order.BakeZone, _ = bake.Seconds("zone")
		order.BakeRegion, _ = bake.Seconds("region")
	})
}

func readRegionOrder(o *doc.Object, order *policy.Order) {
	const key = "regions"
	if node, _ := o.Node(key); node.Kind == doc.List {
		order.Regions, order.ListPlace = policy.Listed, node.At
		order.RegionList = o.Names(key, "the id of a region")
		if len(node.Items) == 0 {
			o.Fault(key, "empty-list", "name the regions in order, or write smallest-first or free", "the list is empty")
		}
		return
	}
	word, _ := o.Word(key, "smallest-first", "free")
	if word == "free" {
		order.Regions = policy.FreeRegions
	}
}
