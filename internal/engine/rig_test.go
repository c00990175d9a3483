package engine

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"github.com/evenkeel-project/evenkeel/internal/core/campaign"
	"github.com/evenkeel-project/evenkeel/internal/store"
	"github.com/evenkeel-project/evenkeel/internal/store/memory"
)

// rig is all that outlives an engine: disk, hosts, post and people.
type rig struct {
	t       testing.TB
	world   *campaign.World
	sources campaign.Sources
	disk    *memory.Store
	hosts   *hosts
	post    *post
	inbox   *inbox
	frames  []Frame
	watch   func(Frame) // besides keeping them
	wrap    func(*Parts)
}

func newRig(t testing.TB, w *campaign.World) *rig {
	return &rig{t: t, world: w, sources: sourcesOf(w), disk: memory.New(), hosts: newHosts(w), post: newPost(), inbox: newInbox()}
}

func (r *rig) parts() Parts {
	p := Parts{Campaign: campaignID, World: r.world, Sources: r.sources, Store: r.disk.Reopen(), Driver: r.hosts, Courier: r.post,
		Clock: r.hosts, Inbox: r.inbox, Compose: compose, Watch: func(f Frame) {
			r.frames = append(r.frames, f)
			if r.watch != nil {
				r.watch(f)
			}
		}}
	if r.wrap != nil {
		r.wrap(&p)
	}
	return p
}

func (r *rig) open() *Engine {
	r.t.Helper()
	e, err := Open(context.Background(), r.parts())
	if err != nil {
		r.t.Fatalf("Open: %v", err)
	}
	return e
}

// signal sends a signal that must be taken.
func (r *rig) signal(e *Engine, s campaign.Signal) {
	r.t.Helper()
	hold, err := e.Signal(context.Background(), s)
	if hold != nil || err != nil {
		r.t.Fatalf("%s: held %+v, error %v", s.Kind, hold, err)
	}
}

func person(name string) campaign.Identity {
	return campaign.Identity{Principal: name + "@example.org", Key: "SHA256:" + name, Signature: "signature of " + name}
}

// started returns a rig whose campaign was proposed, approved and started.
func started(t testing.TB, w *campaign.World) *rig {
	t.Helper()
	r := newRig(t, w)
	r.start()
	return r
}

// start has the campaign proposed, approved and started.
func (r *rig) start() *Engine {
	r.t.Helper()
	e := r.open()
	r.signal(e, campaign.Signal{Kind: campaign.Propose, Identity: person("proposer")})
	r.signal(e, campaign.Signal{Kind: campaign.Approve, Identity: person("first")})
	r.signal(e, campaign.Signal{Kind: campaign.Approve, Identity: person("second")})
	r.signal(e, campaign.Signal{Kind: campaign.Start, By: "operator"})
	return e
}

// finish runs the campaign to its end.
func (r *rig) finish(e *Engine) {
	r.t.Helper()
	status, err := e.Run(context.Background())
	if err != nil || !status.Ended() {
		r.t.Fatalf("Run: %s, %v", status, err)
	}
}

// journal returns the events that are on disk.
func (r *rig) journal() []campaign.Event {
	r.t.Helper()
	var events []campaign.Event
	err := r.disk.Reopen().Journal(context.Background(), campaignID, 0, func(record store.Record) error {
		e, err := campaign.Decode(record.Version, record.Body)
		events = append(events, e)
		return err
	})
	if err != nil {
		r.t.Fatal(err)
	}
	return events
}

// story is the journal in short, without who conducted, in an order that does not depend on the order within
// one moment.
func (r *rig) story() []string {
	r.t.Helper()
	var lines []string
	for _, e := range r.journal() {
		if e.Kind == campaign.ConductorTook {
			continue
		}
		notice := e.NoticeID
		if e.Notice != nil {
			notice = e.Notice.ID
		}
		lines = append(lines, fmt.Sprintf("%v %s %s%s %s%s %s%s", e.At, e.Kind, e.Host, e.Region, e.Fault, notice, e.Reason, e.Request))
	}
	slices.Sort(lines)
	return lines
}

// count returns how many events of a kind are on disk.
func (r *rig) count(kind campaign.Kind) int {
	n := 0
	for _, e := range r.journal() {
		if e.Kind == kind {
			n++
		}
	}
	return n
}

// troubles returns what was said to be wrong, without repetition.
func (r *rig) troubles() []string {
	var out []string
	for _, f := range r.frames {
		if f.Trouble != "" && !slices.Contains(out, f.Trouble) {
			out = append(out, f.Trouble)
		}
	}
	return out
}
