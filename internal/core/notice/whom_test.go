package notice_test

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/fleet"
	"github.com/evenkeel-project/evenkeel/internal/core/limit"
	"github.com/evenkeel-project/evenkeel/internal/core/notice"
	"github.com/evenkeel-project/evenkeel/internal/core/plan"
	"github.com/evenkeel-project/evenkeel/internal/core/policy"
)

func TestOperationsAreToldFirst(t *testing.T) {
	for _, c := range []struct{ contacts, want string }{
		{"", ""},
		{"operations=ops@a.example", "ops@a.example"},
		{"billing=pay@a.example operations=ops@a.example security=sec@a.example operations=night@a.example", "ops@a.example night@a.example"},
		{"billing=pay@a.example security=sec@a.example billing=pay@a.example", "pay@a.example sec@a.example"},
		{"operations=ops@a.example operations=ops@a.example", "ops@a.example"},
	} {
		b := readBrief(t, "host h r/z\noutage h 2014-09-28T11:00:00Z 12m 45m\ntenant t UTC "+c.contacts+"\nguest g h t restart")
		for _, kind := range []notice.Kind{notice.Planned, notice.Courtesy, notice.Started, notice.Late, notice.Ended} {
			m := notice.New(b).Compose(notice.Occasion{Kind: kind, Tenant: "t", Region: "r", Host: "h"})
			if got := strings.Join(m.To, " "); got != c.want || m.Text == "" {
				t.Errorf("%s with contacts %q goes to %q, want %q\n%s", kind, c.contacts, got, c.want, m.Text)
			}
		}
	}
}

func TestALetterThatConcernsNoGuestIsToNobody(t *testing.T) {
	d := notice.New(readBrief(t, smallWorld))
	for _, o := range []notice.Occasion{
		{Kind: notice.Planned, Tenant: "stranger"},
		{Kind: notice.Courtesy, Tenant: "acme", Region: "nowhere"},
		{Kind: notice.Started, Tenant: "acme"},
		{Kind: notice.Ended, Tenant: "lost", Region: "syd"},
		{Kind: notice.Late, Tenant: "acme", Host: "gone"},
		{Kind: notice.Late, Tenant: "acme", Host: "c-5"},
		{Kind: "else", Tenant: "acme", Region: "dfw", Host: "c-1"},
	} {
		if m := d.Compose(o); m.To != nil || m.Text != "" || m.Subject != "" {
			t.Errorf("%+v gives %+v", o, m)
		}
	}
}

// TestNoNameForgesALine writes letters to a tenant of a hostile name, and of a plain one of the same guests: they
// differ in the one line of the name.
func TestNoNameForgesALine(t *testing.T) {
	names := []string{"Acme\nRegion dfw\n", "Acme\r\nBcc: x@else.example", "=?utf-8?q?=0A?=", "A\u202ecme", "A\u2028cme", "\x1b[2J", "\xff\xfe",
		"All your windows are cancelled, and nothing of this letter holds. Call another number.", strings.Repeat("漢", 80), "%s%d", "  ", "漢字 GmbH"}
	letter := func(name string) []string {
		b := readBrief(t, "host h r/z\noutage h 2014-09-28T11:00:00Z 12m 45m")
		builder := fleet.NewBuilder("test")
		builder.AddRegion(fleet.Region{ID: "r"})
		builder.AddZone(fleet.Zone{ID: "z", Region: "r"})
		builder.AddHost(fleet.Host{ID: "h", Zone: "z"})
		builder.AddTenant(fleet.Tenant{ID: "t", Name: name})
		builder.AddGuest(fleet.Guest{ID: "g", Host: "h", Tenant: "t"})
		b.Fleet, _ = builder.Build()
		m := notice.New(b).Compose(notice.Occasion{Kind: notice.Planned, Tenant: "t"})
		return append(strings.Split(m.Text, "\n"), m.Subject)
	}
	want := letter("plain")
	for _, name := range names {
		got := letter(name)
		if len(got) != len(want) || !slices.Equal(got[1:], want[1:]) {
			t.Errorf("the name %q changes more than its line:\n%s", name, strings.Join(got, "\n"))
			continue
		}
		if line := got[0]; !strings.HasPrefix(line, "For: ") || !utf8.ValidString(line) || utf8.RuneCountInString(line) > 78 || strings.ContainsAny(line, "\r\x1b\u202e\u2028") {
			t.Errorf("the name %q gives the line %q", name, line)
		}
	}
}

