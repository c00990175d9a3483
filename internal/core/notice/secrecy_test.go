package notice_test

import (
	"bytes"
	"context"
	"fmt"
	"net/mail"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/evenkeel-project/evenkeel/internal/core/advisory"
	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/fleet"
	"github.com/evenkeel-project/evenkeel/internal/core/label"
	"github.com/evenkeel-project/evenkeel/internal/core/limit"
	"github.com/evenkeel-project/evenkeel/internal/core/notice"
	"github.com/evenkeel-project/evenkeel/internal/core/plan"
	"github.com/evenkeel-project/evenkeel/internal/core/policy"
	"github.com/evenkeel-project/evenkeel/internal/core/predicate"
	"github.com/evenkeel-project/evenkeel/internal/core/problem"
	"github.com/evenkeel-project/evenkeel/internal/courier"
	"github.com/evenkeel-project/evenkeel/internal/courier/outbox"
)

// secret stands in every field that no tenant may read. It is written small and large, for a letter could change that.
const secret = "zqjx"

// hidden returns a name that begins like an honest one and must not be told.
func hidden(t *rapid.T, what string) string {
	forms := []string{"%s", "CVE-2014-%s", "c-%s", "xen-%s", "XSA-108-%s", "%s\u00e9", "=?utf-8?q?%s?=", "XSA-%s"}
	form := rapid.SampledFrom(forms).Draw(t, what)
	return fmt.Sprintf(form, rapid.SampledFrom([]string{secret, strings.ToUpper(secret)}).Draw(t, what+" letters"))
}

// secretPredicate is an expression that must not be told.
type secretPredicate struct{}

func (secretPredicate) Evaluate(predicate.Subject) predicate.Result {
	return predicate.Result{Missing: []string{secret}, Fault: secret}
}
func (secretPredicate) Source() string        { return "host." + secret }
func (secretPredicate) HostFacts() []string   { return []string{secret} }
func (secretPredicate) GuestLabels() []string { return []string{secret} }
func (secretPredicate) ReadsGuests() bool     { return true }

// mark stands in all that belongs to tenant i and that no other tenant may read.
func mark(i int) string { return fmt.Sprintf("own%dby", i) }

// secretSet is a set of labels or facts that must not be told.
func secretSet(t *rapid.T) label.Set {
	return label.NewSet([]label.Pair{{Key: hidden(t, "key"), Value: label.Text(hidden(t, "value"))}, {Key: "list", Value: label.TextList(hidden(t, "item"))}})
}

const tenants = 3

// drawSecrets returns a brief in which everything that may not be told says so.
func drawSecrets(t *rapid.T) notice.Brief {
	builder, p := fleet.NewBuilder(secret), secretPlan()
	var hosts, places []string
	for r := range 2 {
		places = append(places, fmt.Sprint(r, hidden(t, "zone")))
		builder.AddRegion(fleet.Region{ID: fmt.Sprint("r-", r)})
		builder.AddZone(fleet.Zone{ID: places[r], Region: fmt.Sprint("r-", r)})
	}
	for h := range rapid.IntRange(1, 6).Draw(t, "hosts") {
		id := fmt.Sprint(h, hidden(t, "host"))
		hosts = append(hosts, id)
		builder.AddHost(fleet.Host{ID: id, Zone: places[h%2], Rack: hidden(t, "rack"), Labels: secretSet(t), Facts: secretSet(t),
			Installed: secretSet(t), Capacity: label.NewSet([]label.Pair{{Key: secret, Value: label.Text("1")}}), Outage: 720})
		if h == 0 || rapid.Bool().Draw(t, "planned") {
			start := calendar.Instant(1_411_900_000 + 1000*h)
			p.Outages = append(p.Outages, plan.Outage{Host: id, Start: start, End: start + 720, Window: calendar.Span{From: start, To: start + 2000}})
		}
	}
	guest := 0
	for i := range tenants {
		builder.AddTenant(fleet.Tenant{ID: "t-" + mark(i), Name: "Tenant " + mark(i),
			TimeZone: rapid.SampledFrom([]string{"UTC", "America/Chicago", "Zone/" + secret}).Draw(t, "zone of tenant"),
			Contacts: []fleet.Contact{{Role: "operations", Email: secret + "@" + mark(i) + ".example"}}})
		builder.AddGroup(fleet.Group{ID: fmt.Sprint("g-", i, hidden(t, "group")), Tenant: "t-" + mark(i), MaxDown: limit.Count(471_100_471)})
		builder.AddGroup(fleet.Group{ID: fmt.Sprint("g-", i, secret, "2"), Tenant: "t-" + mark(i), MaxDown: limit.Count(471_100_471)})
		for range rapid.IntRange(0, 6).Draw(t, "guests") {
			guest++
			builder.AddGuest(fleet.Guest{ID: fmt.Sprintf("vm-%d-%s", guest, mark(i)), Host: rapid.SampledFrom(hosts).Draw(t, "on"), Tenant: "t-" + mark(i),
				Groups: []string{fmt.Sprint("g-", i, secret, "2")}, Labels: secretSet(t), Demand: label.NewSet([]label.Pair{{Key: secret, Value: label.Text("1")}}),
				OnReboot: rapid.SampledFrom([]fleet.OnReboot{fleet.Restart, fleet.Migrate, fleet.Pinned}).Draw(t, "on reboot")})
		}
	}
	built, problems := builder.Build()
	if problems.Failed() {
		t.Fatalf("the world was refused: %v", problems.Err())
	}
	return notice.Brief{Campaign: "c-0123456789ab", Fleet: built, Plan: p, Policy: secretPolicy(t), Advisories: secretAdvisories(t), Zones: zones}
}

