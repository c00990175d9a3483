package planner_test

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/evenkeel-project/evenkeel/internal/core/advisory"
	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/exposure"
	"github.com/evenkeel-project/evenkeel/internal/core/fleet"
	"github.com/evenkeel-project/evenkeel/internal/core/ident"
	"github.com/evenkeel-project/evenkeel/internal/core/label"
	"github.com/evenkeel-project/evenkeel/internal/core/limit"
	"github.com/evenkeel-project/evenkeel/internal/core/planner"
	"github.com/evenkeel-project/evenkeel/internal/core/policy"
)

// start is when the policies of these tests start.
const start = calendar.Instant(1_000_000_200)

// world is a small fleet with its policy and exposure as tests write them, one thing a line:
//
//	host ID REGION/ZONE LENGTH [rack=R] [LABEL=VALUE]... [state=STATE[,STATE]...] [capacity=KEY:N[,KEY:N]...]
//	group ID TENANT MAXDOWN
//	guest ID HOST TENANT [GROUP[,GROUP]...] [migrate|pinned] [demand=KEY:N[,KEY:N]...]
//	advisory ID ACTION [until=DURATION [deploy=no|ask]]
//	limit SCOPE LIMIT
//	order regions free|smallest-first|ID,ID... | order zones free | bake zone|region DURATION
//	canary HOSTS BAKE [LABEL,LABEL...]
//	freeze FROM TO [region=R] [zone=Z] [tenant=T]
//	moves [host=N] [group=LIMIT] [tenant=LIMIT] [fleet=LIMIT] [bandwidth=N] [length=DURATION]
//	last SELECTOR | protected SELECTOR | stuck DURATION | reserve DURATION
//
// Instants are durations since the start; a LENGTH of "-" is none. Without an order line regions and zones
// are free; without a canary line there are none; without an advisory line there is one without embargo.
type world struct {
	text   string
	hosts  []worldHost
	groups []fleet.Group
	guests []fleet.Guest

	advisories []*advisory.Advisory
	policy     policy.Policy
}

type worldHost struct {
	spec   fleet.Host
	region string
	states []exposure.State
}

var stateNames = map[string]exposure.State{"unknown": exposure.Unknown, "vulnerable": exposure.VulnerableRunning,
	"installed": exposure.FixedNotRunning, "fixed": exposure.Fixed, "not-affected": exposure.NotAffected}

// readWorld reads the language above; a mistake fails the test with its line.
func readWorld(t testing.TB, text string) *world {
	t.Helper()
	w := &world{text: text, policy: policy.Policy{Start: start, Order: policy.Order{Regions: policy.FreeRegions, FreeZones: true}}}
	for line := range strings.Lines(text) {
		if words := strings.Fields(line); len(words) > 0 {
			w.readLine(t, words)
		}
	}
	if len(w.advisories) == 0 {
		w.advisories = []*advisory.Advisory{{ID: "A-1", Action: advisory.Reboot, Digest: "sha256:a"}}
	}
	return w
}

func (w *world) readLine(t testing.TB, words []string) {
	t.Helper()
	p := &w.policy
	switch words[0] {
	case "host":
		w.readHost(t, words)
	case "group":
		w.groups = append(w.groups, fleet.Group{ID: words[1], Tenant: words[2], MaxDown: mustLimit(t, words[3])})
	case "guest":
		g := fleet.Guest{ID: words[1], Host: words[2], Tenant: words[3]}
		for _, word := range words[4:] {
			demand, isDemand := strings.CutPrefix(word, "demand=")
			switch {
			case word == "migrate":
				g.OnReboot = fleet.Migrate
			case word == "pinned":
				g.OnReboot = fleet.Pinned
			case isDemand:
				g.Demand = amounts(demand)
			default:
				g.Groups = strings.Split(word, ",")
			}
		}
		w.guests = append(w.guests, g)
	case "advisory":
		a := &advisory.Advisory{ID: words[1], Action: advisory.Action(words[2])}
		for _, word := range words[3:] {
			switch key, value, _ := strings.Cut(word, "="); key {
			case "until":
				a.Embargo = &advisory.Embargo{Until: start.Add(duration(t, value)), DeployPatch: advisory.Allowed}
			case "deploy":
				a.Embargo.DeployPatch = map[string]advisory.Permission{"no": advisory.Forbidden, "ask": advisory.Ask}[value]
			}
		}
		w.advisories = append(w.advisories, a)
	case "limit":
		*map[string]*limit.Limit{"fleet": &p.Limits.Fleet, "region": &p.Limits.Region, "zone": &p.Limits.Zone,
			"rack": &p.Limits.Rack, "cohort": &p.Limits.Cohort, "tenant": &p.Limits.Tenant}[words[1]] = mustLimit(t, words[2])
	case "moves":
		w.readMoves(t, words)
	case "stuck":
		p.StuckAfter = duration(t, words[1])
	case "reserve":
		p.DeadlineReserve = duration(t, words[1])
	case "last":
		p.Last = append(p.Last, selector(words[1]))
	case "protected":
		p.Protected = append(p.Protected, selector(words[1]))
	default:
		w.readOrder(t, words)
	}
}

