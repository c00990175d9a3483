package oracle

import (
	"fmt"

	"github.com/evenkeel-project/evenkeel/internal/core/advisory"
	"github.com/evenkeel-project/evenkeel/internal/core/fleet"
	"github.com/evenkeel-project/evenkeel/internal/core/ident"
	"github.com/evenkeel-project/evenkeel/internal/core/plan"
)

// Broken returns every rule that a plan breaks and every figure that is wrong: the code that the checker
// has for it, a colon, and words for a person who hunts a disagreement. An empty list is a plan without
// fault. Each rule is read by itself, with nested loops over everything.
func Broken(in Instance, p *plan.Plan) []string {
	r := &reading{Instance: in, plan: p}
	for _, o := range p.Outages {
		if h, ok := in.Fleet.FindHost(o.Host); ok {
			r.outages = append(r.outages, outage{o, h})
		}
	}
	r.readDocument()
	r.readCoverage()
	r.readOutages()
	r.readWindows()
	r.readLimits()
	r.readOrders()
	r.readCanaries()
	r.readMoves()
	r.readProposals()
	r.readFigures()
	return r.broken
}

type outage struct {
	plan.Outage
	host ident.Host
}

type reading struct {
	Instance
	plan    *plan.Plan
	outages []outage // of hosts that the fleet has
	moves   []moved  // of guests and hosts that the fleet has, by time
	stays   []stay   // of all guests
	broken  []string
}

func (r *reading) say(code, format string, args ...any) {
	r.broken = append(r.broken, code+": "+fmt.Sprintf(format, args...))
}

func (r *reading) readDocument() {
	p := r.plan
	if p.Digest != p.ContentDigest() {
		r.say("plan-digest", "it is not that of the content")
	}
	if p.Fleet != r.Fleet.Digest() {
		r.say("fleet-digest", "it is another fleet")
	}
	if p.Policy != r.Policy.Digest {
		r.say("policy-digest", "it is another policy")
	}
	if p.Start != r.Policy.Start {
		r.say("plan-start", "start is not the policy's")
	}
	if p.Steps < 0 {
		r.say("plan-steps", "less than none")
	}
	if len(p.Advisories) != len(r.Advisories) {
		r.say("advisory-digest", "%d advisories instead of %d", len(p.Advisories), len(r.Advisories))
	}
	for _, a := range r.Advisories {
		if a.Action == advisory.None || a.Action == advisory.Restart {
			r.say("no-outage-needed", "advisory %s needs no outage", a.ID)
		}
		named := false
		for _, ref := range p.Advisories {
			named = named || (ref.ID == a.ID && ref.Digest == a.Digest)
		}
		if !named {
			r.say("advisory-digest", "advisory %s is not answered", a.ID)
		}
	}
	r.readLists()
}

// readLists reads the order of the plan's lists.
func (r *reading) readLists() {
	p := r.plan
	for i, a := range p.Advisories {
		if i > 0 && a.ID <= p.Advisories[i-1].ID {
			r.say("list-order", "advisories are not sorted")
		}
	}
	for i, o := range p.Outages {
		if i > 0 && (o.Start < p.Outages[i-1].Start || (o.Start == p.Outages[i-1].Start && o.Host <= p.Outages[i-1].Host)) {
			r.say("list-order", "outages are not sorted")
		}
	}
	for i, m := range p.Moves {
		if i > 0 && (m.At < p.Moves[i-1].At || (m.At == p.Moves[i-1].At && m.Guest <= p.Moves[i-1].Guest)) {
			r.say("list-order", "moves are not sorted")
		}
	}
	for i, e := range p.Excluded {
		if i > 0 && e.Host <= p.Excluded[i-1].Host {
			r.say("list-order", "excluded is not sorted")
		}
	}
	for i, b := range p.Blocked {
		if i > 0 && b.Host <= p.Blocked[i-1].Host {
			r.say("list-order", "blocked is not sorted")
		}
		for j, m := range b.Proposal {
			if j > 0 && m.Guest <= b.Proposal[j-1].Guest {
				r.say("list-order", "the proposal of %s is not sorted", b.Host)
			}
		}
	}
}

