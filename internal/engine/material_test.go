package engine

import (
	"fmt"
	"strings"
	"testing"

	"github.com/evenkeel-project/evenkeel/internal/core/advisory"
	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/campaign"
	"github.com/evenkeel-project/evenkeel/internal/core/exposure"
	"github.com/evenkeel-project/evenkeel/internal/core/planner"
	"github.com/evenkeel-project/evenkeel/internal/intake/advisoryfile"
	"github.com/evenkeel-project/evenkeel/internal/intake/fleetfile"
	"github.com/evenkeel-project/evenkeel/internal/intake/policyfile"
	"github.com/evenkeel-project/evenkeel/internal/predicate/cel"
	"github.com/evenkeel-project/evenkeel/internal/version/scalibr"
)

const campaignID = "c-0123456789ab"

// morning is two hours before the planned start of every campaign of these tests.
var morning = instant("2014-09-28T09:00:00Z")

func instant(s string) calendar.Instant {
	t, err := calendar.ParseInstant(s)
	if err != nil {
		panic(err)
	}
	return t
}

const xsa108 = `id: XSA-108
embargo: {until: 2014-10-01T12:00:00Z}
affected: host.hypervisor == "xen"
fixed: '"XSA-108" in host.patches'
action: reboot
`

const plain = `start: 2014-09-28T11:00:00Z
notice: {lead: 1h}
order: {regions: [r1, r2], zones: one-at-a-time, bake: {zone: 5m, region: 10m}}
limits: {fleet: 50%, region: 50%, zone: 50%, rack: 2, cohort: 50%, tenant: 50%}
canary: {per: [generation], hosts: 1, bake: 10m}
halt: {failed: {campaign: 90%, at_least: 9}}
outage: {default: 6m}
stuck: {after: 5m}
deadline: {reserve: 1h}
`

// fleetOf writes a fleet of two regions with two zones each and so many hosts a zone. Every host has a guest of
// each tenant.
func fleetOf(hosts, tenants int) string {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	for n := range tenants {
		line(`{"kind":"tenant","id":"t%d","name":"Tenant %d","contacts":[{"role":"operations","email":"ops@t%d.example"}]}`, n, n, n)
	}
	for r := 1; r <= 2; r++ {
		line(`{"kind":"region","id":"r%d"}`, r)
		for z := 1; z <= 2; z++ {
			line(`{"kind":"zone","id":"r%d-%d","region":"r%d"}`, r, z, r)
			for n := range hosts {
				host := fmt.Sprintf("h%d%d%d", r, z, n)
				line(`{"kind":"host","id":"%s","zone":"r%d-%d","labels":{"generation":"g1"},"facts":{"hypervisor":"xen","patches":["XSA-104"]}}`, host, r, z)
				for k := range tenants {
					line(`{"kind":"guest","id":"%s-v%d","host":"%s","tenant":"t%d","on_reboot":"restart"}`, host, k, host, k)
				}
			}
		}
	}
	return b.String()
}

// newWorld plans a fleet and lays the plan out.
func newWorld(t testing.TB, fleet, policy string) *campaign.World {
	t.Helper()
	must := func(what string, err error) {
		if err != nil {
			t.Fatalf("%s: %v", what, err)
		}
	}
	compiler, err := cel.NewCompiler(scalibr.Reader{})
	must("the compiler", err)
	f, problems := fleetfile.ReadFrom("fleet.ndjson", strings.NewReader(fleet), int64(len(fleet)), nil)
	must("the fleet", problems.Err())
	a, problems := advisoryfile.Parse("advisory.yaml", []byte(xsa108), compiler)
	must("the advisory", problems.Err())
	p, problems := policyfile.Parse("policy.yaml", []byte(policy))
	must("the policy", problems.Err())
	report := exposure.Judge(f, []*advisory.Advisory{a})
	made, problems := planner.Make(planner.Input{Fleet: f, Exposure: report, Policy: p})
	must("the plan", problems.Err())
	w, problems := campaign.NewWorld(campaign.Material{Campaign: campaignID, Fleet: f, Policy: p, Plan: made, Exposure: report})
	must("the world", problems.Err())
	return w
}

// sourcesOf are the digests of the documents of a world.
func sourcesOf(w *campaign.World) campaign.Sources {
	s := campaign.Sources{Plan: w.Plan.Digest, Fleet: w.Fleet.Digest(), Policy: w.Policy.Digest}
	for _, a := range w.Plan.Advisories {
		s.Advisories = append(s.Advisories, campaign.Reference{ID: a.ID, Digest: a.Digest})
	}
	return s
}
