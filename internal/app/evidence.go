package app

import (
	"context"
	"errors"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/evenkeel-project/evenkeel/internal/cli"
	"github.com/evenkeel-project/evenkeel/internal/core/campaign"
	"github.com/evenkeel-project/evenkeel/internal/core/evidence"
	"github.com/evenkeel-project/evenkeel/internal/core/ident"
	"github.com/evenkeel-project/evenkeel/internal/core/plan"
	"github.com/evenkeel-project/evenkeel/internal/core/problem"
	"github.com/evenkeel-project/evenkeel/internal/datadir"
	"github.com/evenkeel-project/evenkeel/internal/report"
	"github.com/evenkeel-project/evenkeel/internal/sshsig"
	"github.com/evenkeel-project/evenkeel/internal/store"
	"github.com/evenkeel-project/evenkeel/internal/store/sqlite"
)

var _ cli.EvidenceDesk = (*desk)(nil)

// ExportEvidence reads the journal beside whatever process writes it, and signs what was read.
func (d *desk) ExportEvidence(data, program string, out io.Writer) (exported cli.ExportedEvidence, err error) {
	dir := datadir.At(data)
	opening, err := d.openingOf(dir, program)
	if err != nil {
		return exported, err
	}
	key, err := sshsig.ReadKey(dir.EvidenceKey())
	if err != nil {
		return exported, err
	}
	ctx := context.Background()
	reader, err := sqlite.OpenReader(ctx, dir.Database())
	if err != nil {
		return exported, err
	}
	defer func() { err = errors.Join(err, reader.Close()) }()
	first := evidence.OpeningLine(opening)
	if _, err := out.Write(first); err != nil {
		return exported, err
	}
	head := evidence.Head{Campaign: opening.Campaign, Opening: evidence.OpeningDigest(first), Key: key.PublicLine()}
	if head.Records, head.Chain, err = writeRecords(ctx, reader, opening.Campaign, out); err != nil {
		return exported, err
	}
	if head.Signature, err = sshsig.Sign(key, evidence.Namespace, evidence.HeadMessage(head)); err != nil {
		return exported, err
	}
	_, err = out.Write(evidence.HeadLine(head))
	return cli.ExportedEvidence{Campaign: opening.Campaign, Records: head.Records, Key: key.Fingerprint(), Public: dir.EvidencePublic()}, err
}

// writeRecords writes the journal as it stands and returns its length and last chain value. A record that does not
// fit the chain ends it: what was altered in the store must not be signed.
func writeRecords(ctx context.Context, reader store.Reader, id string, out io.Writer) (records uint64, chain string, err error) {
	chain = evidence.Root(id)
	err = reader.Journal(ctx, id, 0, func(kept store.Record) error {
		r := evidence.Record(kept)
		if r.Seq != records+1 || evidence.Chain(chain, r) != r.Chain {
			return alteredRecord(kept)
		}
		records, chain = r.Seq, r.Chain
		_, err := out.Write(evidence.RecordLine(r))
		return err
	})
	return records, chain, err
}

// openingOf gathers what a reader of the record needs, from the copies in the data directory.
func (d *desk) openingOf(dir datadir.Dir, program string) (evidence.Opening, error) {
	p, err := dir.Proposal()
	if err != nil {
		return evidence.Opening{}, err
	}
	world, err := d.openWorld(dir)
	if err != nil {
		return evidence.Opening{}, err
	}
	copies := dir.Copies(p)
	o := evidence.Opening{Campaign: p.Campaign, Program: program, Fleet: world.Plan.Fleet, Places: placesOf(world)}
	document := func(ref plan.AdvisoryRef, path string) evidence.Document {
		text, failed := os.ReadFile(path)
		err = errors.Join(err, failed)
		return evidence.Document{ID: ref.ID, Digest: ref.Digest, Text: string(text)}
	}
	o.Plan = document(plan.AdvisoryRef{Digest: world.Plan.Digest}, copies.Plan)
	o.Policy = document(plan.AdvisoryRef{Digest: world.Plan.Policy}, copies.Policy)
	for i, ref := range world.Plan.Advisories {
		o.Advisories = append(o.Advisories, document(ref, copies.Advisories[i]))
	}
	o.Signers = document(plan.AdvisoryRef{}, copies.AllowedSigners).Text
	return o, err
}

