package app

import (
	"bytes"
	"os"
	"os/exec"
	"testing"

	"github.com/evenkeel-project/evenkeel/internal/cli"
	"github.com/evenkeel-project/evenkeel/internal/core/campaign"
)

// TestAClockThatIsSetHoldsTheCampaignUntilAPersonResumes sets the clock of a fleet without faults forward by more
// than any host may take, and back. No host is powered off for it, and none counts as failed.
func TestAClockThatIsSetHoldsTheCampaignUntilAPersonResumes(t *testing.T) {
	fleet := synthetic(t, cli.Shape{Hosts: 60, Guests: 300, Tenants: 20, Regions: 2, Zones: 2, Seed: 1})
	s := newStage(t, fleet, "testdata/crash/policy.yaml", "")
	for by, reason := range map[string]string{"40m": "the clock was set forward by 40m", "-1h": "the clock was set back by 1h"} {
		s.scenario = s.path("clock" + by)
		if err := os.WriteFile(s.scenario, []byte("clock: [{at: 2014-09-28T13:00:00Z, by: "+by+"}]\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		data := s.data()
		s.resumedOnce(data)
		account := s.verified(data, by)
		for _, h := range account.Hosts {
			if h.Stuck || h.Phase == campaign.Failed {
				t.Errorf("%s: host %s is %s, %s: %s", by, h.ID, h.Phase, h.Fault, h.Reason)
			}
		}
		if len(account.Stops) < 3 || account.Stops[1].Reason != reason || account.Stops[2].Kind != campaign.CampaignResumed {
			t.Errorf("%s: the campaign was stopped by %v", by, account.Stops)
		}
	}
}

// resumedOnce carries a campaign out in a process of its own, and resumes it when it halts.
func (s *stage) resumedOnce(data string) {
	s.Helper()
	var out bytes.Buffer
	command := exec.Command("evenkeel", s.carrying(data)...)
	command.Stdout, command.Stderr = &out, &out
	if err := command.Start(); err != nil {
		s.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- command.Wait() }()
	for resumed := false; ; {
		select {
		case err := <-ended:
			if err != nil || !resumed {
				s.Fatalf("resumed: %v; %v: %s", resumed, err, out.String())
			}
			return
		default:
		}
		for _, e := range s.events(data) {
			if e.Kind == campaign.CampaignHalted && !resumed {
				commandLine(s, "campaign", "resume", "--data", data, "--reason", "the clock was looked at", "--by", "ops", "--wait", "30s")
				resumed = true
			}
		}
	}
}
