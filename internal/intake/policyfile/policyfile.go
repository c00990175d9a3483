// Package policyfile reads policy files: YAML as people write it, strictly, all faults at once. What the
// words of a policy mean is for package policy to say; this package only knows how they are written.
package policyfile

import (
	"github.com/evenkeel-project/evenkeel/internal/core/canon"
	"github.com/evenkeel-project/evenkeel/internal/core/limit"
	"github.com/evenkeel-project/evenkeel/internal/core/policy"
	"github.com/evenkeel-project/evenkeel/internal/core/problem"
	"github.com/evenkeel-project/evenkeel/internal/intake/doc"
)

// Read reads the policy in a file. The policy is nil when the list has errors.
func Read(path string) (*policy.Policy, problem.List) {
	data, problems := doc.Load(path, "the policy")
	if problems.Failed() {
		return nil, problems
	}
	return Parse(path, data)
}

// Parse reads a policy from the content of the named file. The policy is nil when the list has errors.
func Parse(file string, data []byte) (*policy.Policy, problem.List) {
	node, problems := doc.ReadYAML(file, data)
	if problems.Failed() {
		return nil, problems
	}
	p := &policy.Policy{File: file, Canary: policy.DefaultCanary(), Halt: policy.Halt{AtLeast: 1}}
	readPolicy(node, p, &problems)
	if problems.Failed() {
		return nil, problems
	}
	p.Digest = canon.Of(canon.Append(nil, node.Canonical()))
	return p, problems
}

func readPolicy(node doc.Node, p *policy.Policy, problems *problem.List) {
	top := node.Object("the policy", problems)
	p.Start = top.RequiredInstant("start")
	section(top, "notice", func(o *doc.Object) { p.NoticeLead, _ = o.Seconds("lead") })
	section(top, "order", func(o *doc.Object) { readOrder(o, &p.Order) })
	section(top, "limits", func(o *doc.Object) { readLimits(o, &p.Limits) })
	section(top, "canary", func(o *doc.Object) { readCanary(o, &p.Canary) })
	section(top, "halt", func(o *doc.Object) {
		section(o, "failed", func(failed *doc.Object) { readHalt(failed, &p.Halt) })
	})
	section(top, "outage", func(o *doc.Object) { readOutage(o, p, problems) })
	section(top, "stuck", func(o *doc.Object) { p.StuckAfter, _ = o.Seconds("after") })
	section(top, "moves", func(o *doc.Object) { p.Moves = readMoves(o) })
	section(top, "deadline", func(o *doc.Object) { p.DeadlineReserve, _ = o.Seconds("reserve") })
	for _, item := range top.List("freezes") {
		p.Freezes = append(p.Freezes, readFreeze(item, problems))
	}
	p.Protected = readSelectors(top, "protected", problems)
	p.Last = readSelectors(top, "last", problems)
	top.Done()
}

// section reads the map under a key, if it is there, with every key accounted for.
func section(parent *doc.Object, key string, read func(*doc.Object)) {
	if o, ok := parent.Object(key); ok {
		read(o)
		o.Done()
	}
}

// readLimits reads how many hosts may be down at once. None may be 0: a scope in which nothing may ever move
// is written as a freeze, with a reason.
func readLimits(o *doc.Object, limits *policy.Limits) {
	for _, scope := range []struct {
		key  string
		into *limit.Limit
	}{
		{"fleet", &limits.Fleet}, {"region", &limits.Region}, {"zone", &limits.Zone},
		{"rack", &limits.Rack}, {"cohort", &limits.Cohort}, {"tenant", &limits.Tenant},
	} {
		l, _ := o.Limit(scope.key)
		if l.Zero() {
			o.Fault(scope.key, "zero-limit", "write at least 1, or leave it out for no limit; to stop everything write a freeze",
				"a limit of %s would let nothing move", l)
			continue
		}
		*scope.into = l
	}
}

// readHalt reads which share of failures stops a campaign. Here 0 is legal: the first failure stops it.
func readHalt(o *doc.Object, halt *policy.Halt) {
	halt.Campaign, _ = o.Limit("campaign")
	halt.Region, _ = o.Limit("region")
	halt.Zone, _ = o.Limit("zone")
	halt.Cohort, _ = o.Limit("cohort")
	if n, ok := o.Int("at_least", 1, hostsMax); ok {
		halt.AtLeast = int(n)
	}
}

// hostsMax bounds every number of hosts that a policy names.
const hostsMax = 1_000_000_000

func readCanary(o *doc.Object, canary *policy.Canary) {
	if o.Has("per") {
		canary.Per = o.Names("per", "a label, zone or region")
	}
	if n, ok := o.Int("hosts", 0, hostsMax); ok {
		canary.Hosts = int(n)
	}
	if bake, ok := o.Seconds("bake"); ok {
		canary.Bake = bake
	}
}
