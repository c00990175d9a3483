package lint

import "testing"

// breach is a piece of a core package that one ban must catch. An import line is written with it where it
// is needed; want is part of what the fault says.
type breach struct {
	ban, source, want string
}

// breaches plants at least one breach of every ban. Each source is a whole file after its package clause.
var breaches = []breach{
	{"import", `import _ "os"`, "imports os"},
	{"import", `import _ "math/rand/v2"`, "imports math/rand/v2"},
	{"import", `import _ "sync"`, "imports sync"},
	{"import", `import _ "context"`, "imports context"},
	{"import", `import _ "net/netip"`, "imports net/netip"},
	{"unsafe", `import "unsafe"; type size [unsafe.Sizeof(0)]int`, "unsafe"},
	{"io", `import "io"; func f(r io.Reader) { _, _ = io.ReadAll(r) }`, "io.ReadAll"},
	{"print", `import "fmt"; func f() { fmt.Println(1) }`, "fmt.Println"},
	{"print", `import . "fmt"; func f() { Printf("") }`, "fmt.Printf"},
	{"clock", `import "time"; func f() time.Time { return time.Now() }`, "time.Now"},
	{"clock", `import clock "time"; var f = clock.Since`, "time.Since"},
	{"clock", `import "time"; func f() { time.Sleep(1) }`, "time.Sleep"},
	{"clock", `import "time"; func f(t time.Time) time.Time { return t.Local() }`, "Time.Local"},
	{"clock", `import "time"; func f(t time.Time) time.Time { return t.In(time.Local) }`, "time.Local"},
	{"clock", `import "time"; func f() { _, _ = time.LoadLocation("x") }`, "time.LoadLocation"},
	{"go", `func f() { go f() }`, "a go statement"},
	{"go", `func f() { select {} }`, "a select statement"},
	{"go", `type c chan int`, "the channel chan int"},
	{"map", `func f(m map[int]int) { for range m {
	} }`, "range over m"},
	{"map", `type table map[int]int; func f(t table) (n int) { for n = range t {
	}
	return n }`, "range over t"},
	{"map", `func f[M ~map[int]int](m M) { for range m {
	} }`, "range over m"},
	{"map", `import "maps"; func f(m map[int]int) (n int) { for k := range maps.Keys(m) { n += k }
	return n }`, "maps.Keys that is not sorted"},
	{"map", `import ("maps"; "slices"); func f(m map[int]int) []int { return slices.Collect(maps.Values(m)) }`, "maps.Values"},
	{"float", `type share float64`, "float64"},
	{"float", `func f(n int) bool { return n > int(0.5*8) }`, "0.5"},
	{"float", `import "math"; func f(n int) int { return int(math.Sqrt(2)) + n }`, "math.Sqrt"},
	{"float", `import "math/big"; func f(x *big.Float) {}`, "big.Float"},
	{"global", `var n int; func f() { n++ }`, "counting in n"},
	{"global", `var m = map[int]int{}; func f() { m[1] = 2 }`, "assigning to m"},
	{"global", `var m = map[int]int{}; func f() { delete(m, 1) }`, "delete of m"},
	{"global", `var s struct{ in struct{ n int } }; func f() { s.in.n = 1 }`, "assigning to s"},
	{"global", `var n int; func f() *int { return &n }`, "taking the address of n"},
	{"global", `import "io"; func f() { io.EOF = nil }`, "assigning to io.EOF"},
	{"global", `var n int; func f(list []int) { for _, n = range list {
	} }`, "assigning to n"},
	{"init", `func init() {}`, "func init"},
	{"compile", `func f() int { return "" }`, "does not compile"},
}

func TestEveryPlantedBreachIsSeen(t *testing.T) {
	for _, b := range breaches {
		faults, _ := impurities(planted(t, corePrefix+"planted/planted.go", "package planted\n"+b.source+"\n"))
		t.Run(b.ban+" "+b.want, func(t *testing.T) { mustSee(t, faults, b.want) })
	}
}

// clean does everything that looks like a breach and is none.
const clean = `package planted

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"
)

var units = map[string]int{"m": 60}

type list struct{ n int }

func walk(m map[string]int, out io.Writer) (total int) {
	for _, key := range slices.Sorted(maps.Keys(m)) {
		total += m[key] * units[key]
	}
	copied := maps.Collect(maps.All(m))
	copied["x"] = 1
	l := &list{}
	l.n++
	later := time.Unix(1, 0).After(time.Unix(0, 0).UTC())
	fmt.Fprintln(out, strings.Repeat("x", total), later, len(copied), 3/2)
	return total
}
`

func TestACleanCoreHasNoFaults(t *testing.T) {
	faults, _ := impurities(planted(t, corePrefix+"planted/planted.go", clean))
	mustKeep(t, faults)
}
