package fleetfile

import (
	"github.com/evenkeel-project/evenkeel/internal/core/fleet"
	"github.com/evenkeel-project/evenkeel/internal/core/problem"
	"github.com/evenkeel-project/evenkeel/internal/intake/doc"
)

// decoder turns the objects of a file into those of a builder, whatever the format of the file. An object
// with a fault is added all the same, so that what refers to it is not called dangling.
type decoder struct {
	file      string
	builder   *fleet.Builder
	problems  *problem.List // the builder's
	stopped   bool          // when so many faults were found that the rest was not read
	partial   bool          // when objects are missing because the file could not be read or understood
	timeZones map[string]bool
	groupIDs  []string // used again for every guest
}

func newDecoder(file string) *decoder {
	builder := fleet.NewBuilder(file)
	return &decoder{file: file, builder: builder, problems: builder.Problems(), timeZones: map[string]bool{}}
}

// faultsMax is how many faults are worth reading on for; with the message that says so they fill a list.
const faultsMax = 99

// enough reports whether so many faults were found that the rest of the file is not worth reading.
func (d *decoder) enough(at problem.Place) bool {
	if d.problems.Errors() >= faultsMax && !d.stopped {
		d.problems.Addf("too-many-faults", at, "correct these first", "reading stopped here after %d faults", d.problems.Errors())
		d.stopped, d.partial = true, true
	}
	return d.stopped
}

// byKind decodes an object of an NDJSON file, which says itself of what kind it is.
func (d *decoder) byKind(n doc.Node) {
	o := n.Object("the object", d.problems)
	kind := o.RequiredText("kind")
	o.Named(kind)
	switch kind {
	case "guest":
		d.guest(o)
	case "host":
		d.host(o)
	case "group":
		d.group(o)
	case "tenant":
		d.tenant(o)
	case "zone":
		d.zone(o)
	case "region":
		d.region(o)
	default:
		d.partial = true
		if kind == "" {
			return
		}
		o.Named("the object")
		o.Fault("kind", "unknown-kind", "write region, zone, tenant, host, group or guest", "%q is no kind of object", shown(kind))
	}
}

// id returns the id of an object and names the object by it from here on.
func (d *decoder) id(o *doc.Object) string {
	id := o.RequiredID("id")
	o.Called(id)
	return id
}

func (d *decoder) region(o *doc.Object) { d.addRegion(o, d.id(o)) }

func (d *decoder) addRegion(o *doc.Object, id string) {
	o.Done()
	if id != "" {
		d.builder.AddRegion(fleet.Region{ID: id, Line: o.At().Line})
	}
}

func (d *decoder) zone(o *doc.Object) {
	id := d.id(o)
	d.addZone(o, id, o.RequiredID("region"))
}

func (d *decoder) addZone(o *doc.Object, id, region string) {
	o.Done()
	if id != "" {
		d.builder.AddZone(fleet.Zone{ID: id, Region: region, Line: o.At().Line})
	}
}

func (d *decoder) host(o *doc.Object) {
	host := fleet.Host{ID: d.id(o), Line: o.At().Line}
	host.Zone = o.RequiredID("zone")
	host.Rack, _ = o.ID("rack")
	host.Labels = texts(o, "labels")
	host.Facts = o.Pairs("facts")
	host.Installed = o.Pairs("installed")
	host.Capacity = amounts(o, "capacity")
	host.Outage = outage(o)
	o.Done()
	if host.ID != "" {
		d.builder.AddHost(host)
	}
}

func (d *decoder) tenant(o *doc.Object) {
	tenant := fleet.Tenant{ID: d.id(o), Line: o.At().Line}
	tenant.Name = name(o)
	tenant.TimeZone = d.timeZone(o)
	for _, n := range o.List("contacts") {
		tenant.Contacts = append(tenant.Contacts, contact(n.Object(o.What()+": contact", d.problems)))
	}
	o.Done()
	if tenant.ID != "" {
		d.builder.AddTenant(tenant)
	}
}

func (d *decoder) group(o *doc.Object) {
	group := fleet.Group{ID: d.id(o), Line: o.At().Line}
	group.Tenant = o.RequiredID("tenant")
	group.MaxDown = o.RequiredLimit("max_down")
	o.Done()
	if group.ID != "" {
		d.builder.AddGroup(group)
	}
}

func (d *decoder) guest(o *doc.Object) {
	guest := fleet.Guest{ID: d.id(o), Line: o.At().Line}
	guest.Host = o.RequiredID("host")
	guest.Tenant = o.RequiredID("tenant")
	d.groupIDs = o.IDs("groups", d.groupIDs[:0])
	guest.Groups = d.groupIDs
	guest.Labels = o.Pairs("labels")
	guest.Demand = amounts(o, "demand")
	guest.OnReboot = onReboot(o)
	o.Done()
	if guest.ID != "" {
		d.builder.AddGuest(guest)
	}
}
