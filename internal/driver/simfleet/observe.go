package simfleet

import (
	"context"
	"slices"

	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/dispatch"
	"github.com/evenkeel-project/evenkeel/internal/core/ident"
)

// Observe looks at hosts. A host that is down says nothing for itself: only its power, its cordon and the guests that run
// elsewhere are known.
func (f *Fleet) Observe(ctx context.Context, hosts []string) ([]dispatch.Observation, error) {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	f.pass(f.now)
	seen := make([]dispatch.Observation, 0, len(hosts))
	for _, id := range hosts {
		h, ok := f.fleet.FindHost(id)
		if ok {
			seen = append(seen, f.look(h))
			continue
		}
		stranger := dispatch.Observation{Host: id, At: f.clock()}
		if outcome, ok := f.strangers[id]; ok {
			stranger.Outcome = &outcome
		}
		seen = append(seen, stranger)
	}
	return seen, nil
}

func (f *Fleet) look(h ident.Host) dispatch.Observation {
	d := &f.hosts[h]
	o := dispatch.Observation{Host: f.fleet.HostID(h), At: f.clock(), Reachable: !d.down, Power: f.power(d), Cordoned: d.cordoned}
	if d.spoken {
		outcome := d.outcome
		o.Outcome = &outcome
	}
	if o.Reachable {
		o.BootID, o.Facts = f.bootID(h, d.boot), f.facts(h)
	}
	missing, back := f.starting(h)
	for _, n := range f.fleet.GuestsOn(h) {
		g := ident.Guest(n)
		runs := f.guests[g] == atHome
		if f.guests[g] == stopped && back > 0 {
			back--
			runs = !missing(g)
		}
		switch {
		case runs:
			o.Running = append(o.Running, f.fleet.GuestID(g))
		case f.guests[g] == elsewhere:
			o.Elsewhere = append(o.Elsewhere, f.fleet.GuestID(g))
		}
	}
	return o
}

// starting returns how many of the guests that are down have had their turn by now, and which of them do not come back.
func (f *Fleet) starting(h ident.Host) (missing func(ident.Guest) bool, back int) {
	d := &f.hosts[h]
	if d.job.Step != dispatch.Return {
		return nobody, 0
	}
	return f.missing(h, d.job.try), f.back(d, len(f.down(h)))
}

// Changed returns the hosts that ended or refused something since the last call, in the order of their names. After
// Open these are all that ever did.
func (f *Fleet) Changed() []string {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	f.pass(f.now)
	slices.Sort(f.changed)
	var ids []string
	for _, h := range f.changed {
		f.hosts[h].changed = false
		ids = append(ids, f.fleet.HostID(h))
	}
	f.changed, f.fresh = f.changed[:0], false
	return ids
}

// News returns nil: nothing happens in the world but in Begin and Wait, and Wait returns when it does.
func (f *Fleet) News() <-chan struct{} { return nil }

// Boot is one time that a host was taken down by an order.
type Boot struct {
	Host  string
	At    calendar.Instant // when it went down, by the clock of the world
	Order string           // its key
}

// Witness returns every time that a host was taken down, in order. It is the world's own memory, which no conductor and
// no store can write.
func (f *Fleet) Witness() []Boot {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	return slices.Clone(f.boots)
}

// Reboots returns how often a host was taken down by an order, whether or not it came back.
func (f *Fleet) Reboots(host string) int {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	count := 0
	for _, b := range f.boots {
		if b.Host == host {
			count++
		}
	}
	return count
}

// Memory is what a world knows of the past, for those who compare it with a journal.
type Memory struct {
	Latest calendar.Instant // the latest that its clock has ever shown
	Fence  uint64           // the newest that a campaign has shown it
	Taken  []dispatch.Order // the campaign's orders that it took: host, step and attempt, by host
}

// Memory returns what the world knows of a campaign.
func (f *Fleet) Memory(campaign string) Memory {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	m := Memory{Latest: f.latest, Fence: f.fences[campaign]}
	for h := range f.hosts {
		for _, t := range f.hosts[h].taken {
			if t.campaign == campaign {
				m.Taken = append(m.Taken, dispatch.Order{Campaign: campaign, Host: f.fleet.HostID(ident.Host(h)), Step: t.step, Attempt: t.attempt})
			}
		}
	}
	return m
}
