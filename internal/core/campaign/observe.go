package campaign

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/dispatch"
	"github.com/evenkeel-project/evenkeel/internal/core/exposure"
	"github.com/evenkeel-project/evenkeel/internal/core/fleet"
	"github.com/evenkeel-project/evenkeel/internal/core/guard"
	"github.com/evenkeel-project/evenkeel/internal/core/ident"
)

// attemptsMax is how often a step is tried, Act excepted, which is tried once.
const attemptsMax = 3

// observe takes what was seen of one host. Whatever an observation does not say is not so.
func (d *decision) observe(sig Signal) *guard.Hold {
	o := sig.Observation
	if o == nil || !d.s.status.moving() {
		return refuse("not-started", guard.Operator, "", "the campaign is %s: it looks at no host", d.s.status)
	}
	i, err := d.w.find(o.Host)
	if err != nil {
		return refuse("not-in-plan", guard.Nobody, "", "%v", err)
	}
	h := &d.s.hosts[i]
	if o.At < h.since { // what was seen before the phase began says nothing of it
		return nil
	}
	switch h.phase {
	case Granted:
		d.cordoning(i, o)
	case Cordoned:
		d.draining(i, o)
	case Acting:
		d.acting(i, o)
	case Verifying:
		d.verifying(i, o)
	case Returning:
		d.returning(i, o)
	case Fencing:
		d.fencing(i, o)
	case Rehoming:
		d.rehoming(i, o)
	case Undoing:
		d.undoing(i, o)
	case Failed, SetAside:
		d.recovered(i, o)
	}
	return nil
}

// result returns what the driver says of the host's present step; the empty result while it says nothing.
func (d *decision) result(i int32, o *dispatch.Observation) dispatch.Result {
	h := &d.s.hosts[i]
	if o.Outcome == nil || o.Outcome.Step != stepOf(h.phase) || o.Outcome.Attempt != h.attempt {
		return ""
	}
	return o.Outcome.Result
}

// lost reports whether the present step was tried without success.
func lost(r dispatch.Result) bool { return r == dispatch.Failed || r == dispatch.Refused }

// again orders the present step once more, and reports false when it was tried often enough.
func (d *decision) again(i int32, o *dispatch.Observation) bool {
	h := &d.s.hosts[i]
	if h.tried >= attemptsMax {
		return false
	}
	d.emit(Event{Kind: HostRetried, Host: d.w.id(i), Attempt: h.attempt + 1, Reason: outcomeWords(o.Outcome)})
	return true
}

func outcomeWords(o *dispatch.Outcome) string {
	if o == nil {
		return ""
	}
	words := fmt.Sprintf("%s %s (%s)", o.Step, o.Result, o.Code)
	if o.Detail != "" {
		words += ": " + o.Detail
	}
	return words
}

func (d *decision) cordoning(i int32, o *dispatch.Observation) {
	switch {
	case o.Reachable && o.Cordoned && o.BootID != "":
		d.emit(Event{Kind: HostCordoned, Host: d.w.id(i), Boot: o.BootID})
	case lost(d.result(i, o)) && !d.again(i, o):
		d.undo(i, FaultCordon, outcomeWords(o.Outcome))
	}
}

// draining believes that a host is drained when nothing runs on it any more but the guests that are counted with it: none
// that migrates, and none that the fleet has elsewhere or does not know, for nobody was asked about those. Then the
// guard is asked again, on what is so now (law S19).
func (d *decision) draining(i int32, o *dispatch.Observation) {
	h := &d.s.hosts[i]
	result := d.result(i, o)
	switch {
	case lost(result):
		if !d.again(i, o) {
			d.undo(i, FaultDrain, outcomeWords(o.Outcome))
		}
	case result != dispatch.Done || !o.Reachable || !o.Cordoned || d.uncounted(i, o.Running):
	case o.BootID != h.boot:
		d.undo(i, FaultDrain, "it rebooted by itself: it runs the boot "+o.BootID)
	default:
		d.emit(Event{Kind: HostDrained, Host: d.w.id(i)})
		d.act(i)
	}
}

