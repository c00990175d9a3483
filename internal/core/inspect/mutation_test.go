package inspect_test

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/exposure"
	"github.com/evenkeel-project/evenkeel/internal/core/ident"
	"github.com/evenkeel-project/evenkeel/internal/core/inspect"
	"github.com/evenkeel-project/evenkeel/internal/core/plan"
	"github.com/evenkeel-project/evenkeel/internal/oracle"
)

// mutant is a plan without fault in which one fault is planted.
type mutant struct {
	oracle.Instance
	*rand.Rand
	plan *plan.Plan
}

// newMutant returns the shortest plan of a generated instance.
func newMutant(seed uint64) *mutant {
	in := oracle.Generate(seed)
	return &mutant{Instance: in, Rand: rand.New(rand.NewPCG(seed, 1)), plan: oracle.Optimum(in).Plan(in)}
}

// newMovingMutant returns a plan of a generated instance in which guests are moved.
func newMovingMutant(seed uint64) *mutant {
	in := oracle.GenerateMoving(seed)
	return &mutant{Instance: in, Rand: rand.New(rand.NewPCG(seed, 1)), plan: oracle.Drained(in)}
}

// again returns the mutant as it was made, however the copies before were changed: making a plan takes longer than
// checking it.
func (m *mutant) again(seed uint64) *mutant {
	made := *m.plan
	made.Advisories, made.Outages, made.Moves = slices.Clone(made.Advisories), slices.Clone(made.Outages), slices.Clone(made.Moves)
	made.Excluded, made.Blocked = slices.Clone(made.Excluded), slices.Clone(made.Blocked)
	for i := range made.Blocked {
		made.Blocked[i].Proposal = slices.Clone(made.Blocked[i].Proposal)
	}
	for _, at := range []**calendar.Instant{&made.Deadline, &made.LatestSafeStart} {
		if *at != nil {
			value := **at
			*at = &value
		}
	}
	if made.Margin != nil {
		margin := *made.Margin
		made.Margin = &margin
	}
	copied := &mutant{Instance: m.Instance, Rand: rand.New(rand.NewPCG(seed, 1)), plan: &made}
	rules := *m.Policy
	if rules.Moves != nil {
		moves := *rules.Moves
		rules.Moves = &moves
	}
	copied.Policy = &rules
	return copied
}

func (m *mutant) check() inspect.Report {
	return inspect.Check(inspect.Input{Plan: m.plan, Fleet: m.Fleet, Policy: m.Policy, Exposure: exposure.Judge(m.Fleet, m.Advisories)})
}

func (m *mutant) host(o plan.Outage) ident.Host {
	h, _ := m.Fleet.FindHost(o.Host)
	return h
}

// outage draws an outage; nil when there is none.
func (m *mutant) outage() *plan.Outage {
	if len(m.plan.Outages) == 0 {
		return nil
	}
	return &m.plan.Outages[m.IntN(len(m.plan.Outages))]
}

// move shifts an outage with its window, and keeps the window inside the plan.
func (m *mutant) move(o *plan.Outage, start calendar.Instant) {
	length := o.End.Sub(o.Start)
	o.Start, o.End = start, start.Add(length)
	o.Window = calendar.Span{From: max(start, m.Policy.Start), To: o.End}
}

// codes returns the codes of the findings, sorted, each once.
func codes(r inspect.Report) []string {
	var all []string
	for _, rule := range r.Rules {
		if rule.Found > 0 {
			all = append(all, string(rule.Code))
		}
	}
	slices.Sort(all)
	return all
}

// oracleCodes returns the same of the oracle's reading.
func oracleCodes(broken []string) []string {
	var all []string
	for _, b := range broken {
		code, _, _ := strings.Cut(b, ":")
		all = append(all, code)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// mutation plants one fault in a plan and reports whether this plan has a place for it. The plan is given
// figures and a digest that fit its outages again after a mutation of outages, only a digest after one of
// anything else, and nothing after one that asks for it.
type mutation struct {
	name  string
	code  string // of the finding that it must bring about
	fit   fit
	alone bool // nothing else may be found
	plant func(m *mutant) bool
}

type fit int

const (
	seal fit = iota
	refigure
	untouched
)

// plants is how many plans each fault is planted in, and seedsMax how many are searched for a place.
const (
	plants   = 12
	seedsMax = 40000
)

func TestEveryPlantedFaultIsFound(t *testing.T) { plantAll(t, stillMutations(), newMutant) }

func TestEveryPlantedFaultOfMovesIsFound(t *testing.T) {
	plantAll(t, movingMutations(), newMovingMutant)
}

func plantAll(t *testing.T, mutations []mutation, newMutant func(seed uint64) *mutant) {
	var made []*mutant // by seed
	for _, mutation := range mutations {
		t.Run(mutation.code+"/"+strings.ReplaceAll(mutation.name, " ", "-"), func(t *testing.T) {
			planted := 0
			for seed := uint64(0); planted < plants; seed++ {
				if seed == seedsMax {
					t.Fatalf("planted only %d times in %d plans", planted, seedsMax)
				}
				if seed == uint64(len(made)) {
					made = append(made, newMutant(seed))
				}
				m := made[seed].again(seed)
				if !mutation.plant(m) {
					continue
				}
				switch mutation.fit {
				case seal:
					m.plan.Seal()
				case refigure:
					oracle.Refigure(m.Instance, m.plan)
				case untouched:
				}
				if holdsFault(t, seed, mutation, m) {
					planted++
				}
			}
		})
	}
}

// holdsFault reports whether the mutation brought its fault about, as the oracle sees it, and fails the
// test when the checker does not see exactly what the oracle sees.
func holdsFault(t *testing.T, seed uint64, mutation mutation, m *mutant) bool {
	t.Helper()
	broken := oracle.Broken(m.Instance, m.plan)
	got, want := codes(m.check()), oracleCodes(broken)
	if !slices.Equal(got, want) {
		t.Fatalf("seed %d: found %v, but broken is %q", seed, got, broken)
	}
	if mutation.fit == refigure {
		return slices.Contains(got, mutation.code)
	}
	if !slices.Contains(got, mutation.code) {
		t.Fatalf("seed %d: found %v without %s", seed, got, mutation.code)
	}
	if mutation.alone && len(got) > 1 {
		t.Fatalf("seed %d: found %v, not %s alone", seed, got, mutation.code)
	}
	return true
}

func stillMutations() []mutation {
	return slices.Concat(documentMutations(), coverageMutations(), outageMutations(), scheduleMutations(), figureMutations())
}

func TestEveryRuleIsBrokenByAMutation(t *testing.T) {
	var planted []string
	for _, mutation := range slices.Concat(stillMutations(), movingMutations()) {
		planted = append(planted, mutation.code)
	}
	for _, rule := range newMutant(1).check().Rules {
		if !slices.Contains(planted, string(rule.Code)) {
			t.Errorf("no mutation breaks rule %s (%s)", rule.Code, rule.Law)
		}
	}
}
