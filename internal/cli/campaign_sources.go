package cli

import (
	"cmp"
	"fmt"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"github.com/evenkeel-project/evenkeel/internal/core/advisory"
	"github.com/evenkeel-project/evenkeel/internal/core/campaign"
	"github.com/evenkeel-project/evenkeel/internal/core/canon"
	"github.com/evenkeel-project/evenkeel/internal/core/plan"
	"github.com/evenkeel-project/evenkeel/internal/core/problem"
)

// dataFlag is the flag that names the data directory.
func dataFlag(command *cobra.Command, data *string) {
	command.Flags().StringVar(data, "data", "", "the data directory `DIR` of the campaign")
}

// byFlag is the flag that names who gives a command; without it that is who runs the program.
func byFlag(command *cobra.Command, by *string, usage string) {
	command.Flags().StringVar(by, "by", *by, usage+" (default: you)")
	command.Flags().Lookup("by").DefValue = ""
}

// movedFlags are the flags that say where the documents of a campaign stand now, when they have moved.
func movedFlags(command *cobra.Command, from *sources) {
	from.flags(command)
	for _, name := range []string{"fleet", "advisory", "policy"} {
		flag := command.Flags().Lookup(name)
		flag.Usage += " (default: as proposed)"
	}
}

// presentSources reads the documents of a campaign again where they stand now, and says what changed since the
// proposal. A document that cannot be read is an error: nobody could say that it is still the same.
func (s *session) presentSources(kept Kept, moved sources) (campaign.Sources, error) {
	from := sources{fleet: cmp.Or(moved.fleet, kept.Sources.Fleet), policy: cmp.Or(moved.policy, kept.Sources.Policy), advisories: moved.advisories}
	if len(from.advisories) == 0 {
		from.advisories = kept.Sources.Advisories
	}
	in, err := s.load(from, problem.List{})
	if err != nil {
		return campaign.Sources{}, err
	}
	was, list := s.desk.ReadPlan(kept.Copies.Plan)
	if err := s.check(list); err != nil {
		return campaign.Sources{}, err
	}
	now := campaign.Sources{Plan: was.Digest, Fleet: in.fleet.Digest(), Policy: in.policy.Digest, Advisories: References(in.advisories)}
	s.presentPlan(kept, &now)
	if was.Fleet != now.Fleet {
		copied, list := s.readFleet(kept.Copies.Fleet)
		if err := s.check(list); err != nil {
			return campaign.Sources{}, err
		}
		now.Changes = append(now.Changes, fleetChanges(copied, in.fleet)...)
	}
	if was.Policy != now.Policy {
		now.Changes = append(now.Changes, textChanges("policy", kept.Copies.Policy, from.policy)...)
	}
	now.Changes = append(now.Changes, advisoryChanges(was.Advisories, now.Advisories, kept.Copies.Advisories, from.advisories, in.advisories)...)
	now.Changes = bounded(now.Changes)
	return now, nil
}

// presentPlan looks whether another plan was written where the proposed one stood. One that is gone changes nothing:
// the copy is what is carried out.
func (s *session) presentPlan(kept Kept, now *campaign.Sources) {
	if !fileExists(kept.Sources.Plan) {
		return
	}
	p, list := s.desk.ReadPlan(kept.Sources.Plan)
	if list.Failed() || p.Digest == now.Plan {
		return
	}
	now.Plan = p.Digest
	now.Changes = append(now.Changes, problem.Printable(fmt.Sprintf("plan: %s holds another plan now (%s): propose it in a data directory of its own",
		kept.Sources.Plan, p.Digest)))
}

// References names advisories by their content, in the order of their ids.
func References(list []*advisory.Advisory) []campaign.Reference {
	refs := make([]campaign.Reference, len(list))
	for i, a := range list {
		refs[i] = campaign.Reference{ID: a.ID, Digest: a.Digest}
	}
	slices.SortFunc(refs, func(a, b campaign.Reference) int { return cmp.Compare(a.ID, b.ID) })
	return refs
}

// advisoryChanges compares advisories by their ids. The copies are in the order of was; the files in the order in
// which the advisories were read.
func advisoryChanges(was []plan.AdvisoryRef, now []campaign.Reference, copies, files []string, read []*advisory.Advisory) []string {
	var out []string
	digests := map[string]canon.Digest{}
	for _, a := range was {
		digests[a.ID] = a.Digest
	}
	for _, a := range now {
		before, ok := digests[a.ID]
		delete(digests, a.ID)
		switch {
		case !ok:
			out = append(out, fmt.Sprintf("advisory %s: it was not proposed", a.ID))
		case before != a.Digest:
			file := files[slices.IndexFunc(read, func(r *advisory.Advisory) bool { return r.ID == a.ID })]
			kept := copies[slices.IndexFunc(was, func(w plan.AdvisoryRef) bool { return w.ID == a.ID })]
			out = append(out, textChanges("advisory "+a.ID, kept, file)...)
		}
	}
	for _, a := range was {
		if _, gone := digests[a.ID]; gone {
			out = append(out, fmt.Sprintf("advisory %s: it is not given any more", a.ID))
		}
	}
	return out
}

// absolute returns paths from the root, so that a command from another directory finds the same files.
func absolute(paths ...string) ([]string, error) {
	out := make([]string, len(paths))
	for i, path := range paths {
		full, err := filepath.Abs(path)
		if err != nil {
			return nil, problem.Problem{Code: "path-unknown", Place: problem.Place{File: path},
				Sentence: fmt.Sprintf("its place from the root is not known: %v", err), Fix: "run the command from a directory that exists"}
		}
		out[i] = full
	}
	return out, nil
}

// The bounds of what is said about changes, so that a refusal stays one that people read.
const (
	changesTold   = 5
	changeColumns = 160
)

func bounded(changes []string) []string {
	out := make([]string, 0, changesTold+1)
	for i, change := range changes {
		if i == changesTold {
			return append(out, fmt.Sprintf("and %s more changes", grouped(len(changes)-changesTold)))
		}
		out = append(out, fitted(change, changeColumns))
	}
	return out
}
