package app

import (
	"runtime/debug"
	"testing"
)

func TestMemoryIsSparedUnlessTheOperatorSaysOtherwise(t *testing.T) {
	const before = 123
	defer debug.SetGCPercent(debug.SetGCPercent(before))
	for _, x := range []struct {
		gogc string
		want int
	}{{"80", before}, {"off", before}, {"", spareGrowth}} {
		spareMemory(x.gogc)
		got := debug.SetGCPercent(before)
		if got != x.want {
			t.Errorf("with GOGC=%q the memory may grow by %d hundredths, want %d", x.gogc, got, x.want)
		}
	}
}
