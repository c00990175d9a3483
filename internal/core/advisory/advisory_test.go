package advisory_test

import (
	"testing"

	"github.com/evenkeel-project/evenkeel/internal/core/advisory"
)

func TestAPermissionThatIsNotWrittenIsNotGiven(t *testing.T) {
	embargo := advisory.Embargo{}
	for _, p := range []advisory.Permission{embargo.DeployPatch, embargo.DeployMitigation, embargo.Distribute} {
		if p != advisory.Forbidden {
			t.Errorf("an embargo that says nothing permits: %d", p)
		}
	}
}

func TestOnlyActionsThatLeaveTheHostUpNeedNoOutage(t *testing.T) {
	for action, want := range map[advisory.Action]bool{advisory.None: false, advisory.Restart: false, advisory.Reboot: true,
		advisory.StopStart: true, "": true, "unheard-of": true} {
		if got := action.TakesHostDown(); got != want {
			t.Errorf("action %q takes the host down: %v", action, got)
		}
	}
}
