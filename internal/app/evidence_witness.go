package app

import (
	"github.com/evenkeel-project/evenkeel/internal/cli"
	"github.com/evenkeel-project/evenkeel/internal/core/advisory"
	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/evidence"
	"github.com/evenkeel-project/evenkeel/internal/core/problem"
	"github.com/evenkeel-project/evenkeel/internal/intake/advisoryfile"
	"github.com/evenkeel-project/evenkeel/internal/intake/planfile"
	"github.com/evenkeel-project/evenkeel/internal/intake/policyfile"
	"github.com/evenkeel-project/evenkeel/internal/sshsig"
)

// witness reads the documents in a file of evidence and knows who may sign.
type witness struct {
	desk    *desk
	source  cli.EvidenceSource
	allowed *sshsig.Allowed // nil until it is known
}

// read reads the documents of an opening, and its allowed signers when the reader brought none.
func (w *witness) read(o evidence.Opening) (evidence.Documents, problem.List) {
	var out evidence.Documents
	var problems problem.List
	within := func(name string) string { return name + " in " + w.source.File }
	made, list := planfile.Parse(within("the plan"), []byte(o.Plan.Text))
	problems.Merge(list)
	rules, list := policyfile.Parse(within("the policy"), []byte(o.Policy.Text))
	problems.Merge(list)
	var advisories []*advisory.Advisory
	for _, document := range o.Advisories {
		a, list := advisoryfile.Parse(within("advisory "+document.ID), []byte(document.Text), w.desk.compiler)
		problems.Merge(list)
		advisories = append(advisories, a)
	}
	if w.allowed == nil {
		allowed, list := sshsig.ParseAllowed(within("the allowed signers"), []byte(o.Signers))
		problems.Merge(list)
		w.allowed = allowed
	}
	if !problems.Failed() {
		out = evidence.Documents{Plan: made, Policy: rules, Advisories: advisories}
	}
	return out, problems
}

// person says who signed. Without allowed signers, nobody did.
func (w *witness) person(namespace string, message []byte, signature string, at calendar.Instant) (principal, key string, err error) {
	if w.allowed == nil {
		return "", "", problem.Problem{Code: "signers-unreadable", Sentence: "nobody knows who may sign: the allowed signers cannot be read"}
	}
	id, err := w.allowed.Verify(signature, namespace, message, at)
	return id.Principal, id.Fingerprint, err
}
