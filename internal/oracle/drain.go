package oracle

import (
	"cmp"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/fleet"
	"github.com/evenkeel-project/evenkeel/internal/core/ident"
	"github.com/evenkeel-project/evenkeel/internal/core/plan"
)

// Drained returns a plan without fault for an instance with moves: one host after another in the order of the
// shortest plan without moves, each emptied guest by guest as early as the reading of the rules lets it. A host
// with a guest that fits nowhere is blocked, and all begins anew without it.
func Drained(in Instance) *plan.Plan {
	d := &drainer{Instance: in, Rand: rand.New(rand.NewPCG(in.Seed, 2))}
	runs := Optimum(in).Runs
	slices.SortFunc(runs, func(a, b Run) int {
		return cmp.Or(cmp.Compare(a.Span.From, b.Span.From), cmp.Compare(a.Host, b.Host))
	})
	for _, run := range runs {
		d.order = append(d.order, run.Host)
	}
	for {
		stuck, ok := d.drainAll()
		if ok {
			break
		}
		if !in.carriesMigrating(stuck) {
			d.shunned = append(d.shunned, stuck)
			continue
		}
		d.order = slices.DeleteFunc(d.order, func(h ident.Host) bool { return h == stuck })
		d.stuck = append(d.stuck, stuck)
	}
	d.propose()
	Refigure(in, d.plan)
	return d.plan
}

type drainer struct {
	Instance
	*rand.Rand
	order, stuck []ident.Host
	shunned      []ident.Host // nothing is moved there: it could not be emptied again
	plan         *plan.Plan
}

// begin writes a plan in which every host goes down some day far ahead, in order, its canaries marked.
func (d *drainer) begin() {
	d.plan = Schedule{}.Plan(d.Instance)
	canaries := map[string]int{}
	far := d.Policy.Start.Add(10 * calendar.Day)
	for i, h := range d.order {
		length, _ := d.Policy.OutageOf(d.Fleet, h)
		from := far.Add(calendar.Seconds(i) * 10 * calendar.Day)
		o := plan.Outage{Host: d.Fleet.HostID(h), Start: from, End: from.Add(length)}
		if cohort := d.cohort(h); canaries[cohort] < d.Policy.Canary.Hosts {
			o.Canary = true
			canaries[cohort]++
		}
		d.plan.Outages = append(d.plan.Outages, o)
	}
	for _, h := range d.stuck {
		d.plan.Blocked = append(d.plan.Blocked, plan.Blocked{Host: d.Fleet.HostID(h), Reason: "a guest fits nowhere"})
	}
	slices.SortFunc(d.plan.Blocked, func(a, b plan.Blocked) int { return strings.Compare(a.Host, b.Host) })
}

// read reads the present plan.
func (d *drainer) read() *reading {
	r := &reading{Instance: d.Instance, plan: d.plan}
	for _, o := range d.plan.Outages {
		h, _ := d.Fleet.FindHost(o.Host)
		r.outages = append(r.outages, outage{o, h})
	}
	return r
}

// keeps reports whether the moves so far keep every rule, but that hosts whose turn is still to come are empty.
func (d *drainer) keeps() bool {
	r := d.read()
	r.readMoves()
	return !slices.ContainsFunc(r.broken, func(b string) bool {
		toCome := slices.ContainsFunc(d.plan.Outages, func(o plan.Outage) bool {
			return !isPlaced(o) && strings.HasPrefix(b, "not-drained: "+o.Host+" ")
		})
		return !toCome
	})
}

// isPlaced reports whether a host has had its turn.
func isPlaced(o plan.Outage) bool { return o.Window.To > 0 }

// drainAll makes a plan of the hosts in order. It returns the first host that cannot be emptied.
func (d *drainer) drainAll() (stuck ident.Host, ok bool) {
	d.begin()
	end := d.Policy.Start
	for i, h := range d.order {
		r := d.read()
		open := max(d.Policy.Start, r.opens(r.outages[i]))
		for _, guest := range d.migratingOn(h) {
			if !d.place(guest, h, open) {
				return h, false
			}
		}
		o := &d.plan.Outages[i]
		start := max(open, end)
		r = d.read()
		r.findMoves()
		for _, m := range r.moves {
			if m.from == h {
				start = max(start, m.end)
			}
		}
		length := o.End.Sub(o.Start)
		for _, z := range slices.Concat(d.Policy.Freezes, d.Policy.Freezes, d.Policy.Freezes) {
			if z.Covers(d.Fleet, h) && start < z.Span.To && z.Span.From < start.Add(length) {
				start = z.Span.To
			}
		}
		o.Start, o.End = start, start.Add(length)
		o.Window = calendar.Span{From: o.Start, To: o.End}
		end = o.End
	}
	return 0, true
}