func secretPlan() *plan.Plan {
	return &plan.Plan{Digest: secret, Fleet: secret, Policy: secret, Advisories: []plan.AdvisoryRef{{ID: secret}}, Seed: 471_100_471, Bound: plan.Bound{Binding: secret},
		Moves: []plan.Move{{Guest: secret, From: secret, To: secret}}, Excluded: []plan.Excluded{{Host: secret, Reason: secret}},
		Blocked: []plan.Blocked{{Host: secret, Group: secret, Reason: secret}}}
}

func secretPolicy(t *rapid.T) *policy.Policy {
	place, selector := problem.Place{File: secret}, policy.Selector{HostID: secret, Terms: []policy.Term{{Key: secret, Value: secret}}}
	return &policy.Policy{File: secret, NoticeLead: calendar.Seconds(rapid.IntRange(0, 100_000).Draw(t, "lead")), Digest: secret,
		Order: policy.Order{Regions: policy.Listed, RegionList: []string{secret}, ListPlace: place}, Canary: policy.Canary{Per: []string{secret}},
		OutageBy: []policy.OutageRule{{Key: secret, Value: secret}}, StuckAfter: calendar.Seconds(rapid.IntRange(0, 1).Draw(t, "stuck") * 900),
		Freezes:   []policy.Freeze{{Span: calendar.Span{From: 1, To: 2}, Reason: secret, Region: secret, Zone: secret, Tenant: secret, Place: place}},
		Protected: []policy.Selector{selector}, Last: []policy.Selector{selector}}
}

func secretAdvisories(t *rapid.T) []*advisory.Advisory {
	var all []*advisory.Advisory
	for range rapid.IntRange(0, 3).Draw(t, "advisories") {
		a := &advisory.Advisory{ID: hidden(t, "advisory"), Aliases: []string{hidden(t, "alias")}, Affected: secretPredicate{}, Fixed: secretPredicate{},
			Action: advisory.Action(secret), Digest: secret}
		if rapid.Bool().Draw(t, "numbered") {
			a.ID = "XSA-108"
		}
		if rapid.Bool().Draw(t, "embargoed") {
			a.Embargo = &advisory.Embargo{Until: calendar.Instant(1_411_800_000 + rapid.IntRange(0, 1_000_000).Draw(t, "until")), TLP: secret}
		}
		all = append(all, a)
	}
	return all
}

// mustHide checks that no text tells a secret, or what belongs to a tenant other than i.
func mustHide(t *rapid.T, what string, i int, texts ...string) {
	for _, text := range texts {
		lower := strings.ToLower(text)
		for _, word := range []string{secret, "cve", "471100471"} {
			if strings.Contains(lower, word) {
				t.Fatalf("%s tells %q:\n%s", what, word, text)
			}
		}
		for other := range tenants {
			if other != i && strings.Contains(lower, mark(other)) {
				t.Fatalf("%s, of tenant %d, tells of tenant %d:\n%s", what, i, other, text)
			}
		}
	}
}

// tenantOf returns whose letter it is: the ID names the tenant, and nobody else.
func tenantOf(m notice.Message) int {
	for i := range tenants {
		if strings.Contains(m.ID, mark(i)) {
			return i
		}
	}
	return -1
}

