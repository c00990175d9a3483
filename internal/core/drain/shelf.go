package drain

import "github.com/evenkeel-project/evenkeel/internal/core/ident"

// shelves hold the hosts of a zone that may be the target of moves, the fuller ones on lower shelves: a guest is looked a
// place for from the lowest shelf that could bear it, so that hosts with much room keep it for guests
// that need much. Hosts are told apart by one resource, the scarcest of the zone.
type shelves struct {
	hosts [shelfCount][]ident.Host
}

// shelfCount is how many shelves there are: 64 by room, and one for hosts that do not name the resource.
const shelfCount = 65

// place is where a host stands, kept by the owner of the shelves: it is on no more than one.
type place struct {
	shelf uint8
	at    uint32
}

func (s *shelves) put(h ident.Host, shelf uint8, where []place) {
	where[h] = place{shelf, uint32(len(s.hosts[shelf]))}
	s.hosts[shelf] = append(s.hosts[shelf], h)
}

// drop takes a host off. The last of its shelf takes its place.
func (s *shelves) drop(h ident.Host, where []place) {
	p := where[h]
	list := s.hosts[p.shelf]
	last := list[len(list)-1]
	list[p.at] = last
	where[last].at = p.at
	s.hosts[p.shelf] = list[:len(list)-1]
}
