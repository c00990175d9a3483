package inspect_test

import (
	"flag"
	"slices"
	"testing"

	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/plan"
	"github.com/evenkeel-project/evenkeel/internal/oracle"
)

var (
	perturbed = flag.Int("perturbed", 6000, "how many plans TestCheckerAndOracleAgreeOnEveryPerturbedPlan perturbs")
	moving    = flag.Int("perturbed.moving", 1500, "how many plans TestCheckerAndOracleAgreeOnEveryPerturbedPlanThatMovesGuests perturbs")
)

func TestCheckerAndOracleAgreeOnEveryPerturbedPlan(t *testing.T) {
	agree(t, *perturbed, newMutant, (*mutant).perturb)
}

func TestCheckerAndOracleAgreeOnEveryPerturbedPlanThatMovesGuests(t *testing.T) {
	agree(t, *moving, newMovingMutant, func(m *mutant) {
		if m.IntN(5) == 0 {
			m.perturb()
			return
		}
		m.perturbMoves()
	})
}

func agree(t *testing.T, plans int, newMutant func(seed uint64) *mutant, perturb func(*mutant)) {
	accepted := 0
	for seed := range uint64(plans) {
		m := newMutant(seed)
		for range m.IntN(4) {
			perturb(m)
		}
		if m.IntN(10) > 0 {
			oracle.Refigure(m.Instance, m.plan)
		}
		broken := oracle.Broken(m.Instance, m.plan)
		report := m.check()
		if !slices.Equal(codes(report), oracleCodes(broken)) {
			t.Fatalf("seed %d: the checker finds %v, the oracle %q", seed, report.Findings(), broken)
		}
		if report.Accepted() != (len(broken) == 0) {
			t.Fatalf("seed %d: accepted is %t, the oracle says %q", seed, report.Accepted(), broken)
		}
		if report.Accepted() {
			accepted++
		}
	}
	if accepted < plans/5 || accepted > plans*4/5 {
		t.Errorf("%d of %d plans are accepted: the perturbations have become too weak or too strong to tell anything", accepted, plans)
	}
}

// perturb changes a plan a little, in one of many ways. Some leave it without fault.
func (m *mutant) perturb() {
	o := m.outage()
	if o == nil {
		return
	}
	switch m.IntN(9) {
	case 0:
		m.move(o, o.Start.Add(calendar.Seconds(m.IntN(5)-2)*calendar.Minute))
	case 1:
		m.move(o, o.Start.Add(calendar.Seconds(m.IntN(3)-1)))
	case 2:
		m.move(o, m.plan.Finish.Add(m.pause()))
	case 3:
		other := m.outage()
		start := other.Start
		m.move(other, o.Start)
		m.move(o, start)
	case 4:
		m.stretch(o.Start, m.pause())
	case 5:
		m.stretch(m.plan.Start, m.pause())
	case 6:
		o.Canary = !o.Canary
	case 7:
		other := m.outage()
		o.Canary, other.Canary = other.Canary, o.Canary
	case 8:
		m.misplace(o)
	}
}

func (m *mutant) pause() calendar.Seconds { return calendar.Seconds(m.IntN(20)) * calendar.Minute }

// stretch moves every outage that starts at an instant or later.
func (m *mutant) stretch(from calendar.Instant, by calendar.Seconds) {
	for i := range m.plan.Outages {
		if o := &m.plan.Outages[i]; o.Start >= from {
			m.move(o, o.Start.Add(by))
		}
	}
}

// misplace drops, doubles or lists a host where it does not belong.
func (m *mutant) misplace(o *plan.Outage) {
	id := o.Host
	switch m.IntN(4) {
	case 0:
		m.dropOutage(id)
	case 1:
		m.dropOutage(id)
		m.exclude(id, plan.Fixed)
	case 2:
		m.dropOutage(id)
		m.block(id)
	case 3:
		if len(m.plan.Excluded) > 0 {
			m.addOutage(m.plan.Excluded[0].Host)
			m.plan.Excluded = m.plan.Excluded[1:]
		}
	}
}
