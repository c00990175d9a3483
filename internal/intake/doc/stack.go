package doc

// stack gathers the elements of nested lists: those of an outer list wait while an inner one is read. Closed
// lists stand in slabs that are used again after reset, so that reading a small text allocates nothing.
type stack[T any] struct {
	waiting []T
	slab    []T
}

func (s *stack[T]) reset() {
	s.waiting, s.slab = s.waiting[:0], s.slab[:0]
}

// open starts a list and returns what close has to be given.
func (s *stack[T]) open() int { return len(s.waiting) }

func (s *stack[T]) push(v T) { s.waiting = append(s.waiting, v) }

// slabMax bounds how many elements a slab has room for.
const slabMax = 4096

// close ends the list that was opened at base and returns its elements. A slab that is full is left to those
// who hold parts of it, and a new one is begun.
func (s *stack[T]) close(base int) []T {
	n := len(s.waiting) - base
	if len(s.slab)+n > cap(s.slab) {
		s.slab = make([]T, 0, max(n, min(slabMax, 2*cap(s.slab)), 16))
	}
	start := len(s.slab)
	s.slab = append(s.slab, s.waiting[base:]...)
	s.waiting = s.waiting[:base]
	return s.slab[start:len(s.slab):len(s.slab)]
}
