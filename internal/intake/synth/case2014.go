package synth

import _ "embed" // the documents of the case

// Case2014 is the shape of the demonstration: a hoster in the last days of September 2014, sized to be
// looked at. About 2,000 hosts in six regions; most run Xen.
func Case2014() Shape {
	return Shape{
		Hosts: 2000, Guests: 20000, Tenants: 1500, Regions: 6, ZonesPerRegion: 3, HostsPerRack: 12, Seed: 108,
		like: &preset{
			sites: []site{
				{"dfw", "America/Chicago", 3, 20}, {"ord", "America/Chicago", 3, 18},
				{"iad", "America/New_York", 3, 12}, {"lon", "Europe/London", 2, 13},
				{"hkg", "Asia/Hong_Kong", 2, 6}, {"syd", "Australia/Sydney", 2, 5},
			},
			generations: []generation{
				{"standard", "xen", []string{"4.1.6", "4.2.4"}, 40, 25},
				{"performance-1", "xen", []string{"4.3.2", "4.4.0"}, 30, 70},
				{"performance-2", "xen", []string{"4.3.2", "4.4.0"}, 20, 80},
				{"kvm-1", "kvm", []string{"2.0.0", "2.1.1"}, 10, 100},
			},
			largestGroup: 100, oneZoneUpTo: 100, strictStep: 10, stackedOneIn: 400,
		},
	}
}

//go:embed case2014-advisory.yaml
var case2014Advisory string

//go:embed case2014-policy.yaml
var case2014Policy string

// Case2014Advisory returns the advisory that the demonstration answers, as YAML.
func Case2014Advisory() string { return case2014Advisory }

// Case2014Policy returns the policy of the demonstration, as YAML. The hosts and regions it names are those
// of the fleet of Case2014.
func Case2014Policy() string { return case2014Policy }

//go:embed case2014-scenario.yaml
var case2014Scenario string

// Case2014Scenario returns what goes wrong in the demonstration when its plan is carried out on a simulated fleet, as
// YAML. The hosts and regions it names are those of the fleet of Case2014.
func Case2014Scenario() string { return case2014Scenario }
