package app

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/evenkeel-project/evenkeel/internal/cli"
	"github.com/evenkeel-project/evenkeel/internal/core/advisory"
	"github.com/evenkeel-project/evenkeel/internal/core/campaign"
	"github.com/evenkeel-project/evenkeel/internal/core/canon"
	"github.com/evenkeel-project/evenkeel/internal/core/evidence"
	"github.com/evenkeel-project/evenkeel/internal/core/guard"
	"github.com/evenkeel-project/evenkeel/internal/core/problem"
	"github.com/evenkeel-project/evenkeel/internal/datadir"
	"github.com/evenkeel-project/evenkeel/internal/engine"
	"github.com/evenkeel-project/evenkeel/internal/intake/fleetfile"
	"github.com/evenkeel-project/evenkeel/internal/sshsig"
)

// campaignID names the campaign of a plan. It says nothing of what the plan is about.
func campaignID(plan canon.Digest) string {
	const digits = 12
	return "c-" + strings.TrimPrefix(string(plan), "sha256:")[:digits]
}

// KeptCampaign says what stands in a data directory.
func (d *desk) KeptCampaign(data string) (cli.Kept, error) {
	dir := datadir.At(data)
	p, err := dir.Proposal()
	if err != nil {
		return cli.Kept{}, err
	}
	copies := dir.Copies(p)
	return cli.Kept{Campaign: p.Campaign, Plan: p.Plan,
		Sources: cli.CampaignFiles{Plan: p.PlanFile, Fleet: p.Fleet, Policy: p.Policy, Advisories: p.Advisories},
		Copies:  cli.CampaignFiles{Plan: copies.Plan, Fleet: copies.Fleet, Policy: copies.Policy, Advisories: copies.Advisories}}, nil
}

// ProposeCampaign proves the proposer first, so that a directory is made only for a proposal that can stand.
func (d *desk) ProposeCampaign(ctx context.Context, p cli.Proposing) (cli.Proposed, error) {
	if err := permitted(p); err != nil {
		return cli.Proposed{}, err
	}
	who, err := signer(p.By, p.AllowedSigners, evidence.ProposalNamespace, p.Plan.Digest)
	if err != nil {
		return cli.Proposed{}, err
	}
	dir := datadir.At(p.Data)
	if err := dir.Make(); err != nil {
		return cli.Proposed{}, err
	}
	store, err := openStore(ctx, dir)
	if err != nil {
		return cli.Proposed{}, err
	}
	defer store.Close() // whatever was kept is on the disk
	id := campaignID(p.Plan.Digest)
	out := cli.Proposed{Campaign: id, By: who, Needed: campaign.ApprovalsNeeded}
	taken, err := proposedIn(ctx, store)
	switch {
	case err != nil:
		return out, err
	case taken != "" && taken != id:
		return out, problem.Problem{Code: "data-in-use", Place: problem.Place{File: p.Data}, Objects: []string{taken},
			Sentence: fmt.Sprintf("another plan is proposed in this directory already, as campaign %s", taken), Fix: "name another directory with --data"}
	case taken == "":
		if err := d.keepDocuments(dir, id, p, who); err != nil {
			return out, err
		}
	}
	world, err := d.openWorld(dir)
	if err != nil {
		return out, err
	}
	clock, begin := paperClock(world)
	out.Simulated = begin
	sources := campaign.Sources{Plan: p.Plan.Digest, Fleet: p.Fleet.Digest(), Policy: p.Policy.Digest, Advisories: cli.References(p.Advisories)}
	e, err := engine.Open(ctx, engine.Parts{Campaign: id, World: world, Sources: sources, Store: store, Clock: clock})
	if err != nil {
		return out, err
	}
	if earlier, ok := e.State().Proposal(); ok {
		out.By, out.Already = earlier.Proposer, true
		return out, nil
	}
	return out, held(e.Signal(ctx, campaign.Signal{Kind: campaign.Propose, Identity: who}))
}

// ApproveCampaign proves the approver by the allowed signers that were proposed with the plan.
func (d *desk) ApproveCampaign(ctx context.Context, a cli.Approving) (cli.Approved, error) {
	dir := datadir.At(a.Data)
	p, err := dir.Proposal()
	if err != nil {
		return cli.Approved{}, err
	}
	who, err := signer(a.By, dir.Copies(p).AllowedSigners, evidence.ApprovalNamespace, p.Plan)
	if err != nil {
		return cli.Approved{}, err
	}
	store, err := openStore(ctx, dir)
	if err != nil {
		return cli.Approved{}, err
	}
	defer store.Close() // whatever was kept is on the disk
	world, err := d.openWorld(dir)
	if err != nil {
		return cli.Approved{}, err
	}
	clock, _ := paperClock(world)
	e, err := engine.Open(ctx, engine.Parts{Campaign: p.Campaign, World: world, Sources: a.Sources, Store: store, Clock: clock})
	if err != nil {
		return cli.Approved{}, err
	}
	if err := held(e.Signal(ctx, campaign.Signal{Kind: campaign.Approve, Identity: who})); err != nil {
		return cli.Approved{}, err
	}
	return cli.Approved{By: who, Given: len(e.State().Approvals()), Needed: campaign.ApprovalsNeeded}, nil
}

