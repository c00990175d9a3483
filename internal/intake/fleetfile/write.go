package fleetfile

import (
	"bufio"
	"io"

	"github.com/evenkeel-project/evenkeel/internal/core/canon"
	"github.com/evenkeel-project/evenkeel/internal/core/fleet"
	"github.com/evenkeel-project/evenkeel/internal/core/ident"
	"github.com/evenkeel-project/evenkeel/internal/core/label"
)

// Write writes a fleet as NDJSON: regions, zones, tenants, hosts, groups and guests, each in order of id, so
// that equal fleets give equal bytes. Reading it back gives a fleet of the same digest. The error is the
// writer's.
func Write(w io.Writer, f *fleet.Fleet) error {
	l := &lineWriter{out: bufio.NewWriterSize(w, blockSize)}
	for r := range f.Regions() {
		l.start("region", f.RegionID(ident.Region(r)))
		l.end()
	}
	for z := range f.Zones() {
		l.start("zone", f.ZoneID(ident.Zone(z)))
		l.text("region", f.RegionID(f.RegionOf(ident.Zone(z))))
		l.end()
	}
	for t := range f.Tenants() {
		l.tenant(f, ident.Tenant(t))
	}
	for h := range f.Hosts() {
		l.host(f, ident.Host(h))
	}
	for g := range f.Groups() {
		group := ident.Group(g)
		l.start("group", f.GroupID(group))
		l.text("tenant", f.TenantID(f.GroupTenant(group)))
		l.text("max_down", f.MaxDown(group).String())
		l.end()
	}
	for g := range f.Guests() {
		l.guest(f, ident.Guest(g))
	}
	return l.out.Flush()
}

// lineWriter writes one object a line. Errors of the writer stay with it until Flush.
type lineWriter struct {
	out *bufio.Writer
	b   []byte
}

func (l *lineWriter) start(kind, id string) {
	l.b = append(l.b[:0], `{"kind":"`...)
	l.b = append(append(l.b, kind...), '"')
	l.text("id", id)
}

func (l *lineWriter) end() {
	l.b = append(l.b, "}\n"...)
	// A bufio.Writer keeps its first error and returns it from Flush.
	_, _ = l.out.Write(l.b)
}

func (l *lineWriter) key(key string) {
	l.b = append(canon.AppendString(append(l.b, ','), key), ':')
}

func (l *lineWriter) text(key, value string) {
	l.key(key)
	l.b = canon.AppendString(l.b, value)
}

// list writes n items with commas between them.
func (l *lineWriter) list(key string, n int, item func(i int)) {
	if n == 0 {
		return
	}
	l.key(key)
	l.items(n, item)
}

func (l *lineWriter) items(n int, item func(i int)) {
	l.b = append(l.b, '[')
	for i := range n {
		if i > 0 {
			l.b = append(l.b, ',')
		}
		item(i)
	}
	l.b = append(l.b, ']')
}

func (l *lineWriter) pairs(key string, set label.Set) {
	if len(set) == 0 {
		return
	}
	l.key(key)
	l.b = append(l.b, '{')
	for i, p := range set {
		if i > 0 {
			l.b = append(l.b, ',')
		}
		l.b = append(canon.AppendString(l.b, p.Key), ':')
		if p.Value.IsList {
			l.items(len(p.Value.List), func(j int) { l.b = canon.AppendString(l.b, p.Value.List[j]) })
			continue
		}
		l.b = canon.AppendString(l.b, p.Value.Text)
	}
	l.b = append(l.b, '}')
}

func (l *lineWriter) tenant(f *fleet.Fleet, t ident.Tenant) {
	l.start("tenant", f.TenantID(t))
	if name := f.TenantName(t); name != f.TenantID(t) {
		l.text("name", name)
	}
	if zone := f.TenantTimeZone(t); zone != "UTC" {
		l.text("time_zone", zone)
	}
	contacts := f.Contacts(t)
	l.list("contacts", len(contacts), func(i int) {
		l.b = canon.AppendString(append(l.b, `{"role":`...), contacts[i].Role)
		l.text("email", contacts[i].Email)
		l.b = append(l.b, '}')
	})
	l.end()
}

func (l *lineWriter) host(f *fleet.Fleet, h ident.Host) {
	l.start("host", f.HostID(h))
	l.text("zone", f.ZoneID(f.ZoneOf(h)))
	if rack := f.RackName(f.RackOf(h)); rack != "" {
		l.text("rack", rack)
	}
	l.pairs("labels", f.Labels(h))
	l.pairs("facts", f.Facts(h))
	l.pairs("installed", f.Installed(h))
	l.pairs("capacity", f.Capacity(h))
	if d := f.Outage(h); d != 0 {
		l.text("outage", d.String())
	}
	l.end()
}

func (l *lineWriter) guest(f *fleet.Fleet, g ident.Guest) {
	l.start("guest", f.GuestID(g))
	l.text("host", f.HostID(f.HostOf(g)))
	l.text("tenant", f.TenantID(f.TenantOf(g)))
	groups := f.GroupsOf(g)
	l.list("groups", len(groups), func(i int) { l.b = canon.AppendString(l.b, f.GroupID(ident.Group(groups[i]))) })
	l.pairs("labels", f.GuestLabels(g))
	l.pairs("demand", f.Demand(g))
	if word := f.OnReboot(g); word != fleet.Restart {
		l.text("on_reboot", word.String())
	}
	l.end()
}
