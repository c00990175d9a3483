package synth_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/evenkeel-project/evenkeel/internal/core/ident"
	"github.com/evenkeel-project/evenkeel/internal/intake/synth"
)

func TestTheCaseHasSixRegionsAndItsPolicyNamesOnlyWhatIsThere(t *testing.T) {
	f := mustMake(t, synth.Case2014())
	var regions []string
	for r := range f.Regions() {
		regions = append(regions, f.RegionID(ident.Region(r)))
	}
	if got := strings.Join(regions, " "); got != "dfw hkg iad lon ord syd" {
		t.Errorf("the regions are %s", got)
	}
	policy := synth.Case2014Policy()
	for _, region := range regexp.MustCompile(`region: ([a-z]+)}`).FindAllStringSubmatch(policy, -1) {
		if _, ok := f.FindRegion(region[1]); !ok {
			t.Errorf("the policy names region %s", region[1])
		}
	}
	protected := regexp.MustCompile(`protected: \[([^]]+)]`).FindStringSubmatch(policy)
	if protected == nil {
		t.Fatal("the policy protects nothing")
	}
	h, ok := f.FindHost(protected[1])
	if !ok {
		t.Fatalf("the policy protects %s, which is not there", protected[1])
	}
	hypervisor, _ := f.Facts(h).Get("hypervisor")
	patches, _ := f.Facts(h).Get("patches")
	if hypervisor.Text != "xen" || strings.Contains(patches.String(), "XSA-108") {
		t.Errorf("%s needs no protection: hypervisor %s, patches %s", protected[1], hypervisor, patches)
	}
}

func TestTheCaseHasEveryStateAHostCanBeIn(t *testing.T) {
	f := mustMake(t, synth.Case2014())
	c := count(f)
	for _, x := range []struct {
		what             string
		got, least, most int
	}{
		{"hosts", f.Hosts(), 2000, 2000}, {"guests", f.Guests(), 20000, 20000}, {"tenants", f.Tenants(), 1500, 1500},
		{"zones", f.Zones(), 15, 15}, {"blocked hosts", c.blocked, 4, 20}, {"hosts without a patch list", c.noPatches, 2, 20},
		{"fixed hosts", c.fixed, 5, 40}, {"fixed hosts that do not run the fix", c.installed, 5, 40},
		{"hosts without a version", c.noVersion, 1, 20}, {"slow hosts", c.slow, 2, 20},
	} {
		if x.got < x.least || x.got > x.most {
			t.Errorf("%d %s, want %d to %d", x.got, x.what, x.least, x.most)
		}
	}
}
