package lint

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// floor is a set of packages that stand on the same level, with the floors they may look down to.
type floor struct {
	name   string
	why    string
	below  []string // floors whose packages they may import
	inside bool     // whether they may import one another
	rooms  []string // directories; every one must exist
}

// house is the whole building: which package may import which. Arrows go down only.
//
// DO NOT CHANGE THIS TABLE TO MAKE A BUILD PASS. An import that it refuses is a sign that code stands in
// the wrong room. A new package gets a row here in the commit that creates it.
var house = []floor{
	{name: "words", inside: true,
		why: "words mean the same everywhere only when they depend on nothing else",
		rooms: []string{"internal/core/calendar", "internal/core/canon", "internal/core/chance", "internal/core/ident",
			"internal/core/label", "internal/core/limit", "internal/core/predicate", "internal/core/problem", "internal/core/version"}},
	{name: "things", inside: true, below: []string{"words"},
		why:   "documents are data: they must not know how they are judged",
		rooms: []string{"internal/core/advisory", "internal/core/dispatch", "internal/core/fleet", "internal/core/plan", "internal/core/policy"}},
	{name: "judgement", inside: true, below: []string{"words", "things"},
		why: "a judgement that reached outside the core could not be repeated",
		rooms: []string{"internal/core/bound", "internal/core/campaign", "internal/core/drain", "internal/core/evidence", "internal/core/exposure", "internal/core/guard",
			"internal/core/inspect", "internal/core/instance", "internal/core/notice", "internal/core/planner", "internal/core/search", "internal/core/study",
			"internal/core/whatif"}},
	{name: "ports", below: []string{"words", "things"},
		why:   "a port is what the shell and its adapters agree on; it knows neither",
		rooms: []string{"internal/clock", "internal/courier", "internal/driver", "internal/request", "internal/store"}},
	{name: "documents", below: []string{"words"},
		why:   "how a document is read strictly is shared by the file adapters and knows none of them",
		rooms: []string{"internal/intake/doc"}},
	{name: "adapters", below: []string{"words", "things", "ports", "documents"},
		why: "an adapter knows its port and the core; adapters that knew each other could not be replaced one by one",
		rooms: []string{"internal/intake/advisoryfile", "internal/intake/dlrm", "internal/intake/fleetfile", "internal/intake/planfile",
			"internal/intake/policyfile", "internal/intake/roadef", "internal/intake/synth",
			"internal/courier/outbox", "internal/datadir", "internal/driver/simfleet", "internal/predicate/cel", "internal/request/spool",
			"internal/sshsig", "internal/store/memory", "internal/store/sqlite", "internal/version/scalibr"}},
	{name: "shell", below: []string{"words", "things", "judgement", "ports"},
		why:   "the shell persists and acts; what it acts with is handed in, so that it can be tested against faults",
		rooms: []string{"internal/engine"}},
	{name: "surfaces", below: []string{"words", "things", "judgement", "ports", "shell"},
		why:   "a surface is given what it needs by interface, so that it can be tested without adapters",
		rooms: []string{"internal/cli", "internal/picture", "internal/report"}},
	{name: "composition", below: []string{"words", "things", "judgement", "ports", "documents", "adapters", "shell", "surfaces"},
		why:   "there is one place that knows the adapters, so that there is one place to change them",
		rooms: []string{"internal/app"}},
	{name: "main", below: []string{"composition"},
		why:   "main starts the program; what it starts must be testable without a process",
		rooms: []string{"cmd/evenkeel"}},
	{name: "test support", below: []string{"words", "things", "ports"},
		why:   "a second opinion that shared code with the first would repeat its mistakes",
		rooms: []string{"internal/courier/couriertest", "internal/driver/drivertest", "internal/oracle", "internal/oracle/journal", "internal/store/storetest"}},
	{name: "tools", why: "tools about the code must run when the product does not compile",
		rooms: []string{"build/mutants", "build/testsum", "internal/lint", "internal/lint/formats"}},
}

// apart lists pairs that must not meet although their floors would allow it.
var apart = []struct{ from, to, why string }{
	{"internal/core/inspect", "internal/core/planner", "the checker must not share the planner's code, or it would share its mistakes"},
	{"internal/core/inspect", "internal/core/instance", "the checker must not read the problem as the planner does"},
	{"internal/core/inspect", "internal/core/bound", "the checker must not share the planner's code"},
	{"internal/core/inspect", "internal/core/search", "the checker must not share the planner's code"},
	{"internal/core/inspect", "internal/core/drain", "the checker must not follow guests as the planner does"},
	{"internal/core/planner", "internal/core/inspect", "the planner must not lean on the checker, or the checker would judge itself"},
}

// door is a module from outside with the packages that may import it.
type door struct {
	module string
	rooms  []string // none: tests only, of any package
	why    string
}

