package planfile

import (
	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/plan"
	"github.com/evenkeel-project/evenkeel/internal/core/problem"
	"github.com/evenkeel-project/evenkeel/internal/intake/doc"
)

// each reads every item of a list; an empty list is nil.
func each[T any](o *doc.Object, key string, read func(doc.Node) T) []T {
	nodes := o.List(key)
	if len(nodes) == 0 {
		return nil
	}
	items := make([]T, len(nodes))
	for i, node := range nodes {
		items[i] = read(node)
	}
	return items
}

type listReader struct {
	problems *problem.List
}

func (r *listReader) advisory(node doc.Node) plan.AdvisoryRef {
	o := node.Object("an advisory", r.problems)
	ref := plan.AdvisoryRef{ID: readID(o, "id"), Digest: readDigest(o, "digest")}
	o.Done()
	return ref
}

func (r *listReader) outage(node doc.Node) plan.Outage {
	o := node.Object("the outage of host", r.problems)
	outage := plan.Outage{Host: r.host(o), Start: o.RequiredInstant("start"), End: o.RequiredInstant("end")}
	o.Require("canary", "window")
	outage.Canary, _ = o.Bool("canary")
	if window, ok := o.Object("window"); ok {
		outage.Window = calendar.Span{From: window.RequiredInstant("from"), To: window.RequiredInstant("to")}
		window.Done()
	}
	o.Done()
	return outage
}

// host reads the host that the object is about, and names the object by it.
func (r *listReader) host(o *doc.Object) string {
	host := readID(o, "host")
	o.Called(host)
	return host
}

func (r *listReader) move(node doc.Node) plan.Move {
	o := node.Object("the move of guest", r.problems)
	move := plan.Move{Guest: readID(o, "guest")}
	o.Called(move.Guest)
	move.From, move.To, move.At = readID(o, "from"), readID(o, "to"), o.RequiredInstant("at")
	o.Done()
	return move
}

func (r *listReader) excluded(node doc.Node) plan.Excluded {
	o := node.Object("the excluded host", r.problems)
	host := r.host(o)
	o.Require("reason")
	reason, _ := o.Word("reason", string(plan.Fixed), string(plan.NotAffected), string(plan.Protected))
	o.Done()
	return plan.Excluded{Host: host, Reason: plan.Reason(reason)}
}

func (r *listReader) blocked(node doc.Node) plan.Blocked {
	o := node.Object("the blocked host", r.problems)
	blocked := plan.Blocked{Host: r.host(o), Group: readGroup(o), Reason: readText(o, "reason")}
	blocked.Proposal = each(o, "proposal", r.proposed)
	if o.Has("proposal") && blocked.Proposal == nil {
		o.Fault("proposal", "empty-list", "leave it out where nothing is proposed", "the proposal is empty")
	}
	o.Done()
	return blocked
}

// readGroup returns the group that blocks a host; "" where something else does.
func readGroup(o *doc.Object) string {
	if n, _ := o.Node("group"); n.Kind == doc.Scalar && !n.Bare && n.Text == "" {
		return ""
	}
	return readID(o, "group")
}

func (r *listReader) proposed(node doc.Node) plan.Proposed {
	o := node.Object("the proposal for guest", r.problems)
	proposed := plan.Proposed{Guest: readID(o, "guest")}
	o.Called(proposed.Guest)
	proposed.To = readID(o, "to")
	o.Done()
	return proposed
}
