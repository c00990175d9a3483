package notice_test

import (
	"strings"
	"testing"
	"time"
	_ "time/tzdata"

	"github.com/evenkeel-project/evenkeel/internal/core/advisory"
	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/fleet"
	"github.com/evenkeel-project/evenkeel/internal/core/ident"
	"github.com/evenkeel-project/evenkeel/internal/core/limit"
	"github.com/evenkeel-project/evenkeel/internal/core/notice"
	"github.com/evenkeel-project/evenkeel/internal/core/plan"
	"github.com/evenkeel-project/evenkeel/internal/core/policy"
)

// moment reads an instant that a test writes.
func moment(t testing.TB, text string) calendar.Instant {
	t.Helper()
	at, err := calendar.ParseInstant(text)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// zones gives the zones of the world's data base, as the shell does.
func zones(name string) *time.Location {
	zone, err := time.LoadLocation(name)
	if err != nil {
		return nil
	}
	return zone
}

// readBrief reads a world, one thing a line. Regions and zones are made as they are named; each host has an outage
// unless the line of its outage is left out.
//
//	host ID REGION/ZONE
//	outage HOST START LENGTH WINDOW
//	tenant ID ZONE [ROLE=ADDRESS]... [name=NAME]
//	group ID TENANT
//	guest ID HOST TENANT restart|migrate|pinned [GROUP]
//	advisory ID [UNTIL]
//	lead LENGTH | stuck LENGTH
func readBrief(t testing.TB, text string) notice.Brief {
	t.Helper()
	builder, seen := fleet.NewBuilder("test"), map[string]bool{}
	b := notice.Brief{Campaign: "c-0123456789ab", Plan: &plan.Plan{Digest: "sha256:test"}, Policy: &policy.Policy{}, Zones: zones}
	for line := range strings.Lines(text) {
		words := strings.Fields(line)
		if len(words) == 0 {
			continue
		}
		switch words[0] {
		case "host":
			region, _, _ := strings.Cut(words[2], "/")
			if !seen["region "+region] {
				builder.AddRegion(fleet.Region{ID: region})
			}
			if !seen["zone "+words[2]] {
				builder.AddZone(fleet.Zone{ID: words[2], Region: region})
			}
			seen["region "+region], seen["zone "+words[2]] = true, true
			builder.AddHost(fleet.Host{ID: words[1], Zone: words[2]})
		case "outage":
			b.Plan.Outages = append(b.Plan.Outages, readOutage(t, words))
		case "tenant":
			builder.AddTenant(readTenant(line, words))
		case "group":
			builder.AddGroup(fleet.Group{ID: words[1], Tenant: words[2], MaxDown: limit.Count(1)})
		case "guest":
			kinds := map[string]fleet.OnReboot{"restart": fleet.Restart, "migrate": fleet.Migrate, "pinned": fleet.Pinned}
			builder.AddGuest(fleet.Guest{ID: words[1], Host: words[2], Tenant: words[3], OnReboot: kinds[words[4]], Groups: words[5:]})
		case "advisory":
			b.Advisories = append(b.Advisories, readAdvisory(t, words))
		case "lead":
			b.Policy.NoticeLead = seconds(t, words[1])
		case "stuck":
			b.Policy.StuckAfter = seconds(t, words[1])
		default:
			t.Fatalf("the test's world has a line %q", line)
		}
	}
	built, problems := builder.Build()
	if problems.Failed() {
		t.Fatal(problems.Err())
	}
	b.Fleet = built
	return b
}

func readOutage(t testing.TB, words []string) plan.Outage {
	start := moment(t, words[2])
	return plan.Outage{Host: words[1], Start: start, End: start.Add(seconds(t, words[3])),
		Window: calendar.Span{From: start, To: start.Add(seconds(t, words[4]))}}
}

func readTenant(line string, words []string) fleet.Tenant {
	tenant := fleet.Tenant{ID: words[1], TimeZone: words[2]}
	_, tenant.Name, _ = strings.Cut(strings.TrimSpace(line), "name=")
	for _, word := range words[3:] {
		if role, address, ok := strings.Cut(word, "="); ok && role != "name" {
			tenant.Contacts = append(tenant.Contacts, fleet.Contact{Role: role, Email: address})
		}
	}
	return tenant
}

func readAdvisory(t testing.TB, words []string) *advisory.Advisory {
	a := &advisory.Advisory{ID: words[1]}
	if len(words) > 2 {
		a.Embargo = &advisory.Embargo{Until: moment(t, words[2])}
	}
	return a
}

func seconds(t testing.TB, text string) calendar.Seconds {
	t.Helper()
	length, err := calendar.ParseSeconds(text)
	if err != nil {
		t.Fatal(err)
	}
	return length
}

// smallWorld has tenants of several zones and guests of every kind.
const smallWorld = `
host c-1 dfw/dfw-1
host c-2 dfw/dfw-1
host c-3 dfw/dfw-2
host c-4 syd/syd-1
host c-5 syd/syd-1
outage c-1 2014-09-28T11:00:00Z 12m 45m
outage c-2 2014-09-28T11:00:00Z 12m 45m
outage c-3 2014-09-29T04:50:05Z 18m 1h
outage c-4 2014-10-04T15:50:00Z 12m 1h
tenant acme America/Chicago operations=ops@acme.example billing=pay@acme.example name=Acme Ltd
tenant kanga Australia/Sydney billing=pay@kanga.example security=sec@kanga.example
tenant quiet UTC name=Quiet
tenant lost Nowhere/Atall operations=ops@lost.example
group acme/web acme
guest vm-1 c-1 acme restart acme/web
guest vm-2 c-2 acme restart acme/web
guest vm-3 c-2 acme pinned
guest vm-4 c-2 acme migrate
guest vm-5 c-3 acme restart
guest vm-6 c-4 acme migrate
guest vm-8 c-3 acme migrate
guest vm-9 c-3 acme pinned
guest vm-0 c-4 acme pinned
guest vm-7 c-5 acme restart
guest kg-1 c-4 kanga restart
guest kg-2 c-1 kanga restart
guest qt-1 c-1 quiet migrate
guest ls-1 c-1 lost pinned
advisory XSA-108 2014-10-01T12:00:00Z
advisory CVE-2014-7188
`

// letters returns the letter of every occasion there can be, of every tenant, region and host; of those at the end
// of a region, with every guest of the fleet undone or down in turn.
func letters(b notice.Brief, at calendar.Instant) []notice.Message {
	d, f := notice.New(b), b.Fleet
	var guests []string
	for g := range ident.Guest(f.Guests()) {
		guests = append(guests, f.GuestID(g))
	}
	until := at.Add(calendar.Hour)
	var all []notice.Message
	add := func(o notice.Occasion) {
		o.ID, o.At = d.ID(o.Kind, o.Tenant, o.Region, o.Host), at
		all = append(all, d.Compose(o))
	}
	for t := range ident.Tenant(f.Tenants()) {
		tenant := f.TenantID(t)
		add(notice.Occasion{Kind: notice.Planned, Tenant: tenant})
		for r := range ident.Region(f.Regions()) {
			region := f.RegionID(r)
			add(notice.Occasion{Kind: notice.Courtesy, Tenant: tenant, Region: region})
			add(notice.Occasion{Kind: notice.Started, Tenant: tenant, Region: region})
			add(notice.Occasion{Kind: notice.Ended, Tenant: tenant, Region: region})
			add(notice.Occasion{Kind: notice.Ended, Tenant: tenant, Region: region, Undone: guests})
			add(notice.Occasion{Kind: notice.Ended, Tenant: tenant, Region: region, Down: guests})
		}
		for h := range ident.Host(f.Hosts()) {
			add(notice.Occasion{Kind: notice.Late, Tenant: tenant, Host: f.HostID(h)})
			add(notice.Occasion{Kind: notice.Late, Tenant: tenant, Host: f.HostID(h), Until: &until})
		}
	}
	return all
}