func TestNoLetterTellsWhatOnlyAFewMayKnow(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		for _, m := range letters(drawSecrets(t), calendar.Instant(1_411_900_000)) {
			mustHide(t, "letter "+m.ID, tenantOf(m), m.ID, m.Subject, m.Text, m.Thread)
		}
	})
}

func TestNoFileOfALetterTellsWhatOnlyAFewMayKnow(t *testing.T) {
	root := t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		dir, err := os.MkdirTemp(root, "")
		if err != nil {
			t.Fatal(err)
		}
		box, err := outbox.Open(dir, mail.Address{Address: "maintenance@provider.example"})
		if err != nil {
			t.Fatal(err)
		}
		var all []courier.Letter
		for _, m := range letters(drawSecrets(t), calendar.Instant(1_411_900_000)) {
			all = append(all, courier.Letter(m))
		}
		if _, err := box.Deliver(context.Background(), all); err != nil {
			t.Fatal(err)
		}
		for _, letter := range all {
			if len(letter.To) == 0 {
				continue
			}
			content, err := os.ReadFile(filepath.Join(dir, letter.ID+".eml"))
			if err != nil {
				t.Fatal(err)
			}
			m, err := mail.ReadMessage(bytes.NewReader(content))
			if err != nil {
				t.Fatalf("letter %s: %v", letter.ID, err)
			}
			delete(m.Header, "To")
			mustHide(t, "the header of "+letter.ID, tenantOf(notice.Message(letter)), fmt.Sprint(m.Header))
		}
	})
}

func TestNoSentenceSpeaksOfTheInside(t *testing.T) {
	forbidden := []string{"host", "rack", "cohort", "hypervisor", "kernel", "package", "version", "patch", "vulnerab", "exploit", "memory",
		"reboot", "xen", "cve", "canary", "cpu"}
	b := readBrief(t, strings.ReplaceAll(smallWorld, "advisory CVE-2014-7188", "advisory CVE-2014-7188 2014-10-01T12:00:00Z"))
	for _, lead := range []calendar.Seconds{0, 3600} {
		b.Policy.StuckAfter, b.Policy.NoticeLead = lead, lead
		for _, m := range letters(b, moment(t, "2014-09-26T21:22:00Z")) {
			for _, word := range forbidden {
				if strings.Contains(strings.ToLower(m.Subject+m.Text), word) {
					t.Fatalf("letter %s says %q:\n%s\n%s", m.ID, word, m.Subject, m.Text)
				}
			}
		}
	}
}

func TestOnlyANumberOfTheXenProjectIsTold(t *testing.T) {
	at := moment(t, "2014-09-26T21:22:00Z")
	for _, c := range []struct{ id, want string }{
		{"XSA-108", "The work corrects a security issue: XSA-108."},
		{"XSA-0", "The work corrects a security issue: XSA-0."},
		{"XSA-", ""}, {"xsa-108", ""}, {"XSA-108a", ""}, {"XSA-108-lpe", ""}, {"AXSA-108", ""}, {"XSA-1.2", ""}, {"XSA--1", ""}, {"XSA-١", ""},
		{"CVE-2014-7188", ""}, {"GHSA-1", ""}, {"XSA-108/CVE-2014-7188", ""},
	} {
		b := readBrief(t, smallWorld)
		b.Advisories = []*advisory.Advisory{{ID: c.id, Embargo: &advisory.Embargo{Until: at + 1}}}
		text := notice.New(b).Compose(notice.Occasion{Kind: notice.Planned, Tenant: "acme", At: at}).Text
		if c.want == "" {
			c.want = "The work corrects a security issue."
		}
		if !strings.Contains(text, "\n"+c.want+"\n") || strings.Count(text, "XSA") > strings.Count(c.want, "XSA") {
			t.Errorf("advisory %q gives\n%s", c.id, text)
		}
	}
}

func TestADateOfDisclosureIsToldWhileItIsAhead(t *testing.T) {
	b := readBrief(t, smallWorld)
	for _, c := range []struct {
		at   string
		told bool
	}{{"2014-09-26T21:22:00Z", true}, {"2014-10-01T11:59:59Z", true}, {"2014-10-01T12:00:00Z", false}, {"2014-10-02T00:00:00Z", false}} {
		text := notice.New(b).Compose(notice.Occasion{Kind: notice.Planned, Tenant: "acme", At: moment(t, c.at)}).Text
		if strings.Contains(text, "made public on Wed 1 Oct 2014 (UTC).") != c.told || strings.Contains(text, "made public") != c.told {
			t.Errorf("at %s the letter says\n%s", c.at, text)
		}
	}
}
