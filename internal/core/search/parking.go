package search

// parking is where hosts wait for resources: at each a lot for every class of freezes that anybody there belongs to,
// and in each lot a heap in order of rank. A host is parked at no more than one resource, so the heaps (skew heaps) need only
// two links a host, and lots that are empty are used again. Hosts are named by rank + 1, lots by their place + 1;
// 0 is nobody and none.
type parking struct {
	first       []int32 // by resource: its first lot
	lots        []lot   // of no resource: those that are free
	free        int32
	left, right []uint32 // by rank + 1
}

// lot is the hosts of one class that are parked at one resource.
type lot struct {
	top   uint32
	next  int32
	class uint8
	kept  bool // its class has the resource woken when it opens; it stays, even when it is empty
}

func newParking(resources, hosts int) *parking {
	return &parking{first: make([]int32, resources), left: make([]uint32, hosts+1), right: make([]uint32, hosts+1)}
}

// lotOf returns the lot of a class at a resource, a new one when there is none.
func (p *parking) lotOf(resource uint32, class uint8) *lot {
	for n := p.first[resource]; n != 0; n = p.lots[n-1].next {
		if p.lots[n-1].class == class {
			return &p.lots[n-1]
		}
	}
	if p.free == 0 {
		p.lots = append(p.lots, lot{})
		p.free = int32(len(p.lots))
	}
	n := p.free
	l := &p.lots[n-1]
	p.free = l.next
	*l = lot{next: p.first[resource], class: class}
	p.first[resource] = n
	return l
}

func (p *parking) add(resource uint32, class uint8, rank int32) {
	n := uint32(rank) + 1
	p.left[n], p.right[n] = 0, 0
	l := p.lotOf(resource, class)
	l.top = p.merge(l.top, n)
}

// isEmpty reports whether a resource has no lot, and so nobody parked.
func (p *parking) isEmpty(resource uint32) bool { return p.first[resource] == 0 }

// take removes the parked host of least rank among the classes that are not shut. It asks once for every class that
// has hosts here.
func (p *parking) take(resource uint32, isShut func(class uint8) bool) (rank int32, ok bool) {
	best := int32(0)
	for n := p.first[resource]; n != 0; n = p.lots[n-1].next {
		l := &p.lots[n-1]
		if l.top != 0 && !isShut(l.class) && (best == 0 || l.top < p.lots[best-1].top) {
			best = n
		}
	}
	if best == 0 {
		return 0, false
	}
	l := &p.lots[best-1]
	n := l.top
	l.top = p.merge(p.left[n], p.right[n])
	if l.top == 0 && !l.kept {
		p.drop(resource, best)
	}
	return int32(n - 1), true
}

// release lets a lot go that was kept, and reports whether anybody is in it.
func (p *parking) release(resource uint32, class uint8) bool {
	for n := p.first[resource]; n != 0; n = p.lots[n-1].next {
		l := &p.lots[n-1]
		if l.class != class {
			continue
		}
		l.kept = false
		if l.top == 0 {
			p.drop(resource, n)
			return false
		}
		return true
	}
	return false
}

// drop frees a lot.
func (p *parking) drop(resource uint32, gone int32) {
	link := &p.first[resource]
	for *link != gone {
		link = &p.lots[*link-1].next
	}
	*link = p.lots[gone-1].next
	p.lots[gone-1].next, p.free = p.free, gone
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
