package synth

import (
	"fmt"
	"strconv"

	"github.com/evenkeel-project/evenkeel/internal/core/chance"
	"github.com/evenkeel-project/evenkeel/internal/core/label"
	"github.com/evenkeel-project/evenkeel/internal/core/limit"
	"github.com/evenkeel-project/evenkeel/internal/core/problem"
)

// size is what a host of a generation can carry. Processors are counted as guests see them, four to each
// real one, so that memory is what runs out.
type size struct {
	cpu, memoryMiB int
}

// sizeOf returns the capacity of a generation's hosts.
func sizeOf(generation string) size {
	switch generation {
	case "performance-1":
		return size{192, 256 << 10}
	case "performance-2":
		return size{256, 384 << 10}
	case "memory-1":
		return size{192, 768 << 10}
	case "kvm-1":
		return size{256, 512 << 10}
	}
	return size{128, 128 << 10}
}

func (s size) set() label.Set {
	return label.NewSet([]label.Pair{{Key: "cpu", Value: label.Text(strconv.Itoa(s.cpu))},
		{Key: "memory_mib", Value: label.Text(strconv.Itoa(s.memoryMiB))}})
}

// usualUse is how much of its memory a fleet uses when the shape does not say: 75%.
func usualUse() limit.Limit {
	l, err := limit.Parse("75%")
	if err != nil {
		panic("synth: " + err.Error())
	}
	return l
}

// useSpread is how far a host's use of memory lies from the fleet's at most, in percent of the host's memory; useMax is
// the most a host is given. Both leave something over on every host.
const (
	useSpread = 15
	useMax    = 98
)

// flavours are the sizes of guests, as weights in the memory of their host, and how common each is.
var flavours = []struct{ weight, share uint64 }{{1, 25}, {2, 40}, {4, 25}, {8, 10}}

// settleDemands gives the guests that were kept back what they need of their hosts, and adds them. Every host
// draws how much of its memory is used, about the fleet's use, and deals it to its guests by their weights; of its
// processors two thirds of that share. It fails when a host has more guests than it could give anything.
func (m *maker) settleDemands() error {
	starts := make([]int, len(m.hosts)+1)
	for _, on := range m.keptOn {
		starts[on+1]++
	}
	for h, on := range m.hosts {
		if guests, most := starts[h+1], sizeOf(on.generation.name).cpu; guests > most {
			return problem.Problem{Code: "bad-shape", Sentence: fmt.Sprintf("host %s would carry %d guests, and has %d processors for them", on.id, guests, most),
				Fix: "choose fewer guests, or more hosts, or more tenants, which spread them better"}
		}
		starts[h+1] += starts[h]
	}
	byHost, next := make([]int, len(m.kept)), append([]int(nil), starts...)
	for g, on := range m.keptOn {
		byHost[next[on]] = g
		next[on]++
	}
	demand, sets := make([]label.Set, len(m.kept)), map[size]label.Set{}
	for h := range m.hosts {
		m.dealHost(h, byHost[starts[h]:starts[h+1]], demand, sets)
	}
	for g := range m.kept {
		m.kept[g].Demand = demand[g]
		m.build.AddGuest(m.kept[g])
	}
	return nil
}

// dealHost writes the demands of one host's guests. Equal demands share one set.
func (m *maker) dealHost(h int, guests []int, demand []label.Set, sets map[size]label.Set) {
	if len(guests) == 0 {
		return
	}
	table, weights := flavourTable(), make([]uint64, len(guests))
	for k, g := range guests {
		weights[k] = flavours[m.root.Child("flavour", uint64(g)).Pick(table)].weight
	}
	whole, hundredths := sizeOf(m.hosts[h].generation.name), m.useOf(h)
	const gib = 1 << 10
	memory := dealAtLeastOne(whole.memoryMiB/gib*hundredths/10_000, weights)
	cpu := dealAtLeastOne(whole.cpu*hundredths/15_000, weights)
	for k, g := range guests {
		mine := size{cpu[k], memory[k] * gib}
		if sets[mine] == nil {
			sets[mine] = mine.set()
		}
		demand[g] = sets[mine]
	}
}

func flavourTable() chance.Table {
	var shares []uint64
	for _, f := range flavours {
		shares = append(shares, f.share)
	}
	return chance.NewTable(shares)
}

// useOf draws how much of a host is used, in hundredths of a percent: as far above the fleet's use as below it.
func (m *maker) useOf(h int) int {
	use := m.Use.Of(10_000)
	spread := max(0, min(useSpread*100, use, useMax*100-use))
	return use - spread + int(m.root.Child("use", uint64(h)).Below(uint64(2*spread+1)))
}

// dealAtLeastOne deals n by the weights so that nobody goes without, which takes more than n if they are more.
func dealAtLeastOne(n int, weights []uint64) []int {
	out := deal(max(0, n-len(weights)), weights)
	for k := range out {
		out[k]++
	}
	return out
}
