package drain

import "github.com/evenkeel-project/evenkeel/internal/core/calendar"

// slots says when one more move may begin where only so many run at once: a heap of the ends of the latest
// moves, the earliest on top, never more of them than may run. Whoever begins no sooner than the top when
// the heap is full runs beside one move fewer than the limit at every instant.
type slots []calendar.Instant

// from returns the earliest instant at which one more of at most limit moves may begin, no earlier than at.
func (s slots) from(at calendar.Instant, limit int) calendar.Instant {
	if len(s) < limit {
		return at
	}
	return max(at, s[0])
}

// take notes a move that ends at that instant and began no earlier than from says.
func (s *slots) take(end calendar.Instant, limit int) {
	h := *s
	if len(h) < limit {
		h = append(h, end)
		for i := len(h) - 1; i > 0 && h[(i-1)/2] > h[i]; i = (i - 1) / 2 {
			h[i], h[(i-1)/2] = h[(i-1)/2], h[i]
		}
		*s = h
		return
	}
	h[0] = end
	for i := 0; ; {
		child := 2*i + 1
		if child+1 < len(h) && h[child+1] < h[child] {
			child++
		}
		if child >= len(h) || h[i] <= h[child] {
			return
		}
		h[i], h[child] = h[child], h[i]
		i = child
	}
}
