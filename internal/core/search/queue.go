package search

// entry is an element of a queue: the smallest key leaves first, and of equal keys the smallest value.
type entry struct {
	key   int64
	value int32
}

func (e entry) less(o entry) bool { return e.key < o.key || (e.key == o.key && e.value < o.value) }

// queue is a binary heap of entries.
type queue []entry

func (q *queue) push(e entry) {
	h := append(*q, e)
	i := len(h) - 1
	for i > 0 {
		parent := (i - 1) / 2
		if !e.less(h[parent]) {
			break
		}
		h[i] = h[parent]
		i = parent
	}
	h[i] = e
	*q = h
}

// pop removes the smallest entry of a queue that is not empty.
func (q *queue) pop() entry {
	h := *q
	top, moved := h[0], h[len(h)-1]
	h = h[:len(h)-1]
	i := 0
	for {
		child := 2*i + 1
		if child >= len(h) {
			break
		}
		if child+1 < len(h) && h[child+1].less(h[child]) {
			child++
		}
		if !h[child].less(moved) {
			break
		}
		h[i] = h[child]
		i = child
	}
	if len(h) > 0 {
		h[i] = moved
	}
	*q = h
	return top
}
