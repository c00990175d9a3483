package simfleet

import (
	"container/heap"

	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/ident"
)

// event is the end of what a host is doing. It is void when the host does something else by then.
type event struct {
	at   calendar.Instant
	mark uint64 // grows with every job, so that no two events are alike
	host ident.Host
}

// events holds what is going to happen, the earliest first; of two at once, what was begun first.
type events struct{ queue eventQueue }

func (e *events) push(next event) { heap.Push(&e.queue, next) }

// next returns the earliest event that still counts, and whether there is one.
func (e *events) next(hosts []host) (event, bool) {
	for len(e.queue) > 0 {
		if first := e.queue[0]; hosts[first.host].job.mark == first.mark {
			return first, true
		}
		heap.Pop(&e.queue)
	}
	return event{}, false
}

// eventQueue is what package heap asks for.
type eventQueue []event

func (q eventQueue) Len() int { return len(q) }
func (q eventQueue) Less(i, j int) bool {
	return q[i].at < q[j].at || (q[i].at == q[j].at && q[i].mark < q[j].mark)
}
func (q eventQueue) Swap(i, j int) { q[i], q[j] = q[j], q[i] }
func (q *eventQueue) Push(x any)   { *q = append(*q, x.(event)) }
func (q *eventQueue) Pop() any {
	last := (*q)[len(*q)-1]
	*q = (*q)[:len(*q)-1]
	return last
}
