package cli

import (
	"fmt"
	"strings"

	"github.com/evenkeel-project/evenkeel/internal/core/fleet"
	"github.com/evenkeel-project/evenkeel/internal/core/ident"
	"github.com/evenkeel-project/evenkeel/internal/core/label"
	"github.com/evenkeel-project/evenkeel/internal/core/problem"
)

// hostJSON is what fleet show --host --json prints.
type hostJSON struct {
	ID        string           `json:"id"`
	Region    string           `json:"region"`
	Zone      string           `json:"zone"`
	Rack      *string          `json:"rack"`
	Labels    map[string]any   `json:"labels"`
	Facts     map[string]any   `json:"facts"`
	Installed map[string]any   `json:"installed"`
	Outage    *int64           `json:"outage_seconds"`
	Guests    []guestJSON      `json:"guests"`
	Groups    []groupOnHostRow `json:"groups"`
}

type guestJSON struct {
	ID       string         `json:"id"`
	Tenant   string         `json:"tenant"`
	Name     string         `json:"tenant_name"`
	OnReboot string         `json:"on_reboot"`
	Labels   map[string]any `json:"labels"`
	Groups   []string       `json:"groups"`
}

// groupOnHostRow says what an outage of the host would do to a group.
type groupOnHostRow struct {
	ID      string `json:"id"`
	Members int    `json:"members"`
	MaxDown string `json:"max_down"`
	Allowed int    `json:"allowed_down"`
	Here    int    `json:"down_with_host"`
}

func describeHost(f *fleet.Fleet, h ident.Host) hostJSON {
	zone := f.ZoneOf(h)
	out := hostJSON{
		ID: f.HostID(h), Region: f.RegionID(f.RegionOf(zone)), Zone: f.ZoneID(zone),
		Labels: pairsJSON(f.Labels(h)), Facts: pairsJSON(f.Facts(h)), Installed: pairsJSON(f.Installed(h)),
		Guests: []guestJSON{}, Groups: []groupOnHostRow{},
	}
	if rack := f.RackName(f.RackOf(h)); rack != "" {
		out.Rack = &rack
	}
	if outage := int64(f.Outage(h)); outage > 0 {
		out.Outage = &outage
	}
	row := map[uint32]int{}
	for _, n := range f.GuestsOn(h) {
		g := ident.Guest(n)
		guest := guestJSON{ID: f.GuestID(g), Tenant: f.TenantID(f.TenantOf(g)), Name: f.TenantName(f.TenantOf(g)),
			OnReboot: f.OnReboot(g).String(), Labels: pairsJSON(f.GuestLabels(g)), Groups: []string{}}
		for _, group := range f.GroupsOf(g) {
			guest.Groups = append(guest.Groups, f.GroupID(ident.Group(group)))
			i, ok := row[group]
			if !ok {
				i = len(out.Groups)
				row[group] = i
				out.Groups = append(out.Groups, groupOf(f, ident.Group(group)))
			}
			if f.OnReboot(g) != fleet.Migrate {
				out.Groups[i].Here++
			}
		}
		out.Guests = append(out.Guests, guest)
	}
	return out
}

func groupOf(f *fleet.Fleet, g ident.Group) groupOnHostRow {
	size := f.GroupSize(g)
	return groupOnHostRow{ID: f.GroupID(g), Members: size, MaxDown: f.MaxDown(g).String(), Allowed: f.MaxDown(g).Of(size)}
}

func (s *session) showHost(f *fleet.Fleet, o fleetShowOptions) error {
	h, ok := f.FindHost(o.host)
	if !ok {
		return problem.Problem{Code: "unknown-host", Place: problem.Place{File: o.path},
			Sentence: fmt.Sprintf("there is no host %q", o.host), Fix: "correct the id"}
	}
	host := describeHost(f, h)
	if o.json {
		return s.printJSON(host)
	}
	fmt.Fprintf(s.Out, "host %s in zone %s of region %s", host.ID, host.Zone, host.Region)
	if host.Rack != nil {
		fmt.Fprintf(s.Out, ", rack %s", problem.Printable(*host.Rack))
	}
	fmt.Fprintln(s.Out)
	s.printPairs("labels    ", f.Labels(h))
	s.printPairs("facts     ", f.Facts(h))
	s.printPairs("installed ", f.Installed(h))
	if outage := f.Outage(h); outage > 0 {
		fmt.Fprintf(s.Out, "outage    %s\n", lasting(outage))
	}
	s.printGuests(host)
	return nil
}

func (s *session) printPairs(name string, set label.Set) {
	if len(set) == 0 {
		return
	}
	parts := make([]string, len(set))
	for i, pair := range set {
		parts[i] = problem.Printable(pair.Key + "=" + pair.Value.String())
	}
	fmt.Fprint(s.Out, wrapped(name, strings.Join(parts, " ")))
}

func (s *session) printGuests(host hostJSON) {
	fmt.Fprintf(s.Out, "\n%s\n", counted(len(host.Guests), "guest"))
	if len(host.Guests) > 0 {
		t := newTable("guest", "tenant", "on reboot", "groups")
		for _, guest := range host.Guests {
			t.add(guest.ID, guest.Tenant, guest.OnReboot, strings.Join(guest.Groups, " "))
		}
		t.print(s.Out, 0)
	}
	if len(host.Groups) == 0 {
		return
	}
	fmt.Fprintf(s.Out, "\n%s; an outage of this host takes down so many members\n", counted(len(host.Groups), "redundancy group"))
	t := newTable("group", ">members", ">may be down", ">down with host")
	for _, group := range host.Groups {
		t.add(group.ID, grouped(group.Members), fmt.Sprintf("%s (%s)", grouped(group.Allowed), group.MaxDown), grouped(group.Here))
	}
	t.print(s.Out, 0)
}
