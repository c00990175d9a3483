package journal

import (
	"fmt"
	"testing"

	"github.com/evenkeel-project/evenkeel/internal/core/advisory"
	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/canon"
	"github.com/evenkeel-project/evenkeel/internal/core/fleet"
	"github.com/evenkeel-project/evenkeel/internal/core/limit"
	"github.com/evenkeel-project/evenkeel/internal/core/plan"
	"github.com/evenkeel-project/evenkeel/internal/core/policy"
)

const (
	batch         = 50   // hosts down at once
	zoneSize      = 1000 // hosts
	guestsOfHost  = 40
	tenantsOfBulk = 400
)

// bulkWorld is one region of so many hosts, a multiple of the batch, with forty guests of forty tenants each.
func bulkWorld(hosts int) *world {
	w := &world{policy: &policy.Policy{Start: zero, Limits: policy.Limits{Fleet: limit.Count(batch), Region: limit.Count(batch), Zone: limit.Count(batch),
		Rack: limit.Count(1), Cohort: limit.Count(batch), Tenant: limitOf("100%")}, Canary: policy.Canary{Per: []string{"region"}, Hosts: 1}},
		plan: &plan.Plan{Policy: canon.Of(nil), Digest: canon.Of([]byte("plan"))}}
	w.policy.Digest = w.plan.Policy
	w.advisories = []*advisory.Advisory{{ID: "XSA-108", Affected: fact{"xen", "yes"}, Fixed: fact{"fixed", "yes"}, Action: advisory.Reboot}}
	w.regions = []fleet.Region{{ID: "east"}}
	for n := range tenantsOfBulk {
		w.tenants = append(w.tenants, tenant(fmt.Sprintf("t%03d", n)))
		w.groups = append(w.groups, fleet.Group{ID: fmt.Sprintf("t%03d/web", n), Tenant: fmt.Sprintf("t%03d", n), MaxDown: limitOf("100%")})
	}
	for n := range hosts {
		zone := fmt.Sprintf("z%02d", n/zoneSize)
		if n%zoneSize == 0 {
			w.zone("east", zone)
		}
		var guests []fleet.Guest
		for k := range guestsOfHost {
			t := fmt.Sprintf("t%03d", (n*guestsOfHost+k)%tenantsOfBulk)
			guests = append(guests, guest(t, t+"/web"))
		}
		id := fmt.Sprintf("h%05d", n)
		w.host(zone, id, "old", false, guests...)
		w.outage(id, 0, n == 0)
		w.plan.Outages[n].Window = calendar.Span{From: zero, To: at(1_000_000)}
	}
	return w
}

// bulkChecks counts what is down beside host n, when the others are hosts from first up to last: hosts share their
// tenants with every tenth.
func bulkChecks(w *world, n, first, last int) []check {
	down, kin := 0, 0
	for m := first; m < last; m++ {
		if m == n {
			continue
		}
		down++
		if m%10 == n%10 {
			kin++
		}
	}
	out := []check{{Scope: "rack", Name: "its own", More: 1, Allowed: 1}}
	for _, scope := range [][2]string{{"fleet", ""}, {"region", "east"}, {"zone", w.hosts[n].Zone}, {"cohort", "region=east"}} {
		out = append(out, check{Scope: scope[0], Name: scope[1], Down: down, More: 1, Allowed: batch})
	}
	for k := range guestsOfHost {
		t := w.tenants[(n*guestsOfHost+k)%tenantsOfBulk].ID
		out = append(out, check{Scope: "tenant", Name: t, Down: kin, More: 1, Allowed: len(w.hosts) / 10},
			check{Scope: "group", Name: t + "/web", Down: kin, More: 1, Allowed: len(w.hosts) / 10})
	}
	return out
}

// bulk writes the campaign of such a fleet: the canary alone, then batch after batch of one zone.
func bulk(t testing.TB, hosts int) (*stage, *Record) {
	s := newStage(t, bulkWorld(hosts))
	s.open()
	s.courtesy(20, "east")
	s.to(100)
	s.startRegion("east")
	for first, last, now := 0, 1, 100; first < hosts; first, last, now = last, (last/batch+1)*batch, now+20 {
		s.to(now)
		for n := first; n < last; n++ {
			s.emit(event{Kind: hostGranted, Host: s.hosts[n].ID, Grant: &grant{Zone: s.hosts[n].Zone, Region: "east", Cohort: "region=east", Canary: n == 0,
				Window: window{zero, at(1_000_000)}, Estimate: s.now.Add(20 * minute), Checks: bulkChecks(s.world, n, first, n), Notices: tenantsOfBulk,
				NoticedBy: s.told["east"], NotAfter: at(1_000_000 - 20), Advisories: []string{"XSA-108"}, Guests: guestsOfHost}})
		}
		for n := first; n < last; n++ {
			id := s.hosts[n].ID
			s.emit(event{Kind: hostCordoned, Host: id, Boot: s.boot(id)})
			s.emit(event{Kind: hostDrained, Host: id})
			s.emit(event{Kind: hostActing, Host: id, Boot: s.boot(id), Checks: bulkChecks(s.world, n, first, last)})
		}
		s.to(now + 20)
		for n := first; n < last; n++ {
			id := s.hosts[n].ID
			s.back(id)
			s.emit(event{Kind: hostReturning, Host: id})
			s.emit(event{Kind: hostDone, Host: id, Proof: &proof{SeenAt: s.now, Before: s.boot(id), After: s.boot(id) + "b",
				Fixed: []verdict{{"XSA-108", "fixed"}}, Guests: guestsOfHost, Expected: guestsOfHost}})
		}
	}
	s.completeRegion("east")
	s.accept()
	s.emit(event{Kind: campaignFinished, Summary: &summary{Done: hosts}})
	return s, s.record(t, len(s.events))
}

func TestAJournalOfManyHostsThatKeepsEveryRuleHasNoFindings(t *testing.T) {
	s, r := bulk(t, 400)
	for _, f := range r.Audit(s.fleet, s.policy, s.plan, s.advisories) {
		t.Error(f)
	}
}

func BenchmarkAudit(b *testing.B) {
	for _, hosts := range []int{2_000, 20_000} {
		b.Run(fmt.Sprintf("hosts=%d", hosts), func(b *testing.B) {
			s, r := bulk(b, hosts)
			for b.Loop() {
				if findings := r.Audit(s.fleet, s.policy, s.plan, s.advisories); len(findings) > 0 {
					b.Fatal(findings[0])
				}
			}
		})
	}
}
