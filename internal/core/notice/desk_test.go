package notice_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"pgregory.net/rapid"

	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/fleet"
	"github.com/evenkeel-project/evenkeel/internal/core/ident"
	"github.com/evenkeel-project/evenkeel/internal/core/notice"
	"github.com/evenkeel-project/evenkeel/internal/core/plan"
	"github.com/evenkeel-project/evenkeel/internal/core/policy"
)

// drawBrief returns a small fleet with a plan for some of its hosts.
func drawBrief(t *rapid.T) notice.Brief {
	builder, p := fleet.NewBuilder("test"), &plan.Plan{Digest: "sha256:test"}
	hosts := rapid.IntRange(1, 8).Draw(t, "hosts")
	for r := range 3 {
		builder.AddRegion(fleet.Region{ID: fmt.Sprint("r-", r)})
		builder.AddZone(fleet.Zone{ID: fmt.Sprint("z-", r), Region: fmt.Sprint("r-", r)})
	}
	for h := range hosts {
		builder.AddHost(fleet.Host{ID: fmt.Sprint("h-", h), Zone: fmt.Sprint("z-", h%3)})
		if rapid.IntRange(0, 3).Draw(t, "planned") > 0 {
			start := calendar.Instant(1_411_900_000 + rapid.IntRange(0, 3).Draw(t, "start")*1800)
			length := calendar.Seconds(rapid.IntRange(1, 2).Draw(t, "length") * 700)
			p.Outages = append(p.Outages, plan.Outage{Host: fmt.Sprint("h-", h), Start: start, End: start.Add(length),
				Window: calendar.Span{From: start, To: start.Add(length + 900)}})
		}
	}
	for i := range 4 {
		builder.AddTenant(fleet.Tenant{ID: fmt.Sprint("t-", i), TimeZone: rapid.SampledFrom([]string{"UTC", "Asia/Kathmandu"}).Draw(t, "zone")})
	}
	for g := range rapid.IntRange(0, 60).Draw(t, "guests") {
		builder.AddGuest(fleet.Guest{ID: fmt.Sprint("vm-", g), Host: fmt.Sprint("h-", rapid.IntRange(0, hosts-1).Draw(t, "on")),
			Tenant: fmt.Sprint("t-", rapid.IntRange(0, 3).Draw(t, "of")), OnReboot: rapid.SampledFrom([]fleet.OnReboot{0, 1, 2}).Draw(t, "on reboot")})
	}
	built, problems := builder.Build()
	if problems.Failed() {
		t.Fatalf("the world was refused: %v", problems.Err())
	}
	return notice.Brief{Campaign: "c-1", Fleet: built, Plan: p, Policy: &policy.Policy{}, Zones: zones}
}

// planned returns the guests with an outage ahead that which picks, by a walk over everything.
func planned(b notice.Brief, which func(g ident.Guest) bool) []string {
	f, names := b.Fleet, []string(nil)
	for g := range ident.Guest(f.Guests()) {
		if slices.ContainsFunc(b.Plan.Outages, func(o plan.Outage) bool { return o.Host == f.HostID(f.HostOf(g)) }) && which(g) {
			names = append(names, f.GuestID(g))
		}
	}
	return names
}

// told returns the names of guests that stand in the lists of a letter, sorted.
func told(text string) []string {
	var names []string
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, "    ") {
			names = append(names, strings.Fields(line)...)
		}
	}
	slices.Sort(names)
	return names
}

func TestEveryTenantConcernedIsToldAndNobodyElse(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := drawBrief(t)
		d, f := notice.New(b), b.Fleet
		for r := range ident.Region(f.Regions()) {
			var want []ident.Tenant
			for tenant := range ident.Tenant(f.Tenants()) {
				if len(planned(b, func(g ident.Guest) bool { return f.TenantOf(g) == tenant && f.RegionOf(f.ZoneOf(f.HostOf(g))) == r })) > 0 {
					want = append(want, tenant)
				}
			}
			if got := d.Tenants(r); !slices.Equal(got, want) {
				t.Fatalf("the tenants of region %d are %v, want %v", r, got, want)
			}
		}
		for h := range ident.Host(f.Hosts()) {
			var want []ident.Tenant
			for tenant := range ident.Tenant(f.Tenants()) {
				if slices.ContainsFunc(f.GuestsOn(h), func(g uint32) bool { return f.TenantOf(ident.Guest(g)) == tenant }) {
					want = append(want, tenant)
				}
			}
			if got := d.TenantsOfHost(h); !slices.Equal(got, want) {
				t.Fatalf("the tenants of host %d are %v, want %v", h, got, want)
			}
		}
	})
}

func TestEveryGuestConcernedStandsInALetterOnce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := drawBrief(t)
		d, f := notice.New(b), b.Fleet
		var everybody []string
		for g := range ident.Guest(f.Guests()) {
			everybody = append(everybody, f.GuestID(g))
		}
		some := rapid.SliceOf(rapid.SampledFrom(append(everybody, "gone")))
		for tenant := range ident.Tenant(f.Tenants()) {
			check := func(o notice.Occasion, which func(g ident.Guest) bool) {
				o.Tenant, o.Undone, o.Down = f.TenantID(tenant), some.Draw(t, "undone"), some.Draw(t, "down")
				want := planned(b, func(g ident.Guest) bool { return f.TenantOf(g) == tenant && which(g) })
				slices.Sort(want)
				m := d.Compose(o)
				if got := told(m.Text); !slices.Equal(got, want) || (m.Text == "") != (len(want) == 0) {
					t.Fatalf("%+v: told of %v, want %v\n%s", o, got, want, m.Text)
				}
				for line := range strings.Lines(m.Text) {
					if n := utf8.RuneCountInString(line) - 1; n > 78 {
						t.Fatalf("%+v: a line has %d characters: %q", o, n, line)
					}
				}
			}
			check(notice.Occasion{Kind: notice.Planned}, func(ident.Guest) bool { return true })
			for r := range ident.Region(f.Regions()) {
				inside := func(g ident.Guest) bool { return f.RegionOf(f.ZoneOf(f.HostOf(g))) == r }
				for _, kind := range []notice.Kind{notice.Courtesy, notice.Started, notice.Ended} {
					check(notice.Occasion{Kind: kind, Region: f.RegionID(r)}, inside)
				}
			}
			for h := range ident.Host(f.Hosts()) {
				check(notice.Occasion{Kind: notice.Late, Host: f.HostID(h)}, func(g ident.Guest) bool { return f.HostOf(g) == h })
			}
		}
	})
}

