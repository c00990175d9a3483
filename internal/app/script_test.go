package app

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// update rewrites the golden parts of the scripts; read the diff before it is committed.
var update = flag.Bool("update", false, "rewrite the golden parts of the scripts")

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"evenkeel": func() { os.Exit(Main()) }})
}

// TestTheCommandLineDoesAsItsScriptsSay runs the real program as a process of its own, as its readers do.
func TestTheCommandLineDoesAsItsScriptsSay(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script", UpdateScripts: *update, RequireExplicitExec: true, RequireUniqueNames: true,
		Setup: copySample,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits": exits, "pasted": pasted, "same": same, "made": made, "bytes": writeBytes,
		},
	})
}

// copySample gives every script the files of testdata/sample.
func copySample(env *testscript.Env) error {
	files, err := filepath.Glob("testdata/sample/*")
	if err != nil {
		return err
	}
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(env.WorkDir, filepath.Base(file)), content, 0o600); err != nil {
			return err
		}
	}
	env.Setenv("TZ", "UTC")
	return nil
}

// exits N PROGRAM ARG... runs a program that must end with exit code N.
func exits(ts *testscript.TestScript, negated bool, args []string) {
	if negated || len(args) < 2 {
		ts.Fatalf("usage: exits N program [arg...]")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	if got := exitCode(ts, ts.Exec(args[1], args[2:]...)); got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
	if stderr := ts.ReadFile("stderr"); strings.Contains(stderr, "goroutine ") || strings.Contains(stderr, "panic:") {
		ts.Fatalf("a stack trace reached the reader")
	}
}

func exitCode(ts *testscript.TestScript, err error) int {
	if err == nil {
		return 0
	}
	var ended *exec.ExitError
	if !errors.As(err, &ended) {
		ts.Fatalf("it did not run: %v", err)
	}
	return ended.ExitCode()
}

// pasted FILE [TEXT...] gives every command printed in the file to a shell, as a reader who pastes it does. Commands
// are the lines that start with the program's name, after an indent and perhaps a prompt. Those with one of the texts
// must be refused, and all others carried out.
func pasted(ts *testscript.TestScript, negated bool, args []string) {
	if negated || len(args) == 0 {
		ts.Fatalf("usage: pasted file [text...]")
	}
	count := 0
	for line := range strings.Lines(ts.ReadFile(args[0])) {
		command := strings.TrimPrefix(strings.TrimSpace(line), "$ ")
		if !strings.HasPrefix(line, "  ") || !strings.HasPrefix(command, "evenkeel ") {
			continue
		}
		count++
		want := 0
		if slices.ContainsFunc(args[1:], func(text string) bool { return strings.Contains(command, text) }) {
			want = 1
		}
		if code := exitCode(ts, ts.Exec("sh", "-c", command)); code != want {
			ts.Fatalf("exit code %d, not %d, of the printed command: %s", code, want, command)
		}
	}
	if count == 0 {
		ts.Fatalf("no command is printed in %s", args[0])
	}
	fmt.Fprintf(ts.Stdout(), "%d commands pasted\n", count)
}

// same FILE FILE fails unless the two files have the same bytes.
func same(ts *testscript.TestScript, negated bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: same file file")
	}
	if equal := ts.ReadFile(args[0]) == ts.ReadFile(args[1]); equal == negated {
		ts.Fatalf("equal: %v", equal)
	}
}

// made FILE FROM OLD NEW writes FILE: FROM with every OLD replaced by NEW, which may be quoted Go strings.
func made(ts *testscript.TestScript, negated bool, args []string) {
	if negated || len(args) != 4 {
		ts.Fatalf("usage: made file from old new")
	}
	before := ts.ReadFile(args[1])
	after := strings.ReplaceAll(before, args[2], unquoted(args[3]))
	if before == after {
		ts.Fatalf("%s does not contain %q", args[1], args[2])
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(after), 0o600))
}

// bytes FILE TEXT writes a file from a quoted Go string, for what a script cannot hold.
func writeBytes(ts *testscript.TestScript, negated bool, args []string) {
	if negated || len(args) != 2 {
		ts.Fatalf("usage: bytes file text")
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(unquoted(args[1])), 0o600))
}

func unquoted(text string) string {
	if plain, err := strconv.Unquote(`"` + text + `"`); err == nil {
		return plain
	}
	return text
}