func (w *world) readOrder(t testing.TB, words []string) {
	t.Helper()
	p := &w.policy
	switch strings.Join(words[:2], " ") {
	case "order regions":
		switch words[2] {
		case "free":
		case "smallest-first":
			p.Order.Regions = policy.SmallestFirst
		default:
			p.Order.Regions, p.Order.RegionList = policy.Listed, strings.Split(words[2], ",")
		}
	case "order zones":
		p.Order.FreeZones = words[2] == "free"
	case "bake zone":
		p.Order.BakeZone = duration(t, words[2])
	case "bake region":
		p.Order.BakeRegion = duration(t, words[2])
	default:
		switch words[0] {
		case "canary":
			hosts, err := strconv.Atoi(words[1])
			if err != nil {
				t.Fatal(err)
			}
			p.Canary.Hosts, p.Canary.Bake = hosts, duration(t, words[2])
			if len(words) > 3 {
				p.Canary.Per = strings.Split(words[3], ",")
			}
		case "freeze":
			z := policy.Freeze{Span: calendar.Span{From: start.Add(duration(t, words[1])), To: start.Add(duration(t, words[2]))}}
			for _, word := range words[3:] {
				key, value, _ := strings.Cut(word, "=")
				*map[string]*string{"region": &z.Region, "zone": &z.Zone, "tenant": &z.Tenant}[key] = value
			}
			p.Freezes = append(p.Freezes, z)
		default:
			t.Fatalf("no such line: %v", words)
		}
	}
}

func (w *world) readHost(t testing.TB, words []string) {
	t.Helper()
	region, zone, _ := strings.Cut(words[2], "/")
	h := worldHost{region: region, spec: fleet.Host{ID: words[1], Zone: zone}}
	if words[3] != "-" {
		h.spec.Outage = duration(t, words[3])
	}
	var pairs []label.Pair
	for _, word := range words[4:] {
		switch key, value, _ := strings.Cut(word, "="); key {
		case "rack":
			h.spec.Rack = value
		case "capacity":
			h.spec.Capacity = amounts(value)
		case "state":
			for _, name := range strings.Split(value, ",") {
				h.states = append(h.states, stateNames[name])
			}
		default:
			pairs = append(pairs, label.Pair{Key: key, Value: label.Text(value)})
		}
	}
	h.spec.Labels = label.NewSet(pairs)
	w.hosts = append(w.hosts, h)
}

// readMoves reads a line of moves; what it does not say is as a policy file has it.
func (w *world) readMoves(t testing.TB, words []string) {
	t.Helper()
	m := policy.DefaultMoves()
	for _, word := range words[1:] {
		switch key, value, _ := strings.Cut(word, "="); key {
		case "host", "bandwidth":
			n, err := strconv.Atoi(value)
			if err != nil {
				t.Fatal(err)
			}
			if key == "host" {
				m.Host = n
			} else {
				m.Bandwidth = int64(n)
			}
		case "length":
			m.Length = duration(t, value)
		default:
			*map[string]*limit.Limit{"group": &m.Group, "tenant": &m.Tenant, "fleet": &m.Fleet}[key] = mustLimit(t, value)
		}
	}
	w.policy.Moves = &m
}

