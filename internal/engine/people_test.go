package engine

import (
	"context"
	"errors"
	"slices"
	"sync"

	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/campaign"
	"github.com/evenkeel-project/evenkeel/internal/courier"
	"github.com/evenkeel-project/evenkeel/internal/request"
)

// post is a scripted courier. It outlives every engine.
type post struct {
	handed  map[string]int // letters by id: how often they were handed over
	dates   map[string]calendar.Instant
	refuse  map[string]string // by id: why nobody is told
	broken  int               // calls that are yet to fail
	largest int               // letters handed over at once
}

func newPost() *post {
	return &post{handed: map[string]int{}, dates: map[string]calendar.Instant{}, refuse: map[string]string{}}
}

func (p *post) Deliver(_ context.Context, letters []courier.Letter) ([]courier.Receipt, error) {
	if p.broken > 0 {
		p.broken--
		return nil, errors.New("the outbox is locked")
	}
	p.largest = max(p.largest, len(letters))
	var out []courier.Receipt
	for _, l := range letters {
		p.handed[l.ID]++
		p.dates[l.ID] = l.Date
		out = append(out, courier.Receipt{ID: l.ID, Refused: p.refuse[l.ID]})
	}
	return out, nil
}

// compose writes letters that say nothing.
func compose(n campaign.NoticeRef, _ *campaign.State, queued calendar.Instant) courier.Letter {
	return courier.Letter{ID: n.ID, To: []string{"ops@" + n.Tenant + ".example"}, Subject: n.Kind, Date: queued}
}

// inbox is a scripted inbox. It outlives every engine.
type inbox struct {
	mu      sync.Mutex
	waiting []request.Request
	answers map[string]request.Answer
	deaf    int // answers that are yet to fail
	fault   error
}

func newInbox() *inbox { return &inbox{answers: map[string]request.Answer{}} }

func (i *inbox) ask(r request.Request) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.waiting = append(i.waiting, r)
}

func (i *inbox) answer(id string) (request.Answer, bool) {
	i.mu.Lock()
	defer i.mu.Unlock()
	a, ok := i.answers[id]
	return a, ok
}

func (i *inbox) Pending(context.Context) ([]request.Request, error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	fault := i.fault
	i.fault = nil
	return slices.Clone(i.waiting), fault
}

func (i *inbox) Answer(_ context.Context, a request.Answer) error {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.deaf > 0 {
		i.deaf--
		return errors.New("the disk is busy")
	}
	i.answers[a.ID] = a
	i.waiting = slices.DeleteFunc(i.waiting, func(r request.Request) bool { return r.ID == a.ID })
	return nil
}
