package fleet

import (
	"io"
	"slices"

	"github.com/evenkeel-project/evenkeel/internal/core/canon"
	"github.com/evenkeel-project/evenkeel/internal/core/ident"
	"github.com/evenkeel-project/evenkeel/internal/core/label"
)

// takeDigest hashes the canonical document {"groups":[...],"guests":[...],"hosts":[...],"regions":[...],"tenants":[...]}
// with the keys that fleet files use, absent ones left out, durations as calendar.Seconds prints them.
func (f *Fleet) takeDigest() canon.Digest {
	h := canon.NewHasher()
	f.writeCanonical(h)
	return h.Digest()
}

// flushAt is how many bytes of the canonical document are gathered before they are hashed.
const flushAt = 1 << 16

// canonicalWriter gathers a document in pieces, so that it never stands in memory whole.
type canonicalWriter struct {
	out io.Writer
	b   []byte
}

func (w *canonicalWriter) list(key string, n int, item func(b []byte, i uint32) []byte) {
	w.b = append(canon.AppendString(w.b, key), ":["...)
	for i := range uint32(n) {
		if i > 0 {
			w.b = append(w.b, ',')
		}
		w.b = append(item(append(w.b, '{'), i), '}')
		if len(w.b) >= flushAt {
			w.flush()
		}
	}
	w.b = append(w.b, ']')
}

func (w *canonicalWriter) flush() {
	// The writers this is used with do not fail: a hash and a test's buffer.
	_, _ = w.out.Write(w.b)
	w.b = w.b[:0]
}

func (f *Fleet) writeCanonical(out io.Writer) {
	w := &canonicalWriter{out: out, b: []byte("{")}
	w.list("groups", f.Groups(), f.appendGroup)
	w.b = append(w.b, ',')
	w.list("guests", f.Guests(), f.appendGuest)
	w.b = append(w.b, ',')
	w.list("hosts", f.Hosts(), f.appendHost)
	w.b = append(w.b, ',')
	w.list("regions", f.Regions(), f.appendRegion)
	w.b = append(w.b, ',')
	w.list("tenants", f.Tenants(), f.appendTenant)
	w.b = append(w.b, '}')
	w.flush()
}

// field appends "key":"value" after a comma unless it is the first of its object.
func field(b []byte, key, value string) []byte {
	return canon.AppendString(fieldKey(b, key), value)
}

func fieldKey(b []byte, key string) []byte {
	if b[len(b)-1] != '{' {
		b = append(b, ',')
	}
	return append(canon.AppendString(b, key), ':')
}

func fieldSet(b []byte, key string, s label.Set) []byte {
	if len(s) == 0 {
		return b
	}
	b = append(fieldKey(b, key), '{')
	for _, p := range canonicalOrder(s) {
		b = fieldKey(b, p.Key)
		if !p.Value.IsList {
			b = canon.AppendString(b, p.Value.Text)
			continue
		}
		b = append(b, '[')
		for i, item := range p.Value.List {
			if i > 0 {
				b = append(b, ',')
			}
			b = canon.AppendString(b, item)
		}
		b = append(b, ']')
	}
	return append(b, '}')
}

// canonicalOrder returns the pairs in the order of RFC 8785, UTF-16 code units. It differs from the order of
// bytes only where characters from U+E000 on are concerned, which begin with the byte 0xEE or a greater one.
func canonicalOrder(s label.Set) label.Set {
	const first = 0xEE
	for _, p := range s {
		for i := range len(p.Key) {
			if p.Key[i] >= first {
				sorted := slices.Clone(s)
				slices.SortFunc(sorted, func(a, b label.Pair) int { return canon.CompareKeys(a.Key, b.Key) })
				return sorted
			}
		}
	}
	return s
}

func (f *Fleet) appendGroup(b []byte, i uint32) []byte {
	g := ident.Group(i)
	b = field(b, "id", f.GroupID(g))
	b = field(b, "max_down", f.MaxDown(g).String())
	return field(b, "tenant", f.TenantID(f.GroupTenant(g)))
}

func (f *Fleet) appendGuest(b []byte, i uint32) []byte {
	g := ident.Guest(i)
	b = fieldSet(b, "demand", f.Demand(g))
	if groups := f.GroupsOf(g); len(groups) > 0 {
		b = append(fieldKey(b, "groups"), '[')
		for j, group := range groups {
			if j > 0 {
				b = append(b, ',')
			}
			b = canon.AppendString(b, f.GroupID(ident.Group(group)))
		}
		b = append(b, ']')
	}
	b = field(b, "host", f.HostID(f.HostOf(g)))
	b = field(b, "id", f.GuestID(g))
	b = fieldSet(b, "labels", f.GuestLabels(g))
	b = field(b, "on_reboot", f.OnReboot(g).String())
	return field(b, "tenant", f.TenantID(f.TenantOf(g)))
}

func (f *Fleet) appendHost(b []byte, i uint32) []byte {
	h := ident.Host(i)
	b = fieldSet(b, "capacity", f.Capacity(h))
	b = fieldSet(b, "facts", f.Facts(h))
	b = field(b, "id", f.HostID(h))
	b = fieldSet(b, "installed", f.Installed(h))
	b = fieldSet(b, "labels", f.Labels(h))
	if d := f.Outage(h); d != 0 {
		b = field(b, "outage", d.String())
	}
	if rack := f.RackName(f.RackOf(h)); rack != "" {
		b = field(b, "rack", rack)
	}
	return field(b, "zone", f.ZoneID(f.ZoneOf(h)))
}

func (f *Fleet) appendRegion(b []byte, i uint32) []byte {
	b = field(b, "id", f.RegionID(ident.Region(i)))
	b = append(fieldKey(b, "zones"), '[')
	for j, z := range f.ZonesIn(ident.Region(i)) {
		if j > 0 {
			b = append(b, ',')
		}
		b = append(field(append(b, '{'), "id", f.ZoneID(ident.Zone(z))), '}')
	}
	return append(b, ']')
}

func (f *Fleet) appendTenant(b []byte, i uint32) []byte {
	t := ident.Tenant(i)
	info := f.tenantInfo[t]
	if len(info.contacts) > 0 {
		b = append(fieldKey(b, "contacts"), '[')
		for j, c := range info.contacts {
			if j > 0 {
				b = append(b, ',')
			}
			b = append(field(field(append(b, '{'), "email", c.Email), "role", c.Role), '}')
		}
		b = append(b, ']')
	}
	b = field(b, "id", f.TenantID(t))
	if info.name != "" {
		b = field(b, "name", info.name)
	}
	if info.timeZone != "" {
		b = field(b, "time_zone", info.timeZone)
	}
	return b
}
