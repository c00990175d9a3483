package evidence

import (
	"bytes"
	"errors"
	"strconv"
	"unicode/utf8"

	"github.com/evenkeel-project/evenkeel/internal/core/advisory"
	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/campaign"
	"github.com/evenkeel-project/evenkeel/internal/core/plan"
	"github.com/evenkeel-project/evenkeel/internal/core/policy"
	"github.com/evenkeel-project/evenkeel/internal/core/problem"
)

// Documents are the documents of an opening, read.
type Documents struct {
	Plan       *plan.Plan
	Policy     *policy.Policy
	Advisories []*advisory.Advisory // in the order of the opening
}

// Checks are what the core cannot do by itself.
type Checks struct {
	// Key is the public key that the head must name, as PlainKey writes it.
	Key string
	// Head returns nil when the armored signature is one by that key over the message, in Namespace.
	Head func(message []byte, signature string) error
	// Read reads the documents of an opening; its problems are findings.
	Read func(o Opening) (Documents, problem.List)
	// Person returns who signed the message in the namespace, by the allowed-signers file that the caller trusts.
	Person func(namespace string, message []byte, signature string, at calendar.Instant) (principal, key string, err error)
}

// Verdict is what came of reading a file of evidence.
type Verdict struct {
	Account   *Account     // what the record tells; nothing of it is proven unless the file is Intact
	Documents Documents    // of the opening, as far as they could be read
	Faults    problem.List // of the file: what was altered, is missing or cannot be read
	Findings  problem.List // against the campaign, by its own record: rules that were not kept
}

// Intact reports whether the file is whole and as it was signed.
func (v *Verdict) Intact() bool { return !v.Faults.Failed() }

// Kept reports whether the file is intact and its record shows that every rule that it can show was kept.
func (v *Verdict) Kept() bool { return v.Intact() && !v.Findings.Failed() }

// The longest lines that are read, in bytes: the opening has the documents, a record one event.
const (
	openingLineMax = 256 << 20
	lineMax        = 16 << 20
)

// Verifier reads a file of evidence piece by piece, in memory of one line and an account.
type Verifier struct {
	file    string
	checks  Checks
	verdict *Verdict
	auditor *auditor

	pending []byte // the begin of a line whose end is not there yet
	skip    bool   // the rest of the line is passed over: it is too long
	line    int    // lines that ended so far

	opened   bool
	opening  Opening
	digest   string // of the opening line
	next     uint64 // the number that the next record must have
	chain    string // chain value before it
	adrift   bool   // the line before could not be read: number and chain of this one are taken as they are
	headLine int    // where the head stood; 0 while there was none
}

// NewVerifier returns a verifier; file is the name that faults give the input.
func NewVerifier(file string, checks Checks) *Verifier {
	return &Verifier{file: file, checks: checks, verdict: &Verdict{Account: newAccount()}, next: 1}
}

// Verify reads a whole file of evidence.
func Verify(file string, data []byte, checks Checks) *Verdict {
	v := NewVerifier(file, checks)
	_, _ = v.Write(data) // never fails
	return v.Finish()
}

// Write takes the next bytes of the file. It never fails.
func (v *Verifier) Write(p []byte) (int, error) {
	for rest := p; len(rest) > 0; {
		end := bytes.IndexByte(rest, '\n')
		piece := rest
		if end >= 0 {
			piece = rest[:end]
		}
		v.take(piece)
		if end < 0 {
			break
		}
		v.endLine()
		rest = rest[end+1:]
	}
	return len(p), nil
}

// take adds a piece to the line that is being read.
func (v *Verifier) take(piece []byte) {
	most := lineMax
	if !v.opened {
		most = openingLineMax
	}
	if v.skip || len(v.pending)+len(piece) > most {
		v.skip, v.pending = true, nil
		return
	}
	v.pending = append(v.pending, piece...)
}

