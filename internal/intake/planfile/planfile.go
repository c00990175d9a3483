// Package planfile reads plan documents: what plan.JSON writes, and nothing that says more or less. It checks
// the form only; whether the digest fits the content and the plan keeps its laws is for package inspect.
package planfile

import (
	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/plan"
	"github.com/evenkeel-project/evenkeel/internal/core/problem"
	"github.com/evenkeel-project/evenkeel/internal/intake/doc"
)

// Read reads the plan in a file. The plan is nil when the list has errors.
func Read(path string) (*plan.Plan, problem.List) {
	data, problems := doc.Load(path, "the plan")
	if problems.Failed() {
		return nil, problems
	}
	return Parse(path, data)
}

// Parse reads a plan from the content of the named file. The plan is nil when the list has errors.
func Parse(file string, data []byte) (*plan.Plan, problem.List) {
	node, problems := doc.ReadJSON(file, data)
	if problems.Failed() {
		return nil, problems
	}
	p := &plan.Plan{}
	readPlan(node, p, &problems)
	if problems.Failed() {
		return nil, problems
	}
	return p, problems
}

// readPlan reads a document of the version this package knows; of any other nothing more is said.
func readPlan(node doc.Node, p *plan.Plan, problems *problem.List) {
	top := node.Object("the plan", problems)
	if node.Kind != doc.Map || !readVersion(top) {
		return
	}
	top.Require("fleet", "advisories", "policy", "start", "finish", "deadline", "margin_seconds", "latest_safe_start",
		"makespan_seconds", "seed", "steps", "bound", "gap", "outages", "moves", "excluded", "blocked")
	p.Digest = readDigest(top, "digest")
	p.Fleet = readDigest(top, "fleet")
	p.Policy = readDigest(top, "policy")
	readFigures(top, p)
	r := &listReader{problems: problems}
	p.Advisories = each(top, "advisories", r.advisory)
	p.Outages = each(top, "outages", r.outage)
	p.Moves = each(top, "moves", r.move)
	p.Excluded = each(top, "excluded", r.excluded)
	p.Blocked = each(top, "blocked", r.blocked)
	top.Done()
}

func readVersion(top *doc.Object) bool {
	top.Require("version")
	version, ok := top.Int("version", 0, exactMax)
	if ok && version != plan.Version {
		top.Fault("version", "unknown-version", "use the release of evenkeel that made the plan, or make the plan again",
			"this release reads version %d, the file has version %d", plan.Version, version)
	}
	return ok && version == plan.Version
}

// exactMax is the largest whole number that JSON carries exactly (RFC 8785 numbers are IEEE doubles).
const exactMax = 1 << 53

func readFigures(top *doc.Object, p *plan.Plan) {
	p.Start, _ = top.Instant("start")
	p.Finish, _ = top.Instant("finish")
	p.Deadline = orNull(top, "deadline", top.Instant)
	p.Margin = orNull(top, "margin_seconds", func(key string) (calendar.Seconds, bool) { return readSeconds(top, key) })
	p.LatestSafeStart = orNull(top, "latest_safe_start", top.Instant)
	p.Makespan, _ = readSeconds(top, "makespan_seconds")
	seed, _ := top.Int("seed", 0, exactMax)
	p.Seed = uint64(seed)
	p.Steps, _ = top.Int("steps", 0, exactMax)
	if bound, ok := top.Object("bound"); ok {
		bound.Require("seconds")
		p.Bound.Seconds, _ = readSeconds(bound, "seconds")
		p.Bound.Binding = readText(bound, "binding")
		bound.Done()
	}
	p.GapMillionths = readGap(top)
}

func readSeconds(o *doc.Object, key string) (calendar.Seconds, bool) {
	n, ok := o.Int(key, -exactMax, exactMax)
	return calendar.Seconds(n), ok
}

// orNull reads a key whose value may be null.
func orNull[T any](o *doc.Object, key string, read func(string) (T, bool)) *T {
	if o.Null(key) {
		return nil
	}
	if v, ok := read(key); ok {
		return &v
	}
	return nil
}
