package app

import (
	"context"
	"slices"
	"time"

	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/campaign"
	"github.com/evenkeel-project/evenkeel/internal/core/ident"
	"github.com/evenkeel-project/evenkeel/internal/core/notice"
	"github.com/evenkeel-project/evenkeel/internal/courier"
	"github.com/evenkeel-project/evenkeel/internal/store"
)

// composer has the letters of a campaign written. For the letters that end a region it looks up in the journal what
// did not come through, once for all letters of the same moment.
type composer struct {
	desk   *notice.Desk
	world  *campaign.World
	reader store.Reader
	seen   uint64              // the last record that down knows
	down   map[string][]string // by host: its guests that are down although it is through
	undone map[string]byTenant // by region, as of at: the guests of hosts that are not done
	at     calendar.Instant
}

// byTenant are guests by their tenant: a letter tells of one tenant's, and a large region has thousands.
type byTenant map[string][]string

func newComposer(w *campaign.World, reader store.Reader) *composer {
	return &composer{world: w, reader: reader, down: map[string][]string{}, undone: map[string]byTenant{},
		desk: notice.New(notice.Brief{Campaign: w.Campaign, Fleet: w.Fleet, Plan: w.Plan, Policy: w.Policy,
			Advisories: w.Exposure.Advisories(), Zones: zoneNamed})}
}

// zoneNamed returns the time zone of a name from the data base in the program or on the machine.
func zoneNamed(name string) *time.Location {
	zone, err := time.LoadLocation(name)
	if err != nil || name == "" || name == "Local" {
		return nil
	}
	return zone
}

func (c *composer) compose(n campaign.NoticeRef, s *campaign.State, queued calendar.Instant) courier.Letter {
	o := notice.Occasion{ID: n.ID, Kind: notice.Kind(n.Kind), Tenant: n.Tenant, Region: n.Region, Host: n.Host, At: queued, Until: n.Until}
	if o.Kind == notice.Ended {
		o.Undone, o.Down = c.undoneIn(n.Region, s)[n.Tenant], c.downIn(n.Region)
	}
	return courier.Letter(c.desk.Compose(o))
}

// undoneIn returns the guests of a region whose hosts are not done.
func (c *composer) undoneIn(region string, s *campaign.State) byTenant {
	if c.at != s.Last() {
		clear(c.undone)
		c.at = s.Last()
	}
	if known, ok := c.undone[region]; ok {
		return known
	}
	guests := byTenant{}
	f := c.world.Fleet
	for _, o := range c.world.Plan.Outages {
		h, _ := f.FindHost(o.Host)
		if f.RegionID(f.RegionOf(f.ZoneOf(h))) != region || s.PhaseOf(c.world, h) == campaign.Done {
			continue
		}
		for _, g := range f.GuestsOn(h) {
			tenant := f.TenantID(f.TenantOf(ident.Guest(g)))
			guests[tenant] = append(guests[tenant], f.GuestID(ident.Guest(g)))
		}
	}
	c.undone[region] = guests
	return guests
}

// downIn returns the guests of a region that are down although their hosts are through. What the journal cannot
// be asked for now is left out; the guests are among the undone all the same.
func (c *composer) downIn(region string) []string {
	_ = c.reader.Journal(context.Background(), c.world.Campaign, c.seen, func(r store.Record) error {
		c.seen = r.Seq
		switch campaign.Kind(r.Kind) {
		case campaign.HostFailed, campaign.HostSetAside, campaign.HostFreed:
			if e, err := campaign.Decode(r.Version, r.Body); err == nil {
				c.down[e.Host] = e.Guests
			}
		}
		return nil
	})
	var guests []string
	f := c.world.Fleet
	for host, down := range c.down {
		if h, ok := f.FindHost(host); ok && f.RegionID(f.RegionOf(f.ZoneOf(h))) == region {
			guests = append(guests, down...)
		}
	}
	slices.Sort(guests)
	return guests
}
