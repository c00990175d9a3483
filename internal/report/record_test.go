package report_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/evenkeel-project/evenkeel/internal/core/advisory"
	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/campaign"
	"github.com/evenkeel-project/evenkeel/internal/core/evidence"
	"github.com/evenkeel-project/evenkeel/internal/core/guard"
	"github.com/evenkeel-project/evenkeel/internal/core/plan"
	"github.com/evenkeel-project/evenkeel/internal/core/policy"
	"github.com/evenkeel-project/evenkeel/internal/core/problem"
)

// start is when the made-up campaign starts.
const start = calendar.Instant(1411902000)

// record is a made-up record of a campaign over three regions.
type record struct {
	deadline *calendar.Instant
	name     func(region string, n int) string // of hosts
	events   []campaign.Event
	places   []evidence.Place
}

func (r *record) add(at calendar.Instant, e campaign.Event) {
	e.At = at
	r.events = append(r.events, e)
}

func newRecord(hosts int) *record {
	return newNamed(hosts, func(region string, n int) string { return fmt.Sprintf("c-%s-%05d", region, n) })
}

func newNamed(hosts int, name func(region string, n int) string) *record {
	deadline := start.Add(10 * calendar.Hour)
	return (&record{deadline: &deadline, name: name}).play(hosts)
}

// play has the hosts of a region go down in groups of four. In dfw one host fails and one dies; the hosts of ord
// are set aside untouched.
func (r *record) play(hosts int) *record {
	person := func(name string) campaign.Identity {
		return campaign.Identity{Principal: name, Key: "SHA256:2mVn1hGkq8m0YpR4n6bB1l2Q7m8b3rW5c9x1d0aZyTs", Signature: "-"}
	}
	r.add(start, campaign.Event{Kind: campaign.CampaignProposed, Proposal: &campaign.Proposal{Proposer: person("ada@acme.example"), Needed: 2}})
	for _, name := range []string{"ben@acme.example", "cyd@acme.example"} {
		who := person(name)
		r.add(start, campaign.Event{Kind: campaign.CampaignApproved, Approval: &who})
	}
	r.add(start, campaign.Event{Kind: campaign.CampaignStarted, By: "ada@acme.example"})
	r.add(start, campaign.Event{Kind: campaign.ConductorTook, Epoch: 1})
	at := start
	for _, region := range []string{"iad", "dfw", "ord"} {
		place := evidence.Place{Region: region, Zone: region + "-1"}
		for n := range hosts {
			place.Hosts = append(place.Hosts, r.name(region, n))
		}
		r.places = append(r.places, place)
		at = r.playRegion(place, at)
	}
	slices.SortStableFunc(r.events, func(a, b campaign.Event) int { return int(a.At - b.At) })
	r.add(at, campaign.Event{Kind: campaign.CampaignFinished, Summary: &campaign.Summary{}})
	return r
}

func (r *record) playRegion(place evidence.Place, at calendar.Instant) calendar.Instant {
	for _, tenant := range []string{"acme", "zenith"} {
		id := "c/courtesy/" + tenant + "/" + place.Region
		r.add(at, campaign.Event{Kind: campaign.NoticeQueued, Notice: &campaign.NoticeRef{ID: id, Kind: "courtesy", Tenant: tenant, Region: place.Region}})
		r.add(at, campaign.Event{Kind: campaign.NoticeAccepted, NoticeID: id})
	}
	if place.Region == "ord" {
		r.add(at, campaign.Event{Kind: campaign.CohortStopped, Cohort: "generation=standard", Host: place.Hosts[0], Fault: "unpatched", Reason: "the fix does not run"})
		for _, id := range place.Hosts {
			r.add(at, campaign.Event{Kind: campaign.HostSetAside, Host: id, Fault: campaign.FaultCanary, Reason: "the canary failed"})
		}
		return at
	}
	at = at.Add(calendar.Hour)
	r.add(at, campaign.Event{Kind: campaign.RegionStarted, Region: place.Region})
	const together = 4
	for n, id := range place.Hosts {
		r.playHost(place, id, n, at.Add(calendar.Seconds(n/together*900+n%together*60)))
	}
	at = at.Add(calendar.Seconds((len(place.Hosts)/together + 1) * 900))
	r.add(at, campaign.Event{Kind: campaign.RegionCompleted, Region: place.Region})
	return at
}

