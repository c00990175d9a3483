package cli

import (
	"bytes"
	"fmt"
	"os"
	"strings"

	"github.com/evenkeel-project/evenkeel/internal/core/fleet"
	"github.com/evenkeel-project/evenkeel/internal/core/ident"
	"github.com/evenkeel-project/evenkeel/internal/core/label"
	"github.com/evenkeel-project/evenkeel/internal/core/problem"
)

// changesNamed is how many objects a change names before it only counts.
const changesNamed = 3

// tally gathers what happened to objects in one way: how many, and the first of them.
type tally struct {
	what  string // "hosts were added"
	count int
	first []string
}

func (t *tally) add(name string) {
	t.count++
	if len(t.first) < changesNamed {
		t.first = append(t.first, name)
	}
}

// told returns the sentence of a tally, with what holds the objects in front.
func (t *tally) told() string {
	more := ""
	if t.count > len(t.first) {
		more = ", ..."
	}
	return problem.Printable(fmt.Sprintf("fleet: %s: %s (%s%s)", t.what, grouped(t.count), strings.Join(t.first, ", "), more))
}

// fleetChanges says in words how one fleet differs from another, each kind of change once with the first objects
// it concerns. Two fleets of the same digest have no changes.
func fleetChanges(before, after *fleet.Fleet) []string {
	if before.Digest() == after.Digest() {
		return nil
	}
	var tallies []*tally
	for _, compare := range []func(before, after *fleet.Fleet) []*tally{hostChanges, guestChanges, tenantChanges} {
		tallies = append(tallies, compare(before, after)...)
	}
	var out []string
	for _, t := range tallies {
		if t.count > 0 {
			out = append(out, t.told())
		}
	}
	if len(out) == 0 {
		out = append(out, "fleet: groups, regions or zones changed")
	}
	return out
}

func hostChanges(before, after *fleet.Fleet) []*tally {
	added, removed := &tally{what: "hosts added"}, &tally{what: "hosts removed"}
	moved, facts, other := &tally{what: "hosts in another region, zone or rack"}, &tally{what: "hosts with other facts"}, &tally{what: "hosts with other labels, outage or capacity"}
	for n := range before.Hosts() {
		h := ident.Host(n)
		id := before.HostID(h)
		now, ok := after.FindHost(id)
		if !ok {
			removed.add(id)
			continue
		}
		if from, to := hostPlace(before, h), hostPlace(after, now); from != to {
			moved.add(fmt.Sprintf("%s from %s to %s", id, from, to))
		}
		if key, changed := differing(before.Facts(h), after.Facts(now)); changed {
			facts.add(id + " " + key)
		} else if key, changed := differing(before.Installed(h), after.Installed(now)); changed {
			facts.add(id + " installed " + key)
		}
		if key, changed := differing(before.Labels(h), after.Labels(now)); changed {
			other.add(id + " " + key)
		} else if before.Outage(h) != after.Outage(now) {
			other.add(id + " outage")
		} else if key, changed := differing(before.Capacity(h), after.Capacity(now)); changed {
			other.add(id + " capacity " + key)
		}
	}
	for n := range after.Hosts() {
		id := after.HostID(ident.Host(n))
		if _, ok := before.FindHost(id); !ok {
			added.add(id)
		}
	}
	return []*tally{added, removed, moved, facts, other}
}

func hostPlace(f *fleet.Fleet, h ident.Host) string {
	zone := f.ZoneOf(h)
	place := f.RegionID(f.RegionOf(zone)) + "/" + f.ZoneID(zone)
	if rack := f.RackName(f.RackOf(h)); rack != "" {
		place += "/" + rack
	}
	return place
}

// differing returns the first key in which two sets differ, with both values where both have it.
func differing(before, after label.Set) (string, bool) {
	for _, pair := range before {
		now, ok := after.Get(pair.Key)
		switch {
		case !ok:
			return pair.Key + " is gone", true
		case now.String() != pair.Value.String():
			return fmt.Sprintf("%s %s -> %s", pair.Key, pair.Value.String(), now.String()), true
		}
	}
	for _, pair := range after {
		if _, ok := before.Get(pair.Key); !ok {
			return pair.Key + " is new", true
		}
	}
	return "", false
}

