package engine

import (
	"context"
	"fmt"
	"strings"

	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/campaign"
	"github.com/evenkeel-project/evenkeel/internal/core/dispatch"
	"github.com/evenkeel-project/evenkeel/internal/core/guard"
	"github.com/evenkeel-project/evenkeel/internal/courier"
	"github.com/evenkeel-project/evenkeel/internal/request"
	"github.com/evenkeel-project/evenkeel/internal/store"
)

// The engine's own times, of the campaign's clock.
const (
	sweepEvery   = calendar.Seconds(60) // every host that matters is looked at, and told again what it was told
	resendAfter  = calendar.Seconds(30) // how old an order must be to be handed over again in a sweep
	refusedAfter = calendar.Seconds(5)  // what the driver or the courier did not take is tried again
)

// lettersMost bounds the letters that are delivered in one turn, so that hosts do not wait for the post.
const lettersMost = 500

// turn is one round of the engine: what came in, what was decided, what was done.
type turn struct {
	*Engine
	now      calendar.Instant
	events   []campaign.Event
	answers  []request.Answer
	troubles []string
	sure     bool // the store confirmed in this turn that this process conducts
	sweeping bool // this turn looks at all hosts
}

func (t *turn) trouble(format string, args ...any) {
	t.troubles = append(t.troubles, strings.ReplaceAll(fmt.Sprintf(format, args...), "\n", "; "))
}

// decide has the campaign decide about one signal.
func (t *turn) decide(signal campaign.Signal) *guard.Hold {
	events, hold := campaign.Decide(t.position.state, t.World, t.now, signal)
	t.events = append(t.events, events...)
	return hold
}

// collect takes in all that came, in the order in which it matters: what stops the campaign first, then what the
// hosts are seen to do, and the passing of time last.
func (t *turn) collect(ctx context.Context) error {
	if t.jump != 0 {
		direction := "forward"
		if t.jump < 0 {
			direction = "back"
		}
		t.decide(campaign.Signal{Kind: campaign.ClockJumped, Reason: fmt.Sprintf("the clock was set %s by %v", direction, max(t.jump, -t.jump))})
	}
	t.requests(ctx)
	if err := t.observe(ctx); err != nil {
		return err
	}
	for _, r := range t.position.receipts {
		signal := campaign.Signal{Kind: campaign.Delivered, NoticeID: r.ID, At: t.now}
		if r.Refused != "" {
			signal = campaign.Signal{Kind: campaign.Undeliverable, NoticeID: r.ID, Reason: r.Refused}
		}
		t.decide(signal)
	}
	t.decide(campaign.Signal{Kind: campaign.Tick})
	return nil
}

// requests decides about what people asked for. What the journal has an answer to already is only answered.
func (t *turn) requests(ctx context.Context) {
	if t.Inbox == nil {
		return
	}
	pending, err := t.Inbox.Pending(ctx)
	if err != nil {
		t.trouble("%v", err)
	}
	for _, r := range pending {
		answer, known := t.position.answers[r.ID]
		if !known {
			answer = t.request(r)
		}
		t.answers = append(t.answers, answer)
	}
}

// request decides about what one person asked for.
func (t *turn) request(r request.Request) request.Answer {
	kinds := map[request.Verb]campaign.SignalKind{request.Pause: campaign.Pause, request.Resume: campaign.Resume, request.Abort: campaign.Abort}
	answer := request.Answer{ID: r.ID}
	if kinds[r.Verb] == "" {
		answer.Refused, answer.Code = fmt.Sprintf("a campaign cannot be asked to %q", r.Verb), "unknown-verb"
	} else if hold := t.decide(campaign.Signal{Kind: kinds[r.Verb], By: r.By, Reason: r.Reason, Request: r.ID}); hold != nil {
		answer.Refused, answer.Code = hold.Sentence, string(hold.Code)
	}
	return answer
}

// observe looks at the hosts that have news and, now and then, at all that matter. A host that cannot be seen is
// not held for anything: the campaign takes notice of time alone.
func (t *turn) observe(ctx context.Context) error {
	hosts := t.Driver.Changed()
	if t.sweeping = t.now >= t.position.sweep; t.sweeping {
		hosts = t.everyHost(hosts)
		t.position.sweep = t.now.Add(sweepEvery)
	}
	if len(hosts) == 0 {
		return nil
	}
	seen, err := t.Driver.Observe(ctx, hosts)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		t.position.sweep = t.now.Add(refusedAfter) // what changed is not known any more: look at all of them
		t.position.watching = true
		t.trouble("the hosts cannot be seen: %v", err)
	}
	for i := range seen {
		t.decide(campaign.Signal{Kind: campaign.Observed, Observation: &seen[i]})
	}
	return nil
}

