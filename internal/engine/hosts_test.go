package engine

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/campaign"
	"github.com/evenkeel-project/evenkeel/internal/core/dispatch"
	"github.com/evenkeel-project/evenkeel/internal/core/ident"
	"github.com/evenkeel-project/evenkeel/internal/core/label"
	"github.com/evenkeel-project/evenkeel/internal/driver"
)

// machine is one scripted host.
type machine struct {
	zone     string
	boots    int // how often it was rebooted
	cordoned bool
	off      bool
	patched  bool
	home     []string // its guests
	running  bool     // they run
	order    dispatch.Order
	ends     calendar.Instant // when the order is carried out
	outcome  *dispatch.Outcome
}

// hosts is a scripted driver that is its own clock. It outlives every engine, as hosts do.
type hosts struct {
	now      calendar.Instant
	jumped   calendar.Seconds
	machines map[string]*machine
	changed  map[string]bool
	seen     map[string]uint64 // the greatest fence by key of order
	fence    uint64
	log      []string                    // every order that had an effect
	stale    int                         // orders refused for their fence
	received int                         // orders that were handed over, whatever became of them
	acts     map[string][]string         // by host: the keys of the acts that had an effect
	takes    map[string]calendar.Seconds // how long the act of a host takes, where that is not as planned
	broken   int                         // calls of Begin that are yet to fail
	blind    int                         // calls of Observe that are yet to fail
	alarms   []calendar.Instant          // times at which a wait ends because a person does something
	rang     func(now calendar.Instant)
}

// durations are how long the steps take.
var durations = map[dispatch.Step]calendar.Seconds{dispatch.Cordon: 5, dispatch.Drain: 20, dispatch.Act: 150, dispatch.Verify: 10,
	dispatch.Return: 40, dispatch.Undo: 5, dispatch.Fence: 60, dispatch.Rehome: 90}

func newHosts(w *campaign.World) *hosts {
	h := &hosts{now: morning, machines: map[string]*machine{}, changed: map[string]bool{}, seen: map[string]uint64{},
		acts: map[string][]string{}, takes: map[string]calendar.Seconds{}}
	f := w.Fleet
	for n := range f.Hosts() {
		host := ident.Host(n)
		m := &machine{zone: f.ZoneID(f.ZoneOf(host)), running: true}
		for _, g := range f.GuestsOn(host) {
			m.home = append(m.home, f.GuestID(ident.Guest(g)))
		}
		slices.Sort(m.home)
		h.machines[f.HostID(host)] = m
	}
	return h
}

func (h *hosts) Now() calendar.Instant { return h.now }

func (h *hosts) Jumped() calendar.Seconds {
	by := h.jumped
	h.jumped = 0
	return by
}

// Wait lets time pass until then, or until the next host is done with its order.
func (h *hosts) Wait(ctx context.Context, until calendar.Instant, _ <-chan struct{}) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(h.machines)) {
		if m := h.machines[name]; m.ends > h.now {
			until = min(until, m.ends)
		}
	}
	for _, at := range h.alarms {
		if at > h.now {
			until = min(until, at)
		}
	}
	h.now = max(h.now, until)
	if h.rang != nil {
		h.rang(h.now)
	}
	for _, name := range slices.Sorted(maps.Keys(h.machines)) {
		h.settle(name, h.machines[name])
	}
	return nil
}

// settle carries out an order whose time has come.
func (h *hosts) settle(name string, m *machine) {
	if m.ends == 0 || h.now < m.ends {
		return
	}
	m.ends = 0
	h.changed[name] = true
	m.outcome.Result = dispatch.Done
	switch m.order.Step {
	case dispatch.Cordon:
		m.cordoned = true
	case dispatch.Act:
		m.boots++
		m.patched = true
	case dispatch.Return:
		m.running, m.cordoned = true, m.order.Closed
	case dispatch.Undo:
		m.cordoned = false
	case dispatch.Fence:
		m.off, m.running = true, false
	}
}

func (h *hosts) Begin(_ context.Context, orders []dispatch.Order) error {
	if h.broken > 0 {
		h.broken--
		return fmt.Errorf("no line to the hosts")
	}
	h.received += len(orders)
	for _, o := range orders {
		if o.Fence < h.fence {
			h.stale++
			continue
		}
		h.fence = o.Fence
		if _, seen := h.seen[o.Key()]; seen {
			continue
		}
		h.seen[o.Key()] = o.Fence
		h.begin(o)
	}
	return nil
}

func (h *hosts) begin(o dispatch.Order) {
	m := h.machines[o.Host]
	h.log = append(h.log, fmt.Sprintf("%v %s", h.now, o.Key()))
	m.order, m.outcome = o, &dispatch.Outcome{Step: o.Step, Attempt: o.Attempt, Result: dispatch.Working}
	m.ends = h.now.Add(durations[o.Step])
	switch {
	case m.zone != o.Zone, (o.Step == dispatch.Act || o.Step == dispatch.Fence) && o.BootID != m.boot(o.Host), o.NotAfter < h.now:
		m.outcome.Result, m.ends = dispatch.Refused, 0
		h.changed[o.Host] = true
	case o.Step == dispatch.Act:
		m.running = false
		h.acts[o.Host] = append(h.acts[o.Host], o.Key())
		if takes, set := h.takes[o.Host]; set {
			m.ends = h.now.Add(takes)
		}
	}
}

func (m *machine) boot(name string) string { return fmt.Sprintf("%s-boot-%d", name, m.boots) }

func (h *hosts) Observe(_ context.Context, names []string) ([]dispatch.Observation, error) {
	if h.blind > 0 {
		h.blind--
		return nil, fmt.Errorf("nobody answers")
	}
	var out []dispatch.Observation
	for _, name := range names {
		m := h.machines[name]
		o := dispatch.Observation{Host: name, At: h.now, Power: dispatch.PowerOn}
		if m.outcome != nil {
			outcome := *m.outcome
			o.Outcome = &outcome
		}
		acting := m.order.Step == dispatch.Act && m.ends > h.now
		switch {
		case m.off:
			o.Power = dispatch.PowerOff
			if m.order.Step == dispatch.Rehome && m.outcome.Result == dispatch.Done {
				o.Elsewhere = m.home
			}
		case !acting:
			o.Reachable, o.BootID, o.Cordoned = true, m.boot(name), m.cordoned
			patches := []string{"XSA-104"}
			if m.patched {
				patches = append(patches, "XSA-108")
			}
			o.Facts = label.NewSet([]label.Pair{{Key: "hypervisor", Value: label.Text("xen")}, {Key: "patches", Value: label.TextList(patches...)}})
			if m.running {
				o.Running = m.home
			}
		}
		out = append(out, o)
	}
	return out, nil
}

func (h *hosts) Changed() []string {
	names := slices.Sorted(maps.Keys(h.changed))
	clear(h.changed)
	return names
}

func (h *hosts) News() <-chan struct{} { return nil }

var _ driver.Driver = (*hosts)(nil)
