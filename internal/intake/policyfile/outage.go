package policyfile

import (
	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/policy"
	"github.com/evenkeel-project/evenkeel/internal/core/problem"
	"github.com/evenkeel-project/evenkeel/internal/intake/doc"
)

// outageMax bounds how long one host is planned to be down: a week.
const outageMax = 7 * calendar.Day

func readOutage(o *doc.Object, p *policy.Policy, problems *problem.List) {
	p.DefaultOutage, _ = readLength(o, "default")
	node, ok := o.Node("by")
	if !ok {
		return
	}
	by := node.Object(o.What()+": by", problems)
	for _, key := range node.Members {
		values, ok := by.Object(key.Key)
		if !ok {
			continue
		}
		for _, value := range key.Value.Members {
			if length, ok := readLength(values, value.Key); ok {
				p.OutageBy = append(p.OutageBy, policy.OutageRule{Key: key.Key, Value: value.Key, Outage: length})
			}
		}
	}
}

func readLength(o *doc.Object, key string) (calendar.Seconds, bool) {
	d, ok := o.Seconds(key)
	if ok && (d < 1 || d > outageMax) {
		o.Fault(key, "out-of-range", "write how long a host is down, at its worst", "an outage of %s is not within 1s and %s", d, outageMax)
		return 0, false
	}
	return d, ok
}

func readFreeze(node doc.Node, problems *problem.List) policy.Freeze {
	o := node.Object("a freeze", problems)
	freeze := policy.Freeze{Place: node.At}
	o.Require("from", "to")
	from, fromOK := o.Instant("from")
	to, toOK := o.Instant("to")
	freeze.Span = calendar.Span{From: from, To: to}
	if fromOK && toOK && from >= to {
		o.Fault("to", "empty-span", "write the end after the start", "%s is not after %s", to, from)
	}
	freeze.Reason = o.RequiredText("reason")
	section(o, "scope", func(scope *doc.Object) {
		if !scope.Has("region") && !scope.Has("zone") && !scope.Has("tenant") {
			o.Fault("scope", "empty-scope", "name a region, zone or tenant, or leave scope out to freeze the whole fleet", "it names nothing")
		}
		freeze.Region, _ = scope.ID("region")
		freeze.Zone, _ = scope.ID("zone")
		freeze.Tenant, _ = scope.ID("tenant")
	})
	o.Done()
	return freeze
}
