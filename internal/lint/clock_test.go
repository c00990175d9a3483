package lint

import (
	"go/ast"
	"slices"
	"testing"
)

// clockRoom is the one package that reads the machine's clock. The core is bound more strictly still.
const clockRoom = "internal/clock"

// clockReaders are the functions of package time that read the clock or wait by it.
var clockReaders = []string{"Now", "Since", "Until", "Sleep", "After", "AfterFunc", "Tick", "NewTimer", "NewTicker"}

// clocks finds code outside the clock's room that reads the machine's time. Tests have rules of their own.
func clocks(t *tree) []fault {
	var faults []fault
	for _, dir := range t.dirs() {
		if dir == clockRoom {
			continue
		}
		for _, f := range t.rooms[dir].files {
			names := packageNames(f)
			ast.Inspect(f.syntax, func(n ast.Node) bool {
				name, ok := n.(*ast.SelectorExpr)
				if !ok {
					return true
				}
				id, ok := name.X.(*ast.Ident)
				if ok && names[id.Name] == "time" && slices.Contains(clockReaders, name.Sel.Name) {
					faults = append(faults, fault{t.place(n.Pos()), dir + " reads the clock by time." + name.Sel.Name,
						"code that asks for the time cannot be run again at another time", "take it through " + clockRoom + ", or as a value"})
				}
				return true
			})
		}
	}
	return faults
}

func TestTheClockIsReadInOnePlace(t *testing.T) { mustKeep(t, clocks(repository(t))) }

func TestASecondClockIsSeen(t *testing.T) {
	const reading = "package x\nimport clock \"time\"\nvar start = clock.Now()\n"
	mustSee(t, clocks(planted(t, "internal/cli/x.go", reading)), "reads the clock by time.Now")
	mustKeep(t, clocks(planted(t, clockRoom+"/x.go", reading, "internal/cli/x_test.go", reading,
		"internal/cli/x.go", "package x\nimport \"time\"\nfunc f(t time.Time) bool { return t.After(time.Unix(0, 0)) }")))
}
