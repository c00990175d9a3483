package cli

import (
	"github.com/evenkeel-project/evenkeel/internal/core/exposure"
	"github.com/evenkeel-project/evenkeel/internal/core/ident"
)

// exposureJSON is what exposure --json prints. With --by only that list is there; hosts only when asked for.
type exposureJSON struct {
	Fleet      string                 `json:"fleet"`
	Advisories []advisoryExposureJSON `json:"advisories"`
	Totals     stateCounts            `json:"totals"`
	Region     []scopeJSON            `json:"by_region,omitempty"`
	Zone       []scopeJSON            `json:"by_zone,omitempty"`
	Cohort     []scopeJSON            `json:"by_cohort,omitempty"`
	Hosts      []hostExposureJSON     `json:"hosts,omitempty"`
}

type advisoryExposureJSON struct {
	ID     string      `json:"id"`
	Digest string      `json:"digest"`
	Counts stateCounts `json:"counts"`
}

// scopeJSON counts the hosts of one region, zone or cohort.
type scopeJSON struct {
	ID string `json:"id"`
	stateCounts
}

type hostExposureJSON struct {
	ID         string              `json:"id"`
	Region     string              `json:"region"`
	Zone       string              `json:"zone"`
	Cohort     string              `json:"cohort"`
	State      string              `json:"state"`
	Exposed    bool                `json:"exposed"`
	Reason     string              `json:"reason"`
	Advisories []advisoryStateJSON `json:"advisories"`
}

type advisoryStateJSON struct {
	ID    string `json:"id"`
	State string `json:"state"`
}

// stateCounts counts hosts by what is known of them.
type stateCounts struct {
	Hosts             int `json:"hosts"`
	Exposed           int `json:"exposed"`
	VulnerableRunning int `json:"vulnerable_running"`
	FixedNotRunning   int `json:"fixed_not_running"`
	Unknown           int `json:"unknown"`
	Fixed             int `json:"fixed"`
	NotAffected       int `json:"not_affected"`
}

func countsOf(c exposure.Count) stateCounts {
	return stateCounts{Hosts: c.Hosts(), Exposed: c.VulnerableRunning + c.FixedNotRunning + c.Unknown,
		VulnerableRunning: c.VulnerableRunning, FixedNotRunning: c.FixedNotRunning, Unknown: c.Unknown,
		Fixed: c.Fixed, NotAffected: c.NotAffected}
}

func scopesOf(list []exposure.NamedCount) []scopeJSON {
	out := make([]scopeJSON, len(list))
	for i, c := range list {
		out[i] = scopeJSON{c.Name, countsOf(c.Count)}
	}
	return out
}

// forAdvisory counts the hosts by what one advisory means for them.
func (v exposureView) forAdvisory(index int) stateCounts {
	var tally [exposure.NotAffected + 1]int
	for h := range v.fleet.Hosts() {
		tally[v.report.Of(index, ident.Host(h))]++
	}
	return countsOf(exposure.Count{VulnerableRunning: tally[exposure.VulnerableRunning], Unknown: tally[exposure.Unknown],
		FixedNotRunning: tally[exposure.FixedNotRunning], Fixed: tally[exposure.Fixed], NotAffected: tally[exposure.NotAffected]})
}

func (v exposureView) document() exposureJSON {
	counts := v.report.Counts(func(h ident.Host) string { return v.policy.CohortOf(v.fleet, h) })
	out := exposureJSON{Fleet: string(v.fleet.Digest()), Totals: countsOf(counts.Total)}
	for i, a := range v.report.Advisories() {
		out.Advisories = append(out.Advisories, advisoryExposureJSON{ID: a.ID, Digest: string(a.Digest), Counts: v.forAdvisory(i)})
	}
	for _, scope := range []struct {
		key  string
		to   *[]scopeJSON
		from []exposure.NamedCount
	}{{"region", &out.Region, counts.Regions}, {"zone", &out.Zone, counts.Zones}, {"cohort", &out.Cohort, counts.Cohorts}} {
		if v.options.by == "" || v.options.by == scope.key {
			*scope.to = scopesOf(scope.from)
		}
	}
	for _, h := range v.listed {
		out.Hosts = append(out.Hosts, v.hostDocument(h))
	}
	return out
}

func (v exposureView) hostDocument(h ident.Host) hostExposureJSON {
	f, zone := v.fleet, v.fleet.ZoneOf(h)
	out := hostExposureJSON{ID: f.HostID(h), Region: f.RegionID(f.RegionOf(zone)), Zone: f.ZoneID(zone),
		Cohort: v.policy.CohortOf(f, h), State: v.report.Overall(h).String(), Exposed: v.report.NeedsOutage(h),
		Reason: v.report.Reason(h)}
	for i, a := range v.report.Advisories() {
		out.Advisories = append(out.Advisories, advisoryStateJSON{ID: a.ID, State: v.report.Of(i, h).String()})
	}
	return out
}