// act asks the guard again and takes the host down. What it asks for is the rest of the outage that was granted. A host
// that took so long to drain that it would be stuck before it can be back is left alone: it would be powered off healthy.
func (d *decision) act(i int32) {
	h := &d.s.hosts[i]
	if end, stuck := d.now.Add(outageProper(d.w.places[i].length)), d.stuckAt(i); end > stuck {
		d.undo(i, FaultDrain, fmt.Sprintf("it was drained so late that it could be back by %s, and at %s it is stuck", end, stuck))
		return
	}
	q := d.question(i)
	q.Taken, q.Length = true, max(d.estimate(i).Sub(d.now), outageProper(d.w.places[i].length))
	verdict := d.s.ledger.Ask(q)
	if !verdict.Allowed {
		d.undo(i, "", verdict.Holds[0].Sentence)
		return
	}
	d.emit(Event{Kind: HostActing, Host: d.w.id(i), Boot: h.boot, Checks: verdict.Checks})
}

func (d *decision) acting(i int32, o *dispatch.Observation) {
	h := &d.s.hosts[i]
	result := d.result(i, o)
	switch {
	case o.Reachable && o.BootID != "" && o.BootID != h.boot:
		d.emit(Event{Kind: HostVerifying, Host: d.w.id(i), Boot: o.BootID})
	case lost(result):
		d.bringBack(i, FaultAct, outcomeWords(o.Outcome), nil)
	case result == dispatch.Done && o.Reachable:
		d.bringBack(i, FaultNoNewBoot, fmt.Sprintf("it says that it is done and still runs the boot %q", o.BootID), nil)
	}
}

// bringBack has the guests of a host started, whatever became of the host.
func (d *decision) bringBack(i int32, fault, reason string, proof *Proof) {
	d.emit(Event{Kind: HostReturning, Host: d.w.id(i), Fault: fault, Reason: reason, Proof: proof})
}

func (d *decision) verifying(i int32, o *dispatch.Observation) {
	if d.gone(i, o) {
		return
	}
	result := d.result(i, o)
	overdue := d.overdue(i)
	moved := d.movedOn(i, o)
	if !o.Reachable || ((moved != "" || result != dispatch.Done && !lost(result)) && !overdue) {
		return
	}
	proof := d.proof(i, o)
	switch open := cmp.Or(moved, unfixed(proof.Fixed)); {
	case open == "" && !lost(result):
		d.bringBack(i, "", "", proof)
	case lost(result) && d.again(i, o):
	default:
		if open == "" {
			open = outcomeWords(o.Outcome)
		}
		d.bringBack(i, FaultUnpatched, open, proof)
	}
}

// movedOn says of a host that came back that it runs another boot now, "" when it does not. Either it rebooted once more by
// itself, or what was seen is not of now; what was proven of the one boot is not proven of the other.
func (d *decision) movedOn(i int32, o *dispatch.Observation) string {
	h := &d.s.hosts[i]
	if h.newBoot == "" || o.BootID == h.newBoot {
		return ""
	}
	return fmt.Sprintf("it came back with boot %q and runs boot %q", h.newBoot, o.BootID)
}

// returning ends a host: with everything proven it is done, or has failed in what was known before; when its guests
// do not come it has failed for that.
func (d *decision) returning(i int32, o *dispatch.Observation) {
	if d.gone(i, o) || !o.Reachable {
		return
	}
	h := &d.s.hosts[i]
	result := d.result(i, o)
	if missing := d.absent(d.w.places[i].expected, o.Running); len(missing) > 0 && result != dispatch.Done && !lost(result) && !d.overdue(i) {
		return
	}
	moved := d.movedOn(i, o)
	if h.fault == "" && moved != "" && !d.overdue(i) {
		return
	}
	proof := d.proof(i, o)
	fault, reason := h.fault, h.reason
	if open := cmp.Or(moved, unfixed(proof.Fixed)); fault == "" && open != "" {
		fault, reason = FaultUnpatched, open
	}
	if fault == "" && (proof.After == "" || proof.After == proof.Before) {
		fault, reason = FaultNoNewBoot, "it runs the boot it ran before"
	}
	d.close(i, o, proof, fault, reason)
}

