package journal

import (
	"encoding/json"
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

// bulk writes the campaign of such a fleet, counting only what it knows to be down: the hosts of the batch before the
// one that is granted.
func bulk(t testing.TB, hosts int) (*stage, *Record) {
	w := bulkWorld(hosts)
	s := newStage(t, w)
	s.open()
	s.courtesy(20, "east")
	s.startRegion("east")
	all := w.plan.Outages
	now := 100
	for first := 0; first < len(all); {
		last := min(first+batch, len(all))
		if first == 0 {
			last = 1
		}
		s.to(now)
		var ids []string
		for n := first; n < last; n++ {
			s.bulkGrant(n, first)
			ids = append(ids, all[n].Host)
		}
		for n := first; n < last; n++ {
			s.bulkAct(n, first, last)
		}
		now += 20
		s.to(now)
		for _, id := range ids {
			s.bulkDone(id)
		}
		first = last
		if first%zoneSize == 1 { // after the canary, batches keep to their zone
			continue
		}
	}
	s.completeRegion("east")
	s.accept()
	s.emit(event{Kind: campaignFinished, Summary: &summary{Done: hosts}})
	return s, s.record(t, len(s.events))
}
