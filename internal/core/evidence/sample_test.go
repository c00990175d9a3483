package evidence_test

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/evenkeel-project/evenkeel/internal/core/advisory"
	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/campaign"
	"github.com/evenkeel-project/evenkeel/internal/core/canon"
	"github.com/evenkeel-project/evenkeel/internal/core/evidence"
	"github.com/evenkeel-project/evenkeel/internal/core/guard"
	"github.com/evenkeel-project/evenkeel/internal/core/limit"
	"github.com/evenkeel-project/evenkeel/internal/core/plan"
	"github.com/evenkeel-project/evenkeel/internal/core/policy"
	"github.com/evenkeel-project/evenkeel/internal/core/problem"
)

// start is when the plan of every sample starts.
const start = calendar.Instant(1411902000)

// secret stands in for a private key: signatures here are digests that only its holder can take.
const secret = "installation"

// signature armors a digest over the message as ssh-keygen would armor a signature.
func signature(holder, namespace string, message []byte) string {
	sum := sha256.Sum256(append([]byte(holder+"\x00"+namespace+"\x00"), message...))
	blob := binary.BigEndian.AppendUint32([]byte("SSHSIG"), 1)
	for _, field := range []string{"key of " + holder, namespace, "", "sha512", string(sum[:])} {
		blob = append(binary.BigEndian.AppendUint32(blob, uint32(len(field))), field...)
	}
	return armored(blob)
}

func armored(blob []byte) string {
	var b strings.Builder
	for line := range slices.Chunk([]byte(base64.StdEncoding.EncodeToString(blob)), 70) {
		b.WriteString(string(line) + "\n")
	}
	return "-----BEGIN SSH SIGNATURE-----\n" + b.String() + "-----END SSH SIGNATURE-----\n"
}

// people may propose and approve.
var people = []string{"ada@acme.example", "ben@acme.example", "cyd@acme.example", "dee@acme.example"}

func identity(who, namespace string, digest canon.Digest) campaign.Identity {
	return campaign.Identity{Principal: who, Key: "SHA256:" + who, Signature: signature(who, namespace, evidence.ApprovalMessage(digest))}
}

// sample is a campaign of a few hosts with its journal, made by hand: it shares no code with what makes journals.
type sample struct {
	plan       *plan.Plan
	policy     *policy.Policy
	advisories []*advisory.Advisory
	opening    evidence.Opening
	events     []campaign.Event
}

// newSample returns a campaign over two regions of the given number of hosts each, in which every rule is kept.
func newSample(hosts int) *sample { return newSampleOf(hosts, "iad", "dfw") }

// newSmall returns the smallest campaign in which everything happens that can go well.
func newSmall() *sample { return newSampleOf(1, "iad") }

func newSampleOf(hosts int, regions ...string) *sample {
	s := &sample{policy: &policy.Policy{Start: start, NoticeLead: calendar.Hour, Digest: canon.Of([]byte("policy"))},
		advisories: []*advisory.Advisory{{ID: "XSA-108", Digest: canon.Of([]byte("advisory"))}}}
	s.policy.Limits.Fleet, _ = limit.Parse("1")
	s.plan = &plan.Plan{Fleet: canon.Of([]byte("fleet")), Policy: s.policy.Digest, Start: start,
		Advisories: []plan.AdvisoryRef{{ID: "XSA-108", Digest: s.advisories[0].Digest}}}
	at := start
	var places []evidence.Place
	for _, region := range regions {
		place := evidence.Place{Region: region, Zone: region + "-1"}
		for n := range hosts {
			id := fmt.Sprintf("%s-%02d", region, n)
			place.Hosts = append(place.Hosts, id)
			s.plan.Outages = append(s.plan.Outages, plan.Outage{Host: id, Start: at, End: at.Add(600), Canary: n == 0,
				Window: calendar.Span{From: at, To: at.Add(6 * calendar.Hour)}})
			at = at.Add(900)
		}
		places = append(places, place)
	}
	s.plan.Finish, s.plan.Makespan = at, at.Sub(start)
	s.plan.Seal()
	s.opening = evidence.Opening{Campaign: "c-0123456789ab", Program: "(devel)", Fleet: s.plan.Fleet, Places: places, Signers: "signers\n",
		Plan: evidence.Document{Digest: s.plan.Digest, Text: "plan\n"}, Policy: evidence.Document{Digest: s.policy.Digest, Text: "policy\n"},
		Advisories: []evidence.Document{{ID: "XSA-108", Digest: s.advisories[0].Digest, Text: "advisory: <\"é\u2028&>\n"}}}
	s.play()
	return s
}

