package study

import (
	"fmt"
	"strings"

	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
)

// reason says what would be broken if outage k alone started a second earlier. It is asked when everything before
// its start is taken into account and nothing that happens at its start.
func (l *look) reason(k int) Reason {
	i, at := l.places[k], l.plan.Outages[k].Start-1
	kind, words := l.barrier(i, at)
	if kind != Free {
		return Reason{Kind: kind, Words: words, Limit: -1}
	}
	d := l.instance.Demand
	for _, u := range d.Row(i) {
		if l.contested[u.Resource] && l.used[u.Resource]+int64(u.Weight) > d.Allowed[u.Resource] {
			return Reason{Kind: Limit, Words: "waits for room in " + bracketed(l.instance.Names.Resource(u.Resource)), Limit: int(u.Resource)}
		}
	}
	return Reason{Kind: Free, Words: "nothing holds it: alone it could start earlier", Limit: -1}
}

// barrier says which rule of time or order forbids place i to start at an instant; Free when none does.
func (l *look) barrier(i int32, at calendar.Instant) (kind, words string) {
	r, order := l.instance.Roster, l.instance.Policy.Order
	if at < l.instance.Start {
		return AtStart, "starts with the plan"
	}
	if r.Frozen[i].Earliest(at, r.Length[i]) != at {
		return Freeze, l.freezeWords(i, at)
	}
	leg, stage := l.whereabouts(i)
	if leg > 0 && l.instance.Course.RegionsOrdered && at < l.legEnd(leg-1).Add(order.BakeRegion) {
		return RegionOrder, "waits for region " + l.instance.Names.Region(l.instance.Course.Legs[leg-1]) + bakeWords(order.BakeRegion)
	}
	stages := l.instance.Course.Legs[leg].Stages
	if stage > 0 && r.Last[i] {
		for _, n := range stages[:stage] {
			if at < l.stageEnd[n] {
				return LastOrder, "goes last: waits for everything else of region " + l.instance.Names.Region(l.instance.Course.Legs[leg])
			}
		}
	} else if stage > 0 && at < l.stageEnd[stages[stage-1]].Add(order.BakeZone) {
		return ZoneOrder, "waits for zone " + l.instance.Names.Zone(l.instance.Course.Stages[stages[stage-1]]) + bakeWords(order.BakeZone)
	}
	if bake := l.instance.Policy.Canary.Bake; !r.Canary[i] && l.canaryEnd[r.Cohort[i]] > 0 && at < l.canaryEnd[r.Cohort[i]].Add(bake) {
		return Canary, "waits for the canaries of cohort " + l.instance.Names.Cohort(r.Cohort[i]) + bakeWords(bake)
	}
	if at < l.emptied[i] {
		return Moves, "waits until its guests have been moved off"
	}
	return Free, ""
}

// whereabouts returns the leg of a place, and which of the leg's stages it is in.
func (l *look) whereabouts(i int32) (leg, stage int) {
	n := int(l.instance.Roster.Stage[i])
	for k, each := range l.instance.Course.Legs {
		if last := each.Stages[len(each.Stages)-1]; n <= last {
			return k, n - each.Stages[0]
		}
	}
	panic(fmt.Sprintf("study: broken invariant: stage %d is in no leg", n))
}

// legEnd returns when the last host of a region is done.
func (l *look) legEnd(leg int) calendar.Instant {
	end := calendar.Instant(0)
	for _, n := range l.instance.Course.Legs[leg].Stages {
		end = max(end, l.stageEnd[n])
	}
	return end
}

// bakeWords adds a bake to what is waited for.
func bakeWords(bake calendar.Seconds) string {
	if bake == 0 {
		return ""
	}
	return " and the bake of " + bake.String()
}

// freezeWords names the freeze that an outage of place i met if it started at an instant.
func (l *look) freezeWords(i int32, at calendar.Instant) string {
	span := calendar.Span{From: at, To: at.Add(calendar.Seconds(l.instance.Roster.Length[i]))}
	for _, z := range l.instance.Policy.Freezes {
		if z.Span.Overlaps(span) && z.Reason != "" && z.Covers(l.in.Fleet, l.instance.Roster.Host[i]) {
			return "waits for the end of a freeze: " + z.Reason
		}
	}
	return "waits for the end of a freeze"
}

// bracketed sets what a limit allows in brackets: "group acme/web (1 of 4 down)". No allowance holds a colon.
func bracketed(name string) string {
	if at := strings.LastIndex(name, ": "); at >= 0 {
		return name[:at] + " (" + name[at+2:] + ")"
	}
	return name
}