func (v *Verifier) endLine() {
	v.line++
	line, skip := v.pending, v.skip
	v.pending, v.skip = v.pending[:0], false
	switch {
	case v.headLine > 0:
		if v.line == v.headLine+1 {
			v.fault("evidence-tail", "the file goes on after its head")
		}
	case skip:
		v.unreadable("the line is longer than any line of evidence")
	case !utf8.Valid(line):
		v.unreadable("the line is not UTF-8 text")
	case !v.opened:
		v.readOpening(line)
	default:
		v.readLine(line)
	}
}

// Finish ends the file and returns the verdict. The verifier is of no use afterwards.
func (v *Verifier) Finish() *Verdict {
	switch {
	case len(v.pending) > 0 || v.skip:
		v.line++
		v.fault("evidence-cut", "the last line has no end: the file was cut, or something was added to it")
	case v.line == 0:
		v.fault("evidence-cut", "the file is empty")
	}
	if v.headLine == 0 && v.line > 0 {
		v.fault("evidence-cut", "the file ends without a signed head: its tail was cut")
	}
	if v.auditor != nil {
		v.verdict.Findings.Merge(v.auditor.finish())
	}
	v.verdict.Account.close()
	return v.verdict
}

// fault notes what is wrong with the present line.
func (v *Verifier) fault(code problem.Code, format string, args ...any) {
	v.verdict.Faults.Addf(code, problem.Place{File: v.file, Line: v.line}, fixes[code], format, args...)
}

// unreadable notes a line that tells nothing; the next one is not blamed for it.
func (v *Verifier) unreadable(format string, args ...any) {
	v.fault("evidence-unreadable", format, args...)
	v.adrift = true
}

const askAgain = "do not rely on the file; have it exported again from the installation"

// fixes says what a reader does about each kind of fault.
var fixes = map[problem.Code]string{
	"evidence-signature": "ask who gave you the file, and check that the key is the installation's",
	"evidence-newer":     "verify it with the evenkeel that wrote it, or a later one",
	"evidence-foreign":   "name a file that evidence export wrote",
	"evidence-cut":       askAgain, "evidence-tail": askAgain, "evidence-unreadable": askAgain, "evidence-form": askAgain,
	"evidence-order": askAgain, "evidence-chain": askAgain, "evidence-head": askAgain, "evidence-event": askAgain,
}

func (v *Verifier) readOpening(line []byte) {
	v.opened = true
	var first openingLine
	if err := decoded(line, &first); err != nil || first.Kind != openingKind || first.Opening.Format != Format {
		v.fault("evidence-foreign", "the first line is not the opening of a file of evidence")
		v.adrift = true
		return
	}
	if first.Opening.Version > Version {
		v.fault("evidence-newer", "the file has version %d of its form, and this evenkeel knows %d", first.Opening.Version, Version)
		v.adrift = true
		return
	}
	if !bytes.Equal(OpeningLine(first.Opening), append(bytes.Clone(line), '\n')) {
		v.fault("evidence-form", "the opening is not written in the one form that it can have")
	}
	v.opening, v.digest = first.Opening, string(OpeningDigest(line))
	v.chain = Root(first.Opening.Campaign)
	v.verdict.Account.open(first.Opening)
	documents, list := v.checks.Read(first.Opening)
	v.verdict.Findings.Merge(list)
	v.verdict.Documents = documents
	v.auditor = newAuditor(v.file, first.Opening, documents, v.checks.Person, v.verdict.Account)
}

// readLine reads a record or the head.
func (v *Verifier) readLine(line []byte) {
	var read recordLine
	err := decoded(line, &read)
	switch {
	case err != nil:
		v.unreadable("%v", err)
	case read.Kind == headKind:
		v.readHead(line)
	case read.Kind == openingKind:
		v.fault("evidence-order", "there is a second opening")
	default:
		v.readRecord(line, read)
	}
}