// close ends a host whose guests were started.
func (d *decision) close(i int32, o *dispatch.Observation, proof *Proof, fault, reason string) {
	result := d.result(i, o)
	closed := d.s.hosts[i].fault != ""
	whole := len(proof.Missing) == 0
	switch {
	case whole && fault == "" && o.Cordoned == closed:
		d.emit(Event{Kind: HostDone, Host: d.w.id(i), Proof: proof})
	case lost(result) && d.again(i, o):
	case whole && fault == "" && !d.overdue(i) && !lost(result):
	case whole:
		if fault == "" {
			fault, reason = FaultCordon, "it could not be opened for new guests"
		}
		d.fail(i, fault, reason, proof)
		d.emit(Event{Kind: HostFreed, Host: d.w.id(i), Proof: proof})
	default:
		if fault == "" {
			fault = FaultGuestsMissing
		}
		d.fail(i, fault, missingWords(proof, reason), proof)
	}
}

func missingWords(p *Proof, before string) string {
	words := fmt.Sprintf("%d of %d guests do not run", len(p.Missing), p.Expected)
	if before != "" {
		words = before + "; " + words
	}
	return words
}

func (d *decision) fail(i int32, fault, reason string, proof *Proof) {
	e := Event{Kind: HostFailed, Host: d.w.id(i), Fault: fault, Reason: reason, Proof: proof}
	if proof != nil {
		e.Guests = proof.Missing
	}
	d.emit(e)
	d.afterFailure(i)
}

// gone notices a host that went away after it had come back, and has it fenced once it is overdue.
func (d *decision) gone(i int32, o *dispatch.Observation) bool {
	if o.Reachable || !d.overdue(i) {
		return false
	}
	d.stuck(i, "it came back and went away again")
	return true
}

// fencing believes that a host is off when it was powered off by order and has no power. Without the order it may be off
// for a moment, in the middle of its outage, and would run its guests a second time. A host that came back with another boot
// before that is looked at again, some times.
func (d *decision) fencing(i int32, o *dispatch.Observation) {
	h := &d.s.hosts[i]
	result := d.result(i, o)
	switch {
	case o.Power == dispatch.PowerOff && result == dispatch.Done:
		d.emit(Event{Kind: HostFenced, Host: d.w.id(i)})
	case o.Reachable && o.BootID != "" && o.BootID != h.latestBoot() && result == dispatch.Refused && h.attempt <= attemptsMax:
		d.emit(Event{Kind: HostVerifying, Host: d.w.id(i), Boot: o.BootID})
	case lost(result) && !d.again(i, o):
		d.fail(i, FaultFence, outcomeWords(o.Outcome), nil)
	}
}

// rehoming sets a host aside: it is off, and its guests run elsewhere but for those that are named.
func (d *decision) rehoming(i int32, o *dispatch.Observation) {
	p := &d.w.places[i]
	result := d.result(i, o)
	if lost(result) && d.again(i, o) {
		return
	}
	down := d.absent(p.expected, o.Elsewhere)
	if len(down) > 0 && result != dispatch.Done && !lost(result) && !d.overdue(i) {
		return
	}
	d.emit(Event{Kind: HostSetAside, Host: d.w.id(i), Fault: FaultStuck, Reason: d.s.hosts[i].reason, Guests: down})
	d.afterFailure(i)
}

