package main

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// verdict is what became of a mutant. The zero value is the one that is worst.
type verdict int

const (
	survived verdict = iota
	notCompiled
	killed
)

// String returns the word that is printed.
func (v verdict) String() string { return [...]string{"SURVIVED", "did not compile", "killed"}[v] }

// yard is a copy of the tree in which mutants live for as long as their tests run.
type yard struct {
	ctx context.Context
	dir string
}

// openYard copies the files below root that git keeps or would keep, as they are now.
func openYard(ctx context.Context, root string) (*yard, error) {
	list := exec.CommandContext(ctx, "git", "ls-files", "-z", "--cached", "--others", "--exclude-standard")
	list.Dir = root
	names, err := list.Output()
	if err != nil {
		return nil, fmt.Errorf("git cannot list the files of the tree: %w", err)
	}
	dir, err := os.MkdirTemp("", "mutants-")
	if err != nil {
		return nil, err
	}
	y := &yard{ctx, dir}
	for name := range strings.SplitSeq(strings.TrimSuffix(string(names), "\x00"), "\x00") {
		err := copyFile(filepath.Join(root, name), filepath.Join(dir, name))
		if err != nil && !errors.Is(err, fs.ErrNotExist) { // git lists what was deleted and not yet committed
			y.close()
			return nil, fmt.Errorf("the tree cannot be copied: %w", err)
		}
	}
	return y, nil
}

func copyFile(from, to string) error {
	info, err := os.Stat(from)
	if err != nil {
		return err
	}
	data, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return err
	}
	return os.WriteFile(to, data, info.Mode().Perm())
}

func (y *yard) close() { _ = os.RemoveAll(y.dir) }

// fits returns an error that names every mutant whose old text does not stand exactly once in its file.
func (y *yard) fits(mutants []mutant) error {
	var faults []error
	for _, m := range mutants {
		data, err := os.ReadFile(filepath.Join(y.dir, m.file))
		if n := bytes.Count(data, []byte(m.old)); err == nil && n != 1 {
			err = fmt.Errorf("%s holds the old text %d times", m.file, n)
		}
		if err != nil {
			faults = append(faults, fmt.Errorf("the mutant at line %d is stale: %w", m.line, err))
		}
	}
	return errors.Join(faults...)
}

// tryUnchanged runs the tests of all mutants without any edit, package by package: a test that fails anyway
// would kill every mutant.
func (y *yard) tryUnchanged(mutants []mutant) error {
	whole := map[string]suite{}
	for _, m := range mutants {
		room := strings.Join(append([]string{m.test.room}, m.test.flags...), " ")
		top, _, _ := strings.Cut(m.test.pattern, "/")
		s := suite{m.test.room, top, m.test.flags}
		if known, ok := whole[room]; ok {
			s.pattern = known.pattern
			if !slices.Contains(strings.Split(s.pattern, "|"), top) {
				s.pattern += "|" + top
			}
		}
		whole[room] = s
	}
	suites := make([]suite, 0, len(whole))
	for _, s := range whole {
		suites = append(suites, s)
	}
	slices.SortFunc(suites, func(a, b suite) int { return cmp.Or(cmp.Compare(a.room, b.room), slices.Compare(a.flags, b.flags)) })
	for _, s := range suites {
		v, output, _, err := y.test(s)
		switch {
		case err != nil:
			return err
		case v != survived:
			return fmt.Errorf("without any edit, go test %s fails:\n%s", strings.Join(s.arguments(), " "), output)
		case bytes.Contains(output, []byte("[no test")):
			return fmt.Errorf("go test %s runs no test", strings.Join(s.arguments(), " "))
		}
	}
	return nil
}

// try makes a mutant's edit, runs its tests and takes the edit back.
func (y *yard) try(m mutant) (v verdict, seconds float64, err error) {
	name := filepath.Join(y.dir, m.file)
	data, err := os.ReadFile(name)
	if err != nil {
		return survived, 0, err
	}
	edited := bytes.Replace(data, []byte(m.old), []byte(m.new), 1)
	if err := os.WriteFile(name, edited, 0o644); err != nil {
		return survived, 0, err
	}
	defer func() { err = errors.Join(err, os.WriteFile(name, data, 0o644)) }()
	v, _, seconds, err = y.test(m.test)
	return v, seconds, err
}

// test runs tests in the copy: killed means that one failed, or ran out of time. It returns what they printed
// and the seconds of processor time they took. The error is about running them only.
func (y *yard) test(s suite) (v verdict, output []byte, seconds float64, err error) {
	arguments := append([]string{"test", "-count=1", "-vet=off", "-timeout=2m"}, s.arguments()...)
	tests := exec.CommandContext(y.ctx, cmp.Or(os.Getenv("GO"), "go"), arguments...)
	tests.Dir = y.dir
	output, err = tests.CombinedOutput()
	if done := tests.ProcessState; done != nil {
		seconds = (done.UserTime() + done.SystemTime()).Seconds()
	}
	var failed *exec.ExitError
	switch {
	case y.ctx.Err() != nil:
		return survived, output, seconds, y.ctx.Err()
	case err == nil:
		return survived, output, seconds, nil
	case !errors.As(err, &failed):
		return survived, output, seconds, err
	case bytes.Contains(output, []byte("[build failed]")), bytes.Contains(output, []byte("[setup failed]")):
		return notCompiled, output, seconds, nil
	}
	return killed, output, seconds, nil
}