func (s *sample) add(at calendar.Instant, e campaign.Event) {
	e.At = at
	s.events = append(s.events, e)
}

// play writes the journal of a campaign in which all goes well but the last host of each region, which fails.
func (s *sample) play() {
	begin := start.Add(-2 * calendar.Hour)
	digest := s.plan.Digest
	s.add(begin, campaign.Event{Kind: campaign.CampaignProposed, Proposal: &campaign.Proposal{Campaign: s.opening.Campaign, Plan: digest,
		Fleet: s.plan.Fleet, Policy: s.plan.Policy, Advisories: []campaign.Reference{{ID: "XSA-108", Digest: s.advisories[0].Digest}},
		Proposer: identity(people[0], evidence.ProposalNamespace, digest), Needed: 2}})
	for _, who := range people[1:3] {
		id := identity(who, evidence.ApprovalNamespace, digest)
		s.add(begin, campaign.Event{Kind: campaign.CampaignApproved, Approval: &id})
	}
	s.add(begin, campaign.Event{Kind: campaign.CampaignStarted, By: people[0]})
	s.add(begin, campaign.Event{Kind: campaign.ConductorTook, Epoch: 1})
	var summary campaign.Summary
	at := begin
	for _, place := range s.opening.Places {
		at = s.playRegion(place, at, &summary)
	}
	s.add(at, campaign.Event{Kind: campaign.CampaignFinished, Summary: &summary})
}

func (s *sample) playRegion(place evidence.Place, at calendar.Instant, summary *campaign.Summary) calendar.Instant {
	for _, tenant := range []string{"acme", "zenith"} {
		id := s.opening.Campaign + "/courtesy/" + tenant + "/" + place.Region
		s.add(at, campaign.Event{Kind: campaign.NoticeQueued, Notice: &campaign.NoticeRef{ID: id, Kind: "courtesy", Tenant: tenant, Region: place.Region}})
		s.add(at, campaign.Event{Kind: campaign.NoticeAccepted, NoticeID: id})
	}
	noticed := at
	for n, id := range place.Hosts {
		outage := s.plan.Outages[slices.IndexFunc(s.plan.Outages, func(o plan.Outage) bool { return o.Host == id })]
		at = max(outage.Window.From, noticed.Add(calendar.Hour), at)
		if n == 0 {
			s.add(at, campaign.Event{Kind: campaign.RegionStarted, Region: place.Region})
		}
		at = s.playHost(outage, place, noticed, at, n > 0 && n == len(place.Hosts)-1, summary)
	}
	s.add(at, campaign.Event{Kind: campaign.RegionCompleted, Region: place.Region})
	return at
}

