package app

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/evenkeel-project/evenkeel/internal/cli"
	"github.com/evenkeel-project/evenkeel/internal/datadir"
)

// run runs a command in this process and returns its exit code and all that it printed.
func (s *stage) run(words ...string) (code int, printed string) {
	var out bytes.Buffer
	return cli.Run(words, s.desk, cli.Streams{Out: &out, Err: &out, Program: []string{"evenkeel"}, Zone: time.UTC, Operator: "ops"}), out.String()
}

func TestAPatchThatMayNotBeDeployedYetIsNotProposed(t *testing.T) {
	s := troubled(t)
	sample, err := os.ReadFile(advisorySample)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, from, to string
		refused        bool
	}{
		{"it is forbidden", "deploy_patch: yes", "deploy_patch: no", true},
		{"nothing is said of it", "deploy_patch: yes, ", "", true},
		{"nothing is said of any permission", ", permits: {deploy_patch: yes, deploy_mitigation: no, distribute: no}", "", true},
		{"the embargo ends before", "2014-10-01T12:00:00Z, tlp: AMBER, permits: {deploy_patch: yes", "2014-09-28T11:00:00Z, tlp: AMBER, permits: {deploy_patch: no", false},
	} {
		text := strings.Replace(string(sample), c.from, c.to, 1)
		advisory, plan, data := s.path(t.Name()+".yaml"), s.path(t.Name()+".json"), s.fresh()
		if err := os.WriteFile(advisory, []byte(text), 0o600); err != nil || text == string(sample) {
			t.Fatal(err, text)
		}
		var words []string
		for _, word := range s.proposal {
			switch word {
			case advisorySample:
				word = advisory
			case s.path("plan.json"):
				word = plan
			}
			words = append(words, word)
		}
		files := words[len(words)-6:]
		if code, printed := s.run(append([]string{"plan", "--force", "-o", plan}, files...)...); code != cli.ExitDone {
			t.Fatalf("%s: %s", c.name, printed)
		}
		code, printed := s.run(append(words, "--data", data)...)
		refused := code == cli.ExitFailed && strings.Contains(printed, "[deploy-not-permitted]")
		if refused != c.refused || (code == cli.ExitDone) == c.refused {
			t.Errorf("%s: exit code %d: %s", c.name, code, printed)
		}
		if _, err := os.Stat(data); (err == nil) == c.refused {
			t.Errorf("%s: the data directory: %v", c.name, err)
		}
	}
}

func TestAllowedSignersThatCanBeReadOnlyOnceAreNotProposed(t *testing.T) {
	s := troubled(t)
	content, data := s.read(s.path("allowed_signers")), s.fresh()
	reading, writing, err := os.Pipe() // as a shell gives one for <(command)
	if err != nil {
		t.Fatal(err)
	}
	defer reading.Close()
	if _, err := writing.WriteString(content); err != nil {
		t.Fatal(err)
	}
	if err := writing.Close(); err != nil {
		t.Fatal(err)
	}
	pipe := fmt.Sprintf("/proc/self/fd/%d", reading.Fd())
	words := append([]string{}, s.proposal...)
	for i, word := range words {
		if word == s.path("allowed_signers") {
			words[i] = pipe
		}
	}
	code, printed := s.run(append(words, "--data", data)...)
	if code != cli.ExitFailed || !strings.Contains(printed, "[document-changed]") {
		t.Errorf("exit code %d: %s", code, printed)
	}
	if code, printed := s.run("campaign", "approve", "--data", data, "--key", s.path("first")); code != cli.ExitFailed {
		t.Errorf("what was not proposed can be approved: %s", printed)
	}
	if code, printed := s.run(append(s.proposal, "--data", data)...); code != cli.ExitDone {
		t.Errorf("the proposal cannot be made again: %s", printed)
	}
	if got := s.read(datadir.At(data).Path() + "/documents/allowed_signers"); got != content {
		t.Errorf("the copy is %q", got)
	}
}