func TestAGuestStandsUnderItsWindow(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := drawBrief(t)
		d, f := notice.New(b), b.Fleet
		for tenant := range ident.Tenant(f.Tenants()) {
			var span calendar.Span
			var last calendar.Instant
			for line := range strings.Lines(d.Compose(notice.Occasion{Kind: notice.Planned, Tenant: f.TenantID(tenant)}).Text) {
				switch {
				case strings.HasPrefix(line, "Region "):
					last = 0
				case strings.HasPrefix(line, "  from  "):
					if span.From = readMoment(t, line); span.From < last {
						t.Fatalf("a window opens before the one above it: %q", line)
					}
					last = span.From
				case strings.HasPrefix(line, "  to  "):
					span.To = readMoment(t, line)
				case strings.HasPrefix(line, "    "):
					for _, name := range strings.Fields(line) {
						g, _ := f.FindGuest(name)
						i := slices.IndexFunc(b.Plan.Outages, func(o plan.Outage) bool { return o.Host == f.HostID(f.HostOf(g)) })
						if b.Plan.Outages[i].Window != span {
							t.Fatalf("guest %s stands under %v, its window is %v", name, span, b.Plan.Outages[i].Window)
						}
					}
				}
			}
		}
	})
}

// readMoment reads the instant in a line of a letter, and checks that the tenant's time and UTC mean the same.
func readMoment(t *rapid.T, line string) calendar.Instant {
	words := strings.Fields(strings.TrimSpace(line))[1:]
	local, utc, both := strings.Cut(strings.Join(words, " "), ", ")
	if !both {
		local, utc = "", local
	}
	parse := func(layout, text string) (time.Time, bool) {
		at, err := time.Parse(layout, text)
		second, other := time.Parse(strings.Replace(layout, "15:04", "15:04:05", 1), text)
		if err != nil {
			at = second
		}
		return at, err == nil || other == nil
	}
	at, ok := parse("Mon 02 Jan 2006 15:04 UTC", utc)
	if !ok {
		t.Fatalf("no time in UTC in %q", line)
	}
	if both {
		clock, distance, _ := strings.Cut(local, "(UTC")
		fields := strings.Fields(clock)
		here, ok := parse("Mon 02 Jan 2006 15:04 -07:00", strings.Join(fields[:5], " ")+" "+strings.TrimSuffix(distance, ")"))
		if !ok || !here.Equal(at) {
			t.Fatalf("%q names two instants, or none", line)
		}
	}
	return calendar.Instant(at.Unix())
}

func TestATimeMeansTheSameInEveryZone(t *testing.T) {
	names := []string{"America/Chicago", "Europe/Dublin", "Australia/Lord_Howe", "America/St_Johns", "Asia/Kathmandu", "Pacific/Kiritimati",
		"Pacific/Apia", "America/Sao_Paulo", "Antarctica/Troll", "UTC", "Etc/GMT+12", "Africa/Casablanca"}
	rapid.Check(t, func(t *rapid.T) {
		zone := rapid.SampledFrom(names).Draw(t, "zone")
		start := calendar.Instant(rapid.Int64Range(1_300_000_000, 2_000_000_000).Draw(t, "start"))
		span := calendar.Span{From: start, To: start.Add(calendar.Seconds(rapid.IntRange(1, 200_000).Draw(t, "length")))}
		builder := fleet.NewBuilder("test")
		builder.AddRegion(fleet.Region{ID: "r"})
		builder.AddZone(fleet.Zone{ID: "z", Region: "r"})
		builder.AddHost(fleet.Host{ID: "h", Zone: "z"})
		builder.AddTenant(fleet.Tenant{ID: "t", TimeZone: zone})
		builder.AddGuest(fleet.Guest{ID: "g", Host: "h", Tenant: "t"})
		f, _ := builder.Build()
		b := notice.Brief{Campaign: "c-1", Fleet: f, Plan: &plan.Plan{Outages: []plan.Outage{{Host: "h", Start: span.From, End: span.To, Window: span}}},
			Policy: &policy.Policy{}, Zones: zones}
		text := notice.New(b).Compose(notice.Occasion{Kind: notice.Planned, Tenant: "t"}).Text
		for line := range strings.Lines(text) {
			if strings.HasPrefix(line, "  from  ") && readMoment(t, line) != span.From || strings.HasPrefix(line, "  to  ") && readMoment(t, line) != span.To {
				t.Fatalf("the window %v in %s reads %q", span, zone, line)
			}
		}
		if strings.Count(text, "\n  from  ") != 1 || strings.Count(text, "\n  to    ") != 1 {
			t.Fatalf("there is no window in\n%s", text)
		}
	})
}