// held turns a refusal into an error.
func held(hold *guard.Hold, err error) error {
	if err != nil || hold == nil {
		return err
	}
	return problem.Problem{Code: hold.Code, Sentence: hold.Sentence, Fix: hold.Lift, Objects: hold.Objects}
}

// keepDocuments copies the documents and makes the key of the installation.
func (d *desk) keepDocuments(dir datadir.Dir, id string, p cli.Proposing, who campaign.Identity) error {
	order := make([]int, len(p.Advisories))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return strings.Compare(p.Advisories[a].ID, p.Advisories[b].ID) })
	proposal := datadir.Proposal{Campaign: id, Plan: p.Plan.Digest, PlanFile: p.Files.Plan, Fleet: p.Files.Fleet, Policy: p.Files.Policy}
	content := datadir.Content{Plan: p.Plan.JSON(), Fleet: func(out io.Writer) error { return fleetfile.Write(out, p.Fleet) }}
	var err error
	if proposal.AllowedSigners, err = filepath.Abs(p.AllowedSigners); err != nil {
		return err
	}
	if content.AllowedSigners, err = os.ReadFile(p.AllowedSigners); err != nil {
		return err
	}
	if content.Policy, err = os.ReadFile(p.Files.Policy); err != nil {
		return err
	}
	for _, i := range order {
		text, err := os.ReadFile(p.Files.Advisories[i])
		if err != nil {
			return err
		}
		proposal.Advisories = append(proposal.Advisories, p.Files.Advisories[i])
		content.Advisories = append(content.Advisories, text)
	}
	if err := dir.Keep(proposal, content); err != nil {
		return err
	}
	if err := d.copiedRight(dir, p.Advisories); err != nil {
		return err
	}
	written := papers{proposals: []campaign.Proposal{{Proposer: who, Needed: campaign.ApprovalsNeeded}}}
	if err := stillSigned(dir, proposal, written); err != nil {
		return copiedAnother(p.AllowedSigners, err)
	}
	return installationKey(dir, id)
}

// copiedRight makes sure that no document was changed between its reading and its copying.
func (d *desk) copiedRight(dir datadir.Dir, read []*advisory.Advisory) error {
	world, err := d.openWorld(dir)
	if err == nil && !slices.Equal(cli.References(world.Exposure.Advisories()), cli.References(read)) {
		err = problem.Problem{Code: "document-changed", Sentence: "an advisory was changed while it was being copied", Fix: "run the command again"}
	}
	return err
}

// copiedAnother says that the allowed signers that were copied do not know the proposer, whom those that were read knew:
// nobody could approve by them.
func copiedAnother(path string, err error) error {
	return problem.Problem{Code: "document-changed", Place: problem.Place{File: path},
		Sentence: fmt.Sprintf("the allowed signers were changed while they were being copied, or can be read only once: %v", err),
		Fix:      "give a file, not a pipe, and run the command again"}
}

// installationKey makes the key that signs evidence, unless there is one. Both halves have the layout's names; what a
// crash left of an earlier try is removed, for it has signed nothing.
func installationKey(dir datadir.Dir, id string) error {
	if _, err := os.Stat(dir.EvidenceKey()); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	fresh := strings.TrimSuffix(dir.EvidencePublic(), ".pub")
	for _, path := range []string{fresh, dir.EvidencePublic()} {
		if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	if _, err := sshsig.NewKey(fresh, "evenkeel evidence of "+id); err != nil {
		return err
	}
	return os.Rename(fresh, dir.EvidenceKey())
}

// signer proves who signed the digest of a plan, with a key at hand or by a signature made elsewhere.
func signer(by cli.Signing, allowedPath, purpose string, plan canon.Digest) (campaign.Identity, error) {
	allowed, problems := sshsig.ReadAllowed(allowedPath)
	if problems.Failed() {
		return campaign.Identity{}, problems.Err()
	}
	armored, err := signatureOf(by, purpose, plan)
	if err != nil {
		return campaign.Identity{}, err
	}
	who, err := allowed.Verify(armored, purpose, evidence.ApprovalMessage(plan), wallNow())
	if err != nil {
		return campaign.Identity{}, err
	}
	return campaign.Identity{Principal: who.Principal, Key: who.Fingerprint, Signature: armored}, nil
}

func signatureOf(by cli.Signing, purpose string, plan canon.Digest) (string, error) {
	if by.Key != "" {
		key, err := sshsig.ReadKey(by.Key)
		if p, ok := errors.AsType[problem.Problem](err); ok && (p.Code == "key-encrypted" || p.Code == "key-unsupported") {
			p.Fix = "sign with ssh-keygen and give the signature with --signature: " + sshsig.SignCommand(by.Key, purpose, string(plan))
			return "", p
		}
		if err != nil {
			return "", err
		}
		return sshsig.Sign(key, purpose, evidence.ApprovalMessage(plan))
	}
	const signatureMax = 1 << 16
	file, err := os.Open(by.Signature)
	if err != nil {
		return "", problem.Problem{Code: "signature-unreadable", Place: problem.Place{File: by.Signature},
			Sentence: fmt.Sprintf("the signature cannot be read: %v", errors.Unwrap(err)), Fix: "name the file that ssh-keygen wrote"}
	}
	defer func() { _ = file.Close() }() // it was only read
	text, err := io.ReadAll(io.LimitReader(file, signatureMax))
	return string(bytes.TrimSpace(text)), err
}
