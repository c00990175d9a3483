package inspect

import "github.com/evenkeel-project/evenkeel/internal/core/calendar"

// trial is what the plan makes of one cohort.
type trial struct {
	planned, canaries int
	lastEnd           calendar.Instant // of its canaries
}

// trials returns what the plan makes of each cohort.
func (n *inspection) trials() []trial {
	trials := make([]trial, len(n.cohortNames))
	for _, o := range n.outages {
		t := &trials[n.cohortOf[o.host]]
		t.planned++
		if !o.canary {
			continue
		}
		if t.canaries == 0 || o.span.To > t.lastEnd {
			t.lastEnd = o.span.To
		}
		t.canaries++
	}
	return trials
}

// checkCanaries checks that each cohort has its number of canaries and that all its other hosts wait until
// the last of them has ended and baked. Which hosts are canaries is the plan's choice.
func (n *inspection) checkCanaries() {
	rules, trials := n.Policy.Canary, n.trials()
	for c, t := range trials {
		if t.planned == 0 {
			continue
		}
		n.looked(canaryCount, 1)
		if want := min(rules.Hosts, t.planned); t.canaries != want {
			n.find(canaryCount, []string{n.cohortNames[c]}, "cohort %s has %d canaries among %d planned hosts, not %d",
				n.cohortNames[c], t.canaries, t.planned, want)
		}
	}
	for _, o := range n.outages {
		t := trials[n.cohortOf[o.host]]
		if o.canary || t.canaries == 0 {
			continue
		}
		n.looked(canaryBarrier, 1)
		if open := t.lastEnd.Add(rules.Bake); o.span.From < open {
			id, cohort := n.Fleet.HostID(o.host), n.cohortNames[n.cohortOf[o.host]]
			n.find(canaryBarrier, []string{id, cohort}, "host %s starts at %s, before %s: the canaries of cohort %s end at %s and bake for %s",
				id, o.span.From, open, cohort, t.lastEnd, rules.Bake)
		}
	}
}
