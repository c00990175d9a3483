package cel_test

import (
	"fmt"
	"testing"

	"github.com/evenkeel-project/evenkeel/internal/core/advisory"
	"github.com/evenkeel-project/evenkeel/internal/core/exposure"
	"github.com/evenkeel-project/evenkeel/internal/core/fleet"
	"github.com/evenkeel-project/evenkeel/internal/core/label"
)

// example is the advisory that the project's documents use as the example.
func example(t testing.TB) *advisory.Advisory {
	return &advisory.Advisory{ID: "XSA-108", Affected: compile(t, exampleAffected), Fixed: compile(t, exampleFixed), Action: advisory.Reboot}
}

// exampleFacts are the facts of an exposed host, with some left out and some replaced.
func exampleFacts(without string, replaced ...label.Pair) label.Set {
	var pairs []label.Pair
	for _, p := range append(set("arch", "x86_64", "hypervisor", "xen", "xen", "4.3.2"), label.Pair{Key: "patches", Value: label.TextList()}) {
		if p.Key != without {
			pairs = append(pairs, p)
		}
	}
	return label.NewSet(append(pairs, replaced...))
}

func TestTheExampleAdvisoryIsJudgedWithAndWithoutEachFact(t *testing.T) {
	patched := label.Pair{Key: "patches", Value: label.TextList("XSA-107", "XSA-108")}
	fact := func(key, value string) label.Pair { return label.Pair{Key: key, Value: label.Text(value)} }
	hvm, pv := []label.Set{set("virt", "pv"), set("virt", "hvm")}, []label.Set{set("virt", "pv")}
	for _, test := range []struct {
		name             string
		facts, installed label.Set
		guests           []label.Set
		want, reason     string
	}{
		{"exposed", exampleFacts(""), nil, hvm[1:], "vulnerable-running",
			"affected by XSA-108: arch x86_64, hypervisor xen, xen 4.3.2, a guest with virt hvm; patches [] does not show the fix"},
		{"installed", exampleFacts(""), label.Set{patched}, hvm, "fixed-not-running",
			"affected by XSA-108: arch x86_64, hypervisor xen, xen 4.3.2, a guest with virt hvm, a guest with virt pv; " +
				"fixed is installed (patches [XSA-107, XSA-108]) but not running: a reboot is due"},
		{"patched", exampleFacts("", patched), nil, hvm, "fixed", "fixed for XSA-108: patches [XSA-107, XSA-108]"},
		{"patched, nothing else known", label.Set{patched}, nil, nil, "fixed", "fixed for XSA-108: patches [XSA-107, XSA-108]"},
		{"without patches", exampleFacts("patches"), nil, hvm, "unknown", `unknown for XSA-108: the fact "patches" is missing`},
		{"without arch", exampleFacts("arch"), nil, hvm, "unknown", `unknown for XSA-108: the fact "arch" is missing`},
		{"without hypervisor", exampleFacts("hypervisor"), nil, hvm, "unknown", `unknown for XSA-108: the fact "hypervisor" is missing`},
		{"without version", exampleFacts("xen"), nil, hvm, "unknown", `unknown for XSA-108: the fact "xen" is missing`},
		{"without version, on another machine", exampleFacts("xen", fact("arch", "arm64")), nil, hvm, "not-affected",
			"not affected by XSA-108: arch arm64, hypervisor xen, no fact xen, a guest with virt hvm, a guest with virt pv"},
		{"without facts", nil, nil, hvm, "unknown",
			`unknown for XSA-108: the fact "arch" is missing, the fact "hypervisor" is missing, the fact "patches" is missing, the fact "xen" is missing`},
		{"without facts or guests", nil, nil, nil, "not-affected",
			"not affected by XSA-108: no fact arch, no fact hypervisor, no fact xen, no guests"},
		{"without hvm guests", exampleFacts(""), nil, pv, "not-affected",
			"not affected by XSA-108: arch x86_64, hypervisor xen, xen 4.3.2, a guest with virt pv"},
		{"with an unlabelled guest", exampleFacts(""), nil, []label.Set{set("virt", "pv"), nil}, "unknown", "unknown for XSA-108: the guest label g.virt is missing"},
		{"an old version", exampleFacts("", fact("xen", "4.0.99")), nil, hvm, "not-affected",
			"not affected by XSA-108: arch x86_64, hypervisor xen, xen 4.0.99, a guest with virt hvm, a guest with virt pv"},
		{"version 4.10", exampleFacts("", fact("xen", "4.10")), nil, hvm[1:], "vulnerable-running",
			"affected by XSA-108: arch x86_64, hypervisor xen, xen 4.10, a guest with virt hvm; patches [] does not show the fix"},
		{"a version that cannot be read", exampleFacts("", fact("xen", "4.3-rc1")), nil, hvm, "unknown",
			`unknown for XSA-108: a question failed: "4.3-rc1" is not a dotted version: it may hold digits and dots only`},
		{"patches as a text", exampleFacts("", fact("patches", "XSA-108")), nil, hvm, "unknown",
			`unknown for XSA-108: a question failed: "in" looks into a list, not into a text`},
	} {
		b := fleet.NewBuilder("test")
		b.AddRegion(fleet.Region{ID: "dfw"})
		b.AddZone(fleet.Zone{ID: "dfw-1", Region: "dfw"})
		b.AddTenant(fleet.Tenant{ID: "acme"})
		b.AddHost(fleet.Host{ID: "c-17", Zone: "dfw-1", Facts: test.facts, Installed: test.installed})
		for i, labels := range test.guests {
			b.AddGuest(fleet.Guest{ID: fmt.Sprint("vm-", i), Host: "c-17", Tenant: "acme", Labels: labels})
		}
		f, problems := b.Build()
		if err := problems.Err(); err != nil {
			t.Fatal(err)
		}
		r := exposure.Judge(f, []*advisory.Advisory{example(t)})
		if got, reason := r.Of(0, 0).String(), r.Reason(0); got != test.want || reason != test.reason {
			t.Errorf("%s:\n got %s, %s\nwant %s, %s", test.name, got, reason, test.want, test.reason)
		}
	}
}

