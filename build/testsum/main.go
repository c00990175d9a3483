// Command testsum reads what go test -json prints and tells it in a few lines: one for each package with
// its time, the output of what failed, and a closing line with the counts. It fails when a test failed,
// when one was skipped, when a package did not finish and when no test ran at all: a run that proves
// nothing must not look like one that passed.
//
//	go test -json ./... | testsum
package main

import (
	"fmt"
	"os"
)

func main() {
	s, err := summarise(os.Stdin, os.Stdout)
	if err != nil {
		fmt.Fprintln(os.Stderr, "testsum:", err)
		os.Exit(1)
	}
	if !s.good() {
		os.Exit(1)
	}
}