// doors lists the modules from outside. Each enters through one door, so that it can be replaced.
//
// DO NOT CHANGE THIS TABLE TO MAKE A BUILD PASS. docs/dependencies.md says why each module is here.
var doors = []door{
	{"cel.dev/cel-go", []string{"internal/predicate/cel"}, "the core asks questions through core/predicate and must not know their language"},
	{"github.com/google/osv-scalibr", []string{"internal/version/scalibr"}, "the core compares versions through core/version"},
	{"github.com/spf13/cobra", []string{"internal/cli"}, "only the command line knows its library"},
	{"github.com/emersion/go-message", []string{"internal/courier/outbox"}, "only the courier that writes letters knows their form"},
	{"github.com/pressly/goose/v3", []string{"internal/store/sqlite"}, "a store migrates itself"},
	{"golang.org/x/crypto", []string{"internal/sshsig"}, "keys and signatures are handled in one place"},
	{"golang.org/x/term", []string{"internal/app"}, "only the program knows that it has a terminal"},
	{"modernc.org/sqlite", []string{"internal/store/sqlite"}, "the rest knows the port"},
	{"go.yaml.in/yaml/v3", []string{"internal/intake/doc"}, "strict reading with places is written once"},
	{"pgregory.net/rapid", nil, "it makes inputs for property tests"},
	{"github.com/rogpeppe/go-internal", nil, "it runs the command line's scripts"},
	{"github.com/cockroachdb/datadriven", nil, "it runs tables of text against golden results"},
}

// importsOf returns the paths that a file imports, each with its place.
func importsOf(t *tree, f *goFile) (paths, places []string) {
	for _, spec := range f.syntax.Imports {
		name, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			panic(err) // the parser lets only string literals through
		}
		paths, places = append(paths, name), append(places, t.place(spec.Pos()))
	}
	return paths, places
}

// floorOf returns the floor of a directory, nil when the table does not know it.
func floorOf(floors []floor, dir string) *floor {
	for i := range floors {
		if slices.Contains(floors[i].rooms, dir) {
			return &floors[i]
		}
	}
	return nil
}

// wrongRows compares the table with the packages there are.
func wrongRows(t *tree, floors []floor) []fault {
	var faults []fault
	for _, dir := range t.dirs() {
		if floorOf(floors, dir) == nil {
			faults = append(faults, fault{dir, "the package is on no floor of the house",
				"a package outside the table could import anything", "give it a row in floors_test.go, on the lowest floor that serves"})
		}
	}
	for _, f := range floors {
		for _, dir := range f.rooms {
			if t.rooms[dir] == nil {
				faults = append(faults, fault{dir, "the floor " + f.name + " has a row for a package that does not exist",
					"rows that mean nothing hide those that do", "create the package or take the row out"})
			}
		}
	}
	return faults
}

// wrongArrows checks every import of one package of the module by another, outside tests.
func wrongArrows(t *tree, floors []floor) []fault {
	var faults []fault
	for _, dir := range t.dirs() {
		for _, f := range t.rooms[dir].files {
			paths, places := importsOf(t, f)
			for i, name := range paths {
				to, ours := strings.CutPrefix(name, modulePath+"/")
				if !ours {
					continue
				}
				if why := wrongArrow(floors, dir, to); why != "" {
					faults = append(faults, fault{places[i], fmt.Sprintf("%s imports %s", dir, to), why,
						"move the code down to where both can see it, or declare an interface and have app hand it in"})
				}
			}
		}
	}
	return faults
}

// wrongArrow returns why from must not import to, or "".
func wrongArrow(floors []floor, from, to string) string {
	for _, pair := range apart {
		if pair.from == from && pair.to == to {
			return pair.why
		}
	}
	if strings.HasPrefix(to, from+"/") {
		return "a parent never imports its child: the child is an adapter or a test suite of the parent"
	}
	source, target := floorOf(floors, from), floorOf(floors, to)
	switch {
	case source == nil || target == nil:
		return "" // wrongRows says so
	case source == target && source.inside, slices.Contains(source.below, target.name):
		return ""
	}
	return fmt.Sprintf("%s may not look at %s: %s", source.name, target.name, source.why)
}

// wrongDoors checks every import of a module from outside, tests included, and that every row is used.
func wrongDoors(t *tree, rows []door) []fault {
	var faults []fault
	used := map[string]bool{}
	for _, dir := range t.dirs() {
		for _, f := range slices.Concat(t.rooms[dir].files, t.rooms[dir].tests) {
			paths, places := importsOf(t, f)
			for i, name := range paths {
				first, _, _ := strings.Cut(name, "/")
				if !strings.Contains(first, ".") || name == modulePath || strings.HasPrefix(name, modulePath+"/") {
					continue
				}
				row := rowOf(rows, name)
				switch {
				case row == nil:
					faults = append(faults, fault{places[i], dir + " imports " + name + ", which is on no list",
						"every module from outside is code that we answer for", "do without it, or follow the checklist for dependencies in CONTRIBUTING.md"})
				case len(row.rooms) == 0 && !f.test, len(row.rooms) > 0 && !slices.Contains(row.rooms, dir):
					faults = append(faults, fault{places[i], dir + " imports " + name, row.why, "use it through the package that owns it"})
				default:
					used[row.module+" "+dir] = true
					used[row.module] = true
				}
			}
		}
	}
	return append(faults, idleDoors(rows, used)...)
}

