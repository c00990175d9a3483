package engine

import (
	"context"
	"errors"
	"reflect"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/evenkeel-project/evenkeel/internal/core/campaign"
	"github.com/evenkeel-project/evenkeel/internal/core/dispatch"
	"github.com/evenkeel-project/evenkeel/internal/core/problem"
	"github.com/evenkeel-project/evenkeel/internal/store"
	"github.com/evenkeel-project/evenkeel/internal/store/memory"
)

// failing has the store of every engine of the rig fail as fault says, by the number of the batch that has records.
func (r *rig) failing(fault func(batch int, b store.Batch) memory.Fault) {
	n := 0
	r.wrap = func(p *Parts) {
		p.Store.(*memory.Store).FailBy(func(b store.Batch) memory.Fault {
			if len(b.Records) > 0 {
				n++
			}
			return fault(n, b)
		})
	}
}

// calm is the story of a campaign without faults.
func calm(t *testing.T, w *campaign.World) []string {
	t.Helper()
	r := eventful(t, w)
	r.finish(r.open())
	return r.story()
}

func TestNothingLeavesWhileTheDiskIsFullAndNothingIsDecidedTwice(t *testing.T) {
	w := newWorld(t, fleetOf(1, 1), plain)
	want := calm(t, w)
	for at := 2; at < 40; at += 3 {
		synctest.Test(t, func(t *testing.T) {
			r := eventful(t, w)
			var tried []store.Batch
			orders, letters := 0, 0
			r.failing(func(n int, b store.Batch) memory.Fault {
				if n < at || n >= at+4 {
					return memory.None
				}
				if len(tried) == 0 {
					orders, letters = len(r.hosts.log), len(r.post.handed)
				}
				tried = append(tried, b)
				if len(r.hosts.log) != orders || len(r.post.handed) != letters {
					t.Errorf("batch %d: something left while the disk was full", at)
				}
				return memory.Full
			})
			r.finish(r.open())
			for _, b := range tried {
				if !reflect.DeepEqual(b, tried[0]) {
					t.Errorf("batch %d: another batch was tried after the first did not fit", at)
				}
			}
			if len(tried) != 4 {
				t.Fatalf("batch %d: %d tries failed, want 4", at, len(tried))
			}
			if got := r.troubles(); len(got) == 0 || !strings.Contains(got[0], "no room") {
				t.Errorf("batch %d: nobody was told: %v", at, got)
			}
			r.sound("with a full disk", want)
		})
	}
}

func TestAFullDiskCanBeLeftByStopping(t *testing.T) {
	w := newWorld(t, fleetOf(1, 1), plain)
	want := calm(t, w)
	synctest.Test(t, func(t *testing.T) {
		r := eventful(t, w)
		ctx, stop := context.WithCancel(t.Context())
		r.failing(func(n int, _ store.Batch) memory.Fault {
			if n < 10 {
				return memory.None
			}
			return memory.Full
		})
		r.watch = func(f Frame) {
			if strings.Contains(f.Trouble, "no room") {
				stop()
			}
		}
		if _, err := r.open().Run(ctx); !errors.Is(err, context.Canceled) {
			t.Errorf("Run gives %v, want that it was stopped", err)
		}
		r.wrap, r.watch = nil, nil
		r.finish(r.open())
		r.sound("stopped while the disk was full", want)
	})
}

func TestAStoreThatDoesNotKnowWhetherItKeptABatchIsReadAgain(t *testing.T) {
	w := newWorld(t, fleetOf(1, 1), plain)
	want := calm(t, w)
	for _, fault := range []memory.Fault{memory.BeforeCommit, memory.AfterCommit} {
		for at := 2; at < 40; at += 3 {
			synctest.Test(t, func(t *testing.T) {
				r := eventful(t, w)
				r.failing(func(n int, b store.Batch) memory.Fault {
					if n == at && len(b.Records) > 0 {
						return fault
					}
					return memory.None
				})
				r.finish(r.open())
				r.sound("with a batch of unknown fate", want)
			})
		}
	}
}

// movedStore says once that the journal has moved on.
type movedStore struct {
	store.Store
	at *int
}

