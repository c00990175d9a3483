//go:build real

package app

import (
	"os"
	"path/filepath"
	"testing"
)

// TestACampaignOfAPublishedPlacementIsCarriedOutWithFaults imports instance b_4 of ROADEF/EURO 2012 (500 hosts, 20,000
// guests, 2,510 services) and carries its plan out to the end on a fleet where things go wrong; then it holds
// the campaign to account.
func TestACampaignOfAPublishedPlacementIsCarriedOutWithFaults(t *testing.T) {
	folder := filepath.Join(os.Getenv("EVENKEEL_DATA"), "roadef2012")
	fleet := filepath.Join(t.TempDir(), "fleet.ndjson")
	commandLine(t, "fleet", "import", "--format", "roadef", filepath.Join(folder, "model_b_4.txt"), filepath.Join(folder, "assignment_b_4.txt"),
		"--max-down", "34%", "--contact", "ops@example.com", "-o", fleet, "--fact", "arch=x86_64", "--fact", "hypervisor=xen",
		"--fact", "xen=4.3.2", "--fact", "patches=[]", "--guest-label", "virt=hvm")
	s := newStage(t, fleet, "testdata/real/policy.yaml", "testdata/real/scenario.yaml")
	k := &killer{stage: s}
	data := k.carriedOut()
	out := s.judged(data, "b_4")
	t.Logf("%s; %d records, %d letters, %d hosts of the plan", out.ended, out.records, len(out.letters), len(out.hosts))
}