// migratingOn returns the guests that have to be moved off a host, those that came by a move included.
func (d *drainer) migratingOn(h ident.Host) []ident.Guest {
	var guests []ident.Guest
	for g := range d.Fleet.Guests() {
		guest := ident.Guest(g)
		at := d.Fleet.HostID(d.Fleet.HostOf(guest))
		for _, m := range d.plan.Moves {
			if m.Guest == d.Fleet.GuestID(guest) {
				at = m.To
			}
		}
		if at == d.Fleet.HostID(h) && d.Fleet.OnReboot(guest) == fleet.Migrate {
			guests = append(guests, guest)
		}
	}
	return guests
}

// place adds a move of the guest off the host, at the first time and to the first host that keeps the rules.
func (d *drainer) place(guest ident.Guest, from ident.Host, open calendar.Instant) bool {
	targets := d.Fleet.HostsIn(d.Fleet.ZoneOf(from))
	patchedFirst := d.IntN(3) > 0
	for _, at := range d.times(open) {
		for _, k := range d.Perm(len(targets)) {
			to := ident.Host(targets[k])
			o, isPlanned := d.read().outageOf(to)
			if slices.Contains(d.shunned, to) {
				continue
			}
			if patchedFirst && isPlanned && o.End > at && len(targets) > 2 && d.IntN(4) > 0 {
				continue
			}
			before := d.plan.Moves
			d.plan.Moves = append(slices.Clip(before), plan.Move{Guest: d.Fleet.GuestID(guest), From: d.Fleet.HostID(from), To: d.Fleet.HostID(to), At: at})
			if d.keeps() {
				return true
			}
			d.plan.Moves = before
		}
	}
	return false
}

// times returns when something ends, none before open.
func (d *drainer) times(open calendar.Instant) []calendar.Instant {
	times := []calendar.Instant{open}
	r := d.read()
	r.findMoves()
	for _, m := range r.moves {
		times = append(times, m.end)
	}
	for _, o := range r.outages {
		if isPlaced(o.Outage) {
			times = append(times, o.End)
		}
	}
	for _, z := range d.Policy.Freezes {
		times = append(times, z.Span.To)
	}
	slices.Sort(times)
	times = slices.Compact(times)
	return slices.DeleteFunc(times, func(t calendar.Instant) bool { return t < open })
}

// propose adds proposals to blocked hosts: guest after guest of the groups that block, to the first host that
// takes it, while anything blocks.
func (d *drainer) propose() {
	for i := range d.plan.Blocked {
		b := &d.plan.Blocked[i]
		h, _ := d.Fleet.FindHost(b.Host)
		for g := range d.Fleet.Guests() {
			if !d.frees(b) && d.Fleet.HostOf(ident.Guest(g)) == h {
				d.proposeOne(b, ident.Guest(g))
			}
		}
		if !d.frees(b) {
			b.Proposal = nil
		}
	}
}

// proposeOne adds the guest to the proposal when some host takes it.
func (d *drainer) proposeOne(b *plan.Blocked, guest ident.Guest) {
	before := b.Proposal
	for _, k := range d.Perm(d.Fleet.Hosts()) {
		b.Proposal = append(slices.Clip(before), plan.Proposed{Guest: d.Fleet.GuestID(guest), To: d.Fleet.HostID(ident.Host(k))})
		slices.SortFunc(b.Proposal, func(a, b plan.Proposed) int { return strings.Compare(a.Guest, b.Guest) })
		if r := d.read(); d.onlyBlocks(r) {
			return
		}
	}
	b.Proposal = before
}

// onlyBlocks reports whether nothing is wrong with the proposals but that hosts are still blocked.
func (d *drainer) onlyBlocks(r *reading) bool {
	r.readProposals()
	return !slices.ContainsFunc(r.broken, func(b string) bool { return !strings.HasPrefix(b, "proposal-frees") })
}

// frees reports whether the proposal does away with the block of its host.
func (d *drainer) frees(b *plan.Blocked) bool {
	if len(b.Proposal) == 0 {
		return false
	}
	r := d.read()
	r.readProposals()
	return !slices.ContainsFunc(r.broken, func(s string) bool { return strings.HasSuffix(s, " blocks "+b.Host) })
}