// placesOf lists the planned hosts by zone, in the order in which the plan comes to the zones.
func placesOf(w *campaign.World) []evidence.Place {
	var places []evidence.Place
	index := map[ident.Zone]int{}
	for _, outage := range w.Plan.Outages {
		h, ok := w.Fleet.FindHost(outage.Host)
		if !ok {
			continue // NewWorld refuses such a plan
		}
		zone := w.Fleet.ZoneOf(h)
		i, known := index[zone]
		if !known {
			i = len(places)
			index[zone] = i
			places = append(places, evidence.Place{Region: w.Fleet.RegionID(w.Fleet.RegionOf(zone)), Zone: w.Fleet.ZoneID(zone)})
		}
		places[i].Hosts = append(places[i].Hosts, outage.Host)
	}
	for i := range places {
		slices.Sort(places[i].Hosts)
	}
	return places
}

// keyFileMax bounds a public key file, in bytes.
const keyFileMax = 64 << 10

// VerifyEvidence reads the file once, from front to end.
func (d *desk) VerifyEvidence(source cli.EvidenceSource, watch func(done, total int64)) (cli.VerifiedEvidence, problem.List) {
	var out cli.VerifiedEvidence
	line, problems := publicLine(source.Key)
	w := &witness{desk: d, source: source}
	if source.Signers != "" {
		allowed, list := sshsig.ReadAllowed(source.Signers)
		problems.Merge(list)
		w.allowed = allowed
	}
	file, end := open(source.File, &problems)
	defer end()
	if problems.Failed() {
		return out, problems
	}
	v := evidence.NewVerifier(source.File, evidence.Checks{Key: evidence.PlainKey(line), Read: w.read, Person: w.person,
		Head: func(message []byte, signature string) (err error) {
			out.Key, err = sshsig.VerifyKey(signature, evidence.Namespace, message, line)
			return err
		}})
	var total int64
	if info, err := os.Stat(source.File); err == nil && info.Mode().IsRegular() {
		total = info.Size()
	}
	if _, err := io.Copy(io.MultiWriter(v, &counter{watch: watch, total: total}), file.Bytes); err != nil {
		problems.Addf("file-unreadable", problem.Place{File: source.File}, "", "the file cannot be read: %v", err)
		return out, problems
	}
	out.Verdict = v.Finish()
	return out, problems
}

// publicLine returns the first line of a public key file.
func publicLine(path string) (string, problem.List) {
	var problems problem.List
	file, end := open(path, &problems)
	defer end()
	if problems.Failed() {
		return "", problems
	}
	text, err := io.ReadAll(io.LimitReader(file.Bytes, keyFileMax))
	line, _, _ := strings.Cut(string(text), "\n")
	if err != nil || len(strings.Fields(line)) < 2 || strings.Contains(line, "PRIVATE KEY") {
		problems.Addf("key-unreadable", problem.Place{File: path}, "name the .pub file of the installation", "the file is not a public key")
	}
	return line, problems
}

// counter tells how much was read.
type counter struct {
	watch       func(done, total int64)
	done, total int64
}

// Write counts.
func (c *counter) Write(p []byte) (int, error) {
	c.done += int64(len(p))
	if c.watch != nil {
		c.watch(c.done, c.total)
	}
	return len(p), nil
}

// RenderEvidence writes the page.
func (d *desk) RenderEvidence(out io.Writer, source cli.EvidenceSource, verified cli.VerifiedEvidence) error {
	return report.Write(out, verified.Verdict, report.Source{File: source.File, Key: source.Key, Fingerprint: verified.Key})
}