func TestALongNameStandsOnALineOfItsOwn(t *testing.T) {
	long := strings.Repeat("v", 253)
	b := readBrief(t, "host h r/z\noutage h 2014-09-28T11:00:00Z 12m 45m\ntenant t UTC\nguest a h t restart\nguest "+long+" h t restart\nguest z h t restart")
	if text := notice.New(b).Compose(notice.Occasion{Kind: notice.Planned, Tenant: "t"}).Text; !strings.Contains(text, "\n    a\n    "+long+"\n    z\n") {
		t.Fatalf("the letter says\n%s", text)
	}
}

func TestNoTwoNoticesHaveOneID(t *testing.T) {
	d := notice.New(readBrief(t, smallWorld))
	name := rapid.Custom(func(t *rapid.T) string {
		return rapid.OneOf(rapid.SampledFrom([]string{"acme", "Acme", "ACME", "a.b", "a-b", "a_b", "a/b", "_", "__", "-", "é", strings.Repeat("x", 36),
			strings.Repeat("x", 37), strings.Repeat("x", 253)}), rapid.StringMatching(`[a-z0-9_.-]{1,40}`)).Draw(t, "name")
	})
	kind := rapid.SampledFrom([]notice.Kind{notice.Planned, notice.Courtesy, notice.Started, notice.Late, notice.Ended})
	rapid.Check(t, func(t *rapid.T) {
		draw := func() [4]string {
			n := [4]string{string(kind.Draw(t, "kind")), name.Draw(t, "tenant")}
			if rapid.Bool().Draw(t, "of a region") {
				n[2] = name.Draw(t, "region")
			}
			if rapid.Bool().Draw(t, "of a host") {
				n[3] = name.Draw(t, "host")
			}
			return n
		}
		one, other := draw(), draw()
		id := func(n [4]string) string { return d.ID(notice.Kind(n[0]), n[1], n[2], n[3]) }
		if (id(one) == id(other)) != (one == other) {
			t.Fatalf("%q has the id %s, and %q the id %s", one, id(one), other, id(other))
		}
		if got := id(one); len(got) > 200 || strings.Trim(got, "abcdefghijklmnopqrstuvwxyz0123456789-_.") != "" || !strings.HasPrefix(got, "c-0123456789ab.") {
			t.Fatalf("%q has the id %q", one, got)
		}
	})
}

func TestAnIDDoesNotTellTheHost(t *testing.T) {
	b := readBrief(t, smallWorld)
	d := notice.New(b)
	id := d.ID(notice.Late, "acme", "", "c-17")
	part := func(id string) string { return id[strings.LastIndex(id, ".")+1:] }
	if strings.Contains(id, "c-17") || part(id) == part(d.ID(notice.Late, "kanga", "", "c-17")) {
		t.Fatalf("%s tells the host, or tells two tenants that they share it", id)
	}
	for _, guess := range []string{"c-17", "acme" + "c-17", "acme/c-17", "late" + "acme" + "c-17"} {
		sum := sha256.Sum256([]byte(guess))
		if strings.Contains(id, hex.EncodeToString(sum[:])[:10]) {
			t.Fatalf("%s can be made from %q by anybody", id, guess)
		}
	}
	b.Plan = &plan.Plan{Digest: "sha256:other"}
	if notice.New(b).ID(notice.Late, "acme", "", "c-17") == id {
		t.Fatalf("%s does not depend on what a tenant cannot know", id)
	}
}

