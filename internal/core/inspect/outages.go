package inspect

import "github.com/evenkeel-project/evenkeel/internal/core/policy"

// checkOutages checks each outage on its own: its length, its start and its window.
func (n *inspection) checkOutages() {
	for _, o := range n.outages {
		id := n.Fleet.HostID(o.host)
		n.looked(knownLength, 1)
		n.looked(outageLength, 1)
		length, ok := n.Policy.OutageOf(n.Fleet, o.host)
		switch {
		case !ok:
			n.find(knownLength, []string{id}, "host %s has an outage at %s, but neither it nor the policy says how long one is", id, o.span.From)
		case o.span.To.Sub(o.span.From) != length:
			n.find(outageLength, []string{id}, "the outage of host %s from %s to %s lasts %s, not %s",
				id, o.span.From, o.span.To, o.span.To.Sub(o.span.From), length)
		}
		n.looked(beforeStart, 1)
		if o.span.From < n.Policy.Start {
			n.find(beforeStart, []string{id}, "the outage of host %s starts at %s, before the policy's start %s", id, o.span.From, n.Policy.Start)
		}
	}
	n.looked(window, len(n.Plan.Outages))
	for _, o := range n.Plan.Outages {
		switch w := o.Window; {
		case w.From < n.Policy.Start:
			n.find(window, []string{o.Host}, "the window of host %s opens at %s, before the policy's start %s", o.Host, w.From, n.Policy.Start)
		case w.From > o.Start:
			n.find(window, []string{o.Host}, "the window of host %s opens at %s, after the outage starts at %s", o.Host, w.From, o.Start)
		case w.To.Sub(o.End) > n.Policy.StuckAfter+(o.Start.Sub(n.Policy.Start)+9)/10:
			n.find(window, []string{o.Host}, "the window of host %s closes at %s, more than stuck.after and a tenth of the time since the start after the outage ends at %s",
				o.Host, w.To, o.End)
		case w.To < o.End:
			n.find(window, []string{o.Host}, "the window of host %s closes at %s, before the outage ends at %s", o.Host, w.To, o.End)
		}
	}
}

// checkFreezes checks that no outage overlaps a freeze that covers its host.
func (n *inspection) checkFreezes() {
	n.eachFrozen(func(o outage, z policy.Freeze) {
		n.looked(freeze, 1)
		if o.span.Overlaps(z.Span) {
			id := n.Fleet.HostID(o.host)
			n.find(freeze, []string{id}, "the outage of host %s from %s to %s overlaps the freeze from %s to %s (%s)",
				id, o.span.From, o.span.To, z.Span.From, z.Span.To, z.Reason)
		}
	})
}

// eachFrozen visits every outage with every freeze that covers its host. A freeze of no length covers
// nothing.
func (n *inspection) eachFrozen(visit func(outage, policy.Freeze)) {
	for _, z := range n.Policy.Freezes {
		if z.Span.From >= z.Span.To {
			continue
		}
		covered := z.Hosts(n.Fleet)
		for _, o := range n.outages {
			if covered[o.host] {
				visit(o, z)
			}
		}
	}
}