func (s movedStore) Apply(ctx context.Context, b store.Batch) error {
	if *s.at--; *s.at == 0 {
		return store.ErrMoved
	}
	return s.Store.Apply(ctx, b)
}

func TestAJournalThatMovedOnIsReadAgain(t *testing.T) {
	w := newWorld(t, fleetOf(1, 1), plain)
	want := calm(t, w)
	for at := 2; at < 40; at += 5 {
		synctest.Test(t, func(t *testing.T) {
			r := eventful(t, w)
			left := at
			r.wrap = func(p *Parts) { p.Store = movedStore{p.Store, &left} }
			r.finish(r.open())
			r.sound("after the journal moved on", want)
		})
	}
}

func TestAnEngineGivesUpWhenTheStoreFailsAgainAndAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := started(t, newWorld(t, fleetOf(1, 1), plain))
		failures := 0
		r.failing(func(n int, _ store.Batch) memory.Fault {
			if n < 5 {
				return memory.None
			}
			failures++
			return memory.BeforeCommit
		})
		if _, err := r.open().Run(t.Context()); err == nil || failures != failuresMost {
			t.Errorf("Run gives %v after %d failures, want an error after %d", err, failures, failuresMost)
		}
	})
}

func TestAnEngineThatWasReplacedGivesNoMoreOrders(t *testing.T) {
	w := newWorld(t, fleetOf(1, 1), plain)
	for frames := 1; frames < 40; frames++ {
		synctest.Test(t, func(t *testing.T) { replaced(t, w, frames) })
	}
}

// replaced has an engine replaced by another after so many frames.
func replaced(t *testing.T, w *campaign.World, frames int) {
	r := started(t, w)
	var second *Engine
	orders, letters := 0, 0
	left := frames
	r.watch = func(Frame) {
		if left--; left == 0 {
			second = r.open()
			orders, letters = r.hosts.received, len(r.post.handed)
		}
	}
	_, err := r.open().Run(t.Context())
	p, ok := errors.AsType[problem.Problem](err)
	if !ok || p.Code != "taken-over" || !errors.Is(err, store.ErrFenced) {
		t.Fatalf("after %d frames Run gives %v, want taken-over", frames, err)
	}
	if r.hosts.received != orders || len(r.post.handed) != letters {
		t.Errorf("after %d frames the older engine still gave %d orders and %d letters", frames, r.hosts.received-orders, len(r.post.handed)-letters)
	}
	if got := r.troubles(); len(got) > 0 {
		t.Errorf("after %d frames the older engine did not stop at once: %v", frames, got)
	}
	r.finish(second)
	if n := r.count(campaign.HostDone); n != 4 {
		t.Errorf("after %d frames the newer engine brought %d hosts to their end, want 4", frames, n)
	}
}

// stalled lets a newer engine take over between a batch and what follows from it.
type stalled struct {
	store.Store
	then func(b store.Batch)
}

func (s stalled) Apply(ctx context.Context, b store.Batch) error {
	err := s.Store.Apply(ctx, b)
	s.then(b)
	return err
}

func TestAnOrderOfAnEngineThatStalledIsRefusedByItsFence(t *testing.T) {
	r := started(t, newWorld(t, fleetOf(1, 1), plain))
	taken := false
	r.wrap = func(p *Parts) {
		p.Store = stalled{p.Store, func(b store.Batch) {
			if len(b.Orders) == 0 || b.Orders[0].Step != string(dispatch.Act) || taken {
				return
			}
			taken = true
			r.wrap = nil
			newer := r.open()
			ctx, stop := context.WithCancel(t.Context())
			r.watch = func(Frame) { stop() }
			_, _ = newer.Run(ctx)
			r.watch = nil
		}}
	}
	if _, err := r.open().Run(t.Context()); !errors.Is(err, store.ErrFenced) {
		t.Fatalf("Run gives %v, want that it was fenced", err)
	}
	if r.hosts.stale == 0 {
		t.Error("no order of the older engine was refused")
	}
	r.finish(r.open())
	for host, keys := range r.hosts.acts {
		if len(keys) != 1 {
			t.Errorf("host %s was taken down by %v", host, keys)
		}
	}
}