func (r *record) playHost(place evidence.Place, id string, n int, at calendar.Instant) {
	one := func(seconds calendar.Seconds, e campaign.Event) {
		e.Host = id
		r.add(at.Add(seconds), e)
	}
	before, after := fmt.Sprintf("%08x-77aa-4b1e", n), fmt.Sprintf("%08x-91cc-4d2f", n+1<<20)
	one(0, campaign.Event{Kind: campaign.HostGranted, Grant: &campaign.Grant{Zone: place.Zone, Region: place.Region, Canary: n == 0, Guests: 7,
		Checks: []guard.Check{{Scope: "fleet", Down: n % 4, More: 1, Allowed: 4}, {Scope: "zone", Name: place.Zone, Down: n % 4, More: 1, Allowed: 9}}}})
	one(20, campaign.Event{Kind: campaign.HostCordoned, Boot: before})
	one(40, campaign.Event{Kind: campaign.HostDrained})
	one(40, campaign.Event{Kind: campaign.HostActing, Boot: before})
	switch {
	case place.Region == "dfw" && n == 2:
		one(800, campaign.Event{Kind: campaign.HostLate})
		one(840, campaign.Event{Kind: campaign.HostStuck})
		one(850, campaign.Event{Kind: campaign.HostFenced})
		one(870, campaign.Event{Kind: campaign.HostSetAside, Fault: campaign.FaultStuck, Reason: "it did not answer for 15m", Guests: []string{"vm-7", "vm-8"}})
	case place.Region == "dfw" && n == 3:
		one(700, campaign.Event{Kind: campaign.HostFailed, Fault: campaign.FaultUnpatched, Reason: "XSA-108 is unknown"})
	default:
		one(600, campaign.Event{Kind: campaign.HostVerifying, Boot: after})
		one(640, campaign.Event{Kind: campaign.HostReturning})
		one(700, campaign.Event{Kind: campaign.HostDone, Proof: &campaign.Proof{Before: before, After: after, Guests: 7, Expected: 7,
			Fixed: []campaign.Verdict{{Advisory: "XSA-108", State: "fixed"}}}})
	}
}

// verdict has the record read by a reader who believes every signature.
func (r *record) verdict(t testing.TB) *evidence.Verdict {
	t.Helper()
	p := &plan.Plan{Deadline: r.deadline}
	until := start.Add(22 * calendar.Hour)
	checks := evidence.Checks{
		Key:  "ssh-ed25519 AAAA",
		Head: func([]byte, string) error { return nil },
		Read: func(evidence.Opening) (evidence.Documents, problem.List) {
			return evidence.Documents{Plan: p, Policy: &policy.Policy{}, Advisories: []*advisory.Advisory{{ID: "XSA-108",
				Embargo: &advisory.Embargo{Until: until}}}}, problem.List{}
		},
		Person: func(string, []byte, string, calendar.Instant) (string, string, error) { return "", "", nil },
	}
	opening := evidence.OpeningLine(evidence.Opening{Campaign: "c-0123456789ab", Program: "(devel)", Places: r.places,
		Advisories: []evidence.Document{{ID: "XSA-108"}}})
	file, chain := opening, evidence.Root("c-0123456789ab")
	for i, e := range r.events {
		one := evidence.Record{Seq: uint64(i + 1), At: e.At, Version: campaign.EventVersion, Kind: string(e.Kind), Body: campaign.Encode(e)}
		one.Chain = evidence.Chain(chain, one)
		chain = one.Chain
		file = append(file, evidence.RecordLine(one)...)
	}
	const armor = "-----BEGIN SSH SIGNATURE-----\nU1NIU0lHAAAAAQAAAAAAAAAAAAAAAA==\n-----END SSH SIGNATURE-----\n"
	file = append(file, evidence.HeadLine(evidence.Head{Campaign: "c-0123456789ab", Opening: evidence.OpeningDigest(opening),
		Records: uint64(len(r.events)), Chain: chain, Key: "ssh-ed25519 AAAA", Signature: armor})...)
	return evidence.Verify("evidence.ndjson", file, checks)
}
