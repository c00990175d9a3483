package roadef

// The largest model that is read. The largest published one has 20 resources, 5,000 machines and 50,000
// processes.
const (
	resourcesMax = 100
	machinesMax  = 100_000
	servicesMax  = 1_000_000
	processesMax = 10_000_000
	balancesMax  = 10_000
	amountMax    = 999_999_999_999_999 // what a fleet file takes as a capacity
	placeMax     = 1_000_000_000       // the number of a neighbourhood or location
)

// model is what a fleet needs of a model file; costs and weights are checked and dropped.
type model struct {
	resources []string
	machines  []machine
	services  int
	processes []process
}

type machine struct {
	neighbourhood, location uint64
	capacity                []uint64
	line                    int
}

type process struct {
	service uint64
	demand  []uint64
	line    int
}

// readModel reads the sections in the order of the format. After a fault the sections that follow are
// empty, and the scanner reads no further.
func readModel(in *scanner) *model {
	m := &model{}
	m.readResources(in)
	m.readMachines(in)
	m.readServices(in)
	m.readProcesses(in)
	m.skipBalances(in)
	in.begin("the cost weights", noIndex)
	in.skip(3, "a weight", amountMax)
	in.endLine()
	return m
}

// count reads a line with the number of records that follow.
func count(in *scanner, what string, top uint64) int {
	in.begin("the number of "+what, noIndex)
	n := in.number("a count", top)
	in.endLine()
	return int(n)
}

func (m *model) readResources(in *scanner) {
	n := count(in, "resources", resourcesMax)
	for i := 0; i < n && !in.failed(); i++ {
		in.begin("resource", i)
		in.number("transient, 0 or 1,", 1)
		in.number("a weight", amountMax)
		in.endLine()
		m.resources = append(m.resources, numbered('r', i))
	}
}

func (m *model) readMachines(in *scanner) {
	n := count(in, "machines", machinesMax)
	for i := 0; i < n && !in.failed(); i++ {
		in.begin("machine", i)
		one := machine{neighbourhood: in.number("a neighbourhood", placeMax), location: in.number("a location", placeMax), line: in.line}
		one.capacity = in.numbers(len(m.resources), "a capacity", amountMax)
		in.skip(len(m.resources), "a safety capacity", amountMax)
		in.skip(n, "a move cost", amountMax)
		in.endLine()
		m.machines = append(m.machines, one)
	}
}

func (m *model) readServices(in *scanner) {
	n := count(in, "services", servicesMax)
	for i := 0; i < n && !in.failed(); i++ {
		in.begin("service", i)
		in.number("a least spread", placeMax)
		dependencies := in.number("a number of dependencies", uint64(n))
		in.skip(int(dependencies), "a dependency", uint64(n-1))
		in.endLine()
	}
	m.services = n
}

func (m *model) readProcesses(in *scanner) {
	n := count(in, "processes", processesMax)
	for i := 0; i < n && !in.failed(); i++ {
		in.begin("process", i)
		if m.services == 0 || len(m.machines) == 0 {
			in.fail("bad-count", "correct the counts", "there are processes, but no services or no machines for them")
			return
		}
		one := process{service: in.number("a service", uint64(m.services-1)), line: in.line}
		one.demand = in.numbers(len(m.resources), "a requirement", amountMax)
		in.number("a move cost", amountMax)
		in.endLine()
		m.processes = append(m.processes, one)
	}
}

// skipBalances passes over the balance costs, each a line of two resources and a target and a line with a
// weight.
func (m *model) skipBalances(in *scanner) {
	n := count(in, "balance costs", balancesMax)
	for i := 0; i < n && !in.failed(); i++ {
		in.begin("balance cost", i)
		in.skip(2, "a resource", uint64(max(1, len(m.resources))-1))
		in.number("a target", amountMax)
		in.endLine()
		in.number("a weight", amountMax)
		in.endLine()
	}
}
