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

// parking is a heap of parked hosts for every resource, in order of rank. A host is parked at no more than
// one resource, so the heaps (skew heaps) need only two links a host and no memory of their own. Hosts are
// named by rank + 1; 0 is nobody.
type parking struct {
	top         []uint32 // by resource
	left, right []uint32 // by rank + 1
}

func newParking(resources, hosts int) *parking {
	return &parking{top: make([]uint32, resources), left: make([]uint32, hosts+1), right: make([]uint32, hosts+1)}
}

func (p *parking) add(resource uint32, rank int32) {
	n := uint32(rank) + 1
	p.left[n], p.right[n] = 0, 0
	p.top[resource] = p.merge(p.top[resource], n)
}

// take removes the parked host of least rank.
func (p *parking) take(resource uint32) (rank int32, ok bool) {
	n := p.top[resource]
	if n == 0 {
		return 0, false
	}
	p.top[resource] = p.merge(p.left[n], p.right[n])
	return int32(n - 1), true
}

// merge walks down the right spines, swapping children on the way.
func (p *parking) merge(a, b uint32) uint32 {
	var root uint32
	hole := &root
	for a != 0 && b != 0 {
		if b < a {
			a, b = b, a
		}
		*hole = a
		rest := p.right[a]
		p.right[a] = p.left[a]
		hole = &p.left[a]
		a = rest
	}
	*hole = a | b
	return root
}