func (r *reading) readCoverage() {
	var listed []string
	for _, o := range r.plan.Outages {
		listed = append(listed, o.Host)
	}
	for _, e := range r.plan.Excluded {
		listed = append(listed, e.Host)
	}
	for _, b := range r.plan.Blocked {
		listed = append(listed, b.Host)
	}
	for _, id := range listed {
		if _, ok := r.Fleet.FindHost(id); !ok {
			r.say("unknown-host", "there is no host %s", id)
		}
	}
	for _, h := range r.hosts() {
		times := 0
		for _, id := range listed {
			if id == r.Fleet.HostID(h) {
				times++
			}
		}
		if times == 0 {
			r.say("host-missing", "%s is not listed", r.Fleet.HostID(h))
		}
		if times > 1 {
			r.say("host-twice", "%s is listed %d times", r.Fleet.HostID(h), times)
		}
		r.readPlace(r.Fleet.HostID(h), h)
	}
}

// readPlace compares where the plan has a host with where it belongs.
func (r *reading) readPlace(id string, h ident.Host) {
	place := r.place(h)
	for _, o := range r.plan.Outages {
		if o.Host == id && place != planned {
			code := map[string]string{protected: "protected-host", blocked: "blocked-host", fixed: "needless-outage", notAffected: "needless-outage"}
			r.say(code[place], "%s has an outage but is %s", id, place)
		}
	}
	for _, e := range r.plan.Excluded {
		if e.Host == id && (string(e.Reason) != place || place == planned || place == blocked) {
			r.say("wrong-exclusion", "%s is excluded as %s but is %s", id, e.Reason, place)
		}
	}
	for _, b := range r.plan.Blocked {
		if b.Host != id {
			continue
		}
		if b.Reason == "" {
			r.say("block-reason", "%s has none", id)
		}
		switch {
		case place == planned && b.Group == "" && r.Policy.Moves != nil && r.carriesMigrating(h):
		case place != blocked:
			r.say("wrong-block", "%s is blocked but is %s", id, place)
		case b.Group != r.Fleet.GroupID(r.brokenGroups(h)[0]):
			r.say("blocking-group", "%s is blocked by %s", id, b.Group)
		}
	}
}

// carriesMigrating reports whether a guest of the host has to be moved off.
func (in Instance) carriesMigrating(h ident.Host) bool {
	for g := range in.Fleet.Guests() {
		if in.Fleet.HostOf(ident.Guest(g)) == h && in.Fleet.OnReboot(ident.Guest(g)) == fleet.Migrate {
			return true
		}
	}
	return false
}

// readFigures compares the figures with those worked out by figures.
func (r *reading) readFigures() {
	p, want := r.plan, r.figures(r.outages, r.moves)
	longest := int64(0)
	for _, o := range r.outages {
		if length, ok := r.Policy.OutageOf(r.Fleet, o.host); ok {
			longest = max(longest, int64(length))
		}
	}
	if p.Finish != want.finish {
		r.say("finish", "it is %s", want.finish)
	}
	if p.Makespan != want.finish.Sub(r.Policy.Start) {
		r.say("makespan", "it is %s", want.finish.Sub(r.Policy.Start))
	}
	if !same(p.Deadline, want.deadline) {
		r.say("deadline", "it is another")
	}
	if !same(p.Margin, want.margin) {
		r.say("margin", "it is another")
	}
	if !same(p.LatestSafeStart, want.latestSafeStart) {
		r.say("latest-safe-start", "it is another")
	}
	span := want.finish.Sub(r.Policy.Start)
	if int64(p.Bound.Seconds) < longest || p.Bound.Seconds > span {
		r.say("bound", "it is impossible")
	}
	if p.GapMillionths != plan.Gap(span, p.Bound.Seconds) {
		r.say("gap", "it is another")
	}
}

func same[T comparable](a, b *T) bool {
	return (a == nil && b == nil) || (a != nil && b != nil && *a == *b)
}