// everyHost returns the hosts that matter, and after them those that have news but do not matter any more.
func (t *turn) everyHost(changed []string) []string {
	hosts := campaign.Watched(t.position.state, t.World)
	t.position.watching = len(hosts) > 0
	watched := make(map[string]bool, len(hosts))
	for _, host := range hosts {
		watched[host] = true
	}
	for _, host := range changed {
		if !watched[host] {
			hosts = append(hosts, host)
		}
	}
	return hosts
}

// confirm makes sure, before anything leaves, that this process still conducts. A turn whose events were kept
// knows already.
func (t *turn) confirm(ctx context.Context) error {
	if t.sure {
		return nil
	}
	t.sure = true
	return t.Store.Apply(ctx, store.Batch{Campaign: t.Campaign, Epoch: t.epoch, After: t.position.last})
}

// handOver gives the driver the orders that are new to it and, in a sweep, those that it should have carried out
// by now: it may have lost them.
func (t *turn) handOver(ctx context.Context) error {
	p := t.position
	isDue := func(o *order) bool {
		if o.handed == 0 {
			return t.now >= p.retry
		}
		return t.sweeping && t.now >= o.handed.Add(resendAfter)
	}
	var due []dispatch.Order
	for i := range p.orders {
		if isDue(&p.orders[i]) {
			o := p.orders[i].Order
			o.Fence = t.epoch
			due = append(due, o)
		}
	}
	if len(due) == 0 {
		return nil
	}
	if err := t.confirm(ctx); err != nil {
		return err
	}
	if err := t.Driver.Begin(ctx, due); ctx.Err() != nil {
		return ctx.Err()
	} else if err != nil {
		p.retry = t.now.Add(refusedAfter)
		t.trouble("%d orders could not be handed over: %v", len(due), err)
		return nil
	}
	for i := range p.orders {
		if isDue(&p.orders[i]) {
			p.orders[i].handed = t.now
		}
	}
	return nil
}

// deliver gives the courier the letters that wait. What became of them is for the next turn to decide.
func (t *turn) deliver(ctx context.Context) error {
	due := t.dueLetters()
	if len(due) == 0 {
		return nil
	}
	if err := t.confirm(ctx); err != nil {
		return err
	}
	var letters []courier.Letter
	var receipts []courier.Receipt
	var err error
	for _, n := range due {
		if l := t.Compose(n.notice, t.position.state, n.queued); len(l.To) > 0 {
			letters = append(letters, l)
			continue
		}
		t.position.receipts = append(t.position.receipts, courier.Receipt{ID: n.notice.ID, Refused: "there is no address to write to"})
	}
	if len(letters) > 0 {
		receipts, err = t.Courier.Deliver(ctx, letters)
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err == nil && len(receipts) != len(letters) {
		err = fmt.Errorf("the courier took %d letters and gave %d receipts", len(letters), len(receipts))
	}
	again := t.now.Add(sweepEvery)
	if err != nil {
		again, receipts = t.now.Add(refusedAfter), nil
		t.trouble("%d letters could not be delivered: %v", len(letters), err)
	}
	for _, n := range due {
		n.again = again
	}
	t.position.receipts = append(t.position.receipts, receipts...)
	return nil
}

// dueLetters returns the letters to hand over in this turn.
func (t *turn) dueLetters() []*letter {
	var due []*letter
	for i := range t.position.letters {
		if n := &t.position.letters[i]; n.again <= t.now && len(due) < lettersMost {
			due = append(due, n)
		}
	}
	return due
}

// answer tells those who asked, now that the journal has it.
func (t *turn) answer(ctx context.Context) {
	for _, a := range t.answers {
		if err := t.Inbox.Answer(ctx, a); err != nil {
			t.trouble("request %s could not be answered: %v", a.ID, err)
		}
	}
}

// frame is what is shown at the end of the turn.
func (t *turn) frame() Frame {
	return Frame{At: t.now, Events: t.events, Trouble: strings.Join(t.troubles, "; ")}
}
