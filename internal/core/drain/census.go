package drain

import "github.com/evenkeel-project/evenkeel/internal/core/ident"

// census counts the members of groups on the hosts of one zone. Groups with a single member in the zone are left
// out: wherever that member goes, it is alone.
//
// It is a table with open addresses, so that a million memberships cost 12 bytes a slot and no pointer.
type census struct {
	hosts  int
	keys   []uint64 // 0 when free
	counts []uint32
	used   int
}

// whole is the host of the entries that count a group in the whole zone, as the fleet file has it.
const whole = ident.Host(ident.None)

// censusMin is the least number of slots.
const censusMin = 16

func newCensus(hosts, entries int) *census {
	size := censusMin
	for size < 2*entries {
		size *= 2
	}
	return &census{hosts: hosts, keys: make([]uint64, size), counts: make([]uint32, size)}
}

// key is never 0: the handle of a group plus one is at least 1 and fits 32 bits.
func key(h ident.Host, g uint32) uint64 {
	return uint64(h)<<32 | uint64(g+1)
}

// slot returns where the key is, or the free slot where it would be.
func (c *census) slot(k uint64) int {
	mask := len(c.keys) - 1
	for at := int(mixed(k)) & mask; ; at = (at + 1) & mask {
		if c.keys[at] == k || c.keys[at] == 0 {
			return at
		}
	}
}

// mixed spreads neighbouring keys over the table.
func mixed(k uint64) uint64 {
	k *= 0x9e3779b97f4a7c15
	return k >> 24
}

// of returns how many members of the group the host holds, those on their way to it included.
func (c *census) of(h ident.Host, g uint32) int { return int(c.counts[c.slot(key(h, g))]) }

// inZone returns how many members of the group the fleet file has in the zone, 0 when there is but one.
func (c *census) inZone(g uint32) int { return c.of(whole, g) }

func (c *census) add(h ident.Host, g uint32, n int) {
	k := key(h, g)
	at := c.slot(k)
	if c.keys[at] == 0 {
		if 4*(c.used+1) > 3*len(c.keys) {
			c.grow()
			at = c.slot(k)
		}
		c.keys[at] = k
		c.used++
	}
	c.counts[at] += uint32(n)
}

func (c *census) grow() {
	old := *c
	c.keys, c.counts = make([]uint64, 2*len(old.keys)), make([]uint32, 2*len(old.keys))
	for i, k := range old.keys {
		if k != 0 {
			at := c.slot(k)
			c.keys[at], c.counts[at] = k, old.counts[i]
		}
	}
}

// remove takes one member of the group off the host. An entry that comes to nothing gives its slot back, and
// those behind it close up, so that the table never fills with what once was.
func (c *census) remove(h ident.Host, g uint32) {
	at := c.slot(key(h, g))
	c.counts[at]--
	if c.counts[at] > 0 {
		return
	}
	mask := len(c.keys) - 1
	c.used--
	for next := (at + 1) & mask; c.keys[next] != 0; next = (next + 1) & mask {
		home := int(mixed(c.keys[next])) & mask
		if (next-home)&mask >= (next-at)&mask {
			c.keys[at], c.counts[at] = c.keys[next], c.counts[next]
			at = next
		}
	}
	c.keys[at], c.counts[at] = 0, 0
}