// largeFleet has 100,000 hosts with 10 guests each. Every host has a fact of its own, and there are 2,000
// combinations of the facts that the example asks about; guests have one of 3 labels asked about, and a
// name of their own when named.
func largeFleet(b *testing.B, named bool) *fleet.Fleet {
	const hosts, guests = 100_000, 10
	build := fleet.NewBuilder("bench")
	build.AddRegion(fleet.Region{ID: "r"})
	build.AddZone(fleet.Zone{ID: "z", Region: "r"})
	build.AddTenant(fleet.Tenant{ID: "t"})
	for h := range hosts {
		id := fmt.Sprintf("h%06d", h)
		facts := exampleFacts("", label.Pair{Key: "xen", Value: label.Text(fmt.Sprintf("4.%d.%d", h%20, h/20%100))},
			label.Pair{Key: "boot", Value: label.Text(id)})
		build.AddHost(fleet.Host{ID: id, Zone: "z", Facts: facts})
		for g := range guests {
			labels := set("virt", [...]string{"pv", "pvh", "hvm"}[(h/7+g*g)%3])
			if named {
				labels = labels.Overlay(set("name", fmt.Sprint(id, g)))
			}
			build.AddGuest(fleet.Guest{ID: fmt.Sprintf("%s-%d", id, g), Host: id, Tenant: "t", Labels: labels})
		}
	}
	f, problems := build.Build()
	if err := problems.Err(); err != nil {
		b.Fatal(err)
	}
	return f
}

func BenchmarkJudge(b *testing.B) {
	for _, named := range []bool{false, true} {
		f := largeFleet(b, named)
		a := example(b)
		b.Run(fmt.Sprintf("hosts=%d/guests=%d/named=%v", f.Hosts(), f.Guests(), named), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				exposure.Judge(f, []*advisory.Advisory{a})
			}
		})
	}
}