// undoing ends the taking back of a host, once it is proven open: it is pending again, or it has failed.
func (d *decision) undoing(i int32, o *dispatch.Observation) {
	h := &d.s.hosts[i]
	result := d.result(i, o)
	switch {
	case lost(result) && d.again(i, o):
	case lost(result):
		d.fail(i, FaultCordon, "it could not be opened again: "+outcomeWords(o.Outcome), nil)
	case !o.Reachable || o.Cordoned || result != dispatch.Done:
	case h.fault != "":
		d.fail(i, h.fault, h.reason, d.proof(i, o))
		d.recovered(i, o)
	default:
		d.emit(Event{Kind: HostUndone, Host: d.w.id(i)})
		d.haltIfTooMany(i) // the share of failures has grown
		if c := &d.s.cohorts[d.w.places[i].cohort]; c.fault != "" {
			d.setAside(i, FaultCanary, fmt.Sprintf("canary %s of its cohort did not come through: %s", c.canary, c.fault))
		}
	}
}

// recovered frees what a host that is through still held, once it is proven that all its guests run.
func (d *decision) recovered(i int32, o *dispatch.Observation) {
	h := &d.s.hosts[i]
	if !h.owes() {
		return
	}
	wanted := d.w.places[i].expected
	if !h.down {
		wanted = h.left
	}
	seen := *o
	seen.Running = slices.Concat(o.Running, o.Elsewhere)
	slices.Sort(seen.Running)
	if h.down && !o.Reachable && o.Power != dispatch.PowerOff || len(d.absent(wanted, seen.Running)) > 0 {
		return
	}
	d.emit(Event{Kind: HostFreed, Host: d.w.id(i), Proof: d.proof(i, &seen)})
}

// proof puts down what an observation proves of a host after its outage.
func (d *decision) proof(i int32, o *dispatch.Observation) *Proof {
	h, p := &d.s.hosts[i], &d.w.places[i]
	proof := &Proof{SeenAt: o.At, Before: h.boot, After: o.BootID, Expected: len(p.expected)}
	proof.Missing = d.absent(p.expected, o.Running)
	proof.Guests = proof.Expected - len(proof.Missing)
	for _, n := range p.touching {
		a := d.w.Exposure.Advisories()[n]
		state := exposure.Unknown
		if o.Reachable {
			state = exposure.StateOf(a, d.w.Fleet, p.host, o.Facts)
		}
		proof.Fixed = append(proof.Fixed, Verdict{Advisory: a.ID, State: state.String(), Facts: askedFacts(a, o.Facts)})
	}
	return proof
}

// unfixed returns why a host is not proven fixed, "" when it is.
func unfixed(verdicts []Verdict) string {
	for _, v := range verdicts {
		if v.State != exposure.Fixed.String() && v.State != exposure.NotAffected.String() {
			if v.State == exposure.Unknown.String() {
				return fmt.Sprintf("nobody can tell whether it is fixed for advisory %s", v.Advisory)
			}
			return fmt.Sprintf("it still runs what advisory %s warns of", v.Advisory)
		}
	}
	return ""
}

// absent returns the names of the guests that are not among the running ones, which are in byte order.
func (d *decision) absent(guests []ident.Guest, running []string) []string {
	var out []string
	for _, g := range guests {
		id := d.w.Fleet.GuestID(g)
		if _, found := slices.BinarySearch(running, id); !found {
			out = append(out, id)
		}
	}
	return out
}

// uncounted reports whether a guest runs on a host that no limit counts when the host goes down.
func (d *decision) uncounted(i int32, running []string) bool {
	f := d.w.Fleet
	for _, id := range running {
		if g, known := f.FindGuest(id); !known || f.HostOf(g) != d.w.places[i].host || f.OnReboot(g) == fleet.Migrate {
			return true
		}
	}
	return false
}

// estimate returns when a host in flight should be over.
func (d *decision) estimate(i int32) calendar.Instant {
	return d.s.hosts[i].granted.Add(d.w.places[i].length)
}
