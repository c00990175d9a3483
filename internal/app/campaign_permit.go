package app

import (
	"fmt"

	"github.com/evenkeel-project/evenkeel/internal/cli"
	"github.com/evenkeel-project/evenkeel/internal/core/advisory"
	"github.com/evenkeel-project/evenkeel/internal/core/exposure"
	"github.com/evenkeel-project/evenkeel/internal/core/problem"
)

// permitted refuses to deploy a patch under an embargo whose advisory forbids that, written or by saying nothing (law
// S26): a host that is patched or down tells what nobody may know yet. Hosts that only other advisories touch may go.
func permitted(p cli.Proposing) error {
	judged := exposure.Judge(p.Fleet, p.Advisories)
	for i, a := range judged.Advisories() {
		if a.Embargo == nil || a.Embargo.DeployPatch != advisory.Forbidden {
			continue
		}
		for _, outage := range p.Plan.Outages {
			h, ok := p.Fleet.FindHost(outage.Host)
			if !ok || !judged.Touches(i, h) || outage.Window.From >= a.Embargo.Until {
				continue
			}
			return problem.Problem{Code: "deploy-not-permitted", Objects: []string{a.ID, outage.Host},
				Sentence: fmt.Sprintf("advisory %s does not permit to deploy its patch before its embargo ends at %s, and host %s may go down from %s",
					a.ID, a.Embargo.Until, outage.Host, outage.Window.From),
				Fix: "start after the embargo, or have its source permit it, write permits: {deploy_patch: yes}, and plan again"}
		}
	}
	return nil
}