// amounts reads "cpu:4,memory_mib:1024".
func amounts(text string) label.Set {
	var pairs []label.Pair
	for _, each := range strings.Split(text, ",") {
		key, value, _ := strings.Cut(each, ":")
		pairs = append(pairs, label.Pair{Key: key, Value: label.Text(value)})
	}
	return label.NewSet(pairs)
}

func duration(t testing.TB, text string) calendar.Seconds {
	t.Helper()
	d, err := calendar.ParseSeconds(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func mustLimit(t testing.TB, text string) limit.Limit {
	t.Helper()
	l, err := limit.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func selector(text string) policy.Selector {
	if key, value, ok := strings.Cut(text, "="); ok {
		return policy.Selector{Terms: []policy.Term{{Key: key, Value: value}}}
	}
	return policy.Selector{HostID: text}
}

// input builds the fleet and the rest; from says in which order the objects are added, any order being as
// good as another.
func (w *world) input(t testing.TB, from int) planner.Input {
	t.Helper()
	b := fleet.NewBuilder("world")
	var adds []func()
	seen := map[string]bool{}
	once := func(key string, add func()) {
		if !seen[key] {
			seen[key] = true
			adds = append(adds, add)
		}
	}
	for _, h := range w.hosts {
		once("region "+h.region, func() { b.AddRegion(fleet.Region{ID: h.region}) })
		once("zone "+h.spec.Zone, func() { b.AddZone(fleet.Zone{ID: h.spec.Zone, Region: h.region}) })
		once("host "+h.spec.ID, func() { b.AddHost(h.spec) })
	}
	for _, g := range w.groups {
		once("tenant "+g.Tenant, func() { b.AddTenant(fleet.Tenant{ID: g.Tenant}) })
		once("group "+g.ID, func() { b.AddGroup(g) })
	}
	for _, g := range w.guests {
		once("tenant "+g.Tenant, func() { b.AddTenant(fleet.Tenant{ID: g.Tenant}) })
		once("guest "+g.ID, func() { b.AddGuest(g) })
	}
	for _, add := range append(slices.Clone(adds[from%len(adds):]), adds[:from%len(adds)]...) {
		add()
	}
	f, problems := b.Build()
	if problems.Failed() {
		t.Fatal(problems.Err())
	}
	return planner.Input{Fleet: f, Policy: &w.policy, Exposure: w.opinion(f), Seed: 7}
}

// opinion is an exposure that a test decides: for each host the states of the advisories in order,
// VulnerableRunning where nothing is said.
type opinion struct {
	advisories []*advisory.Advisory
	states     map[ident.Host][]exposure.State
}

func (w *world) opinion(f *fleet.Fleet) *opinion {
	o := &opinion{advisories: w.advisories, states: map[ident.Host][]exposure.State{}}
	for _, spec := range w.hosts {
		h, ok := f.FindHost(spec.spec.ID)
		if !ok {
			panic(fmt.Sprintf("host %s is not in its own fleet", spec.spec.ID))
		}
		o.states[h] = spec.states
	}
	return o
}

func (o *opinion) Advisories() []*advisory.Advisory { return o.advisories }

func (o *opinion) of(i int, h ident.Host) exposure.State {
	if said := o.states[h]; i < len(said) {
		return said[i]
	}
	return exposure.VulnerableRunning
}

func (o *opinion) Touches(i int, h ident.Host) bool {
	s := o.of(i, h)
	return s != exposure.Fixed && s != exposure.NotAffected
}

func (o *opinion) NeedsOutage(h ident.Host) bool {
	for i := range o.advisories {
		if o.Touches(i, h) {
			return true
		}
	}
	return false
}

func (o *opinion) Overall(h ident.Host) exposure.State {
	overall := exposure.NotAffected
	for i := range o.advisories {
		switch s := o.of(i, h); {
		case o.Touches(i, h):
			return s
		case s == exposure.Fixed:
			overall = s
		}
	}
	return overall
}
