package datadir

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/evenkeel-project/evenkeel/internal/core/canon"
	"github.com/evenkeel-project/evenkeel/internal/core/problem"
	"github.com/evenkeel-project/evenkeel/internal/intake/doc"
)

// proposalVersion is the version of proposal.json that this package writes and reads.
const proposalVersion = 1

// Proposal says what was proposed in a data directory, and where its documents came from.
type Proposal struct {
	Campaign       string       // its id
	Plan           canon.Digest // of the plan
	PlanFile       string       // absolute paths of the sources at the time of the proposal
	Fleet          string
	Policy         string
	Advisories     []string // in the order of their ids, as Copies has them
	AllowedSigners string
}

// Copies are the paths of the copies in a data directory.
type Copies struct {
	Plan, Fleet, Policy, AllowedSigners string
	Advisories                          []string // in the order of their ids
}

// Content is what the copies are made of: bytes as they were read, except the fleet, which writes itself.
type Content struct {
	Plan, Policy, AllowedSigners []byte
	Advisories                   [][]byte
	Fleet                        func(io.Writer) error
}

func (d Dir) documents() string { return filepath.Join(d.path, "documents") }

// Copies returns the paths of the copies of a proposal.
func (d Dir) Copies(p Proposal) Copies {
	in := func(name string) string { return filepath.Join(d.documents(), name) }
	out := Copies{Plan: in("plan.json"), Fleet: in("fleet.ndjson"), Policy: in("policy.yaml"), AllowedSigners: in("allowed_signers")}
	for i := range p.Advisories {
		out.Advisories = append(out.Advisories, in(fmt.Sprintf("advisory-%d.yaml", i+1)))
	}
	return out
}

// Keep puts proposal and documents into the directory, all of them or none: they are written beside, and take their
// place at once. What stood there is replaced; the caller knows that nothing was decided by it. The directory must be
// held by this process.
func (d Dir) Keep(p Proposal, c Content) error { return d.wrote(d.keep(p, c)) }

func (d Dir) keep(p Proposal, c Content) error {
	beside := filepath.Join(d.path, ".documents.new")
	if err := os.RemoveAll(beside); err != nil {
		return err
	}
	if err := os.Mkdir(beside, directoryMode); err != nil {
		return err
	}
	copies := d.Copies(p)
	text := func(content []byte) func(io.Writer) error {
		return func(out io.Writer) error { _, err := out.Write(content); return err }
	}
	files := []struct {
		path  string
		write func(io.Writer) error
	}{
		{"proposal.json", text(p.encode())}, {copies.Plan, text(c.Plan)}, {copies.Policy, text(c.Policy)},
		{copies.AllowedSigners, text(c.AllowedSigners)}, {copies.Fleet, c.Fleet},
	}
	for _, f := range files {
		if err := writeFile(filepath.Join(beside, filepath.Base(f.path)), f.write); err != nil {
			return err
		}
	}
	for i, content := range c.Advisories {
		if err := writeFile(filepath.Join(beside, filepath.Base(copies.Advisories[i])), text(content)); err != nil {
			return err
		}
	}
	if err := syncDirectory(beside); err != nil {
		return err
	}
	if err := os.RemoveAll(d.documents()); err != nil {
		return err
	}
	if err := os.Rename(beside, d.documents()); err != nil {
		return err
	}
	return syncDirectory(d.path)
}

// writeFile writes a new file to the disk.
func writeFile(path string, write func(io.Writer) error) error {
	const ownerOnly = 0o600
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, ownerOnly)
	if err != nil {
		return err
	}
	return errors.Join(write(file), file.Sync(), file.Close())
}

// syncDirectory makes the names in a directory outlive a loss of power.
func syncDirectory(path string) error {
	dir, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}

// proposalJSON is the form of proposal.json.
type proposalJSON struct {
	Version        int      `json:"version"`
	Campaign       string   `json:"campaign"`
	Plan           string   `json:"plan"`
	PlanFile       string   `json:"plan_file"`
	Fleet          string   `json:"fleet"`
	Policy         string   `json:"policy"`
	Advisories     []string `json:"advisories"`
	AllowedSigners string   `json:"allowed_signers"`
}

func (p Proposal) encode() []byte {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(proposalJSON{proposalVersion, p.Campaign, string(p.Plan), p.PlanFile, p.Fleet, p.Policy, p.Advisories, p.AllowedSigners}); err != nil {
		panic(err) // texts and lists of texts can always be written
	}
	return b.Bytes()
}

// Proposal returns what was proposed in the directory. It fails with no-campaign when nothing was.
func (d Dir) Proposal() (Proposal, error) {
	path := filepath.Join(d.documents(), "proposal.json")
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return Proposal{}, problem.Problem{Code: "no-campaign", Place: problem.Place{File: d.path},
			Sentence: "no campaign was proposed in this directory", Fix: "name the directory given to evenkeel campaign propose with --data"}
	}
	data, problems := doc.Load(path, "the proposal")
	if problems.Failed() {
		return Proposal{}, first(problems)
	}
	node, problems := doc.ReadJSON(path, data)
	if problems.Failed() {
		return Proposal{}, first(problems)
	}
	o := node.Object("the proposal", &problems)
	version, _ := o.Int("version", proposalVersion, proposalVersion)
	p := Proposal{Campaign: o.RequiredText("campaign"), Plan: canon.Digest(o.RequiredText("plan")), PlanFile: o.RequiredText("plan_file"),
		Fleet: o.RequiredText("fleet"), Policy: o.RequiredText("policy"), AllowedSigners: o.RequiredText("allowed_signers")}
	for _, item := range o.List("advisories") {
		p.Advisories = append(p.Advisories, item.Text)
	}
	o.Require("version")
	o.Done()
	if problems.Failed() || version != proposalVersion || len(p.Advisories) == 0 {
		problems.Addf("proposal-damaged", problem.Place{File: path}, "bring it back from a copy", "the proposal is not as it was written")
		return Proposal{}, first(problems)
	}
	return p, nil
}

// first returns the first problem of a list that failed.
func first(list problem.List) error {
	for _, p := range list.Items() {
		if !p.Warning {
			return p
		}
	}
	return list.Err()
}
