package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"github.com/evenkeel-project/evenkeel/internal/core/advisory"
	"github.com/evenkeel-project/evenkeel/internal/core/fleet"
	"github.com/evenkeel-project/evenkeel/internal/core/ident"
	"github.com/evenkeel-project/evenkeel/internal/core/policy"
	"github.com/evenkeel-project/evenkeel/internal/core/problem"
)

// sources are the files that exposure, plan and inspect judge by.
type sources struct {
	fleet      string
	advisories []string
	policy     string
}

// material is what stands in them.
type material struct {
	fleet      *fleet.Fleet
	advisories []*advisory.Advisory
	policy     *policy.Policy // nil when no policy was named
}

func (o *sources) flags(command *cobra.Command) {
	command.Flags().StringVar(&o.fleet, "fleet", "", "the fleet `FILE`, YAML or NDJSON")
	command.Flags().StringArrayVar(&o.advisories, "advisory", nil, "an advisory `FILE`; may be given again")
	command.Flags().StringVar(&o.policy, "policy", "", "the policy `FILE`")
}

// arguments returns the flags that name the same files, for a command to paste.
func (o *sources) arguments() []string {
	words := []string{"--fleet", o.fleet}
	for _, path := range o.advisories {
		words = append(words, "--advisory", path)
	}
	if o.policy != "" {
		words = append(words, "--policy", o.policy)
	}
	return words
}

// load reads all files and reports the faults of all of them together, after those that were found before.
func (s *session) load(from sources, found problem.List) (material, error) {
	out, problems := material{}, found
	seen := map[string]string{}
	for _, path := range from.advisories {
		a, list := s.desk.ReadAdvisory(path)
		problems.Merge(list)
		if a == nil {
			continue
		}
		if other, ok := seen[a.ID]; ok {
			problems.Addf("duplicate-id", problem.Place{File: path}, "name each advisory once",
				"advisory %s was already read from %s", a.ID, other)
			continue
		}
		seen[a.ID] = path
		out.advisories = append(out.advisories, a)
	}
	if from.policy != "" {
		p, list := s.desk.ReadPolicy(from.policy)
		problems.Merge(list)
		out.policy = p
	}
	f, list := s.readFleet(from.fleet)
	problems.Merge(list)
	out.fleet = f
	if f != nil {
		problems.Merge(unreported(f, out.advisories))
	}
	return out, s.check(problems)
}

func (s *session) readFleet(path string) (*fleet.Fleet, problem.List) {
	bar := s.progress(filepath.Base(path))
	defer bar.end()
	return s.desk.ReadFleet(path, bar.step)
}

// unreported warns of facts that an advisory reads and no host of the fleet has: every host would be unknown
// for a misspelt one.
func unreported(f *fleet.Fleet, advisories []*advisory.Advisory) problem.List {
	var problems problem.List
	for _, a := range advisories {
		asked := slices.Concat(a.Affected.HostFacts(), a.Fixed.HostFacts())
		slices.Sort(asked)
		for _, fact := range slices.Compact(asked) {
			if !anyHostHas(f, fact) {
				problems.Add(problem.Problem{Code: "fact-not-reported", Warning: true, Objects: []string{a.ID},
					Sentence: fmt.Sprintf("advisory %s reads the fact %s, which no host of the fleet has", a.ID, fact),
					Fix:      "correct its name, or gather it"})
			}
		}
	}
	return problems
}

func anyHostHas(f *fleet.Fleet, fact string) bool {
	for h := range f.Hosts() {
		if _, ok := f.Facts(ident.Host(h)).Get(fact); ok {
			return true
		}
	}
	return false
}

// refuseInput refuses to write over a file that is read, with --force too.
func refuseInput(output string, inputs ...string) error {
	if output == "" || output == "-" {
		return nil
	}
	target, err := os.Stat(output)
	if err != nil || !target.Mode().IsRegular() {
		return nil
	}
	for _, input := range inputs {
		if info, err := os.Stat(input); err == nil && os.SameFile(target, info) {
			return problem.Problem{Code: "output-is-input", Place: problem.Place{File: output},
				Sentence: "the file to write is one of those that are read", Fix: "name another file"}
		}
	}
	return nil
}
