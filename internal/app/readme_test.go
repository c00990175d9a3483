package app

import (
	"bytes"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/evenkeel-project/evenkeel/internal/cli"
)

// TestTheReadmeShowsWhatTheProgramPrints runs the example of the README from the root of the tree.
func TestTheReadmeShowsWhatTheProgramPrints(t *testing.T) {
	t.Chdir("../..")
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	program := []string{"go", "run", "./cmd/evenkeel"}
	command := "$ " + strings.Join(program, " ") + " "
	_, rest, found := strings.Cut(string(readme), "```\n"+command)
	line, rest, _ := strings.Cut(rest, "\n")
	shown, _, closed := strings.Cut(rest, "```\n")
	if !found || !closed {
		t.Fatalf("README.md has no example that starts with %q", command)
	}
	desk, err := newDesk()
	if err != nil {
		t.Fatal(err)
	}
	var out, faults bytes.Buffer
	code := cli.Run(strings.Fields(line), desk, cli.Streams{Out: &out, Err: &faults, Program: program, Zone: time.UTC})
	if code != 0 || out.String() != shown {
		t.Errorf("exit code %d, %s\nthe program prints\n%s\nREADME.md shows\n%s", code, faults.String(), out.String(), shown)
	}
}