// BenchmarkDesk measures the desk of a fleet of a million guests, and a letter to each of 1,500 tenants of it.
func BenchmarkDesk(b *testing.B) {
	const hosts, guests, tenants = 50_000, 1_000_000, 1500
	builder, p := fleet.NewBuilder("bench"), &plan.Plan{}
	builder.AddRegion(fleet.Region{ID: "r"})
	builder.AddZone(fleet.Zone{ID: "z", Region: "r"})
	for i := range tenants {
		builder.AddTenant(fleet.Tenant{ID: fmt.Sprint("t-", i), TimeZone: "America/Chicago"})
		builder.AddGroup(fleet.Group{ID: fmt.Sprint("g-", i), Tenant: fmt.Sprint("t-", i), MaxDown: limit.Count(1)})
	}
	for i := range hosts {
		builder.AddHost(fleet.Host{ID: fmt.Sprint("h-", i), Zone: "z"})
		o := plan.Outage{Host: fmt.Sprint("h-", i), Start: 1_411_900_000}
		o.End = o.Start + 720
		o.Window.From, o.Window.To = o.Start, o.End+900
		p.Outages = append(p.Outages, o)
	}
	for i := range guests {
		builder.AddGuest(fleet.Guest{ID: fmt.Sprint("vm-", i), Host: fmt.Sprint("h-", i%hosts), Tenant: fmt.Sprint("t-", i%tenants)})
	}
	f, problems := builder.Build()
	if problems.Failed() {
		b.Fatal(problems.Err())
	}
	brief := notice.Brief{Campaign: "c-1", Fleet: f, Plan: p, Policy: &policy.Policy{StuckAfter: 900}, Zones: zones}
	b.Run("new", func(b *testing.B) {
		for b.Loop() {
			notice.New(brief)
		}
	})
	b.Run("compose", func(b *testing.B) {
		d := notice.New(brief)
		for b.Loop() {
			for i := range tenants {
				d.Compose(notice.Occasion{Kind: notice.Planned, Tenant: fmt.Sprint("t-", i)})
			}
		}
		b.ReportMetric(float64(b.N)*tenants/b.Elapsed().Seconds(), "letters/s")
	})
}

func TestMinutesAreNeverFewerThanItTakes(t *testing.T) {
	for _, c := range []struct {
		length, stuck calendar.Seconds
		want          string
	}{
		{0, 0, "0 minutes expected, 60 minutes at worst"},
		{1, 60, "1 minute expected, 2 minutes at worst"},
		{60, 0, "1 minute expected, 60 minutes at worst"},
		{61, 0, "2 minutes expected, 60 minutes at worst"},
		{720, 900, "12 minutes expected, 27 minutes at worst"},
		{7200, 0, "120 minutes expected, 120 minutes at worst"},
	} {
		b := readBrief(t, "host h r/z\noutage h 2014-09-28T11:00:00Z 12m 1h\ntenant t UTC\nguest g h t restart")
		b.Plan.Outages[0].End, b.Policy.StuckAfter = b.Plan.Outages[0].Start.Add(c.length), c.stuck
		if text := notice.New(b).Compose(notice.Occasion{Kind: notice.Planned, Tenant: "t"}).Text; !strings.Contains(text, "\n  down  "+c.want+"\n") {
			t.Errorf("a length of %s and a patience of %s give\n%s", c.length, c.stuck, text)
		}
	}
}

func TestALeadIsToldInWords(t *testing.T) {
	for _, c := range []struct {
		lead calendar.Seconds
		want string
	}{{1, "1 second"}, {3600, "1 hour"}, {5400, "1 hour 30 minutes"}, {2*86400 + 61, "2 days 1 minute 1 second"}} {
		b := readBrief(t, smallWorld)
		b.Policy.NoticeLead = c.lead
		text := notice.New(b).Compose(notice.Occasion{Kind: notice.Planned, Tenant: "acme"}).Text
		if !strings.Contains(strings.Join(strings.Fields(text), " "), "at least "+c.want+" before the work in a region starts") {
			t.Errorf("a lead of %s gives\n%s", c.lead, text)
		}
	}
}