func (v *Verifier) readRecord(line []byte, read recordLine) {
	r := Record{Seq: read.N, Version: read.Version, Kind: read.Kind, Body: read.Event, Chain: read.Chain}
	if err := decoded(read.At, &r.At); err != nil {
		v.unreadable("the time of the record cannot be read")
		return
	}
	if !bytes.Equal(RecordLine(r), append(bytes.Clone(line), '\n')) {
		v.fault("evidence-form", "record %d is not written in the one form that it can have", r.Seq)
	}
	v.place(r)
	v.tell(r)
}

// place checks number and chain of a record. A record that stands wrong is blamed once: the next is held against
// what this one says of itself.
func (v *Verifier) place(r Record) {
	switch {
	case v.adrift:
		v.adrift = false
	case r.Seq != v.next:
		v.fault("evidence-order", "there is record %d where %d must stand: lines were taken out, doubled or moved", r.Seq, v.next)
	case Chain(v.chain, r) != r.Chain:
		v.fault("evidence-chain", "record %d does not fit the chain: it was altered, or the one before it", r.Seq)
	}
	v.next, v.chain = r.Seq+1, r.Chain
}

// tell hands the event of a record on to the account and the audit.
func (v *Verifier) tell(r Record) {
	event, err := campaign.Decode(r.Version, r.Body)
	switch {
	case r.Version > campaign.EventVersion:
		v.fault("evidence-newer", "record %d has version %d, and this evenkeel knows %d", r.Seq, r.Version, campaign.EventVersion)
		return
	case err != nil:
		v.fault("evidence-event", "record %d holds no event: %v", r.Seq, err)
		return
	case string(event.Kind) != r.Kind || event.At != r.At:
		v.fault("evidence-event", "record %d says another kind or time than the event in it", r.Seq)
		return
	case r.Version == campaign.EventVersion && !bytes.Equal(campaign.Encode(event), r.Body):
		v.fault("evidence-event", "the event of record %d is not written in the one form that it can have", r.Seq)
	}
	if v.auditor != nil {
		v.auditor.see(v.line, event)
	}
	v.verdict.Account.see(event)
}

func (v *Verifier) readHead(line []byte) {
	v.headLine = v.line
	var read headLine
	if err := decoded(line, &read); err != nil {
		v.unreadable("%v", err)
		return
	}
	h := read.Head
	v.verdict.Account.Head = h
	if !bytes.Equal(HeadLine(h), append(bytes.Clone(line), '\n')) || h.Key != PlainKey(h.Key) {
		v.fault("evidence-form", "the head is not written in the one form that it can have")
	}
	for _, claim := range []struct{ what, said, found string }{
		{"the campaign", h.Campaign, v.opening.Campaign},
		{"the digest of the opening", string(h.Opening), v.digest},
		{"the number of records", strconv.FormatUint(h.Records, 10), strconv.FormatUint(v.next-1, 10)},
		{"the chain of the last record", h.Chain, v.chain},
	} {
		if claim.said != claim.found {
			v.fault("evidence-head", "the head says of %s %q, and the lines before it %q", claim.what, claim.said, claim.found)
		}
	}
	v.checkSignature(h)
}

// checkSignature asks for the signature of the expected key over the head. It says the first thing that is wrong: what
// follows from it would only confuse.
func (v *Verifier) checkSignature(h Head) {
	if err := plainArmor(h.Signature); err != nil {
		v.fault("evidence-form", "%v", err)
		return
	}
	if h.Key != v.checks.Key {
		v.fault("evidence-signature", "the head names another key than the one it is held against")
		return
	}
	if err := v.checks.Head(HeadMessage(h), h.Signature); err != nil {
		v.fault("evidence-signature", "the signature of the head does not stand: %s", sentence(err))
	}
}

// sentence returns what an error says, without the code and advice of a problem: it becomes a part of another one.
func sentence(err error) string {
	if known, ok := errors.AsType[problem.Problem](err); ok {
		return known.Sentence
	}
	return err.Error()
}