func (s *sample) playHost(o plan.Outage, place evidence.Place, noticed, at calendar.Instant, fails bool, summary *campaign.Summary) calendar.Instant {
	checks := []guard.Check{{Scope: "fleet", Down: 0, More: 1, Allowed: 1}, {Scope: "zone", Name: place.Zone, Down: 0, More: 1, Allowed: 3}}
	one := func(seconds calendar.Seconds, e campaign.Event) {
		e.Host = o.Host
		s.add(at.Add(seconds), e)
	}
	proof := &campaign.Proof{SeenAt: at.Add(500), Before: "boot-1", After: "boot-2", Guests: 2, Expected: 2,
		Fixed: []campaign.Verdict{{Advisory: "XSA-108", State: "fixed", Facts: "patches=[XSA-108]"}}}
	one(0, campaign.Event{Kind: campaign.HostGranted, Grant: &campaign.Grant{Zone: place.Zone, Region: place.Region, Cohort: "generation=" + place.Region,
		Canary: o.Canary, Window: campaign.Window(o.Window), Estimate: at.Add(600), Checks: checks, Notices: 2, NoticedBy: noticed,
		NotAfter: o.Window.To.Add(-600), Advisory: []string{"XSA-108"}, Guests: 2}})
	one(10, campaign.Event{Kind: campaign.HostCordoned, Boot: "boot-1"})
	one(20, campaign.Event{Kind: campaign.HostDrained})
	one(20, campaign.Event{Kind: campaign.HostActing, Boot: "boot-1", Checks: checks})
	one(400, campaign.Event{Kind: campaign.HostVerifying, Boot: "boot-2"})
	if fails {
		one(450, campaign.Event{Kind: campaign.HostReturning, Fault: campaign.FaultUnpatched, Reason: "the fix does not run"})
		one(500, campaign.Event{Kind: campaign.HostFailed, Fault: campaign.FaultUnpatched, Reason: "the fix does not run", Proof: proof})
		one(560, campaign.Event{Kind: campaign.HostFreed, Proof: proof})
		summary.Failed++
		return at.Add(560)
	}
	one(450, campaign.Event{Kind: campaign.HostReturning})
	one(500, campaign.Event{Kind: campaign.HostDone, Proof: proof})
	summary.Done++
	return at.Add(500)
}

// lines returns the file of the sample, one line with its newline each.
func (s *sample) lines() [][]byte {
	out := [][]byte{evidence.OpeningLine(s.opening)}
	chain := evidence.Root(s.opening.Campaign)
	for i, e := range s.events {
		r := evidence.Record{Seq: uint64(i + 1), At: e.At, Version: campaign.EventVersion, Kind: string(e.Kind), Body: campaign.Encode(e)}
		r.Chain = evidence.Chain(chain, r)
		chain = r.Chain
		out = append(out, evidence.RecordLine(r))
	}
	return append(out, headLine(s.opening.Campaign, out[0], len(s.events), chain))
}

func headLine(campaign string, opening []byte, records int, chain string) []byte {
	h := evidence.Head{Campaign: campaign, Opening: evidence.OpeningDigest(opening), Records: uint64(records), Chain: chain, Key: "ssh-ed25519 AAAA"}
	h.Signature = signature(secret, evidence.Namespace, evidence.HeadMessage(h))
	return evidence.HeadLine(h)
}

func join(lines [][]byte) []byte { return slices.Concat(lines...) }

// checks is what a reader of the sample would bring along.
func (s *sample) checks() evidence.Checks {
	return evidence.Checks{
		Key: "ssh-ed25519 AAAA",
		Head: func(message []byte, armor string) error {
			if armor != signature(secret, evidence.Namespace, message) {
				return errors.New("it was not made by this key over this message")
			}
			return nil
		},
		Read: func(evidence.Opening) (evidence.Documents, problem.List) {
			return evidence.Documents{Plan: s.plan, Policy: s.policy, Advisories: s.advisories}, problem.List{}
		},
		Person: func(namespace string, message []byte, armor string, _ calendar.Instant) (string, string, error) {
			for _, who := range people {
				if armor == signature(who, namespace, message) {
					return who, "SHA256:" + who, nil
				}
			}
			return "", "", errors.New("nobody signed this")
		},
	}
}

func (s *sample) verify(file []byte) *evidence.Verdict {
	return evidence.Verify("evidence.ndjson", file, s.checks())
}

// codes returns the codes of a list, each once, in order of the alphabet.
func codes(list problem.List) []string {
	var out []string
	for _, p := range list.Items() {
		out = append(out, string(p.Code))
	}
	slices.Sort(out)
	return slices.Compact(out)
}
