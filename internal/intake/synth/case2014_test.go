package synth_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/evenkeel-project/evenkeel/internal/core/fleet"
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

func TestTheScenarioOfTheCaseStrikesHostsThatThePlanTouches(t *testing.T) {
	f := mustMake(t, synth.Case2014())
	scenario := synth.Case2014Scenario()
	named := regexp.MustCompile(`fault: ([a-z]+), hosts: \[([^]]+)]`).FindAllStringSubmatch(scenario, -1)
	if len(named) != 2 || named[0][1] != "slow" || named[1][1] != "dead" {
		t.Fatalf("the hosts named are %q", named)
	}
	for _, fault := range named {
		h, ok := f.FindHost(fault[2])
		if !ok {
			t.Fatalf("the scenario names %s, which is not there", fault[2])
		}
		hypervisor, _ := f.Facts(h).Get("hypervisor")
		patches, _ := f.Facts(h).Get("patches")
		if hypervisor.Text != "xen" || strings.Contains(patches.String(), "XSA-108") {
			t.Errorf("%s has no outage: hypervisor %s, patches %s", fault[2], hypervisor, patches)
		}
		for _, g := range f.GuestsOn(h) {
			if fault[1] == "dead" && f.OnReboot(ident.Guest(g)) == fleet.Pinned {
				t.Errorf("guest %s of the dead host cannot be started elsewhere", f.GuestID(ident.Guest(g)))
			}
		}
	}
	cohort := regexp.MustCompile(`where: {region: ([a-z]+), generation: ([a-z0-9-]+)}`).FindStringSubmatch(scenario)
	if cohort == nil {
		t.Fatal("no cohort goes wrong")
	}
	hosts := 0
	for h := range f.Hosts() {
		generation, _ := f.Labels(ident.Host(h)).Get("generation")
		if generation.Text == cohort[2] && f.RegionID(f.RegionOf(f.ZoneOf(ident.Host(h)))) == cohort[1] {
			hosts++
		}
	}
	if hosts < 20 {
		t.Errorf("the cohort of %s in %s has %d hosts", cohort[2], cohort[1], hosts)
	}
}
