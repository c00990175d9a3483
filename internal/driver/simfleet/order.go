package simfleet

import (
	"context"
	"fmt"
	"slices"

	"github.com/evenkeel-project/evenkeel/internal/core/dispatch"
	"github.com/evenkeel-project/evenkeel/internal/core/ident"
	"github.com/evenkeel-project/evenkeel/internal/core/problem"
	"github.com/evenkeel-project/evenkeel/internal/driver"
)

// Begin hands over orders. Each is judged by the clock of the world and, when it changes anything, written to the log
// before it does. After an error the first of the orders may have been accepted; handing them over again is right.
//
// What became of an order that was refused is told only by a host that is idle, and only when the order is not one that
// was accepted: a late order of a conductor that was replaced must not hide what the present one waits for.
func (f *Fleet) Begin(ctx context.Context, orders []dispatch.Order) error {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	for _, o := range orders {
		if err := ctx.Err(); err != nil {
			return err
		}
		f.pass(f.now)
		v := f.judge(o)
		if !v.matters {
			continue
		}
		if err := f.log.write(entry{At: int64(f.now), Order: toLog(o)}); err != nil {
			return fmt.Errorf("write down the order %s: %w", problem.Printable(o.Key()), err)
		}
		f.follow(o, v)
	}
	return nil
}

// verdict is what is to be done with an order.
type verdict struct {
	host     ident.Host
	known    bool // the host is
	accepted bool
	again    bool // its key was accepted before
	code     string
	detail   string
	matters  bool // following it changes something
}

// judge looks at an order and changes nothing.
func (f *Fleet) judge(o dispatch.Order) verdict {
	h, known := f.fleet.FindHost(o.Host)
	v := verdict{host: h, known: known}
	seen := f.fences[o.Campaign]
	v.again = known && slices.Contains(f.hosts[h].taken, taken{o.Campaign, o.Step, o.Attempt})
	if v.code, v.detail = f.refusal(o, h, known); v.code == "" {
		v.accepted = !v.again
	}
	v.matters = o.Fence > seen || v.accepted || f.tells(o, v)
	return v
}

// refusal returns why an order must not be followed; an empty code when it may.
func (f *Fleet) refusal(o dispatch.Order, h ident.Host, known bool) (code, detail string) {
	if seen := f.fences[o.Campaign]; o.Fence < seen {
		return driver.Stale, fmt.Sprintf("the order has fence %d, and %d was seen", o.Fence, seen)
	}
	if !known || f.fleet.ZoneID(f.fleet.ZoneOf(h)) != o.Zone {
		return driver.UnknownHost, fmt.Sprintf("zone %s has no host %s", problem.Printable(o.Zone), problem.Printable(o.Host))
	}
	d := &f.hosts[h]
	if slices.Contains(d.taken, taken{o.Campaign, o.Step, o.Attempt}) {
		return "", ""
	}
	if f.clock() > o.NotAfter {
		return driver.Expired, fmt.Sprintf("the step could begin until %s", o.NotAfter)
	}
	if o.Step == dispatch.Act || o.Step == dispatch.Fence {
		if boot := f.bootID(h, d.boot); o.BootID != boot {
			return driver.WrongBoot, fmt.Sprintf("host %s runs boot %s", o.Host, boot)
		}
	}
	if !d.fits(o.Step) {
		return driver.WrongStep, fmt.Sprintf("host %s cannot %s: %s", o.Host, problem.Printable(string(o.Step)), d.says())
	}
	return "", ""
}

// tells reports whether the refusal of an order is something that the host will say and has not said already.
func (f *Fleet) tells(o dispatch.Order, v verdict) bool {
	if v.code == "" || v.again {
		return false
	}
	if !v.known {
		return f.strangers[o.Host] != refused(o, v)
	}
	d := &f.hosts[v.host]
	return d.job.Step == "" && (!d.spoken || d.outcome != refused(o, v))
}

func refused(o dispatch.Order, v verdict) dispatch.Outcome {
	return dispatch.Outcome{Step: o.Step, Attempt: o.Attempt, Result: dispatch.Refused, Code: v.code, Detail: v.detail}
}

// follow does what was judged.
func (f *Fleet) follow(o dispatch.Order, v verdict) {
	tells := f.tells(o, v)
	f.fences[o.Campaign] = max(f.fences[o.Campaign], o.Fence)
	switch {
	case v.accepted:
		d := &f.hosts[v.host]
		d.taken = append(d.taken, taken{o.Campaign, o.Step, o.Attempt})
		f.start(v.host, o)
	case tells && v.known:
		f.tell(v.host, refused(o, v))
	case tells:
		f.strangers[o.Host] = refused(o, v)
	}
}

// tell sets what a host says of its latest order.
func (f *Fleet) tell(h ident.Host, outcome dispatch.Outcome) {
	d := &f.hosts[h]
	d.outcome, d.spoken, f.fresh = outcome, true, true
	if !d.changed {
		d.changed = true
		f.changed = append(f.changed, h)
	}
}
