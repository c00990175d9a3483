package formats

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/evenkeel-project/evenkeel/internal/core/fleet"
	"github.com/evenkeel-project/evenkeel/internal/intake/advisoryfile"
	"github.com/evenkeel-project/evenkeel/internal/intake/fleetfile"
	"github.com/evenkeel-project/evenkeel/internal/intake/policyfile"
	"github.com/evenkeel-project/evenkeel/internal/predicate/cel"
	"github.com/evenkeel-project/evenkeel/internal/version/scalibr"
)

var example = regexp.MustCompile("(?ms)^```(yaml|json)\n(.*?)^```$")

// examples returns the examples of one chapter of the page, by language.
func examples(t *testing.T, chapter string) map[string]string {
	t.Helper()
	page, err := os.ReadFile("../../../docs/reference/formats.md")
	if err != nil {
		t.Fatal(err)
	}
	_, text, ok := strings.Cut(string(page), "\n## "+chapter+"\n")
	if !ok {
		t.Fatalf("the page has no chapter %q", chapter)
	}
	text, _, _ = strings.Cut(text, "\n## ")
	found := map[string]string{}
	for _, m := range example.FindAllStringSubmatch(text, -1) {
		found[m[1]] = m[2]
	}
	return found
}

func readFleet(t *testing.T, name, text string) *fleet.Fleet {
	t.Helper()
	f, problems := fleetfile.ReadFrom(name, strings.NewReader(text), 0, nil)
	if err := problems.Err(); err != nil {
		t.Fatalf("the example cannot be read: %v", err)
	}
	return f
}

func TestTheFleetsOfThePageAreRead(t *testing.T) {
	page := examples(t, "Fleet")
	if f := readFleet(t, "page.yaml", page["yaml"]); f.Hosts() != 2 || f.Guests() != 2 {
		t.Errorf("the YAML example has %d hosts and %d guests", f.Hosts(), f.Guests())
	}
	if f := readFleet(t, "page.ndjson", page["json"]); f.Hosts() != 1 {
		t.Errorf("the NDJSON example has %d hosts", f.Hosts())
	}
}

func TestTheAdvisoryOfThePageIsRead(t *testing.T) {
	compiler, err := cel.NewCompiler(scalibr.Reader{})
	if err != nil {
		t.Fatal(err)
	}
	a, problems := advisoryfile.Parse("page.yaml", []byte(examples(t, "Advisory")["yaml"]), compiler)
	if err := problems.Err(); err != nil || a.ID == "" {
		t.Fatalf("the example cannot be read: %v", err)
	}
}

func TestThePolicyOfThePageIsReadAndFitsTheFleet(t *testing.T) {
	p, problems := policyfile.Parse("page.yaml", []byte(examples(t, "Policy")["yaml"]))
	if err := problems.Err(); err != nil {
		t.Fatalf("the example cannot be read: %v", err)
	}
	problems = p.CheckNames(readFleet(t, "page.yaml", examples(t, "Fleet")["yaml"]))
	for _, fault := range problems.Items() {
		t.Error(fault)
	}
}
