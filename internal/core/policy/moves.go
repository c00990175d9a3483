package policy

import (
	"math"
	"strconv"

	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/fleet"
	"github.com/evenkeel-project/evenkeel/internal/core/ident"
	"github.com/evenkeel-project/evenkeel/internal/core/label"
	"github.com/evenkeel-project/evenkeel/internal/core/limit"
)

// Moves says how guests are moved off a host before its outage, and how many at once. A policy without it
// plans no moves: whoever drives a host empties it.
type Moves struct {
	Host      int         // moves at once off one host, and as many onto one host; 1 to MovesOfAHostMax
	Group     limit.Limit // members of a group moving at once; not set: as many as may be down, at least 1
	Tenant    limit.Limit // guests of a tenant moving at once; not set: no limit
	Fleet     limit.Limit // guests of the fleet moving at once; not set: no limit
	Bandwidth int64       // MiB a second that a host gives to moves, at most BandwidthMax; 0 when nobody says
	Length    calendar.Seconds
}

// MovesOfAHostMax and BandwidthMax bound what a policy can ask for. With them and the 15 digits of an amount
// the length of a move stays inside 63 bits.
const (
	MovesOfAHostMax = 1000
	BandwidthMax    = 1_000_000_000
)

// DefaultMoves is what a policy means that speaks of moves and says nothing else.
func DefaultMoves() Moves { return Moves{Host: 2, Length: 30} }

// MemoryKey is the demand that decides how long a move takes.
const MemoryKey = "memory_mib"

// MoveLength returns how long a move of the guest takes: its memory, and a quarter more for what changes on the way,
// over its share of the host's bandwidth, rounded up to whole seconds and never less than the policy's
// length. The policy must have moves.
func (p *Policy) MoveLength(f *fleet.Fleet, g ident.Guest) calendar.Seconds {
	m := p.Moves
	if m.Bandwidth <= 0 {
		return m.Length
	}
	memory, ok := f.Demand(g).Get(MemoryKey)
	if !ok {
		return m.Length
	}
	const most = 999_999_999_999_999 // what a fleet file takes
	work := 5 * int64(min(Amount(memory), most)) * int64(m.Host)
	each := 4 * m.Bandwidth
	return max(m.Length, calendar.Seconds((work+each-1)/each))
}

// GroupMoves returns how many members of the group may move at once. The policy must have moves.
func (p *Policy) GroupMoves(f *fleet.Fleet, g ident.Group) int {
	size := f.GroupSize(g)
	if p.Moves.Group.Set() {
		return p.Moves.Group.Of(size)
	}
	if own := f.MaxDown(g); own.Set() {
		return max(1, own.Of(size))
	}
	return size
}

// TenantMoves returns how many guests of the tenant may move at once. The policy must have moves.
func (p *Policy) TenantMoves(f *fleet.Fleet, t ident.Tenant) int {
	return ofAll(p.Moves.Tenant, f.TenantSize(t))
}

// FleetMoves returns how many guests of the fleet may move at once. The policy must have moves.
func (p *Policy) FleetMoves(f *fleet.Fleet) int { return ofAll(p.Moves.Fleet, f.Guests()) }

// ofAll reads a limit that is not set as the whole.
func ofAll(l limit.Limit, whole int) int {
	if !l.Set() {
		return whole
	}
	return l.Of(whole)
}

// Spread returns how many members of a group one host may hold after a move: as many as each host of the zone
// gets when the group's members in the zone are spread evenly, rounded up, at least 1. Members count where
// the fleet file has them. A zone has at least one host.
func Spread(members, hosts int) int { return max(1, (members+hosts-1)/hosts) }

// Amount returns the number that a capacity or a demand is. Readers of fleets let nothing else in than whole
// numbers; anything else counts as more than can be had.
func Amount(v label.Value) uint64 {
	n, err := strconv.ParseUint(v.Text, 10, 64)
	if err != nil {
		return math.MaxUint64
	}
	return n
}
