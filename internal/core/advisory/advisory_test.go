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