func idleDoors(rows []door, used map[string]bool) []fault {
	var faults []fault
	idle := func(row door, who string) {
		faults = append(faults, fault{row.module, who + " does not import it", "a permission that nobody uses will be misused", "take it out of the table"})
	}
	for _, row := range rows {
		if len(row.rooms) == 0 && !used[row.module] {
			idle(row, "any test")
		}
		for _, dir := range row.rooms {
			if !used[row.module+" "+dir] {
				idle(row, dir)
			}
		}
	}
	return faults
}

func rowOf(rows []door, name string) *door {
	for i := range rows {
		if name == rows[i].module || strings.HasPrefix(name, rows[i].module+"/") {
			return &rows[i]
		}
	}
	return nil
}

func TestEveryPackageStandsOnAFloor(t *testing.T) { mustKeep(t, wrongRows(repository(t), house)) }

func TestArrowsGoDownOnly(t *testing.T) { mustKeep(t, wrongArrows(repository(t), house)) }

func TestModulesFromOutsideEnterThroughOneDoor(t *testing.T) {
	mustKeep(t, wrongDoors(repository(t), doors))
}

// importing returns a Go file that imports the given packages.
func importing(name string, paths ...string) string {
	var b strings.Builder
	b.WriteString("package " + name + "\n")
	for _, p := range paths {
		fmt.Fprintf(&b, "import _ %q\n", p)
	}
	return b.String()
}

func TestAWrongArrowIsSeen(t *testing.T) {
	core, adapter := modulePath+"/internal/core/", modulePath+"/internal/intake/"
	for _, c := range []struct{ from, to, want string }{
		{"internal/core/limit", core + "fleet", "words may not look at things"},
		{"internal/core/fleet", core + "planner", "things may not look at judgement"},
		{"internal/core/planner", core + "inspect", "the checker would judge itself"},
		{"internal/core/inspect", core + "planner", "share its mistakes"},
		{"internal/core/planner", adapter + "fleetfile", "judgement may not look at adapters"},
		{"internal/intake/fleetfile", adapter + "policyfile", "adapters may not look at adapters"},
		{"internal/cli", adapter + "fleetfile", "surfaces may not look at adapters"},
		{"internal/app", modulePath + "/internal/oracle", "composition may not look at test support"},
		{"internal/oracle", core + "planner", "test support may not look at judgement"},
		{"internal/core/planner", core + "planner/search", "a parent never imports its child"},
		{"cmd/evenkeel", modulePath + "/internal/cli", "main may not look at surfaces"},
	} {
		mustSee(t, wrongArrows(planted(t, c.from+"/x.go", importing("x", c.to)), house), c.want)
	}
	mustKeep(t, wrongArrows(planted(t, "internal/app/x.go", importing("app", adapter+"fleetfile", modulePath+"/internal/cli"),
		"internal/core/fleet/x.go", importing("fleet", core+"limit", core+"policy"),
		"internal/core/planner/x_test.go", importing("planner", core+"inspect", modulePath+"/internal/oracle")), house))
}

func TestAPackageOutsideTheHouseIsSeen(t *testing.T) {
	floors := []floor{{name: "words", rooms: []string{"internal/core/limit", "internal/core/gone"}}}
	tree := planted(t, "internal/core/limit/x.go", "package limit", "internal/core/stray/x.go", "package stray")
	mustSee(t, wrongRows(tree, floors), "internal/core/stray: the package is on no floor", "internal/core/gone: the floor words has a row")
}

func TestAModuleInTheWrongRoomIsSeen(t *testing.T) {
	rows := []door{{"cel.dev/cel-go", []string{"internal/predicate/cel"}, "one door"}, {"pgregory.net/rapid", nil, "tests only"}}
	right := []string{"internal/predicate/cel/x.go", importing("cel", "cel.dev/cel-go/common"),
		"internal/core/limit/x_test.go", importing("limit", "pgregory.net/rapid")}
	mustKeep(t, wrongDoors(planted(t, right...), rows))
	mustSee(t, wrongDoors(planted(t, append(right, "internal/app/x.go", importing("app", "cel.dev/cel-go"))...), rows), "one door")
	mustSee(t, wrongDoors(planted(t, append(right, "internal/app/x.go", importing("app", "pgregory.net/rapid"))...), rows), "tests only")
	mustSee(t, wrongDoors(planted(t, append(right, "internal/app/x.go", importing("app", "cel.dev/cel-gone"))...), rows), "on no list")
	mustSee(t, wrongDoors(planted(t, right[2:]...), rows), "internal/predicate/cel does not import it")
}