func guestChanges(before, after *fleet.Fleet) []*tally {
	added, removed := &tally{what: "guests added"}, &tally{what: "guests removed"}
	moved, other := &tally{what: "guests on another host"}, &tally{what: "guests with another tenant, groups, labels, demand or on_reboot"}
	for n := range before.Guests() {
		g := ident.Guest(n)
		id := before.GuestID(g)
		now, ok := after.FindGuest(id)
		if !ok {
			removed.add(id)
			continue
		}
		from, to := before.HostID(before.HostOf(g)), after.HostID(after.HostOf(now))
		if from != to {
			moved.add(fmt.Sprintf("%s from %s to %s", id, from, to))
		}
		if guestTerms(before, g) != guestTerms(after, now) {
			other.add(id)
		}
	}
	for n := range after.Guests() {
		id := after.GuestID(ident.Guest(n))
		if _, ok := before.FindGuest(id); !ok {
			added.add(id)
		}
	}
	return []*tally{added, removed, moved, other}
}

// guestTerms is all of a guest but where it runs, in one text.
func guestTerms(f *fleet.Fleet, g ident.Guest) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%q %s", f.TenantID(f.TenantOf(g)), f.OnReboot(g))
	for _, group := range f.GroupsOf(g) {
		fmt.Fprintf(&b, " %q", f.GroupID(ident.Group(group)))
	}
	for _, set := range []label.Set{f.GuestLabels(g), f.Demand(g)} {
		for _, pair := range set {
			fmt.Fprintf(&b, " %q=%q", pair.Key, pair.Value.String())
		}
		b.WriteByte(';')
	}
	return b.String()
}

// tenantChanges compares whom there is to tell, and the customers' own law.
func tenantChanges(before, after *fleet.Fleet) []*tally {
	tenants, contacts, groups := &tally{what: "tenants added or removed"}, &tally{what: "tenants with another name, time zone or contacts"},
		&tally{what: "groups added, removed or with another max_down"}
	for n := range before.Tenants() {
		t := ident.Tenant(n)
		now, ok := after.FindTenant(before.TenantID(t))
		if !ok {
			tenants.add(before.TenantID(t))
		} else if tenantTerms(before, t) != tenantTerms(after, now) {
			contacts.add(before.TenantID(t))
		}
	}
	for n := range after.Tenants() {
		if _, ok := before.FindTenant(after.TenantID(ident.Tenant(n))); !ok {
			tenants.add(after.TenantID(ident.Tenant(n)))
		}
	}
	for n := range before.Groups() {
		g := ident.Group(n)
		now, ok := after.FindGroup(before.GroupID(g))
		if !ok || before.MaxDown(g).String() != after.MaxDown(now).String() {
			groups.add(before.GroupID(g))
		}
	}
	for n := range after.Groups() {
		if _, ok := before.FindGroup(after.GroupID(ident.Group(n))); !ok {
			groups.add(after.GroupID(ident.Group(n)))
		}
	}
	return []*tally{tenants, contacts, groups}
}

func tenantTerms(f *fleet.Fleet, t ident.Tenant) string {
	return fmt.Sprintf("%q %q %q", f.TenantName(t), f.TenantTimeZone(t), fmt.Sprint(f.Contacts(t)))
}

// textChanges says where the file at after differs first from the one at before. Both were read a moment ago,
// which bounds their sizes; one that cannot be read any more is said to differ.
func textChanges(what, before, after string) []string {
	old, errOld := os.ReadFile(before)
	now, errNow := os.ReadFile(after)
	if errOld != nil || errNow != nil {
		return []string{problem.Printable(what + ": it differs from the copy that was proposed")}
	}
	oldLines, nowLines := bytes.Split(old, []byte("\n")), bytes.Split(now, []byte("\n"))
	for i := range max(len(oldLines), len(nowLines)) {
		was, had := lineAt(oldLines, i)
		is, has := lineAt(nowLines, i)
		if was != is || had != has {
			from := sameUntil(was, is)
			return []string{fmt.Sprintf("%s: line %d was %s and is %s", problem.Printable(what), i+1, excerpt(was, had, from), excerpt(is, has, from))}
		}
	}
	return []string{problem.Printable(what + ": it reads the same and has another digest")}
}

func lineAt(lines [][]byte, i int) (line string, ok bool) {
	if i >= len(lines) {
		return "", false
	}
	return strings.TrimSuffix(string(lines[i]), "\r"), true
}

// sameUntil returns up to which byte two lines are the same.
func sameUntil(a, b string) int {
	n := 0
	for n < min(len(a), len(b)) && a[n] == b[n] {
		n++
	}
	return n
}

// The bounds of what is repeated of a line, in columns, and of what of it stands before the difference, in bytes.
const lineShown, lineBefore = 60, 20

// excerpt returns the part of a line around a place in it.
func excerpt(line string, ok bool, around int) string {
	if !ok {
		return "not there"
	}
	if around > lineShown-lineBefore {
		line = "..." + strings.ToValidUTF8(line[around-lineBefore:], "")
	}
	return `"` + fitted(strings.TrimSpace(line), lineShown) + `"`
}
