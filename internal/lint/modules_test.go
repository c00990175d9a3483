package lint

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// directMax bounds the modules that we depend on directly: each is code that somebody has to follow.
const directMax = 25

// required matches one requirement of a go.mod file, in a block or on its own line.
var required = regexp.MustCompile(`(?m)^(?:require )?\t?([a-z0-9.-]+\.[a-z]+/\S+|[a-z0-9.-]+\.[a-z]+) (v\S+)( // indirect)?$`)

// listed matches a row of docs/dependencies.md: the module and its version come first.
var listed = regexp.MustCompile("(?m)^\\| `([^`]+)` \\| (v[^ |]+) \\|(.*)\\|$")

// unlistedModules compares go.mod with docs/dependencies.md.
func unlistedModules(t *tree) []fault {
	direct, rows := map[string]string{}, map[string]string{}
	for _, m := range required.FindAllStringSubmatch(string(t.files["go.mod"]), -1) {
		if m[3] == "" {
			direct[m[1]] = m[2]
		}
	}
	const page = "docs/dependencies.md"
	var faults []fault
	for _, m := range listed.FindAllStringSubmatch(string(t.files[page]), -1) {
		rows[m[1]] = m[2]
		if slices.Contains(cells(m[3]), "") || len(cells(m[3])) < 3 {
			faults = append(faults, fault{page, "the row of " + m[1] + " has an empty column", "a reason that is missing cannot be judged", "fill in licence, reason and what else there was"})
		}
	}
	for _, module := range slices.Sorted(maps.Keys(direct)) {
		if rows[module] != direct[module] {
			faults = append(faults, fault{page, fmt.Sprintf("it does not list %s at %s", module, direct[module]),
				"every module from outside is code that we answer for", "add or correct its row: version, licence, why, what else there was"})
		}
	}
	for _, module := range slices.Sorted(maps.Keys(rows)) {
		if direct[module] == "" {
			faults = append(faults, fault{page, "it lists " + module + ", which go.mod does not require directly", "the page must be true", "take the row out, or run go mod tidy"})
		}
	}
	if len(direct) > directMax {
		faults = append(faults, fault{"go.mod", fmt.Sprintf("%d modules are required directly, more than %d", len(direct), directMax),
			"each is code that somebody has to follow", "do without one"})
	}
	return faults
}

func TestEveryDependencyIsExplained(t *testing.T) { mustKeep(t, unlistedModules(repository(t))) }

func TestAnUnexplainedDependencyIsSeen(t *testing.T) {
	const mod = "module x\n\nrequire (\n\ta.example/one v1.0.0\n\tb.example/two/v2 v2.1.0 // indirect\n)\n\nrequire c.example v0.1.0\n"
	const row = "| `a.example/one` | v1.0.0 | MIT | needed | nothing |\n"
	plant := func(mod, page string) []fault {
		return unlistedModules(planted(t, "go.mod", mod, "docs/dependencies.md", page))
	}
	mustKeep(t, plant(mod, row+"| `c.example` | v0.1.0 | MIT | needed | nothing |\n"))
	mustSee(t, plant(mod, row), "it does not list c.example at v0.1.0")
	mustSee(t, plant("module x\n", row), "it lists a.example/one")
	mustSee(t, plant("require a.example/one v1.0.1\n", row), "a.example/one at v1.0.1")
	mustSee(t, plant("require a.example/one v1.0.0\n", strings.Replace(row, "needed", "", 1)), "empty column")
	var many, rows strings.Builder
	for i := range directMax + 1 {
		fmt.Fprintf(&many, "require m%d.example/x v1.0.0\n", i)
		fmt.Fprintf(&rows, "| `m%d.example/x` | v1.0.0 | MIT | needed | nothing |\n", i)
	}
	mustSee(t, plant(many.String(), rows.String()), "26 modules are required directly")
}
