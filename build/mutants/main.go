// Command mutants takes the guards of the program out one by one and sees the tests fail. A guard whose
// absence no test notices is a wish; a test that passes without its guard guards nothing.
//
// It reads a table of mutants, each one edit of one file with the tests that must fail for it, applies them
// one after another in a copy of the tree, and tells of each whether it was killed or survived. A table that
// no longer fits the code, tests that fail without any edit, and an edit that does not compile are failures
// too: they would look like kills. It must run when the product does not compile, so it imports none of it.
//
//	mutants build/mutants/mutants.txt         every mutant
//	mutants build/mutants/mutants.txt S15     those whose law, guard or file holds the word
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strings"
)

func main() {
	if len(os.Args) < 2 {
		fmt.Fprintln(os.Stderr, "usage: mutants TABLE [WORD]")
		os.Exit(2)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	good, err := run(ctx, os.Stdout, ".", os.Args[1], strings.Join(os.Args[2:], " "))
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "mutants:", err)
	}
	if err != nil || !good {
		os.Exit(1)
	}
}

// run tries the mutants of a table that hold the word in a copy of the tree below root, and reports whether
// all were killed.
func run(ctx context.Context, out io.Writer, root, table, word string) (bool, error) {
	text, err := os.ReadFile(table)
	if err != nil {
		return false, err
	}
	mutants, err := parse(string(text))
	if err != nil {
		return false, fmt.Errorf("%s: %w", table, err)
	}
	mutants = slices.DeleteFunc(mutants, func(m mutant) bool { return !m.holds(word) })
	if len(mutants) == 0 {
		return false, fmt.Errorf("%s: no mutant holds %q", table, word)
	}
	y, err := openYard(ctx, root)
	if err != nil {
		return false, err
	}
	defer y.close()
	if err := y.fits(mutants); err != nil {
		return false, fmt.Errorf("%s: %w", table, err)
	}
	if err := y.tryUnchanged(mutants); err != nil {
		return false, err
	}
	return y.tryAll(out, mutants)
}

// tryAll tries one mutant after another and tells each as it comes, with the seconds of processor time that
// its build and tests took.
func (y *yard) tryAll(out io.Writer, mutants []mutant) (bool, error) {
	count := map[verdict]int{}
	for _, m := range mutants {
		v, seconds, err := y.try(m)
		if err != nil {
			return false, err
		}
		count[v]++
		fmt.Fprintf(out, "%-15s %5.1fs  %s: %s\n", v, seconds, m.law, m.guard)
		if v != killed {
			fmt.Fprintf(out, "\tline %d of the table: %s by go test %s\n", m.line, m.file, strings.Join(m.test.arguments(), " "))
		}
	}
	closing := fmt.Sprintf("%d killed, %d survived", count[killed], count[survived])
	if n := count[notCompiled]; n > 0 {
		closing += fmt.Sprintf(", %d did not compile", n)
	}
	fmt.Fprintln(out, closing)
	return count[killed] == len(mutants), nil
}
