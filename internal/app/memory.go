package app

import "runtime/debug"

// spareGrowth is by how much the memory in use may grow, in hundredths, before what is no longer used is looked for.
// Go's own 100 lets the peak of a process be twice what it uses. A large fleet is read and planned in steps that each
// leave their working space behind, so less than half as much costs little time.
const spareGrowth = 40

// spareMemory sets that growth, unless the operator has set one: gogc is what the environment says in GOGC.
func spareMemory(gogc string) {
	if gogc == "" {
		debug.SetGCPercent(spareGrowth)
	}
}
