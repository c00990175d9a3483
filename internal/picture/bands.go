package picture

import (
	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/policy"
)

// bandKind says why nothing, or little, starts in a band.
type bandKind string

const (
	freezeBand bandKind = "freeze" // the policy forbids outages
	zoneBake   bandKind = "zone"   // a zone is complete and bakes before the next one
	regionBake bandKind = "region" // a region is complete and bakes before the next one
	canaryBake bandKind = "canary" // canaries are done and bake before the rest of their cohorts
)

// run is a stretch of rows, half-open.
type run struct{ from, to int }

// band is a time that holds rows up.
type band struct {
	kind bandKind
	span calendar.Span
	text string
	runs []run
}

// findBands returns the bands in a fixed order: freezes as the policy lists them, then bakes in order of rows.
func (s *scene) findBands() []band {
	var out []band
	for _, z := range s.Policy.Freezes {
		b := band{kind: freezeBand, span: z.Span, text: "freeze"}
		if z.Reason != "" {
			b.text += ": " + z.Reason
		}
		b.runs = s.frozen(z)
		if len(b.runs) > 0 && z.Span.To > s.from {
			out = append(out, b)
		}
	}
	out = append(out, s.canaryBakes()...)
	order := s.Policy.Order
	if !order.FreeZones && order.BakeZone > 0 {
		for i, p := range s.parts[:max(0, len(s.parts)-1)] {
			if next := s.parts[i+1]; next.region == p.region && !p.isLast && !next.isLast {
				out = append(out, bake(zoneBake, p, order.BakeZone))
			}
		}
	}
	if order.Regions != policy.FreeRegions && order.BakeRegion > 0 {
		for _, r := range s.regions[:max(0, len(s.regions)-1)] {
			out = append(out, bake(regionBake, r, order.BakeRegion))
		}
	}
	return out
}

func bake(kind bandKind, x section, length calendar.Seconds) band {
	return band{kind: kind, span: calendar.Span{From: x.last, To: x.last.Add(length)}, text: string(kind) + " bakes " + lasting(length),
		runs: []run{{x.from, x.to}}}
}

// frozen returns the rows that a freeze covers.
func (s *scene) frozen(z policy.Freeze) []run {
	covered := z.Hosts(s.Fleet)
	var runs []run
	for i, r := range s.rows {
		switch {
		case !covered[r.host]:
		case len(runs) > 0 && runs[len(runs)-1].to == i:
			runs[len(runs)-1].to++
		default:
			runs = append(runs, run{i, i + 1})
		}
	}
	return runs
}

// canaryBakes returns for each part with canaries the time from the first canary's end until the last one has baked.
func (s *scene) canaryBakes() []band {
	var out []band
	if s.Policy.Canary.Bake <= 0 {
		return nil
	}
	for _, p := range s.parts {
		b := band{kind: canaryBake, text: "canaries bake " + lasting(s.Policy.Canary.Bake), runs: []run{{p.from, p.to}}}
		for _, r := range s.rows[p.from:p.to] {
			if !r.outage.Canary {
				continue
			}
			if b.span.From == 0 || r.outage.End < b.span.From {
				b.span.From = r.outage.End
			}
			b.span.To = max(b.span.To, r.outage.End.Add(s.Policy.Canary.Bake))
		}
		if b.span.To > 0 {
			out = append(out, b)
		}
	}
	return out
}
